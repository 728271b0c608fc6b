"""The replay of a clock, against known dates and against a walker with a pencil."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.core.deadlines.walker import walk
from tracker.core.calendar.days import Calendar, OutsideCalendar
from tracker.core.calendar.table import packaged_calendar
from tracker.core.deadlines.replay import (
    DayCode,
    Fact,
    FactKind,
    Term,
    Tone,
    Unit,
    Working,
    add_months,
    replay,
    status,
)
from tracker.core.errors import BadInput

CALENDAR: Calendar = packaged_calendar()
K = FactKind


def run(start: date, term: str, *facts: Fact, roll: bool | None = None) -> Working:
    parsed = Term.parse(term)
    rolls = parsed.unit is not Unit.WD if roll is None else roll
    return replay([Fact(K.START, start), *facts], parsed, rolls, CALENDAR)


def paused(begin: date, end: date | None) -> list[Fact]:
    return [Fact(K.SUSPEND, begin)] + ([Fact(K.RESUME, end)] if end else [])


# ---------------------------------------------------------------- known dates


def test_labour_day_with_a_suspension_and_a_working_saturday() -> None:
    found = run(date(2026, 4, 28), "7wd", *paused(date(2026, 5, 6), date(2026, 5, 8)))
    assert found.due == date(2026, 5, 13)
    by_day = {d.on.day: d for d in found.days if d.on.month == 5}
    assert (by_day[9].code, by_day[9].n, by_day[9].name) == (DayCode.MAKEUP, 4, "劳动节")
    assert by_day[1].code is DayCode.HOLIDAY
    assert by_day[6].code is by_day[7].code is DayCode.SUSPENDED
    assert (by_day[8].code, by_day[8].n) == (DayCode.WORKDAY, 3)
    assert by_day[10].code is DayCode.WEEKEND
    assert (by_day[13].code, by_day[13].n, by_day[13].counted) == (DayCode.DUE, 7, True)
    assert (found.days[0].code, found.days[0].counted) == (DayCode.START, False)
    assert (found.total, found.used, found.provisional) == (7, None, False)


@pytest.mark.parametrize(
    ("start", "term", "unrounded", "due"),
    [
        # A month ends on the same day number, or on the last day where there is none.
        (date(2026, 1, 31), "1m", date(2026, 2, 28), date(2026, 2, 28)),
        (date(2023, 11, 30), "3m", date(2024, 2, 29), date(2024, 2, 29)),
        (date(2024, 2, 29), "1y", date(2025, 2, 28), date(2025, 2, 28)),
        # 2026-10-01 begins the National Day week; the first working day after it is the 8th.
        (date(2026, 7, 1), "3m", date(2026, 10, 1), date(2026, 10, 8)),
        # Sunday rolls to Monday.
        (date(2026, 11, 19), "3cd", date(2026, 11, 22), date(2026, 11, 23)),
        # Saturday 2026-02-28 is a make-up day: nothing rolls.
        (date(2026, 2, 25), "3cd", date(2026, 2, 28), date(2026, 2, 28)),
    ],
)
def test_known_dates(start: date, term: str, unrounded: date, due: date) -> None:
    found = run(start, term)
    assert (found.unrounded, found.due) == (unrounded, due)
    assert found.days[-1].on == due


def test_an_extension_runs_from_the_unrounded_end() -> None:
    start = date(2026, 7, 1)
    once = run(start, "3m", Fact(K.EXTEND, date(2026, 9, 20), term=Term(1, Unit.M)))
    # From 1 October, not from the 8th to which the first end had rolled; 1 November is a Sunday.
    assert (once.unrounded, once.due) == (date(2026, 11, 1), date(2026, 11, 2))
    assert [d.code for d in once.days[-2:]] == [DayCode.CALENDAR, DayCode.DUE]


def test_two_pauses_are_exact_to_the_day() -> None:
    # Two one-day pauses move a working-day term by two, whatever weekend lies between.
    start = date(2026, 3, 9)
    plain = run(start, "4wd")
    twice = run(
        start,
        "4wd",
        *paused(date(2026, 3, 10), date(2026, 3, 11)),
        *paused(date(2026, 3, 12), date(2026, 3, 13)),
    )
    assert plain.due is not None
    assert twice.due == CALENDAR.add_workdays(plain.due, 2)


def test_a_pause_of_k_working_days_moves_the_date_by_k() -> None:
    start = date(2026, 4, 1)
    plain = run(start, "15wd")
    assert plain.due is not None
    for length in range(1, 40):
        begin = date(2026, 4, 7)
        end = begin + timedelta(days=length)
        k = CALENDAR.workdays_between(begin - timedelta(days=1), end - timedelta(days=1))
        assert run(start, "15wd", *paused(begin, end)).due == CALENDAR.add_workdays(plain.due, k)


def test_a_pause_that_begins_on_the_start_day_does_not_count_that_day_twice() -> None:
    start = date(2026, 3, 9)
    found = run(start, "2wd", *paused(start, date(2026, 3, 11)))
    assert found.due == date(2026, 3, 12)


def test_while_suspended_there_is_no_date_only_what_is_left() -> None:
    start, begin = date(2026, 4, 28), date(2026, 5, 6)
    found = run(start, "7wd", *paused(begin, None))
    assert (found.due, found.unrounded, found.suspended) == (None, None, True)
    assert (found.used, found.total) == (2, 7)
    assert found.days[-1].code is DayCode.SUSPENDED
    assert found.days[-1].on == begin
    standing, later = status(found, begin), status(found, date(2026, 12, 1))
    assert standing == later
    assert (standing.left, standing.tone) == (5, Tone.HOLD)
    assert str(standing.phrase) == "已中止，恢复后还剩 5 个工作日"


def test_a_suspension_does_not_heal_a_clock_that_was_late() -> None:
    start = date(2026, 3, 2)
    late = paused(date(2026, 3, 10), date(2026, 3, 20))
    assert run(start, "3wd", *late).due == date(2026, 3, 5)
    held = run(start, "3wd", late[0])
    assert status(held, date(2026, 3, 11)).left == -2
    assert status(held, date(2026, 3, 11)).over


def test_a_suspension_in_the_days_of_grace_ends_on_the_day_of_resumption() -> None:
    # Due on Saturday, rolled to Monday; suspended on Sunday, resumed on Wednesday.
    found = run(date(2026, 11, 18), "3cd", *paused(date(2026, 11, 22), date(2026, 11, 25)))
    assert (found.unrounded, found.due) == (date(2026, 11, 21), date(2026, 11, 25))
    assert [d.code for d in found.days[-4:]] == [
        DayCode.SUSPENDED,
        DayCode.SUSPENDED,
        DayCode.SUSPENDED,
        DayCode.DUE,
    ]
    held = run(date(2026, 11, 18), "3cd", *paused(date(2026, 11, 22), None))
    assert (held.used, held.total) == (3, 3)


def test_a_pause_over_before_the_first_day_uses_nothing() -> None:
    start = date(2026, 3, 9)
    held = run(start, "5wd", *paused(start, start), *paused(date(2026, 3, 11), None))
    assert (held.used, held.total) == (1, 5)


def test_provisional_only_where_an_unsure_day_decided() -> None:
    assert not run(date(2026, 12, 1), "15wd").provisional
    assert run(date(2026, 12, 21), "5wd").provisional
    # Three months end on a projected working day; without rolling no holiday matters.
    assert run(date(2026, 11, 22), "3m").provisional
    assert not run(date(2026, 11, 22), "3m", roll=False).provisional
    with pytest.raises(OutsideCalendar):
        run(date(2032, 12, 1), "3m")


def test_hours_run_through_nights_and_rest_days() -> None:
    at = datetime(2026, 5, 1, 9, tzinfo=UTC)
    start = Fact(K.START, date(2026, 5, 1), at=at)
    day = Term(24, Unit.H)
    found = replay([start], day, False, CALENDAR)
    assert (found.due_at, found.due) == (at + timedelta(hours=24), date(2026, 5, 2))
    pause = [
        Fact(K.SUSPEND, date(2026, 5, 1), at=at + timedelta(hours=2)),
        Fact(K.RESUME, date(2026, 5, 1), at=at + timedelta(hours=5)),
        Fact(K.EXTEND, date(2026, 5, 1), term=day),
    ]
    assert replay([start, *pause], day, False, CALENDAR).due_at == at + timedelta(hours=51)
    held = replay([start, pause[0]], day, False, CALENDAR)
    assert (held.due, held.due_at, held.used) == (None, None, 0)
    with pytest.raises(BadInput, match="时刻"):
        replay([Fact(K.START, date(2026, 5, 1))], day, False, CALENDAR)


def test_a_given_date_stands_until_another_is_given() -> None:
    start = Fact(K.START, date(2026, 11, 2), due=date(2026, 11, 29))
    found = replay([start], None, False, CALENDAR)
    assert (found.due, found.total, found.provisional) == (date(2026, 11, 29), 27, False)
    later = Fact(K.SET_DUE, date(2026, 11, 9), due=date(2026, 12, 10))
    longer = Fact(K.EXTEND, date(2026, 11, 5), term=Term(3, Unit.CD))
    assert replay([start, longer], None, False, CALENDAR).due == date(2026, 12, 2)
    assert replay([start, longer, later], None, False, CALENDAR).due == date(2026, 12, 10)
    gone = replay([Fact(K.START, date(2026, 11, 9), due=date(2026, 11, 6))], None, False, CALENDAR)
    assert status(gone, date(2026, 11, 9)).tone is Tone.LATE


# ---------------------------------------------------------------- what cannot be

DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ([Fact(K.START, DAY)], "已经起算"),
        ([Fact(K.RESUME, DAY)], "没有中止"),
        ([Fact(K.SUSPEND, DAY), Fact(K.SUSPEND, DAY)], "已经中止"),
        ([Fact(K.SUSPEND, DAY - timedelta(days=5))], "早于期限的起算日"),
        ([Fact(K.SUSPEND, DAY), Fact(K.RESUME, DAY - timedelta(days=1))], "早于中止"),
        ([*paused(DAY, DAY + timedelta(days=3)), Fact(K.SUSPEND, DAY)], "上一次恢复"),
        ([Fact(K.EXTEND, DAY)], "延长多久"),
        ([Fact(K.EXTEND, DAY, term=Term(2, Unit.H))], "按小时"),
        ([Fact(K.SET_DUE, DAY, due=DAY)], "不能直接改定"),
        ([Fact(K.STOP, DAY), Fact(K.EXTEND, DAY, term=Term(2, Unit.WD))], "已经结束"),
    ],
)
def test_facts_that_cannot_follow_are_refused(facts: list[Fact], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        run(date(2026, 3, 9), "5wd", *facts)


def test_a_story_begins_with_its_start_and_has_one_length() -> None:
    for facts, term in (
        ([], Term(1, Unit.WD)),
        ([Fact(K.STOP, DAY)], Term(1, Unit.WD)),
        ([Fact(K.START, DAY)], None),
        ([Fact(K.START, DAY, due=DAY)], Term(1, Unit.WD)),
        ([Fact(K.START, DAY, due=DAY), Fact(K.SUSPEND, DAY)], None),
        ([Fact(K.START, DAY, due=DAY), Fact(K.SET_DUE, DAY)], None),
    ):
        with pytest.raises(BadInput):
            replay(facts, term, False, CALENDAR)


# ---------------------------------------------------------------- against the walker


def _stories(seed: int, count: int) -> Iterator[tuple[date, list[str], list[tuple[date, date]]]]:
    draw = random.Random(seed)  # noqa: S311 - a repeatable choice, not a secret
    for _ in range(count):
        start = date(2017, 1, 1) + timedelta(days=draw.randrange(4000))
        unit = draw.choice(["wd", "wd", "wd", "cd", "cd", "m", "m", "y"])
        most = {"wd": 60, "cd": 90, "m": 4, "y": 1}[unit]
        terms = [f"{draw.randint(1, most)}{unit}" for _ in range(draw.choice([1, 1, 2, 3]))]
        pauses: list[tuple[date, date]] = []
        cursor = start
        for _ in range(draw.choice([0, 0, 1, 2, 4])):
            begin = cursor + timedelta(days=draw.randrange(40))
            cursor = begin + timedelta(days=draw.randrange(30))
            pauses.append((begin, cursor))
        yield start, terms, pauses


def test_the_replay_agrees_with_a_walker() -> None:
    draw = random.Random(7)  # noqa: S311
    for start, terms, pauses in _stories(20261122, 2000):
        roll = draw.random() < 0.7
        extended = [Fact(K.EXTEND, start, term=Term.parse(t)) for t in terms[1:]]
        stops = [fact for a, b in pauses for fact in paused(a, b)]
        facts = extended + stops if draw.random() < 0.5 else stops + extended
        found = run(start, terms[0], *facts, roll=roll)
        end, due, counted = walk(start, terms, list(pauses), roll=roll)
        told = f"{start} {terms} {pauses} roll={roll}"
        assert (found.unrounded, found.due, found.total) == (end, due, counted), told
        numbers = [d.n for d in found.days if d.counted]
        assert numbers == list(range(1, counted + 1)), told
        assert found.days[-1].on == due, told


def test_what_is_left_agrees_with_a_walker() -> None:
    for start, terms, pauses in _stories(31, 600):
        plain = run(start, terms[0], *[f for a, b in pauses[:-1] for f in paused(a, b)])
        assert plain.due is not None
        begin = pauses[-1][0] if pauses else start + timedelta(days=9)
        if begin > plain.due:
            continue
        facts = [f for a, b in pauses[:-1] for f in paused(a, b)] + paused(begin, None)
        held = run(start, terms[0], *facts)
        counted = [d for d in plain.days if d.counted and d.on < begin]
        assert held.used == len(counted), (start, terms, pauses)
        assert held.total == plain.total


def test_months_on() -> None:
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 31), 1) == date(2027, 1, 31)
    assert add_months(date(2026, 1, 1), 24) == date(2028, 1, 1)
