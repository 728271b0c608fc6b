"""What the page of a gap shows of its own: the norms today, the plan, what would end the gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.clock import office_date
from tracker.core.errors import N_, BadInput, say
from tracker.core.norms.board import Standing, cures, standing
from tracker.core.norms.model import PLACE_KIND_LABELS
from tracker.web.desk.shape import Cell, Shown
from tracker.workflows.vacancies.models import Vacancy


def context(session: Session, _actor: Actor, case: Vacancy, now: datetime) -> Mapping[str, Any]:
    """Where the place stands today, and what would end the gap while it is open."""
    today = _standing(session, case, now)
    still_open = case.ended_on is None
    return {
        "standing": today,
        "kind_label": PLACE_KIND_LABELS[today.kind] if today else "",
        "cures": cures(today) if today and still_open else [],
    }


def _standing(session: Session, case: Vacancy, now: datetime) -> Standing | None:
    try:
        return standing(session, case.subject, office_date(now))
    except BadInput:
        return None


def facts(_session: Session, case: Vacancy) -> Sequence[tuple[str, Shown]]:
    """What stands in the head."""
    found: list[tuple[str, Shown]] = [(N_("缺口起于"), case.since.isoformat())]
    if case.plan_until is not None:
        found.append((N_("计划补齐"), case.plan_until.isoformat()))
    return found


def cell(_session: Session, case: Vacancy) -> Cell:
    """How many are missing, of how many."""
    return Cell(
        N_("缺额"),
        say("%(n)s 人", n=case.required - case.present),
        say("应配 %(required)s，实有 %(present)s", required=case.required, present=case.present),
    )
