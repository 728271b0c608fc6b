"""Papers of the decision, of no penalty, and of the decision on the spot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.core.cases.clocks import rule_for
from tracker.workflows.penalties.models import NO_PENALTY_GROUNDS
from tracker.workflows.penalties.papers.known import PENALTY_LAW, Known, yuan
from tracker.workflows.penalties.rows import points_of

_NONE = "违法行为轻微并及时改正等情形，依法不予行政处罚。"
_HUNDREDTHS = "〇一二三四五六七八九十"


def performance(of: Known, fine: Decimal | None) -> str:
    """How and by when the fine is paid (rule T10)."""
    if not fine:
        return "自收到本决定书之日起履行。"
    return f"自收到本决定书之日起{of.term('T10')}内，将罚款{yuan(fine)}缴至指定的银行。"


def surcharge(of: Known, on: date) -> str:
    """What follows when it is not paid (rule T11)."""
    rate = rule_for(of.penalty, "T11", on).rate
    if rate is None:
        return ""
    percent = _HUNDREDTHS[rate.percent] if rate.percent <= 10 else str(rate.percent)
    cap = "，加处罚款的数额不超过罚款数额" if rate.cap == 100 else ""
    return f"到期不缴纳罚款的，每日按罚款数额的百分之{percent}加处罚款{cap}。"


def heard(of: Known) -> str:
    """How the party was told and heard."""
    p = of.penalty
    if p.notice_on is None:
        return ""
    found = [
        f"{p.notice_on:%Y年%m月%d日}送达《行政处罚事先告知书》（{of.number_of('prior_notice')}）。"
    ]
    if p.hearing_held_on is not None:
        found.append(f"{p.hearing_held_on:%Y年%m月%d日}举行了听证。")
    points = points_of(of.session, p.id)
    found += [
        f"当事人提出：{q.point}。{'采纳' if q.accepted else '不采纳'}，{q.reason}。" for q in points
    ]
    if not points and p.hearing_held_on is None:
        found.append("当事人在规定期限内未提出陈述、申辩，也未要求听证。")
    return "\n".join(found)


def _approval(of: Known) -> dict[str, Any]:
    p = of.penalty
    return {
        **of.head,
        **of.party,
        "facts": p.facts,
        "basis": of.basis,
        "grade": of.grade_words,
        "penalty": of.penalty_words(p.proposed_fine),
        "fine": p.proposed_fine or None,
        "notice_result": of.answer("propose_decision", "notice_result") or heard(of),
        "legal_review": f"{p.reviewed_on:%Y-%m-%d} 审核通过" if p.reviewed_on else "",
        "discussion": f"{p.discussed_on:%Y-%m-%d} 集体讨论决定" if p.discussed_on else "",
        "handlers": of.officers,
        "proposal": "拟作出上述处罚决定，请审批。",
        "approvals": of.approvals,
    }


def _decision(of: Known) -> dict[str, Any]:
    p = of.penalty
    fine = p.decision_fine if p.decision_fine is not None else p.proposed_fine
    return {
        **of.party,
        "facts": p.facts,
        "figures": of.figures,
        "evidence": of.evidence,
        "notice_result": heard(of),
        "basis": of.basis,
        "grade": of.grade_words,
        "penalty": of.penalty_words(fine),
        "fine": fine or None,
        "performance": performance(of, fine),
        "surcharge": surcharge(of, of.today) if fine else "",
        **of.remedies,
    }


def _no_penalty(of: Known) -> dict[str, Any]:
    p = of.penalty
    return {
        **of.party,
        "facts": p.facts,
        "evidence": of.evidence,
        "reasons": NO_PENALTY_GROUNDS.get(p.no_penalty_ground or "", _NONE),
        "basis": f"{PENALTY_LAW}第三十三条、第五十七条第一款",
        "education": of.answer("serve_no_penalty", "education"),
        **of.remedies,
    }


def _spot(of: Known) -> dict[str, Any]:
    p = of.penalty
    return {
        **{k: v for k, v in of.party.items() if k != "party_person"},
        "facts": p.facts,
        "basis": f"{of.basis or '《中华人民共和国统计法》'}、{PENALTY_LAW}第五十一条",
        "penalty": of.penalty_words(p.proposed_fine),
        "fine": p.proposed_fine or None,
        "made_at": of.now,
        "performance": performance(of, p.proposed_fine),
        "officers": of.officers,
        **of.remedies,
    }


FILL: dict[str, Callable[[Known], dict[str, Any]]] = {
    "decision_approval": _approval,
    "penalty_decision": _decision,
    "no_penalty_decision": _no_penalty,
    "spot_decision": _spot,
}
