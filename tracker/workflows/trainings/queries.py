"""Reads: the list as each side sees it, one's own trainings, the days of sessions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.agenda import Entry
from tracker.core.cases.scope import visible
from tracker.core.cases.sittings import Sitting
from tracker.core.clock import at_office
from tracker.core.errors import say
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import place_names
from tracker.core.staff import register
from tracker.core.staff.models import Holding, Person, TrainingRecord
from tracker.workflows.trainings import content, staffing
from tracker.workflows.trainings.content import EXCUSED, LISTED, WAITING
from tracker.workflows.trainings.flow import FLOW
from tracker.workflows.trainings.models import Enrolment, Training
from tracker.workflows.trainings.staffing import Side

_SHOWN_FIRST = {LISTED: 0, WAITING: 1, EXCUSED: 2}


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a session's list."""

    row: Enrolment
    person: Person
    unit: str

    @property
    def attended(self) -> bool:
        """Whether the person signed in and out."""
        return content.attended(self.row)


@dataclass(frozen=True, slots=True)
class Offered:
    """Somebody who may be put on the list."""

    person: Person
    place: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are on a list, wait behind it, came, stayed, passed."""

    listed: int
    waiting: int
    came: int
    attended: int
    passed: int


def lines_of(session: Session, training: Training, side: Side | None = None) -> list[Line]:
    """The list in its order; for guests only those they send. Two queries."""
    query = (
        select(Enrolment, Person, Organisation.short_name)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Organisation, Organisation.id == Enrolment.org_id)
        .where(Enrolment.case_id == training.id)
        .order_by(Enrolment.id)
    )
    if side is not None and not side.organiser:
        query = query.where(Enrolment.org_id.in_(side.org_ids))
    rows = [(row, person, unit) for row, person, unit in session.execute(query)]
    places = place_names(session, {p.region_code for _, p, unit in rows if not unit})
    found = [Line(row, p, unit or places[p.region_code]) for row, p, unit in rows]
    return sorted(found, key=lambda one: _SHOWN_FIRST.get(one.row.standing, len(_SHOWN_FIRST)))


def counts_of(training: Training, lines: Sequence[Line]) -> Counts:
    """How many of a list are what."""
    standing = Counter(one.row.standing for one in lines)
    listed = [one.row for one in lines if one.row.standing == LISTED]
    return Counts(
        listed=standing[LISTED],
        waiting=standing[WAITING],
        came=sum(row.signed_in_at is not None for row in listed),
        attended=sum(content.attended(row) for row in listed),
        passed=sum(content.passed(training, row) for row in listed),
    )


def offered(session: Session, training: Training, side: Side, today: date) -> list[Offered]:
    """Whom this side may still put on the list, with the place of the post."""
    taken = set(
        session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.case_id == training.id, Enrolment.standing.in_((LISTED, WAITING))
            )
        )
    )
    rows = staffing.sendable(session, training, side, today)
    rows = [(person, holding) for person, holding in rows if person.id not in taken]
    names = _places(session, [holding for _, holding in rows])
    return [Offered(person, names[holding.id]) for person, holding in rows]


def _places(session: Session, posts: Sequence[Holding]) -> dict[int, str]:
    """The organisation or the place of each post, in two queries."""
    org_ids = {h.org_id for h in posts if h.org_id is not None}
    rows = session.execute(
        select(Organisation.id, Organisation.short_name).where(Organisation.id.in_(org_ids))
    )
    orgs = {row.id: row.short_name for row in rows}
    places = place_names(session, {h.region_code for h in posts if h.org_id not in orgs})
    return {h.id: orgs.get(h.org_id or 0) or places.get(h.region_code, "") for h in posts}


# ---------------------------------------------------------------- one's own


@dataclass(frozen=True, slots=True)
class Mine:
    """The trainings of whoever is logged in: those to come, and what is on file."""

    person: Person
    coming: list[tuple[Training, Enrolment]]
    records: list[TrainingRecord]
    hours: Decimal


def mine(session: Session, user_id: int, today: date) -> Mine | None:
    """One's own trainings; None for whoever is not in the register of statisticians."""
    person = session.scalars(select(Person).where(Person.user_id == user_id)).one_or_none()
    if person is None:
        return None
    coming = session.execute(
        select(Training, Enrolment)
        .join(Enrolment, Enrolment.case_id == Training.id)
        .where(
            Enrolment.person_id == person.id,
            Enrolment.standing.in_((LISTED, WAITING)),
            Training.closed_at.is_(None),
            Enrolment.hours.is_(None),
        )
        .order_by(Training.starts_at, Training.id)
    )
    return Mine(
        person,
        [(training, row) for training, row in coming],
        register.trainings_of(session, person.id),
        register.hours_in(session, [person.id], today.year)[person.id],
    )


# ---------------------------------------------------------------- the days of sessions


def agenda_entries(session: Session, actor: Actor, first: date, last: date) -> list[Entry]:
    """Sessions from one day to another, of those the actor sees; each on the day it begins."""
    rows = session.scalars(
        select(Training).where(
            Training.starts_at >= at_office(first, 0),
            Training.starts_at < at_office(last + timedelta(days=1), 0),
            Training.closed_at.is_(None),
            visible(actor, FLOW.kind),
        )
    )
    return [
        Entry(
            on=content.day_of(training),
            case=training,
            label=say("培训，%(place)s", place=training.venue),
            at=training.starts_at,
        )
        for training in rows
    ]


def sittings(
    session: Session, actor: Actor, topic: str, person_id: int | None, now: datetime
) -> list[Sitting]:
    """Sessions of a topic that begin later, as others ask for them (core.cases.sittings)."""
    enrolled = exists(
        select(Enrolment.id).where(
            Enrolment.case_id == Training.id,
            Enrolment.person_id == person_id,
            Enrolment.standing.in_((LISTED, WAITING)),
        )
    )
    rows = session.execute(
        select(Training, enrolled)
        .where(
            Training.topic == topic,
            Training.closed_at.is_(None),
            Training.starts_at >= now,
            visible(actor, FLOW.kind),
        )
        .order_by(Training.starts_at, Training.id)
    )
    return [Sitting(row, row.starts_at, row.venue, bool(on)) for row, on in rows if row.starts_at]
