"""Workbooks that offices open: text stays text, codes keep their digits, nothing is a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from tracker.core.errors import BadInput, say

Cell = str | int | float | Decimal | date | bool | None
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_NO_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_LONGEST_TEXT = 32_767
_MOST_ROWS = 1_048_575
_WIDTH = 14.0
_DAY = "yyyy-mm-dd"
# Characters that no XML document holds.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: heads, rows, widths in characters, and the columns (from 0) that stay text.

    `choices` offers a list of values in a column to whoever fills the sheet in.
    """

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Cell]] = ()
    widths: Sequence[float] = ()
    text_columns: Collection[int] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as an xlsx file, written row by row; a date is a date, all else as it is."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "bottom": 1}),
            "text": book.add_format({"num_format": "@"}),
            "day": book.add_format({"num_format": _DAY}),
        }
        taken: set[str] = set()
        for sheet in sheets:
            _write(book.add_worksheet(_sheet_name(sheet.name, taken)), sheet, formats)
    return out.getvalue()


def _write(page: Any, sheet: Sheet, formats: Mapping[str, Any]) -> None:
    text = set(sheet.text_columns)
    for column in range(max(len(sheet.heads), len(sheet.widths))):
        width = sheet.widths[column] if column < len(sheet.widths) else _WIDTH
        page.set_column(column, column, width, formats["text"] if column in text else None)
    for column, values in sheet.choices.items():
        page.data_validation(
            1, column, _MOST_ROWS, column, {"validate": "list", "source": list(values)}
        )
    page.freeze_panes(1, 0)
    for column, head in enumerate(sheet.heads):
        page.write_string(0, column, _clean(head), formats["head"])
    for number, row in enumerate(sheet.rows, start=1):
        if number > _MOST_ROWS:
            raise BadInput("file", say("行数超过一个工作表的上限，请缩小范围。"))
        for column, cell in enumerate(row):
            _put(page, number, column, cell, formats, as_text=column in text)


def _put(
    page: Any, row: int, column: int, cell: Cell, formats: Mapping[str, Any], *, as_text: bool
) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        page.write_string(row, column, "是" if cell else "否")
    elif isinstance(cell, date):
        day = cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell
        page.write_datetime(row, column, day, formats["day"])
    elif isinstance(cell, int | float | Decimal) and not as_text:
        page.write_number(row, column, cell)
    else:
        page.write_string(row, column, _clean(str(cell)), formats["text"] if as_text else None)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)[:_LONGEST_TEXT]


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that spreadsheets accept and no other sheet of the book has."""
    bare = _NO_NAME.sub(" ", _clean(name)).strip()[:_LONGEST_NAME] or "Sheet"
    found, n = bare, 1
    while found.casefold() in taken:
        n += 1
        found = f"{bare[: _LONGEST_NAME - len(str(n)) - 1]} {n}"
    taken.add(found.casefold())
    return found
