"""The working of a date: every day from the start to the due day, and why it counted or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from tracker.core.calendar.days import Calendar, Day, DayKind, DayStatus, each_day
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


class CountedDay(NamedTuple):
    """One day of a working; n is its number when it counted."""

    on: date
    counted: bool
    code: DayCode
    n: int | None
    name: str
    provisional: bool
    # What the offices do on it, whatever it means for this clock.
    kind: DayKind = DayKind.WORKDAY
    # Whether the due date would be another one if the offices did otherwise on it.
    decides: bool = False
    # The reason without regard to its being the due day.
    under: DayCode = DayCode.WORKDAY
    # Whether a suspension held back this day, which would otherwise have counted.
    still: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a clock, its term or an extension: the day it ends, and what it counts."""

    end: date
    unit: Unit


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
    # Only where hours are counted.
    start_at: datetime | None = None
    # The date that was given, where no length leads to one.
    given: date | None = None
    # What runs one after the other, the term (if any) and its extensions, and how many units
    # suspensions added to each, working days to working days and days to all others.
    terms: tuple[Term, ...] = ()
    held: tuple[int, ...] = ()
    # The same where hours are counted; they run as one.
    held_for: timedelta = timedelta()
    calendar: Calendar | None = field(default=None, repr=False, compare=False)

    @property
    def backwards(self) -> bool:
        """Whether it was counted back from the start, to the last day before it."""
        return self.given is None and self.due is not None and self.due < self.start


def list_days(
    start: date,
    pieces: Sequence[Piece],
    due: date,
    *,
    spans: Sequence[Span],
    calendar: Calendar,
    rolls: bool = False,
) -> tuple[CountedDay, ...]:
    """The days from start to due; an open suspension ends the list on its first day."""
    held = spans[-1].begin if spans and spans[-1].end is None else None
    last = due if held is None else min(held, due)
    final = due if held is None or held > due else None
    found: list[CountedDay] = []
    n = at = 0
    for on in each_day(start, max(last, start)):
        day = calendar.day(on)
        while at < len(pieces) and on > pieces[at].end:
            at += 1
        piece = pieces[at] if at < len(pieces) else None
        code, counted = _code(on, start, piece, spans, day.kind)
        decides = code is not DayCode.START and code is not DayCode.SUSPENDED
        if piece is not None and piece.unit is not Unit.WD:
            # A calendar day counts whatever it is; the last one may be moved off a rest day.
            decides = decides and rolls and on == pieces[-1].end
        if counted:
            n += 1
        found.append(
            CountedDay(
                on=on,
                counted=counted,
                code=DayCode.DUE if on == final else code,
                n=n if counted else None,
                name=day.name,
                provisional=day.status is not DayStatus.ANNOUNCED,
                kind=day.kind,
                decides=decides,
                under=code,
                still=code is DayCode.SUSPENDED and piece is not None and _takes(piece.unit, day),
            )
        )
    return tuple(found)


def _code(
    on: date, start: date, piece: Piece | None, spans: Sequence[Span], kind: DayKind
) -> tuple[DayCode, bool]:
    if on == start:
        return DayCode.START, False
    if spans and any(s.covers(on) for s in spans):
        return DayCode.SUSPENDED, False
    if piece is None:
        return DayCode.ROLLED, False
    if piece.unit is not Unit.WD:
        return DayCode.CALENDAR, True
    return DayCode(kind.value), kind in (DayKind.WORKDAY, DayKind.MAKEUP)


def _takes(unit: Unit, day: Day) -> bool:
    """Whether a part in this unit counts a day."""
    return unit is not Unit.WD or day.is_workday
