"""The work list: what waits for a person, what is late, what is stuck with others."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, CompoundSelect, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible

COUNT_CAP = 1000


def my_turn(actor: Actor) -> ColumnElement[bool]:
    """Cases whose next step is this actor's: in person, or through a role nobody holds there."""
    return or_(*_ways(actor))


def _ways(actor: Actor) -> list[ColumnElement[bool]]:
    """The ways a case can wait for an actor; each has an index that ends in the list's order."""
    persons = {actor.user_id} | {p.on_behalf_of for p in actor.powers if p.on_behalf_of}
    ways: list[ColumnElement[bool]] = [Case.assignee_id == person for person in sorted(persons)]
    for org_id, role in sorted({(p.org_id, p.role.value) for p in actor.powers}):
        ways.append(
            and_(Case.turn_org_id == org_id, Case.turn_role == role, Case.assignee_id.is_(None))
        )
    return ways


def waiting_for_me(session: Session, actor: Actor, limit: int = 50) -> list[Case]:
    """Open cases that wait for the actor, the nearest due date first.

    The first few of each way are read along its index, however many wait behind them.
    """
    ids = _waiting_ids(actor, limit)
    order = (Case.due_order, Case.id)
    return list(session.scalars(select(Case).where(Case.id.in_(ids)).order_by(*order).limit(limit)))


def waiting_by_kind(session: Session, actor: Actor, cap: int = COUNT_CAP) -> dict[str, int]:
    """How many wait for the actor, by kind of case; of each way no more than the cap are read."""
    ids = _waiting_ids(actor, cap).subquery()
    rows = session.execute(
        select(Case.kind, func.count()).where(Case.id.in_(select(ids.c.id))).group_by(Case.kind)
    )
    return dict(rows.all())


def _waiting_ids(actor: Actor, limit: int) -> CompoundSelect[tuple[int]]:
    """The first few of each way; a case waits in one way only, so none comes twice."""
    firsts = [
        select(Case.id)
        .where(way, visible(actor), Case.closed_at.is_(None))
        .order_by(Case.due_order, Case.id)
        .limit(limit)
        .subquery()
        for way in _ways(actor)
    ]
    return union_all(*(select(first.c.id) for first in firsts))


def mine_with_others(session: Session, actor: Actor, limit: int = 20) -> list[Case]:
    """Open cases the actor started that are in somebody else's hands, the longest held first."""
    return list(
        session.scalars(
            select(Case)
            .where(
                Case.created_by_id == actor.user_id,
                Case.closed_at.is_(None),
                ~my_turn(actor),
                visible(actor),
            )
            .order_by(Case.holder_since, Case.id)
            .limit(limit)
        )
    )


def late(today: date) -> ColumnElement[bool]:
    """Overdue, one definition for rows and queries."""
    return Case.due_order < today


def capped_count(session: Session, condition: ColumnElement[bool], cap: int = COUNT_CAP) -> int:
    """Rows that meet a condition, counting no further than one past the cap."""
    # In the list's own order, so that the list's own index is walked: what is open stands first.
    ordered = select(Case.id).where(condition).order_by(Case.due_order, Case.id)
    some = ordered.limit(cap + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
