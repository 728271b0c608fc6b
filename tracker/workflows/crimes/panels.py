"""What the page of a transfer shows of its own: the five papers, and the day of hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.cases.guards import part_holders
from tracker.core.deadlines.service import of_case
from tracker.core.documents.kinds import kind_of
from tracker.core.documents.service import issued_kinds
from tracker.core.errors import N_
from tracker.web.desk.shape import Cell, Shown
from tracker.workflows.crimes.guards import TEAM, enclosures
from tracker.workflows.crimes.models import ENCLOSURES, Crime

LETTER = "crime_transfer"
_LABELS = {"there": N_("已有"), "none": N_("已声明没有"), "missing": N_("还缺")}


@dataclass(frozen=True, slots=True)
class Paper:
    """One of the five papers; `label` is what its file is uploaded under, empty for the letter."""

    title: str
    state: str
    label: str

    @property
    def state_label(self) -> str:
        """Whether it is there."""
        return _LABELS[self.state]


def papers(session: Session, case: Crime) -> list[Paper]:
    """The five papers in the order of the law (国务院令第310号 6)."""
    letter = "there" if LETTER in issued_kinds(session, case.id) else "missing"
    found = [Paper(kind_of(LETTER).title, letter, "")]
    for name, state in enclosures(session, case.id).items():
        found.append(Paper(ENCLOSURES[name], state, ENCLOSURES[name]))
    return found


def context(session: Session, _actor: Actor, case: Crime, _now: datetime) -> Mapping[str, Any]:
    """The papers, the team, and whether it was handed over within the hours."""
    hours = [d for d in of_case(session, case.id) if d.rule_id == "L07"]
    due_at = hours[-1].due_at if hours else None
    signed = case.signed_at
    return {
        "five_papers": papers(session, case),
        "may_upload": case.state == "handing",
        "team": team(session, case),
        "due_at": due_at,
        "in_time": None if signed is None or due_at is None else signed <= due_at,
    }


def team(session: Session, case: Crime) -> list[str]:
    """The names of the special team."""
    holders = [u for part in TEAM for u in part_holders(session, case.id, part)]
    return [user.name for u in holders if (user := session.get(User, u)) is not None]


def facts(_session: Session, case: Crime) -> Sequence[tuple[str, Shown]]:
    """What stands in the head."""
    found: list[tuple[str, Shown]] = [(N_("当事人"), case.unit_name), (N_("案由"), case.matter)]
    if case.offence:
        found.append((N_("涉嫌罪名"), case.offence))
    return found


def cell(session: Session, case: Crime) -> Cell:
    """How many of the five papers are settled."""
    there = sum(p.state != "missing" for p in papers(session, case))
    return Cell(N_("移送材料"), f"{there} / {len(ENCLOSURES) + 1}", case.organ or "")
