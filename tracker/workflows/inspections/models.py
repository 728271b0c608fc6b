"""What an inspection task has beyond the spine, and what the team writes down in the field."""

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

# How a task came about (domain 1.2); only the first is drawn, the others are exempt from the draw.
CHANNELS = {
    "random": N_("双随机抽查"),
    "directed": N_("线索核查"),
    "special": N_("专项检查"),
    "focused": N_("重点检查"),
    "individual": N_("个案检查"),
}
# What takes a check out of the yearly cap (国办发〔2024〕54号 and 司法部 Q&A, rule T28).
EXEMPTIONS = {
    "none": N_("计入年度上限"),
    "superior": N_("上级部署的检查"),
    "suspicion": N_("有违法线索"),
}
OUTCOMES = {
    "clean": N_("未发现问题"),
    "order": N_("责令改正"),
    "case": N_("涉嫌违法，转立案"),
}
# What a due figure was taken from, as it is ticked in the field.
GROUNDS = {
    "weighbills": N_("过磅单"),
    "ledger": N_("产量台账"),
    "invoices": N_("销售发票"),
    "accounts": N_("会计账簿"),
    "tax": N_("纳税申报表"),
    "payroll": N_("工资表"),
    "contract": N_("合同"),
    "other": N_("其他"),
}


def _one_of(column: str, values: dict[str, str]) -> str:
    listed = ", ".join(f"'{v}'" for v in values)
    return f"{column} IS NULL OR {column} IN ({listed})"


class Inspection(Case):
    """One check of one respondent unit."""

    __tablename__ = "inspections"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    unit_name: Mapped[str] = mapped_column(String(120))
    unit_key: Mapped[str] = mapped_column(String(120), index=True)
    uscc: Mapped[str | None] = mapped_column(String(18))
    matter: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    # The plan and draw, the lead, the letter from above: the paper the task goes back to.
    source_paper: Mapped[str] = mapped_column(String(120), default="")
    exemption: Mapped[str] = mapped_column(String(12), default="none")
    exemption_basis: Mapped[str] = mapped_column(String(200), default="")
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    served_on: Mapped[date | None] = mapped_column(Date)
    entered_on: Mapped[date | None] = mapped_column(Date)
    left_on: Mapped[date | None] = mapped_column(Date)
    # Refusing or obstructing a check is itself a violation (统计法 44).
    obstructed: Mapped[bool] = mapped_column(Boolean, default=False)
    recusal_of_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str | None] = mapped_column(String(12))
    outcome_reason: Mapped[str | None] = mapped_column(Text)
    correct_by: Mapped[date | None] = mapped_column(Date)
    ordered_on: Mapped[date | None] = mapped_column(Date)
    published_on: Mapped[date | None] = mapped_column(Date)
    told_on: Mapped[date | None] = mapped_column(Date)

    __mapper_args__ = {"polymorphic_identity": "inspection"}
    __table_args__ = (
        CheckConstraint(_one_of("exemption", EXEMPTIONS), name="exemption_known"),
        CheckConstraint(_one_of("outcome", OUTCOMES), name="outcome_known"),
        CheckConstraint("exemption = 'none' OR exemption_basis <> ''", name="exempt_on_grounds"),
        CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)", name="approved_by_somebody"
        ),
        # Approval precedes the notice and the visit; only what is urgent goes first.
        CheckConstraint("served_on IS NULL OR approved_at IS NOT NULL", name="notice_approved"),
        CheckConstraint(
            "entered_on IS NULL OR urgent OR served_on IS NOT NULL", name="entered_with_notice"
        ),
        CheckConstraint("outcome IS NULL OR approved_at IS NOT NULL", name="result_approved"),
        CheckConstraint("(outcome IS NULL) = (outcome_reason IS NULL)", name="outcome_has_reason"),
        CheckConstraint("ordered_on IS NULL OR correct_by IS NOT NULL", name="order_has_a_date"),
    )


class InspectionLine(Model):
    """What the team noted beside one line of the indicator table."""

    __tablename__ = "inspection_lines"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    grounds: Mapped[str] = mapped_column(String(120), default="")
    remark: Mapped[str] = mapped_column(String(200), default="")
    # The unit would not show the papers of this indicator: what it said, and who saw it.
    withheld: Mapped[bool] = mapped_column(Boolean, default=False)
    witness: Mapped[str] = mapped_column(String(60), default="")

    __table_args__ = (
        CheckConstraint("NOT withheld OR remark <> ''", name="withholding_described"),
    )


class LineChange(Model):
    """One change of a line as it came from the field; its key makes a second sending harmless."""

    __tablename__ = "inspection_line_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    device_key: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    reported: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    due: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))

    __table_args__ = (UniqueConstraint("case_id", "device_key"),)


index_words = columns(
    Word(N_("单位"), "unit_name"),
    Word(N_("信用代码"), "uscc"),
    Word(N_("事由"), "matter"),
    Word(N_("来源"), "source_paper"),
    Word(N_("理由"), "reason", inside=True),
    Word(N_("结果"), "outcome_reason", inside=True),
)
