"""Secret addresses of personal calendars; only their hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.core.notices.models import CalendarFeed

_BYTES = 32
# Calendar programs ask every few minutes; when they last did need not be exact.
_NOTE_EVERY = timedelta(hours=1)


def create_feed(session: Session, user_id: int, now: datetime) -> str:
    """A new address for a person, and the end of the one before; its secret, told only now."""
    revoke_feed(session, user_id, now)
    token = secrets.token_urlsafe(_BYTES)
    session.add(CalendarFeed(user_id=user_id, token_hash=_hash(token), created_at=now))
    session.flush()
    return token


def revoke_feed(session: Session, user_id: int, now: datetime) -> int:
    """End a person's address; answers how many there were."""
    ended = session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(CalendarFeed.id)
    )
    return len(ended.all())


def feed_of(session: Session, user_id: int) -> CalendarFeed | None:
    """A person's address that is in use."""
    query = select(CalendarFeed).where(
        CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None)
    )
    return session.scalars(query.order_by(CalendarFeed.id.desc()).limit(1)).first()


def find_feed(session: Session, token: str) -> CalendarFeed | None:
    """The feed of a secret that is in use."""
    query = select(CalendarFeed).where(
        CalendarFeed.token_hash == _hash(token), CalendarFeed.revoked_at.is_(None)
    )
    return session.scalars(query).one_or_none()


def needs_note(feed: CalendarFeed, now: datetime) -> bool:
    """Whether this reading is worth writing down."""
    return feed.last_read_at is None or now - feed.last_read_at >= _NOTE_EVERY


def note_read(session: Session, feed_id: int, now: datetime) -> None:
    """Write down that it was read."""
    session.execute(update(CalendarFeed).where(CalendarFeed.id == feed_id).values(last_read_at=now))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
