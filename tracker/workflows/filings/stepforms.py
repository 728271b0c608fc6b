"""What the forms of a filing are filled with at first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.people import people_in
from tracker.core.clock import office_date
from tracker.workflows.filings import content, gate
from tracker.workflows.filings.flow import APPROVER, CLERKS
from tracker.workflows.filings.models import Filing

_DAY = timedelta(days=1)
_AS_TYPED = (
    "change", "effective_on", "reason", "gap_plan", "gap_until", "duty", "post_title",
    "leave_to", "destination", "overseer", "mode_rule",
)  # fmt: skip


def prefill(
    session: Session, case: Filing | None, step: str, actor: Actor, now: datetime
) -> Mapping[str, Any]:
    """What the case says already; the day after a consent; the first day somebody may start."""
    today = office_date(now)
    match step:
        case "draft":
            return {"overseer": _head(session, actor, now)}
        case "find":
            return {"found_on": today}
        case "edit" | "complete" if case is not None:
            return _written(case)
        case "agree" | "agree_in" if case is not None:
            return {"effective_on": max(case.effective_on, today + _DAY)}
        case "confirm" if case is not None:
            return {"start_on": gate.earliest_start(session, case, now)}
    return {}


def _written(case: Filing) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(case, name) for name in _AS_TYPED}
    found["holding"] = str(case.holding_id or "")
    found["incoming"] = str(case.incoming_id or "")
    if case.holding_id is None:
        found["place"] = case.place_code
    if case.incoming_id is not None:
        found["engagement"] = content.engagement_of(
            full_time=case.full_time, on_payroll=case.on_payroll
        )
    return found


def _head(session: Session, actor: Actor, now: datetime) -> str:
    """The head of the unit, who oversees a handover unless another is named."""
    unit = next((p.org_id for p in actor.powers if p.role in CLERKS), 0)
    heads = people_in(session, unit, APPROVER, office_date(now))
    return heads[0].name if heads else ""
