"""What only a workflow can tell a report: the money of its cases. `app.py` fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from tracker.core.errors import Sentence


@dataclass(frozen=True, slots=True)
class Fined:
    """One decision: the fine as it stands now and what has been paid of it, in yuan."""

    case_id: int
    number: str
    unit: str
    matter: str
    bureau_id: int | None
    decided_on: date
    penalties: Sentence
    fine: Decimal
    paid: Decimal


Source = Callable[[Session, ColumnElement[bool]], Sequence[Fined]]
_sources: dict[str, Source] = {}


def add(kind: str, source: Source) -> None:
    """Register who tells the decisions of a kind among the cases that meet a condition."""
    _sources[kind] = source


def fined(session: Session, kind: str, where: ColumnElement[bool]) -> Sequence[Fined]:
    """The decisions of the cases that meet a condition on `cases`; none where nobody tells them."""
    source = _sources.get(kind)
    return () if source is None else source(session, where)


def money(found: Iterable[Fined]) -> tuple[Decimal, Decimal]:
    """What was fined and what was paid in all, in yuan."""
    rows = list(found)
    return (
        sum((one.fine for one in rows), Decimal(0)),
        sum((one.paid for one in rows), Decimal(0)),
    )
