"""What the forms of a plan's steps are filled with before anybody types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.clock import office_date
from tracker.workflows.plans.draw import FEWEST_OFFICERS
from tracker.workflows.plans.items import ITEMS
from tracker.workflows.plans.models import Plan


def prefill(
    session: Session,  # noqa: ARG001 - the kit's signature
    plan: Plan | None,
    step: str,
    actor: Actor,  # noqa: ARG001
    now: datetime,
) -> Mapping[str, Any]:
    """Sensible answers: a new plan's year, the plan's own content, the days of its period."""
    if plan is None:
        return _fresh(office_date(now))
    if step == "edit":
        return _content(plan)
    if step == "freeze":
        first = max(plan.check_from, office_date(now))
        return {"first_day": min(first, plan.check_to), "last_day": plan.check_to}
    return {}


def _fresh(today: date) -> dict[str, Any]:
    return {
        "year": str(today.year),
        "items": tuple(ITEMS),
        "check_from": today,
        "teams": 1,
        "team_size": FEWEST_OFFICERS,
    }


def _content(plan: Plan) -> dict[str, Any]:
    names = (
        "title", "aims", "basis", "check_from", "check_to", "counties", "townships",
        "teams", "team_size",
    )  # fmt: skip
    return {
        **{name: getattr(plan, name) for name in names},
        "year": str(plan.year),
        "items": tuple(plan.items.split()),
        **{f"count_{s.code}": s.count for s in plan.strata},
    }
