"""The working of a date: every day from the start to the due day, and why it counted or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tracker.core.calendar.days import Calendar, DayKind, DayStatus, each_day
from tracker.core.deadlines.facts import Span
from tracker.core.errors import N_
from tracker.core.rulebook.terms import Term, Unit


class DayCode(StrEnum):
    """Why a day counted, or did not."""

    START = "start"
    WORKDAY = "workday"
    MAKEUP = "makeup"
    CALENDAR = "calendar"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    SUSPENDED = "suspended"
    ROLLED = "rolled"
    DUE = "due"


CODE_LABELS: dict[DayCode, str] = {
    DayCode.START: N_("起算日，不计入"),
    DayCode.WORKDAY: N_("工作日"),
    DayCode.MAKEUP: N_("调休上班，计入"),
    DayCode.CALENDAR: N_("计入"),
    DayCode.HOLIDAY: N_("节假日，不计入"),
    DayCode.WEEKEND: N_("周末，不计入"),
    DayCode.SUSPENDED: N_("中止期间，不计入"),
    DayCode.ROLLED: N_("届满日为休息日，顺延"),
    DayCode.DUE: N_("到期日"),
}


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of a working; n is its number when it counted."""

    on: date
    counted: bool
    code: DayCode
    n: int | None
    name: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Working:
    """A due date with everything that led to it; while suspended there is no date."""

    start: date
    term: Term | None
    days: tuple[CountedDay, ...]
    due: date | None
    unrounded: date | None
    provisional: bool
    suspended: bool
    stopped_on: date | None
    # Days used up when the clock was suspended (more than total: it was late); None while it runs.
    used: int | None
    total: int
    # What days are counted in: working days or calendar days.
    unit: Unit
    due_at: datetime | None = None
    calendar: Calendar | None = field(default=None, repr=False, compare=False)


def list_days(
    start: date,
    end: date,
    due: date,
    *,
    spans: Sequence[Span],
    unit: Unit,
    calendar: Calendar,
) -> tuple[CountedDay, ...]:
    """The days from start to due; an open suspension ends the list on its first day."""
    held = spans[-1].begin if spans and spans[-1].end is None else None
    last = due if held is None else min(held, due)
    found: list[CountedDay] = []
    n = 0
    for on in each_day(start, max(last, start)):
        day = calendar.day(on)
        code, counted = _code(on, start, end, unit, spans, day.kind)
        if counted:
            n += 1
        if on == due and (held is None or held > due):
            code = DayCode.DUE
        unsure = day.status is not DayStatus.ANNOUNCED
        found.append(CountedDay(on, counted, code, n if counted else None, day.name, unsure))
    return tuple(found)


def _code(
    on: date, start: date, end: date, unit: Unit, spans: Sequence[Span], kind: DayKind
) -> tuple[DayCode, bool]:
    if on == start:
        return DayCode.START, False
    if spans and any(s.covers(on) for s in spans):
        return DayCode.SUSPENDED, False
    if on > end:
        return DayCode.ROLLED, False
    if unit is Unit.CD:
        return DayCode.CALENDAR, True
    return DayCode(kind.value), kind in (DayKind.WORKDAY, DayKind.MAKEUP)
