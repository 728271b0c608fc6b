"""A page of figures as the sheets of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from flask_babel import gettext

from tracker.core.numbers.figures import Block, Board, Column, Figure, Row, Unit
from tracker.core.sheets.writing import Cell, Sheet
from tracker.web.errors import tell

_WIDE, _NARROW = 32.0, 14.0


def sheets_of(board: Board) -> list[Sheet]:
    """The key figures and every table, one sheet each; numbers stay numbers."""
    found = [_sheet(block) for block in board.blocks]
    return [_keys(board), *found] if board.keys else found


def _keys(board: Board) -> Sheet:
    return Sheet(
        name=gettext("总的数"),
        heads=[gettext("名称"), gettext("数"), gettext("范围")],
        rows=[[tell(k.label), _cell(k.figure), tell(k.note)] for k in board.keys],
        widths=[_WIDE, _NARROW, _WIDE],
    )


def _sheet(block: Block) -> Sheet:
    rows = [*block.rows, *([block.total] if block.total is not None else [])]
    return Sheet(
        name=tell(block.title),
        heads=[tell(block.head), *(_head(column) for column in block.columns)],
        rows=[_row(row) for row in rows],
        widths=[_WIDE, *(_NARROW for _ in block.columns)],
    )


def _head(column: Column) -> str:
    words = {Unit.DAYS: gettext("工作日"), Unit.SHARE: "%"}
    unit = words.get(column.unit)
    return f"{tell(column.label)}（{unit}）" if unit else tell(column.label)


def _row(row: Row) -> Sequence[Cell]:
    return [tell(row.label), *map(_cell, row.figures)]


def _cell(figure: Figure) -> Cell:
    value = figure.value
    if value is None:
        return tell(figure.why) if figure.why is not None else ""
    if isinstance(value, int | Decimal | date):
        return value
    return value
