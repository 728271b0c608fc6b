"""Training by place and organisation: who should have had it, who had it, who is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import place_names, region_range
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.model import Rule
from tracker.core.staff.models import Holding, Person, TrainingKind, TrainingRecord
from tracker.core.staff.posts import held
from tracker.core.staff.scope import readable

HOURS_RULE = "P08"


@dataclass(frozen=True, slots=True)
class Who:
    """A person by name."""

    person_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Short:
    """A person with fewer hours in the year than the rule asks."""

    person_id: int
    name: str
    hours: Decimal
    least: int

    @property
    def missing(self) -> Decimal:
        """The hours still to be learned."""
        return self.least - self.hours


@dataclass(frozen=True, slots=True)
class Cell:
    """One type of training at one subject."""

    should: int
    had: int
    missing: tuple[Who, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A subject, `place:CODE` or `org:ID`, with its cells by TrainingKind value.

    `bound` of its people owe hours of continuing education, and `short` have too few.
    """

    subject: str
    name: str
    people: int
    cells: Mapping[str, Cell]
    bound: int
    short: tuple[Short, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The matrix of a region for a year; `total` counts each person once."""

    year: int
    on: date
    rule: Rule
    rows: tuple[Row, ...]
    total: Row


@dataclass(frozen=True, slots=True)
class _File:
    """What somebody has learned: days of the inductions ever, types and hours of the year."""

    kinds: frozenset[str]
    hours: Decimal


_NOTHING = _File(frozenset(), Decimal(0))


def hours_rule(region_code: str, on: date) -> Rule:
    """The rule on continuing education hours that holds at a place (P08)."""
    return default_rulebook().rule(HOURS_RULE, on, region_code)


def coverage(
    session: Session,
    region_code: str,
    on: date,
    *,
    year: int | None = None,
    actor: Actor | None = None,
) -> Coverage:
    """The matrix of everybody with a post in a region on a day, in a constant number of queries.

    An induction counts whenever it was passed, every other type within the year (that of `on`
    unless named) and up to the day. Hours are asked of those with a professional title alone
    (专业技术人员继续教育规定 8). With an actor, only the people the actor may read.
    """
    year = on.year if year is None else year
    where = _posts_of(region_code, on, actor)
    people: dict[str, dict[int, str]] = {}
    bound: set[int] = set()
    for person_id, name, rank, code, org_id in session.execute(
        select(Person.id, Person.name, Person.rank, Holding.region_code, Holding.org_id)
        .join(Holding, Holding.person_id == Person.id)
        .where(where)
        .order_by(Holding.region_code, Holding.org_id, Person.name_key, Person.id)
    ):
        subject = f"place:{code}" if org_id is None else f"org:{org_id}"
        people.setdefault(subject, {})[person_id] = name
        if rank:
            bound.add(person_id)
    files = _files(session, where, year, on)
    names = subject_names(session, people)
    rule = hours_rule(region_code, on)
    least = rule.quota.least if rule.quota is not None else None
    least_of = dict.fromkeys(bound, least) if least is not None else {}
    rows = [_row(s, names[s], people[s], files, least_of) for s in people]
    everybody = {pid: name for some in people.values() for pid, name in some.items()}
    return Coverage(year, on, rule, tuple(rows), _row("", "", everybody, files, least_of))


def short_hours(
    session: Session,
    region_code: str,
    on: date,
    *,
    year: int | None = None,
    actor: Actor | None = None,
) -> tuple[Short, ...]:
    """Everybody with a post and a title in a region with fewer hours in the year than P08 asks."""
    return coverage(session, region_code, on, year=year, actor=actor).total.short


def subject_names(session: Session, subjects: Iterable[str]) -> dict[str, str]:
    """The names of places and organisations, in two queries."""
    wanted = list(subjects)
    places = {s: s.removeprefix("place:") for s in wanted if s.startswith("place:")}
    orgs = {s: int(s.removeprefix("org:")) for s in wanted if s.startswith("org:")}
    found = place_names(session, places.values())
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(set(orgs.values())))
    )
    named: dict[int, str] = {org_id: name for org_id, name in rows}  # noqa: C416 - rows are no pairs to mypy
    return {s: found[code] for s, code in places.items()} | {
        s: named.get(org_id, "") for s, org_id in orgs.items()
    }


def _posts_of(region_code: str, on: date, actor: Actor | None) -> ColumnElement[bool]:
    here = and_(Holding.region_code.between(*region_range(region_code)), held(on))
    return here if actor is None else and_(here, readable(actor))


def _files(session: Session, where: ColumnElement[bool], year: int, on: date) -> dict[int, _File]:
    posted = select(Person.id).join(Holding, Holding.person_id == Person.id).where(where)
    kinds: dict[int, set[str]] = {}
    hours: dict[int, Decimal] = {}
    for person_id, kind, day, given in session.execute(
        select(
            TrainingRecord.person_id,
            TrainingRecord.kind,
            TrainingRecord.held_on,
            TrainingRecord.hours,
        ).where(
            TrainingRecord.person_id.in_(posted),
            TrainingRecord.passed,
            TrainingRecord.held_on <= on,
        )
    ):
        if kind == TrainingKind.INDUCTION.value or day.year == year:
            kinds.setdefault(person_id, set()).add(kind)
        if day.year == year:
            hours[person_id] = hours.get(person_id, Decimal(0)) + given
    return {
        p: _File(frozenset(kinds.get(p, ())), hours.get(p, Decimal(0))) for p in {*kinds, *hours}
    }


def _row(
    subject: str,
    name: str,
    people: Mapping[int, str],
    files: Mapping[int, _File],
    least_of: Mapping[int, int],
) -> Row:
    cells = {}
    for kind in TrainingKind:
        missing = tuple(
            Who(pid, who)
            for pid, who in people.items()
            if kind.value not in files.get(pid, _NOTHING).kinds
        )
        cells[kind.value] = Cell(len(people), len(people) - len(missing), missing)
    short = tuple(
        Short(pid, who, files.get(pid, _NOTHING).hours, least_of[pid])
        for pid, who in people.items()
        if pid in least_of and files.get(pid, _NOTHING).hours < least_of[pid]
    )
    return Row(subject, name, len(people), cells, len(people.keys() & least_of.keys()), short)
