"""The work list: what waits for a person, what is late, what is stuck with others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, CompoundSelect, and_, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, Power
from tracker.core.cases.flow import flows
from tracker.core.cases.inside import due_between
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible

COUNT_CAP = 1000


def my_turn(actor: Actor) -> ColumnElement[bool]:
    """Cases whose next step is this actor's: in person, or through a role nobody holds there."""
    return or_(*_ways(actor))


def _ways(actor: Actor) -> list[ColumnElement[bool]]:
    """The ways a case can wait for an actor; each has an index that ends in the list's order."""
    ways: list[ColumnElement[bool]] = [Case.assignee_id == actor.user_id]
    ways += [_hand_of(lender, actor) for lender in sorted(_lenders(actor))]
    desks: dict[tuple[int, str], list[Power]] = {}
    for power in actor.every:
        desks.setdefault((power.org_id, power.role.value), []).append(power)
    for (org_id, role), powers in sorted(desks.items()):
        at_desk = and_(Case.turn_org_id == org_id, Case.turn_role == role)
        ways.append(and_(at_desk, Case.assignee_id.is_(None), *_reach(powers)))
    return ways


def _lenders(actor: Actor) -> set[int]:
    lenders = {p.on_behalf_of for p in actor.every if p.on_behalf_of is not None}
    return lenders - {actor.user_id}


def _hand_of(lender: int, actor: Actor) -> ColumnElement[bool]:
    """Cases in the hands of somebody, where what this person has lent takes them on."""
    lent: dict[frozenset[str], list[Power]] = {}
    for power in actor.every:
        if power.on_behalf_of == lender:
            lent.setdefault(power.kinds, []).append(power)
    return and_(
        Case.assignee_id == lender,
        or_(
            *(and_(Case.turn_role.in_(_turns(powers)), *_reach(powers)) for powers in lent.values())
        ),
    )


def _reach(powers: Sequence[Power]) -> list[ColumnElement[bool]]:
    if any(not power.kinds for power in powers):
        return []
    return [Case.kind.in_(sorted(frozenset[str]().union(*(p.kinds for p in powers))))]


def _turns(powers: Iterable[Power]) -> list[str]:
    """The roles whose turn the holders of some powers may take."""
    roles = {power.role for power in powers}
    turns = {role.value for role in roles}
    for flow in flows.all():
        turns |= {
            state.role.value
            for state in flow.states
            if state.role is not None and roles & flow.takers(state.name)
        }
    return sorted(turns)


def in_other_hands(actor: Actor) -> ColumnElement[bool]:
    """Cases whose next step is not this actor's, also where nobody in person has them."""
    return ~func.coalesce(my_turn(actor), false())


def waits_for(actor: Actor, case: Case) -> str:
    """For whom somebody stands in whose turn it is; empty when it is the actor's own or nobody's.

    It reads nothing: the same rule as `my_turn`, asked of a row that is there.
    """
    if case.closed_at is not None or case.turn_role is None or case.assignee_id == actor.user_id:
        return ""
    powers = actor.within(case.kind).powers
    if case.assignee_id is not None:
        lent = [p for p in powers if p.on_behalf_of == case.assignee_id]
        return lent[0].on_behalf_name if case.turn_role in _turns(lent) else ""
    at_desk = [p for p in powers if p.org_id == case.turn_org_id and p.role.value == case.turn_role]
    if not at_desk or any(p.on_behalf_of is None for p in at_desk):
        return ""
    return at_desk[0].on_behalf_name


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
                in_other_hands(actor),
                visible(actor),
            )
            .order_by(Case.holder_since, Case.id)
            .limit(limit)
        )
    )


def late(actor: Actor, today: date) -> ColumnElement[bool]:
    """Overdue as far as an actor may know it, one definition for all lists."""
    return due_between(actor, None, today - timedelta(days=1))


def capped_count(session: Session, condition: ColumnElement[bool], cap: int = COUNT_CAP) -> int:
    """Rows that meet a condition, counting no further than one past the cap."""
    # In the list's own order, so that the list's own index is walked: what is open stands first.
    ordered = select(Case.id).where(condition).order_by(Case.due_order, Case.id)
    some = ordered.limit(cap + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
