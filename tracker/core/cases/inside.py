"""Whose side one is on, as a condition: `reads.outside` asked of many cases at once."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_

from tracker.core.accounts.actor import Actor, Power
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.cases.reads import INSIDE_ROLES
from tracker.core.cases.scope import LEADING_ROLES
from tracker.core.registers.places import region_range


def inside(actor: Actor) -> ColumnElement[bool] | None:
    """The condition that an actor reads a case from its house; None for who never does."""
    ways = [way for power in actor.every for way in _ways(power)]
    return or_(*ways) if ways else None


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
