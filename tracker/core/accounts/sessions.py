"""Server-side logins: the browser holds a random id, the database only its hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User, UserSession


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often one person may be logged in; the mlps3 profile by default."""

    idle: timedelta = timedelta(minutes=30)
    idle_privileged: timedelta = timedelta(minutes=15)
    absolute: timedelta = timedelta(hours=8)
    at_once: int = 2
    at_once_privileged: int = 1
    fresh: timedelta = timedelta(minutes=5)


MLPS3 = Limits()
# GETs must stay cheap: the time of the last visit is written at most this often.
_TOUCH_EVERY = timedelta(minutes=1)
_KEEP_ENDED = timedelta(days=180)


def hash_id(raw_id: str) -> str:
    """What the database knows of a random id; it has 256 bits, so a plain hash is enough."""
    return hashlib.sha256(raw_id.encode()).hexdigest()


def _end_of(row: UserSession, limits: Limits) -> tuple[datetime, str]:
    idle = limits.idle_privileged if row.privileged else limits.idle
    idle_end, hard_end = row.last_seen_at + idle, row.created_at + limits.absolute
    return (idle_end, "idle") if idle_end <= hard_end else (hard_end, "absolute")


def is_live(row: UserSession, now: datetime, limits: Limits = MLPS3) -> bool:
    """Whether this login still counts."""
    return row.ended_at is None and now < _end_of(row, limits)[0]


def open_session(
    session: Session,
    user_id: int,
    *,
    privileged: bool,
    user_agent: str,
    now: datetime,
    limits: Limits = MLPS3,
) -> str:
    """A new login; returns the raw id for the cookie. Logins beyond the limit end, oldest first."""
    allowed = limits.at_once_privileged if privileged else limits.at_once
    live = live_sessions(session, user_id, now, limits)
    for row in live[allowed - 1 :]:
        _end(row, "too_many", now)
    raw_id = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            id_hash=hash_id(raw_id),
            user_id=user_id,
            created_at=now,
            last_seen_at=now,
            reauth_at=now,
            user_agent=user_agent[:120],
            privileged=privileged,
        )
    )
    session.flush()
    return raw_id


def live_sessions(
    session: Session, user_id: int, now: datetime, limits: Limits = MLPS3
) -> list[UserSession]:
    """A person's living logins, newest first."""
    rows = session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .order_by(UserSession.created_at.desc(), UserSession.id.desc())
    )
    return [row for row in rows if is_live(row, now, limits)]


def find_session(
    session: Session, raw_id: str, now: datetime, limits: Limits = MLPS3
) -> tuple[UserSession, User] | None:
    """The living login behind a cookie, with its active user; None for anything else."""
    found = _row_of(session, raw_id)
    if found is None or not is_live(found[0], now, limits) or not found[1].active:
        return None
    return found


def person_of_dead_session(session: Session, raw_id: str) -> User | None:
    """Whose login a worn-out cookie was; it proves nothing except whom to give their text back."""
    found = _row_of(session, raw_id)
    return found[1] if found is not None and found[1].active else None


def _row_of(session: Session, raw_id: str) -> tuple[UserSession, User] | None:
    if not 32 <= len(raw_id) <= 64:
        return None
    row = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.id_hash == hash_id(raw_id))
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def needs_touch(row: UserSession, now: datetime) -> bool:
    """Whether the last visit is long enough ago to be worth a write."""
    return now - row.last_seen_at >= _TOUCH_EVERY


def touch(session: Session, session_id: int, now: datetime) -> None:
    """Note a visit; never brings an ended login back."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.ended_at.is_(None))
        .values(last_seen_at=now)
    )


def note_reauth(session: Session, session_id: int, now: datetime) -> None:
    """The person has just shown the password again."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(reauth_at=now))


def is_fresh(row: UserSession, now: datetime, limits: Limits = MLPS3) -> bool:
    """Whether the person has proved who they are recently enough for a grave act."""
    return row.reauth_at is not None and now - row.reauth_at <= limits.fresh


def _end(row: UserSession, reason: str, now: datetime) -> None:
    row.ended_at, row.end_reason = now, reason


def end_session(
    session: Session, session_id: int, reason: str, now: datetime, *, user_id: int | None = None
) -> bool:
    """End one login (of this person, when named); False when there was nothing to end."""
    row = session.get(UserSession, session_id)
    if row is None or row.ended_at is not None or user_id not in (None, row.user_id):
        return False
    _end(row, reason, now)
    return True


def end_all(
    session: Session, user_id: int, reason: str, now: datetime, *, keep_id: int | None = None
) -> int:
    """End every login of a person, at the next request everywhere; returns how many."""
    rows = session.scalars(
        select(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    )
    ended = [row for row in rows if row.id != keep_id]
    for row in ended:
        _end(row, reason, now)
    return len(ended)


def close_worn_out(session: Session, now: datetime, limits: Limits = MLPS3) -> int:
    """Write down the end of logins that time has ended, and forget those of long ago."""
    session.execute(delete(UserSession).where(UserSession.ended_at < now - _KEEP_ENDED))
    closed = 0
    for row in session.scalars(select(UserSession).where(UserSession.ended_at.is_(None))):
        moment, reason = _end_of(row, limits)
        if moment <= now:
            _end(row, reason, moment)
            closed += 1
    return closed
