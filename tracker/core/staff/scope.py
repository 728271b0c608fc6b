"""Who reads and who keeps the register of statisticians (domain 3.9, "Staff filings")."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.errors import NotVisible
from tracker.core.registers.models import OrgKind
from tracker.core.registers.places import former_codes, region_range
from tracker.core.staff.models import Holding, Person

WRITING_ROLES = (Role.REGISTRAR, Role.TRAINER)
_BODY_ROLES = (*WRITING_ROLES, Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD)
_OWN_ROLES = (Role.TOWNSHIP_CLERK, Role.DEPT_APPROVER, Role.LIAISON)
READING_ROLES = (*_BODY_ROLES, *_OWN_ROLES)
_BODIES = frozenset({OrgKind.BUREAU.value, OrgKind.SURVEY_TEAM.value})


def ranges(actor: Actor, roles: Collection[Role] = _BODY_ROLES) -> list[tuple[str, str]]:
    """First and last code of the places whose people an actor reads, or writes, for a body."""
    codes = {p.region_code for p in actor.powers if p.role in roles and p.org_kind in _BODIES}
    # What was written down under a code that has become another belongs to the new place.
    codes |= {old for code in codes for old in former_codes(code)}
    return sorted(map(region_range, codes))


def readable(actor: Actor) -> ColumnElement[bool]:
    """The condition on people under which a row exists for this actor.

    A bureau reads the people of its region, a township those of the own place, a department
    those who hold or held a post of its own; an administrator nobody.
    """
    places, houses = set(ranges(actor)), set()
    for power in actor.powers:
        if power.role not in _OWN_ROLES or power.org_kind in _BODIES:
            continue
        if power.org_kind == OrgKind.TOWNSHIP.value:
            places.add(region_range(power.region_code))
        else:
            houses.add(power.org_id)
    ways: list[ColumnElement[bool]] = [
        Person.region_code.between(low, high) for low, high in sorted(places)
    ]
    if houses:
        ways.append(
            exists(
                select(Holding.id)
                .where(Holding.person_id == Person.id, Holding.org_id.in_(sorted(houses)))
                .correlate(Person)
            )
        )
    return or_(*ways) if ways else false()


def reads_any(actor: Actor) -> bool:
    """Whether an actor has a register of people to look at."""
    return any(p.role in READING_ROLES for p in actor.powers)


def may_read(session: Session, actor: Actor, person_id: int) -> bool:
    """Whether a person exists for the actor: the same rule, asked of one row."""
    query = select(Person.id).where(Person.id == person_id, readable(actor))
    return session.scalar(query) is not None


def get_person(session: Session, actor: Actor, person_id: int) -> Person:
    """A person the actor may read; NotVisible alike when hidden and when absent."""
    query = select(Person).where(Person.id == person_id, readable(actor))
    person = session.scalars(query).one_or_none()
    if person is None:
        raise NotVisible(f"person {person_id}")
    return person


def may_write(actor: Actor, region_code: str, org_id: int | None = None) -> bool:
    """Whether an actor keeps the register of a place, and of the departments there.

    An organisation's posts are kept by the bureau of its region, so `org_id` decides nothing.
    """
    del org_id
    return any(low <= region_code <= high for low, high in ranges(actor, WRITING_ROLES))
