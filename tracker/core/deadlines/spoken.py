"""A working in words, for terminals and papers: the date sum, and a line for each day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from tracker.core.clock import office_time
from tracker.core.deadlines.working import CODE_LABELS, CountedDay, DayCode, Working
from tracker.core.errors import N_, Sentence, say
from tracker.core.rulebook.terms import Term, Unit

_WEEK = "一二三四五六日"
# From this many like days on, a run is told by its first and last day.
_LONG_RUN = 3


def date_words(on: date) -> str:
    """A date with its weekday."""
    return f"{on.year}年{on.month}月{on.day}日 周{_WEEK[on.weekday()]}"


def time_words(moment: datetime) -> str:
    """The time of day in Beijing; seconds only where there are any."""
    at = office_time(moment)
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def held_phrases(working: Working) -> list[Sentence | None]:
    """What the suspensions added after each of the terms, in its own unit; None where nothing.

    Read from left to right, start, terms and these add up to the unrounded end.
    """
    if working.start_at is not None:
        return [*(None for _ in working.terms[1:]), _for_hours(working.held_for)]
    units = (Unit.WD if t.unit is Unit.WD else Unit.CD for t in working.terms)
    pairs = zip(working.held, units, strict=True)
    return [Term(n, unit).phrase if n else None for n, unit in pairs]


def _for_hours(held: timedelta) -> Sentence | None:
    minutes, seconds = divmod(round(held.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [Term(hours, Unit.H).phrase] if hours else []
    if minutes:
        parts.append(say(N_("%(n)s 分钟"), n=minutes))
    if seconds:
        parts.append(say(N_("%(n)s 秒"), n=seconds))
    if not parts:
        return None
    first, *rest = parts
    for other in rest:
        first = say("%(some)s %(other)s", some=first, other=other)
    return first


def start_words(working: Working) -> str:
    """The start, for hours with its time of day."""
    at = "" if working.start_at is None else f" {time_words(working.start_at)}"
    return date_words(working.start) + at


def sum_line(working: Working) -> str:
    """Start + term + extensions, each with what stood still in it, = due day."""
    if working.given is None:
        parts = [start_words(working)]
    else:
        parts = [str(say(N_("给定 %(due)s"), due=date_words(working.given)))]
    pairs = zip(working.terms, held_phrases(working), strict=True)
    for n, (term, held) in enumerate(pairs, start=working.given is not None):
        parts.append(str(say(N_("延长 %(term)s"), term=term.phrase) if n else term.phrase))
        if held is not None:
            parts.append(str(say(N_("停表 %(held)s"), held=held)))
    return " + ".join(parts) + " = " + due_line(working)


def due_line(working: Working) -> str:
    """The due day, and whether it was moved off a rest day."""
    if working.due is None:
        return str(say(N_("停表中，没有截止日")))
    if working.due_at is not None:
        return f"{date_words(working.due)} {time_words(working.due_at)}"
    if working.unrounded is not None and working.unrounded != working.due:
        return str(
            say(
                N_("%(end)s 届满，顺延至 %(due)s"),
                end=date_words(working.unrounded),
                due=date_words(working.due),
            )
        )
    return date_words(working.due)


def why(day: CountedDay) -> Sentence:
    """Why a day counted or not, in words."""
    if day.code is DayCode.HOLIDAY and day.name:
        return say(N_("%(name)s放假，不计入"), name=say(day.name))
    if day.code is DayCode.MAKEUP and day.name:
        return say(N_("%(name)s调休上班，计入"), name=say(day.name))
    if day.code is DayCode.DUE:
        return say(N_("到期日，计入")) if day.counted else say(N_("到期日，由顺延得出"))
    return say(CODE_LABELS[day.code])


def day_line(day: CountedDay) -> str:
    """One day of a working as a line of a terminal."""
    number = f"{day.n:>4}" if day.n is not None else "   ·"
    unsure = "（推算）" if day.provisional else ""
    return f"  {day.on} 周{_WEEK[day.on.weekday()]} {number}  {why(day)}{unsure}"


def day_lines(days: Iterable[CountedDay]) -> list[str]:
    """The days of a working, long runs of like days folded into one line."""
    found: list[str] = []
    run: list[CountedDay] = []

    def flush() -> None:
        if len(run) > _LONG_RUN:
            found.append(_run_line(run))
        else:
            found.extend(day_line(d) for d in run)
        run.clear()

    for day in days:
        if run and _sort(day) != _sort(run[0]):
            flush()
        run.append(day)
    flush()
    return found


def _sort(day: CountedDay) -> tuple[bool, DayCode, str, bool]:
    return day.counted, day.code, "" if day.counted else day.name, day.provisional


def _run_line(run: Sequence[CountedDay]) -> str:
    first, last = run[0], run[-1]
    number = f"{first.n}—{last.n}" if first.n is not None else "·"
    unsure = "（推算）" if first.provisional else ""
    return f"  {first.on} 至 {last.on} {number:>9}  {why(first)}，共 {len(run)} 日{unsure}"
