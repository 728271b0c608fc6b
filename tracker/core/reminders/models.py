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
    # Sent after its time because nobody swept: the message says so.
    late: Mapped[bool] = mapped_column(default=False)
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


class RungSetting(Model):
    """The reminders a bureau has chosen for a rule in place of the rulebook's."""

    __tablename__ = "rung_settings"
    __table_args__ = (UniqueConstraint("org_id", "rule_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    rule_id: Mapped[str] = mapped_column(String(30))
    # One rung a line, as `Rung.written`; empty: no reminders.
    rungs: Mapped[str] = mapped_column(Text)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Outage(Model):
    """A time in which nobody swept: from the last sign of life to the return."""

    __tablename__ = "worker_outages"
    __table_args__ = (CheckConstraint("ended_at > began_at", name="outage_has_length"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UTCDateTime, unique=True)
    ended_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ClockHold(Model):
    """A machine whose clock jumped: it sends nothing until its clock is right or was confirmed."""

    __tablename__ = "clock_holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    node: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    # How far the wall clock is off, in seconds; negative: it went back.
    jump: Mapped[int] = mapped_column(Integer)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (Index("ix_clock_holds_open", "released_at"),)


class Heartbeat(Model):
    """The last sign of life of a periodic job; silence is red."""

    __tablename__ = "heartbeats"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    ok: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    last_ok_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
