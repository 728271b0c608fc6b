"""The stored calendar: publish an edition, take one back, load what is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tracker.core.calendar import table
from tracker.core.calendar.days import Calendar, Day, DayKind, DayStatus
from tracker.core.calendar.layers import EditionRow, chosen_rows, in_order, laid_over
from tracker.core.calendar.models import CalendarDay, CalendarEdition
from tracker.core.calendar.year import is_announced
from tracker.core.db import Model
from tracker.core.errors import N_, BadInput, NotVisible, SetupError, say

# Editions never change, so a calendar stays right as long as the digests behind it are the same.
_loaded: dict[tuple[tuple[int, str], ...], Calendar] = {}
_KEPT = 8
# The days of each edition, by its digest, which covers them and their source.
_days: dict[str, list[Day]] = {}
_KEPT_EDITIONS = 64
# The last announced year, by the newest edition and the number of all.
_last_years: dict[tuple[int, str, int], int] = {}


@dataclass(frozen=True, slots=True)
class EditionInfo:
    """An edition as people see it in a list."""

    id: int
    known_on: date
    source: str
    entered_by_id: int | None
    created_at: datetime
    reverts_id: int | None
    reverted_by_id: int | None
    shipped: bool
    days: int
    first: date | None
    last: date | None

    @property
    def revertible(self) -> bool:
        """Whether it can be taken back."""
        return not self.shipped and self.reverts_id is None and self.reverted_by_id is None


# ---------------------------------------------------------------- writes


def publish(
    session: Session,
    days: Iterable[Day],
    *,
    known_on: date,
    source: str,
    now: datetime,
    note: str = "",
    entered_by_id: int | None = None,
) -> CalendarEdition:
    """Add an edition that overrides these days from now on."""
    rows = sorted(days, key=lambda d: d.on)
    if not rows:
        raise BadInput("days", say(N_("这一版日历里没有任何日期。")))
    if len({d.on for d in rows}) != len(rows):
        raise BadInput("days", say(N_("这一版日历里有重复的日期。")))
    edition = CalendarEdition(
        known_on=known_on,
        source=source,
        note=note,
        entered_by_id=entered_by_id,
        digest=_digest(known_on, source, rows),
        created_at=now,
    )
    session.add(edition)
    session.flush()
    session.execute(
        insert(Model.metadata.tables[CalendarDay.__tablename__]),
        [
            {
                "edition_id": edition.id,
                "day_on": d.on,
                "kind": d.kind.value,
                "name": d.name,
                "status": d.status.value,
            }
            for d in rows
        ],
    )
    return edition


def take_back(
    session: Session,
    edition_id: int,
    *,
    known_on: date,
    now: datetime,
    entered_by_id: int | None = None,
    note: str = "",
) -> CalendarEdition:
    """Make an edition count no more, by an edition that says so; only what people entered."""
    edition = check_revertible(session, edition_id)
    source = f"撤回第{edition_id}版：{edition.source}"[:300]
    taken = CalendarEdition(
        known_on=max(known_on, edition.known_on),
        source=source,
        note=note,
        reverts_id=edition_id,
        entered_by_id=entered_by_id,
        digest=hashlib.sha256(f"{known_on} -{edition_id} {edition.digest}".encode()).hexdigest(),
        created_at=now,
    )
    session.add(taken)
    session.flush()
    return taken


def seed(session: Session, now: datetime) -> int:
    """Add the shipped editions that are missing; answers how many those were.

    A database of version 0.1 keeps its one edition of all days, on which stored dates rest, and
    gets the others after it: by their days of knowledge they stand before it.
    """
    there = set(session.scalars(select(CalendarEdition.digest)))
    missing = [e for digest, e in _shipped().items() if digest not in there]
    for edition in missing:
        publish(session, edition.days, known_on=edition.known_on, source=edition.source, now=now)
    return len(missing)


def check_revertible(session: Session, edition_id: int) -> CalendarEdition:
    """The edition, if it can be taken back."""
    edition = session.get(CalendarEdition, edition_id)
    if edition is None:
        raise NotVisible(f"calendar edition {edition_id}")
    if edition.digest in shipped_digests() or edition.reverts_id is not None:
        raise BadInput(
            "edition",
            say(
                N_("第%(id)s版不是导入的放假安排，不能撤回；要更正，请导入新的安排。"),
                id=edition_id,
            ),
        )
    if session.scalar(
        select(CalendarEdition.id).where(CalendarEdition.reverts_id == edition_id).limit(1)
    ):
        raise BadInput("edition", say(N_("第%(id)s版已经撤回了。"), id=edition_id))
    return edition


def shipped_digests() -> frozenset[str]:
    """The names of what the product brings, now or in version 0.1."""
    return frozenset({*_shipped(), table.FIRST_DIGEST})


# ---------------------------------------------------------------- reads


def load(session: Session, known_on: date | None = None, *, upto: int | None = None) -> Calendar:
    """The calendar as known on a day (default: now), or as it stood with edition `upto`."""
    chosen = chosen_rows(edition_rows(session), known_on, upto)
    if not chosen:
        raise SetupError("the working-day calendar is empty: load the reference data first")
    key = tuple((row.id, row.digest) for row in chosen)
    calendar = _loaded.get(key)
    if calendar is None:
        calendar = laid_over(chosen, _days_of(session, chosen))
        while len(_loaded) >= _KEPT:
            _loaded.pop(next(iter(_loaded)), None)
        _loaded[key] = calendar
    return calendar


def edition_rows(session: Session) -> list[EditionRow]:
    """All editions in the order they became known."""
    found = session.execute(
        select(
            CalendarEdition.id,
            CalendarEdition.digest,
            CalendarEdition.known_on,
            CalendarEdition.source,
            CalendarEdition.reverts_id,
        ).order_by(CalendarEdition.known_on, CalendarEdition.id)
    )
    return [EditionRow(*row) for row in found]


def editions(session: Session, known_on: date | None = None) -> list[EditionInfo]:
    """What became known by a day (default: everything), newest first."""
    spans = {
        row[0]: (row[1], row[2], row[3])
        for row in session.execute(
            select(
                CalendarDay.edition_id,
                func.count(),
                func.min(CalendarDay.on),
                func.max(CalendarDay.on),
            ).group_by(CalendarDay.edition_id)
        )
    }
    rows = session.scalars(
        select(CalendarEdition).order_by(CalendarEdition.known_on.desc(), CalendarEdition.id.desc())
    ).all()
    shown = [row for row in rows if known_on is None or row.known_on <= known_on]
    shown = shown or list(rows[-1:])  # the ground is known on every day
    gone = {row.reverts_id: row.id for row in shown if row.reverts_id is not None}
    shipped = shipped_digests()
    return [
        EditionInfo(
            row.id,
            row.known_on,
            row.source,
            row.entered_by_id,
            row.created_at,
            row.reverts_id,
            gone.get(row.id),
            row.digest in shipped,
            *spans.get(row.id, (0, None, None)),
        )
        for row in shown
    ]


def load_with(session: Session, days: Sequence[Day], *, known_on: date, source: str) -> Calendar:
    """The calendar as it would be with one more edition; nothing is written."""
    named = [replace(day, source=source) for day in days]
    rows = edition_rows(session)
    last = max((row.id for row in rows), default=0) + 1
    rows = sorted([*rows, EditionRow(last, "", known_on, source, None)], key=in_order)
    chosen = chosen_rows(rows, None, None)
    return laid_over(chosen, {**_days_of(session, chosen), last: named})


def load_without(session: Session, edition_id: int, *, known_on: date) -> Calendar:
    """The calendar as it would be if one edition were taken back; nothing is written."""
    rows = edition_rows(session)
    last = max((row.id for row in rows), default=0) + 1
    chosen = chosen_rows([*rows, EditionRow(last, "", known_on, "", edition_id)], None, None)
    return laid_over(chosen, _days_of(session, chosen))


def announced_until(session: Session) -> int:
    """The last year whose arrangements are announced; one small query."""
    everything = select(func.count(CalendarEdition.id)).scalar_subquery()
    newest = session.execute(
        select(CalendarEdition.id, CalendarEdition.digest, everything)
        .order_by(CalendarEdition.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None:
        return 0
    key = (newest[0], newest[1], newest[2])
    if key not in _last_years:
        calendar = load(session)
        if len(_last_years) >= _KEPT:
            _last_years.clear()
        _last_years[key] = max(
            (
                year
                for year in range(calendar.first.year, calendar.last.year + 1)
                if is_announced(calendar, year)
            ),
            default=0,
        )
    return _last_years[key]


# ---------------------------------------------------------------- inside


def _days_of(session: Session, chosen: Sequence[EditionRow]) -> dict[int, list[Day]]:
    # Another thread may drop an edition at any moment: look once.
    found = {row.id: _days.get(row.digest, []) for row in chosen}
    wanted = {row.id: row for row in chosen if not found[row.id]}
    fresh: dict[int, list[Day]] = {edition_id: [] for edition_id in wanted}
    if wanted:
        rows = session.execute(
            select(
                CalendarDay.edition_id,
                CalendarDay.on,
                CalendarDay.kind,
                CalendarDay.name,
                CalendarDay.status,
            ).where(CalendarDay.edition_id.in_(wanted))
        )
        for edition_id, on, kind, name, status in rows:
            source = wanted[edition_id].source
            fresh[edition_id].append(Day(on, DayKind(kind), name, DayStatus(status), source))
    while _days and len(_days) + len(fresh) > _KEPT_EDITIONS:
        _days.pop(next(iter(_days)), None)
    _days.update((row.digest, fresh[row.id]) for row in wanted.values() if fresh[row.id])
    return found | fresh


def _digest(known_on: date, source: str, rows: Iterable[Day]) -> str:
    text = "\n".join(f"{d.on} {d.kind} {d.name} {d.status}" for d in rows)
    return hashlib.sha256(f"{known_on} {source}\n{text}".encode()).hexdigest()


@cache
def _shipped() -> dict[str, table.Edition]:
    """What the product brings, by the digest it has in the database."""
    return {
        _digest(e.known_on, e.source, sorted(e.days, key=lambda d: d.on)): e
        for e in table.packaged_editions()
    }
