"""What a kind of document is made of: its fields, its fixed sentences, its layout."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracker.core.errors import N_


class FieldKind(StrEnum):
    """What a field holds, and so how it is typed in and printed."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    TABLE = "table"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    PEOPLE = "people"


class Layout(StrEnum):
    """How a kind lies on the page."""

    LETTER = "letter"  # red head, number, addressee, text, organ and date
    DECISION = "decision"  # title and number, text, organ and date
    FORM = "form"  # a table of labels and values
    RECORD = "record"  # a table of circumstances, the text, read and signed on every page
    RECEIPT = "receipt"  # a form that goes back to the sender
    LIST = "list"  # circumstances, then one table


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; the width is a share of the others'."""

    name: str
    label: str
    width: int = 2


PEOPLE_COLUMNS = (
    Column("name", N_("姓名")),
    Column("number", N_("证件号")),
    Column("post", N_("单位和职务")),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `filled` ones are filled by the issue itself when they were left empty."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    required: bool = True
    columns: tuple[Column, ...] = ()
    least: int = 1  # people only: how many the law wants
    filled: bool = False
    hint: str = ""

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The columns of a table or of a list of people; none for the rest."""
        return PEOPLE_COLUMNS if self.kind is FieldKind.PEOPLE else self.columns


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document. Its text is Chinese and is never translated: it is the paper itself.

    `body` holds one paragraph a line. ``{field}`` is replaced by what the field says; a line
    none of whose fields says anything is left out. A line begins with ``# `` for a heading,
    with ``@ `` for the addressee, with ``= `` for a table field standing alone.
    """

    id: str
    title: str
    letter: str | None
    layout: Layout
    fields: tuple[Field, ...]
    basis: str
    body: str = ""
    closing: tuple[str, ...] = ()
    seal: bool = True  # organ, date and seal at the end
    foot: str = ""  # what is read and signed at the foot of every page
    basis_verified: bool = True

    def field(self, name: str) -> Field | None:
        """The field of that name; None when the kind has none."""
        return next((f for f in self.fields if f.name == name), None)
