"""Why a date of a case is what it is, day by day, with the rule it follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.calendar import store as calendar_store
from tracker.core.cases.flow import Flow
from tracker.core.cases.models import Case
from tracker.core.clock import office_date
from tracker.core.deadlines.account import fact_lines
from tracker.core.deadlines.models import Deadline
from tracker.core.deadlines.service import of_case, rule_of
from tracker.core.errors import NotVisible
from tracker.core.reminders.plan import forecast
from tracker.web.clockface import faces_of
from tracker.web.errors import tell
from tracker.web.workings import draw


def why_context(
    session: Session,
    flow: Flow,
    case: Case,
    deadline_id: int,
    today: date,
    *,
    shown: Callable[[Deadline], bool] = lambda _: True,
    with_facts: bool = True,
) -> dict[str, Any]:
    """What the page of one date shows; NotVisible for one that is not of the case or not shown."""
    deadline = next((d for d in of_case(session, case.id) if d.id == deadline_id), None)
    if deadline is None or not shown(deadline):
        raise NotVisible(f"deadline {deadline_id}")
    # A clock that is over keeps the calendar of its day: what is learnt later moves it no more.
    upto = deadline.calendar_edition if deadline.stopped_on is not None else None
    calendar = calendar_store.load(session, upto=upto)
    face = faces_of(session, [deadline], calendar, today)[0]
    labels = {name: step.label for name, step in flow.step_map.items()}
    facts = fact_lines(session, [deadline.id], labels)[deadline.id] if with_facts else []
    return {
        "case": case,
        "deadline": deadline,
        "face": face,
        "working": face.working,
        "rule": rule_of(deadline),
        "facts": facts,
        "drawn": draw(face.working, today, label=tell(deadline.label), facts=facts),
        "reminders": [
            r
            for r in forecast(session, case.id)
            if r.deadline_id == deadline.id and office_date(r.due_at) >= today
        ],
    }
