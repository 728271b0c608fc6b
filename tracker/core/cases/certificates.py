"""Enforcement certificates as a register: who holds which until when, and what runs out.

Nobody checks a unit without a valid one (统计法实施条例 36; 统计执法证管理办法).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.audit.models import AuditRow
from tracker.core.audit.service import record
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases.models import Case, CasePerson
from tracker.core.cases.scope import APPROVING_ROLES, RECUSED, visible
from tracker.core.cases.unitbook import READING_ROLES
from tracker.core.errors import BadInput, NotVisible, Refusal, StepRefused, say
from tracker.core.registers.models import Officer, Organisation
from tracker.core.registers.places import region_range
from tracker.core.reminders.plan import warning_day
from tracker.core.rulebook.model import RungKind
from tracker.core.rulebook.reminders import Rung
from tracker.core.search.names import named

RULE = "OWN-CERT"
_LONGEST_NUMBER, _LONGEST_REASON = 40, 200
_BODIES = ("bureau", "survey_team")
_DAY = timedelta(days=1)
_MOST_FOUND = 60
# The part of the person who is asked about, beside the parts that say who sees a case.
_Part = aliased(CasePerson)


class Light(StrEnum):
    """How a certificate stands today."""

    NONE = "none"
    EXPIRED = "expired"
    SOON = "soon"
    NEAR = "near"
    VALID = "valid"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Cover:
    """The certificate a person shows today, and until when this and those that follow hold."""

    officer: Officer
    ends: date


@dataclass(frozen=True, slots=True)
class Holder:
    """One person who checks units: what certificate there is, and how it stands."""

    user_id: int
    name: str
    org_id: int
    org: str
    cover: Cover | None
    light: Light
    left: int
    open_cases: int


# ---------------------------------------------------------------- reading


def cover_of(certificates: Iterable[Officer], today: date) -> Cover | None:
    """What a person holds today, else what comes next, else what held last."""
    known = sorted(certificates, key=lambda o: (o.valid_to, o.id))
    valid = [o for o in known if o.valid_from <= today <= o.valid_to]
    coming = [o for o in known if o.valid_from > today]
    shown = (valid or coming[:1] or known)[-1:]
    if not shown:
        return None
    ends = shown[0].valid_to
    for follower in sorted(known, key=lambda o: o.valid_from):
        if follower.valid_from <= ends + _DAY:
            ends = max(ends, follower.valid_to)
    return Cover(shown[0], ends)


def light_of(
    cover: Cover | None, today: date, rungs: Iterable[Rung], calendar: Calendar
) -> tuple[Light, int]:
    """How a certificate stands, and the days left: near from the first reminder, soon after it."""
    if cover is None:
        return Light.NONE, 0
    left = (cover.ends - today).days
    if left < 0:
        return Light.EXPIRED, left
    if cover.officer.valid_from > today:
        return Light.NOT_YET, left
    warnings = [r for r in rungs if r.kind is RungKind.BEFORE]
    passed = sum(warning_day(r, cover.ends, calendar) <= today for r in warnings)
    if not passed:
        return Light.VALID, left
    return (Light.NEAR if passed == 1 and len(warnings) > 1 else Light.SOON), left


def bodies(session: Session, actor: Actor) -> list[Organisation]:
    """The bodies whose officers an actor reads: the own ones; for leaders, those below too."""
    own = {p.org_id for p in actor.powers if p.org_kind in _BODIES}
    ways: list[ColumnElement[bool]] = [Organisation.id.in_(own)]
    ways += [
        Organisation.region_code.between(*region_range(p.region_code))
        & (Organisation.kind == "bureau")
        for p in actor.powers
        if p.role in APPROVING_ROLES and p.org_kind == "bureau"
    ]
    return list(
        session.scalars(
            select(Organisation)
            .where(or_(*ways), Organisation.active)
            .order_by(Organisation.region_code, Organisation.id)
        )
    )


def holders(
    session: Session,
    actor: Actor,
    orgs: Collection[Organisation],
    today: date,
    rungs: Iterable[Rung],
) -> list[Holder]:
    """The inspectors of some bodies, those whose certificate ends first before all others."""
    calendar, rungs = calendar_store.load(session), list(rungs)
    names = {org.id: org.short_name for org in orgs}
    people = session.execute(
        select(User.id, User.name, Grant.org_id)
        .join(Grant, Grant.user_id == User.id)
        .where(
            Grant.org_id.in_(names),
            Grant.role == Role.INSPECTOR.value,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
            User.active,
        )
        .order_by(User.id)
    ).all()
    covers = covers_of(session, {p.id for p in people}, today)
    blocked = open_tasks(session, actor, {p.id for p in people})
    found = []
    for person in people:
        cover = covers.get(person.id)
        light, left = light_of(cover, today, rungs, calendar)
        found.append(
            Holder(
                person.id,
                person.name,
                person.org_id,
                names[person.org_id],
                cover,
                light,
                left,
                blocked.get(person.id, 0),
            )
        )
    return sorted(found, key=lambda h: (h.cover is not None, h.left, h.user_id))


def find_officers(
    session: Session, actor: Actor, text: str, today: date
) -> list[tuple[int, str, str]]:
    """Inspectors of the reader's bodies by a part of their names or as these are spoken.

    Id, name and body of each; nobody for who does not read the register.
    """
    if not any(p.role in READING_ROLES for p in actor.powers) or not text.strip():
        return []
    rows = session.execute(
        select(User.id, User.name, Organisation.short_name)
        .join(Grant, Grant.user_id == User.id)
        .join(Organisation, Organisation.id == Grant.org_id)
        .where(
            *map(_is_called, text.split()),
            Grant.org_id.in_({org.id for org in bodies(session, actor)}),
            Grant.role == Role.INSPECTOR.value,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
            User.active,
        )
        .order_by(User.name, User.id)
        .limit(_MOST_FOUND)
    )
    return [(row.id, row.name, row.short_name) for row in rows]


def _is_called(word: str) -> ColumnElement[bool]:
    by_name, sounds = User.name.contains(word, autoescape=True), named("user", word)
    return by_name if sounds is None else or_(by_name, User.id.in_(sounds))


def covers_of(session: Session, user_ids: Collection[int], today: date) -> dict[int, Cover]:
    """What each of some people holds; those without any certificate are left out."""
    own: dict[int, list[Officer]] = {}
    for row in session.scalars(select(Officer).where(Officer.user_id.in_(user_ids))):
        own.setdefault(row.user_id, []).append(row)
    covers = {user_id: cover_of(rows, today) for user_id, rows in own.items()}
    return {user_id: cover for user_id, cover in covers.items() if cover is not None}


def open_tasks(session: Session, actor: Actor, user_ids: Collection[int]) -> dict[int, int]:
    """In how many open cases, of those the reader sees, each person has a part."""
    rows = session.execute(
        select(_Part.user_id, func.count(func.distinct(Case.id)))
        .join(Case, Case.id == _Part.case_id)
        .where(*_tasks(actor, user_ids))
        .group_by(_Part.user_id)
    )
    return dict(rows.all())


def tasks_of(session: Session, actor: Actor, user_id: int) -> list[Case]:
    """The open cases a person has a part in, as far as the reader sees them."""
    return list(
        session.scalars(
            select(Case)
            .join(_Part, _Part.case_id == Case.id)
            .where(*_tasks(actor, [user_id]))
            .distinct()
            .order_by(Case.due_order, Case.id)
        )
    )


def _tasks(actor: Actor, user_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        _Part.user_id.in_(user_ids),
        _Part.ended_at.is_(None),
        _Part.part != RECUSED,
        Case.closed_at.is_(None),
        visible(actor),
    )


def certificates_of(session: Session, user_id: int) -> list[Officer]:
    """Every certificate a person has had, the latest first."""
    return list(
        session.scalars(
            select(Officer)
            .where(Officer.user_id == user_id)
            .order_by(Officer.valid_to.desc(), Officer.id.desc())
        )
    )


def changes_of(session: Session, officer_ids: Collection[int]) -> list[AuditRow]:
    """What was entered and changed of some certificates, newest first."""
    objects = [f"officer:{officer_id}" for officer_id in officer_ids]
    return list(
        session.scalars(
            select(AuditRow).where(AuditRow.object.in_(objects)).order_by(AuditRow.id.desc())
        )
    )


def may_keep(actor: Actor, orgs: Collection[int]) -> bool:
    """Whether an actor keeps the certificates of people of some bodies."""
    return any(actor.has(role, org_id) for role in APPROVING_ROLES for org_id in orgs)


# ---------------------------------------------------------------- writing


def add_certificate(
    session: Session,
    actor: Actor,
    user_id: int,
    number: str,
    valid_from: date,
    valid_to: date,
    *,
    now: datetime,
    today: date,
    request_id: str | None = None,
) -> Officer:
    """Enter a person's certificate, the first or the next; earlier ones stay as they were."""
    _refuse_stranger(session, actor, user_id, today)
    number = number.strip()
    if not number or len(number) > _LONGEST_NUMBER:
        raise BadInput("number", say("请填证号，最多 %(most)s 个字。", most=_LONGEST_NUMBER))
    if valid_from > valid_to:
        raise BadInput("valid_to", say("有效期止不能早于有效期起。"))
    if session.scalar(select(Officer.id).where(Officer.certificate_no == number)) is not None:
        raise BadInput("number", say("这个证号已经登记过；同一证件延期的，请改有效期。"))
    row = Officer(user_id=user_id, certificate_no=number, valid_from=valid_from, valid_to=valid_to)
    session.add(row)
    session.flush()
    details = {"number": number, "from": valid_from, "to": valid_to}
    _note(session, actor, row, "add", details, now, request_id)
    return row


def change_validity(
    session: Session,
    actor: Actor,
    officer_id: int,
    valid_to: date,
    reason: str,
    *,
    now: datetime,
    today: date,
    request_id: str | None = None,
) -> Officer:
    """Let a certificate hold longer, or end it early; the audit keeps what it was and why."""
    row = session.get(Officer, officer_id)
    if row is None:
        raise NotVisible(f"officer {officer_id}")
    _refuse_stranger(session, actor, row.user_id, today)
    reason = reason.strip()
    if not reason or len(reason) > _LONGEST_REASON:
        raise BadInput("reason", say("请写明理由，例如换证、调离。"))
    if valid_to < row.valid_from:
        raise BadInput("valid_to", say("有效期止不能早于有效期起。"))
    before, row.valid_to = row.valid_to, valid_to
    session.flush()
    details = {"before": before, "to": valid_to}
    _note(session, actor, row, "change", details, now, request_id, reason)
    return row


def orgs_of(session: Session, user_id: int, today: date) -> set[int]:
    """The bodies where a person inspects."""
    return set(
        session.scalars(
            select(Grant.org_id).where(
                Grant.user_id == user_id,
                Grant.role == Role.INSPECTOR.value,
                Grant.valid_from <= today,
                or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
            )
        )
    )


def _refuse_stranger(session: Session, actor: Actor, user_id: int, today: date) -> None:
    if not may_keep(actor, orgs_of(session, user_id, today)):
        raise StepRefused([Refusal(say("执法证由本单位负责人或业务负责人登记。"))], "certificate")


def _note(
    session: Session,
    actor: Actor,
    row: Officer,
    what: str,
    details: Mapping[str, object],
    now: datetime,
    request_id: str | None,
    reason: str | None = None,
) -> None:
    record(
        session,
        tag=f"certificate.{what}",
        at=now,
        actor_id=actor.user_id,
        object=f"officer:{row.id}",
        reason=reason,
        request_id=request_id,
        details=details,
    )
