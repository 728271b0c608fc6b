"""What the operator sees of messages outside, and decides about those nobody can be sure of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User
from tracker.core.errors import N_
from tracker.core.notices.channels.letter import Describe, Line
from tracker.core.notices.models import Attempt, Notice, Outbox
from tracker.core.notices.queueing import TEST
from tracker.core.notices.sending import items_of

Decision = Literal["delivered", "again", "drop"]

STATE_LABELS: dict[str, str] = {
    "unknown": N_("不知是否送达"),
    "failed": N_("没有发出"),
    "queued": N_("等待发送"),
    "sending": N_("正在发送"),
    "sent": N_("已发出"),
    "skipped": N_("不再发送"),
}
UNDECIDED = ("unknown", "failed")
DROPPED, DELIVERED = "dropped", "delivered"
# Ended rows are shown for so long; the others until they end.
_SHOWN = timedelta(days=7)
_COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """One message on the operator's page: nothing of a case beyond what leaves."""

    row: Outbox
    person: str
    lines: list[Line]
    is_test: bool
    tries: list[Attempt]


def of_state(state: str, now: datetime) -> ColumnElement[bool]:
    """Messages of one state; inbox rows only where they failed, for nobody else shows them."""
    outside = Outbox.channel != "inbox"
    found = and_(Outbox.state == state, outside)
    if state == "failed":
        return Outbox.state == state
    if state in ("sent", "skipped"):
        return and_(found, Outbox.try_after > now - _SHOWN)
    return found


def counts(session: Session, now: datetime) -> dict[str, int]:
    """How many messages each tab holds, counted no further than one past a thousand."""
    found = {}
    for state in STATE_LABELS:
        some = select(Outbox.id).where(of_state(state, now)).limit(_COUNT_CAP + 1).subquery()
        found[state] = session.scalar(select(func.count()).select_from(some)) or 0
    return found


def undecided(session: Session) -> int:
    """How many messages wait for the operator."""
    return session.scalar(select(func.count()).where(Outbox.state.in_(UNDECIDED))) or 0


def messages(
    session: Session,
    state: str,
    describe: Describe,
    now: datetime,
    before: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[Shown]:
    """A page of one state, newest first; `before` is the last row's place on the page before."""
    query = (
        select(Outbox, User.name)
        .outerjoin(User, User.id == Outbox.user_id)
        .where(of_state(state, now))
    )
    if before is not None:
        moment, row_id = before
        query = query.where(
            or_(
                Outbox.try_after < moment,
                and_(Outbox.try_after == moment, Outbox.id < row_id),
            )
        )
    order = (Outbox.try_after.desc(), Outbox.id.desc())
    rows = session.execute(query.order_by(*order).limit(limit)).all()
    ids = [row.id for row, _name in rows]
    items, tries = items_of(session, ids), _tries(session, ids)
    return [
        Shown(
            row,
            name or "",
            _lines(session, row, items.get(row.id, []), describe),
            row.source_key.startswith(f"{TEST}:"),
            tries.get(row.id, []),
        )
        for row, name in rows
    ]


def _lines(
    session: Session, row: Outbox, notices: Sequence[Notice], describe: Describe
) -> list[Line]:
    cases = [(n.case_id, n.due_on) for n in notices] or (
        [(row.case_id, None)] if row.case_id is not None else []
    )
    found = [
        Line(describe(session, case_id) if case_id is not None else None, due)
        for case_id, due in cases
    ]
    return list(dict.fromkeys(found))


def _tries(session: Session, ids: Sequence[int]) -> dict[int, list[Attempt]]:
    rows = session.scalars(
        select(Attempt).where(Attempt.outbox_id.in_(ids)).order_by(Attempt.outbox_id, Attempt.n)
    )
    found: dict[int, list[Attempt]] = {}
    for row in rows:
        found.setdefault(row.outbox_id, []).append(row)
    return found


def decide(session: Session, row_id: int, decision: Decision, now: datetime) -> str | None:
    """End or queue again a message that waits for the operator; its state before, None if none.

    Queued again it keeps its id, so that a receiver who had it can know it for the same.
    """
    row = session.scalars(
        select(Outbox)
        .where(Outbox.id == row_id, Outbox.state.in_(UNDECIDED))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    # What did not reach our own inbox is not there, whatever anybody says.
    if row is None or (decision == "delivered" and row.channel == "inbox"):
        return None
    before = row.state
    values: dict[Decision, dict[str, object]] = {
        "delivered": {"state": "sent", "sent_at": now, "last_error": DELIVERED},
        "again": {"state": "queued"},
        "drop": {"state": "skipped", "last_error": DROPPED},
    }
    session.execute(
        update(Outbox)
        .where(Outbox.id == row_id, Outbox.state == before)
        .values(try_after=now, **values[decision])
        .execution_options(synchronize_session=False)
    )
    return before
