"""Due dates worked out by hand with a paper calendar; each says how.

Nothing here was computed by a program. Weekdays in brackets; "off" is a holiday or a plain weekend,
"make-up" a Saturday or Sunday on which the offices work (调休上班).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.core.deadlines.second_opinion import Table
from tracker.core.calendar.days import Calendar, DayStatus
from tracker.core.calendar.table import packaged_calendar
from tracker.core.clock import OFFICE_ZONE
from tracker.core.deadlines.replay import Fact, FactKind, Term, Working, replay
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.model import Rule
from tracker.core.rulebook.terms import Unit

K = FactKind


def day(text: str) -> date:
    return date.fromisoformat(text)


def law(rule_id: str, region: str = "") -> Rule:
    return default_rulebook().rule(rule_id, day("2026-11-22"), region)


def run(
    start: str,
    *terms: str,
    pauses: tuple[tuple[str, str], ...] = (),
    roll: bool | None = None,
    known: str | None = None,
) -> Working:
    first, *more = [Term.parse(text) for text in terms]
    facts = [Fact(K.START, day(start))]
    facts += [Fact(K.EXTEND, day(start), term=term) for term in more]
    for begin, end in pauses:
        facts += [Fact(K.SUSPEND, day(begin)), Fact(K.RESUME, day(end))]
    rolls = first.unit is not Unit.WD if roll is None else roll
    calendar = packaged_calendar(day(known)) if known else packaged_calendar()
    return replay(facts, first, rolls, calendar)


# ---------------------------------------------------------------- the laws, each in its own unit


@pytest.mark.parametrize(
    ("rule_id", "written", "start", "due"),
    [
        # 处罚法 85: its terms of 2, 3, 5 and 7 days are working days.
        # T13 (71), from Fri 13 Feb: Sat 14 make-up 1; 15 to 23 Spring Festival; Tue 24 2.
        ("T13", "2wd", "2026-02-13", "2026-02-24"),
        # T25 (48), from Fri 9 Oct: Sat 10 make-up 1; Sun 11 off; Mon 12 2; Tue 13 3.
        ("T25", "3wd", "2026-10-09", "2026-10-13"),
        # T05 (64), from Wed 23 Sep: Thu 24 1; 25 to 27 Mid-Autumn; Mon 28 2; Tue 29 3; Wed 30 4;
        # 1 to 7 Oct off; Thu 8 5.
        ("T05", "5wd", "2026-09-23", "2026-10-08"),
        # T04 (56), from Fri 18 Sep: Sat 19 off; Sun 20 make-up 1; Mon to Thu 2 to 5; 25 to 27 off;
        # Mon 28 6; Tue 29 7.
        ("T04", "7wd", "2026-09-18", "2026-09-29"),
        # T08 (61), from Mon 16 Nov, nothing in the way: Tue 17 1 to Fri 20 4; Mon 23 5; 24 6; 25 7.
        ("T08", "7wd", "2026-11-16", "2026-11-25"),
        # 强制法 69: days within ten are working days.
        # T21 (54), from Mon 27 Apr: 28, 29, 30 make 3; 1 to 5 May off; Wed 6, Thu 7, Fri 8 make 6;
        # Sat 9 make-up 7; Sun 10 off; Mon 11 8; Tue 12 9; Wed 13 10.
        ("T21", "10wd", "2026-04-27", "2026-05-13"),
        # T22 (56), from Fri 26 Dec 2025: Mon 29, Tue 30, Wed 31 make 3; 1 to 3 Jan off;
        # Sun 4 Jan make-up 4; Mon 5 5.
        ("T22", "5wd", "2025-12-26", "2026-01-05"),
        # 复议法 88: its terms of 3, 5, 7 and 10 days are working days.
        # T15 (30), from Thu 26 Feb: Fri 27 1; Sat 28 make-up 2; Sun off; Mon 2 Mar 3; 3 4; 4 5.
        ("T15", "5wd", "2026-02-26", "2026-03-04"),
        # T16 (48), from Wed 24 Sep 2025: 25, 26 make 2; Sat off; Sun 28 make-up 3; 29, 30 make 5;
        # 1 to 8 Oct off; Thu 9 6; Fri 10 7; Sat 11 make-up 8; Sun off; Mon 13 9; Tue 14 10.
        ("T16", "10wd", "2025-09-24", "2025-10-14"),
        # 国务院令310号 counts calendar days throughout: 3 days are 3 days.
        # L06, from Mon 16 Nov: Thu 19. Three working days from Thu 19 would be Tue 24;
        # three days end on Sun 22, so Mon 23.
        ("L06", "3cd", "2026-11-16", "2026-11-19"),
        ("L09", "3cd", "2026-11-19", "2026-11-23"),
        # L10, from Tue 29 Sep: Fri 2 Oct, in National Day week, so Thu 8.
        ("L10", "3cd", "2026-09-29", "2026-10-08"),
        # L11, from Wed 7 Oct: Sat 10, a make-up day, on which the term ends.
        ("L11", "3cd", "2026-10-07", "2026-10-10"),
        # L12, from Thu 12 Feb: Sun 15, the first day of Spring Festival; Tue 24 is the next worked.
        ("L12", "3cd", "2026-02-12", "2026-02-24"),
        # Longer terms of the other laws are calendar days. T10 (处罚法 67), from Wed 16 Sep:
        # 14 days to the 30th, so 1 Oct, so Thu 8.
        ("T10", "15cd", "2026-09-16", "2026-10-08"),
        # T19 (行诉法 45), from Fri 10 Apr: Sat 25 Apr is a plain one, so Mon 27.
        ("T19", "15cd", "2026-04-10", "2026-04-27"),
        # T09 (民诉法 95), from Tue 20 Jan: 11 to the 31st, 19 more: Thu 19 Feb, so Tue 24.
        ("T09", "30cd", "2026-01-20", "2026-02-24"),
        # T14 (复议法 20), from Wed 5 Aug: 26 left in August, 30 in September, 4: Sun 4 Oct, so 8.
        ("T14", "60cd", "2026-08-05", "2026-10-08"),
        # T03 (处罚法 60), from Thu 1 Jan: 30 left in January, 28, 31, and one: Wed 1 Apr.
        ("T03", "90cd", "2026-01-01", "2026-04-01"),
        # T24 (信息公开条例 26), from Wed 2 Sep: 3, 4 make 2; 7 to 11 7; 14 to 18 12;
        # Sun 20 make-up 13; 21 to 24 17; 25 to 27 off; 28, 29, 30 make 20.
        ("T24", "20wd", "2026-09-02", "2026-09-30"),
        # T18 (行诉法 46), six months from Tue 31 Mar: 30 Sep, there is no 31st.
        ("T18", "6m", "2026-03-31", "2026-09-30"),
        # L18 (行诉法 47), from Wed 26 Nov 2025: Mon 26 Jan.
        ("L18", "2m", "2025-11-26", "2026-01-26"),
        # T02, from Sat 28 Feb: Thu 28 May; the last of February does not become the last of May.
        ("T02", "3m", "2026-02-28", "2026-05-28"),
    ],
)
def test_a_term_of_law(rule_id: str, written: str, start: str, due: str) -> None:
    rule = law(rule_id)
    assert str(rule.term) == written
    found = replay([Fact(K.START, day(start))], rule.term, rule.roll, packaged_calendar())
    assert found.due == day(due)
    assert not found.provisional


def test_no_working_day_term_of_the_law_rolls_and_no_longer_one_fails_to() -> None:
    for rule in default_rulebook().all():
        if rule.term is not None:
            assert rule.roll == (rule.unit in (Unit.CD, Unit.M, Unit.Y)), rule.id


# ---------------------------------------------------------------- make-up days and weeks off


@pytest.mark.parametrize(
    ("start", "term", "due"),
    [
        # The start day never counts, not even when it is a make-up day: Sat 10 Oct; Mon 12.
        ("2026-10-10", "1wd", "2026-10-12"),
        # ... nor does a start in the middle of the week off count from the day after: Thu 8.
        ("2026-10-03", "1wd", "2026-10-08"),
        # A working-day term can end on a make-up Saturday and on a make-up Sunday.
        ("2026-10-09", "1wd", "2026-10-10"),
        ("2026-09-18", "1wd", "2026-09-20"),
        # Labour Day 2025: Sat 26 Apr off; Sun 27 make-up 1; 28, 29, 30 make 4; 1 to 5 May off;
        # Tue 6 5.
        ("2025-04-25", "5wd", "2025-05-06"),
        # Rolling off each day of National Day week 2026, the first and the last: Thu 8.
        ("2026-09-30", "1cd", "2026-10-08"),
        ("2026-10-04", "3cd", "2026-10-08"),
        # 2017 ended its week on Sunday 8 Oct: Mon 9. 2025 on Wed 8: Thu 9.
        ("2017-10-05", "3cd", "2017-10-09"),
        ("2025-10-03", "5cd", "2025-10-09"),
        # A Saturday before a make-up Sunday rolls onto it: Sat 19, Sun 20 Sep.
        ("2026-09-18", "1cd", "2026-09-20"),
        # 2018-12-29 was a make-up Saturday (notice for 2019): from Fri 28 it is day 1; Wed 2 Jan 2.
        ("2018-12-28", "1wd", "2018-12-29"),
        ("2018-12-28", "2wd", "2019-01-02"),
    ],
)
def test_make_up_days_and_weeks_off(start: str, term: str, due: str) -> None:
    assert run(start, term).due == day(due)


# ---------------------------------------------------------------- months and years


@pytest.mark.parametrize(
    ("start", "term", "unrounded", "due"),
    [
        # 31 Jan + 1 month: 28 Feb 2026 (a make-up Saturday), 29 Feb 2024 (Thu), 28 Feb 2025 (Fri).
        ("2026-01-31", "1m", "2026-02-28", "2026-02-28"),
        ("2024-01-31", "1m", "2024-02-29", "2024-02-29"),
        ("2025-01-31", "1m", "2025-02-28", "2025-02-28"),
        # 28 Feb 2021 was a plain Sunday: Mon 1 March.
        ("2021-01-31", "1m", "2021-02-28", "2021-03-01"),
        # The day number is kept where there is one, also from a short month.
        ("2025-02-28", "1m", "2025-03-28", "2025-03-28"),
        ("2026-03-31", "1m", "2026-04-30", "2026-04-30"),
        # Six months from 31 August: 28 Feb 2025 (Fri), 29 Feb 2024 (Thu), 28 Feb 2026 (make-up).
        ("2024-08-31", "6m", "2025-02-28", "2025-02-28"),
        ("2023-08-31", "6m", "2024-02-29", "2024-02-29"),
        ("2025-08-31", "6m", "2026-02-28", "2026-02-28"),
        # One and two years from 29 Feb: 28 Feb 2025 (Fri); 28 Feb 2021 is a Sunday; 28 Feb 2026.
        ("2024-02-29", "1y", "2025-02-28", "2025-02-28"),
        ("2020-02-29", "1y", "2021-02-28", "2021-03-01"),
        ("2024-02-29", "2y", "2026-02-28", "2026-02-28"),
        # A year over a 29 Feb has 366 days: from Wed 10 Jan 2024, Fri 10 Jan 2025.
        ("2024-01-10", "1y", "2025-01-10", "2025-01-10"),
        # From 28 Feb a year ends on the 28th, not on the last day: Wed 28 Feb 2024.
        ("2023-02-28", "1y", "2024-02-28", "2024-02-28"),
        # Twelve months are a year; over the turn of the year: Mon 19 Jan 2026.
        ("2025-01-19", "12m", "2026-01-19", "2026-01-19"),
        # From 1 Dec 2025: Sun 1 Mar, so Mon 2.
        # Three months are no ninety days: from 1 Jul 2025 Wed 1 Oct, so Thu 9; else Mon 29 Sep.
        ("2025-12-01", "3m", "2026-03-01", "2026-03-02"),
        ("2025-07-01", "3m", "2025-10-01", "2025-10-09"),
        ("2025-07-01", "90cd", "2025-09-29", "2025-09-29"),
    ],
)
def test_months_and_years(start: str, term: str, unrounded: str, due: str) -> None:
    found = run(start, term)
    assert (found.unrounded, found.due) == (day(unrounded), day(due))
    assert not found.provisional


# ---------------------------------------------------------------- the turn of the year


@pytest.mark.parametrize(
    ("start", "term", "known", "due", "provisional"),
    [
        # From Wed 24 Dec 2025, six working days: 25, 26, 29, 30, 31 make 5; 1 to 3 Jan off;
        # Sun 4 make-up 6. Announced, so firm.
        ("2025-12-24", "6wd", None, "2026-01-04", False),
        # Before the notice of 4 Nov 2025 only 1 Jan was known to be off: Fri 2 Jan is the sixth.
        ("2025-12-24", "6wd", "2025-11-03", "2026-01-02", True),
        ("2025-12-24", "6wd", "2025-11-04", "2026-01-04", False),
        # From Wed 26 Dec 2018: 27, 28, make-up Sat 29. Before the notice of 6 Dec: 27, 28, Mon 31.
        ("2018-12-26", "3wd", None, "2018-12-29", False),
        ("2018-12-26", "3wd", "2018-12-05", "2018-12-31", True),
        # 2027 is projected only. From Mon 21 Dec 2026 to Fri 25 nothing can move any more.
        ("2026-12-21", "4wd", None, "2026-12-25", False),
        # From Thu 24 Dec: Fri 25 1; Mon 28 2; 29 3; 30 4; 31 5; the notice may yet move these.
        ("2026-12-24", "5wd", None, "2026-12-31", True),
        # From Mon 28 Dec: 29, 30, 31 make 3; Fri 1 Jan off; Mon 4 4; Tue 5 5.
        ("2026-12-28", "5wd", None, "2027-01-05", True),
        # Three months to Fri 25 Dec: firm. To Sat 26: rolled over unsure days to Mon 28.
        ("2026-09-25", "3m", None, "2026-12-25", False),
        ("2026-09-26", "3m", None, "2026-12-28", True),
        # ... and ending on that Monday itself.
        ("2026-09-28", "3m", None, "2026-12-28", True),
        # Three months to New Year's Day, Fri 1 Jan 2027: Mon 4.
        ("2026-10-01", "3m", None, "2027-01-04", True),
        # 31 Aug 2026 and six months: Sun 28 Feb 2027; Mon 1 March.
        ("2026-08-31", "6m", None, "2027-03-01", True),
    ],
)
def test_the_turn_of_the_year(
    start: str, term: str, known: str | None, due: str, provisional: bool
) -> None:
    found = run(start, term, known=known)
    assert (found.due, found.provisional) == (day(due), provisional)


def test_a_day_set_by_hand_makes_a_date_provisional_only_when_the_clock_runs_on_it() -> None:
    packaged = packaged_calendar()
    span = [
        packaged.first + timedelta(days=n) for n in range((packaged.last - packaged.first).days)
    ]
    hand = {day("2026-03-04"): DayStatus.MANUAL}
    days = [replace(d, status=hand.get(d.on, d.status)) for d in map(packaged.day, span)]
    calendar = Calendar(days, edition=0)
    start, term = Fact(K.START, day("2026-03-02")), Term.parse("5wd")
    # Mon 2 March: Tue 3 1; Wed 4, by hand, 2; 5, 6, Mon 9 5.
    assert replay([start], term, False, calendar).provisional
    # Wed 4 stood still: Tue 10, whatever the offices did on the 4th.
    pause = [Fact(K.SUSPEND, day("2026-03-04")), Fact(K.RESUME, day("2026-03-05"))]
    found = replay([start, *pause], term, False, calendar)
    assert (found.due, found.provisional) == (day("2026-03-10"), False)
    # In days only the last one is asked whether it is worked: Wed 4, else Sat 7 and Mon 9.
    for term, provisional in ((Term.parse("2cd"), True), (Term.parse("5cd"), False)):
        assert replay([start], term, True, calendar).provisional == provisional


def test_a_term_that_does_not_roll_needs_no_notice() -> None:
    found = run("2026-10-01", "3m", roll=False)
    assert (found.due, found.provisional) == (day("2027-01-01"), False)


# ---------------------------------------------------------------- years changed midway


@pytest.mark.parametrize(
    ("start", "term", "before", "after"),
    [
        # Labour Day 2019 was Wed 1 May alone; since 22 March 1 to 4 May, worked on Sun 28 Apr and
        # Sun 5 May. From Fri 26 Apr, three working days: Mon 29, Tue 30, Thu 2 May ...
        # then Sun 28, Mon 29, Tue 30.
        ("2019-04-26", "3wd", "2019-05-02", "2019-04-30"),
        # Five: 29, 30, 2, 3, Mon 6; then 28, 29, 30, Sun 5, Mon 6: the same day by another way.
        ("2019-04-26", "5wd", "2019-05-06", "2019-05-06"),
        # Four: 29, 30, 2, Fri 3; then 28, 29, 30, Sun 5.
        ("2019-04-26", "4wd", "2019-05-03", "2019-05-05"),
        # Fifteen days from Wed 17 Apr end on Thu 2 May: a working day; then off until Sun 5.
        ("2019-04-17", "15cd", "2019-05-02", "2019-05-05"),
    ],
)
def test_labour_day_2019(start: str, term: str, before: str, after: str) -> None:
    assert run(start, term, known="2019-03-01").due == day(before)
    assert run(start, term, known="2019-03-21").due == day(before)
    assert run(start, term, known="2019-03-22").due == day(after)
    assert run(start, term, known="2019-04-01").due == day(after)
    assert run(start, term).due == day(after)


@pytest.mark.parametrize(
    ("start", "term", "before", "after"),
    [
        # Spring Festival 2020 was 24 to 30 Jan with Sun 19 Jan and Sat 1 Feb worked; since 27 Jan
        # until Sun 2 Feb. From Thu 16 Jan, ten: Fri 17 1; Sun 19 2; 20 to 23 make 6; Fri 31 7;
        # Sat 1 Feb 8; Mon 3 9; Tue 4 10 ... then Mon 3 7; 4 8; 5 9; Thu 6 10.
        ("2020-01-16", "10wd", "2020-02-04", "2020-02-06"),
        # Seven: Fri 31 Jan; then Mon 3 Feb.
        ("2020-01-16", "7wd", "2020-01-31", "2020-02-03"),
        # Fifteen days end on Fri 31 Jan: worked; then off until Mon 3 Feb.
        ("2020-01-16", "15cd", "2020-01-31", "2020-02-03"),
        # Sixteen end on Sat 1 Feb, once a make-up day.
        ("2020-01-16", "16cd", "2020-02-01", "2020-02-03"),
    ],
)
def test_spring_festival_2020(start: str, term: str, before: str, after: str) -> None:
    assert run(start, term, known="2020-01-20").due == day(before)
    assert run(start, term, known="2020-01-26").due == day(before)
    assert run(start, term, known="2020-01-28").due == day(after)
    assert run(start, term).due == day(after)


# ---------------------------------------------------------------- hours


def _hours(
    start: str, term: Term | None, *pauses: tuple[str, str], more: tuple[int, ...] = ()
) -> Working:
    def at(text: str) -> datetime:
        # As the product stores them.
        return datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE).astimezone(UTC)

    facts = [Fact(K.START, day(start[:10]), at=at(start))]
    facts += [Fact(K.EXTEND, day(start[:10]), term=Term(n, Unit.H)) for n in more]
    for begin, end in pauses:
        facts += [
            Fact(K.SUSPEND, day(begin[:10]), at=at(begin)),
            Fact(K.RESUME, day(end[:10]), at=at(end)),
        ]
    return replay(facts, term, False, packaged_calendar())


@pytest.mark.parametrize(
    ("start", "due"),
    [
        # Over midnight into a plain Saturday; into National Day; into a year only projected.
        ("2026-11-20T23:30", "2026-11-21T23:30"),
        ("2026-09-30T16:40", "2026-10-01T16:40"),
        ("2026-12-31T23:59", "2027-01-01T23:59"),
        # Half past seven in Beijing is the evening before in UTC; the date is Beijing's.
        ("2026-03-04T07:30", "2026-03-05T07:30"),
        # Over the end of February.
        ("2026-02-28T00:00", "2026-03-01T00:00"),
        ("2024-02-28T09:00", "2024-02-29T09:00"),
    ],
)
def test_a_day_of_hours(start: str, due: str) -> None:
    for rule in (law("L07"), law("L08"), law("T30", "120000000000")):
        assert str(rule.term) == "24h"
        found = _hours(start, rule.term)
        assert found.due_at == datetime.fromisoformat(due).replace(tzinfo=OFFICE_ZONE)
        assert (found.due, found.provisional) == (day(due[:10]), False)


@pytest.mark.parametrize(
    ("pauses", "more", "due"),
    [
        # 24 hours from 30 Sep 16:40. Three hours stood still over midnight: 19:40.
        ((("2026-09-30T22:30", "2026-10-01T01:30"),), (), "2026-10-01T19:40"),
        # The whole week off stood still, from midnight to Thu 8 Oct 08:00: 7 h 20 had run, so
        # 16 h 40 remain: Fri 9 Oct 00:40.
        ((("2026-10-01T00:00", "2026-10-08T08:00"),), (), "2026-10-09T00:40"),
        # One that begins at the very end holds that moment back until it is over.
        ((("2026-10-01T16:40", "2026-10-01T18:40"),), (), "2026-10-01T18:40"),
        # A suspension after the end changes nothing.
        ((("2026-10-01T16:41", "2026-10-02T16:41"),), (), "2026-10-01T16:40"),
        # Two hours longer reach into that suspension: 1 h 59 remain after it. 2 Oct 18:40.
        ((("2026-10-01T16:41", "2026-10-02T16:41"),), (2,), "2026-10-02T18:40"),
        # Two touching suspensions of an hour each: two hours.
        (
            (
                ("2026-09-30T20:00", "2026-09-30T21:00"),
                ("2026-09-30T21:00", "2026-09-30T22:00"),
            ),
            (),
            "2026-10-01T18:40",
        ),
    ],
)
def test_hours_that_stood_still(
    pauses: tuple[tuple[str, str], ...], more: tuple[int, ...], due: str
) -> None:
    found = _hours("2026-09-30T16:40", Term(24, Unit.H), *pauses, more=more)
    assert found.due_at == datetime.fromisoformat(due).replace(tzinfo=OFFICE_ZONE)


# ---------------------------------------------------------------- suspensions


@pytest.mark.parametrize(
    ("start", "term", "pauses", "unrounded", "due"),
    [
        # Five working days from Mon 2 Mar end on Mon 9. Suspended over the weekend only: no change.
        ("2026-03-02", "5wd", (("2026-03-07", "2026-03-09"),), "2026-03-09", "2026-03-09"),
        # Suspended Fri 6 to Sun 8: one working day: Tue 10.
        ("2026-03-02", "5wd", (("2026-03-06", "2026-03-09"),), "2026-03-10", "2026-03-10"),
        # Suspended from the start day, resumed on Wed 4: only Tue 3 was lost: Tue 10.
        ("2026-03-02", "5wd", (("2026-03-02", "2026-03-04"),), "2026-03-10", "2026-03-10"),
        # Suspended on the last day, Mon 9 and Tue 10: the fifth day is Wed 11.
        ("2026-03-02", "5wd", (("2026-03-09", "2026-03-11"),), "2026-03-11", "2026-03-11"),
        # Suspended the day after the end: too late to matter.
        ("2026-03-02", "5wd", (("2026-03-10", "2026-03-20"),), "2026-03-09", "2026-03-09"),
        # The first suspension moves the end to Tue 10, where the second takes hold: Thu 12.
        (
            "2026-03-02",
            "5wd",
            (("2026-03-04", "2026-03-05"), ("2026-03-10", "2026-03-12")),
            "2026-03-12",
            "2026-03-12",
        ),
        # Suspended over a make-up Saturday (9 May) and the Sunday: one working day.
        # Five from Wed 6 May: 7, 8, Sat 9, Mon 11, Tue 12; then 7, 8, 11, 12, Wed 13.
        ("2026-05-06", "5wd", (("2026-05-09", "2026-05-11"),), "2026-05-13", "2026-05-13"),
        # Suspended through the whole of Labour Day week, 1 to 5 May: no working day lost.
        ("2026-04-29", "3wd", (("2026-05-01", "2026-05-06"),), "2026-05-07", "2026-05-07"),
        # In days each day counts. Ten from Mon 2 Mar: Thu 12; three lost over a weekend: Sun 15,
        # so Mon 16.
        ("2026-03-02", "10cd", (("2026-03-06", "2026-03-09"),), "2026-03-15", "2026-03-16"),
        # Three months from 2 Mar: Tue 2 Jun. Ten days in April lost: Fri 12 Jun.
        ("2026-03-02", "3m", (("2026-04-01", "2026-04-11"),), "2026-06-12", "2026-06-12"),
        # Suspended 30 May to 4 Jun: 29 May was run, four days remain from 5 Jun: Mon 8.
        ("2026-03-02", "3m", (("2026-05-30", "2026-06-05"),), "2026-06-08", "2026-06-08"),
        # Three days from Wed 18 Nov: Sat 21, so Mon 23. Suspended on Sun 22 only: Mon 23 stands.
        ("2026-11-18", "3cd", (("2026-11-22", "2026-11-23"),), "2026-11-21", "2026-11-23"),
        # Suspended Mon 23 to Wed 25, in the days of grace: Thu 26.
        ("2026-11-18", "3cd", (("2026-11-23", "2026-11-26"),), "2026-11-21", "2026-11-26"),
        # Resumed on Sat 28: the next working day, Mon 30.
        ("2026-11-18", "3cd", (("2026-11-23", "2026-11-28"),), "2026-11-21", "2026-11-30"),
        # Suspended on Sat 21 itself: that day is still to be run: Sun 22, so Mon 23.
        ("2026-11-18", "3cd", (("2026-11-21", "2026-11-22"),), "2026-11-22", "2026-11-23"),
        # A year from 1 Jun 2024: Sun 1 Jun 2025; two days lost: Tue 3 Jun.
        ("2024-06-01", "1y", (("2025-03-03", "2025-03-05"),), "2025-06-03", "2025-06-03"),
    ],
)
def test_suspensions(
    start: str, term: str, pauses: tuple[tuple[str, str], ...], unrounded: str, due: str
) -> None:
    found = run(start, term, pauses=pauses)
    assert (found.unrounded, found.due) == (day(unrounded), day(due))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 7, 10, 20])
def test_k_suspended_working_days_move_the_end_by_exactly_k(n: int) -> None:
    work = [date.fromordinal(o) for o in Table().work]
    # Around the Labour Day change of 2019, Spring Festival 2020, National Day 2025, a plain month.
    for start in ("2019-04-20", "2020-01-10", "2025-09-20", "2025-11-10"):
        first = next(i for i, on in enumerate(work) if on > day(start))
        for done in range(n):
            for k in range(1, 13):
                begin = work[first + done]
                for end in (work[first + done + k], work[first + done + k - 1] + timedelta(days=1)):
                    found = run(start, f"{n}wd", pauses=((str(begin), str(end)),))
                    assert found.due == work[first + n - 1 + k], (start, n, begin, end)


# ---------------------------------------------------------------- extensions


@pytest.mark.parametrize(
    ("start", "terms", "pauses", "unrounded", "due"),
    [
        # 1 Jul + 3 months: Thu 1 Oct, rolled to the 8th; the extension runs from the 1st:
        # Fri 1 Jan 2027 and not the 8th; so Mon 4.
        ("2026-07-01", ("3m", "3m"), (), "2027-01-01", "2027-01-04"),
        # 60 days from 5 Aug end on Sun 4 Oct, rolled to the 8th; 30 more from the 4th: Tue 3 Nov.
        ("2026-08-05", ("60cd", "30cd"), (), "2026-11-03", "2026-11-03"),
        # 31 Jan + 1 month is 28 Feb, and a month more is 28 March (Sat), so Mon 30.
        ("2026-01-31", ("1m", "1m"), (), "2026-03-28", "2026-03-30"),
        # ... but two months at once are 31 March (Tue).
        ("2026-01-31", ("2m",), (), "2026-03-31", "2026-03-31"),
        # Five and two working days are seven: from Fri 18 Sep, Tue 29 (as T04 above).
        ("2026-09-18", ("5wd", "2wd"), (), "2026-09-29", "2026-09-29"),
        ("2026-09-18", ("3wd", "2wd", "2wd"), (), "2026-09-29", "2026-09-29"),
        # Three months to 1 Oct, and five working days after it: Thu 8, 9, Sat 10, 12, Tue 13.
        ("2026-07-01", ("3m", "5wd"), (), "2026-10-13", "2026-10-13"),
        # Ten days suspended in the first month: 1 Aug + 10 is Tue 11 Aug, then Fri 11 Sep.
        ("2026-07-01", ("1m", "1m"), (("2026-07-10", "2026-07-20"),), "2026-09-11", "2026-09-11"),
        # Ten suspended in the second: 1 Aug, 1 Sep, Fri 11 Sep.
        ("2026-07-01", ("1m", "1m"), (("2026-08-10", "2026-08-20"),), "2026-09-11", "2026-09-11"),
        # A suspension that only the extension reaches: 3 days from Mon 16 Nov end on Thu 19, three
        # more on Sun 22; 20 to 22 suspended: Wed 25.
        ("2026-11-16", ("3cd", "3cd"), (("2026-11-20", "2026-11-23"),), "2026-11-25", "2026-11-25"),
    ],
)
def test_a_chain_runs_from_the_unrounded_end(
    start: str,
    terms: tuple[str, ...],
    pauses: tuple[tuple[str, str], ...],
    unrounded: str,
    due: str,
) -> None:
    found = run(start, *terms, pauses=pauses)
    assert (found.unrounded, found.due) == (day(unrounded), day(due))


# ---------------------------------------------------------------- the window for the court


def test_the_window_for_an_unpaid_fine() -> None:
    """Served on Mon 10 March 2025; no review, no suit: after S+6M, up to and with S+9M."""
    suit, court, demand = law("T18"), law("T20"), law("T21")
    calendar = packaged_calendar()
    # Six months: Wed 10 Sep 2025. Three more: Wed 10 Dec.
    ended = replay([Fact(K.START, day("2025-03-10"))], suit.term, suit.roll, calendar).due
    assert ended == day("2025-09-10")
    latest = replay([Fact(K.START, ended)], court.term, court.roll, calendar).due
    assert latest == day("2025-12-10")
    # The demand's ten working days must be over before the last day. Served on Tue 25 Nov:
    # 26, 27, 28 make 3; 1 to 5 Dec 8; Mon 8 9; Tue 9 10: in time. On Wed 26: Wed 10, too late.
    for served, over in (("2025-11-25", "2025-12-09"), ("2025-11-26", "2025-12-10")):
        found = replay([Fact(K.START, day(served))], demand.term, demand.roll, calendar)
        assert found.due == day(over)


def test_while_it_stands_still_there_is_no_date() -> None:
    for term, roll in (("5wd", False), ("60cd", True), ("3m", True), ("1y", True)):
        facts = [Fact(K.START, day("2026-03-02")), Fact(K.SUSPEND, day("2026-03-04"))]
        held = replay(facts, Term.parse(term), roll, packaged_calendar())
        assert (held.due, held.unrounded, held.suspended) == (None, None, True)
