"""Deadlines of a case and the facts their dates are replayed from."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model, UTCDateTime


class DeadlineState(StrEnum):
    """Whether a clock runs, stands still or is over."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    STOPPED = "stopped"


class Deadline(Model):
    """One clock of one case; due_on is the stored replay of its facts."""

    __tablename__ = "deadlines"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'suspended', 'stopped')", name="deadline_state"),
        CheckConstraint("unit IN ('wd', 'cd', 'm', 'h', 'y', 'none')", name="deadline_unit"),
        CheckConstraint("(unit = 'none') = (length IS NULL)", name="length_iff_unit"),
        # A clock that was stopped while it stood still has no due date either.
        CheckConstraint("state != 'running' OR due_on IS NOT NULL", name="running_has_due_on"),
        CheckConstraint("state != 'suspended' OR due_on IS NULL", name="suspended_has_no_due_on"),
        CheckConstraint("(state = 'stopped') = (stopped_on IS NOT NULL)", name="stopped_iff_day"),
        CheckConstraint("due_at IS NULL OR unit = 'h'", name="moment_only_for_hours"),
        Index("ix_deadlines_case_id_state", "case_id", "state"),
        Index("ix_deadlines_state_due_on", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    rule_id: Mapped[str] = mapped_column(String(30))
    rule_version: Mapped[int]
    label: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(4))
    length: Mapped[int | None]
    roll: Mapped[bool]
    region_code: Mapped[str] = mapped_column(String(12), default="")
    started_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    provisional: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default=DeadlineState.RUNNING.value)
    stopped_on: Mapped[date | None] = mapped_column(Date)
    responsible_role: Mapped[str] = mapped_column(String(30))
    version: Mapped[int] = mapped_column(default=0)
    calendar_edition: Mapped[int]


class DeadlineFact(Model):
    """One thing that happened to a clock; rows are added, never changed."""

    __tablename__ = "deadline_facts"
    __table_args__ = (
        UniqueConstraint("deadline_id", "seq"),
        CheckConstraint(
            "kind IN ('start', 'suspend', 'resume', 'extend', 'stop', 'set_due')",
            name="fact_kind",
        ),
        CheckConstraint("kind != 'extend' OR term IS NOT NULL", name="extension_has_term"),
        CheckConstraint("kind != 'set_due' OR due IS NOT NULL", name="new_date_is_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id", ondelete="CASCADE"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    on: Mapped[date] = mapped_column("happened_on", Date)
    at: Mapped[datetime | None] = mapped_column("happened_at", UTCDateTime)
    term: Mapped[str | None] = mapped_column(String(12))
    due: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(500), default="")
    document: Mapped[str | None] = mapped_column(String(120))
    # Empty when the clock itself acted.
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # Who agreed, where the rule wants a second person (an extension).
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
