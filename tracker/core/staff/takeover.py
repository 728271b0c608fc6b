"""Writing what an office list plans; the caller audits it and commits."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.clock import office_date
from tracker.core.registers.names import name_key
from tracker.core.staff import numbers
from tracker.core.staff.models import (
    Holding,
    Person,
    Qualification,
    TrainingKind,
    TrainingRecord,
)
from tracker.core.staff.planning import PersonPlan, Plan
from tracker.core.vault.keys import Kek

_SOURCE = "import"
_INDUCTION = "岗前培训"
_YEAR = "本年学时"


def write_plan(session: Session, plan: Plan, *, now: datetime, kek: Kek) -> None:
    """Write everybody of a plan that has no fault; the rows are in the database afterwards."""
    people = {key: _person(session, one, plan, now) for key, one in plan.people.items()}
    session.flush()
    for key, one in plan.people.items():
        person = people[key]
        if one.number and person.number_seal is None:
            person.number_seal = numbers.seal(one.number, person.id, kek)
        _learned(session, person.id, one, now)
    posts: list[tuple[Holding, str]] = []
    for key, one in plan.people.items():
        for post in one.posts:
            holding = post.holding
            if holding is None:
                holding = Holding(person_id=people[key].id)
                session.add(holding)
            _put(holding, post.values)
            posts.append((holding, post.successor))
    for holding, successor in posts:
        if successor in people:
            holding.successor_id = people[successor].id
        elif successor:
            holding.successor_id = int(successor.removeprefix("id:"))
    session.flush()


def _person(session: Session, one: PersonPlan, plan: Plan, now: datetime) -> Person:
    person = one.person
    if person is None:
        # All columns are named, so that everybody goes into one insert.
        person = Person(created_at=now, phone="", education="", rank="")
        session.add(person)
    _put(person, one.values)
    person.name_key = name_key(person.name)
    if one.number and person.number_hash is None:
        person.number_mask = numbers.mask(one.number)
        person.number_hash = plan.known.digest(one.number)
    return person


def _learned(session: Session, person_id: int, one: PersonPlan, now: datetime) -> None:
    for day in one.inductions:
        session.add(
            TrainingRecord(
                person_id=person_id,
                held_on=day,
                kind=TrainingKind.INDUCTION.value,
                title=_INDUCTION,
                hours=Decimal(0),
                source=_SOURCE,
            )
        )
    if one.hours:
        session.add(
            TrainingRecord(
                person_id=person_id,
                held_on=office_date(now),
                kind=TrainingKind.OTHER.value,
                title=_YEAR,
                hours=one.hours,
                source=_SOURCE,
            )
        )
    for row, values in one.certificates:
        certificate = row
        if certificate is None:
            certificate = Qualification(person_id=person_id)
            session.add(certificate)
        _put(certificate, values)


def _put(row: object, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
