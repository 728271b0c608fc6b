"""What each step of a filing needs besides the move: checked, then written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from tracker.core.accounts.people import people_in
from tracker.core.cases.engine import Taking
from tracker.core.cases.models import Move
from tracker.core.cases.taking import Asked, Takings
from tracker.core.documents import service as documents
from tracker.core.documents.models import Document, DocumentState
from tracker.core.documents.numbering import draw
from tracker.core.errors import N_, BadInput, Refusal, StepRefused, say
from tracker.core.registers.models import Organisation
from tracker.core.staff import register
from tracker.core.staff.models import Holding
from tracker.workflows.filings import change, content, handover, parties
from tracker.workflows.filings.flow import CLERKS, LETTER
from tracker.workflows.filings.models import Filing

_DAY = timedelta(days=1)
# What the houses on the way number: the receipt of the one between and of the one above.
_VIA_LETTER, _ABOVE_LETTER = "转报", "汇收"
_FORM_STALE = N_("内容已修改，变动报备表要重新制作")


# ---------------------------------------------------------------- what it says


def form_of(asked: Asked[Filing]) -> content.Form:
    """The form of a change as it was sent for a filing that is there."""
    filing = asked.case
    return content.Form(
        session=asked.session,
        actor=asked.actor,
        origin=asked.session.get_one(Organisation, filing.origin_org_id),
        inputs=asked.inputs,
        now=asked.now,
        today=asked.today,
        case_id=filing.id,
        irregular=filing.irregular,
    )


def _edit(asked: Asked[Filing]) -> Taking:
    """The form drawn up before says something else now: it is void, and made anew."""
    filing, session = asked.case, asked.session
    found = content.read(form_of(asked))

    def apply() -> None:
        for name, value in found.columns.items():
            setattr(filing, name, value)
        documents.void_all(
            session, filing.id, "staff_filing", by=asked.actor.user_id, now=asked.now,
            reason=_FORM_STALE,
        )  # fmt: skip

    return Taking(
        values={"title": found.title, "region_code": found.region_code},
        fields=found.said,
        details={"change": found.columns["change"], "mode": found.columns["mode"]},
        apply=apply,
    )


def _complete(asked: Asked[Filing]) -> Taking:
    taking = _edit(asked)
    taking.parts = {"drafter": asked.actor.user_id}
    return taking


# ---------------------------------------------------------------- upward


def _house(asked: Asked[Filing]) -> dict[str, Any]:
    """The bureau that gets it, on the spine."""
    session, filing = asked.session, asked.case
    bureau = parties.bureau_of(session, session.get_one(Organisation, filing.origin_org_id))
    if bureau is None:
        raise StepRefused([Refusal(say("系统里没有可以接收的统计机构。"))])
    return {"bureau_id": bureau.id, "scope_code": bureau.region_code}


def _sign(asked: Asked[Filing]) -> Taking:
    return Taking(values=_house(asked), apply=lambda: _rectified(asked))


def _sign_via(asked: Asked[Filing]) -> Taking:
    session = asked.session
    via = parties.via_of(session, session.get_one(Organisation, asked.case.origin_org_id))
    return Taking(values={"via_org_id": via.id if via is not None else None})


def _pass_on(asked: Asked[Filing]) -> Taking:
    filing = asked.case

    def apply() -> None:
        filing.receipt_via = filing.receipt_via or _receipt(
            asked, filing.via_org_id or 0, _VIA_LETTER
        )
        _rectified(asked)

    return Taking(values=_house(asked), apply=apply)


def _ask_correction(asked: Asked[Filing]) -> Taking:
    """What has to be mended was not made good yet."""
    filing = asked.case

    def apply() -> None:
        filing.rectified_on = None

    return Taking(apply=apply)


def _rectify(asked: Asked[Filing]) -> Taking:
    return Taking(apply=lambda: _rectified(asked))


def _rectified(asked: Asked[Filing]) -> None:
    """What was found without a filing is made good on the day the papers reach the bureau."""
    if asked.case.irregular:
        asked.case.rectified_on = asked.today


def _receipt(asked: Asked[Filing], org_id: int, letter: str) -> str:
    """A number in the series of a house; a house without a sign of its own uses its name."""
    org = asked.session.get_one(Organisation, org_id)
    return draw(
        asked.session,
        org_id=org.id,
        prefix=org.doc_prefix or org.short_name,
        kind=letter,
        case_id=asked.case.id,
        now=asked.now,
    )


# ---------------------------------------------------------------- the bureau


def _numbered(asked: Asked[Filing]) -> None:
    """The number under which the bureau has it; drawn once, however often it comes back."""
    filing = asked.case
    if not filing.receipt_no:
        filing.number = filing.receipt_no = _receipt(asked, filing.bureau_id or 0, LETTER)


def _refer(asked: Asked[Filing]) -> Taking:
    return Taking(apply=lambda: _numbered(asked))


def _accept(asked: Asked[Filing]) -> Taking:
    def apply() -> None:
        _numbered(asked)
        asked.case.filed_on = asked.today
        _into_register(asked)

    return _with_concerned(asked, apply)


def _agree(asked: Asked[Filing]) -> Taking:
    """The change takes effect after the consent, never before it (domain F2; 实施条例 32(2))."""
    _refuse_without_reply(asked)
    effective_on = asked.day("effective_on")
    if effective_on is None:
        raise BadInput("effective_on", say("请填生效日期。"))
    if effective_on <= asked.today:
        raise BadInput("effective_on", say("生效日期要晚于同意日期，今天同意的最早明天生效。"))
    filing = asked.case
    if filing.leave_to is not None and filing.leave_to < effective_on:
        raise BadInput("effective_on", say("生效日期不能晚于请假截止日期。"))

    def apply() -> None:
        filing.effective_on, filing.consented_on = effective_on, asked.today
        _into_register(asked)

    return _with_concerned(asked, apply)


def _disagree(asked: Asked[Filing]) -> Taking:
    _refuse_without_reply(asked)
    return Taking()


def _refuse_without_reply(asked: Asked[Filing]) -> None:
    """Every answer is a letter of its own: one that was sent before does not serve again."""
    letters = asked.session.scalar(
        select(func.count()).where(
            Document.case_id == asked.case.id,
            Document.kind == "consent_reply",
            Document.state == DocumentState.ISSUED.value,
        )
    )
    answers = asked.session.scalar(
        select(func.count()).where(
            Move.case_id == asked.case.id, Move.step.in_(("agree", "agree_in", "disagree"))
        )
    )
    if (letters or 0) <= (answers or 0):
        raise StepRefused(
            [Refusal(say("这次答复还没有复函。"), instead=say("在“文书”里另做一份并签发"))]
        )


def _with_concerned(asked: Asked[Filing], apply: Callable[[], None]) -> Taking:
    """The two concerned are told, as far as they have accounts."""
    return Taking(parts=change.accounts(asked.session, asked.case), apply=apply)


def _into_register(asked: Asked[Filing]) -> None:
    """The newcomer's post stands in the register, unconfirmed; the list of the handover is laid."""
    session, filing = asked.session, asked.case
    if filing.incoming_id is not None:
        holding = register.add_holding(
            session,
            filing.incoming_id,
            register.PostData(
                region_code=filing.place_code,
                duty=filing.duty,
                since=filing.effective_on,
                org_id=filing.place_org_id,
                title=filing.post_title,
                full_time=filing.full_time,
                on_payroll=filing.on_payroll,
            ),
            case_id=filing.id,
            actor_id=asked.actor.user_id,
            now=asked.now,
        )
        filing.new_holding_id = holding.id
    if filing.outgoing_id is not None:
        handover.begin(session, filing)


# ---------------------------------------------------------------- handover, gate, end


def _close_handover(asked: Asked[Filing]) -> Taking:
    """The leaver's post ends the day before the change, or rests while the leave lasts."""
    session, filing = asked.session, asked.case

    def apply() -> None:
        holding = change.post_left(session, filing)
        if holding is None:
            return
        by: dict[str, Any] = {
            "case_id": filing.id, "actor_id": asked.actor.user_id, "now": asked.now,
        }  # fmt: skip
        if filing.change == "leave":
            register.set_leave(session, holding, filing.effective_on, filing.leave_to, **by)
        elif holding.until is None:
            reason = "out" if filing.change == "out" else "move"
            last_day = filing.effective_on - _DAY
            register.end_holding(
                session, holding, last_day, reason, successor_id=filing.incoming_id, **by
            )

    return Taking(apply=apply)


def _undo(asked: Asked[Filing]) -> Taking:
    """The post that nobody takes up leaves the register."""

    def apply() -> None:
        filing = asked.case
        holding = (
            None
            if filing.new_holding_id is None
            else asked.session.get(Holding, filing.new_holding_id)
        )
        if holding is not None and holding.until is None:
            register.end_holding(
                asked.session, holding, holding.since, "mistake", case_id=filing.id,
                actor_id=asked.actor.user_id, now=asked.now,
            )  # fmt: skip

    return Taking(apply=apply)


def _confirm(asked: Asked[Filing]) -> Taking:
    """Nobody is confirmed in post without induction (鄂尔多斯通知 二(三); P06)."""
    filing, on = asked.case, asked.day("start_on")
    holding = (
        None if filing.new_holding_id is None else asked.session.get(Holding, filing.new_holding_id)
    )
    if on is None or holding is None:
        raise BadInput("start_on", say("请填上岗日期。"))
    if on > max(asked.today, filing.effective_on):
        raise BadInput("start_on", say("上岗日期不能晚于今天；还没有生效的，不能晚于生效日期。"))

    def apply() -> None:
        try:
            register.confirm(
                asked.session, holding, on, actor_id=asked.actor.user_id, now=asked.now,
                case_id=filing.id,
            )  # fmt: skip
        except BadInput as error:
            raise BadInput("start_on", error.message) from None

    return Taking(details={"on": on.isoformat()}, apply=apply)


def _report_up(asked: Asked[Filing]) -> Taking:
    session = asked.session
    bureau = session.get_one(Organisation, asked.case.bureau_id)
    above = parties.above_of(session, bureau)
    return Taking(values={"above_org_id": above.id if above is not None else None})


def _receive_above(asked: Asked[Filing]) -> Taking:
    filing = asked.case

    def apply() -> None:
        filing.receipt_above = _receipt(asked, filing.above_org_id or 0, _ABOVE_LETTER)

    return Taking(apply=apply)


# ---------------------------------------------------------------- found without a filing


def _order(asked: Asked[Filing]) -> Taking:
    """It lands with the unit's clerk; where there is none, with the head of the unit."""
    filing = asked.case
    clerks = [
        user.id
        for role in CLERKS
        for user in people_in(asked.session, filing.origin_org_id, role, asked.today)
    ]
    concerned = set(change.accounts(asked.session, filing).values())
    fit = [user_id for user_id in clerks if user_id not in concerned] or clerks
    return Taking(parts={"drafter": fit[0]} if fit else {})


TAKINGS: Takings = {
    "edit": _edit,
    "complete": _complete,
    "sign": _sign,
    "sign_via": _sign_via,
    "pass_on": _pass_on,
    "rectify": _rectify,
    "ask_correction": _ask_correction,
    "refer": _refer,
    "accept": _accept,
    "accept_in": _accept,
    "agree": _agree,
    "agree_in": _agree,
    "disagree": _disagree,
    "close_handover": _close_handover,
    "close_handover_gap": _close_handover,
    "cancel": _undo,
    "give_up": _undo,
    "confirm": _confirm,
    "report_up": _report_up,
    "receive_above": _receive_above,
    "order": _order,
}
