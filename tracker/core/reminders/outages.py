"""Times in which nobody swept, each written down once, whoever returns first."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.notices.once import insert_once
from tracker.core.reminders.heartbeat import beat
from tracker.core.reminders.models import Heartbeat, Outage, Reminder
from tracker.core.reminders.timetable import SWEEP, longest_silence


def silent_since(session: Session, now: datetime, *, lock: bool = False) -> datetime | None:
    """When the sweep was last well, if that is too long ago; None while it is well."""
    row = session.get(Heartbeat, SWEEP, with_for_update=lock or None, populate_existing=True)
    if row is None or row.last_ok_at is None or now - row.last_ok_at <= longest_silence(SWEEP):
        return None
    return row.last_ok_at


def note_return(session: Session, now: datetime) -> bool:
    """Write down the outage that ends now, if there was one; asked under the lock of the sign.

    The sign of life goes into the same transaction, so that of several workers that return
    together one writes the outage and the others find it over.
    """
    began_at = silent_since(session, now, lock=True)
    if began_at is None:
        return False
    insert_once(session, Outage, {"began_at": began_at, "ended_at": now}, ("began_at",))
    beat(session, SWEEP, now, ok=True, note="returned")
    return True


class Outages:
    """The outages that were not over before a moment (default: all), read once."""

    def __init__(self, session: Session, since: datetime | None = None) -> None:
        query = select(Outage).order_by(Outage.id.desc())
        self._rows = list(
            session.scalars(query if since is None else query.where(Outage.ended_at >= since))
        )

    def of(self, row: Reminder) -> int | None:
        """The outage in which a reminder came due; None when somebody swept then."""
        if row.created_at >= row.due_at:
            return None  # its time had passed when it was planned: no outage kept it back
        inside = (o.id for o in self._rows if o.began_at < row.due_at <= o.ended_at)
        return next(inside, None)


def latest(session: Session, limit: int = 10) -> list[Outage]:
    """The newest outages, newest first."""
    return list(session.scalars(select(Outage).order_by(Outage.began_at.desc()).limit(limit)))


def held_back(due_at: datetime, now: datetime) -> bool:
    """Whether a reminder goes out so late that an outage may be the reason."""
    return now - due_at > timedelta(minutes=1)
