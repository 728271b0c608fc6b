"""What a penalty case has beyond the spine, with the promises the database keeps itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.cases.models import Case
from tracker.core.cases.words import Word, columns
from tracker.core.db import Model
from tracker.core.errors import N_

PROCEDURES = {"ordinary": N_("普通程序"), "summary": N_("简易程序")}
OUTCOMES = {"penalty": N_("给予行政处罚"), "no_penalty": N_("不予行政处罚")}
# 行政处罚法 30 to 33, 36, 57: when nobody is punished (domain 3.2, C4n).
NO_PENALTY_GROUNDS = {
    "minor": N_("违法行为轻微并及时改正，没有造成危害后果"),
    "first": N_("初次违法且危害后果轻微并及时改正"),
    "no_fault": N_("当事人有证据足以证明没有主观过错"),
    "not_proven": N_("违法事实不能成立"),
    "too_late": N_("超过追究时效"),
}
CLOSING_REASONS = {
    "performed": N_("处罚决定已经履行完毕"),
    "court_ruled": N_("法院已经作出裁定"),
    "no_penalty": N_("不予行政处罚"),
    "revoked": N_("处罚决定已被撤销"),
    "withdrawn": N_("撤案"),
    "terminated": N_("终止"),
}
_NEVER_FINED = "('organ', 'person')"


def _one_of(column: str, values: dict[str, str]) -> str:
    listed = ", ".join(f"'{v}'" for v in values)
    return f"{column} IS NULL OR {column} IN ({listed})"


class Penalty(Case):
    """A case about one violation of statistics law by one respondent."""

    __tablename__ = "penalties"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    procedure: Mapped[str] = mapped_column(String(10), default="ordinary")
    # ---- the respondent and the act
    unit_name: Mapped[str] = mapped_column(String(120))
    uscc: Mapped[str | None] = mapped_column(String(18), index=True)
    subject: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200), default="")
    legal_person: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    matter: Mapped[str] = mapped_column(String(80))
    source_from: Mapped[str] = mapped_column(String(200), default="")
    facts: Mapped[str] = mapped_column(Text)
    found_on: Mapped[date] = mapped_column(Date)
    act_from: Mapped[date | None] = mapped_column(Date)
    act_to: Mapped[date | None] = mapped_column(Date)
    # The last day on which the act could still be discovered in time (T12, T12A).
    limitation_on: Mapped[date | None] = mapped_column(Date)
    filed_on: Mapped[date | None] = mapped_column(Date)
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # ---- what is proposed
    outcome: Mapped[str | None] = mapped_column(String(12))
    act: Mapped[str | None] = mapped_column(String(20))
    aggravated: Mapped[bool] = mapped_column(Boolean, default=False)
    table_id: Mapped[str] = mapped_column(String(40), default="")
    table_case: Mapped[str] = mapped_column(String(60), default="")
    law_id: Mapped[str] = mapped_column(String(20), default="")
    warning: Mapped[bool] = mapped_column(Boolean, default=False)
    circular: Mapped[bool] = mapped_column(Boolean, default=False)
    proposed_fine: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    range_min: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    range_max: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    statute_max: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    range_reason: Mapped[str] = mapped_column(Text, default="")
    no_penalty_ground: Mapped[str | None] = mapped_column(String(12))
    # ---- review, discussion, notice, hearing
    major_interest: Mapped[bool] = mapped_column(Boolean, default=False)
    complicated: Mapped[bool] = mapped_column(Boolean, default=False)
    law_wants_review: Mapped[bool] = mapped_column(Boolean, default=False)
    reviewed_on: Mapped[date | None] = mapped_column(Date)
    discussed_on: Mapped[date | None] = mapped_column(Date)
    notice_on: Mapped[date | None] = mapped_column(Date)
    notice_fine: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    hearing_right: Mapped[bool] = mapped_column(Boolean, default=False)
    defended_on: Mapped[date | None] = mapped_column(Date)
    hearing_held_on: Mapped[date | None] = mapped_column(Date)
    notice_over_on: Mapped[date | None] = mapped_column(Date)
    # ---- decision, service, performance
    decided_on: Mapped[date | None] = mapped_column(Date)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision_fine: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    served_on: Mapped[date | None] = mapped_column(Date)
    collected_fine: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    # What review or suit made of the fine; nought when the decision was revoked.
    changed_fine: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    changed_on: Mapped[date | None] = mapped_column(Date)
    revoked: Mapped[bool] = mapped_column(Boolean, default=False)
    performed_on: Mapped[date | None] = mapped_column(Date)
    court_ruled_on: Mapped[date | None] = mapped_column(Date)
    # ---- publication and closing
    published_on: Mapped[date | None] = mapped_column(Date)
    shown_until: Mapped[date | None] = mapped_column(Date)
    site: Mapped[str] = mapped_column(String(200), default="")
    unpublished_on: Mapped[date | None] = mapped_column(Date)
    unpublished_why: Mapped[str] = mapped_column(Text, default="")
    closing_reason: Mapped[str | None] = mapped_column(String(12))

    __mapper_args__ = {"polymorphic_identity": "penalty"}
    __table_args__ = (
        CheckConstraint("procedure IN ('ordinary', 'summary')", name="procedure_known"),
        CheckConstraint(
            "subject IN ('enterprise', 'institution', 'organisation', 'self_employed', 'organ',"
            " 'person')",
            name="subject_known",
        ),
        CheckConstraint(_one_of("outcome", OUTCOMES), name="outcome_known"),
        CheckConstraint(_one_of("no_penalty_ground", NO_PENALTY_GROUNDS), name="ground_known"),
        CheckConstraint(_one_of("closing_reason", CLOSING_REASONS), name="closing_known"),
        CheckConstraint("(filed_on IS NULL) = (filed_by_id IS NULL)", name="filed_by_somebody"),
        CheckConstraint(
            "outcome IS NULL OR (outcome = 'no_penalty') = (no_penalty_ground IS NOT NULL)",
            name="no_penalty_has_ground",
        ),
        # 统计法 44, 45: organs and natural persons are never fined.
        CheckConstraint(
            f"subject NOT IN {_NEVER_FINED} OR (COALESCE(proposed_fine, 0) = 0"
            " AND COALESCE(decision_fine, 0) = 0 AND COALESCE(notice_fine, 0) = 0)",
            name="organs_and_persons_are_not_fined",
        ),
        CheckConstraint(
            "COALESCE(proposed_fine, 0) >= 0 AND COALESCE(decision_fine, 0) >= 0"
            " AND COALESCE(changed_fine, 0) >= 0",
            name="fines_are_not_negative",
        ),
        CheckConstraint(
            "proposed_fine IS NULL OR statute_max IS NULL OR proposed_fine <= statute_max",
            name="fine_within_statute",
        ),
        CheckConstraint(
            "proposed_fine IS NULL OR range_min IS NULL OR range_reason <> '' OR"
            " (proposed_fine >= range_min AND (range_max IS NULL OR proposed_fine <= range_max))",
            name="outside_range_has_reason",
        ),
        CheckConstraint(
            "(decided_on IS NULL) = (decided_by_id IS NULL)"
            " AND (decided_on IS NULL) = (decision_fine IS NULL)",
            name="decided_iff_all_of_it",
        ),
        CheckConstraint("decided_on IS NULL OR outcome IS NOT NULL", name="decided_what"),
        CheckConstraint(
            "decided_on IS NULL OR outcome <> 'no_penalty' OR decision_fine = 0",
            name="no_penalty_is_no_fine",
        ),
        # 行政处罚法 44, 45: nothing is decided without notice, and never more than was told.
        CheckConstraint(
            "decided_on IS NULL OR procedure = 'summary' OR outcome = 'no_penalty'"
            " OR (notice_on IS NOT NULL AND decision_fine <= notice_fine)",
            name="never_more_than_was_told",
        ),
        CheckConstraint(
            "(notice_on IS NULL) = (notice_fine IS NULL)", name="notice_names_the_fine"
        ),
        CheckConstraint("defended_on IS NULL OR notice_on IS NOT NULL", name="heard_after_notice"),
        CheckConstraint("served_on IS NULL OR decided_on IS NOT NULL", name="served_is_decided"),
        CheckConstraint("served_on IS NULL OR served_on >= decided_on", name="served_after"),
        CheckConstraint(
            "changed_fine IS NULL OR (changed_on IS NOT NULL AND changed_fine <= decision_fine)",
            name="review_is_never_heavier",
        ),
        # 国统字〔2023〕49号 6: natural persons are outside publication.
        CheckConstraint(
            "published_on IS NULL OR (subject <> 'person' AND decided_on IS NOT NULL"
            " AND outcome = 'penalty' AND uscc IS NOT NULL AND shown_until IS NOT NULL)",
            name="published_is_a_units_penalty",
        ),
        CheckConstraint(
            "unpublished_on IS NULL OR (published_on IS NOT NULL AND unpublished_why <> '')",
            name="withdrawn_with_reason",
        ),
    )

    @property
    def noticed(self) -> bool:
        """Whether the party has been told what is intended."""
        return self.notice_on is not None

    @property
    def fine(self) -> Decimal:
        """What is to be paid now, in yuan: as decided, or as review or suit left it."""
        return self.decision_fine or Decimal(0) if self.changed_fine is None else self.changed_fine


class PenaltySettings(Model):
    """What a bureau allows of which the grounds were not verified (撤案, 终止, 中止)."""

    __tablename__ = "penalty_settings"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    withdrawal: Mapped[bool] = mapped_column(Boolean, default=True)
    termination: Mapped[bool] = mapped_column(Boolean, default=False)
    suspension: Mapped[bool] = mapped_column(Boolean, default=False)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    set_on: Mapped[date] = mapped_column(Date)


index_words = columns(
    Word(N_("单位"), "unit_name"),
    Word(N_("信用代码"), "uscc"),
    Word(N_("事由"), "matter"),
    Word(N_("法定代表人"), "legal_person", spoken=True),
    Word(N_("来源"), "source_from"),
    Word(N_("情况"), "facts", inside=True),
    Word(N_("地址"), "address", inside=True),
    Word(N_("裁量理由"), "range_reason", inside=True),
)
