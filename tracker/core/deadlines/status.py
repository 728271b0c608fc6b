"""How a clock stands today: what is left, and in which colour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.core.calendar.days import Calendar, DayKind
from tracker.core.deadlines.working import CountedDay, Working
from tracker.core.errors import N_, Sentence, say
from tracker.core.rulebook.terms import Unit

if TYPE_CHECKING:
    from tracker.core.rulebook.model import Display


class Tone(StrEnum):
    """The traffic light of a clock."""

    LATE = "late"
    SOON = "soon"
    OK = "ok"
    HOLD = "hold"
    DONE = "done"


_LEFT: dict[Unit, str] = {
    Unit.WD: N_("还剩 %(n)s 个工作日"),
    Unit.CD: N_("还剩 %(n)s 日"),
}
_OVER: dict[Unit, str] = {
    Unit.WD: N_("已超期 %(n)s 个工作日"),
    Unit.CD: N_("已超期 %(n)s 日"),
}
_HELD: dict[Unit, str] = {
    Unit.WD: N_("已中止，恢复后还剩 %(n)s 个工作日"),
    Unit.CD: N_("已中止，恢复后还剩 %(n)s 日"),
}


@dataclass(frozen=True, slots=True)
class Status:
    """What is left (negative: days overdue), in working or calendar days, and the tone.

    `lapsed`: the time of the other side has run out, which is nobody's delay.
    """

    left: int
    unit: Unit
    over: bool
    tone: Tone
    lapsed: bool = False

    @property
    def phrase(self) -> Sentence:
        """The standing as people say it."""
        if self.lapsed:
            return say(N_("期限已届满"))
        if self.tone is Tone.DONE:
            return say(N_("超期办结")) if self.over else say(N_("按期办结"))
        if self.tone is Tone.HOLD and not self.over:
            return say(_HELD[self.unit], n=self.left)
        if self.over:
            # Overdue by rest days only: no working day has passed, yet the day is gone.
            return say(_OVER[self.unit], n=-self.left) if self.left else say(N_("已超期"))
        return say(_LEFT[self.unit], n=self.left) if self.left else say(N_("今天到期"))


def status(working: Working, today: date, display: Display | None = None) -> Status:
    """How the clock stands on a day."""
    if working.suspended or working.due is None:
        left = working.total - (working.used or 0)
        tone = Tone.HOLD if working.stopped_on is None else Tone.DONE
        return Status(left, working.unit, left < 0, tone)
    if working.stopped_on is not None:
        over = working.stopped_on > working.due
        return Status(
            _left(working, working.due, working.stopped_on), working.unit, over, Tone.DONE
        )
    left = _left(working, working.due, today)
    if today > working.due:
        return Status(left, working.unit, over=True, tone=Tone.LATE)
    soon = _soon(working, working.due, today, left, display or _display())
    return Status(left, working.unit, over=False, tone=Tone.SOON if soon else Tone.OK)


def of_party(found: Status) -> Status:
    """The standing of a limit that is a party's right: past its day it has lapsed."""
    if not found.over:
        return found
    return replace(found, over=False, tone=Tone.DONE, lapsed=True)


def stored_tone(
    due: date | None, today: date, calendar: Calendar, display: Display | None = None
) -> Tone:
    """The tone of a list row from its stored due date alone, without a replay."""
    if due is None:
        return Tone.HOLD
    if today > due:
        return Tone.LATE
    most = (display or _display()).amber_most_wd
    return Tone.SOON if calendar.workdays_between(today, due) <= most else Tone.OK


def _left(working: Working, due: date, today: date) -> int:
    """Days in (today, due] that count; past the due day, minus the days since."""
    if today > due:
        if working.unit is Unit.WD and working.calendar is not None:
            return -working.calendar.workdays_between(due, today)
        return -(today - due).days
    if working.unit is Unit.WD:
        # Also where an extension in calendar days follows: what is left are working days.
        return sum(1 for d in working.days if d.on > today and _works(d))
    waits = sum(1 for d in working.days if d.on > today and d.code == "suspended")
    return (due - max(today, working.start)).days - waits


def _works(day: CountedDay) -> bool:
    return day.counted and day.kind in (DayKind.WORKDAY, DayKind.MAKEUP)


def _display() -> Display:
    # `tracker due` counts without a rulebook, and need not wait for one.
    from tracker.core.rulebook.loader import default_rulebook

    return default_rulebook().display


def _soon(working: Working, due: date, today: date, left: int, display: Display) -> bool:
    """Amber: at most the given share of the time is left and at most so many working days."""
    if left == 0:
        return True
    # A short clock turns amber for its last day at the latest.
    if left > max(1, working.total * display.amber_share // 100):
        return False
    if working.calendar is None:
        return True
    return working.calendar.workdays_between(today, due) <= display.amber_most_wd
