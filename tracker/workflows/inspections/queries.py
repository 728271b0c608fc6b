"""Reads: who checks, and how often the unit has been checked and ordered to correct."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User
from tracker.core.cases.answers import from_json
from tracker.core.cases.caps import binding_cap
from tracker.core.cases.clocks import rule_for
from tracker.core.cases.evidence import team_of
from tracker.core.cases.models import Move
from tracker.core.cases.reads import mover
from tracker.core.cases.respondents import Repetition, inspections_in_year, orders_in_window
from tracker.core.registers.models import Officer
from tracker.workflows.inspections.models import Inspection

RECORDS = ("record_site", "record_interview", "send_inquiry", "note_obstruction")


@dataclass(frozen=True, slots=True)
class Member:
    """An officer of the team with the certificate of the day, or the last one there was."""

    name: str
    certificate: str
    valid_to: date | None
    valid: bool


@dataclass(frozen=True, slots=True)
class Count:
    """Inspections of the unit by this organ in a year, and the published cap."""

    year: int
    done: int
    cap: int | None
    published_in: str

    @property
    def reached(self) -> bool:
        """Whether one more would be too many."""
        return self.cap is not None and self.done >= self.cap


@dataclass(frozen=True, slots=True)
class Record:
    """One record made on site: which, when, by whom, with its answers."""

    move: Move
    who: str
    said: dict[str, object]


def members(session: Session, case_id: int, today: date) -> list[Member]:
    """The team of a task, the leading officer first; two queries."""
    team = team_of(session, case_id)
    names = {
        row.id: row.name
        for row in session.execute(select(User.id, User.name).where(User.id.in_(team)))
    }
    held: dict[int, Officer] = {}
    rows = session.scalars(
        select(Officer).where(Officer.user_id.in_(team)).order_by(Officer.valid_from)
    )
    for row in rows:
        known = held.get(row.user_id)
        if known is None or not known.valid_from <= today <= known.valid_to:
            held[row.user_id] = row
    return [_member(names.get(user, ""), held.get(user), today) for user in team]


def _member(name: str, row: Officer | None, today: date) -> Member:
    if row is None:
        return Member(name, "", None, valid=False)
    valid = row.valid_from <= today <= row.valid_to
    return Member(name, row.certificate_no, row.valid_to, valid)


def checks_this_year(session: Session, task: Inspection, today: date) -> Count:
    """How often this organ has inspected the unit this year, this task left out (T28)."""
    bureau, unit = task.bureau_id or 0, task.unit_id or 0
    cap = binding_cap(session, bureau, today.year)
    done = inspections_in_year(session, unit, bureau, today.year, but=task.id)
    return Count(today.year, done, cap.most if cap else None, cap.published_in if cap else "")


def orders_of_the_year(session: Session, task: Inspection, today: date) -> Repetition:
    """The unit's orders to correct of the rolling twelve months (T31)."""
    return orders_in_window(session, task.unit_id or 0, today, rule_for(task, "T31", today))


def records(session: Session, case_id: int) -> Sequence[Record]:
    """Records and interviews made on site, inquiries and obstruction, oldest first; one query."""
    rows = session.execute(
        select(Move, mover())
        .where(Move.case_id == case_id, Move.step.in_(RECORDS))
        .order_by(Move.seq)
    )
    return [Record(row.Move, row.name, from_json(row.Move.data)) for row in rows]
