"""`visible(actor)`: the only way to a row. Lists, counts, pages, files and exports all use it."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.models import Case, CaseExcludedOrg, CasePerson
from tracker.core.errors import NotVisible
from tracker.core.registers.places import region_range

CaseT = TypeVar("CaseT", bound=Case)

ORIGIN_ROLES = frozenset({Role.LIAISON, Role.DEPT_APPROVER, Role.TOWNSHIP_CLERK})
LEADING_ROLES = frozenset({Role.SUPERVISOR, Role.HEAD, Role.LEGAL_REVIEWER})
APPROVING_ROLES = frozenset({Role.SUPERVISOR, Role.HEAD})
# The part of somebody who has been recused: it opens nothing and closes everything (行政处罚法 43).
RECUSED = "recused"


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on `cases` under which a row exists for this actor.

    A department sees what it sent; a registrar what came to the bureau; leaders what the bureaus
    of their region have; an inspector only what is in the inspector's own hands. Above all of
    them stand clearance, the exclusion of the accused unit's own department, recusal (also of
    somebody one stands in for), and the circle of a restricted case: its people and the
    approvers of its own bureau. A role without a line here sees nothing.
    """
    ways: dict[tuple[object, ...], ColumnElement[bool]] = {}
    for power in actor.powers:
        if power.role in ORIGIN_ROLES:
            # What a bureau has of itself came from no other house: its officers' work alone.
            ways["origin", power.org_id] = and_(
                Case.origin_org_id == power.org_id,
                Case.bureau_id.is_distinct_from(power.org_id),
            )
        elif power.role is Role.REGISTRAR:
            ways["bureau", power.org_id] = Case.bureau_id == power.org_id
        elif power.role in LEADING_ROLES:
            ways["lead", power.org_id] = _leading(power.org_id, power.org_kind, power.region_code)
        elif power.role is Role.INSPECTOR:
            person = power.on_behalf_of or actor.user_id
            ways["part", person] = _has_part({person})
    if not ways:
        return false()
    excluded = exists(
        select(CaseExcludedOrg.case_id).where(
            CaseExcludedOrg.case_id == Case.id,
            CaseExcludedOrg.org_id.in_({p.org_id for p in actor.powers}),
        )
    )
    persons = {p.on_behalf_of or actor.user_id for p in actor.powers} | {actor.user_id}
    return and_(
        or_(*ways.values()),
        Case.confidentiality <= actor.clearance,
        ~excluded,
        ~_has_part(persons, recused=True),
        or_(~Case.restricted, _inside(actor, persons)),
    )


def _has_part(persons: set[int], *, recused: bool = False) -> ColumnElement[bool]:
    return exists(
        select(CasePerson.id).where(
            CasePerson.case_id == Case.id,
            CasePerson.user_id.in_(persons),
            CasePerson.ended_at.is_(None),
            CasePerson.part == RECUSED if recused else CasePerson.part != RECUSED,
        )
    )


def _inside(actor: Actor, persons: set[int]) -> ColumnElement[bool]:
    """Whether an actor is of the circle that knows of a restricted case."""
    approving = {p.org_id for p in actor.powers if p.role in APPROVING_ROLES}
    return (
        or_(_has_part(persons), Case.bureau_id.in_(approving)) if approving else _has_part(persons)
    )


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
