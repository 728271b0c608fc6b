"""What the forms of a gap offer, and what they are filled with at first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.onward import house_of
from tracker.core.clock import office_date, utc_now
from tracker.core.errors import StepRefused
from tracker.core.norms.board import board
from tracker.workflows.vacancies.flow import OPENERS
from tracker.workflows.vacancies.models import Vacancy
from tracker.workflows.vacancies.queries import open_gaps


def picks(session: Session, actor: Actor, _case: Vacancy | None, ask: str) -> Mapping[str, str]:
    """The places and departments of the bureau's region that are short and have no case yet."""
    if ask != "subject":
        return {}
    try:
        house = house_of(session, actor, OPENERS)
    except StepRefused:
        return {}
    there = open_gaps(session, house.id)
    rows = board(session, house.region_code, office_date(utc_now()))
    return {row.subject: row.name for row in rows if row.short and row.subject not in there}


def prefill(
    _session: Session, case: Vacancy | None, step: str, _actor: Actor, _now: datetime
) -> Mapping[str, Any]:
    """The plan as it stands."""
    if case is None or step != "change_plan":
        return {}
    return {"plan": case.plan, "until": case.plan_until}
