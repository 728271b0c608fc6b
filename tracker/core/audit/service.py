"""Write audit rows, in the transaction of the act itself, and read them back."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tracker.core.audit.hashing import ALGORITHMS, canonical, canonical_json, row_hash
from tracker.core.audit.models import AuditRow
from tracker.core.errors import NotVisible, SetupError

_TAG = re.compile(r"[a-z][a-z0-9_]*([.:][a-z0-9_-]+)+")
# One profile a process; create_app() sets it. Rows name their own, so mixed tables verify.
_profile = {"alg": "sha256"}


def use_algorithm(alg: str) -> None:
    """Hash the rows written from now on with another algorithm: `sm3` in the gm profile."""
    if alg not in ALGORITHMS:
        raise SetupError(f"audit algorithm {alg!r}: use one of {', '.join(ALGORITHMS)}")
    try:
        row_hash(alg, "", "")
    except ValueError as error:
        raise SetupError(f"this Python's OpenSSL has no {alg}; install one that has") from error
    _profile["alg"] = alg


def record(
    session: Session,
    *,
    tag: str,
    at: datetime,
    object: str,  # noqa: A002 - the column's name, and what an auditor calls it
    actor_id: int | None = None,
    on_behalf_of_id: int | None = None,
    case_id: int | None = None,
    n: int | None = None,
    from_state: str | None = None,
    to_state: str | None = None,
    result: str = "done",
    reason: str | None = None,
    request_id: str | None = None,
    origin: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditRow:
    """Add one row and send it to the database. Never give it an identity, a secret or a file name.

    `n` is the case's next audit number; left out, it is drawn here.
    """
    if not _TAG.fullmatch(tag):
        raise ValueError(f"audit tag {tag!r}: write subject.action, e.g. lead.move.approve")
    if case_id is not None and n is None:
        n = next_n(session, case_id)
    columns: dict[str, Any] = {
        "id": _next_id(session),
        "at": at,
        "tag": tag,
        "actor_id": actor_id,
        "on_behalf_of_id": on_behalf_of_id,
        "case_id": case_id,
        "n": n,
        "object": _clean(object, 120),
        "from_state": from_state,
        "to_state": to_state,
        "result": result,
        "reason": _clean(reason),
        "request_id": _clean(request_id, 64),
        "origin": _clean(origin, 80),
        "details": _clean(canonical_json(json.loads(json.dumps(dict(details or {}), default=str)))),
    }
    alg = _profile["alg"]
    salt = secrets.token_hex(16)
    words = canonical(columns)
    row = AuditRow(
        **columns, alg=alg, salt=salt, canonical=words, row_hash=row_hash(alg, salt, words)
    )
    session.add(row)
    session.flush()
    return row


def next_n(session: Session, case_id: int) -> int:
    """Draw the case's next audit number; the case row stays locked until the transaction ends."""
    session.flush()  # a case that is still only in memory has no row to count on
    drawn = session.execute(
        text("UPDATE cases SET audit_n = audit_n + 1 WHERE id = :id RETURNING audit_n"),
        {"id": case_id},
    ).scalar()
    if drawn is None:
        raise NotVisible(f"case {case_id}")
    return int(drawn)


def history(
    session: Session, case_id: int, *, before_n: int | None = None, limit: int = 50
) -> list[AuditRow]:
    """The rows of a case, newest first; `before_n` is the last number of the page before."""
    query = select(AuditRow).where(AuditRow.case_id == case_id)
    if before_n is not None:
        query = query.where(AuditRow.n < before_n)
    return list(session.scalars(query.order_by(AuditRow.n.desc()).limit(limit)))


def _next_id(session: Session) -> int:
    """The row's number, drawn before the insert because the hash covers it."""
    if session.get_bind().dialect.name == "postgresql":
        draw = text("SELECT nextval(pg_get_serial_sequence('audit_rows', 'id'))")
        return int(session.execute(draw).scalar_one())
    # The one writer of a SQLite file holds its lock; AUTOINCREMENT remembers removed rows.
    remembered = session.execute(
        text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_rows'")
    ).scalar()
    highest = session.scalar(select(func.max(AuditRow.id)))
    return max(int(remembered or 0), int(highest or 0)) + 1


def _clean(value: str | None, longest: int | None = None) -> str | None:
    """Text both databases and UTF-8 can hold: no NUL, no half characters, not too long."""
    if value is None:
        return None
    return value.replace("\x00", "").encode("utf-8", "replace").decode()[:longest]
