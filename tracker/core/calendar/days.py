"""Working days of one edition of the calendar: pure, sorted, answered by bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.core.errors import N_, Sentence, TrackerError, say


class DayKind(StrEnum):
    """What the offices do on a day."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


class DayStatus(StrEnum):
    """How firm the knowledge of a day is."""

    ANNOUNCED = "announced"
    PROJECTED = "projected"
    MANUAL = "manual"


KIND_LABELS: dict[DayKind, str] = {
    DayKind.WORKDAY: N_("工作日"),
    DayKind.WEEKEND: N_("周末"),
    DayKind.HOLIDAY: N_("节假日"),
    DayKind.MAKEUP: N_("调休上班"),
}

STATUS_LABELS: dict[DayStatus, str] = {
    DayStatus.ANNOUNCED: N_("已公布"),
    DayStatus.PROJECTED: N_("推算"),
    DayStatus.MANUAL: N_("人工设定"),
}


class OutsideCalendar(TrackerError):
    """A day that the calendar does not know was asked for."""

    def __init__(self, message: Sentence) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what it is, why, and how firm that is."""

    on: date
    kind: DayKind
    name: str
    status: DayStatus
    source: str = ""

    @property
    def is_workday(self) -> bool:
        """Whether the offices work."""
        return self.kind in (DayKind.WORKDAY, DayKind.MAKEUP)


def plain_kind(on: date) -> DayKind:
    """What a day is when no notice says otherwise."""
    return DayKind.WORKDAY if on.isoweekday() <= 5 else DayKind.WEEKEND


def firm_until(year: int) -> date:
    """The last day of a year that the next year's notice cannot move any more.

    A New Year's holiday reaches back over one weekend: 2018-12-29 became a working day.
    """
    return date(year, 12, 31) - timedelta(days=5)


def overlay(editions: Iterable[Iterable[Day]]) -> list[Day]:
    """The days of some editions, later ones over earlier ones."""
    days: dict[date, Day] = {}
    for edition in editions:
        days.update((day.on, day) for day in edition)
    return list(days.values())


class Calendar:
    """An unbroken run of days; every answer outside it is refused, never guessed."""

    def __init__(self, days: Iterable[Day], edition: int) -> None:
        self.edition = edition
        self._days = sorted(days, key=lambda d: d.on)
        if not self._days:
            raise ValueError("a calendar needs at least one day")
        self.first = self._days[0].on
        self.last = self._days[-1].on
        if (self.last - self.first).days + 1 != len(self._days):
            raise ValueError("a calendar has no gaps and no day twice")
        self._workdays = [d.on for d in self._days if d.is_workday]
        self._unsure = [d.on for d in self._days if d.status is not DayStatus.ANNOUNCED]

    def day(self, on: date) -> Day:
        """Everything known about a day."""
        self._inside(on)
        return self._days[(on - self.first).days]

    def is_workday(self, on: date) -> bool:
        """Whether the offices work on a day."""
        return self.day(on).is_workday

    def add_workdays(self, start: date, count: int) -> date:
        """The count-th working day after start (before it, when negative); 0 is start itself."""
        self._inside(start)
        if count == 0:
            return start
        if count > 0:
            index = bisect_right(self._workdays, start) + count - 1
        else:
            index = bisect_left(self._workdays, start) + count
        if not 0 <= index < len(self._workdays):
            raise self._outside()
        return self._workdays[index]

    def workdays_between(self, after: date, until: date) -> int:
        """Working days in (after, until]; negative when until lies before after."""
        if until < after:
            return -self.workdays_between(until, after)
        self._inside(after)
        self._inside(until)
        return bisect_right(self._workdays, until) - bisect_right(self._workdays, after)

    def next_workday(self, on: date) -> date:
        """The day itself if it is a working day, else the next one that is."""
        self._inside(on)
        index = bisect_left(self._workdays, on)
        if index == len(self._workdays):
            raise self._outside()
        return self._workdays[index]

    def provisional(self, after: date, until: date) -> bool:
        """Whether any day in (after, until] may still change."""
        self._inside(after)
        self._inside(until)
        return bisect_right(self._unsure, until) > bisect_right(self._unsure, after)

    def _inside(self, on: date) -> None:
        if not self.first <= on <= self.last:
            raise self._outside(on)

    def _outside(self, on: date | None = None) -> OutsideCalendar:
        if on is not None:
            return OutsideCalendar(
                say(
                    N_("工作日历只收录 %(first)s 至 %(last)s，没有 %(on)s，请系统管理员补录。"),
                    first=self.first,
                    last=self.last,
                    on=on,
                )
            )
        return OutsideCalendar(
            say(
                N_("期限超出工作日历（%(first)s 至 %(last)s），请系统管理员补录。"),
                first=self.first,
                last=self.last,
            )
        )


def each_day(first: date, last: date) -> Iterable[date]:
    """All dates from first to last, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def changed_days(before: Calendar, after: Calendar) -> list[tuple[Day, Day]]:
    """The days that count differently, or are known more or less firmly, with what they become."""
    first, last = max(before.first, after.first), min(before.last, after.last)
    pairs = ((before.day(on), after.day(on)) for on in each_day(first, last))
    return [(a, b) for a, b in pairs if (a.kind, a.status) != (b.kind, b.status)]
