"""How often one may guess a password. Counted in one table, so nodes share it and it survives.

A try is written down before the password is looked at: a hundred tries at once still evaluate
five. Only tries that were evaluated count; asking while locked does not lengthen the lock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tracker.core.accounts.models import LoginAttempt

# MLPS level 3, 8.1.4.1b, and ASVS 6.3.1; the figures are the house's own (security.md ID3).
_TRIES = 5
_WINDOW = timedelta(minutes=15)
_LONGEST = timedelta(hours=24)
_STRANGERS_PER_HOUR = 20
_PER_IP, _IP_WINDOW = 30, timedelta(minutes=5)
_ALL, _ALL_WINDOW = 1000, timedelta(minutes=5)
_KEEP = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Leave to look at a password once, or the moment at which to ask again."""

    id: int | None
    until: datetime | None = None


def account_hash(username: str) -> str:
    """The key under which tries for a name are counted, known name or not."""
    return hashlib.sha256(username.strip().lower().encode()).hexdigest()


def begin_attempt(session: Session, username: str, device: str, ip: str, now: datetime) -> Attempt:
    """Take one try in a short transaction of its own, before the password is evaluated."""
    account = account_hash(username)
    _one_at_a_time(session, account)
    device_hash = _known_device(session, account, device)
    until = _locked_until(session, account, device_hash, ip, now)
    if until is not None:
        return Attempt(None, until)
    row = LoginAttempt(account_hash=account, device_hash=device_hash, ip=ip[:64], at=now, ok=False)
    session.add(row)
    session.flush()
    return Attempt(row.id)


def succeed(session: Session, attempt_id: int, device: str) -> None:
    """The password was right: this try is no failure, and the device is known from now on."""
    session.execute(
        update(LoginAttempt)
        .where(LoginAttempt.id == attempt_id)
        .values(ok=True, device_hash=hashlib.sha256(device.encode()).hexdigest())
    )


def unlock(session: Session, username: str) -> int:
    """Forget the failures of one account; returns how many there were."""
    rows = session.scalars(
        select(LoginAttempt.id).where(
            LoginAttempt.account_hash == account_hash(username), LoginAttempt.ok.is_(False)
        )
    ).all()
    session.execute(delete(LoginAttempt).where(LoginAttempt.id.in_(rows)))
    return len(rows)


def forget_old(session: Session, now: datetime) -> int:
    """Drop tries of long ago; a device unseen for as long is a stranger again."""
    gone = session.scalars(
        delete(LoginAttempt).where(LoginAttempt.at < now - _KEEP).returning(LoginAttempt.id)
    )
    return len(gone.all())


def _one_at_a_time(session: Session, account: str) -> None:
    # SQLite writers queue anyway; on PostgreSQL two tries could both count four failures.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(account))))


def _known_device(session: Session, account: str, device: str) -> str:
    if not device:
        return ""
    digest = hashlib.sha256(device.encode()).hexdigest()
    known = session.scalar(
        select(LoginAttempt.id)
        .where(
            LoginAttempt.account_hash == account,
            LoginAttempt.device_hash == digest,
            LoginAttempt.ok.is_(True),
        )
        .limit(1)
    )
    return digest if known is not None else ""


def _locked_until(
    session: Session, account: str, device_hash: str, ip: str, now: datetime
) -> datetime | None:
    untils = [
        _device_lock(session, account, device_hash, now),
        _window_lock(session, _ALL, _ALL_WINDOW, now),
        _window_lock(session, _PER_IP, _IP_WINDOW, now, LoginAttempt.ip == ip[:64]),
    ]
    if not device_hash:
        strangers = (LoginAttempt.account_hash == account, LoginAttempt.device_hash == "")
        untils.append(
            _window_lock(session, _STRANGERS_PER_HOUR, timedelta(hours=1), now, *strangers)
        )
    return max((u for u in untils if u is not None and u > now), default=None)


def _device_lock(
    session: Session, account: str, device_hash: str, now: datetime
) -> datetime | None:
    """Five failures within the window lock; the lock doubles with each five of the last day."""
    where = (LoginAttempt.account_hash == account, LoginAttempt.device_hash == device_hash)
    last_ok = session.scalar(
        select(func.max(LoginAttempt.id)).where(*where, LoginAttempt.ok.is_(True))
    )
    failures = session.scalars(
        select(LoginAttempt.at)
        .where(
            *where,
            LoginAttempt.ok.is_(False),
            LoginAttempt.id > (last_ok or 0),
            LoginAttempt.at > now - _LONGEST,
        )
        .order_by(LoginAttempt.id.desc())
    ).all()
    if len(failures) < _TRIES or failures[0] - failures[_TRIES - 1] > _WINDOW:
        return None
    doublings = min(len(failures) // _TRIES - 1, 10)
    return failures[0] + min(_WINDOW * (1 << doublings), _LONGEST)


def _window_lock(
    session: Session, limit: int, window: timedelta, now: datetime, *where: object
) -> datetime | None:
    at: datetime | None = session.scalar(
        select(LoginAttempt.at)
        .where(LoginAttempt.ok.is_(False), LoginAttempt.at > now - window, *where)  # type: ignore[arg-type]
        .order_by(LoginAttempt.at.desc())
        .offset(limit - 1)
        .limit(1)
    )
    return None if at is None else at + window
