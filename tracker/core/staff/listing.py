"""The list of statisticians: what is asked for, one page of it, how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.errors import NotVisible
from tracker.core.registers.models import Organisation
from tracker.core.registers.names import name_key
from tracker.core.registers.places import place_names, region_range
from tracker.core.search.names import named
from tracker.core.staff.coverage import hours_rule
from tracker.core.staff.learning import counts_in, hours_in, inducted
from tracker.core.staff.models import Duty, Holding, Person, Rank, TrainingKind, TrainingRecord
from tracker.core.staff.posts import held, in_post
from tracker.core.staff.scope import readable, reads_any

PAGE = 30
COUNT_CAP = 1000
YES, NO = "yes", "no"
STATES = ("in_post", "unconfirmed", "on_leave", "none")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; an empty value narrows nothing.

    `state` is one of STATES; `full_time`, `on_payroll` and `inducted` are yes or no; `hours` is
    short or met; `org` is an organisation's id.
    """

    text: str = ""
    region: str = ""
    org: str = ""
    duty: str = ""
    state: str = ""
    full_time: str = ""
    on_payroll: str = ""
    inducted: str = ""
    hours: str = ""
    rank: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the list, with the posts held on the day."""

    person: Person
    place: str
    holdings: tuple[Holding, ...]
    orgs: tuple[str, ...]
    inducted_on: date | None
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Found:
    """One page; `total` stops at one past COUNT_CAP, `after` is the next cursor or None."""

    rows: Sequence[Line]
    total: int
    after: str | None


def search(session: Session, actor: Actor, filters: Filters, on: date, after: str = "") -> Found:
    """One page of the people an actor may read, as of a day, in the order of names.

    NotVisible for who reads nobody.
    """
    where = condition(actor, filters, on)
    query = _ordered(where).limit(PAGE + 1)
    mark, _, number = after.rpartition(".")
    if number.isascii() and number.isdigit() and len(number) < 10:
        query = query.where(tuple_(Person.name_key, Person.id) > (mark, int(number)))
    people = list(session.scalars(query))
    last = people[PAGE - 1] if len(people) > PAGE else None
    return Found(
        lines(session, people[:PAGE], on),
        count(session, where),
        f"{last.name_key}.{last.id}" if last else None,
    )


def every(
    session: Session, actor: Actor, filters: Filters, on: date, *, at_once: int = 500
) -> Iterator[Line]:
    """All people that a list with these filters has, in its order."""
    query = _ordered(condition(actor, filters, on))
    people = list(session.scalars(query))
    for at in range(0, len(people), at_once):
        yield from lines(session, people[at : at + at_once], on)


def count(session: Session, where: ColumnElement[bool], cap: int = COUNT_CAP) -> int:
    """How many people meet a condition, counted no further than one past the cap."""
    some = select(Person.id).where(where).limit(cap + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def lines(session: Session, people: Sequence[Person], on: date) -> list[Line]:
    """People with what the list says of them, in a constant number of queries."""
    ids = [p.id for p in people]
    posts: dict[int, list[Holding]] = {}
    orgs: dict[int, list[str]] = {}
    for holding, org_name in session.execute(
        select(Holding, Organisation.short_name)
        .outerjoin(Organisation, Organisation.id == Holding.org_id)
        .where(Holding.person_id.in_(ids), held(on))
        .order_by(Holding.since, Holding.id)
    ):
        posts.setdefault(holding.person_id, []).append(holding)
        orgs.setdefault(holding.person_id, []).append(org_name or "")
    places = place_names(session, {p.region_code for p in people})
    trained, hours = inducted(session, ids, on), hours_in(session, ids, on.year)
    return [
        Line(
            p,
            places[p.region_code],
            tuple(posts.get(p.id, ())),
            tuple(orgs.get(p.id, ())),
            trained.get(p.id),
            hours[p.id],
        )
        for p in people
    ]


def _ordered(where: ColumnElement[bool]) -> Select[Person]:
    return select(Person).where(where).order_by(Person.name_key, Person.id)


# ---------------------------------------------------------------- the condition


def condition(actor: Actor, filters: Filters, on: date) -> ColumnElement[bool]:
    """What a person must meet to stand in the list; one for page, count and export."""
    if not reads_any(actor):
        raise NotVisible("staff")
    parts = [readable(actor), *map(_holds, filters.text.split())]
    if filters.region:
        parts.append(Person.region_code.between(*region_range(filters.region)))
    if filters.rank in set(Rank) - {Rank.NONE}:
        parts.append(Person.rank == filters.rank)
    parts += [part for part in (_post(filters, on), _state(filters.state, on)) if part is not None]
    if filters.inducted in (YES, NO):
        parts.append(_is(_inducted(on), filters.inducted == YES))
    if filters.hours in ("short", "met"):
        parts.append(_hours(filters, on))
    return and_(*parts)


def _holds(word: str) -> ColumnElement[bool]:
    """By a part of the name, or the first or last digits of the masked number."""
    key = name_key(word)
    by_name = Person.name_key.contains(key, autoescape=True) if key else None
    digits = word.upper() if word.isascii() and word.isalnum() else ""
    by_number = (
        or_(
            Person.number_mask.startswith(digits, autoescape=True),
            Person.number_mask.endswith(digits, autoescape=True),
            Person.phone.startswith(digits, autoescape=True),
        )
        if digits
        else None
    )
    sounds = named("staff", word)
    by_sound = Person.id.in_(sounds) if sounds is not None else None
    ways = [way for way in (by_name, by_number, by_sound) if way is not None]
    return or_(*ways) if ways else Person.name_key.contains(word, autoescape=True)


def _post(filters: Filters, on: date) -> ColumnElement[bool] | None:
    """One post held on the day that meets all that is asked of a post."""
    asked: list[ColumnElement[bool]] = []
    if filters.duty in set(Duty):
        asked.append(Holding.duty == filters.duty)
    if filters.org.isascii() and filters.org.isdigit() and len(filters.org) < 10:
        asked.append(Holding.org_id == int(filters.org))
    if filters.full_time in (YES, NO):
        asked.append(_is(Holding.full_time.is_(True), filters.full_time == YES))
    if filters.on_payroll in (YES, NO):
        asked.append(_is(Holding.on_payroll.is_(True), filters.on_payroll == YES))
    return _with_post(held(on), *asked) if asked else None


def _state(state: str, on: date) -> ColumnElement[bool] | None:
    if state == "in_post":
        return _with_post(in_post(on))
    if state == "unconfirmed":
        return _with_post(held(on), Holding.confirmed_on.is_(None))
    if state == "on_leave":
        return _with_post(
            held(on),
            Holding.leave_from <= on,
            or_(Holding.leave_to.is_(None), Holding.leave_to >= on),
        )
    return ~_with_post(held(on)) if state == "none" else None


def _with_post(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(Holding.id).where(Holding.person_id == Person.id, *conditions))


def _inducted(on: date) -> ColumnElement[bool]:
    return exists(
        select(TrainingRecord.id).where(
            TrainingRecord.person_id == Person.id,
            TrainingRecord.kind == TrainingKind.INDUCTION.value,
            TrainingRecord.passed,
            TrainingRecord.held_on <= on,
        )
    )


def _hours(filters: Filters, on: date) -> ColumnElement[bool]:
    quota = hours_rule(filters.region, on).quota
    least = quota.least or 0 if quota is not None else 0
    hours = (
        select(func.coalesce(func.sum(TrainingRecord.hours), 0))
        .where(TrainingRecord.person_id == Person.id, counts_in(on.year))
        .scalar_subquery()
    )
    # Hours are asked of those with a professional title alone, as the coverage counts them.
    return and_(Person.rank != "", hours < least if filters.hours == "short" else hours >= least)


def _is(found: ColumnElement[bool], wanted: bool) -> ColumnElement[bool]:  # noqa: FBT001
    return found if wanted else ~found
