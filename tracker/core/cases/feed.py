"""Dates for a personal calendar: the clocks of cases that wait for a person or are theirs.

A later workflow adds its own dates by putting a source into `feed_sources`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import CompoundSelect, func, or_, select, union
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, Power
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case, CasePerson
from tracker.core.cases.outside import path_of
from tracker.core.cases.scope import LEADING_ROLES, ORIGIN_ROLES, visible
from tracker.core.cases.worklist import my_turn
from tracker.core.clock import office_date
from tracker.core.deadlines.models import Deadline, DeadlineFact, DeadlineState
from tracker.core.errors import N_, say
from tracker.core.registers.places import region_range

# A clock that has stopped is shown as cancelled for so long, then it is gone.
_KEPT = timedelta(days=30)
_MOST = 500


@dataclass(frozen=True, slots=True)
class Event:
    """One date of a calendar; it says no more of a case than what may leave the house."""

    key: str
    summary: str
    path: str
    day: date
    moment: datetime | None
    sequence: int
    changed_at: datetime
    provisional: bool = False
    cancelled: bool = False


Source = Callable[[Session, Actor, datetime], Iterable[Event]]


def deadline_events(session: Session, actor: Actor, now: datetime) -> list[Event]:
    """The clocks of open cases that are this person's, and those that stopped of late."""
    changed = (
        select(func.max(DeadlineFact.made_at))
        .where(DeadlineFact.deadline_id == Deadline.id)
        .scalar_subquery()
    )
    running = Deadline.state == DeadlineState.RUNNING.value
    stopped = Deadline.state == DeadlineState.STOPPED.value
    fresh = Deadline.stopped_on >= office_date(now) - _KEPT
    rows = session.execute(
        select(Deadline, Case, changed)
        .join(Case, Case.id == Deadline.case_id)
        .where(
            visible(actor),
            Case.id.in_(_mine(actor, now)),
            Deadline.due_on.is_not(None),
            or_(running & Case.closed_at.is_(None), stopped & fresh),
        )
        .order_by(Deadline.state, Deadline.due_on, Deadline.id)
        .limit(_MOST)
    )
    return [
        _event(deadline, case, made_at)
        for deadline, case, made_at in rows
        if deadline.due_on is not None and _may_know(actor, case, deadline)
    ]


feed_sources: list[Source] = [deadline_events]


def events_for(session: Session, actor: Actor, now: datetime) -> list[Event]:
    """All dates of a person, the nearest first."""
    found = [event for source in feed_sources for event in source(session, actor, now)]
    return sorted(found, key=lambda event: (event.day, event.key))


def _mine(actor: Actor, now: datetime) -> CompoundSelect[tuple[int]]:
    """Cases that are this person's in some way, each way along its own index."""
    lately = or_(Case.closed_at.is_(None), Case.closed_at >= now - _KEPT)
    # What one sent to a bureau has its clocks inside, except in one's own turn.
    houses = {p.org_id for p in actor.powers if p.role not in ORIGIN_ROLES}
    known = or_(Case.bureau_id.is_(None), Case.bureau_id.in_(houses))
    part = select(CasePerson.case_id).where(
        CasePerson.user_id == actor.user_id, CasePerson.ended_at.is_(None)
    )
    return union(
        select(Case.id).where(my_turn(actor)),
        select(Case.id).where(Case.created_by_id == actor.user_id, lately, known),
        part,
    )


def _may_know(actor: Actor, case: Case, deadline: Deadline) -> bool:
    """From outside the bureau only the clock of one's own turn: its own dates are internal."""
    actor = actor.within(case.kind)
    if any(_inside(power, case) for power in actor.powers):
        return True
    in_hand = case.turn_org_id in actor.orgs()
    return in_hand and flows.get(case.kind).state(case.state).clock == deadline.rule_id


def _inside(power: Power, case: Case) -> bool:
    if case.bureau_id is None:
        return case.turn_org_id == power.org_id
    if power.org_id == case.bureau_id:
        return power.role not in ORIGIN_ROLES
    if power.role not in LEADING_ROLES or power.org_kind != "bureau" or not case.scope_code:
        return False
    low, high = region_range(power.region_code)
    return low <= case.scope_code <= high


def _event(deadline: Deadline, case: Case, changed_at: datetime) -> Event:
    number = case.number or str(say(N_("未编号")))
    names: dict[str, object] = {
        "number": number,
        "kind": flows.get(case.kind).label,
        "what": deadline.label,
    }
    words = N_("%(number)s %(kind)s：%(what)s")
    if deadline.provisional:
        words = N_("%(number)s %(kind)s：%(what)s（暂定）")
    return Event(
        key=f"deadline-{deadline.id}",
        summary=str(say(words, **names)),
        path=path_of(case.kind, case.id),
        day=deadline.due_on or office_date(changed_at),
        moment=deadline.due_at,
        sequence=max(deadline.version - 1, 0),
        changed_at=changed_at,
        provisional=deadline.provisional,
        cancelled=deadline.state == DeadlineState.STOPPED.value,
    )
