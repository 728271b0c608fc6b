"""How much a packed workbook holds, known before anything of it is parsed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tracker.core.errors import BadInput, say

# A sheet is laid out whole in memory, however few of its cells are filled.
MOST_CELLS = 4_000_000
MOST_UNPACKED = 64_000_000
_LETTERS = 26
# A row or a cell with its address, and the rest of its tag.
_TAG = re.compile(
    rb"""<(?:\w+:)?(?:row|(c))(?=[\s>/])(?:[^<>]*?\sr=["']([A-Z]{0,3})([0-9]{1,7})["'])?([^<>]*)>"""
)
_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\bt=["']e["']""")
_ODS_TAG = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s>/])[^<>]*>")
_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated=["']([0-9]{1,9})["']""")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*>")
_SHEET_ID = re.compile(rb"""\s\w+:id=["']([^"']+)["']""")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
_ATTRIBUTE = re.compile(rb"""\s(Id|Target)=["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A workbook that may be parsed; `errors` are the cells with an error value, by part."""

    archive: zipfile.ZipFile
    errors: Mapping[str, frozenset[tuple[int, int]]]

    def error_cells(self, index: int) -> frozenset[tuple[int, int]]:
        """Rows and columns (from 1) of one sheet (from 0) that show an error such as #DIV/0!."""
        return self.errors.get(_part_of(self.archive, index) or "", frozenset())


def weigh(data: bytes) -> Weighed:
    """The archive of a workbook that unpacks to a sane size; BadInput otherwise.

    Its own word on the sizes is tried: unpacking stops there, and what was cut does not check.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise too_big()
        if archive.testzip() is not None:
            raise damaged()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise damaged() from error
    errors = {}
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            errors[name] = _weigh_sheet(archive.read(name))
        elif name == "content.xml":
            _refuse_wide(_ods_filled(archive.read(name)))
    return Weighed(archive, errors)


def _weigh_sheet(sheet: bytes) -> frozenset[tuple[int, int]]:
    """The error cells of a sheet's XML; BadInput when its filled cells lie too far out."""
    row = column = rows = columns = 0
    errors = set()
    for tag in _TAG.finditer(sheet):
        cell, letters, digits, rest = tag.groups()
        if cell is None:
            row, column = int(digits) if digits else row + 1, 0
            continue
        if letters:
            row, column = int(digits), _column(letters)
        else:
            column += 1
        if rest.endswith(b"/"):
            continue
        if row > rows or column > columns:
            rows, columns = max(rows, row), max(columns, column)
            _refuse_area(rows, columns)
        if _ERROR.match(tag.group()):
            errors.add((row, column))
    return frozenset(errors)


def _ods_filled(content: bytes) -> Iterator[tuple[int, int]]:
    row = column = rows = 0
    for tag in _ODS_TAG.finditer(content):
        text, kind = tag.group(), tag.group(1)
        repeated = _REPEATED.search(text)
        times = int(repeated.group(1)) if repeated else 1
        if kind == b"table":
            row = column = rows = 0
        elif kind == b"table-row":
            row, column, rows = row + rows, 0, times
        else:
            column += times
            if b"value-type=" in text:
                yield row + rows, column


def _refuse_wide(cells: Iterator[tuple[int, int]]) -> None:
    rows = columns = 0
    for row, column in cells:
        rows, columns = max(rows, row), max(columns, column)
        _refuse_area(rows, columns)


def _refuse_area(rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise too_big()


@cache
def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number


def _part_of(archive: zipfile.ZipFile, index: int) -> str | None:
    """The file of a workbook's sheet, by its place among the sheets."""
    known = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= known:
        return None
    sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
    found = _SHEET_ID.search(sheets[index]) if index < len(sheets) else None
    if found is None:
        return None
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        said = dict(_ATTRIBUTE.findall(relation))
        if said.get(b"Id") == found.group(1):
            target = said.get(b"Target", b"").decode("utf-8", "replace")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return part if part in known else None
    return None


def too_big() -> BadInput:
    """The refusal of a file that would unpack to more than the product reads."""
    return BadInput("file", say("这个文件展开后太大，请只留下要导入的工作表和行列，另存后再试。"))


def damaged() -> BadInput:
    """The refusal of a file that no reader opens."""
    return BadInput("file", say("这个文件打不开：可能损坏、加了密码，或者不是电子表格。"))
