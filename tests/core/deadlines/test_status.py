"""What is left of a clock, and its colour."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from tracker.core.calendar.table import packaged_calendar
from tracker.core.deadlines.replay import Fact, FactKind, Term, Tone, Unit, replay, status
from tracker.core.deadlines.status import stored_tone

CALENDAR = packaged_calendar()
START = date(2026, 11, 2)  # a Monday without holidays near
SEVEN = replay([Fact(FactKind.START, START)], Term(7, Unit.WD), False, CALENDAR)
NINETY = replay([Fact(FactKind.START, date(2026, 3, 2))], Term(90, Unit.CD), True, CALENDAR)


@pytest.mark.parametrize(
    ("today", "left", "tone", "phrase"),
    [
        (date(2026, 11, 2), 7, Tone.OK, "还剩 7 个工作日"),
        (date(2026, 11, 6), 3, Tone.OK, "还剩 3 个工作日"),
        (date(2026, 11, 8), 3, Tone.OK, "还剩 3 个工作日"),
        (date(2026, 11, 9), 2, Tone.SOON, "还剩 2 个工作日"),
        (date(2026, 11, 11), 0, Tone.SOON, "今天到期"),
        (date(2026, 11, 12), -1, Tone.LATE, "已超期 1 个工作日"),
        (date(2026, 11, 16), -3, Tone.LATE, "已超期 3 个工作日"),
    ],
)
def test_a_short_clock(today: date, left: int, tone: Tone, phrase: str) -> None:
    found = status(SEVEN, today)
    assert (found.left, found.unit, found.tone, found.over) == (left, Unit.WD, tone, left < 0)
    assert str(found.phrase) == phrase


def test_a_long_clock_waits_for_its_last_working_days() -> None:
    assert NINETY.due == date(2026, 6, 1)
    assert status(NINETY, date(2026, 5, 10)).tone is Tone.OK
    assert status(NINETY, date(2026, 5, 22)).tone is Tone.OK
    assert status(NINETY, date(2026, 5, 25)).tone is Tone.SOON
    assert status(NINETY, date(2026, 5, 25)).left == 7
    assert status(NINETY, date(2026, 6, 2)).left == -1


def test_over_on_a_rest_day_says_so_without_a_number() -> None:
    friday = replay([Fact(FactKind.START, START)], Term(4, Unit.WD), False, CALENDAR)
    found = status(friday, date(2026, 11, 7))
    assert (found.left, found.over, found.tone) == (0, True, Tone.LATE)
    assert str(found.phrase) == "已超期"


def test_a_stopped_clock_is_judged_by_the_day_it_stopped() -> None:
    for on, over, phrase in (
        (date(2026, 11, 11), False, "按期办结"),
        (date(2026, 11, 12), True, "超期办结"),
    ):
        facts = [Fact(FactKind.START, START), Fact(FactKind.STOP, on)]
        done = replay(facts, Term(7, Unit.WD), False, CALENDAR)
        found = status(done, date(2027, 1, 1))
        assert (found.tone, found.over, str(found.phrase)) == (Tone.DONE, over, phrase)
        assert done.due == SEVEN.due
    held = [Fact(FactKind.START, START), Fact(FactKind.SUSPEND, START), Fact(FactKind.STOP, START)]
    gone = replay(held, Term(7, Unit.WD), False, CALENDAR)
    assert (gone.due, gone.suspended, status(gone, START).tone) == (None, False, Tone.DONE)


def test_the_tone_of_a_list_row_needs_no_replay() -> None:
    today = date(2026, 11, 2)
    assert stored_tone(None, today, CALENDAR) is Tone.HOLD
    assert stored_tone(date(2026, 11, 1), today, CALENDAR) is Tone.LATE
    assert stored_tone(today, today, CALENDAR) is Tone.SOON
    assert stored_tone(date(2026, 11, 10), today, CALENDAR) is Tone.OK


def test_without_a_calendar_the_share_alone_decides() -> None:
    bare = dataclasses.replace(NINETY, calendar=None)
    assert status(bare, date(2026, 5, 10)).tone is Tone.SOON
    assert status(bare, date(2026, 5, 1)).tone is Tone.OK
