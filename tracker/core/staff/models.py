"""Statisticians: who they are, where they have served, what they have learned."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model, UTCDateTime
from tracker.core.errors import N_


class Duty(StrEnum):
    """What somebody is in a place's statistics."""

    STATISTICIAN = "statistician"
    LEAD = "lead"
    LIAISON = "liaison"
    HELPER = "helper"


DUTY_LABELS: dict[Duty, str] = {
    Duty.STATISTICIAN: N_("统计人员"),
    Duty.LEAD: N_("统计负责人"),
    Duty.LIAISON: N_("统计联络员"),
    Duty.HELPER: N_("统计协管员"),
}


class Rank(StrEnum):
    """The professional title in statistics; nobody need have one."""

    NONE = ""
    JUNIOR = "junior"
    MIDDLE = "middle"
    SENIOR = "senior"


RANK_LABELS: dict[Rank, str] = {
    Rank.NONE: N_("无"),
    Rank.JUNIOR: N_("初级"),
    Rank.MIDDLE: N_("中级"),
    Rank.SENIOR: N_("高级"),
}


class TrainingKind(StrEnum):
    """What a training is about (Jilin seven; Ordos two (3))."""

    INDUCTION = "induction"
    SKILLS = "skills"
    LAW = "law"
    SECRECY = "secrecy"
    WARNING = "warning"
    GENERAL = "general"
    OTHER = "other"


TRAINING_LABELS: dict[TrainingKind, str] = {
    TrainingKind.INDUCTION: N_("入职（岗前）培训"),
    TrainingKind.SKILLS: N_("岗位业务培训"),
    TrainingKind.LAW: N_("统计法律法规和职业道德"),
    TrainingKind.SECRECY: N_("保密教育"),
    TrainingKind.WARNING: N_("警示教育"),
    TrainingKind.GENERAL: N_("年度综合业务培训"),
    TrainingKind.OTHER: N_("其他"),
}

# For whom a training is.
AUDIENCES: dict[str, str] = {
    "county": N_("旗区（县）统计机构"),
    "township": N_("乡镇（街道）和园区"),
    "village": N_("村（社区）"),
    "department": N_("部门"),
    "all": N_("全部统计人员"),
}
# Why a post ended.
END_LABELS: dict[str, str] = {
    "": "",
    "out": N_("调出"),
    "move": N_("转岗"),
    "retired": N_("退休"),
    "mistake": N_("登记有误"),
}


class Person(Model):
    """A statistician. The identity number is sealed; its mask and a keyed hash are readable."""

    __tablename__ = "staff_people"
    __table_args__ = (
        CheckConstraint("length(region_code) = 12", name="person_region_length"),
        CheckConstraint("rank IN ('', 'junior', 'middle', 'senior')", name="person_rank"),
        CheckConstraint("number_hash IS NULL OR number_mask <> ''", name="person_number_masked"),
        Index("ix_staff_people_name_key", "name_key"),
        Index("ix_staff_people_region_code", "region_code", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(60))
    # The place that keeps the record: where the latest post is.
    region_code: Mapped[str] = mapped_column(String(12))
    phone: Mapped[str] = mapped_column(String(32), default="")
    education: Mapped[str] = mapped_column(String(20), default="")
    rank: Mapped[str] = mapped_column(String(8), default="")
    number_mask: Mapped[str] = mapped_column(String(18), default="")
    number_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    number_seal: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)
    note: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Holding(Model):
    """One person in one post for a time; both ends belong to it.

    `confirmed_on` is empty until the person may start: nobody is in post without induction. The
    code of the place stays as it was when the post was held, also after the place has changed.
    """

    __tablename__ = "staff_holdings"
    __table_args__ = (
        CheckConstraint("length(region_code) = 12", name="holding_region_length"),
        CheckConstraint(
            "duty IN ('statistician', 'lead', 'liaison', 'helper')", name="holding_duty"
        ),
        CheckConstraint("until IS NULL OR until >= since", name="holding_period"),
        CheckConstraint("confirmed_on IS NULL OR confirmed_on >= since", name="holding_confirmed"),
        CheckConstraint("(until IS NULL) = (end_reason = '')", name="holding_ended_why"),
        CheckConstraint(
            "leave_to IS NULL OR (leave_from IS NOT NULL AND leave_to >= leave_from)",
            name="holding_leave",
        ),
        Index("ix_staff_holdings_place", "region_code", "until"),
        Index("ix_staff_holdings_org", "org_id", "until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("staff_people.id"), index=True)
    region_code: Mapped[str] = mapped_column(String(12))
    # A department's post names the department; a place's own post names none.
    org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    duty: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(60), default="")
    full_time: Mapped[bool] = mapped_column(Boolean, default=False)
    on_payroll: Mapped[bool] = mapped_column(Boolean, default=False)
    since: Mapped[date] = mapped_column(Date)
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str] = mapped_column(String(12), default="")
    leave_from: Mapped[date | None] = mapped_column(Date)
    leave_to: Mapped[date | None] = mapped_column(Date)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_people.id"))
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))


class Qualification(Model):
    """A certificate of a person: a professional examination, an enumerator's card."""

    __tablename__ = "staff_qualifications"
    __table_args__ = (
        CheckConstraint("expires_on IS NULL OR expires_on >= obtained_on", name="qualified_for"),
        UniqueConstraint("person_id", "name", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("staff_people.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(60), default="")
    obtained_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)


class TrainingRecord(Model):
    """Hours of training on a person's file: from a session of this product, a list, or by hand."""

    __tablename__ = "training_records"
    __table_args__ = (
        CheckConstraint("hours >= 0", name="training_hours"),
        CheckConstraint("source IN ('session', 'import', 'hand')", name="training_source"),
        CheckConstraint("source <> 'session' OR case_id IS NOT NULL", name="training_of_session"),
        UniqueConstraint("person_id", "case_id"),
        Index("ix_training_records_person", "person_id", "held_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("staff_people.id"))
    held_on: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(120))
    hours: Mapped[Decimal] = mapped_column(Numeric(6, 1))
    score: Mapped[int | None] = mapped_column(Integer)
    passed: Mapped[bool] = mapped_column(Boolean, default=True)
    certificate_no: Mapped[str] = mapped_column(String(60), default="")
    organiser: Mapped[str] = mapped_column(String(120), default="")
    source: Mapped[str] = mapped_column(String(8), default="hand")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)


class PlaceCount(Model):
    """How many units the base register holds at a place, as of a day."""

    __tablename__ = "place_counts"
    __table_args__ = (
        CheckConstraint("count >= 0", name="place_count"),
        CheckConstraint("source <> ''", name="place_count_source"),
        UniqueConstraint("region_code", "as_of"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(String(12))
    count: Mapped[int] = mapped_column(Integer)
    as_of: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(200))
    # Made up for a demonstration or a test, and shown so.
    synthetic: Mapped[bool] = mapped_column(Boolean, default=False)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ImportRun(Model):
    """A table that somebody is taking over: read, checked in parts, then written whole or not."""

    __tablename__ = "staff_imports"
    __table_args__ = (
        CheckConstraint(
            "phase IN ('checking', 'refused', 'checked', 'written', 'dropped')",
            name="import_phase",
        ),
        CheckConstraint("rows_done <= rows_total", name="import_progress"),
        # The rows hold identity numbers: they are sealed, and gone when they are needed no more.
        CheckConstraint(
            "(sealed IS NULL) = (phase IN ('refused', 'written', 'dropped'))", name="import_sealed"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    phase: Mapped[str] = mapped_column(String(12), default="checking")
    rows_total: Mapped[int] = mapped_column(Integer)
    rows_done: Mapped[int] = mapped_column(Integer, default=0)
    # What was found: a JSON list of faults, and a JSON object of counts.
    faults: Mapped[str] = mapped_column(Text, default="[]")
    summary: Mapped[str] = mapped_column(Text, default="{}")
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
