"""Where one place stands against its norms on a day, and since when it has been short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.core.norms.model import Norm, PlaceKind, Post
from tracker.core.staff.models import Holding, PlaceCount

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One norm that holds at a place: how many it asks and how many there are."""

    norm: Norm
    have: int

    @property
    def least(self) -> int:
        """How many the norm asks."""
        return self.norm.least

    @property
    def short(self) -> int:
        """How many of them are missing."""
        return max(0, self.norm.least - self.have)


@dataclass(frozen=True, slots=True)
class Standing:
    """A place or department against all its norms on a day.

    `required` is the fewest people that meet them all, `short` the fewest to be added, `present`
    who fills what is asked (everybody in post where nothing is short). `since` is the first day
    of the gap. `rule` is the norm that decides. `waiting` people are named and not yet confirmed.
    `unit_count` is None where nobody has entered one; `uncounted` says that a norm asks for it.
    `kept` says that the register has ever had somebody here.
    """

    subject: str
    region_code: str
    org_id: int | None
    name: str
    kind: PlaceKind
    unit_count: int | None
    counted_on: date | None
    synthetic: bool
    requirements: tuple[Requirement, ...]
    required: int
    present: int
    short: int
    since: date | None
    rule: Norm
    in_post: int
    waiting: int
    uncounted: bool
    kept: bool

    @property
    def met(self) -> bool:
        """Whether nobody is missing."""
        return self.short == 0


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: a place or a department, and the norms that have ever held there."""

    key: str
    region_code: str
    org_id: int | None
    name: str
    kind: PlaceKind
    norms: tuple[Norm, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A person in a post from one day to another, both counted; None is open."""

    person: int
    post: Post
    first: date
    last: date | None

    def covers(self, day: date) -> bool:
        """Whether the person is in post on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


def stretches_of(holding: Holding) -> list[Stretch]:
    """When somebody was in post: confirmed, not ended, not on leave."""
    if holding.confirmed_on is None:
        return []
    whole = (holding.confirmed_on, holding.until)
    if holding.leave_from is None:
        parts = [whole]
    else:
        parts = [(whole[0], holding.leave_from - _DAY)]
        if holding.leave_to is not None:
            parts.append((max(whole[0], holding.leave_to + _DAY), holding.until))
    cut = [
        (first, holding.until if last is None else min(last, holding.until or last))
        for first, last in parts
    ]
    return [
        Stretch(holding.person_id, holding, first, last)
        for first, last in cut
        if last is None or first <= last
    ]


def measure(
    subject: Subject,
    stretches: Sequence[Stretch],
    counts: Sequence[PlaceCount],
    on: date,
    *,
    waiting: int = 0,
    kept: bool = False,
) -> Standing | None:
    """Where a subject stands on a day; None when no norm holds there that day."""
    now = _tally(subject, stretches, counts, on)
    if now is None:
        return None
    count = _count_on(counts, on)
    heads = len({s.person for s in stretches if s.covers(on)})
    return Standing(
        subject=subject.key,
        region_code=subject.region_code,
        org_id=subject.org_id,
        name=subject.name,
        kind=subject.kind,
        unit_count=None if count is None else count.count,
        counted_on=None if count is None else count.as_of,
        synthetic=count is not None and count.synthetic,
        requirements=now.rows,
        required=now.required,
        present=now.required - now.short if now.short else heads,
        short=now.short,
        since=_since(subject, stretches, counts, on) if now.short else None,
        rule=max(now.rows, key=lambda row: (row.short, row.least)).norm,
        in_post=heads,
        waiting=waiting,
        uncounted=count is None and any(n.from_units is not None for n in subject.norms),
        kept=kept,
    )


@dataclass(frozen=True, slots=True)
class _Tally:
    rows: tuple[Requirement, ...]
    required: int
    short: int


def _tally(
    subject: Subject, stretches: Sequence[Stretch], counts: Sequence[PlaceCount], day: date
) -> _Tally | None:
    count = _count_on(counts, day)
    here = [s for s in stretches if s.covers(day)]
    rows = tuple(
        Requirement(norm, len({s.person for s in here if norm.counts(s.post)}))
        for norm in subject.norms
        if norm.valid_on(day)
        and (norm.from_units is None or (count is not None and count.count >= norm.from_units))
    )
    if not rows:
        return None
    return _Tally(
        rows,
        required=_fewest(rows, [row.least for row in rows]),
        short=_fewest(rows, [row.short for row in rows]),
    )


def _fewest(rows: Sequence[Requirement], numbers: Sequence[int]) -> int:
    """The fewest people for all rows: one person serves every norm of one duty, never two duties.

    Whoever serves a duty also serves the norms that ask for anybody.
    """
    most: dict[str, int] = {}
    for row, number in zip(rows, numbers, strict=True):
        duty = row.norm.duty or ""
        most[duty] = max(most.get(duty, 0), number)
    anybody = most.pop("", 0)
    return max(anybody, sum(most.values()))


def _count_on(counts: Sequence[PlaceCount], day: date) -> PlaceCount | None:
    """The newest count as of a day."""
    known = [c for c in counts if c.as_of <= day]
    return max(known, key=lambda c: c.as_of, default=None)


def _since(
    subject: Subject, stretches: Sequence[Stretch], counts: Sequence[PlaceCount], on: date
) -> date:
    """The first day of the gap that is still open on a day: back from one change to the next."""
    days = {on, *(c.as_of for c in counts), *_ends(subject.norms), *_changes(stretches)}
    first = on
    for day in sorted((d for d in days if d <= on), reverse=True):
        found = _tally(subject, stretches, counts, day)
        if found is None or not found.short:
            break
        first = day
    return first


def _ends(norms: Iterable[Norm]) -> set[date]:
    days = {n.valid_from for n in norms if n.valid_from is not None}
    return days | {n.valid_to + _DAY for n in norms if n.valid_to is not None}


def _changes(stretches: Iterable[Stretch]) -> set[date]:
    found: set[date] = set()
    for stretch in stretches:
        found.add(stretch.first)
        if stretch.last is not None:
            found.add(stretch.last + _DAY)
    return found
