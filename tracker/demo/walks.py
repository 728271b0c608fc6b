"""How a case of the other workflows is told: a course of steps, each with its day.

A course is written `register@-30 propose_opening@-28 ~evidence submit_report@2021-07-20`: a step,
and after @ a date, or how many working days before the last one (a plus: after it) it was taken; a
step without a day follows on the day of the one before. What begins with ~ is no step of the
table but something done beside it: evidence, a paper, a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tracker.core.calendar.days import Calendar
from tracker.core.clock import at_office

# The hours in which the acts of one case on one day are spread, and the most between two.
_DAY = timedelta(hours=7)
_PACE = timedelta(minutes=17)


@dataclass(frozen=True, slots=True)
class Walk:
    """One case from its first step to where it stands.

    `crew` completes the account names (`head.ordos`). `words` are answers that differ from the
    usual ones, by step; the second time a step is taken it is named `step#2`. With `parent` the
    case is the one that a step of that case opened: `key`, or `key#3` for the third of them.
    `who` puts other people into the usual accounts; `drawn`: those whom a draw chose.
    """

    key: str
    kind: str
    crew: str
    course: str
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    parent: str = ""
    who: Mapping[str, str] = field(default_factory=dict)
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing somebody did to a case, at its moment."""

    at: datetime
    walk: str
    step: str
    named: str
    opens: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the demo in an answer: working days from the last one before now."""

    away: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the bureau in an answer, by account name."""

    account: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Instalments in an answer: a day each, as in `Day`, and an amount in yuan."""

    due: tuple[tuple[int, int], ...]


def deeds(walk: Walk, calendar: Calendar, base: date) -> Iterator[Deed]:
    """The walk as dated deeds, in order."""
    steps = [_read(token) for token in walk.course.split()]
    days: list[date] = []
    for _, written in steps:
        days.append(on_day(written, calendar, base) if written else days[-1])
    if days != sorted(days):
        raise ValueError(f"{walk.key}: a step lies before the one that it follows")
    seen: dict[str, int] = {}
    opens = not walk.parent
    start = timedelta(minutes=sum(walk.key.encode()) % 50)
    for n, ((step, _), day) in enumerate(zip(steps, days, strict=True)):
        first, many = days.index(day), days.count(day)
        seen[step] = seen.get(step, 0) + 1
        named = step if seen[step] == 1 else f"{step}#{seen[step]}"
        pace = min(_PACE, _DAY / many)
        at = at_office(day, 9, 10) + start + pace * (n - first)
        yield Deed(at.replace(microsecond=0), walk.key, step, named, opens)
        opens = False


def _read(token: str) -> tuple[str, str]:
    step, _, day = token.partition("@")
    return step, day


def on_day(text: str, calendar: Calendar, base: date) -> date:
    """A date that is written out, or as working days from the last one."""
    if text[0] in "+-" or text == "0":
        return calendar.add_workdays(base, int(text))
    found = date.fromisoformat(text)
    if not calendar.is_workday(found):
        raise ValueError(f"{text} is no working day")
    return found
