"""What the transfer of a suspected crime has beyond the spine."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.cases.models import Case
from tracker.core.cases.words import Word, columns
from tracker.core.db import UTCDateTime
from tracker.core.errors import N_

# The papers that go with the letter (国务院令第310号 6); the letter itself is a document.
ENCLOSURES = {
    "survey_report": N_("涉嫌犯罪案件情况的调查报告"),
    "item_list": N_("涉案物品清单"),
    "expert_report": N_("检验报告或者鉴定结论"),
    "other": N_("其他有关涉嫌犯罪的材料"),
}
# Those of which a case may have none; that is said in writing instead.
MAY_BE_MISSING = {k: v for k, v in ENCLOSURES.items() if k != "survey_report"}


class Crime(Case):
    """A suspected crime on its way to public security."""

    __tablename__ = "crimes"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    unit_name: Mapped[str] = mapped_column(String(120))
    uscc: Mapped[str | None] = mapped_column(String(18))
    matter: Mapped[str] = mapped_column(String(80))
    facts: Mapped[str] = mapped_column(Text)
    # The suspected offence and its article, as the report has it.
    offence: Mapped[str | None] = mapped_column(String(200))
    # What has been imposed already; it does not stand for the transfer (国务院令第310号 11).
    imposed: Mapped[str] = mapped_column(Text, default="")
    organ: Mapped[str | None] = mapped_column(String(120))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __mapper_args__ = {"polymorphic_identity": "crime"}
    __table_args__ = (
        CheckConstraint(
            "signed_at IS NULL OR (approved_at IS NOT NULL AND signed_at >= approved_at)",
            name="signed_after_approval",
        ),
    )


index_words = columns(
    Word(N_("单位"), "unit_name"),
    Word(N_("信用代码"), "uscc"),
    Word(N_("事由"), "matter"),
    Word(N_("涉嫌罪名"), "offence"),
    Word(N_("公安机关"), "organ"),
    Word(N_("情况"), "facts", inside=True),
)
