"""What is too long for one page of paper's HTML is printed page by page, each with its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

Row = TypeVar("Row")
# Rows of three lines each stay well below what a page may weigh.
ROWS_A_PAGE = 150


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """The rows of the page asked for, which page that is, and of how many."""

    rows: Sequence[Row]
    page: int
    pages: int


def part_of(rows: Sequence[Row], at_once: int = ROWS_A_PAGE) -> Part[Row]:
    """The part of some rows that `page` in the address asks for; the nearest when there is none."""
    pages = max(1, -(-len(rows) // at_once))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return Part(rows[(page - 1) * at_once : page * at_once], page, pages)
