"""The register of respondent units: who may read it, finding a unit, writing one down."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.audit.service import record
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.core.errors import BadInput, NotVisible, Refusal, StepRefused, say
from tracker.core.registers.models import STRATA, Region, SubjectType, Unit
from tracker.core.registers.names import name_key
from tracker.core.registers.places import region_range
from tracker.core.registers.uscc import check_uscc, clean_uscc
from tracker.core.search.names import named

PAGE = 30
WRITING_ROLES = (Role.REGISTRAR, Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD)
READING_ROLES = (*WRITING_ROLES, Role.LEGAL_REVIEWER)
_BODIES = frozenset({"bureau", "survey_team"})
_LONGEST = {"name": 120, "legal_representative": 60, "address": 200}


@dataclass(frozen=True, slots=True)
class UnitData:
    """What the register says of a unit."""

    name: str
    region_code: str
    uscc: str | None = None
    subject_type: str = SubjectType.ENTERPRISE.value
    stratum: str = ""
    above_threshold: bool = False
    legal_representative: str = ""
    address: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """One page of units; `after` is the cursor of the next, None at the end."""

    rows: Sequence[Unit]
    total: int
    after: str | None


# ---------------------------------------------------------------- reading


def ranges(actor: Actor, roles: Collection[Role] = READING_ROLES) -> list[tuple[str, str]]:
    """First and last code of the places whose units an actor reads, or writes, for a body there."""
    return sorted(
        {
            region_range(p.region_code)
            for p in actor.powers
            if p.role in roles and p.org_kind in _BODIES
        }
    )


def within(actor: Actor, roles: Collection[Role] = READING_ROLES) -> ColumnElement[bool]:
    """The condition that a unit lies in a place of the actor's."""
    return or_(*(Unit.region_code.between(low, high) for low, high in ranges(actor, roles)))


def search_units(
    session: Session, actor: Actor, text: str = "", region: str = "", after: str = ""
) -> Found:
    """Units by words of their names or the beginning of their codes, in the order of names."""
    where = _asked(actor, text, region)
    total = session.scalar(select(func.count()).select_from(Unit).where(where)) or 0
    query = select(Unit).where(where).order_by(Unit.name_key, Unit.id).limit(PAGE + 1)
    mark, _, number = after.rpartition(".")
    if number.isascii() and number.isdigit() and len(number) < 10:
        query = query.where(tuple_(Unit.name_key, Unit.id) > (mark, int(number)))
    rows = list(session.scalars(query))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Found(rows[:PAGE], total, f"{last.name_key}.{last.id}" if last else None)


def every_unit(
    session: Session, actor: Actor, text: str = "", region: str = "", *, most: int
) -> list[Unit]:
    """All of the same units at once, in the same order, no more than so many."""
    query = select(Unit).where(_asked(actor, text, region)).order_by(Unit.name_key, Unit.id)
    return list(session.scalars(query.limit(most)))


def _asked(actor: Actor, text: str, region: str) -> ColumnElement[bool]:
    if not ranges(actor):
        raise NotVisible("units")
    parts = [within(actor)]
    if region:
        parts.append(Unit.region_code.between(*region_range(region)))
    return and_(*parts, *(_holds(word) for word in text.split()))


def _holds(word: str) -> ColumnElement[bool]:
    key, code = name_key(word), clean_uscc(word)
    by_name = Unit.name_key.contains(key, autoescape=True) if key else None
    by_code = Unit.uscc.startswith(code, autoescape=True) if code else None
    sounds = named("unit", word)
    by_sound = Unit.id.in_(sounds) if sounds is not None else None
    return or_(false(), *(c for c in (by_name, by_code, by_sound) if c is not None))


def get_unit(session: Session, actor: Actor, unit_id: int) -> Unit:
    """A unit of the actor's places, or of a case that the actor sees; NotVisible otherwise."""
    unit = session.get(Unit, unit_id)
    if unit is not None and ranges(actor):
        here = any(low <= unit.region_code <= high for low, high in ranges(actor))
        if here or session.scalar(
            select(Case.id).where(Case.unit_id == unit_id, visible(actor)).limit(1)
        ):
            return unit
    raise NotVisible(f"unit {unit_id}")


def may_write(actor: Actor, unit: Unit) -> bool:
    """Whether a unit lies where the actor keeps the register."""
    return any(low <= unit.region_code <= high for low, high in ranges(actor, WRITING_ROLES))


# ---------------------------------------------------------------- writing


def save_unit(
    session: Session,
    actor: Actor,
    data: UnitData,
    *,
    now: datetime,
    unit_id: int | None = None,
    request_id: str | None = None,
) -> Unit:
    """Add a unit, or change the one named; BadInput names the field that is wrong."""
    if not ranges(actor, WRITING_ROLES):
        raise StepRefused([Refusal(say("调查对象名录由统计机构的人员维护。"))], "save_unit")
    data = checked(data)
    check_place(session, actor, data.region_code)
    unit = None
    if unit_id is not None:
        unit = get_unit(session, actor, unit_id)
        if not may_write(actor, unit):
            raise StepRefused([Refusal(say("这家单位不在您的地区，由所在地维护。"))], "save_unit")
    refuse_twin(session, data, but=unit_id)
    before = as_data(unit) if unit is not None else None
    unit = write(session, unit, data)
    session.flush()
    record(
        session,
        tag="unit.add" if before is None else "unit.change",
        at=now,
        actor_id=actor.user_id,
        object=f"unit:{unit.id}",
        request_id=request_id,
        details=changes(before, data),
    )
    return unit


def checked(data: UnitData) -> UnitData:
    """The same as it should be written; what no register may hold raises BadInput."""
    given = asdict(data)
    for field, most in _LONGEST.items():
        given[field] = given[field].strip()
        if len(given[field]) > most:
            raise BadInput(field, say("最多 %(most)s 个字。", most=most))
    if not name_key(given["name"]):
        raise BadInput("name", say("请填单位名称。"))
    if given["uscc"]:
        if (problem := check_uscc(given["uscc"])) is not None:
            raise BadInput("uscc", problem)
        given["uscc"] = clean_uscc(given["uscc"])
    given["uscc"] = given["uscc"] or None
    if given["subject_type"] not in set(SubjectType):
        raise BadInput("subject_type", say("请选主体类型。"))
    if given["stratum"] not in STRATA:
        raise BadInput("stratum", say("请选行业。"))
    return UnitData(**given)


def check_place(session: Session, actor: Actor, code: str) -> None:
    """A unit is written down where its writer keeps the register, at a place there is."""
    if session.get(Region, code) is None:
        raise BadInput("region_code", say("没有区划代码“%(code)s”，请核对 12 位代码。", code=code))
    if not any(low <= code <= high for low, high in ranges(actor, WRITING_ROLES)):
        raise BadInput("region_code", say("只能登记本地区的单位。"))


def refuse_twin(session: Session, data: UnitData, *, but: int | None) -> None:
    """One code is one unit, and without a code one name at a place is."""
    if data.uscc:
        twin, field = Unit.uscc == data.uscc, "uscc"
    else:
        same = (Unit.name_key == name_key(data.name), Unit.region_code == data.region_code)
        twin, field = and_(*same), "name"
    found = session.scalars(select(Unit.id).where(twin, Unit.id != (but or 0)).limit(1)).first()
    if found is not None:
        if field == "uscc":
            raise BadInput(field, say("这个代码已经登记在另一家单位名下，请先查名录。"))
        raise BadInput(field, say("这个地区已经有同名的单位；不是同一家的，请填信用代码。"))


def write(session: Session, unit: Unit | None, data: UnitData) -> Unit:
    """Put checked data into a row, new or known; the caller flushes."""
    if unit is None:
        unit = Unit()
        session.add(unit)
    for field, value in asdict(data).items():
        setattr(unit, field, value)
    unit.name_key = name_key(data.name)
    return unit


def as_data(unit: Unit) -> UnitData:
    """What the register says of a unit now."""
    return UnitData(**{field: getattr(unit, field) for field in UnitData.__slots__})


def changes(before: UnitData | None, after: UnitData) -> dict[str, object]:
    """What an audit row says of a change: fields that differ, with both values."""
    new = asdict(after)
    if before is None:
        return {"after": new}
    old = asdict(before)
    moved = [f for f in new if new[f] != old[f]]
    return {"before": {f: old[f] for f in moved}, "after": {f: new[f] for f in moved}}
