"""The same form sent twice does its work once: a key drawn with the page, unique with the person.

In a view, inside `transaction()`::

    earlier = once(session, actor.user_id, key, body_hash(request.form), now)
    if earlier is not None:
        return redirect(earlier, 303)
    ...
    remember(session, actor.user_id, key, location)
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.datastructures import MultiDict

from tracker.core.db import Model, UTCDateTime
from tracker.core.errors import BadInput, TrackerError, say

FIELD = "_once"
_NOT_BODY = frozenset({FIELD, "csrf_token", "_page"})
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_KEEP = timedelta(days=7)


class IdempotencyKey(Model):
    """One sending of one form by one person, and where its answer led."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("actor_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(String(64))
    body_hash: Mapped[str] = mapped_column(String(64))
    # Empty only inside the transaction that does the work.
    location: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class DifferentBody(TrackerError):
    """A key that was used before came back with other contents."""


def new_key() -> str:
    """For the hidden field of a freshly shown form."""
    return secrets.token_urlsafe(24)


def body_hash(form: MultiDict[str, str]) -> str:
    """What was sent, apart from tokens; the order of fields does not matter, repeats do."""
    items = sorted((name, values) for name, values in form.lists() if name not in _NOT_BODY)
    # Keyed: a form may hold a reporter's number, which a bare hash would let one guess.
    key = str(current_app.secret_key).encode()
    return hmac.new(key, json.dumps(items, ensure_ascii=False).encode(), "sha256").hexdigest()


def once(session: Session, actor_id: int, key: str, sent_hash: str, now: datetime) -> str | None:
    """None the first time: do the work. Later: where the first answer led.

    The insert comes first. On PostgreSQL a second sending waits there for the first to end;
    on SQLite it is not in its transaction yet.
    """
    if not _KEY.fullmatch(key):
        raise BadInput(FIELD, say("页面不完整，请重新打开后再提交"))
    try:
        with session.begin_nested():
            session.add(
                IdempotencyKey(actor_id=actor_id, key=key, body_hash=sent_hash, created_at=now)
            )
            session.flush()
    except IntegrityError:
        row = session.scalar(
            select(IdempotencyKey).where(
                IdempotencyKey.actor_id == actor_id, IdempotencyKey.key == key
            )
        )
        if row is None:  # it was another constraint: no such person
            raise
        if row.body_hash != sent_hash:
            raise DifferentBody(key) from None
        return row.location or "/"
    return None


def remember(session: Session, actor_id: int, key: str, location: str) -> None:
    """Note where the answer leads, in the same transaction as the work."""
    session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.actor_id == actor_id, IdempotencyKey.key == key)
        .values(location=location[:500])
    )


def forget_old_keys(session: Session, now: datetime) -> int:
    """Drop keys nobody can send again."""
    gone = session.scalars(
        delete(IdempotencyKey)
        .where(IdempotencyKey.created_at < now - _KEEP)
        .returning(IdempotencyKey.id)
    )
    return len(gone.all())
