"""The plan's list of objects: added by filter, one by one, or from a list; all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.errors import BadInput, say
from tracker.core.registers.models import SubjectType, Unit
from tracker.core.registers.names import name_key
from tracker.core.registers.places import contains, region_range
from tracker.core.registers.units import record_unit
from tracker.core.registers.uscc import clean_uscc
from tracker.workflows.plans.items import STRATA, stratum_of
from tracker.workflows.plans.listing import read_list
from tracker.workflows.plans.models import Plan, PlanObject

_MOST_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to add: a filter of the register, one unit, or a list."""

    region_code: str = ""
    stratum: str = ""
    above_only: bool = False
    one: str = ""
    listed: str = ""


def find(session: Session, plan: Plan, wanted: Wanted, within: str) -> list[PlanObject]:
    """The objects that would be added, none of which the plan has yet.

    Raises BadInput with the field at fault; new units of a list go into the register.
    """
    if wanted.listed.strip():
        return _fresh(session, plan, _from_list(session, plan, wanted.listed, within), "list")
    if wanted.one.strip():
        unit = unit_named(session, wanted.one, within)
        chosen = wanted.stratum or stratum_of(unit.stratum)
        return _fresh(session, plan, [_object(plan, unit, chosen)], "one")
    return _fresh(session, plan, _from_register(session, plan, wanted, within), "region_code")


def _from_register(session: Session, plan: Plan, wanted: Wanted, within: str) -> list[PlanObject]:
    if not wanted.region_code and not wanted.stratum:
        raise BadInput("region_code", say("请选地区或类别，或者填单位、粘贴名单。"))
    if wanted.stratum and wanted.stratum not in STRATA:
        raise BadInput("stratum", say("没有这一类。"))
    region = _whole(wanted.region_code) or within
    if not contains(within, region):
        raise BadInput("region_code", say("不在本单位管辖的地区。"))
    query = (
        select(Unit)
        .where(
            Unit.region_code.between(*region_range(region)),
            Unit.active,
            # Organs and persons are no objects of random checks of enterprises.
            Unit.subject_type.not_in([SubjectType.ORGAN, SubjectType.PERSON]),
        )
        .order_by(Unit.id)
        .limit(_MOST_AT_ONCE + 1)
    )
    if wanted.stratum:
        query = query.where(Unit.stratum.in_(STRATA[wanted.stratum].covers))
    if wanted.above_only:
        query = query.where(Unit.above_threshold)
    units = session.scalars(query).all()
    if len(units) > _MOST_AT_ONCE:
        raise BadInput(
            "region_code", say("超过 %(most)s 个，请选小一些的地区。", most=_MOST_AT_ONCE)
        )
    return [_object(plan, unit, stratum_of(unit.stratum)) for unit in units]


def _whole(code: str) -> str:
    """A place code in full; what is no code is a BadInput."""
    if code and not (code.isascii() and code.isdigit() and len(code) in (2, 4, 6, 9, 12)):
        raise BadInput("region_code", say("区划代码要填 6、9 或 12 位数字。"))
    return code.ljust(12, "0") if code else ""


def _from_list(session: Session, plan: Plan, text: str, within: str) -> list[PlanObject]:
    rows = read_list(session, text, within)  # nothing is written unless every row is good
    found = []
    for row in rows:
        unit = record_unit(session, row.name, row.uscc, row.region_code)
        found.append(_object(plan, unit, row.stratum))
    return found


def unit_named(session: Session, text: str, within: str) -> Unit:
    """The one unit of the register with this name or credit code inside a region."""
    found = session.scalars(
        select(Unit)
        .where(
            (Unit.uscc == clean_uscc(text)) | (Unit.name_key == name_key(text)),
            Unit.region_code.between(*region_range(within)),
        )
        .order_by(Unit.id)
        .limit(2)
    ).all()
    if not found:
        raise BadInput("one", say("名录库里没有这个单位，请核对，或者用名单添加。"))
    if len(found) > 1:
        raise BadInput("one", say("有几个单位叫这个名称，请改填统一社会信用代码。"))
    return found[0]


def listed(session: Session, plan: Plan, text: str, field: str) -> PlanObject:
    """The one object of the plan with this name or credit code; BadInput(field) otherwise."""
    found = session.scalars(
        select(PlanObject)
        .join(Unit, Unit.id == PlanObject.unit_id)
        .where(
            PlanObject.plan_id == plan.id,
            (PlanObject.uscc == clean_uscc(text)) | (Unit.name_key == name_key(text)),
        )
        .limit(2)
    ).all()
    if len(found) != 1:
        raise BadInput(field, say("名单里没有这个单位，或者不止一个，请填统一社会信用代码。"))
    return found[0]


def _object(plan: Plan, unit: Unit, stratum: str) -> PlanObject:
    return PlanObject(
        plan_id=plan.id,
        unit_id=unit.id,
        stratum=stratum,
        name=unit.name,
        uscc=unit.uscc,
        region_code=unit.region_code,
    )


def _fresh(
    session: Session, plan: Plan, objects: Sequence[PlanObject], field: str
) -> list[PlanObject]:
    """Those that the plan does not have yet, each once."""
    known = set(session.scalars(select(PlanObject.unit_id).where(PlanObject.plan_id == plan.id)))
    found: list[PlanObject] = []
    for one in objects:
        if one.unit_id not in known:
            known.add(one.unit_id)
            found.append(one)
    if not found:
        raise BadInput(field, say("没有可以新加的单位：没有符合的，或者都已在名单里。"))
    return found
