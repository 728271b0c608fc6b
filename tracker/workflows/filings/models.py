"""What the filing of a staff change has beyond the spine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.core.cases.models import Case
from tracker.core.cases.words import Word, said_by
from tracker.core.db import Model, UTCDateTime
from tracker.core.errors import N_
from tracker.core.staff.models import Person

CHANGES: dict[str, str] = {
    "out": N_("调出"),
    "in": N_("调入（新任）"),
    "move": N_("转岗"),
    "leave": N_("长期请假"),
    "lead": N_("部门统计负责人变动"),
}
MODES: dict[str, str] = {
    "consent": N_("事前征得同意"),
    "filing": N_("事后报备"),
}
# How somebody serves: full-time or beside other work, on the payroll or not.
ENGAGEMENTS: dict[str, str] = {
    "full_on": N_("专职，在编"),
    "full_off": N_("专职，不在编"),
    "part_on": N_("兼职，在编"),
    "part_off": N_("兼职，不在编"),
}
# What is handed over (domain 3.7 F3), and what each line asks to be written down.
ITEMS: dict[str, str] = {
    "cycles": N_("在报和待报的报表、报告期"),
    "ledgers": N_("统计台账（纸质和电子）"),
    "records": N_("原始记录"),
    "accounts": N_("平台账号（移交或者停用，不交密码）"),
    "units": N_("调查单位名录"),
    "work": N_("未办结的线索和事项"),
    "seals": N_("印章"),
    "media": N_("涉密载体"),
    "certificates": N_("证件"),
}
SIGNERS: dict[str, str] = {
    "outgoing": N_("移交人"),
    "incoming": N_("接收人"),
    "overseer": N_("监交人"),
}


class Filing(Case):
    """One change: who goes, who comes, to which post, from which day, in which mode.

    The post is that of `place_code` (or of `place_org_id`, a department). `effective_on` is the
    first day of the new situation.
    """

    __tablename__ = "filings"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    change: Mapped[str] = mapped_column(String(8))
    mode: Mapped[str] = mapped_column(String(8))
    # The row of the filing rules by which this mode was chosen (core/norms).
    mode_rule: Mapped[str] = mapped_column(String(32))
    place_code: Mapped[str] = mapped_column(String(12), index=True)
    place_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    holding_id: Mapped[int | None] = mapped_column(ForeignKey("staff_holdings.id"))
    outgoing_id: Mapped[int | None] = mapped_column(ForeignKey("staff_people.id"), index=True)
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("staff_people.id"), index=True)
    # The post the newcomer is to have.
    duty: Mapped[str] = mapped_column(String(16))
    post_title: Mapped[str] = mapped_column(String(60), default="")
    full_time: Mapped[bool] = mapped_column(Boolean, default=False)
    on_payroll: Mapped[bool] = mapped_column(Boolean, default=False)
    new_holding_id: Mapped[int | None] = mapped_column(ForeignKey("staff_holdings.id"))
    overseer: Mapped[str] = mapped_column(String(60), default="")
    destination: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text)
    # Nobody is named yet: how and until when the post will be filled.
    gap_plan: Mapped[str] = mapped_column(Text, default="")
    gap_until: Mapped[date | None] = mapped_column(Date)
    effective_on: Mapped[date] = mapped_column(Date)
    leave_to: Mapped[date | None] = mapped_column(Date)
    consented_on: Mapped[date | None] = mapped_column(Date)
    filed_on: Mapped[date | None] = mapped_column(Date)
    receipt_via: Mapped[str] = mapped_column(String(40), default="")
    receipt_no: Mapped[str] = mapped_column(String(40), default="")
    receipt_above: Mapped[str] = mapped_column(String(40), default="")
    # Found without a filing: it counts in the year's assessment of the place.
    irregular: Mapped[bool] = mapped_column(Boolean, default=False)
    found_on: Mapped[date | None] = mapped_column(Date)
    rectified_on: Mapped[date | None] = mapped_column(Date)

    __mapper_args__ = {"polymorphic_identity": "filing"}
    __table_args__ = (
        CheckConstraint("change IN ('out', 'in', 'move', 'leave', 'lead')", name="filing_change"),
        CheckConstraint("mode IN ('consent', 'filing')", name="filing_mode"),
        CheckConstraint(
            "outgoing_id IS NOT NULL OR incoming_id IS NOT NULL OR irregular",
            name="filing_of_somebody",
        ),
        CheckConstraint(
            "outgoing_id IS NULL OR incoming_id IS NULL OR outgoing_id <> incoming_id",
            name="filing_two_people",
        ),
        CheckConstraint("(found_on IS NOT NULL) = irregular", name="filing_found"),
        CheckConstraint(
            "consented_on IS NULL OR mode = 'consent'", name="filing_consent_only_then"
        ),
    )


class HandoverItem(Model):
    """One line of the handover list."""

    __tablename__ = "handover_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("filings.id", ondelete="CASCADE"))
    item: Mapped[str] = mapped_column(String(16))
    # 'handed', 'none' (there is none) or '' while it is open.
    state: Mapped[str] = mapped_column(String(8), default="")
    detail: Mapped[str] = mapped_column(String(400), default="")
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    noted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("case_id", "item"),
        CheckConstraint("state IN ('', 'handed', 'none')", name="handover_state"),
        CheckConstraint("(state = '') = (noted_by_id IS NULL)", name="handover_noted"),
    )


class HandoverSignature(Model):
    """One of the three signatures: by one's own login, or on paper with the scan in the file."""

    __tablename__ = "handover_signatures"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("filings.id", ondelete="CASCADE"))
    part: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("case_id", "part"),
        CheckConstraint("part IN ('outgoing', 'incoming', 'overseer')", name="signature_part"),
    )


class HandoverWork(Model):
    """An open case of the leaver's that went to another person in the course of the handover."""

    __tablename__ = "handover_work"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("filings.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    to_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (UniqueConstraint("case_id", "other_id"),)


_SAID = (
    Word(N_("职务"), "post_title"),
    Word(N_("监交人"), "overseer", spoken=True),
    Word(N_("去向"), "destination"),
    Word(N_("理由"), "reason"),
    Word(N_("补充安排"), "gap_plan"),
    Word(N_("转报编号"), "receipt_via"),
    Word(N_("上级编号"), "receipt_above"),
)


def index_words(session: Session, cases: Sequence[Filing]) -> dict[int, list[Word]]:
    """What a change can be found by: its own words, and the people who come and go."""
    found = {case.id: said_by(case, _SAID) for case in cases}
    ids = {i for case in cases for i in (case.outgoing_id, case.incoming_id) if i is not None}
    query = select(Person.id, Person.name).where(Person.id.in_(ids))
    names = {row.id: row.name for row in session.execute(query)}
    for case in cases:
        for person_id in (case.outgoing_id, case.incoming_id):
            if person_id in names:
                found[case.id].append(Word(N_("统计人员"), names[person_id], spoken=True))
    return found
