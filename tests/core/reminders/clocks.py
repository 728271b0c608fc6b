"""Clocks for the reminder tests, written straight to their table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from tests.core.audit.rows import NOW, a_case, a_person, an_office
from tracker.core.calendar import store
from tracker.core.calendar.days import Calendar
from tracker.core.deadlines.models import Deadline


@dataclass
class Bare:
    """A clock that has no date yet."""

    id: int
    case_id: int
    version: int
    started_on: date
    due_on: date | None = None
    due_at: datetime | None = None


def a_clock(session: Session, due: date, case_id: int | None = None, **more: Any) -> Deadline:
    if case_id is None:
        case_id = a_case(session, an_office(session), a_person(session, "starter"))
    values: dict[str, Any] = {
        "case_id": case_id,
        "rule_id": "T01",
        "rule_version": 1,
        "label": "线索初审",
        "unit": "h" if "due_at" in more else "wd",
        "length": 7,
        "roll": False,
        "region_code": "",
        "started_on": date(2026, 11, 23),
        "due_on": due,
        "state": "running",
        "responsible_role": "supervisor",
        "version": 1,
        "calendar_edition": 1,
        **more,
    }
    clock = Deadline(**values)
    session.add(clock)
    session.flush()
    return clock


def move_due(session: Session, clock: Deadline, due: date) -> None:
    clock.due_on = due
    clock.version += 1
    session.flush()


def calendar_of(session: Session) -> Calendar:
    store.seed(session, NOW)
    return store.load(session)
