"""Editions of the working-day table; a later edition overrides the days of earlier ones."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model, UTCDateTime


class CalendarEdition(Model):
    """One act of entering days: a projection, a notice, a correction or taking one back.

    Never changed after. A later edition overrides the days of earlier ones; one that takes an
    edition back holds no days, and from its own day of knowledge on that edition counts no more.
    """

    __tablename__ = "calendar_editions"
    __table_args__ = (
        Index("ix_calendar_editions_known_on", "known_on", "id"),
        Index("uq_calendar_editions_reverts_id", "reverts_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    known_on: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(String(500), default="")
    reverts_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_editions.id"))
    # Empty when the product itself brought the days.
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # Of all days; names the content, so that a process may keep what it has loaded.
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CalendarDay(Model):
    """One day as one edition knows it."""

    __tablename__ = "calendar_days"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('workday', 'weekend', 'holiday', 'makeup')", name="calendar_day_kind"
        ),
        CheckConstraint(
            "status IN ('announced', 'projected', 'manual')", name="calendar_day_status"
        ),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("calendar_editions.id"), primary_key=True)
    on: Mapped[date] = mapped_column("day_on", Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(40), default="")
    status: Mapped[str] = mapped_column(String(10))
