"""Whose side one is on, as a condition: `reads.outside` asked of many cases at once.

Whoever reads a case from the side it came from is spared the house's own clocks, states and
people; what such a reader filters or orders by tells no more than the rows do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, false, literal, or_
from sqlalchemy import case as when

from tracker.core.accounts.actor import Actor, Power
from tracker.core.cases.flow import Flow, flows
from tracker.core.cases.models import LAST_DAY, Case
from tracker.core.cases.reads import INSIDE_ROLES, outside
from tracker.core.cases.scope import LEADING_ROLES, ORIGIN_ROLES
from tracker.core.registers.places import region_range


def ever_inside(actor: Actor) -> bool:
    """Whether there may be such cases for an actor."""
    return any(_ways(power) for power in actor.every)


def inside(actor: Actor) -> ColumnElement[bool]:
    """The condition that an actor reads a case from its house."""
    return or_(false(), *(way for power in actor.every for way in _ways(power)))


def in_own_hands_or_inside(actor: Actor) -> ColumnElement[bool]:
    """The condition that an actor may know a case's present holder and clock."""
    return or_(Case.turn_org_id.in_({p.org_id for p in actor.every}), inside(actor))


def known_holder(actor: Actor) -> ColumnElement[int | None]:
    """Who has a case in hand; nobody where the actor may not know."""
    return when((in_own_hands_or_inside(actor), Case.assignee_id), else_=None)


def _ways(power: Power) -> list[ColumnElement[bool]]:
    lent = [Case.kind.in_(sorted(power.kinds))] if power.kinds else []
    here = or_(Case.bureau_id == power.org_id, Case.above_org_id == power.org_id)
    found = []
    if power.role in INSIDE_ROLES:
        found.append(and_(here, *lent))
    elif kinds := sorted(
        f.kind for f in flows.all() if power.role in f.sees and power.covers(f.kind)
    ):
        found.append(and_(here, Case.kind.in_(kinds)))
    if power.role in LEADING_ROLES and power.org_kind == "bureau":
        led = Case.scope_code.between(*region_range(power.region_code))
        found.append(and_(led, Case.scope_code != "", *lent))
    return found


# ---------------------------------------------------------------- clocks


def due_between(actor: Actor, first: date | None, last: date | None) -> ColumnElement[bool]:
    """Due on these days, both included, as far as an actor may know it."""
    days = [Case.due_order >= first] if first is not None else []
    days += [Case.due_order <= last] if last is not None else []
    return and_(*days, in_own_hands_or_inside(actor))


def due_known(actor: Actor) -> ColumnElement[date]:
    """What cases are put in order by: the day one is due, LAST_DAY where it may not be known.

    A house that is only a guest of a case is ordered by the day all the same, so that the lists
    of a bureau walk their index; what it may ask for and read is `due_between` and `outside`.
    """
    if _comes_from_bureau(actor):
        return Case.due_order.expression
    known = in_own_hands_or_inside(actor)
    return when((known, Case.due_order), else_=literal(LAST_DAY, Date))


def due_as_known(row: Case, actor: Actor) -> date:
    """The same of a case that was read."""
    if _comes_from_bureau(actor) or row.turn_org_id in {p.org_id for p in actor.every}:
        return row.due_order
    return LAST_DAY if outside(actor, row) else row.due_order


def _comes_from_bureau(actor: Actor) -> bool:
    return not any(p.role in ORIGIN_ROLES for p in actor.every)


# ---------------------------------------------------------------- states


def in_states(actor: Actor, flow: Flow, names: Iterable[str]) -> ColumnElement[bool]:
    """In one of some states of a workflow; the outside finds none that it is spared the name of."""
    wanted = {state.name: state for state in flow.states if state.name in set(names)}
    told = sorted(name for name, state in wanted.items() if not state.outside)
    spared = sorted(set(wanted) - set(told))
    ways: list[ColumnElement[bool]] = [Case.state.in_(told)] if told else []
    ways += [and_(Case.state.in_(spared), inside(actor))] if spared else []
    return and_(Case.kind == flow.kind, or_(false(), *ways))
