"""What happened in a penalty case more than once: services, payments, hearings, remedies."""

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
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.core.db import Model, UTCDateTime
from tracker.core.errors import N_

# 民事诉讼法 87 to 95, 行政处罚法 61 (domain 3.2, C9).
MANNERS = {
    "direct": N_("直接送达"),
    "left": N_("留置送达"),
    "post": N_("邮寄送达"),
    "electronic": N_("电子送达"),
    "entrusted": N_("委托送达"),
    "public": N_("公告送达"),
}
SERVED = {
    "notice": N_("事先告知书"),
    "hearing_notice": N_("听证通知书"),
    "decision": N_("处罚决定书"),
    "no_penalty": N_("不予处罚决定书"),
    "demand": N_("催告书"),
    "inquiry": N_("查询书"),
}
PAYMENT_WAYS = {"bank": N_("银行缴纳"), "spot": N_("当场收缴"), "court": N_("法院执行")}
REMEDY_KINDS = {"review": N_("行政复议"), "suit": N_("行政诉讼")}
REMEDY_RESULTS = {
    "upheld": N_("维持（驳回）"),
    "changed": N_("变更"),
    "revoked": N_("撤销或者确认违法、无效"),
    "dropped": N_("不予受理、撤回或者终止"),
}


def _words(values: dict[str, str]) -> str:
    return ", ".join(f"'{v}'" for v in values)


class Service(Model):
    """One service of one paper: how, to whom, when, and what makes it good."""

    __tablename__ = "penalty_services"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("penalties.id", ondelete="CASCADE"), index=True)
    what: Mapped[str] = mapped_column(String(16))
    manner: Mapped[str] = mapped_column(String(12))
    recipient: Mapped[str] = mapped_column(String(80), default="")
    place: Mapped[str] = mapped_column(String(120), default="")
    served_on: Mapped[date | None] = mapped_column(Date)
    refusal: Mapped[str] = mapped_column(String(200), default="")
    witness: Mapped[str] = mapped_column(String(80), default="")
    consented: Mapped[bool] = mapped_column(Boolean, default=False)
    announced_on: Mapped[date | None] = mapped_column(Date)
    cause: Mapped[str] = mapped_column(String(400), default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint(f"manner IN ({_words(MANNERS)})", name="manner_known"),
        CheckConstraint(f"what IN ({_words(SERVED)})", name="paper_known"),
        CheckConstraint("manner <> 'left' OR witness <> ''", name="left_before_a_witness"),
        CheckConstraint("manner <> 'electronic' OR consented", name="electronic_by_consent"),
        CheckConstraint(
            "manner <> 'public' OR (announced_on IS NOT NULL AND cause <> '')",
            name="announced_with_cause",
        ),
        CheckConstraint("manner = 'public' OR served_on IS NOT NULL", name="served_on_a_day"),
    )


class Recusal(Model):
    """That somebody of the team should stand back: asked, and decided by the head."""

    __tablename__ = "penalty_recusals"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("penalties.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(400))
    asked_on: Mapped[date] = mapped_column(Date)
    granted: Mapped[bool | None] = mapped_column(Boolean)
    decided_on: Mapped[date | None] = mapped_column(Date)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint(
            "(granted IS NULL) = (decided_on IS NULL)"
            " AND (granted IS NULL) = (decided_by_id IS NULL)",
            name="recusal_decided_by_one",
        ),
        CheckConstraint(
            "granted IS NULL OR NOT granted OR replacement_id IS NOT NULL",
            name="recused_is_replaced",
        ),
    )


class DefencePoint(Model):
    """One point of a defence, accepted or not, and why."""

    __tablename__ = "penalty_defence_points"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("penalties.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    point: Mapped[str] = mapped_column(Text)
    accepted: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("case_id", "line"),
        CheckConstraint("reason <> ''", name="point_answered"),
    )


class Hearing(Model):
    """One hearing as it was set; a postponed one is followed by another."""

    __tablename__ = "penalty_hearings"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("penalties.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(Integer)
    hearing_at: Mapped[datetime] = mapped_column(UTCDateTime)
    place: Mapped[str] = mapped_column(String(120))
    presider_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorder: Mapped[str] = mapped_column(String(60))
    public: Mapped[bool] = mapped_column(Boolean, default=True)
    closed_why: Mapped[str] = mapped_column(String(200), default="")
    # The last day on which the notice could be served, counted back from the hearing (T06).
    notice_by: Mapped[date] = mapped_column(Date)
    served_on: Mapped[date | None] = mapped_column(Date)
    postponed: Mapped[bool] = mapped_column(Boolean, default=False)
    held_on: Mapped[date | None] = mapped_column(Date)
    opinion: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        CheckConstraint("public OR closed_why <> ''", name="closed_for_a_reason"),
        CheckConstraint("served_on IS NULL OR served_on <= notice_by", name="told_in_time"),
        CheckConstraint("held_on IS NULL OR served_on IS NOT NULL", name="held_after_notice"),
        CheckConstraint("held_on IS NULL OR NOT postponed", name="held_or_postponed"),
    )


class Payment(Model):
    """Money that came in, in yuan; whoever decided the fine never records it."""

    __tablename__ = "penalty_payments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("penalties.id", ondelete="CASCADE"), index=True)
    paid_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    way: Mapped[str] = mapped_column(String(8), default="bank")
    voucher: Mapped[str] = mapped_column(String(80))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("amount > 0", name="payment_positive"),
        CheckConstraint(f"way IN ({_words(PAYMENT_WAYS)})", name="way_known"),
    )


class Instalment(Model):
    """One part of the fine and the day by which it is due, as the head has approved."""

    __tablename__ = "penalty_instalments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("penalties.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadlines.id"))

    __table_args__ = (
        UniqueConstraint("case_id", "line"),
        CheckConstraint("amount > 0", name="instalment_positive"),
    )


class Remedy(Model):
    """One review or suit against the decision; while it is open no surcharge runs."""

    __tablename__ = "penalty_remedies"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("penalties.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    organ: Mapped[str] = mapped_column(String(120))
    filed_on: Mapped[date] = mapped_column(Date)
    accepted_on: Mapped[date | None] = mapped_column(Date)
    summary: Mapped[bool] = mapped_column(Boolean, default=False)
    copy_on: Mapped[date | None] = mapped_column(Date)
    replied_on: Mapped[date | None] = mapped_column(Date)
    result: Mapped[str | None] = mapped_column(String(10))
    result_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        CheckConstraint(f"kind IN ({_words(REMEDY_KINDS)})", name="remedy_known"),
        CheckConstraint(
            f"result IS NULL OR result IN ({_words(REMEDY_RESULTS)})", name="result_known"
        ),
        CheckConstraint("(result IS NULL) = (result_on IS NULL)", name="result_has_day"),
        CheckConstraint("result_on IS NULL OR result_on >= filed_on", name="result_after_filing"),
    )


class MissingItem(Model):
    """Why an item of the file index is not in the file."""

    __tablename__ = "penalty_missing_items"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("penalties.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[int] = mapped_column(Integer, primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    explained_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("item BETWEEN 1 AND 19", name="item_of_the_index"),
        CheckConstraint("reason <> ''", name="missing_with_reason"),
    )


# ---------------------------------------------------------------- reading


def services_of(session: Session, case_id: int) -> list[Service]:
    """Every service of a case, in the order they were recorded."""
    return list(
        session.scalars(select(Service).where(Service.case_id == case_id).order_by(Service.id))
    )


def open_announcement(session: Session, case_id: int) -> Service | None:
    """The public notice of the decision that has not led to service yet."""
    return session.scalars(
        select(Service).where(
            Service.case_id == case_id,
            Service.what == "decision",
            Service.manner == "public",
            Service.served_on.is_(None),
        )
    ).first()


def pending_recusal(session: Session, case_id: int) -> Recusal | None:
    """The recusal the head has not decided yet."""
    return session.scalars(
        select(Recusal).where(Recusal.case_id == case_id, Recusal.granted.is_(None))
    ).first()


def hearings_of(session: Session, case_id: int) -> list[Hearing]:
    """The hearings of a case as they were set."""
    return list(
        session.scalars(select(Hearing).where(Hearing.case_id == case_id).order_by(Hearing.seq))
    )


def points_of(session: Session, case_id: int) -> list[DefencePoint]:
    """The points of the defence."""
    return list(
        session.scalars(
            select(DefencePoint).where(DefencePoint.case_id == case_id).order_by(DefencePoint.line)
        )
    )


def payments_of(session: Session, case_id: int) -> list[Payment]:
    """What was paid, by day."""
    return list(
        session.scalars(
            select(Payment).where(Payment.case_id == case_id).order_by(Payment.paid_on, Payment.id)
        )
    )


def instalments_of(session: Session, case_id: int) -> list[Instalment]:
    """The approved plan; empty when the fine is due at once."""
    return list(
        session.scalars(
            select(Instalment).where(Instalment.case_id == case_id).order_by(Instalment.line)
        )
    )


def remedies_of(session: Session, case_id: int) -> list[Remedy]:
    """Reviews and suits, in the order they were filed."""
    return list(
        session.scalars(
            select(Remedy).where(Remedy.case_id == case_id).order_by(Remedy.filed_on, Remedy.id)
        )
    )


def open_remedy(session: Session, case_id: int, kind: str | None = None) -> Remedy | None:
    """The review or suit that is going on."""
    found = (r for r in remedies_of(session, case_id) if r.result is None)
    return next((r for r in found if kind in (None, r.kind)), None)


def missing_of(session: Session, case_id: int) -> dict[int, str]:
    """Items of the file index that are explained: number to reason."""
    rows = session.scalars(select(MissingItem).where(MissingItem.case_id == case_id))
    return {row.item: row.reason for row in rows}
