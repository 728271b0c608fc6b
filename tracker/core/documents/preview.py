"""A document as blocks: what the page shows and what the Word file is made from, once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from tracker.core.documents.kinds import Field, FieldKind, Kind, Layout
from tracker.core.documents.values import told, told_date

PLACE = re.compile(r"\{(\w+)\}")
_ALONE = re.compile(r"^= (\w+)", re.MULTILINE)
_SHORT = frozenset({FieldKind.LINE, FieldKind.DATE, FieldKind.MOMENT})
# Beyond this a line no longer shares its row with another.
_HALF_ROW = 14
FORM_WIDTHS = (3, 6, 3, 6)
_BLANK_OPINIONS = ("承办机构负责人意见", "机关负责人意见")
_STOPS = ("。", "，", "；", "、")
_SIGN = "签名：　　　　　　　　年　　月　　日"


class Style(StrEnum):
    """How a paragraph is set."""

    BODY = "body"
    ADDRESS = "address"
    HEADING = "heading"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text in one style; it may hold line breaks."""

    text: str
    style: Style = Style.BODY


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a label (a head) or a value, over so many columns."""

    text: str
    span: int = 1
    label: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the spans of each row add up to the number of widths (shares)."""

    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]
    caption: str = ""
    header: bool = False  # whether the first row repeats on every page


@dataclass(frozen=True, slots=True)
class Signature:
    """Organ and date at the end, or lines to be signed."""

    lines: tuple[str, ...]
    seal: bool = False


Block = Paragraph | Table | Signature


@dataclass(frozen=True, slots=True)
class Preview:
    """The whole paper, before any markup."""

    kind: str
    layout: Layout
    title: str
    head: str  # the organ, in the red head of a letter or above the title
    number: str
    blocks: tuple[Block, ...]
    foot: str = ""
    void: bool = False
    author: str = ""
    lacking: tuple[Field, ...] = field(default=())


def lay_out(
    kind: Kind,
    values: Mapping[str, Any],
    *,
    organ: str,
    number: str = "",
    void: bool = False,
    lacking: tuple[Field, ...] = (),
) -> Preview:
    """The blocks of a kind filled with stored values; what says nothing is left out."""
    with_organ = {"organ": organ, **values}
    blocks = [*_blocks(kind, with_organ)]
    blocks += _closing(kind, with_organ)
    if kind.seal and kind.field("dated") is not None:
        blocks.append(_organ_and_date(with_organ))
    return Preview(
        kind.id,
        kind.layout,
        kind.title,
        str(with_organ["organ"]),
        number,
        tuple(blocks),
        kind.foot,
        void,
        organ,
        lacking,
    )


def _blocks(kind: Kind, values: Mapping[str, Any]) -> Iterator[Block]:
    if kind.layout in (Layout.FORM, Layout.RECEIPT, Layout.RECORD):
        yield _form(head_fields(kind), values)
    yield from _without_empty_sections(list(_body(kind, values)))


def head_fields(kind: Kind) -> list[Field]:
    """The fields that stand in the form of a kind: what its text does not name.

    The organ alone may stand in the head of a record and be named again.
    """
    used = set(PLACE.findall(kind.body)) | set(_ALONE.findall(kind.body))
    return [f for f in kind.fields if f.name == "organ" or f.name not in used]


def _without_empty_sections(blocks: list[Block]) -> Iterator[Block]:
    for n, block in enumerate(blocks, 1):
        following = blocks[n] if n < len(blocks) else None
        if not _heading(block) or not (following is None or _heading(following)):
            yield block


def _heading(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.style is Style.HEADING


# ---------------------------------------------------------------- text


def _body(kind: Kind, values: Mapping[str, Any]) -> Iterator[Block]:
    for raw in kind.body.splitlines():
        if raw.startswith("= "):
            yield from _alone(kind, raw[2:], values)
            continue
        style, line = Style.BODY, raw
        for mark, marked in (("# ", Style.HEADING), ("@ ", Style.ADDRESS)):
            if raw.startswith(mark):
                style, line = marked, raw.removeprefix(mark)
        said = filled(kind, line, values)
        if said:
            yield from (Paragraph(part, style) for part in said.split("\n") if part.strip())


def filled(kind: Kind, line: str, values: Mapping[str, Any]) -> str:
    """A fixed sentence with its fields filled in; empty when it has fields and all are empty."""
    fields = [f for name in PLACE.findall(line) if (f := kind.field(name)) is not None]
    if fields and not any(told(f, values) for f in fields):
        return ""

    def fill(match: re.Match[str]) -> str:
        found = kind.field(match[1])
        said = told(found, values) if found else ""
        # The sentence goes on, or has its own full stop.
        return said.removesuffix("。") if line[match.end() :].startswith(_STOPS) else said

    return PLACE.sub(fill, line)


def _alone(kind: Kind, name: str, values: Mapping[str, Any]) -> Iterator[Block]:
    found = kind.field(name)
    if found is None or not values.get(name):
        return
    if found.all_columns:
        yield _listed(found, values)
    else:
        yield Paragraph(f"{found.label}：{told(found, values)}", Style.PLAIN)


def _listed(found: Field, values: Mapping[str, Any]) -> Table:
    columns = found.all_columns
    head = tuple(Cell(c.label, label=True) for c in columns)
    rows = tuple(tuple(Cell(row[c.name]) for c in columns) for row in values[found.name])
    return Table((head, *rows), tuple(c.width for c in columns), found.label, header=True)


# ---------------------------------------------------------------- forms


def _form(fields: list[Field], values: Mapping[str, Any]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    waiting: tuple[Cell, Cell] | None = None
    for found in fields:
        said = told(found, values)
        if found.name == "approvals":
            rows += _flushed(waiting) + _approvals(values.get("approvals") or [])
            waiting = None
        elif found.all_columns and found.kind is FieldKind.TABLE:
            rows += _flushed(waiting) + _inner(found, values)
            waiting = None
        elif found.kind in _SHORT and len(said) <= _HALF_ROW:
            pair = (Cell(found.label, label=True), Cell(said))
            if waiting is None:
                waiting = pair
            else:
                rows.append((*waiting, *pair))
                waiting = None
        else:
            rows += _flushed(waiting)
            waiting = None
            rows.append((Cell(found.label, label=True), Cell(said, span=3)))
    rows += _flushed(waiting)
    return Table(tuple(rows), FORM_WIDTHS)


def _flushed(waiting: tuple[Cell, Cell] | None) -> list[tuple[Cell, ...]]:
    return [(waiting[0], Cell(waiting[1].text, span=3))] if waiting else []


def _inner(found: Field, values: Mapping[str, Any]) -> list[tuple[Cell, ...]]:
    told_rows = [
        "；".join(f"{c.label}：{row[c.name]}" for c in found.columns if row[c.name])
        for row in values.get(found.name) or []
    ]
    return [(Cell(found.label, label=True), Cell("\n".join(told_rows), span=3))]


def _approvals(rows: list[Mapping[str, str]]) -> list[tuple[Cell, ...]]:
    if not rows:
        return [(Cell(name, label=True), Cell(f"\n\n{_SIGN}", span=3)) for name in _BLANK_OPINIONS]
    return [
        (
            Cell(row["step"], label=True),
            Cell(f"{row['opinion']}\n签名：{row['name']}　　{row['on']}", span=3),
        )
        for row in rows
    ]


# ---------------------------------------------------------------- the end


def _closing(kind: Kind, values: Mapping[str, Any]) -> list[Block]:
    said = tuple(line for raw in kind.closing if (line := filled(kind, raw, values)))
    return [Signature(said)] if said else []


def _organ_and_date(values: Mapping[str, Any]) -> Signature:
    dated = values.get("dated")
    on = told_date(date.fromisoformat(dated)) if dated else "　　年　　月　　日"
    return Signature((str(values["organ"]), on), seal=True)
