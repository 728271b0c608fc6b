"""Text a person had typed when the login or the page wore out, kept for them for a day.

The row is sealed with a key made from the id, and only the browser has the id: a form may hold a
reporter's name, which must never lie readable in the database.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import ParkedForm
from tracker.core.accounts.sessions import hash_id

_KEEP = timedelta(days=1)
_MOST_BYTES = 2 * 1024 * 1024
_MOST_FORMS = 5
_NONCE = 12

Fields = list[tuple[str, str]]


def park(session: Session, user_id: int, path: str, fields: Fields, now: datetime) -> str | None:
    """Keep the fields; returns the id for the browser, or None when they are too large."""
    plain = json.dumps(fields, ensure_ascii=False).encode()
    if len(plain) > _MOST_BYTES:
        return None
    forget_parked(session, now)
    older = session.scalars(
        select(ParkedForm.id)
        .where(ParkedForm.user_id == user_id)
        .order_by(ParkedForm.id.desc())
        .offset(_MOST_FORMS - 1)
    ).all()
    session.execute(delete(ParkedForm).where(ParkedForm.id.in_(older)))
    raw_id, nonce = secrets.token_urlsafe(32), os.urandom(_NONCE)
    session.add(
        ParkedForm(
            id_hash=hash_id(raw_id),
            user_id=user_id,
            path=path[:500],
            sealed=nonce + AESGCM(_key(raw_id)).encrypt(nonce, plain, path[:500].encode()),
            created_at=now,
        )
    )
    session.flush()
    return raw_id


def whose(session: Session, raw_id: str, now: datetime) -> tuple[int, str] | None:
    """The person and the page a kept form belongs to."""
    row = _find(session, raw_id, now)
    return None if row is None else (row.user_id, row.path)


def fields_of(
    session: Session, raw_id: str, user_id: int, path: str, now: datetime
) -> Fields | None:
    """The kept fields, for the same person on the same page only."""
    row = _find(session, raw_id, now)
    if row is None or row.user_id != user_id or row.path.partition("?")[0] != path:
        return None
    try:
        plain = AESGCM(_key(raw_id)).decrypt(
            row.sealed[:_NONCE], row.sealed[_NONCE:], row.path.encode()
        )
    except InvalidTag:
        return None
    return [(name, value) for name, value in json.loads(plain)]


def forget_parked(session: Session, now: datetime) -> int:
    """Drop what nobody came back for."""
    gone = session.scalars(
        delete(ParkedForm).where(ParkedForm.created_at < now - _KEEP).returning(ParkedForm.id)
    )
    return len(gone.all())


def _find(session: Session, raw_id: str, now: datetime) -> ParkedForm | None:
    if not 32 <= len(raw_id) <= 64:
        return None
    return session.scalar(
        select(ParkedForm).where(
            ParkedForm.id_hash == hash_id(raw_id), ParkedForm.created_at >= now - _KEEP
        )
    )


def _key(raw_id: str) -> bytes:
    return hashlib.sha256(b"tracker parked form\0" + raw_id.encode()).digest()
