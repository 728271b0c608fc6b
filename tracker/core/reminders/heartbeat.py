"""Signs of life of the periodic jobs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.reminders.models import Heartbeat


def beat(session: Session, job: str, now: datetime, *, ok: bool, note: str = "") -> None:
    """Write down that a job has run, and how it went."""
    row = session.get(Heartbeat, job, with_for_update=True)
    if row is None:
        row = Heartbeat(job=job)
        session.add(row)
    row.at, row.ok, row.note = now, ok, note[:400]
    if ok:
        row.last_ok_at = now
    session.flush()


def heartbeats(session: Session) -> list[Heartbeat]:
    """The last sign of each job."""
    return list(session.scalars(select(Heartbeat).order_by(Heartbeat.job)))
