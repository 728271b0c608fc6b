"""People of the register: entered, changed, their number read. Every write is audited."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.audit.service import record
from tracker.core.errors import BadInput, NotVisible, Sentence, say
from tracker.core.registers.names import name_key
from tracker.core.registers.places import place_name
from tracker.core.staff import numbers
from tracker.core.staff.models import (
    Person,
    Rank,
)
from tracker.core.staff.scope import may_read
from tracker.core.staff.writing import known_place, note, person_of, within
from tracker.core.vault.ciphers import PROFILES
from tracker.core.vault.keys import Kek

_LONGEST = {"name": 60, "phone": 32, "education": 20, "note": 200}
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class PersonData:
    """What the register says of a person; an empty number leaves the one on file."""

    name: str
    region_code: str
    phone: str = ""
    education: str = ""
    rank: str = ""
    number: str = ""
    note: str = ""
    user_id: int | None = None


def add_person(
    session: Session,
    data: PersonData,
    *,
    actor_id: int,
    now: datetime,
    kek: Kek,
    alg: str = PROFILES["intl"],
    request_id: str | None = None,
) -> Person:
    """Enter a person; BadInput names the field, and who it is when the number is known already."""
    data = checked_person(session, data)
    refuse_known_number(session, data.number, kek)
    person = Person(created_at=now)
    session.add(person)
    _put(person, data)
    session.flush()
    _set_number(person, data.number, kek, alg)
    session.flush()
    filled = sorted(field for field, value in asdict(data).items() if value)
    note(session, "staff.person.add", f"person:{person.id}", actor_id, now, request_id,
          {"region_code": data.region_code, "fields": filled})  # fmt: skip
    return person


def change_person(
    session: Session,
    person_id: int,
    data: PersonData,
    *,
    actor_id: int,
    now: datetime,
    kek: Kek,
    alg: str = PROFILES["intl"],
    request_id: str | None = None,
) -> Person:
    """Change what is said of a person; an empty number keeps the one on file."""
    person = person_of(session, person_id)
    data = checked_person(session, data, but=person_id)
    refuse_known_number(session, data.number, kek, but=person_id)
    moved = [
        f for f, value in asdict(data).items() if f != "number" and value != getattr(person, f)
    ]
    if data.number and numbers.digest(data.number, kek) != person.number_hash:
        moved.append("number")
        _set_number(person, data.number, kek, alg)
    _put(person, data)
    session.flush()
    if moved:
        note(session, "staff.person.change", f"person:{person_id}", actor_id, now, request_id,
              {"fields": sorted(moved)})  # fmt: skip
    return person


def checked_person(session: Session, data: PersonData, *, but: int | None = None) -> PersonData:
    """The same as it should be written; what the register cannot hold raises BadInput."""
    checked = checked_words(data)
    known_place(session, checked.region_code)
    if checked.user_id is not None:
        _free_account(session, checked.user_id, but)
    return checked


def checked_words(data: PersonData) -> PersonData:
    """The part of the check that asks nothing of the database."""
    given: dict[str, Any] = asdict(data)
    for field, most in _LONGEST.items():
        given[field] = within(field, given[field], most)
    if not name_key(given["name"]):
        raise BadInput("name", say("请填姓名。"))
    if given["rank"] not in set(Rank):
        raise BadInput("rank", say("请选职称。"))
    if given["number"]:
        given["number"] = numbers.check(given["number"])
    return PersonData(**given)


def refuse_known_number(session: Session, number: str, kek: Kek, *, but: int | None = None) -> None:
    """One number is one person: BadInput says who has it."""
    if number and (known := find_by_number(session, number, kek)) and known.id != but:
        raise BadInput("number", known_as(session, known))


def find_by_number(session: Session, number: str, kek: Kek) -> Person | None:
    """The person with a number that has been checked, or None."""
    query = select(Person).where(Person.number_hash == numbers.digest(number, kek))
    return session.scalars(query).one_or_none()


def known_as(session: Session, person: Person) -> Sentence:
    """The sentence that says who has a number already."""
    return say(
        "这个身份证号已经登记：%(who)s（%(where)s）。",
        who=person.name,
        where=place_name(session, person.region_code),
    )


def _free_account(session: Session, user_id: int, but: int | None) -> None:
    if session.get(User, user_id) is None:
        raise BadInput("user_id", say("没有这个账号。"))
    query = select(Person).where(Person.user_id == user_id, Person.id != (but or 0))
    if (other := session.scalars(query).first()) is not None:
        raise BadInput("user_id", say("这个账号已经对应 %(who)s。", who=other.name))


def _put(person: Person, data: PersonData) -> None:
    for field, value in asdict(data).items():
        if field != "number":
            setattr(person, field, value)
    person.name_key = name_key(data.name)


def _set_number(person: Person, number: str, kek: Kek, alg: str) -> None:
    if number:
        person.number_mask = numbers.mask(number)
        person.number_hash = numbers.digest(number, kek)
        person.number_seal = numbers.seal(number, person.id, kek, alg=alg)


def reveal_number(
    session: Session,
    actor: Actor,
    person_id: int,
    reason: str,
    *,
    now: datetime,
    kek: Kek,
    request_id: str | None = None,
) -> str:
    """The whole number, after the reading has been audited; show it when the caller committed.

    NotVisible for who may not read the person; BadInput without a reason.
    """
    if not may_read(session, actor, person_id):
        raise NotVisible(f"person {person_id}")
    reason = within("reason", reason, _LONGEST_REASON)
    if not reason:
        raise BadInput("reason", say("请写明查看身份证号的理由，查看会留下记录。"))
    person = person_of(session, person_id)
    if person.number_seal is None:
        raise BadInput("reason", say("这个人没有登记身份证号。"))
    record(
        session,
        tag="staff.number.read",
        at=now,
        actor_id=actor.user_id,
        object=f"person:{person_id}",
        reason=reason,
        request_id=request_id,
    )
    return numbers.unseal(person.number_seal, person_id, kek)
