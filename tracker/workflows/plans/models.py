"""What a yearly inspection plan has beyond the spine, with the promises the database keeps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.cases.models import Case
from tracker.core.cases.words import Word, columns
from tracker.core.db import Model, UTCDateTime
from tracker.core.errors import N_
from tracker.workflows.plans.items import STRATA

# Directed checks are listed in the plan and opened elsewhere (domain 3.1, I2').
DIRECTED = {
    "special": N_("专项检查"),
    "focused": N_("重点检查"),
    "lead": N_("线索核查"),
}
DRAW_STATUS = {
    "frozen": N_("名录已冻结"),
    "drawn": N_("待确认"),
    "confirmed": N_("已确认"),
    "void": N_("已作废"),
}


def _one_of(column: str, values: Iterable[str]) -> str:
    listed = ", ".join(f"'{v}'" for v in values)
    return f"{column} IN ({listed})"


class Plan(Case):
    """A year's inspection plan of one bureau."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, index=True)
    basis: Mapped[str] = mapped_column(Text)
    aims: Mapped[str] = mapped_column(Text)
    # Codes of the published list, with a blank between them.
    items: Mapped[str] = mapped_column(String(200))
    check_from: Mapped[date] = mapped_column(Date)
    check_to: Mapped[date] = mapped_column(Date)
    counties: Mapped[int | None] = mapped_column(Integer)
    townships: Mapped[int | None] = mapped_column(Integer)
    teams: Mapped[int] = mapped_column(Integer)
    team_size: Mapped[int] = mapped_column(Integer)
    summary: Mapped[str | None] = mapped_column(Text)

    strata: Mapped[list[PlanStratum]] = relationship(
        order_by="PlanStratum.line", cascade="all, delete-orphan", lazy="selectin"
    )

    __mapper_args__ = {"polymorphic_identity": "plan"}
    __table_args__ = (
        CheckConstraint("check_from <= check_to", name="period_runs_forward"),
        CheckConstraint("teams > 0 AND team_size > 0", name="somebody_checks"),
        CheckConstraint("counties IS NULL OR counties > 0", name="counties_counted"),
        CheckConstraint("townships IS NULL OR townships > 0", name="townships_counted"),
    )


class PlanStratum(Model):
    """How many objects of a stratum are to be drawn."""

    __tablename__ = "plan_strata"

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    line: Mapped[int] = mapped_column(Integer)
    count: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        CheckConstraint(_one_of("code", STRATA), name="stratum_known"),
        CheckConstraint("count > 0", name="count_is_one_at_least"),
    )


class PlanObject(Model):
    """A respondent unit in the plan's list of objects; name and codes as they were listed."""

    __tablename__ = "plan_objects"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    stratum: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    uscc: Mapped[str | None] = mapped_column(String(18))
    region_code: Mapped[str] = mapped_column(String(12))

    __table_args__ = (
        UniqueConstraint("plan_id", "unit_id"),
        CheckConstraint(_one_of("stratum", STRATA), name="stratum_known"),
    )


class PlanOfficer(Model):
    """An enforcement officer in the plan's list of inspectors."""

    __tablename__ = "plan_officers"

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class PlanRecusal(Model):
    """An officer of the plan who keeps away from a unit of it."""

    __tablename__ = "plan_recusals"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    reason: Mapped[str] = mapped_column(String(400))
    declared_at: Mapped[datetime] = mapped_column(UTCDateTime)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (UniqueConstraint("plan_id", "user_id", "unit_id"),)


class PlanDirected(Model):
    """A directed check that the plan lists: what, why and when."""

    __tablename__ = "plan_directed"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    target: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(400))
    months: Mapped[str] = mapped_column(String(40))

    __table_args__ = (CheckConstraint(_one_of("kind", DIRECTED), name="kind_known"),)


class PlanDraw(Model):
    """One draw of a plan: the frozen frame, and the sealed record once it was drawn.

    `frame` and `record` are canonical JSON text, kept byte for byte.
    """

    __tablename__ = "plan_draws"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(12))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    drawer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    monitor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    frame: Mapped[str] = mapped_column(Text)
    frame_version: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    number: Mapped[str | None] = mapped_column(String(64), unique=True)
    place: Mapped[str] = mapped_column(String(120), default="")
    record: Mapped[str | None] = mapped_column(Text)
    seal: Mapped[str | None] = mapped_column(String(64))
    drawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    void_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("plan_id", "seq"),
        CheckConstraint(_one_of("status", DRAW_STATUS), name="status_known"),
        CheckConstraint("first_day <= last_day", name="days_run_forward"),
        CheckConstraint(
            "drawer_id <> second_id AND drawer_id <> monitor_id AND second_id <> monitor_id",
            name="three_people",
        ),
        CheckConstraint(
            "(record IS NULL) = (seal IS NULL) AND (record IS NULL) = (number IS NULL)"
            " AND (record IS NULL) = (drawn_at IS NULL)",
            name="drawn_as_a_whole",
        ),
        CheckConstraint(
            "status NOT IN ('drawn', 'confirmed') OR record IS NOT NULL", name="drawn_has_record"
        ),
        CheckConstraint("(status = 'void') = (void_reason IS NOT NULL)", name="void_has_reason"),
        CheckConstraint(
            "(status = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_once"
        ),
        # One draw at a time: the next begins when this one is confirmed or void.
        Index(
            "ix_plan_draws_one_open",
            "plan_id",
            unique=True,
            sqlite_where=text("status IN ('frozen', 'drawn')"),
            postgresql_where=text("status IN ('frozen', 'drawn')"),
        ),
    )


class PlanDrawn(Model):
    """A unit that a confirmed draw took, and the task that was opened for it."""

    __tablename__ = "plan_drawn"

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("plan_draws.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    organ_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    year: Mapped[int] = mapped_column(Integer)
    task_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)

    __table_args__ = (UniqueConstraint("draw_id", "unit_id"),)


index_words = columns(
    Word(N_("依据"), "basis"),
    Word(N_("目标"), "aims"),
    Word(N_("总结"), "summary"),
)
