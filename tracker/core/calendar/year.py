"""A year of the calendar as people read it: runs of days off, make-up days, months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.core.calendar.days import Calendar, Day, DayKind, DayStatus, each_day, firm_until


@dataclass(frozen=True, slots=True)
class Period:
    """Days off in a row of one name, or one make-up day."""

    first: date
    last: date
    kind: DayKind
    name: str
    status: DayStatus
    source: str

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


def periods(calendar: Calendar, year: int, *, with_december: bool = False) -> list[Period]:
    """The days off and the make-up days of a year, in order.

    On request with the days of the December before that the year's notice speaks of.
    """
    days = year_of(calendar, year)
    if with_december:
        days = [d for d in year_of(calendar, year - 1) if d.on > firm_until(year - 1)] + days
    found: list[Period] = []
    for day in days:
        if day.kind not in (DayKind.HOLIDAY, DayKind.MAKEUP):
            continue
        before = found[-1] if found else None
        if (
            before is not None
            and day.kind is DayKind.HOLIDAY
            and (before.kind, before.name, before.last) == (day.kind, day.name, day.on - _DAY)
        ):
            found[-1] = Period(
                before.first, day.on, day.kind, day.name, before.status, before.source
            )
        else:
            found.append(Period(day.on, day.on, day.kind, day.name, day.status, day.source))
    return found


def year_of(calendar: Calendar, year: int) -> list[Day]:
    """The days of a year, as far as the calendar has them."""
    first = max(date(year, 1, 1), calendar.first)
    last = min(date(year, 12, 31), calendar.last)
    return [calendar.day(on) for on in each_day(first, last)]


def weeks_of(calendar: Calendar, year: int, month: int) -> list[list[Day | None]]:
    """The weeks of a month from Monday on; None where another month's day would stand."""
    first = date(year, month, 1)
    last = date(year + month // 12, month % 12 + 1, 1) - _DAY
    cells: list[Day | None] = [None] * first.weekday()
    cells += [calendar.day(on) for on in each_day(first, last)]
    cells += [None] * (-len(cells) % 7)
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


def is_announced(calendar: Calendar, year: int) -> bool:
    """Whether a notice of this year is known."""
    return calendar.day(date(year, 1, 1)).status is DayStatus.ANNOUNCED


_DAY = timedelta(days=1)
