"""A second way to a due date: walk day by day with a pencil. Shares no code with the replay."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from tracker.core.calendar.days import each_day
from tracker.core.calendar.table import packaged_calendar

# Only the days are taken over from the product, not one of its sums.
_CALENDAR = packaged_calendar()
_WORKED = {d for d in each_day(_CALENDAR.first, _CALENDAR.last) if _CALENDAR.day(d).is_workday}
ONE = timedelta(days=1)


def works(on: date) -> bool:
    return on in _WORKED


def _months_on(day: date, months: int) -> date:
    wanted = day.day
    for _ in range(months):
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return day.replace(day=min(wanted, monthrange(day.year, day.month)[1]))


def walk(
    start: date, terms: list[str], pauses: list[tuple[date, date | None]], *, roll: bool
) -> tuple[date, date, int]:
    """The unrounded end, the due day and how many days counted."""

    def paused(on: date) -> bool:
        return any(a <= on and (b is None or on < b) for a, b in pauses)

    day, counted = start, 0
    for term in terms:
        number, unit = int(term.rstrip("wdcmy")), term.lstrip("0123456789")
        need = {
            "wd": number,
            "cd": number,
            "m": (_months_on(day, number) - day).days,
            "y": (_months_on(day, number * 12) - day).days,
        }[unit]
        while need:
            day += ONE
            if paused(day) or (unit == "wd" and not works(day)):
                continue
            need -= 1
            counted += 1
    due = day
    while roll and (not works(due) or paused(due)):
        due += ONE
    return day, due, counted
