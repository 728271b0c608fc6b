"""What a lead has beyond the spine, with the promises the database keeps itself."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.cases.models import Case
from tracker.core.cases.words import Word, columns
from tracker.core.db import Model, UTCDateTime
from tracker.core.errors import N_

CHANNELS = {
    "department": N_("部门移送"),
    "report": N_("公众举报"),
    "handed_down": N_("上级转办"),
    "monitoring": N_("数据监测"),
    "media": N_("媒体反映"),
}
SURVEY_OWNERS = {"bureau": N_("统计局组织的调查"), "survey_team": N_("国家调查队组织的调查")}
OUTCOMES = {
    "verify": N_("核查"),
    "open_case": N_("转立案审查"),
    "inside": N_("转业务科室"),
    "refer": N_("转送其他机关"),
    "refuse": N_("不予受理"),
    "merge": N_("并入其他线索"),
}
# Grounds for not accepting a report (domain 3.3, L5e).
REFUSAL_GROUNDS = {
    "no_actor": N_("没有明确的违法主体"),
    "no_clue": N_("没有具体线索"),
    "repeated": N_("重复举报，没有新内容"),
    "decided": N_("已经作出处理决定"),
    "out_of_time": N_("超过追究时限"),
}
# All five must hold for a case to be opened (统计执法监督检查办法, as quoted in 2017; domain 3.2).
CRITERIA = {
    "actor": N_("有明确的行为人"),
    "conduct": N_("有违反统计法律、法规、规章的行为"),
    "liability": N_("依法应当追究责任"),
    "jurisdiction": N_("属于本机关职权范围，由本机关管辖"),
    "in_time": N_("没有超过追究时限"),
}
# The kind of case that a lead opens; its workflow is a stranger to this one.
CASE_KIND = "penalty"
CONFIDENTIALITY = {0: N_("公开"), 1: N_("内部"), 2: N_("敏感"), 3: N_("机密级管理")}


def _one_of(column: str, values: dict[str, str]) -> str:
    listed = ", ".join(f"'{v}'" for v in values)
    return f"{column} IS NULL OR {column} IN ({listed})"


class Lead(Case):
    """A lead about a suspected violation of statistics law."""

    __tablename__ = "leads"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    unit_name: Mapped[str] = mapped_column(String(120))
    unit_key: Mapped[str] = mapped_column(String(120), index=True)
    uscc: Mapped[str | None] = mapped_column(String(18), index=True)
    period: Mapped[str] = mapped_column(String(20))
    matter: Mapped[str] = mapped_column(String(80))
    found_in: Mapped[str] = mapped_column(String(200))
    found_on: Mapped[date] = mapped_column(Date)
    survey_owner: Mapped[str] = mapped_column(String(16))
    facts: Mapped[str] = mapped_column(Text)
    letter_number: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    duplicates_seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reporter: Mapped[str] = mapped_column(String(12), default="none")
    reply_wanted: Mapped[bool] = mapped_column(Boolean, default=False)
    superior_name: Mapped[str | None] = mapped_column(String(80))
    superior_letter: Mapped[str | None] = mapped_column(String(64))
    superior_due_on: Mapped[date | None] = mapped_column(Date)
    reported_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None] = mapped_column(String(16))
    outcome_reason: Mapped[str | None] = mapped_column(Text)
    refusal_ground: Mapped[str | None] = mapped_column(String(16))
    handed_to: Mapped[str | None] = mapped_column(String(120))
    # All that the sender may learn of the case: that there is one, since this day.
    case_opened_on: Mapped[date | None] = mapped_column(Date)
    found: Mapped[bool | None] = mapped_column(Boolean)
    findings: Mapped[str | None] = mapped_column(Text)
    feedback_sender: Mapped[str | None] = mapped_column(Text)
    feedback_reporter: Mapped[str | None] = mapped_column(Text)
    feedback_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    indicators: Mapped[list[LeadIndicator]] = relationship(
        back_populates="lead", order_by="LeadIndicator.line", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"polymorphic_identity": "lead"}
    __table_args__ = (
        CheckConstraint(_one_of("survey_owner", SURVEY_OWNERS), name="survey_owner_known"),
        CheckConstraint(_one_of("outcome", OUTCOMES), name="outcome_known"),
        CheckConstraint(_one_of("refusal_ground", REFUSAL_GROUNDS), name="ground_known"),
        CheckConstraint("reporter IN ('none', 'anonymous', 'named')", name="reporter_known"),
        CheckConstraint(
            "(received_at IS NULL) = (received_by_id IS NULL)", name="received_by_somebody"
        ),
        CheckConstraint("(outcome IS NULL) = (outcome_reason IS NULL)", name="outcome_has_reason"),
        CheckConstraint(
            "(outcome = 'refuse') = (refusal_ground IS NOT NULL) OR outcome IS NULL",
            name="refusal_has_ground",
        ),
        CheckConstraint("(found IS NULL) = (findings IS NULL)", name="finding_has_text"),
        CheckConstraint(
            "superior_due_on IS NULL OR superior_name IS NOT NULL", name="superior_named"
        ),
        Index("ix_leads_unit_period", "unit_key", "period"),
    )


class LeadIndicator(Model):
    """One indicator of a lead: what was reported, what is known, what was verified."""

    __tablename__ = "lead_indicators"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(20))
    reported: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    known: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    verified: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    source: Mapped[str] = mapped_column(String(120), default="")

    lead: Mapped[Lead] = relationship(back_populates="indicators")

    __table_args__ = (UniqueConstraint("lead_id", "line"),)

    @property
    def difference(self) -> Decimal | None:
        """Reported less known, in the indicator's own unit; None while one is missing."""
        if self.reported is None or self.known is None:
            return None
        return self.reported - self.known

    @property
    def ratio(self) -> Decimal | None:
        """|reported - known| / known, in percent; None where known is zero or missing.

        The base is the known (due) value: 湖南 2021 Art 3; a zero base is graded by amount only.
        """
        if self.difference is None or not self.known:
            return None
        return abs(self.difference) / abs(self.known) * 100


index_words = columns(
    Word(N_("单位"), "unit_name"),
    Word(N_("信用代码"), "uscc"),
    Word(N_("事由"), "matter"),
    Word(N_("来函文号"), "letter_number"),
    Word(N_("所属期"), "period"),
    Word(N_("发现环节"), "found_in"),
    Word(N_("情况"), "facts"),
    Word(N_("给移送部门的反馈"), "feedback_sender"),
    Word(N_("上级来文"), "superior_letter", inside=True),
    Word(N_("核查结果"), "findings", inside=True),
    Word(N_("处理理由"), "outcome_reason", inside=True),
)
