"""Counting: a figure is the length of the list that its question opens, by the same condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.asking import Question, asked, narrowed
from tracker.core.cases.models import Case
from tracker.core.numbers.figures import Figure
from tracker.core.numbers.period import Period

Change = Mapping[str, Any]
_CENT = Decimal("0.01")
# What stands now, and what came and went within a period.
OPEN: Change = {"view": "open"}
LATE: Change = {"view": "late"}
SOON: Change = {"view": "soon"}
HELD: Change = {"view": "open", "outcome": "held"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, on which day, of which cases and over which period."""

    session: Session
    actor: Actor
    today: date
    base: Question
    period: Period

    def ask(self, *changes: Change) -> Question:
        """The base question with some fields changed, later changes over earlier ones."""
        merged: dict[str, Any] = {}
        for change in changes:
            merged |= change
        return replace(self.base, **merged)

    def condition(self, *changes: Change) -> ColumnElement[bool]:
        """The condition on cases of the base question with some fields changed."""
        return asked(self.session, self.actor, self.ask(*changes), self.today)

    def within(self, **change: Any) -> Scope:
        """The same, asking of fewer cases."""
        return replace(self, base=replace(self.base, **change))

    @property
    def opened(self) -> Change:
        """Cases that were begun in the period."""
        return {"opened_from": self.period.first, "opened_to": self.period.last}

    @property
    def closed(self) -> Change:
        """Cases that ended in the period."""
        return {"closed_from": self.period.first, "closed_to": self.period.last}

    @property
    def when(self) -> Change:
        """The period, for what is asked of a case's history."""
        return {"when_from": self.period.first, "when_to": self.period.last}


def count(scope: Scope, changes: Mapping[str, Change]) -> dict[str, Figure]:
    """Some figures at once, in one query."""
    found = _counted(scope, changes, ())
    row = found.get((), dict.fromkeys(changes, 0))
    return {name: Figure(row[name], scope.ask(change)) for name, change in changes.items()}


def count_by(
    scope: Scope, changes: Mapping[str, Change], *columns: Any
) -> dict[tuple[Any, ...], dict[str, int]]:
    """The same figures for every value of some columns, in one query; rows without any are out."""
    found = _counted(scope, changes, columns)
    return {key: row for key, row in found.items() if any(row.values())}


def _counted(
    scope: Scope, changes: Mapping[str, Change], columns: Sequence[Any]
) -> dict[tuple[Any, ...], dict[str, int]]:
    names = list(changes)
    sums = [func.sum(case((_narrowed(scope, changes[name]), 1), else_=0)) for name in names]
    query = select(*columns, *sums).select_from(Case.__table__).where(scope.condition())
    if columns:
        query = query.group_by(*columns)
    width = len(columns)
    return {
        tuple(row[:width]): {n: int(v or 0) for n, v in zip(names, row[width:], strict=True)}
        for row in scope.session.execute(query)
    }


def _narrowed(scope: Scope, change: Change) -> ColumnElement[bool]:
    # What the base asks stands in the WHERE already; asked once more it would only cost.
    plain = replace(Question(), **change)
    return and_(narrowed(scope.session, scope.actor, plain, scope.today))


def amounts(
    scope: Scope,
    changes: Mapping[str, Change],
    value: ColumnElement[Decimal | None],
    table: FromClause,
) -> dict[str, Decimal]:
    """What a column of a workflow's own table adds up to over the cases of some questions."""
    sums = [
        func.sum(case((_narrowed(scope, change), value), else_=0)) for change in changes.values()
    ]
    query = (
        select(*sums)
        .select_from(Case.__table__)
        .join(table, table.c.id == Case.id)
        .where(scope.condition())
    )
    row = scope.session.execute(query).one()
    return {
        name: Decimal(found or 0).quantize(_CENT) for name, found in zip(changes, row, strict=True)
    }


def added(rows: Sequence[Mapping[str, int]], names: Sequence[str]) -> dict[str, int]:
    """Rows added up, name by name."""
    return {name: sum(row[name] for row in rows) for name in names}
