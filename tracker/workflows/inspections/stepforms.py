"""What the forms of the steps hold before anybody types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.answers import answers
from tracker.core.clock import office_date
from tracker.workflows.inspections.models import Inspection

_DATED = frozenset(
    {"serve_notice", "serve_order", "finish_site", "publish", "give_feedback", "take_reply",
     "send_inquiry"}
)  # fmt: skip
_TIMED = frozenset(
    {"enter_site", "enter_urgent", "note_obstruction", "recheck_passed", "recheck_failed"}
)
_RECORDS = frozenset({"record_site", "record_interview"})


def prefill(
    session: Session, task: Inspection | None, step: str, actor: Actor, now: datetime
) -> Mapping[str, Any]:
    """Sensible values: today, now, what was answered before at the same place."""
    if task is None:
        return {"channel": "special"}
    found: dict[str, Any] = {}
    if step in _DATED:
        found["on"] = office_date(now)
    if step in _TIMED:
        found["at"] = now
    if step == "submit_check":
        found |= _planned(session, task)
    if step in _RECORDS:
        found |= _record(session, task, actor, now)
    if step in _MORE:
        found = _MORE[step](task, office_date(now)) | {k: v for k, v in found.items() if v}
    return found


def _record(session: Session, task: Inspection, actor: Actor, now: datetime) -> dict[str, Any]:
    """The place and the beginning of the visit, until the present moment."""
    said = answers(session, task.id)
    entered = said.get("enter_site") or said.get("enter_urgent") or {}
    return {
        "place": entered.get("place"),
        "started_at": entered.get("at"),
        "ended_at": now,
        "present": entered.get("received_by"),
        "recorder": actor.name,
        "signed": "yes",
    }


def _planned(session: Session, task: Inspection) -> dict[str, Any]:
    """The days that the plan has set for a drawn task."""
    drawn = answers(session, task.id).get("draw", {})
    return {"from_on": drawn.get("first_day"), "to_on": drawn.get("last_day")}


def _check(task: Inspection, today: date) -> dict[str, Any]:
    return {
        "content": task.matter,
        "method": "site",
        "from_on": today,
        "exemption": task.exemption,
        "exemption_basis": task.exemption_basis,
    }


def _case(task: Inspection, today: date) -> dict[str, Any]:
    return {"found_on": task.left_on or today}


_MORE: dict[str, Callable[[Inspection, date], dict[str, Any]]] = {
    "submit_check": _check,
    "enter_urgent": lambda task, _today: {"exemption": task.exemption},
    "propose_case": _case,
}
