"""What a gap against a staffing norm has beyond the spine."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.cases.models import Case
from tracker.core.cases.words import Word, columns
from tracker.core.errors import N_

_OPEN = text("ended_on IS NULL")


class Vacancy(Case):
    """A place (or department) with fewer people than its norm; one row at a time for each."""

    __tablename__ = "vacancies"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    # "place:150602001000" or "org:17", as the norms name what they are about.
    subject: Mapped[str] = mapped_column(String(24))
    norm_id: Mapped[str] = mapped_column(String(40))
    required: Mapped[int] = mapped_column(Integer)
    present: Mapped[int] = mapped_column(Integer)
    since: Mapped[date] = mapped_column(Date)
    plan: Mapped[str] = mapped_column(Text, default="")
    plan_until: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)

    __mapper_args__ = {"polymorphic_identity": "vacancy"}
    __table_args__ = (
        CheckConstraint("present < required", name="vacancy_short"),
        CheckConstraint("ended_on IS NULL OR ended_on >= since", name="vacancy_period"),
        Index(
            "uq_vacancies_open",
            "subject",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )


index_words = columns(
    Word(N_("补齐安排"), "plan"),
)
