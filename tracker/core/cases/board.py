"""How many open cases of a kind stand in each state, and how many of them are late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case as when
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.flow import Flow, State
from tracker.core.cases.models import LAST_DAY, Case
from tracker.core.cases.scope import visible
from tracker.core.cases.worklist import late


@dataclass(frozen=True, slots=True)
class Column:
    """A state with its open cases: how many, how many late, and the nearest due date."""

    state: State
    count: int
    late: int
    next_due: date | None


@dataclass(frozen=True, slots=True)
class Board:
    """One kind of cases: the columns of its open states in the order of its table."""

    flow: Flow
    columns: tuple[Column, ...]

    @property
    def count(self) -> int:
        """All open ones."""
        return sum(c.count for c in self.columns)

    @property
    def late(self) -> int:
        """All late ones."""
        return sum(c.late for c in self.columns)


def boards(
    session: Session, actor: Actor, flows: Mapping[str, Flow], today: date
) -> dict[str, Board]:
    """The boards of some kinds, in one query; it counts what the lists of the kinds show."""
    rows = session.execute(
        select(
            Case.kind,
            Case.state,
            func.count(),
            func.sum(when((late(actor, today), 1), else_=0)),
            func.min(Case.due_order),
        )
        .where(visible(actor), Case.closed_at.is_(None), Case.kind.in_(flows))
        .group_by(Case.kind, Case.state)
    ).all()
    found = {(kind, state): (n, over, first) for kind, state, n, over, first in rows}
    return {
        kind: Board(flow, tuple(_column(s, found.get((kind, s.name))) for s in _open(flow)))
        for kind, flow in flows.items()
    }


def _open(flow: Flow) -> list[State]:
    return [s for s in flow.states if not s.final]


def _column(state: State, row: tuple[int, int, date] | None) -> Column:
    if row is None:
        return Column(state, 0, 0, None)
    count, over, first = row
    return Column(state, count, int(over), None if first == LAST_DAY else first)
