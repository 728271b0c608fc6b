"""What writing an office list would do: for each person what is new, changed, or as it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.errors import say
from tracker.core.staff.entries import Entry, Fault, person_key
from tracker.core.staff.matching import File, Known, Match, overlap
from tracker.core.staff.models import Holding, Person, Qualification
from tracker.core.vault.keys import Kek

# The list has no column for why somebody left.
_LEFT = "out"


@dataclass(slots=True)
class PostPlan:
    """A post to be written: onto a known one, or new; `successor` is the key of a person."""

    holding: Holding | None
    values: dict[str, Any]
    successor: str = ""


@dataclass(slots=True)
class PersonPlan:
    """A person to be written, with all that the rows say of them."""

    person: Person | None
    values: dict[str, Any]
    number: str = ""
    posts: list[PostPlan] = field(default_factory=list)
    inductions: list[date] = field(default_factory=list)
    hours: Decimal = Decimal(0)
    certificates: list[tuple[Qualification | None, dict[str, Any]]] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether writing it changes anything."""
        return bool(
            self.person is None
            or _differs(self.person, self.values)
            or (self.number and self.person.number_hash is None)
            or self.inductions
            or self.hours
            or any(_differs(post.holding, post.values) for post in self.posts)
            or any(_differs(row, values) for row, values in self.certificates)
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """People by what writing does to them; posts written, and how many of those unconfirmed."""

    new: int
    changed: int
    same: int
    posts: int
    unconfirmed: int


@dataclass(slots=True)
class Plan:
    """Everybody by key, in the order of the rows, and what speaks against writing it.

    `faults` are found row by row, `twins` are between rows.
    """

    known: Known
    people: dict[str, PersonPlan]
    faults: list[Fault]
    twins: list[Fault]

    @property
    def summary(self) -> Summary:
        """How many are new, changed and the same."""
        new = sum(p.person is None for p in self.people.values())
        changed = sum(p.person is not None and p.changes for p in self.people.values())
        posts = [post for p in self.people.values() for post in p.posts]
        open_posts = sum(
            not post.values.get("confirmed_on")
            and (post.holding is None or post.holding.confirmed_on is None)
            for post in posts
        )
        return Summary(new, changed, len(self.people) - new - changed, len(posts), open_posts)


def make_plan(
    session: Session, actor: Actor, entries: Sequence[Entry], today: date, kek: Kek
) -> Plan:
    """Match rows that are right in themselves with the register and with each other."""
    known = Known(session, actor, entries, today.year, kek)
    matches, faults = [], []
    for entry in entries:
        match, found = known.match(entry)
        matches.append(match)
        faults += found
    matches, twins = _joined(matches)
    twins += _twins(matches)
    people: dict[str, PersonPlan] = {}
    for key, rows in _by_key(matches).items():
        people[key] = _person_plan(rows, known)
    twins += _successors(matches, people, known)
    return Plan(known, people, faults, twins)


def _joined(matches: Sequence[Match]) -> tuple[list[Match], list[Fault]]:
    """Rows without a number belong to the one person of that name at that place who has one."""
    keyed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for m in matches:
        if not m.key.startswith("name:"):
            keyed[person_key(m.entry.name), m.code].add(m.key)
    joined, faults = [], []
    for m in matches:
        keys = keyed.get((person_key(m.entry.name), m.code), set())
        if m.key.startswith("name:") and len(keys) > 1:
            why = say("名册里这个地方有几个同名的人，请填身份证号。")
            faults.append(Fault(m.entry.row, "name", why))
        elif m.key.startswith("name:") and keys:
            m = Match(m.entry, m.code, m.org_id, next(iter(keys)), m.person)
        joined.append(m)
    return joined, faults


def _by_key(matches: Sequence[Match]) -> dict[str, list[Match]]:
    found: dict[str, list[Match]] = {}
    for match in matches:
        found.setdefault(match.key, []).append(match)
    return found


# ---------------------------------------------------------------- between rows


def _twins(matches: Sequence[Match]) -> list[Fault]:
    """Rows that say the same twice, or two things of one person."""
    faults = []
    first: dict[str, Match] = {}
    posts: dict[tuple[object, ...], list[Match]] = defaultdict(list)
    for match in matches:
        entry = match.entry
        before = first.setdefault(match.key, match).entry
        if entry.name and before.name and person_key(before.name) != person_key(entry.name):
            why = say("和第 %(n)s 行的身份证号相同，姓名不同。", n=before.row)
            faults.append(Fault(entry.row, "number", why))
            continue
        if entry.since is None or "until" in entry.doubtful or not (match.code and entry.duty):
            continue
        here = posts[match.key, match.code, match.org_id, entry.duty]
        for other in here:
            since = other.entry.since
            if since == entry.since:
                why = say("和第 %(n)s 行是同一个人的同一段任职。", n=other.entry.row)
                faults.append(Fault(entry.row, "name", why))
                break
            if since and overlap((since, other.entry.until), (entry.since, entry.until)):
                why = say("和第 %(n)s 行的任职时间重叠。", n=other.entry.row)
                faults.append(Fault(entry.row, "since", why))
                break
        here.append(match)
    return faults


def _successors(
    matches: Sequence[Match], people: Mapping[str, PersonPlan], known: Known
) -> list[Fault]:
    """Find who follows on whom, and blame the names that mean nobody or several."""
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for m in matches:
        named[person_key(m.entry.name), m.code[:6]].add(m.key)
    faults = []
    at: dict[str, int] = defaultdict(int)
    for m in matches:
        place = at[m.key]
        at[m.key] += 1
        if not m.entry.successor or m.entry.until is None or not m.code:
            continue
        name = m.entry.successor
        keys = named[person_key(name), m.code[:6]] | {
            f"id:{p.id}" for p in known.namesakes(name, m.code)
        }
        keys.discard(m.key)
        if len(keys) == 1:
            people[m.key].posts[place].successor = keys.pop()
            continue
        why = (
            say("本县有几个人叫“%(name)s”，请登记后在个人档案里选。", name=name)
            if keys
            else say("名册和本县的登记里都没有“%(name)s”。", name=name)
        )
        faults.append(Fault(m.entry.row, "successor", why))
    return faults


# ---------------------------------------------------------------- one person


def _person_plan(rows: Sequence[Match], known: Known) -> PersonPlan:
    person = next((m.person for m in rows if m.person is not None), None)
    file = known.file(person)
    entries = [m.entry for m in rows]
    values: dict[str, Any] = {}
    for name in ("name", "phone", "education", "rank"):
        for entry in entries:
            if (given := getattr(entry, name)) not in ("", None):
                values[name] = given
    values["region_code"] = _latest_place(rows, file)
    number = next((e.number for e in entries if e.number), "")
    given = {e.inducted_on for e in entries if e.inducted_on is not None}
    days = given | file.inductions
    hours = max((e.hours for e in entries if e.hours is not None), default=Decimal(0))
    plan = PersonPlan(
        person,
        values,
        number,
        inductions=sorted(given - file.inductions),
        hours=max(hours - file.hours, Decimal(0)),
    )
    plan.posts = [_post_plan(m, file, min(days, default=None)) for m in rows]
    plan.certificates = _certificates(entries, file)
    return plan


def _latest_place(rows: Sequence[Match], file: File) -> str:
    places = [(h.since, h.region_code) for h in file.holdings]
    places += [(m.entry.since or date.min, m.code) for m in rows]
    return max(places, key=lambda one: one[0])[1]


def _post_plan(match: Match, file: File, inducted_on: date | None) -> PostPlan:
    entry = match.entry
    holding = next(
        (
            h
            for h in file.holdings
            if (h.region_code, h.org_id, h.duty, h.since)
            == (match.code, match.org_id, entry.duty, entry.since)
        ),
        None,
    )
    values: dict[str, Any] = {}
    if holding is None:
        values |= {
            "region_code": match.code,
            "org_id": match.org_id,
            "duty": entry.duty,
            "since": entry.since,
        }
    if entry.title:
        values["title"] = entry.title
    for name in ("full_time", "on_payroll"):
        if (given := getattr(entry, name)) is not None:
            values[name] = given
    if entry.until is not None:
        values["until"] = entry.until
        values["end_reason"] = (holding.end_reason if holding is not None else "") or _LEFT
    confirmed = _confirmed(entry, holding, inducted_on)
    if confirmed is not None:
        values["confirmed_on"] = confirmed
    return PostPlan(holding, values)


def _confirmed(entry: Entry, holding: Holding | None, inducted_on: date | None) -> date | None:
    """The day somebody could start: nobody is in post without induction (rule P06)."""
    if entry.since is None or inducted_on is None:
        return None
    if holding is not None and (holding.confirmed_on or holding.opened_by_id is not None):
        return None  # confirmed, or a filing is under way that will do it
    day = max(entry.since, inducted_on)
    return day if entry.until is None or day <= entry.until else None


def _certificates(
    entries: Sequence[Entry], file: File
) -> list[tuple[Qualification | None, dict[str, Any]]]:
    known = {(row.name, row.number): row for row in file.certificates}
    found: dict[tuple[str, str], date] = {}
    for e in entries:
        if e.certificate and e.certified_on:
            found[e.certificate, e.certificate_no] = e.certified_on
    return [
        (known.get((name, number)), {"name": name, "number": number, "obtained_on": day})
        for (name, number), day in found.items()
    ]


def _differs(row: object | None, values: Mapping[str, Any]) -> bool:
    return row is None or any(getattr(row, name) != value for name, value in values.items())
