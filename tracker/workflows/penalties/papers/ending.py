"""Papers of performance, the court, publication, closing and the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracker.core.documents.service import documents_of
from tracker.workflows.penalties.dossier import items_of
from tracker.workflows.penalties.models import CLOSING_REASONS, NO_PENALTY_GROUNDS
from tracker.workflows.penalties.papers.decision import performance
from tracker.workflows.penalties.papers.known import Known, yuan
from tracker.workflows.penalties.rows import payments_of
from tracker.workflows.penalties.standing import clock, ledger_of, shown_until
from tracker.workflows.penalties.takings.performing import read_plan

_ENFORCE = "《中华人民共和国行政强制法》"
_COURT_PAPERS = (
    "强制执行申请书", "行政处罚决定书及作出决定的事实、理由和依据", "当事人的意见及催告情况",
    "申请强制执行标的情况", "法律、行政法规规定的其他材料",
)  # fmt: skip


def _decided(of: Known) -> dict[str, Any]:
    kind = "spot_decision" if of.penalty.procedure == "summary" else "penalty_decision"
    return {"decision_number": of.number_of(kind), "decision_date": of.penalty.decided_on}


def _instalments(of: Known) -> dict[str, Any]:
    said = of.said.get("ask_instalments", {})
    plan = (
        read_plan(str(said["plan"]), of.penalty.fine, of.penalty.served_on or of.today)
        if said.get("plan")
        else []
    )
    return {
        "case_number": of.penalty.number,
        "party_name": of.penalty.unit_name,
        **_decided(of),
        "fine": of.penalty.fine,
        "asked_on": said.get("on"),
        "reasons": said.get("reason"),
        "plan": [
            {"no": str(n), "due": f"{part.on:%Y-%m-%d}", "amount": yuan(part.amount)}
            for n, part in enumerate(plan, start=1)
        ],
        "handlers": of.officers,
        "proposal": "当事人确有经济困难，拟同意延期（分期）缴纳，请审批。",
        "approvals": of.approvals,
    }


def _owed(of: Known) -> dict[str, Any]:
    account = ledger_of(of.session, of.penalty, of.today)
    return {
        "fine": of.penalty.fine,
        "surcharge": account.surcharge if account and account.surcharge else None,
        "obligation": f"缴纳罚款{yuan(of.penalty.fine)}"
        + (f"及加处罚款{yuan(account.surcharge)}" if account and account.surcharge else "")
        + "。",
    }


def _demand(of: Known) -> dict[str, Any]:
    return {
        "party_name": of.penalty.unit_name,
        **_decided(of),
        "served_on": of.penalty.served_on,
        **_owed(of),
        "within": f"自收到本催告书之日起{of.term('T21')}内",
        "manner": "缴至指定的银行",
        "rights": "收到本催告书后有权进行陈述和申辩。",
        "basis": f"{_ENFORCE}第五十四条",
        "contact": of.contact,
    }


def _court(of: Known) -> dict[str, Any]:
    demand = clock(of.session, of.penalty.id, "T21")
    owed = _owed(of)
    return {
        "court": of.answer("apply_court", "court"),
        **of.party,
        **_decided(of),
        "served_on": of.penalty.served_on,
        "obligation": owed["obligation"],
        "facts": of.penalty.facts,
        "basis": f"{_ENFORCE}第五十三条、第五十四条",
        "demanded": f"{demand.started_on:%Y年%m月%d日}送达催告书，期满仍未履行。" if demand else "",
        "attached": list(_COURT_PAPERS),
        "contact": of.contact,
    }


def _publication(of: Known) -> dict[str, Any]:
    p = of.penalty
    kinds = [
        name
        for holds, name in (
            (p.warning, "警告"), (p.circular, "通报批评"), (bool(p.decision_fine), "罚款"),
        )
        if holds
    ]  # fmt: skip
    return {
        "party_name": p.unit_name,
        "party_uscc": p.uscc,
        "party_person": p.legal_person,
        **_decided(of),
        "facts": of.act,
        "basis": of.basis,
        "category": "、".join(kinds),
        "penalty": of.penalty_words(p.decision_fine),
        "shown_until": shown_until(p),
        "published_on": p.published_on or of.today,
        "site": p.site,
        "withdrawal": p.unpublished_why,
    }


def _closing(of: Known) -> dict[str, Any]:
    p = of.penalty
    paid = payments_of(of.session, p.id)
    total = sum((row.amount for row in paid[1:]), paid[0].amount) if paid else None
    reason = p.closing_reason or ("performed" if p.performed_on else "")
    decision = (
        f"不予行政处罚：{NO_PENALTY_GROUNDS.get(p.no_penalty_ground or '', '')}"
        if p.outcome == "no_penalty"
        else of.penalty_words(p.decision_fine)
    )
    return {
        **of.head,
        "party_name": p.unit_name,
        "opened_on": p.filed_on or p.opened_on,
        "course": "\n".join(f"{row['on']} {row['step']}（{row['name']}）" for row in of.approvals),
        "decision": decision or "没有作出处罚决定。",
        "decision_number": _decided(of)["decision_number"],
        "performance": f"已缴纳{yuan(total)}。" if total else performance(of, None),
        "publication": f"{p.published_on:%Y年%m月%d日}公示。" if p.published_on else "不需公示。",
        "archive": "结案后按目录立卷归档。",
        "closing_reason": CLOSING_REASONS.get(reason, ""),
        "handlers": of.officers,
        "proposal": "拟结案，请审批。",
        "approvals": of.approvals,
    }


def _index(of: Known) -> dict[str, Any]:
    papers = {d.title: d for d in documents_of(of.session, of.penalty.id) if d.state == "issued"}
    return {
        **of.head,
        "party_name": of.penalty.unit_name,
        "items": [
            {
                "no": str(item.no),
                "title": item.title,
                "number": papers[item.title].number or "" if item.title in papers else "",
                "on": f"{papers[item.title].issued_on:%Y-%m-%d}" if item.title in papers else "",
                "note": "" if item.there else f"缺：{item.reason}" if item.reason else "缺",
            }
            for item in items_of(of.session, of.penalty)
        ],
    }


FILL: dict[str, Callable[[Known], dict[str, Any]]] = {
    "instalment_approval": _instalments,
    "demand": _demand,
    "court_application": _court,
    "publication_record": _publication,
    "closing_report": _closing,
    "file_index": _index,
}
