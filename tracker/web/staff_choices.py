"""What the forms of the register of statisticians offer to choose from."""

from __future__ import annotations

from flask_babel import gettext
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import Grant, User
from tracker.core.registers.models import Organisation, OrgKind, Region, RegionLevel
from tracker.core.registers.places import region_range
from tracker.core.staff.models import Holding, Person
from tracker.core.staff.scope import WRITING_ROLES, ranges, readable

Choices = list[tuple[str, str]]
_NO_PLACES = ("市辖区", "县")


def writing_places(session: Session, actor: Actor) -> Choices:
    """Places a person may be written down at: a county down to its villages, else to townships."""
    found: dict[str, str] = {}
    for low, high in ranges(actor, WRITING_ROLES):
        levels = [RegionLevel.CITY, RegionLevel.COUNTY, RegionLevel.TOWNSHIP]
        if low[4:6] != "00":
            levels.append(RegionLevel.VILLAGE)
        rows = session.execute(
            select(Region.code, Region.name, Region.level)
            .where(Region.code.between(low, high), Region.level.in_(levels))
            .order_by(Region.code)
        ).all()
        names = {r.code: r.name for r in rows}
        for row in rows:
            above = names.get(row.code[:9] + "000", "") if row.level == RegionLevel.VILLAGE else ""
            if row.name not in _NO_PLACES:
                found[row.code] = above + row.name
    return list(found.items())


def departments(session: Session, actor: Actor) -> Choices:
    """Departments of the places an actor keeps, behind the place's own posts."""
    within = [Organisation.region_code.between(*r) for r in ranges(actor, WRITING_ROLES)]
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(or_(*within), Organisation.kind == OrgKind.DEPARTMENT, Organisation.active)
        .order_by(Organisation.region_code, Organisation.name)
    )
    return [("", gettext("不是部门的岗位")), *((str(r.id), r.name) for r in rows)]


def successors(session: Session, actor: Actor, holding: Holding) -> Choices:
    """Who may come after somebody: people the actor reads of, with their record at that place."""
    rows = session.execute(
        select(Person.id, Person.name)
        .where(
            Person.region_code.between(*region_range(holding.region_code)),
            Person.id != holding.person_id,
            readable(actor),
        )
        .order_by(Person.name_key, Person.id)
    )
    return [("", gettext("没有")), *((str(r.id), r.name) for r in rows)]


def accounts(session: Session, actor: Actor, person: Person | None) -> Choices:
    """Accounts of the places an actor keeps that are nobody's yet, and the person's own."""
    within = [Organisation.region_code.between(*r) for r in ranges(actor, WRITING_ROLES)]
    taken = select(Person.user_id).where(Person.user_id.is_not(None))
    own = None if person is None else person.user_id
    rows = session.execute(
        select(User.id, User.name, User.username)
        .join(Grant, Grant.user_id == User.id)
        .join(Organisation, Organisation.id == Grant.org_id)
        .where(User.active, or_(User.id == own, (User.id.not_in(taken)) & or_(*within)))
        .group_by(User.id, User.name, User.username)
        .order_by(User.name, User.id)
    )
    label = gettext("没有账号")
    return [("", label), *((str(r.id), f"{r.name}（{r.username}）") for r in rows)]
