"""The first sheet of what an office sends: xlsx, ods or csv, as rows of text and dates."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from tracker.core.errors import BadInput, Sentence, say
from tracker.core.sheets.weighing import damaged, too_big, weigh

# What a cell holds: text without blanks around it, or a day.
Value = str | date
_Raw = Iterable[tuple[int, Sequence[Any]]]
_PACKED, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCODINGS = ("utf-8-sig", "gb18030")
# A spreadsheet keeps fifteen digits of a number and makes up the rest.
_EXACT_DIGITS = 15
_TORN = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]{2}")
_HEAD_ROWS = 10
# Every row is laid out as wide as the widest.
_MOST_COLUMNS = 1000
_DAY = re.compile(r"([0-9]{4})(?:[-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?")
_DAY_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` is what the spreadsheet shows at its left, the cells follow the heads."""

    number: int
    cells: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that cannot be read as it is."""

    row: int
    head: str
    why: Sentence


@dataclass(frozen=True, slots=True)
class Table:
    """The heads (empty for a column without one) and the rows that are not blank."""

    heads: tuple[str, ...]
    head_row: int
    rows: tuple[Row, ...]
    faults: tuple[CellFault, ...] = ()

    def records(self) -> Iterator[tuple[int, dict[str, Value]]]:
        """Each row with its number, its cells by head; columns without a head are left out."""
        for row in self.rows:
            yield row.number, {h: v for h, v in zip(self.heads, row.cells, strict=True) if h}


def read(
    data: bytes,
    name: str,
    *,
    most_rows: int,
    most_bytes: int,
    heads: Collection[str] = (),
    keep_faults: bool = False,
) -> Table:
    """The first visible sheet of a file, or a csv in UTF-8 or GB 18030.

    The head row is the one of the first ten that holds most of `heads`, else the first filled
    one. A cell that cannot be read raises BadInput, or stands among the faults if they are kept.
    """
    if len(data) > most_bytes:
        raise BadInput("file", say("文件最大 %(most)s 字节。", most=f"{most_bytes:,}"))
    errors: Collection[tuple[int, int]] = ()
    if data.startswith(_PACKED):
        weighed = weigh(data)
        index, raw = _sheet(data)
        errors = weighed.error_cells(index)
    elif data.startswith(_OLD):
        # What an old workbook unfolds to is known only when it has been unfolded.
        raise BadInput("file", say("旧格式（xls）不能读，请在表格软件里另存为 xlsx。"))
    else:
        raw = _csv(data, name)
    table = _table(raw, errors, most_rows, frozenset(heads))
    if table.faults and not keep_faults:
        raise BadInput("file", at_cell(table.faults[0]))
    return table


def at_cell(fault: CellFault) -> Sentence:
    """A fault with its row and column."""
    return say("第 %(n)s 行“%(head)s”：%(what)s", n=fault.row, head=fault.head, what=fault.why)


def as_day(value: Value) -> date | None:
    """The day a cell means, however an office writes it; None when it means none."""
    if isinstance(value, date):
        return value
    found = _DAY.fullmatch(value) or _DAY_DIGITS.fullmatch(value)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def as_number(value: Value) -> Decimal | None:
    """The number a cell means; None when it means none."""
    try:
        found = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


# ---------------------------------------------------------------- formats


def _sheet(data: bytes) -> tuple[int, _Raw]:
    """The place of the first visible sheet, and its rows from the first one of the sheet."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            shown = [
                i
                for i, about in enumerate(book.sheets_metadata)
                if about.visible is SheetVisibleEnum.Visible
            ]
            index = shown[0] if shown else 0
            rows = book.get_sheet_by_index(index).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise damaged() from error
    return index, list(enumerate(rows, start=1))


def _csv(data: bytes, name: str) -> _Raw:
    if b"\x00" in data or name.lower().endswith((".xlsx", ".xls", ".ods")):
        raise damaged()
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first else ",")
    rows = []
    begins = 1
    try:
        for cells in reader:
            rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadInput("file", say("第 %(n)s 行读不懂，请检查引号。", n=reader.line_num)) from error
    return rows


def _decoded(data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("file", say("文件的编码不认识，请另存为 UTF-8 的 CSV 或者 xlsx。"))


# ---------------------------------------------------------------- the table


def _table(
    raw: _Raw, errors: Collection[tuple[int, int]], most_rows: int, known: Collection[str]
) -> Table:
    filled = [(n, cells) for n, cells in raw if any(not _blank(c) for c in cells)]
    at = _head_at(filled, known)
    if at is None:
        raise BadInput("file", say("表格是空的。"))
    width = max(len(cells) for _, cells in filled)
    if width > _MOST_COLUMNS:
        raise too_big()
    head_row, head_cells = filled[at]
    heads = [str(_value(c)[0]) for c in head_cells]
    for head in heads:
        if head and heads.count(head) > 1:
            raise BadInput("file", say("表头里有两列“%(head)s”。", head=head))
    heads += [""] * (width - len(heads))
    body = filled[at + 1 :]
    if len(body) > most_rows:
        raise BadInput("file", say("一次最多 %(most)s 行，请分成几个文件。", most=most_rows))
    faults: list[CellFault] = []
    rows = tuple(_row(n, cells, heads, errors, faults) for n, cells in body)
    return Table(tuple(heads), head_row, rows, tuple(faults))


def _head_at(filled: Sequence[tuple[int, Sequence[Any]]], known: Collection[str]) -> int | None:
    if not filled:
        return None
    first = filled[:_HEAD_ROWS]
    counts = [len({str(c).strip() for c in cells} & set(known)) for _, cells in first]
    return counts.index(max(counts))


def _row(
    number: int,
    cells: Sequence[Any],
    heads: Sequence[str],
    errors: Collection[tuple[int, int]],
    faults: list[CellFault],
) -> Row:
    found: list[Value] = []
    for column, head in enumerate(heads):
        value, why = _value(cells[column]) if column < len(cells) else ("", None)
        if (number, column + 1) in errors:
            why = say("这一格的公式有错误，请改成值。")
        if why is not None and head:
            faults.append(CellFault(number, head, why))
        found.append(value)
    return Row(number, tuple(found))


def _blank(cell: Any) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _value(cell: Any) -> tuple[Value, Sentence | None]:
    if isinstance(cell, str):
        text = cell.strip()
        return text, _torn() if _TORN.fullmatch(text) else None
    if isinstance(cell, bool):
        return "是" if cell else "否", None
    if isinstance(cell, datetime):
        if cell.time() == time():
            return cell.date(), None
        return cell.strftime("%Y-%m-%d %H:%M"), None
    if isinstance(cell, date):
        return cell, None
    if isinstance(cell, time):
        return cell.strftime("%H:%M"), None
    if isinstance(cell, int | float):
        return _number(cell)
    return str(cell), None


def _number(cell: float) -> tuple[str, Sentence | None]:
    exact = Decimal(repr(cell))
    if exact == exact.to_integral_value():
        digits = f"{exact:.0f}"
        return digits, _torn() if len(digits.lstrip("-")) > _EXACT_DIGITS else None
    return f"{exact:f}", None


def _torn() -> Sentence:
    return say("这一格是数字，超过 15 位的部分已经丢失；请把这一列设成文本，重新填写。")
