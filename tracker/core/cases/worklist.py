"""The work list: what waits for a person, what is late, what is stuck with others."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible

COUNT_CAP = 1000


def my_turn(actor: Actor) -> ColumnElement[bool]:
    """Cases whose next step is this actor's: in person, or by a role that nobody holds."""
    persons = {actor.user_id} | {p.on_behalf_of for p in actor.powers if p.on_behalf_of}
    ways: list[ColumnElement[bool]] = [Case.assignee_id.in_(persons)]
    for org_id, role in sorted({(p.org_id, p.role.value) for p in actor.powers}):
        ways.append(
            and_(Case.turn_org_id == org_id, Case.turn_role == role, Case.assignee_id.is_(None))
        )
    return or_(*ways) if ways else false()


def waiting_for_me(session: Session, actor: Actor, limit: int = 50) -> list[Case]:
    """Open cases that wait for the actor, the nearest due date first."""
    return list(
        session.scalars(
            select(Case)
            .where(my_turn(actor), visible(actor), Case.closed_at.is_(None))
            .order_by(Case.due_order, Case.id)
            .limit(limit)
        )
    )


def count_waiting(session: Session, actor: Actor) -> int:
    """How many wait for the actor, counted up to the cap."""
    return capped_count(
        session, and_(my_turn(actor), visible(actor), Case.closed_at.is_(None)), cap=99
    )


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
