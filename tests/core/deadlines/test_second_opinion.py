"""The replay agrees with a calculation by ranks and sums that shares nothing with it.

Every start from 2017 to 2027 for the lengths that most duties have, without suspensions, and a
sample of the starts for all others; then a story with suspensions and extensions for every second
start. TRACKER_SECOND_OPINION=N leaves no start out of anything and draws N stories for each.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest

from tests.core.deadlines.second_opinion import (
    Beyond,
    Opinion,
    Part,
    Pause,
    Table,
    opine,
    opine_hours,
)
from tracker.core.calendar.days import DayStatus, OutsideCalendar
from tracker.core.calendar.table import packaged_calendar
from tracker.core.clock import office_date
from tracker.core.deadlines.replay import Fact, FactKind, replay
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.terms import Term, Unit

WIDER = int(os.environ.get("TRACKER_SECOND_OPINION", "0"))
TABLE = Table()
CALENDAR = packaged_calendar()
STARTS = [date(2017, 1, 1) + timedelta(days=n) for n in range(4017)]
DAY = timedelta(days=1)

# Each is seconds of plain arithmetic, but a busy machine may take its time.
pytestmark = pytest.mark.timeout(300)

Shape = tuple[int, str, bool]
LAWFUL: list[Shape] = sorted(
    {
        (rule.length, rule.unit.value, rule.roll)
        for rule in default_rulebook().all()
        if rule.length is not None and rule.unit is not Unit.H
    }
)
EXTRA: list[Shape] = [
    *((n, "wd", False) for n in (1, 4)),
    *((n, "wd", True) for n in (1, 10)),
    *((n, "cd", False) for n in (1, 15)),
    *((n, "cd", True) for n in (1, 2, 5, 7)),
    (1, "m", True),
    (1, "m", False),
]
# A year's working takes milliseconds to draw, so of its starts there is a sample.
LONG: list[Shape] = sorted(
    {
        *((n, "y", roll) for n in (1, 2, 5) for roll in (True, False)),
        *(shape for shape in LAWFUL if shape[1] == "y"),
        (15, "wd", False),
        (60, "wd", False),
        (45, "cd", False),
        (3, "m", False),
    }
)
SHORT = sorted({shape for shape in (*LAWFUL, *EXTRA) if shape not in LONG})
# From every start, always: each way of counting, over rest days and off them.
MAIN: list[Shape] = [
    *((n, "wd", False) for n in (1, 2, 3, 5, 7, 10)),
    (1, "wd", True),
    *((n, "cd", True) for n in (1, 3, 7, 10)),
    (15, "cd", True),
    (1, "cd", False),
    (1, "m", True),
]
STORY_STARTS = STARTS if WIDER else STARTS[::2]


def test_the_sweep_covers_eleven_years_and_every_length_of_the_law() -> None:
    assert (STARTS[0], STARTS[-1]) == (date(2017, 1, 1), date(2027, 12, 31))
    assert {(7, "wd", False), (90, "cd", True), (6, "m", True)} <= set(LAWFUL)
    assert len(LAWFUL) >= 15
    assert {*LAWFUL} <= {*SHORT, *LONG}


@pytest.mark.parametrize(
    "known_on",
    [
        None,
        date(2016, 1, 1),
        date(2019, 3, 1),
        date(2019, 3, 22),
        date(2019, 4, 1),
        date(2020, 1, 20),
        date(2020, 1, 28),
        date(2024, 11, 11),
        date(2025, 1, 1),
    ],
)
def test_the_table_of_the_opinion_is_the_calendar_of_the_product(known_on: date | None) -> None:
    table, calendar = Table(known_on), packaged_calendar(known_on)
    working = set(table.work)
    for ordinal in range(table.first, table.last + 1):
        on = date.fromordinal(ordinal)
        assert calendar.is_workday(on) == (ordinal in working), on
        projected = calendar.day(on).status is DayStatus.PROJECTED
        assert projected == bool(table.unsure(ordinal, ordinal + 1)), on


# ---------------------------------------------------------------- one case, told to be tried


class Story(NamedTuple):
    """A clock: where it starts, its length and extensions, when it stood still."""

    start: date
    parts: tuple[Part, ...]
    pauses: tuple[Pause, ...]
    roll: bool
    extended_after: tuple[int, ...] = ()

    def facts(self) -> list[Fact]:
        """The facts in the order in which they were entered."""
        facts = [Fact(FactKind.START, self.start)]
        for n in range(len(self.pauses) + 1):
            for part, after in zip(self.parts[1:], self.extended_after, strict=True):
                if after == n:
                    facts.append(Fact(FactKind.EXTEND, facts[-1].on, term=_term(part)))
            for begin, end in self.pauses[n : n + 1]:
                facts.append(Fact(FactKind.SUSPEND, begin))
                facts += [Fact(FactKind.RESUME, end)] if end else []
        return facts

    def told(self) -> str:
        """The call that shows it again."""
        written = [
            f"Fact(FactKind.{f.kind.name}, date({f.on:%Y, %-m, %-d})"
            + (f', term=Term.parse("{f.term}")' if f.term else "")
            + ")"
            for f in self.facts()
        ]
        first = f'Term.parse("{_term(self.parts[0])}")'
        return f"replay([{', '.join(written)}], {first}, {self.roll}, packaged_calendar())"


def _term(part: Part) -> Term:
    return Term(part[0], Unit(part[1]))


def _replayed(story: Story) -> Opinion | None:
    try:
        found = replay(story.facts(), _term(story.parts[0]), story.roll, CALENDAR)
    except OutsideCalendar:
        return None
    return Opinion(found.unrounded, found.due, found.provisional)


def _opined(story: Story) -> Opinion | None:
    try:
        found = opine(TABLE, story.start, story.parts, story.pauses, roll=story.roll)
    except Beyond:
        return None
    late = max(found.end or date.min, found.due or date.min)
    # Without rolling the sum needs no calendar, but the product also draws every day it passed.
    return None if late.toordinal() > TABLE.last else found


def disagreement(story: Story) -> str:
    """Empty, or what both say and how to see it."""
    ours, theirs = _replayed(story), _opined(story)
    if ours is not None and ours.due is None and theirs is not None:
        # While it stands still there is no date, so nothing can be provisional about it.
        ours = ours._replace(provisional=False)
    if ours == theirs:
        return ""
    return f"{story.told()}\n  replay:         {ours}\n  second opinion: {theirs}"


def check(stories: Iterator[Story]) -> None:
    wrong = [told for told in map(disagreement, stories) if told]
    assert not wrong, f"{len(wrong)} disagreements, the first:\n" + "\n".join(wrong[:3])


# ---------------------------------------------------------------- every start


@pytest.mark.parametrize("shape", SHORT, ids=str)
def test_every_start_of_eleven_years(shape: Shape) -> None:
    n, unit, roll = shape
    starts = STARTS if WIDER or shape in MAIN else _sample(n, 6)
    check(Story(start, ((n, unit),), (), roll) for start in starts)


def _sample(n: int, step: int) -> list[date]:
    """Every so many starts, all days of the week among them, and the end of each February."""
    edges = [s for s in STARTS if (s.month, s.day) in {(2, 28), (2, 29), (3, 1)}]
    return sorted({*STARTS[n % step :: step], *edges})


@pytest.mark.parametrize("shape", LONG, ids=str)
def test_long_terms(shape: Shape) -> None:
    n, unit, roll = shape
    starts = STARTS if WIDER else _sample(n, 101 * n if unit == "y" else 13)
    check(Story(start, ((n, unit),), (), roll) for start in starts)


# ---------------------------------------------------------------- stories


def _pauses(draw: random.Random, start: date, parts: Sequence[Part], roll: bool) -> list[Pause]:
    """Up to three suspensions, many of them where mistakes live."""
    found: list[Pause] = []
    cursor = start
    for _ in range(draw.choice([0, 1, 1, 2, 2, 3])):
        where = draw.choice(
            ["start", "touching", "near the end", "near the end", "in the gap", "free"]
        )
        begin = cursor + draw.randrange(25) * DAY
        if where in ("start", "touching"):
            begin = cursor
        elif where != "free":
            ends = opine(TABLE, start, parts, found, roll=roll)
            assert ends.end is not None
            assert ends.due is not None
            gap = (ends.due - ends.end).days
            begin = (
                ends.end
                + (draw.randint(-2, 2) if where == "near the end" else draw.randint(1, gap + 1))
                * DAY
            )
        begin = max(begin, cursor)
        cursor = begin + draw.choice([0, 1, 1, 2, 3, 5, 8, 13, 21, 34]) * DAY
        found.append((begin, cursor))
    if found and draw.random() < 0.05:
        found[-1] = (found[-1][0], None)
    return found


_MOST = {"wd": 30, "cd": 45, "m": 3}


def _story(seed: int, start: date) -> Story:
    """The story of a start, the same in every run."""
    draw = random.Random(f"{seed} {start}")  # noqa: S311 - a repeatable choice, not a secret
    n, unit, roll = draw.choice(SHORT)
    parts: list[Part] = [(n, unit)]
    if draw.random() < 0.5:
        n, roll = draw.randint(1, _MOST[unit]), draw.random() < 0.7
        parts = [(n, unit)]
    for _ in range(draw.choice([0, 0, 1, 1, 2])):
        other = unit if draw.random() < 0.7 else draw.choice(list(_MOST))
        parts.append((draw.randint(1, _MOST[other] // (1 if other == "m" else 3)), other))
    pauses = _pauses(draw, start, parts, roll)
    places = tuple(sorted(draw.randint(0, len(pauses)) for _ in parts[1:]))
    if pauses and pauses[-1][1] is None:
        places = tuple(min(p, len(pauses) - 1) for p in places)
    return Story(start, tuple(parts), tuple(pauses), roll, places)


@pytest.mark.parametrize("seed", range(WIDER or 1))
def test_a_story_for_every_start(seed: int) -> None:
    check(_story(seed, start) for start in STORY_STARTS)


def test_the_sum_that_is_shown_adds_up() -> None:
    """From left to right, each part with what stood still in it, to the unrounded end."""
    held_back = 0
    for start in STORY_STARTS[::3]:
        story = _story(0, start)
        try:
            found = replay(story.facts(), _term(story.parts[0]), story.roll, CALENDAR)
        except OutsideCalendar:
            continue
        end = start
        for (n, unit), held in zip(story.parts, found.held, strict=True):
            more = [(held, "wd" if unit == "wd" else "cd")] if held else []
            for part in ((n, unit), *more):
                step = opine(TABLE, end, [part], (), roll=False).end
                assert step is not None
                end = step
        if found.unrounded is not None:
            assert end == found.unrounded, f"{story.told()}\n  {found.held}"
            held_back += sum(found.held) > 0
            shown = sum(1 for d in found.days if d.still and d.on <= found.unrounded)
            assert shown == sum(found.held), story.told()
            assert not any(d.still for d in found.days if d.on > found.unrounded), story.told()
    assert held_back > 150


def test_the_stories_reach_what_they_are_for() -> None:
    stories = [_story(0, start) for start in STARTS[::2]]
    ends = [opine(TABLE, s.start, s.parts, s.pauses, roll=s.roll) for s in stories]
    bare = [opine(TABLE, s.start, s.parts, (), roll=s.roll) for s in stories]
    rows = list(zip(stories, ends, bare, strict=True))

    def many(found: Sequence[object], least: int) -> bool:
        return len(found) >= least

    assert many([1 for s, e, b in rows if e.end and e.end != b.end], 500)
    assert many([1 for s, e, b in rows if e.end and e.end == b.end and e.due != b.due], 15)
    assert many(
        [
            1
            for s in stories
            if any(p[1] == q[0] for p, q in zip(s.pauses, s.pauses[1:], strict=False))
        ],
        150,
    )
    assert many([1 for s in stories if len(s.parts) > 1 and any(s.extended_after)], 250)
    assert many([1 for e in ends if e.due is None], 25)
    assert many([1 for e in ends if e.provisional], 100)


def test_provisional_is_what_a_notice_could_still_move() -> None:
    checked = [0, 0]
    for start in (s for s in STARTS if date(2026, 9, 1) <= s <= date(2027, 2, 28)):
        story = _story(0, start)
        found = replay(story.facts(), _term(story.parts[0]), story.roll, CALENDAR)
        if found.due is None:
            continue
        low = max(start, date(2026, 12, 27)).toordinal()
        days = [o for o in range(low, found.due.toordinal() + 1) if TABLE.unsure(o, o + 1)]
        moves = any(
            opine(TABLE.flipped(o), start, story.parts, story.pauses, roll=story.roll).due
            != found.due
            for o in days[:: 1 if len(days) < 40 else 7] + days[-12:]
        )
        checked[moves] += 1
        # In a chain the end of a month may swallow what moved before it.
        if moves or len(story.parts) == 1:
            assert found.provisional == moves, story.told()
    assert min(checked) > 20


# ---------------------------------------------------------------- hours


def _at(draw: random.Random, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + draw.randrange(1440) * timedelta(
        minutes=1
    )


def test_hours() -> None:
    wrong = []
    for start in STORY_STARTS:
        draw = random.Random(f"hours {start}")  # noqa: S311
        at = _at(draw, start)
        hours = [draw.choice([1, 24, 24, 48, 72, 240]) for _ in range(draw.choice([1, 1, 2]))]
        pauses: list[tuple[datetime, datetime]] = []
        cursor = at
        for _ in range(draw.randrange(4)):
            begin = cursor + draw.randrange(2000) * timedelta(minutes=7)
            if draw.random() < 0.2:
                begin = max(cursor, opine_hours(at, hours, pauses))
            cursor = begin + draw.choice([0, 1, 60, 600, 6000]) * timedelta(minutes=1)
            pauses.append((begin, cursor))
        facts = [Fact(FactKind.START, office_date(at), at=at)]
        facts += [Fact(FactKind.EXTEND, office_date(at), term=Term(h, Unit.H)) for h in hours[1:]]
        for a, b in pauses:
            facts.append(Fact(FactKind.SUSPEND, office_date(a), at=a))
            facts.append(Fact(FactKind.RESUME, office_date(b), at=b))
        found = replay(facts, Term(hours[0], Unit.H), False, CALENDAR)
        expected = opine_hours(at, hours, pauses)
        if (found.due_at, found.due, found.provisional) != (expected, office_date(expected), False):
            wrong.append(f"{at} {hours} {pauses}: replay {found.due_at}, second opinion {expected}")
    assert not wrong, f"{len(wrong)} disagreements, the first:\n" + "\n".join(wrong[:3])
