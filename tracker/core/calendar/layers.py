"""Which editions a calendar rests on, and how they lie over each other. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from tracker.core.calendar.days import Calendar, Day, overlay


class EditionRow(NamedTuple):
    """An edition without its days."""

    id: int
    digest: str
    known_on: date
    source: str
    reverts_id: int | None


def in_order(row: EditionRow) -> tuple[date, int]:
    """The order in which editions became known."""
    return row.known_on, row.id


def chosen_rows(
    rows: Sequence[EditionRow], known_on: date | None, upto: int | None
) -> list[EditionRow]:
    """The editions that a calendar rests on, with those that take others back."""
    inside = [row for row in rows if upto is None or row.id <= upto]
    # The first to be known is the ground: it stands for all that was known before records began.
    return [
        row
        for n, row in enumerate(inside)
        if n == 0 or known_on is None or row.known_on <= known_on
    ]


def laid_over(chosen: Sequence[EditionRow], days: Mapping[int, Sequence[Day]]) -> Calendar:
    """Overlay the editions that count, in order of their day of knowledge."""
    gone = {row.reverts_id for row in chosen}
    return Calendar(
        overlay(days.get(row.id, []) for row in chosen if row.id not in gone),
        edition=max(row.id for row in chosen),
    )
