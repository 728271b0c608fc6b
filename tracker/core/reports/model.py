"""What a report is made of; page, print, workbook and Word file are made from the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from tracker.core.errors import Sentence
from tracker.core.numbers.figures import Figure
from tracker.core.numbers.period import Period
from tracker.core.reports.duties import Duty

Label = str | Sentence


@dataclass(frozen=True, slots=True)
class CaseRef:
    """A case by its number, or by what it is called while it has none."""

    case_id: int
    kind: str
    number: str


Cell = Label | int | Decimal | date | Figure | CaseRef | None


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column: its width is a share of the others', numbers stand at the right.

    One that is not for `paper` is left out of the Word file, whose page is narrow.
    """

    label: Label
    width: int = 2
    numeric: bool = False
    paper: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title, the sentences before it, and where its numbers come from.

    `total` is the last row where the rows add up; `empty` is said when there is none.
    """

    title: Label
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    words: Sequence[Sentence] = ()
    source: Label = ""
    empty: Label = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One report, filled. `place` is what it tells of, `house` who makes it, `asks` why."""

    name: str
    title: Sentence
    place: str
    house: str
    period: Period
    made_on: date
    sections: Sequence[Section]
    asks: Sequence[Duty]
    addressee: Label = ""
    left_open: Sequence[Label] = ()

    @property
    def runs(self) -> bool:
        """Whether the period has not ended on the day."""
        return self.period.last >= self.made_on


def register(page: str, **args: str | int) -> str:
    """The address of a register's page that shows what a number counts."""
    asked = {name: value for name, value in args.items() if value != ""}
    return f"/{page}/" + (f"?{urlencode(asked)}" if asked else "")
