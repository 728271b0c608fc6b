"""Evidence of a case: what was taken, where, by whom, and the hash of its file.

Registering it for preservation is in `preserving.py`. Any workflow whose team gathers evidence uses
both. Every verb takes a case that was read, locked, through `get_visible`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.roles import Role
from tracker.core.audit.service import record
from tracker.core.cases.models import Attachment, Case, CasePerson
from tracker.core.db import Model, UTCDateTime
from tracker.core.errors import N_, BadInput, NotVisible, Refusal, StepRefused, say

FORMS = {
    "original": N_("原件"),
    "copy": N_("复制件"),
    "photo": N_("照片"),
    "recording": N_("录音录像"),
    "electronic": N_("电子数据"),
}
# What becomes of preserved evidence within the seven working days (行政处罚法 56).
DISPOSALS = {
    "released": N_("解除登记保存"),
    "copied": N_("复制后归还"),
    "filed": N_("作为证据随案保存"),
    "handed_over": N_("移送有关机关"),
}
# Parts of those who gather evidence, the leading officer first; a drawn team may be large.
TEAM = ("handler", "co_officer", *(f"officer_{n}" for n in range(3, 10)))


class Keeping(StrEnum):
    """Where the preservation of one item stands."""

    ASKED = "asked"
    APPROVED = "approved"
    KEPT = "kept"
    DISPOSED = "disposed"
    REFUSED = "refused"


KEEPING_LABELS: dict[Keeping, str] = {
    Keeping.ASKED: N_("待负责人批准"),
    Keeping.APPROVED: N_("已批准，待登记保存"),
    Keeping.KEPT: N_("登记保存中"),
    Keeping.DISPOSED: N_("已作处理决定"),
    Keeping.REFUSED: N_("负责人未批准"),
}


class EvidenceItem(Model):
    """One thing that proves something: what it is, where it was found, who keeps it."""

    __tablename__ = "evidence_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(120))
    form: Mapped[str] = mapped_column(String(12))
    quantity: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(120))
    keeper: Mapped[str] = mapped_column(String(60))
    proves: Mapped[str] = mapped_column(String(200), default="")
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    # The hash of the file when it was taken as evidence, so that another file shows.
    sha256: Mapped[str | None] = mapped_column(String(64))
    # The line of the indicator table it belongs to, and the key of the device that sent it.
    figure_line: Mapped[int | None] = mapped_column(Integer)
    device_key: Mapped[str | None] = mapped_column(String(64))

    preservation: Mapped[Preservation | None] = relationship(
        back_populates="item", lazy="selectin", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("case_id", "line"),
        UniqueConstraint("case_id", "device_key"),
        CheckConstraint(
            "form IN ('original', 'copy', 'photo', 'recording', 'electronic')", name="form_known"
        ),
        CheckConstraint("(attachment_id IS NULL) = (sha256 IS NULL)", name="file_is_hashed"),
    )


class Preservation(Model):
    """The registration of one item for preservation: asked, approved, kept, disposed of."""

    __tablename__ = "preservations"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("evidence_items.id", ondelete="CASCADE"), unique=True
    )
    reason: Mapped[str] = mapped_column(String(400))
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_for_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    refused: Mapped[bool] = mapped_column(Boolean, default=False)
    kept_on: Mapped[date | None] = mapped_column(Date)
    kept_at: Mapped[str] = mapped_column(String(120), default="")
    keeper: Mapped[str] = mapped_column(String(60), default="")
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadlines.id"))
    approval_deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadlines.id"))
    disposal: Mapped[str | None] = mapped_column(String(12))
    disposal_reason: Mapped[str] = mapped_column(String(400), default="")
    disposed_on: Mapped[date | None] = mapped_column(Date)
    disposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    item: Mapped[EvidenceItem] = relationship(back_populates="preservation")

    __table_args__ = (
        CheckConstraint(
            "disposal IN ('released', 'copied', 'filed', 'handed_over')", name="disposal_known"
        ),
        CheckConstraint("(disposal IS NULL) = (disposed_on IS NULL)", name="disposal_has_day"),
        CheckConstraint(
            "disposal IS NULL OR (kept_on IS NOT NULL AND disposed_by_id IS NOT NULL)",
            name="only_kept_is_disposed",
        ),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_one"),
        # Without approval only what is urgent is kept.
        CheckConstraint(
            "kept_on IS NULL OR urgent OR decided_at IS NOT NULL", name="kept_with_approval"
        ),
        CheckConstraint("(kept_on IS NULL) = (deadline_id IS NULL)", name="kept_has_clock"),
    )

    @property
    def keeping(self) -> Keeping:
        """Where it stands."""
        if self.disposal is not None:
            return Keeping.DISPOSED
        if self.refused:
            return Keeping.REFUSED
        if self.kept_on is not None:
            return Keeping.KEPT
        return Keeping.ASKED if self.decided_at is None else Keeping.APPROVED

    @property
    def awaits_approval(self) -> bool:
        """Whether the head has not decided yet, be it before or after the fact."""
        return self.decided_at is None


@dataclass(frozen=True, slots=True)
class EvidenceData:
    """One item as it is written down; `device_key` names the change on a device in the field."""

    name: str
    form: str
    quantity: str
    place: str
    keeper: str
    taken_at: datetime
    proves: str = ""
    attachment_id: int | None = None
    figure_line: int | None = None
    device_key: str | None = None


# ---------------------------------------------------------------- reading


def evidence_of(session: Session, case_id: int) -> list[EvidenceItem]:
    """The evidence of a case in the order it was taken down, with what is preserved of it."""
    return list(
        session.scalars(
            select(EvidenceItem)
            .where(EvidenceItem.case_id == case_id)
            .order_by(EvidenceItem.line)
            .execution_options(populate_existing=True)
        )
    )


def unapproved(session: Session, case_id: int) -> list[EvidenceItem]:
    """Items whose preservation the head has not decided on."""
    return [
        i
        for i in evidence_of(session, case_id)
        if i.preservation is not None and i.preservation.awaits_approval
    ]


def undisposed(session: Session, case_id: int) -> list[EvidenceItem]:
    """Items that are kept and of which nobody has decided what becomes of them."""
    return [
        i
        for i in evidence_of(session, case_id)
        if i.preservation is not None and i.preservation.keeping is Keeping.KEPT
    ]


def why_not_settled(session: Session, case_id: int) -> Refusal | None:
    """Why a case cannot end yet: preserved evidence waits for approval or for its disposal."""
    if waiting := unapproved(session, case_id):
        return Refusal(
            say("%(what)s 的登记保存还没有经负责人批准。", what=_listed(waiting)),
            instead=say("在“证据”里办理"),
        )
    if kept := undisposed(session, case_id):
        return Refusal(
            say("登记保存的 %(what)s 还没有作出处理决定。", what=_listed(kept)),
            instead=say("在“证据”里办理"),
        )
    return None


def _listed(items: Sequence[EvidenceItem]) -> str:
    return "、".join(f"《{i.name}》" for i in items[:3]) + ("…" if len(items) > 3 else "")


# ---------------------------------------------------------------- the list of evidence


def add_evidence(
    session: Session,
    actor: Actor,
    case: Case,
    data: EvidenceData,
    *,
    now: datetime,
    request_id: str | None = None,
) -> EvidenceItem:
    """The team writes down one item; what a device sends twice is written once."""
    power = team_power(session, actor, case, "evidence")
    refuse_closed(case)
    if data.device_key is not None and (known := _sent(session, case.id, data.device_key)):
        return known
    if data.form not in FORMS:
        raise BadInput("form", say("请选证据的形式。"))
    if data.taken_at > now:
        raise BadInput("taken_at", say("日期不能晚于今天。"))
    row = EvidenceItem(
        case_id=case.id,
        line=_next_line(session, case.id),
        name=required("name", data.name, N_("请写证据名称。")),
        form=data.form,
        quantity=required("quantity", data.quantity, N_("请写数量，例如 3 册。")),
        place=required("place", data.place, N_("请写取得证据的地点。")),
        keeper=required("keeper", data.keeper, N_("请写保管人。")),
        proves=data.proves.strip(),
        taken_at=data.taken_at,
        taken_by_id=actor.user_id,
        attachment_id=data.attachment_id,
        sha256=_hash_of(session, case.id, data.attachment_id),
        figure_line=data.figure_line,
        device_key=data.device_key,
        preservation=None,
    )
    session.add(row)
    session.flush()
    details = {"line": row.line, "sha256": row.sha256, "form": row.form}
    audit(session, actor, case, "add", now, request_id, details, power.on_behalf_of)
    return row


def _sent(session: Session, case_id: int, device_key: str) -> EvidenceItem | None:
    return session.scalars(
        select(EvidenceItem).where(
            EvidenceItem.case_id == case_id, EvidenceItem.device_key == device_key
        )
    ).one_or_none()


def _next_line(session: Session, case_id: int) -> int:
    last = session.scalar(
        select(func.max(EvidenceItem.line)).where(EvidenceItem.case_id == case_id)
    )
    return (last or 0) + 1


def _hash_of(session: Session, case_id: int, attachment_id: int | None) -> str | None:
    if attachment_id is None:
        return None
    file = session.get(Attachment, attachment_id)
    if file is None or file.case_id != case_id:
        raise BadInput("attachment", say("这个文件不在本件的材料里。"))
    return file.sha256


# ---------------------------------------------------------------- who may


def team_of(session: Session, case_id: int) -> list[int]:
    """The officers of a case, the leading one first; one query."""
    rows = session.execute(
        select(CasePerson.part, CasePerson.user_id).where(
            CasePerson.case_id == case_id,
            CasePerson.part.in_(TEAM),
            CasePerson.ended_at.is_(None),
        )
    )
    return [user for _, user in sorted((TEAM.index(part), user) for part, user in rows)]


def on_the_team(session: Session, actor: Actor, case: Case) -> bool:
    """Whether the actor gathers evidence in the case, in person or for a member of the team."""
    return _team(session, actor, case) is not None


def _team(session: Session, actor: Actor, case: Case) -> Power | None:
    team = team_of(session, case.id)
    return first_power(
        actor.within(case.kind),
        lambda p: (
            p.role is Role.INSPECTOR
            and p.org_id == case.bureau_id
            and (p.on_behalf_of or actor.user_id) in team
        ),
    )


def team_power(session: Session, actor: Actor, case: Case, step: str) -> Power:
    """The power by which the actor gathers evidence; StepRefused when there is none."""
    power = _team(session, actor, case)
    if power is None:
        raise StepRefused([Refusal(say("证据由本件的执法人员取得和登记。"))], step)
    return power


def first_power(actor: Actor, fits: Callable[[Power], bool]) -> Power | None:
    """One's own power before one held for somebody else."""
    own_first = sorted(actor.powers, key=lambda p: p.on_behalf_of is not None)
    return next((p for p in own_first if fits(p)), None)


def item_of(session: Session, case: Case, item_id: int) -> EvidenceItem:
    """An item of this case; NotVisible when it is another's."""
    item = session.get(EvidenceItem, item_id)
    if item is None or item.case_id != case.id:
        raise NotVisible(f"evidence {item_id}")
    return item


def refuse_closed(case: Case) -> None:
    """A case that is over takes no more evidence."""
    if case.closed_at is not None:
        raise StepRefused([Refusal(say("已经办结，不能再加材料。"))], "evidence")


def required(name: str, value: str, message: str) -> str:
    """A text that must not be empty, trimmed; BadInput with the field's name."""
    value = value.strip()
    if not value:
        raise BadInput(name, say(message))
    return value


def audit(
    session: Session,
    actor: Actor,
    case: Case,
    what: str,
    now: datetime,
    request_id: str | None,
    details: Mapping[str, object],
    lender: int | None = None,
) -> None:
    """One audit row of what was done with the evidence, and for whom where it was lent."""
    record(
        session,
        tag=f"{case.kind}.evidence.{what}",
        at=now,
        actor_id=actor.user_id,
        on_behalf_of_id=lender,
        case_id=case.id,
        object=f"{case.kind}:{case.id}",
        request_id=request_id,
        details=details,
    )
