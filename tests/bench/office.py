"""One county bureau, its departments and its people: the place all measured cases belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.accounts.sessions import open_session
from tracker.core.calendar import store
from tracker.core.registers.models import Officer, Organisation
from tracker.core.registers.places import seed_regions

COUNTY = "150602000000"
TOWNS = ("150602001000", "150602101000", "150602102000")
_DEPARTMENTS = ("工信", "发改", "商务", "住建", "交通", "农牧", "能源")
_BEGIN, _END = date(2015, 1, 1), date(2040, 12, 31)
_BUREAU_ROLES = (
    ("registrar", Role.REGISTRAR),
    ("inspector1", Role.INSPECTOR),
    ("inspector2", Role.INSPECTOR),
    ("inspector3", Role.INSPECTOR),
    ("supervisor", Role.SUPERVISOR),
    ("head", Role.HEAD),
)


@dataclass
class Office:
    """Ids of the bureau, of its departments, and of people by their part."""

    bureau: int = 0
    departments: list[int] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)

    @property
    def inspectors(self) -> list[int]:
        """The three who verify."""
        return [self.people[f"inspector{n}"] for n in (1, 2, 3)]


def open_office(session: Session, now: datetime) -> Office:
    """Calendar, places, organisations and people, in the caller's transaction."""
    store.seed(session, now)
    seed_regions(session)
    office = Office()
    office.bureau = _organisation(session, "东胜区统计局", "bureau", "东统")
    for role_name, role in _BUREAU_ROLES:
        hire(session, office, role_name, office.bureau, role, now)
    for number, name in enumerate(_DEPARTMENTS):
        org_id = _organisation(session, f"东胜区{name}局", "department", f"东{name}")
        office.departments.append(org_id)
        hire(session, office, f"liaison{number}", org_id, Role.LIAISON, now)
        hire(session, office, f"approver{number}", org_id, Role.DEPT_APPROVER, now)
    for number, user_id in enumerate(office.inspectors):
        session.add(
            Officer(
                user_id=user_id, certificate_no=f"示例-{number}", valid_from=_BEGIN, valid_to=_END
            )
        )
    session.flush()
    return office


def log_in(session: Session, user_id: int, now: datetime) -> str:
    """A login without a password; the value of the cookie `tracker_session`."""
    return open_session(session, user_id, privileged=False, user_agent="bench", now=now)


def _organisation(session: Session, name: str, kind: str, prefix: str) -> int:
    org = Organisation(
        name=name, short_name=name[-5:], kind=kind, region_code=COUNTY, doc_prefix=prefix
    )
    session.add(org)
    session.flush()
    return org.id


def hire(
    session: Session, office: Office, part: str, org_id: int, role: Role, now: datetime
) -> int:
    """A person with one role at one organisation, known in the office by their part."""
    user = User(
        username=part,
        name=f"示例{len(office.people) + 1}",
        active=True,
        clearance=3,
        must_change=False,
        created_at=now,
    )
    session.add(user)
    session.flush()
    session.add(Grant(user_id=user.id, org_id=org_id, role=role.value, valid_from=_BEGIN))
    office.people[part] = user.id
    return user.id
