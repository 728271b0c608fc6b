"""A due date from the facts of its clock, over the working-day calendar. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from tracker.core.calendar.days import Calendar
from tracker.core.clock import office_date
from tracker.core.deadlines.facts import Fact, FactKind, Span, Story, read_story
from tracker.core.deadlines.status import Status, Tone, status
from tracker.core.deadlines.working import CountedDay, DayCode, Piece, Working, list_days
from tracker.core.rulebook.terms import Term, Unit

__all__ = [
    "CountedDay",
    "DayCode",
    "Fact",
    "FactKind",
    "Status",
    "Term",
    "Tone",
    "Unit",
    "Working",
    "add_months",
    "replay",
    "status",
]

_DAY = timedelta(days=1)


def add_months(start: date, months: int) -> date:
    """The same day number that many months on, or the last day of that month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def replay(
    facts: Sequence[Fact],
    term: Term | None,
    roll: bool,  # noqa: FBT001 - reads as the rule has it
    calendar: Calendar,
) -> Working:
    """The due date and its working; while suspended there is no date, only what is left."""
    story = read_story(facts, term)
    if term is not None and term.unit is Unit.H:
        return _replay_hours(story, term, calendar)
    unit = Unit.WD if term is not None and term.unit is Unit.WD else Unit.CD
    end, total = story.start, 0
    pieces: list[Piece] = []
    held_back: list[int] = []
    if story.given is not None:
        end, total = story.given, max((story.given - story.start).days, 0)
        pieces.append(Piece(end, Unit.CD))
    for term_of_piece in story.terms:
        # An extension runs on from the unrounded end of what it extends.
        end, counted, still = _run_on(end, term_of_piece, unit, story.closed, calendar)
        total += counted
        held_back.append(still)
        pieces.append(Piece(end, term_of_piece.unit))
    due = _roll(end, story.closed, calendar) if roll else end
    held = story.held
    days = list_days(story.start, pieces, due, spans=story.spans, calendar=calendar, rolls=roll)
    return Working(
        start=story.start,
        term=term,
        days=days,
        due=None if held else due,
        unrounded=None if held else end,
        provisional=held is None and any(d.decides and d.provisional for d in days),
        suspended=held is not None and story.stopped_on is None,
        stopped_on=story.stopped_on,
        used=_used(story, held, due, total, unit, calendar) if held else None,
        total=total,
        unit=unit,
        given=story.given,
        terms=story.terms,
        held=tuple(held_back),
        calendar=calendar,
    )


def _count(after: date, until: date, unit: Unit, calendar: Calendar) -> int:
    """Days in (after, until], working or calendar."""
    return calendar.workdays_between(after, until) if unit is Unit.WD else (until - after).days


def _run_on(
    after: date, term: Term, unit: Unit, spans: Sequence[Span], calendar: Calendar
) -> tuple[date, int, int]:
    """The day on which a term that follows a day ends, the days counted to it, those held back."""
    match term.unit:
        case Unit.WD:
            end = calendar.add_workdays(after, term.count)
        case Unit.CD:
            end = after + term.count * _DAY
        case Unit.M:
            end = add_months(after, term.count)
        case _:
            end = add_months(after, 12 * term.count)
    counted, held_back = _count(after, end, unit, calendar), 0
    for span in spans:
        if span.end is None or span.begin > end:
            break
        # What an earlier piece of the clock has waited out is not waited for again.
        begin = max(span.begin, after + _DAY)
        if span.end <= begin:
            continue
        still = _count(begin - _DAY, span.end - _DAY, term.unit, calendar)
        held_back += still
        end = calendar.add_workdays(end, still) if term.unit is Unit.WD else end + still * _DAY
    return end, counted, held_back


def _roll(end: date, spans: Sequence[Span], calendar: Calendar) -> date:
    """The end itself, or the next working day on which the clock does not stand still."""
    due = calendar.next_workday(end)
    for span in spans:
        if span.end is not None and span.covers(due):
            due = calendar.next_workday(span.end)
    return due


def _used(story: Story, held: Span, due: date, total: int, unit: Unit, calendar: Calendar) -> int:
    """Days used up before the open suspension; more than the total when it came too late."""
    before = max(held.begin - _DAY, story.start)
    if before > due:
        return total + _count(due, before, unit, calendar)
    used = _count(story.start, before, unit, calendar)
    for span in story.closed:
        if span.end is not None and span.end > story.start + _DAY:
            begin = max(span.begin, story.start + _DAY)
            used -= _count(begin - _DAY, span.end - _DAY, unit, calendar)
    return min(used, total)


def _replay_hours(story: Story, term: Term, calendar: Calendar) -> Working:
    """Hours run on through nights and rest days."""
    assert story.start_at is not None  # noqa: S101 - read_story has refused it
    due_at = story.start_at + sum((timedelta(hours=t.count) for t in story.terms), timedelta())
    ran = due_at
    for span in story.closed:
        if span.begin_at is not None and span.end_at is not None and span.begin_at <= due_at:
            due_at += span.end_at - span.begin_at
    due, held = office_date(due_at), story.held
    total = (due - story.start).days
    pieces = [Piece(due, Unit.CD)]
    return Working(
        start=story.start,
        term=term,
        days=list_days(story.start, pieces, due, spans=story.spans, calendar=calendar),
        due=None if held else due,
        unrounded=None if held else due,
        provisional=False,
        suspended=held is not None and story.stopped_on is None,
        stopped_on=story.stopped_on,
        used=_used(story, held, due, total, Unit.CD, calendar) if held else None,
        total=total,
        unit=Unit.CD,
        due_at=None if held else due_at,
        start_at=story.start_at,
        terms=story.terms,
        held_for=due_at - ran,
        calendar=calendar,
    )
