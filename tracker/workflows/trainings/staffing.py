"""Who is asked to a session, who must come, and whom a unit may send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.models import CaseGuest
from tracker.core.registers.models import Organisation, OrgKind
from tracker.core.registers.places import region_range
from tracker.core.staff import register
from tracker.core.staff.coverage import hours_rule
from tracker.core.staff.models import Holding, Person, TrainingKind, TrainingRecord
from tracker.workflows.trainings.models import Training

# Who sends people for a unit that is invited.
SENDING_ROLES = (Role.LIAISON, Role.DEPT_APPROVER, Role.TOWNSHIP_CLERK, Role.REGISTRAR)
# Who hears of a session at a unit of each kind.
HEARING_ROLES: Mapping[str, Role] = {
    OrgKind.DEPARTMENT: Role.LIAISON,
    OrgKind.TOWNSHIP: Role.TOWNSHIP_CLERK,
    OrgKind.OTHER: Role.TOWNSHIP_CLERK,
    OrgKind.BUREAU: Role.REGISTRAR,
}
_INVITED: Mapping[str, tuple[OrgKind, ...]] = {
    "county": (OrgKind.BUREAU,),
    "township": (OrgKind.TOWNSHIP,),
    "village": (OrgKind.TOWNSHIP, OrgKind.OTHER),
    "department": (OrgKind.DEPARTMENT,),
    "all": (OrgKind.BUREAU, OrgKind.TOWNSHIP, OrgKind.OTHER, OrgKind.DEPARTMENT),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """Somebody who can be on the list: by which unit, and why they must come, if they must."""

    person_id: int
    org_id: int | None
    must: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """On whose side somebody looks at a session: the organiser's, or that of some guests."""

    organiser: bool
    org_ids: frozenset[int]

    def covers(self, org_id: int | None) -> bool:
        """Whether a person sent by a unit is in this hand."""
        return self.organiser or org_id in self.org_ids


def side_of(session: Session, training: Training, actor: Actor) -> Side:
    """What somebody who sees the session may do with its list."""
    houses = actor.orgs(*SENDING_ROLES)
    found = session.scalars(
        select(CaseGuest.org_id).where(
            CaseGuest.case_id == training.id, CaseGuest.org_id.in_(houses)
        )
    )
    return Side(actor.has(Role.TRAINER, training.bureau_id), frozenset(found))


# ---------------------------------------------------------------- units


def units_to_invite(session: Session, training: Training) -> list[Organisation]:
    """Every unit in use of the audience in the bureau's region, but for the bureau itself."""
    house = session.get_one(Organisation, training.bureau_id)
    return list(
        session.scalars(
            select(Organisation)
            .where(
                Organisation.active,
                Organisation.id != house.id,
                Organisation.kind.in_(_INVITED[training.audience]),
                Organisation.region_code.between(*region_range(house.region_code)),
            )
            .order_by(Organisation.region_code, Organisation.id)
        )
    )


def guests_of(session: Session, case_id: int) -> list[Organisation]:
    """The units that were invited."""
    query = select(Organisation).join(CaseGuest, CaseGuest.org_id == Organisation.id)
    return list(session.scalars(query.where(CaseGuest.case_id == case_id)))


def _sender(holding: Holding, units: Sequence[Organisation]) -> int | None:
    """The unit that answers for a post: the department, else the nearest place above it."""
    if holding.org_id in {u.id for u in units}:
        return holding.org_id
    near = [
        u for u in units if u.kind != OrgKind.DEPARTMENT and _in(u.region_code, holding.region_code)
    ]
    if not near:
        return None
    return max(near, key=lambda u: len(u.region_code.rstrip("0"))).id


def _in(outer: str, inner: str) -> bool:
    low, high = region_range(outer)
    return low <= inner <= high


# ---------------------------------------------------------------- people


def _in_post(today: date) -> ColumnElement[bool]:
    """Posts that are held, also by whoever waits for induction to begin."""
    return or_(Holding.until.is_(None), Holding.until >= today)


def _of_audience(audience: str) -> ColumnElement[bool]:
    """Posts of an audience; needs the outer join to the organisation of the post."""
    of_department = and_(Holding.org_id.is_not(None), Organisation.kind == OrgKind.DEPARTMENT.value)
    village = func.substr(Holding.region_code, 10, 3) != "000"
    below_county = func.substr(Holding.region_code, 7, 6) != "000000"
    ways: dict[str, ColumnElement[bool]] = {
        "all": true(),
        "department": of_department,
        "village": village,
        "township": and_(below_county, ~village),
        "county": ~below_county,
    }
    found = ways[audience]
    if audience in ("all", "department"):
        return found
    return and_(found, func.coalesce(Organisation.kind, "") != OrgKind.DEPARTMENT.value)


def _of_unit(unit: Organisation) -> ColumnElement[bool]:
    """Posts that a unit answers for."""
    if unit.kind == OrgKind.DEPARTMENT:
        return Holding.org_id == unit.id
    inside = Holding.region_code.between(*region_range(unit.region_code))
    if unit.kind == OrgKind.BUREAU:
        return inside
    return and_(inside, or_(Holding.org_id.is_(None), Holding.org_id == unit.id))


def _people(
    session: Session, today: date, *where: ColumnElement[bool]
) -> list[tuple[Person, Holding]]:
    """People with the post that counts, each once, the latest post first."""
    rows = session.execute(
        select(Person, Holding)
        .join(Holding, Holding.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == Holding.org_id)
        .where(_in_post(today), *where)
        .order_by(Holding.region_code, Person.name_key, Person.id, Holding.since.desc())
    )
    found: dict[int, tuple[Person, Holding]] = {}
    for person, holding in rows:
        found.setdefault(person.id, (person, holding))
    return list(found.values())


def sendable(
    session: Session, training: Training, side: Side, today: date
) -> list[tuple[Person, Holding]]:
    """Whom this side may put on the list, with the post: its own people of the audience.

    The organiser takes anybody of the region.
    """
    if side.organiser:
        house = session.get_one(Organisation, training.bureau_id)
        return _people(session, today, _of_unit(house))
    units = session.scalars(select(Organisation).where(Organisation.id.in_(side.org_ids))).all()
    if not units:
        return []
    own = or_(*(_of_unit(unit) for unit in units))
    return _people(session, today, own, _of_audience(training.audience))


def sent_by(session: Session, training: Training, people: Iterable[Holding]) -> list[Sent]:
    """Each person with the unit that answers for the post."""
    units = guests_of(session, training.id)
    return [Sent(h.person_id, _sender(h, units)) for h in people]


def must_come(session: Session, training: Training, today: date) -> list[Sent]:
    """Who has to be on the list (domain 3.8, Y3): the new, the failed, those short of hours."""
    house = session.get_one(Organisation, training.bureau_id)
    rows = _people(session, today, _of_unit(house), _of_audience(training.audience))
    people = {person.id: person for person, _ in rows}
    why = _why(session, training, people, today)
    units = guests_of(session, training.id)
    found = [
        Sent(person.id, _sender(holding, units), why[person.id])
        for person, holding in rows
        if person.id in why
    ]
    return sorted(found, key=lambda s: ("new", "failed", "hours").index(s.must))


def _why(
    session: Session, training: Training, people: Mapping[int, Person], today: date
) -> dict[int, str]:
    failed = dict.fromkeys(_failed(session, training.topic, people), "failed")
    if training.topic == TrainingKind.INDUCTION:
        known = register.inducted(session, list(people), today)
        return {**dict.fromkeys((p for p in people if p not in known), "new"), **failed}
    return {**dict.fromkeys(_short(session, training, people, today), "hours"), **failed}


def _failed(session: Session, topic: str, people: Mapping[int, Person]) -> set[int]:
    """Those whose last training of this kind was not passed."""
    rows = session.execute(
        select(TrainingRecord.person_id, TrainingRecord.passed)
        .where(TrainingRecord.person_id.in_(people), TrainingRecord.kind == topic)
        .order_by(TrainingRecord.held_on, TrainingRecord.id)
    ).all()
    last: dict[int, bool] = {row.person_id: row.passed for row in rows}
    return {person_id for person_id, passed in last.items() if not passed}


def _short(
    session: Session, training: Training, people: Mapping[int, Person], today: date
) -> set[int]:
    """Professional staff without the hours of the year (专业技术人员继续教育规定 8)."""
    quota = hours_rule(training.region_code, today).quota
    if quota is None:
        return set()
    bound = [p.id for p in people.values() if p.rank]
    done = register.hours_in(session, bound, today.year)
    return {p for p in bound if done.get(p, Decimal(0)) < Decimal(quota.least or 0)}
