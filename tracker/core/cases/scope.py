"""`visible(actor)`: the only way to a row. Lists, counts, pages, files and exports all use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.roles import ADMIN_ROLES, Role
from tracker.core.cases.flow import Flow, Side, flows
from tracker.core.cases.models import Case, CaseExcludedOrg, CaseGuest, CasePerson
from tracker.core.errors import NotVisible
from tracker.core.registers.places import region_range

CaseT = TypeVar("CaseT", bound=Case)

# A business role opens the cases its house is a guest of; an administrator's opens none.
_BUSINESS = frozenset(Role) - ADMIN_ROLES
ORIGIN_ROLES = frozenset({Role.LIAISON, Role.DEPT_APPROVER, Role.TOWNSHIP_CLERK})
LEADING_ROLES = frozenset({Role.SUPERVISOR, Role.HEAD, Role.LEGAL_REVIEWER})
APPROVING_ROLES = frozenset({Role.SUPERVISOR, Role.HEAD})
# The part of somebody who has been recused: it opens nothing and closes everything (行政处罚法 43).
RECUSED = "recused"


def visible(actor: Actor, kind: str | None = None) -> ColumnElement[bool]:
    """The condition on `cases` under which a row exists for this actor.

    A department sees what it sent or passes on; a registrar what came to the bureau or was passed
    up to it; leaders what the bureaus of their region have; an inspector only what is in the
    inspector's own hands. A workflow may open its cases to further roles of the bureau, and a
    case may have guests. Above all of them stand clearance, the exclusion of the accused unit's
    own department, recusal (also of somebody one stands in for), and the circle of a restricted
    case: its people and the approvers of its own bureau. A role without a line here sees nothing.

    A power lent for some kinds opens cases of these alone; what closes a case closes it also to
    whoever stands in for a part of somebody's work only.

    Whoever asks for the cases of one `kind` says so: then only the ways of that workflow are
    asked, and its list walks one index.
    """
    return _visible(actor, kind, tuple(map(id, flows.all())))


# It says nothing but what the actor's powers and the tables of the workflows say, and a page asks
# for it some twenty times.
@lru_cache(maxsize=512)
def _visible(actor: Actor, kind: str | None, _flows: tuple[int, ...]) -> ColumnElement[bool]:
    asked = flows.all() if kind is None else (flows.get(kind),)
    ways: dict[tuple[object, ...], ColumnElement[bool]] = {}
    for power in sorted(actor.every, key=lambda p: bool(p.kinds)):
        there = tuple(flow for flow in asked if power.covers(flow.kind))
        for key, way in _ways(actor, power, there).items():
            if len(there) == len(asked):
                ways[key] = way
            elif key not in ways:
                ways[(*key, power.kinds)] = and_(way, _of_kinds(there))
    if not ways:
        return false()
    excluded = exists(
        select(CaseExcludedOrg.case_id).where(
            CaseExcludedOrg.case_id == Case.id,
            CaseExcludedOrg.org_id.in_({p.org_id for p in actor.every}),
        )
    )
    persons = {p.on_behalf_of or actor.user_id for p in actor.every} | {actor.user_id}
    return and_(
        or_(*ways.values()),
        Case.confidentiality <= actor.clearance,
        ~excluded,
        ~_has_part(persons, recused=True),
        or_(~Case.restricted, _inside(actor, asked)),
    )


def _of_kinds(covered: Sequence[Flow]) -> ColumnElement[bool]:
    return Case.kind.in_([flow.kind for flow in covered])


def _ways(
    actor: Actor, power: Power, asked: Sequence[Flow]
) -> dict[tuple[object, ...], ColumnElement[bool]]:
    """The ways on which one power leads to cases, each under a key of its own."""
    if not asked:
        return {}
    sides = frozenset().union(*(flow.sides for flow in asked))
    org_id = power.org_id
    found: dict[tuple[object, ...], ColumnElement[bool]] = {}
    if power.role in ORIGIN_ROLES:
        # What a bureau has of itself came from no other house: its officers' work alone.
        found["origin", org_id] = and_(
            Case.origin_org_id == org_id, Case.bureau_id.is_distinct_from(org_id)
        )
        if Side.VIA in sides:
            found["via", org_id] = Case.via_org_id == org_id
    elif power.role is Role.REGISTRAR:
        found["bureau", org_id] = Case.bureau_id == org_id
        if Side.ABOVE in sides:
            found["above", org_id] = Case.above_org_id == org_id
    elif power.role in LEADING_ROLES:
        found["lead", org_id] = _leading(org_id, power.org_kind, power.region_code)
    elif power.role is Role.INSPECTOR:
        person = power.on_behalf_of or actor.user_id
        found["part", person] = _has_part({person})
    if kinds := [flow.kind for flow in asked if power.role in flow.sees]:
        found["kinds", power.role, org_id] = and_(Case.bureau_id == org_id, Case.kind.in_(kinds))
    if power.role in _BUSINESS and any(flow.invites for flow in asked):
        found["guest", org_id] = Case.id.in_(
            select(CaseGuest.case_id).where(CaseGuest.org_id == org_id)
        )
    return found


def _has_part(
    persons: set[int], *, recused: bool = False, parts: Iterable[str] = ()
) -> ColumnElement[bool]:
    named = [CasePerson.part.in_(sorted(parts))] if parts else []
    return exists(
        select(CasePerson.id).where(
            CasePerson.case_id == Case.id,
            CasePerson.user_id.in_(persons),
            CasePerson.ended_at.is_(None),
            CasePerson.part == RECUSED if recused else CasePerson.part != RECUSED,
            *named,
        )
    )


def _inside(actor: Actor, asked: Sequence[Flow]) -> ColumnElement[bool]:
    """Whether an actor is of the circle that knows of a restricted case.

    A part somebody holds is lent with the role that acts in it, for the kinds it is lent for.
    """
    circle = [_has_part({actor.user_id})]
    approving: dict[frozenset[str], set[int]] = {}
    for power in actor.every:
        there = [flow for flow in asked if power.covers(flow.kind)]
        if power.role in APPROVING_ROLES:
            approving.setdefault(power.kinds, set()).add(power.org_id)
        if power.on_behalf_of is not None:
            parts = frozenset[str]().union(*(flow.parts_of(power.role) for flow in there))
            if parts:
                lent = _has_part({power.on_behalf_of}, parts=parts)
                circle.append(and_(lent, _of_kinds(there)))
    for kinds, org_ids in approving.items():
        there = [flow for flow in asked if not kinds or flow.kind in kinds]
        leads = Case.bureau_id.in_(org_ids)
        circle.append(and_(leads, _of_kinds(there)) if kinds else leads)
    return or_(*circle)


def _leading(org_id: int, org_kind: str, region_code: str) -> ColumnElement[bool]:
    if org_kind != "bureau":
        return Case.bureau_id == org_id
    low, high = region_range(region_code)
    if region_code[6:] == "000000" and region_code[4:6] != "00":
        return Case.scope_code == region_code  # a county: one bureau, one index range
    return Case.scope_code.between(low, high)


def get_visible(
    session: Session, model: type[CaseT], actor: Actor, case_id: int, *, lock: bool = False
) -> CaseT:
    """The case if it exists for the actor; NotVisible alike when hidden and when absent.

    With `lock`, PostgreSQL holds the row until the transaction ends (SQLite's writers already
    queue), and the row is read afresh.
    """
    query = select(model).where(model.id == case_id, visible(actor))
    if lock:
        query = query.with_for_update(of=Case).execution_options(populate_existing=True)
    case = session.scalars(query).one_or_none()
    if case is None:
        raise NotVisible(f"case {case_id}")
    return case


def may_see(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether a case exists for the actor: the same rule, asked of one row."""
    found = session.scalar(select(Case.id).where(Case.id == case_id, visible(actor)))
    return found is not None
