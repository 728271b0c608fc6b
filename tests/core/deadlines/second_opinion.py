"""A second opinion on due dates, from the definitions alone and sharing no line with the product.

Nothing here walks from day to day. Days are ordinals; the shipped files become one sorted table of
working days and one of sums of unsure days, and every question is an addition or a bisection:

- the n-th working day after a start is the entry n places further on; a suspension that begins at
  or before the end found so far moves it on by as many entries as lie inside the suspension;
- an end in days, months or years moves on by the width of such a suspension;
- a part of the term begins at the unrounded end of the part before it (extensions);
- only the last end is moved off rest days, and off the suspension it may then lie in;
- a date is provisional when a day whose kind the notices have not settled could have changed it.
"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Sequence
from copy import copy
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parents[3] / "tracker" / "core" / "calendar" / "data"

Part = tuple[int, str]
Pause = tuple[date, date | None]


class Beyond(Exception):
    """The end lies after the last year of the table."""


class Opinion(NamedTuple):
    """What becomes of a clock; no dates while it stands still."""

    end: date | None
    due: date | None
    provisional: bool


class Table:
    """Ranks of working days, and how many unsure days there are up to each day."""

    def __init__(self, known_on: date | None = None, folder: Path = DATA) -> None:
        special: dict[str, dict[int, str]] = {}
        for row in _read(folder / "law-days.csv") + _read(folder / "notice-days.csv"):
            kind = row.get("kind", "holiday")
            special.setdefault(row["edition"], {})[_ordinal(row["on"])] = kind
        self.last = date(_year(max(special["law-2013"])), 12, 31).toordinal()
        self.first = date(_year(min(special["law-2013"])), 1, 1).toordinal()
        kinds: dict[int, str] = {}
        unsure = set(range(self.first, self.last + 1))
        for row in _read(folder / "editions.csv"):
            if known_on is None or date.fromisoformat(row["known_on"]) <= known_on:
                mine = special[row["edition"]]
                covered = _covered(row, mine, self.last)
                kinds = {o: k for o, k in kinds.items() if o not in covered} | mine
                unsure -= set() if row["edition"].startswith("law") else covered
        # Ordinal 1 was a Monday, so Saturdays and Sundays leave 6 and 0.
        self.work = [
            o
            for o in range(self.first, self.last + 1)
            if kinds.get(o, "holiday" if o % 7 in (6, 0) else "workday") != "holiday"
        ]
        self._unsure_upto = [
            0,
            *accumulate(int(o in unsure) for o in range(self.first, self.last + 1)),
        ]

    def unsure(self, low: int, high: int) -> int:
        """How many days of [low, high) are not settled."""
        if high <= low:
            return 0
        if high > self.last + 1:
            raise Beyond
        return (
            self._unsure_upto[high - self.first]
            - self._unsure_upto[max(low, self.first) - self.first]
        )

    def flipped(self, on: int) -> Table:
        """The same table, had the offices done otherwise on one day."""
        other = copy(self)
        other.work = sorted({*self.work} ^ {on})
        return other

    def at(self, place: int) -> int:
        """The working day at a place of the table."""
        if place >= len(self.work):
            raise Beyond
        return self.work[place]

    def next_working(self, on: int) -> int:
        """The day itself when it is worked, else the next one that is."""
        return self.at(bisect_left(self.work, on))


def opine(
    table: Table, start: date, parts: Sequence[Part], pauses: Sequence[Pause], *, roll: bool
) -> Opinion:
    """The answer for a start, its length followed by its extensions, and suspensions in order."""
    if pauses and pauses[-1][1] is None:
        return Opinion(None, None, False)
    # The start day is outside the term, so a suspension takes nothing from it.
    holds = [
        (max(a.toordinal(), start.toordinal() + 1), b.toordinal())
        for a, b in pauses
        if b is not None
    ]
    holds = [(a, b) for a, b in holds if a < b]
    end, unsure = start.toordinal(), 0
    for n, unit in parts:
        begin = end
        end = _end_of_part(table, begin, n, unit, holds)
        if unit == "wd":
            unsure += _unsure_running(table, begin + 1, end + 1, holds)
    due = end
    if roll:
        due = _land(table, end, holds)
        unsure += _unsure_running(table, end, due + 1, holds)
    return Opinion(date.fromordinal(end), date.fromordinal(due), unsure > 0)


def opine_hours(
    start: datetime, hours: Sequence[int], pauses: Sequence[tuple[datetime, datetime]]
) -> datetime:
    """The moment at which so many hours have run, those of the suspensions not counted."""
    end = start + timedelta(hours=sum(hours))
    for a, b in pauses:
        # Also one that begins at the very end: that moment lies in it.
        if a <= end:
            end += b - a
    return end


def later(start: date, months: int) -> date:
    """The same day number so many months later, or the last day of that month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _covered(edition: dict[str, str], days: dict[int, str], last: int) -> set[int]:
    """The days an edition speaks of: a law all years to come, a notice its year, else its days."""
    if edition["edition"].startswith("law"):
        return set(range(date(_year(min(days)), 1, 1).toordinal(), last + 1))
    if edition["year"]:
        year = int(edition["year"])
        # The notice of a year settles the last five days of the year before, not its own.
        low, high = date(year - 1, 12, 27), date(year, 12, 26)
        return set(range(low.toordinal(), high.toordinal() + 1))
    return set(days)


def _year(ordinal: int) -> int:
    return date.fromordinal(ordinal).year


def _ordinal(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def _end_of_part(
    table: Table, begin: int, n: int, unit: str, holds: Sequence[tuple[int, int]]
) -> int:
    # What of a suspension lies before this part has done its work there.
    mine = [(max(a, begin + 1), b) for a, b in holds if b > begin + 1]
    if unit == "wd":
        place = bisect_right(table.work, begin) + n - 1
        for a, b in mine:
            low = bisect_left(table.work, a)
            if low <= place:
                place += bisect_left(table.work, b) - low
        return table.at(place)
    end = begin + n
    if unit != "cd":
        end = later(date.fromordinal(begin), n * {"m": 1, "y": 12}[unit]).toordinal()
    for a, b in mine:
        if a <= end:
            end += b - a
    return end


def _land(table: Table, end: int, holds: Sequence[tuple[int, int]]) -> int:
    due = table.next_working(end)
    for a, b in holds:
        if a <= due < b:
            due = table.next_working(b)
    return due


def _unsure_running(table: Table, low: int, high: int, holds: Sequence[tuple[int, int]]) -> int:
    """Unsure days of [low, high) on which the clock ran."""
    inside = sum(table.unsure(max(a, low), min(b, high)) for a, b in holds)
    return table.unsure(low, high) - inside
