"""What a training year has beyond the spine."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.cases.models import Case
from tracker.core.cases.words import Word, columns
from tracker.core.db import Model
from tracker.core.errors import N_


class Programme(Case):
    """The training plan of one bureau for one year; there is one, however often it is asked for."""

    __tablename__ = "programmes"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    house_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    year: Mapped[int] = mapped_column(Integer)
    needs: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    approved_on: Mapped[date | None] = mapped_column(Date)
    budget: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    # Made by the product before the year began.
    by_clock: Mapped[bool] = mapped_column(default=False)

    __mapper_args__ = {"polymorphic_identity": "programme"}
    __table_args__ = (
        UniqueConstraint("house_id", "year"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="programme_year"),
        CheckConstraint("budget IS NULL OR budget >= 0", name="programme_budget"),
    )


class ProgrammeLine(Model):
    """One line of the plan: what, for whom, how often, how long, what it costs."""

    __tablename__ = "programme_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(
        ForeignKey("programmes.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(120))
    audience: Mapped[str] = mapped_column(String(16))
    month: Mapped[int] = mapped_column(Integer)
    times: Mapped[int] = mapped_column(Integer, default=1)
    hours: Mapped[Decimal] = mapped_column(Numeric(6, 1))
    people: Mapped[int] = mapped_column(Integer)
    budget: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=0)
    # The work coming up that it is for: a census, a new return.
    purpose: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (
        CheckConstraint("month BETWEEN 1 AND 12", name="line_month"),
        CheckConstraint("times > 0 AND people > 0 AND hours > 0", name="line_some"),
        CheckConstraint("budget >= 0", name="line_budget"),
    )


class ProgrammeSession(Model):
    """The line of the plan that a session was opened from."""

    __tablename__ = "programme_sessions"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    line_id: Mapped[int] = mapped_column(ForeignKey("programme_lines.id"), index=True)


index_words = columns(
    Word(N_("需求"), "needs"),
    Word(N_("总结"), "summary"),
)
