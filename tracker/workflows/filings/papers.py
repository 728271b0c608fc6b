"""What the papers of a filing say, before somebody looks them over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User
from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store as calendar_store
from tracker.core.cases.clocks import rule_for
from tracker.core.cases.models import Move
from tracker.core.clock import office_date
from tracker.core.deadlines.due import Start, count
from tracker.core.registers.models import Organisation
from tracker.core.staff.models import DUTY_LABELS, Duty, Person
from tracker.workflows.filings import change, gate, handover
from tracker.workflows.filings.content import engagement_of
from tracker.workflows.filings.effects import effect_words
from tracker.workflows.filings.models import CHANGES, ENGAGEMENTS, ITEMS, MODES, SIGNERS, Filing

_CONSENT = "《中华人民共和国统计法实施条例》第三十二条第二款"
_NO_RULE = "本地没有专门规定，按事后备案办理"
_DONE = {"handed": "已移交", "none": "没有"}
_RECTIFY = "OWN-FILERECTIFY"


def values(session: Session, case: Filing, kind: str, now: datetime) -> dict[str, Any]:
    """The fields of a paper as far as the case knows them."""
    return _FILL[kind](session, case, now)


# ---------------------------------------------------------------- shared


def _common(session: Session, case: Filing) -> dict[str, Any]:
    rule = change.rule_of(case)
    return {
        "change": CHANGES[case.change],
        "mode": MODES[case.mode],
        "mode_source": str(rule.source) if rule is not None else _NO_RULE,
        "place": change.place_name(session, case.place_code, case.place_org_id),
        "outgoing": _name(change.outgoing(session, case)),
        "incoming": _name(change.incoming(session, case)),
        "effective_on": case.effective_on,
    }


def _only(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names}


def _name(person: Person | None) -> str:
    return person.name if person is not None else ""


def _unit(session: Session, case: Filing) -> str:
    return session.get_one(Organisation, case.origin_org_id).name


def _post_words(duty: str, *, full_time: bool, on_payroll: bool, title: str = "") -> str:
    engaged = ENGAGEMENTS[engagement_of(full_time=full_time, on_payroll=on_payroll)]
    return f"{title or DUTY_LABELS[Duty(duty)]}（{engaged}）"


def _contact(session: Session, case: Filing, now: datetime) -> str:
    """Whoever had it at the bureau last, else its registrar, with the telephone number."""
    user = session.scalars(
        select(User)
        .join(Move, Move.actor_id == User.id)
        .where(Move.case_id == case.id, Move.org_id == case.bureau_id)
        .order_by(Move.seq.desc())
        .limit(1)
    ).first()
    if user is None:
        registrars = people_in(session, case.bureau_id or 0, Role.REGISTRAR, office_date(now))
        user = registrars[0] if registrars else None
    return f"{user.name} {user.phone or ''}".strip() if user is not None else ""


# ---------------------------------------------------------------- each paper


def _staff_filing(session: Session, case: Filing, now: datetime) -> dict[str, Any]:
    left, taken = change.post_left(session, case), change.post_taken(case)
    trained = gate.induction_of(session, case, office_date(now))
    return {
        **_common(session, case),
        "case_number": case.number or f"草稿第{case.id}号",
        "outgoing_post": ""
        if left is None
        else _post_words(
            left.duty, full_time=left.full_time, on_payroll=left.on_payroll, title=left.title
        ),
        "incoming_post": ""
        if taken is None
        else _post_words(
            taken.duty, full_time=taken.full_time, on_payroll=taken.on_payroll, title=taken.title
        ),
        "induction": ""
        if taken is None
        else f"{trained.isoformat()} 合格"
        if trained is not None
        else "尚未参加，上岗前参加",
        "destination": case.destination,
        "reasons": case.reason,
        "leave_to": case.leave_to,
        "gap_plan": case.gap_plan,
        "gap_until": case.gap_until,
        "norm_effect": effect_words(session, case),
        "overseer": case.overseer,
    }


def _consent_reply(session: Session, case: Filing, now: datetime) -> dict[str, Any]:
    rule = change.rule_of(case)
    effective_on = max(case.effective_on, office_date(now))
    common = _only(_common(session, case), "change", "place", "outgoing", "incoming")
    return {
        **common,
        "addressee": _unit(session, case),
        "filing_number": case.receipt_no,
        "asked_on": _arrived_on(session, case, now),
        "effective_on": effective_on,
        "opinion": "同意",
        "demands": "请自同意之日起办理工作交接；接任人员须经岗前培训合格后上岗。",
        "basis": str(rule.source) if rule is not None else _CONSENT,
        "contact": _contact(session, case, now),
    }


def _arrived_on(session: Session, case: Filing, now: datetime) -> Any:
    at = session.scalar(
        select(Move.at)
        .where(Move.case_id == case.id, Move.to_state == "arrived", Move.from_state != "arrived")
        .order_by(Move.seq.desc())
        .limit(1)
    )
    return office_date(at or now)


def _filing_receipt(session: Session, case: Filing, now: datetime) -> dict[str, Any]:
    passed = f"经乡镇（街道）转报，编号{case.receipt_via}" if case.receipt_via else "单位直接报送"
    found = case.found_on
    return {
        **_common(session, case),
        "addressee": _unit(session, case),
        "filing_number": case.receipt_no or "备案时编号",
        "received_on": _arrived_on(session, case, now),
        "completeness": "材料齐全",
        "irregular": ""
        if found is None
        else f"{found.isoformat()} 发现变动未经报备，已按整改通知补办",
        "passed_on": passed,
        "next_steps": "请按清单办理工作交接；接任人员须经岗前培训合格后上岗。"
        if case.outgoing_id is not None
        else "接任人员须经岗前培训合格后上岗。",
        "contact": _contact(session, case, now),
    }


def _handover_list(session: Session, case: Filing, now: datetime) -> dict[str, Any]:
    rows = handover.items(session, case.id)
    signed = handover.signatures(session, case.id)
    return {
        **_only(_common(session, case), "place", "outgoing", "incoming"),
        "case_number": case.number or "",
        "overseer": signed["overseer"].name if "overseer" in signed else case.overseer,
        "handed_on": office_date(now),
        "items": [
            {
                "no": str(n),
                "item": ITEMS[row.item],
                "state": _DONE.get(row.state, "未办"),
                "detail": row.detail,
            }
            for n, row in enumerate(rows, start=1)
        ],
        "work": [
            {"number": other.number or "", "about": other.title, "taken_by": to.name}
            for other, to in handover.handed_on(session, case.id)
        ],
        "signatures": [
            {
                "part": label,
                "name": signed[part].name,
                "way": "登录签字" if signed[part].user_id is not None else "纸面签字",
                "at": signed[part].signed_at,
            }
            for part, label in SIGNERS.items()
            if part in signed
        ],
    }


def _correction_order(session: Session, case: Filing, now: datetime) -> dict[str, Any]:
    today = office_date(now)
    rule = change.rule_of(case)
    term = rule_for(case, _RECTIFY, today).term
    due = None
    if term is not None:
        calendar = calendar_store.load(session)
        due = count(Start(today), [term], [], False, calendar).due
    return {
        "addressee": _unit(session, case),
        "place": change.place_name(session, case.place_code, case.place_org_id),
        "found_on": case.found_on,
        "facts": case.reason,
        "demands": "请补报统计人员变动，办理工作交接；接任人员须经岗前培训合格后上岗。",
        "due_on": due,
        "basis": str(rule.source) if rule is not None else _CONSENT,
        "consequences": "逾期不改正的，记入年度统计工作考核。",
        "contact": _contact(session, case, now),
    }


_FILL = {
    "staff_filing": _staff_filing,
    "consent_reply": _consent_reply,
    "filing_receipt": _filing_receipt,
    "handover_list": _handover_list,
    "correction_order_staff": _correction_order,
}
