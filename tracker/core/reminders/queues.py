"""What waits, what failed and what the last reconciliation said: for whoever runs the machine.

Nothing here reads what a case is about.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import column, func, select, table, update
from sqlalchemy.orm import Session

from tracker.core.audit.models import AuditRow
from tracker.core.audit.service import record
from tracker.core.deadlines.models import Deadline
from tracker.core.notices.models import Outbox
from tracker.core.reminders.models import Reminder
from tracker.core.reminders.reconcile import TAG

_cases = table("cases", column("id"), column("number"))


@dataclass(frozen=True, slots=True)
class Counts:
    """Reminders that wait, that should have gone out by now, and that were set aside."""

    planned: int
    due: int
    failed: int


@dataclass(frozen=True, slots=True)
class Line:
    """One reminder as an administrator may see it: the number of its case and the rule."""

    number: str | None
    label: str
    rung: str
    audience: str
    kind: str = ""
    reminder_id: int = 0
    due_at: datetime | None = None
    error: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The last reconciliation that found something."""

    at: datetime
    count: int
    lines: tuple[Line, ...]


def counts(session: Session, now: datetime) -> Counts:
    """How many reminders are in which queue."""
    waiting = select(func.count()).select_from(Reminder)
    planned = Reminder.state == "planned"
    return Counts(
        planned=session.scalar(waiting.where(planned)) or 0,
        due=session.scalar(waiting.where(planned, Reminder.try_after <= now)) or 0,
        failed=session.scalar(waiting.where(Reminder.state == "failed")) or 0,
    )


def outbox_counts(session: Session) -> dict[tuple[str, str], int]:
    """How many messages each channel has in which state."""
    query = select(Outbox.channel, Outbox.state, func.count())
    query = query.group_by(Outbox.channel, Outbox.state).order_by(Outbox.channel, Outbox.state)
    return {(channel, state): n for channel, state, n in session.execute(query)}


def failed(session: Session, limit: int = 50) -> list[Line]:
    """Reminders that were set aside after their last try, the oldest first."""
    rows = session.execute(
        select(Reminder, Deadline.label, _cases.c.number)
        .join(Deadline, Deadline.id == Reminder.deadline_id)
        .join(_cases, _cases.c.id == Reminder.case_id)
        .where(Reminder.state == "failed")
        .order_by(Reminder.due_at, Reminder.id)
        .limit(limit)
    )
    return [
        Line(
            number,
            label,
            row.rung,
            row.audience,
            reminder_id=row.id,
            due_at=row.due_at,
            error=row.last_error or "",
            attempts=row.attempts,
        )
        for row, label, number in rows
    ]


def retry(
    session: Session,
    reminder_ids: Sequence[int] | None,
    *,
    actor_id: int,
    now: datetime,
    request_id: str | None = None,
) -> int:
    """Let failed reminders be tried again at once, some or all; answers how many there were."""
    query = update(Reminder).where(Reminder.state == "failed")
    if reminder_ids is not None:
        query = query.where(Reminder.id.in_(reminder_ids))
    done = session.scalars(
        query.values(state="planned", attempts=0, try_after=now)
        .returning(Reminder.id)
        .execution_options(synchronize_session=False)
    ).all()
    for reminder_id in sorted(done):
        record(
            session,
            tag="reminder.retry",
            at=now,
            actor_id=actor_id,
            object=f"reminder:{reminder_id}",
            request_id=request_id,
        )
    return len(done)


def last_verdict(session: Session, limit: int = 200) -> Verdict | None:
    """What the last reconciliation with a difference found; None when there never was one."""
    row = session.execute(
        select(AuditRow.at, AuditRow.details)
        .where(AuditRow.tag == TAG)
        .order_by(AuditRow.at.desc(), AuditRow.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    details: dict[str, Any] = json.loads(row.details)
    items = details["items"][:limit]
    known = _labels(session, {deadline_id for _, _, deadline_id, _, _ in items})
    lines = []
    for kind, _, deadline_id, rung, audience in items:
        number, label = known.get(deadline_id, (None, ""))
        lines.append(Line(number, label, rung, audience, kind))
    return Verdict(row.at, int(details["count"]), tuple(lines))


def _labels(session: Session, deadline_ids: set[int]) -> dict[int, tuple[str | None, str]]:
    rows = session.execute(
        select(Deadline.id, _cases.c.number, Deadline.label)
        .join(_cases, _cases.c.id == Deadline.case_id)
        .where(Deadline.id.in_(deadline_ids))
    )
    return {deadline_id: (number, label) for deadline_id, number, label in rows}
