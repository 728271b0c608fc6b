"""Who had the case for how long, in working days that add up to its age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.calendar.days import Calendar
from tracker.core.cases.models import Case, Stay


@dataclass(frozen=True, slots=True)
class Held:
    """One stay: whose hands, from when, and how many working days."""

    org_id: int
    user_id: int | None
    state: str
    from_on: date
    to_on: date | None
    working_days: int
    stopped_clock: bool


@dataclass(frozen=True, slots=True)
class Custody:
    """All stays of a case in order; `total` is counted on its own, not summed."""

    stays: tuple[Held, ...]
    total: int


def custody(session: Session, case: Case, calendar: Calendar, today: date) -> Custody:
    """The stays of a case up to today or its closing.

    A stay counts the working days after its first day, up to and including its last: the day of
    a handover belongs to whoever handed over, so no day is counted twice or lost.
    """
    rows = session.scalars(select(Stay).where(Stay.case_id == case.id).order_by(Stay.seq)).all()
    stays = tuple(
        Held(
            org_id=row.org_id,
            user_id=row.user_id,
            state=row.state,
            from_on=row.from_on,
            to_on=row.to_on,
            working_days=calendar.workdays_between(row.from_on, row.to_on or today),
            stopped_clock=row.stopped_clock,
        )
        for row in rows
    )
    end = rows[-1].to_on or today if rows else today
    total = calendar.workdays_between(case.opened_on, end)
    return Custody(stays, total)
