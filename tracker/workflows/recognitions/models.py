"""What a recognition has beyond the spine, and one receipt for each place it was pushed to."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.cases.models import Case
from tracker.core.cases.words import Word, columns
from tracker.core.db import Model
from tracker.core.errors import N_

# Only enterprises are recognised; the others are offered so that the refusal can say so.
SUBJECTS = {
    "enterprise": N_("企业"),
    "self_employed": N_("个体工商户"),
    "organ": N_("机关、事业单位、社会团体"),
    "person": N_("自然人"),
}
# Grounds as the 2019 rule had them (企业统计信用管理办法, 国统字〔2019〕33号; domain 3.6, V-ex).
GROUNDS = {
    "fabricated": N_("编造虚假统计数据"),
    "untrue": N_("提供不真实资料、拒绝或者屡次迟报，达到严重以上档次"),
    "obstructed": N_("阻碍、抗拒统计调查或者检查，情节严重"),
    "records": N_("转移、隐匿、篡改、毁弃或者拒绝提供原始记录和资料"),
    "inquiry": N_("拒绝答复或者不如实答复检查查询"),
    "other": N_("其他应当处罚的严重统计违法行为"),
}
LONGER = {"repeat": N_("公示期内再次严重失信"), "not_corrected": N_("没有改正")}
PURPOSES = {"publish": N_("公示推送"), "remove": N_("移除")}


class Recognition(Case):
    """The recognition of an enterprise as seriously dishonest in statistics."""

    __tablename__ = "recognitions"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    unit_name: Mapped[str] = mapped_column(String(120))
    uscc: Mapped[str | None] = mapped_column(String(18))
    subject: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200), default="")
    person: Mapped[str] = mapped_column(String(40), default="")
    matter: Mapped[str] = mapped_column(String(80))
    facts: Mapped[str] = mapped_column(Text)
    # Keys of GROUNDS, with commas between.
    grounds: Mapped[str] = mapped_column(String(80), default="")
    reasons: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None] = mapped_column(Date)
    published_on: Mapped[date | None] = mapped_column(Date)
    extended: Mapped[bool] = mapped_column(Boolean, default=False)

    receipts: Mapped[list[PushReceipt]] = relationship(
        order_by="PushReceipt.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"polymorphic_identity": "recognition"}
    __table_args__ = (
        CheckConstraint("subject = 'enterprise'", name="enterprises_only"),
        CheckConstraint(
            "published_on IS NULL OR (decided_on IS NOT NULL AND published_on >= decided_on)",
            name="published_after_decision",
        ),
        CheckConstraint("NOT extended OR published_on IS NOT NULL", name="only_shown_is_extended"),
    )

    def receipts_for(self, purpose: str) -> dict[str, PushReceipt]:
        """What has come back, by destination."""
        return {r.destination: r for r in self.receipts if r.purpose == purpose}


class PushReceipt(Model):
    """The answer of one destination: shown there, or taken down there, on a day."""

    __tablename__ = "push_receipts"

    id: Mapped[int] = mapped_column(primary_key=True)
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognitions.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(8))
    destination: Mapped[str] = mapped_column(String(32))
    pushed_on: Mapped[date] = mapped_column(Date)
    receipt: Mapped[str] = mapped_column(String(120))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        UniqueConstraint("recognition_id", "purpose", "destination"),
        CheckConstraint("purpose IN ('publish', 'remove')", name="purpose_known"),
        CheckConstraint("receipt <> ''", name="receipt_given"),
    )


index_words = columns(
    Word(N_("单位"), "unit_name"),
    Word(N_("信用代码"), "uscc"),
    Word(N_("事由"), "matter"),
    Word(N_("法定代表人"), "person", spoken=True),
    Word(N_("情况"), "facts", inside=True),
    Word(N_("理由"), "reasons", inside=True),
)
