"""What a case that grows out of another begins with: its bureau, its officer, its number.

Whoever could not see the first case does not see the next either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.cases.engine import Taking, open_case
from tracker.core.cases.guards import part_holders
from tracker.core.cases.models import Case, CaseExcludedOrg, CasePerson
from tracker.core.cases.opening import Seed
from tracker.core.cases.scope import RECUSED
from tracker.core.clock import office_date
from tracker.core.documents.numbering import draw
from tracker.core.errors import BadInput, Refusal, StepRefused, say
from tracker.core.registers.models import Organisation

CaseT = TypeVar("CaseT", bound=Case)
# Bureaus and survey teams handle cases; departments and townships do not.
_HOUSES = ("bureau", "survey_team")


def house_of(
    session: Session, actor: Actor, roles: Collection[Role], origin: Case | None = None
) -> Organisation:
    """The statistics body that has the case: that of the origin, else one the actor acts for."""
    if origin is not None and origin.bureau_id is not None:
        return session.get_one(Organisation, origin.bureau_id)
    for power in actor.powers:
        if power.role in roles and power.org_kind in _HOUSES:
            return session.get_one(Organisation, power.org_id)
    raise StepRefused([Refusal(say("您的岗位不能登记这类事项。"))])


def opener_of(actor: Actor, roles: Collection[Role], org_id: int) -> int:
    """Whose part the opener takes: one's own power before one held for somebody else."""
    return _stands_for(actor, roles, org_id) or actor.user_id


def _stands_for(actor: Actor, roles: Collection[Role], org_id: int) -> int | None:
    own_first = sorted(actor.powers, key=lambda p: p.on_behalf_of is not None)
    power = next((p for p in own_first if p.role in roles and p.org_id == org_id), None)
    return None if power is None else power.on_behalf_of or actor.user_id


def officer_for(
    session: Session,
    actor: Actor,
    seed: Seed,
    house: Organisation,
    now: datetime,
    *,
    part: str = "handler",
) -> int:
    """The officer in charge: the one the seed names for a part, else the inspector who opens it.

    BadInput for somebody who is no inspector there or may not see the case.
    """
    user_id = seed.people.get(part) or _stands_for(actor, (Role.INSPECTOR,), house.id)
    inspectors = people_in(session, house.id, Role.INSPECTOR, office_date(now))
    user = next((u for u in inspectors if u.id == user_id), None)
    if user is None:
        raise BadInput(part, say("请选一名本单位的执法检查人员。"))
    if user.clearance < seed.confidentiality or user.id in _recused(session, seed.origin):
        raise BadInput(
            part, say("%(who)s 不能办理本件：涉密权限不够，或者已经回避。", who=user.name)
        )
    return user.id


def begin(
    session: Session,
    case: CaseT,
    step: str,
    actor: Actor,
    seed: Seed,
    house: Organisation,
    *,
    letter: str,
    parts: Mapping[str, int],
    inputs: Mapping[str, Any],
    now: datetime,
    request_id: str | None,
) -> CaseT:
    """Take the opening step of a case made from a seed, number it and make it findable.

    `letter` is the type of its number. BadInput when the opener could not see the case then.
    """
    if seed.confidentiality > actor.clearance:
        raise BadInput("confidentiality", say("密级不能高于您自己的涉密权限。"))
    case.region_code = seed.region_code
    case.origin_org_id = case.bureau_id = house.id
    case.scope_code = house.region_code if house.kind == "bureau" else ""
    case.confidentiality = seed.confidentiality
    case.unit_id = seed.unit_id
    case.channel = seed.source
    taking = Taking(
        parts=dict(parts),
        fields={k: v for k, v in inputs.items() if k != "note"},
        details={"unit": seed.unit_name, "origin": seed.origin.id if seed.origin else None},
        request_id=request_id,
        apply=lambda: _inherit(session, seed.origin, case, now),
    )
    open_case(session, case, step, actor, now=now, taking=taking)
    case.number = draw(
        session,
        org_id=house.id,
        prefix=house.doc_prefix,
        kind=letter,
        case_id=case.id,
        now=now,
    )
    session.flush()
    return case


def _inherit(session: Session, origin: Case | None, case: Case, now: datetime) -> None:
    """Who is shut out of the first case, by organisation or by recusal, is shut out of this one."""
    if origin is None:
        return
    shut = select(CaseExcludedOrg.org_id).where(CaseExcludedOrg.case_id == origin.id)
    for org_id in session.scalars(shut).all():
        session.add(CaseExcludedOrg(case_id=case.id, org_id=org_id))
    for user_id in _recused(session, origin):
        session.add(CasePerson(case_id=case.id, user_id=user_id, part=RECUSED, since=now))
    session.flush()


def _recused(session: Session, origin: Case | None) -> list[int]:
    return [] if origin is None else part_holders(session, origin.id, RECUSED)


def contact(session: Session, case: Case) -> str:
    """The officer in charge with the telephone number, as a letter names them."""
    holders = part_holders(session, case.id, "handler")
    user = session.get(User, holders[0]) if holders else None
    return f"{user.name} {user.phone or ''}".strip() if user is not None else ""
