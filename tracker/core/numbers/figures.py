"""What a page of figures is made of; screen, paper and workbook show the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from tracker.core.cases.asking import Question
from tracker.core.errors import N_, Sentence, say

_TENTH = Decimal("0.1")
Label = str | Sentence


class Unit(StrEnum):
    """What a column of figures is counted in."""

    CASES = "cases"
    PEOPLE = "people"
    PLACES = "places"
    DAYS = "days"  # working days
    TIMES = "times"
    MONEY = "money"  # yuan
    SHARE = "share"  # percent
    TEXT = "text"


class Tone(StrEnum):
    """What a column says about time; a colour never stands without its word."""

    LATE = "late"
    SOON = "soon"
    HOLD = "hold"
    REST = "rest"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `ask` or `url` opens the list with exactly that many rows.

    A value of None could not be worked out, and `why` says so in words.
    """

    value: int | Decimal | date | str | None
    ask: Question | None = None
    url: str = ""
    why: Sentence | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column."""

    label: Label
    unit: Unit = Unit.CASES
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its name, its figures in the order of the columns, and where it is drilled down.

    `place` is a region whose own figures are a page away; `key` finds the row on a map.
    """

    label: Label
    figures: Sequence[Figure]
    ask: Question | None = None
    place: str = ""
    key: str = ""
    note: Label = ""


class Drawing(StrEnum):
    """How a block is drawn beside its table."""

    NONE = ""
    STACK = "stack"  # parts of a whole, one bar a row
    BAR = "bar"  # one column as bars
    LINES = "lines"  # columns over time
    DOTS = "dots"  # median, slowest tenth, limit
    HEXES = "hexes"  # a cartogram


@dataclass(frozen=True, slots=True)
class Block:
    """A table with a title, and how it is drawn. `drawn` are the columns that the drawing shows.

    `cells` are row and column of places on a map, by code.
    """

    name: str
    title: Label
    head: Label
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    note: Label = ""
    drawing: Drawing = Drawing.NONE
    drawn: Sequence[int] = ()
    empty: Label = ""
    cells: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    wide: bool = False
    # Of many rows a screen shows the first alone until it is asked for all; they stand in order.
    long: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """One of the few figures at the top of a page."""

    label: Label
    figure: Figure
    tone: Tone | None = None
    note: Label = ""
    unit: Unit = Unit.CASES


@dataclass(frozen=True, slots=True)
class Board:
    """A page of figures."""

    keys: Sequence[Key] = ()
    blocks: Sequence[Block] = ()
    notes: Sequence[Label] = ()


def share(part: int, whole: int) -> Figure:
    """A part in percent, to one place; of nothing there is no part."""
    if not whole:
        return Figure(None, why=say(N_("不计算")))
    value = Decimal(100 * part) / Decimal(whole)
    return Figure(value.quantize(_TENTH, ROUND_HALF_UP))


def missing(why: str) -> Figure:
    """No number, and why not."""
    return Figure(None, why=say(why))
