"""Whom the rows of an office list mean in the register, and what the register has of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.errors import Sentence, say
from tracker.core.staff import numbers
from tracker.core.staff.entries import Entry, Fault, person_key
from tracker.core.staff.learning import hours_in, parts
from tracker.core.staff.models import Holding, Person, Qualification, TrainingKind, TrainingRecord
from tracker.core.staff.people import known_as
from tracker.core.staff.scope import WRITING_ROLES, ranges
from tracker.core.staff.whereabouts import Blame, Whereabouts, chunks
from tracker.core.vault.keys import Kek

_COUNTY_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Match:
    """A row with its place and organisation, and whom it names: `key` is one for each person."""

    entry: Entry
    code: str
    org_id: int | None
    key: str
    person: Person | None


@dataclass(frozen=True, slots=True)
class File:
    """What the register has of one person."""

    holdings: tuple[Holding, ...] = ()
    certificates: tuple[Qualification, ...] = ()
    inductions: frozenset[date] = frozenset()
    hours: Decimal = Decimal(0)


class Known:
    """What the register holds that some rows may mean, read in a few queries."""

    def __init__(
        self, session: Session, actor: Actor, entries: Sequence[Entry], year: int, kek: Kek
    ) -> None:
        self._session = session
        self._ranges = ranges(actor, WRITING_ROLES)
        self._where = Whereabouts(session, self._ranges, entries)
        self._digests = {e.number: numbers.digest(e.number, kek) for e in entries if e.number}
        self._by_digest: dict[str, Person] = {}
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        self._load_people({n for e in entries for n in (e.name, e.successor) if n})
        found = {p.id for some in self._by_name.values() for p in some}
        self._files = _files(session, found | {p.id for p in self._by_digest.values()}, year)

    def match(self, entry: Entry) -> tuple[Match, list[Fault]]:
        """What a row means, and what the register says against it."""
        faults: list[Fault] = []

        def blame(field: str, why: Sentence) -> None:
            faults.append(Fault(entry.row, field, why))

        code, org_id = self._where.of(entry, blame)
        # Somebody who is not named rightly is taken for nobody else.
        doubtful = bool(entry.doubtful & {"name", "number"}) or not entry.name
        person = None if doubtful else self._person(entry, code, blame)
        if doubtful:
            key = f"row:{entry.row}"
        elif person is not None:
            key = f"id:{person.id}"
        elif entry.number:
            key = f"number:{entry.number}"
        else:
            key = f"name:{person_key(entry.name)}@{code}"
        match = Match(entry, code, org_id, key, person)
        self._check_against_file(match, blame)
        return match, faults

    def digest(self, number: str) -> str:
        """The keyed hash of a number that a row has."""
        return self._digests[number]

    def file(self, person: Person | None) -> File:
        """What the register has of a person; nothing of a new one."""
        return self._files.get(person.id, _NOTHING) if person is not None else _NOTHING

    def namesakes(self, name: str, code: str) -> list[Person]:
        """The people of a name in the county of a place."""
        county = code[:_COUNTY_DIGITS]
        return [p for p in self._by_name[person_key(name)] if p.region_code.startswith(county)]

    def _person(self, entry: Entry, code: str, blame: Blame) -> Person | None:
        if entry.number and (known := self._by_digest.get(self._digests[entry.number])):
            self._check_same(entry, known, blame)
            return known
        same = [p for p in self._by_name[person_key(entry.name)] if code and p.region_code == code]
        if entry.number:  # a namesake with another number is another person
            same = [p for p in same if p.number_hash is None]
        if len(same) > 1:
            blame("name", say("这里登记了几个同名的人，请填身份证号。"))
        return same[0] if len(same) == 1 else None

    def _check_same(self, entry: Entry, known: Person, blame: Blame) -> None:
        if entry.name and known.name_key != person_key(entry.name):
            blame("number", known_as(self._session, known))
        elif not any(low <= known.region_code <= high for low, high in self._ranges):
            blame(
                "number", say("%(known)s请先办理变动报备。", known=known_as(self._session, known))
            )

    def _check_against_file(self, match: Match, blame: Blame) -> None:
        entry, file = match.entry, self.file(match.person)
        if entry.hours is not None and entry.hours < file.hours:
            blame("hours", say("比档案里的 %(hours)s 学时少。", hours=file.hours))
        if entry.since is None:
            return
        for held in file.holdings:
            if (held.region_code, held.org_id, held.duty) != (match.code, match.org_id, entry.duty):
                continue
            if held.since != entry.since and overlap(
                (held.since, held.until), (entry.since, entry.until)
            ):
                blame(
                    "since",
                    say(
                        "和登记的任职重叠：%(day)s 起，未结束或者结束得更晚。",
                        day=held.since.isoformat(),
                    ),
                )

    def _load_people(self, names: Collection[str]) -> None:
        for some in chunks(sorted(self._digests.values())):
            for person in self._session.scalars(select(Person).where(Person.number_hash.in_(some))):
                self._by_digest[person.number_hash or ""] = person
        own = or_(*(Person.region_code.between(low, high) for low, high in self._ranges))
        for some in chunks(sorted({person_key(name) for name in names})):
            query = select(Person).where(Person.name_key.in_(some), own).order_by(Person.id)
            for person in self._session.scalars(query):
                self._by_name[person.name_key].append(person)


_NOTHING = File()


def overlap(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Whether two periods share a day; both ends belong to them, None is open."""
    return one[0] <= (other[1] or date.max) and other[0] <= (one[1] or date.max)


def _files(session: Session, people: Collection[int], year: int) -> dict[int, File]:
    holdings: dict[int, list[Holding]] = defaultdict(list)
    certificates: dict[int, list[Qualification]] = defaultdict(list)
    inductions: dict[int, set[date]] = defaultdict(set)
    for some in parts(people):
        for held in session.scalars(
            select(Holding).where(Holding.person_id.in_(some)).order_by(Holding.since)
        ):
            holdings[held.person_id].append(held)
        for certificate in session.scalars(
            select(Qualification).where(Qualification.person_id.in_(some))
        ):
            certificates[certificate.person_id].append(certificate)
        for person_id, day in session.execute(
            select(TrainingRecord.person_id, TrainingRecord.held_on).where(
                TrainingRecord.person_id.in_(some),
                TrainingRecord.kind == TrainingKind.INDUCTION.value,
                TrainingRecord.passed,
            )
        ):
            inductions[person_id].add(day)
    hours = hours_in(session, people, year)
    return {
        pid: File(
            tuple(holdings[pid]), tuple(certificates[pid]), frozenset(inductions[pid]), hours[pid]
        )
        for pid in people
    }
