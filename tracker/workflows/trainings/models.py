"""What a training session has beyond the spine."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
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
from tracker.core.db import Model, UTCDateTime
from tracker.core.errors import N_
from tracker.core.staff.models import AUDIENCES as AUDIENCES

# Why somebody must come.
MUST_LABELS: dict[str, str] = {
    "": N_("自愿报名"),
    "new": N_("新任人员"),
    "hours": N_("学时不足"),
    "failed": N_("上次未合格"),
}


class Training(Case):
    """One session: where, when, by whom, for whom, how many hours, how it is examined."""

    __tablename__ = "trainings"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(16))
    content: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(String(16))
    online: Mapped[bool] = mapped_column(Boolean, default=False)
    venue: Mapped[str] = mapped_column(String(120))
    teacher: Mapped[str] = mapped_column(String(60))
    # A session out of a plan has no day yet; no notice goes out without one.
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    enrol_by: Mapped[date | None] = mapped_column(Date)
    hours: Mapped[Decimal] = mapped_column(Numeric(5, 1))
    quota: Mapped[int] = mapped_column(Integer)
    # Empty where nothing is examined.
    pass_mark: Mapped[int | None] = mapped_column(Integer)
    # What the code on the wall is made from; a new one makes the old code worthless.
    sign_key: Mapped[str] = mapped_column(String(64), default="")
    summary: Mapped[str] = mapped_column(Text, default="")

    __mapper_args__ = {"polymorphic_identity": "training"}
    __table_args__ = (
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="training_when"),
        CheckConstraint("ends_at > starts_at", name="training_time"),
        CheckConstraint("hours > 0 AND quota > 0", name="training_some"),
        CheckConstraint("pass_mark IS NULL OR pass_mark BETWEEN 1 AND 100", name="training_mark"),
    )


class Enrolment(Model):
    """One person on the list of a session, from the enrolment to the hours on file."""

    __tablename__ = "enrolments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("trainings.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("staff_people.id"), index=True)
    # The unit that sends the person; none for those the organiser listed from a place without one.
    org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    standing: Mapped[str] = mapped_column(String(12))
    must: Mapped[str] = mapped_column(String(8), default="")
    excuse: Mapped[str] = mapped_column(String(200), default="")
    enrolled_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    enrolled_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signed_out_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sign_way: Mapped[str] = mapped_column(String(4), default="")
    score: Mapped[int | None] = mapped_column(Integer)
    resit: Mapped[int | None] = mapped_column(Integer)
    hours: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    certificate_no: Mapped[str] = mapped_column(String(60), default="")

    __table_args__ = (
        UniqueConstraint("case_id", "person_id"),
        CheckConstraint(
            "standing IN ('listed', 'waiting', 'withdrawn', 'excused')",
            name="enrolment_standing",
        ),
        CheckConstraint("sign_way IN ('', 'qr', 'list')", name="enrolment_way"),
        CheckConstraint(
            "signed_out_at IS NULL OR signed_in_at IS NOT NULL", name="enrolment_in_first"
        ),
        CheckConstraint(
            "(score IS NULL OR score BETWEEN 0 AND 100)"
            " AND (resit IS NULL OR (score IS NOT NULL AND resit BETWEEN 0 AND 100))",
            name="enrolment_marks",
        ),
    )


index_words = columns(
    Word(N_("内容"), "content"),
    Word(N_("地点"), "venue"),
    Word(N_("讲师"), "teacher", spoken=True),
    Word(N_("总结"), "summary"),
)
