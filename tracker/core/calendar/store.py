"""The stored calendar: publish an edition, load what is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tracker.core.calendar import table
from tracker.core.calendar.days import Calendar, Day, DayKind, DayStatus
from tracker.core.calendar.models import CalendarDay, CalendarEdition
from tracker.core.db import Model
from tracker.core.errors import N_, BadInput, SetupError, say

# Editions never change, so a calendar stays right as long as the digests behind it are the same.
_loaded: dict[tuple[tuple[int, str], ...], Calendar] = {}
_KEPT = 8


def publish(
    session: Session,
    days: Iterable[Day],
    *,
    known_on: date,
    source: str,
    now: datetime,
    note: str = "",
) -> CalendarEdition:
    """Add an edition that overrides these days from now on."""
    rows = sorted(days, key=lambda d: d.on)
    if not rows:
        raise BadInput("days", say(N_("这一版日历里没有任何日期。")))
    if len({d.on for d in rows}) != len(rows):
        raise BadInput("days", say(N_("这一版日历里有重复的日期。")))
    text = "\n".join(f"{d.on} {d.kind} {d.name} {d.status}" for d in rows)
    edition = CalendarEdition(
        known_on=known_on,
        source=source,
        note=note,
        digest=hashlib.sha256(f"{known_on} {source}\n{text}".encode()).hexdigest(),
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


def seed(session: Session, now: datetime) -> CalendarEdition:
    """The shipped table as the first edition; does nothing when an edition exists."""
    first = session.scalars(select(CalendarEdition).order_by(CalendarEdition.id).limit(1)).first()
    if first is not None:
        return first
    return publish(
        session, table.packaged_days(), known_on=table.KNOWN_ON, source=table.SOURCE, now=now
    )


def load(session: Session, known_on: date | None = None, *, upto: int | None = None) -> Calendar:
    """The calendar as known on a day (default: now), or as it stood with edition `upto`."""
    found = session.execute(
        select(
            CalendarEdition.id,
            CalendarEdition.digest,
            CalendarEdition.known_on,
            CalendarEdition.source,
        ).order_by(CalendarEdition.known_on, CalendarEdition.id)
    ).all()
    if not found:
        raise SetupError("the working-day calendar is empty: load the reference data first")
    # The first edition is the ground: it stands for all that was known before records began.
    ground = min(row.id for row in found)
    chosen = [
        row
        for row in found
        if row.id == ground
        or ((known_on is None or row.known_on <= known_on) and (upto is None or row.id <= upto))
    ]
    key = tuple((row.id, row.digest) for row in chosen)
    if key not in _loaded:
        calendar = _read(session, {row.id: row.source for row in chosen})
        while len(_loaded) >= _KEPT:
            _loaded.pop(next(iter(_loaded)), None)
        _loaded[key] = calendar
        return calendar
    return _loaded[key]


def _read(session: Session, sources: dict[int, str]) -> Calendar:
    """Overlay the editions in order of their day of knowledge."""
    rank = {edition_id: place for place, edition_id in enumerate(sources)}
    rows = session.execute(
        select(
            CalendarDay.edition_id,
            CalendarDay.on,
            CalendarDay.kind,
            CalendarDay.name,
            CalendarDay.status,
        ).where(CalendarDay.edition_id.in_(sources))
    ).all()
    days: dict[date, Day] = {}
    for row in sorted(rows, key=lambda r: rank[r.edition_id]):
        days[row.on] = Day(
            row.on, DayKind(row.kind), row.name, DayStatus(row.status), sources[row.edition_id]
        )
    return Calendar(days.values(), edition=max(sources))
