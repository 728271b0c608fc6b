"""Cartograms laid by hand: which place stands in which cell."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_DIGITS = 12
_EMPTY = "."


@dataclass(frozen=True, slots=True)
class Cell:
    """A place on a map: its 12-digit code, its row from the north, its column from the west.

    Every odd row stands half a cell further east.
    """

    code: str
    row: int
    column: int


def cells_of(code: str) -> tuple[Cell, ...]:
    """The cells of the map of a place; none where nobody has laid one."""
    return _maps().get(code, ())


@cache
def _maps() -> dict[str, tuple[Cell, ...]]:
    text = files(__package__).joinpath("data", "hexes.toml").read_text(encoding="utf-8")
    return {code: tuple(_cells(one["rows"])) for code, one in tomllib.loads(text).items()}


def _cells(rows: list[str]) -> list[Cell]:
    return [
        Cell(word.ljust(_DIGITS, "0"), row, column)
        for row, line in enumerate(rows)
        for column, word in enumerate(line.split())
        if word != _EMPTY
    ]
