"""Signs of life of the periodic jobs, and what their silence means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.errors import N_
from tracker.core.notices.once import insert_once
from tracker.core.reminders.models import ClockHold, Heartbeat
from tracker.core.reminders.timetable import EVERY, longest_silence

OK, FAILED, SILENT, NEVER = "ok", "failed", "silent", "never"
STATE_LABELS: dict[str, str] = {
    OK: N_("正常"),
    FAILED: N_("上次没有办成"),
    SILENT: N_("没有动静"),
    NEVER: N_("从未运行"),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """How one job does: when it last ran, and whether that is as it should be."""

    job: str
    state: str
    at: datetime | None = None
    last_ok_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """All jobs, and the machines whose clocks are not trusted."""

    signs: tuple[Sign, ...]
    holds: int

    @property
    def ok(self) -> bool:
        """Whether everything runs."""
        return not self.holds and all(sign.state == OK for sign in self.signs)


def beat(session: Session, job: str, now: datetime, *, ok: bool, note: str = "") -> None:
    """Write down that a job has run, and how it went."""
    row = session.get(Heartbeat, job, with_for_update=True, populate_existing=True)
    if row is None:
        # Two workers may be the first together.
        insert_once(session, Heartbeat, {"job": job, "at": now, "ok": ok, "note": ""}, ("job",))
        row = session.get_one(Heartbeat, job, with_for_update=True, populate_existing=True)
    row.at, row.ok, row.note = now, ok, note[:400]
    if ok:
        row.last_ok_at = now
    session.flush()


def heartbeats(session: Session) -> list[Heartbeat]:
    """The last sign of each job."""
    return list(session.scalars(select(Heartbeat).order_by(Heartbeat.job)))


def newest(session: Session) -> datetime | None:
    """The last moment at which any worker was alive, by that worker's clock."""
    return session.scalar(select(func.max(Heartbeat.at)))


def health(session: Session, now: datetime) -> Health:
    """Every job of the timetable; one that never ran is as red as one that has stopped."""
    rows = {row.job: row for row in heartbeats(session)}
    open_holds = select(func.count()).where(ClockHold.released_at.is_(None))
    return Health(
        signs=tuple(_sign(job, rows.get(job), now) for job in EVERY),
        holds=session.scalar(open_holds) or 0,
    )


def _sign(job: str, row: Heartbeat | None, now: datetime) -> Sign:
    if row is None:
        return Sign(job, NEVER)
    silent = now - row.at > longest_silence(job)
    state = SILENT if silent else OK if row.ok else FAILED
    return Sign(job, state, row.at, row.last_ok_at, row.note)
