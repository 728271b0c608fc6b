"""The reminder ledger, and the heartbeats of the jobs that empty it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model, UTCDateTime


class Reminder(Model):
    """One rung of one clock for one audience. Planned once, and ended once."""

    __tablename__ = "reminders"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id", ondelete="CASCADE"))
    # Counts up whenever the due date changes: a reminder of an old date is not this one.
    deadline_version: Mapped[int] = mapped_column(Integer)
    rung: Mapped[str] = mapped_column(String(40))
    audience: Mapped[str] = mapped_column(String(24))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(12), default="planned")
    reason: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    # When the next try may be: the due moment itself, later after a failure.
    try_after: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("deadline_id", "deadline_version", "rung", "audience"),
        CheckConstraint(
            "state IN ('planned', 'sent', 'skipped', 'cancelled', 'failed')", name="state_known"
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_iff_sent_at"),
        CheckConstraint(
            "state NOT IN ('skipped', 'cancelled') OR reason IS NOT NULL", name="ended_with_reason"
        ),
        Index(
            "ix_reminders_due",
            "try_after",
            "id",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index("ix_reminders_case", "case_id"),
    )


class Heartbeat(Model):
    """The last sign of life of a periodic job; silence is red."""

    __tablename__ = "heartbeats"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    ok: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    last_ok_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
