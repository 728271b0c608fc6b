"""Papers from the opening to the hearing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracker.core.accounts.models import User
from tracker.core.cases.evidence import FORMS, Keeping, evidence_of
from tracker.core.clock import office_date
from tracker.core.deadlines.models import Deadline
from tracker.workflows.penalties.flow.asks import TRANSFER_GROUNDS
from tracker.workflows.penalties.flow.hearing import OPENNESS
from tracker.workflows.penalties.flow.opening import CRITERIA, DECLINE_GROUNDS
from tracker.workflows.penalties.guards.course import why_review
from tracker.workflows.penalties.papers.known import PENALTY_LAW, Known
from tracker.workflows.penalties.rows import hearings_of, points_of
from tracker.workflows.penalties.standing import running_clock

_LIABILITY = "拒绝答复或者不如实答复的，依照《中华人民共和国统计法》第四十四条追究法律责任。"
_HEARING_RIGHTS = (
    "当事人有权申请主持人回避，有权陈述、申辩、质证，有权核对听证笔录；应当按时出席，遵守听证纪律。"
)
_SERVED_KINDS = {
    "weighing": ("prior_notice", "行政处罚事先告知书"),
    "noticed": ("prior_notice", "行政处罚事先告知书"),
    "summoned": ("hearing_notice", "行政处罚听证通知书"),
    "decided": ("penalty_decision", "行政处罚决定书"),
    "unpunished": ("no_penalty_decision", "不予行政处罚决定书"),
    "performing": ("demand", "履行行政处罚决定催告书"),
    "demanded": ("demand", "履行行政处罚决定催告书"),
    "investigating": ("inquiry", "统计检查查询书"),
}


def _opening(of: Known) -> dict[str, Any]:
    said = of.said.get("propose_opening", {})
    return {
        **of.head,
        **of.party,
        "source": of.source,
        "facts": of.penalty.facts,
        "basis": f"{PENALTY_LAW}第五十四条第二款",
        "criteria": [
            f"{label}：{said.get(f'{name}_why', '')}" for name, label in CRITERIA.items() if said
        ],
        "handlers": of.officers,
        "proposal": "符合立案条件，拟立案调查，请审批。",
        "approvals": of.approvals,
    }


def _declining(of: Known) -> dict[str, Any]:
    ground = DECLINE_GROUNDS.get(str(of.answer("propose_declining", "ground")), "")
    return {
        "case_number": of.penalty.number,
        "source": of.source,
        "party_name": of.penalty.unit_name,
        "party_address": of.penalty.address,
        "facts": of.penalty.facts,
        "reasons": ground,
        "basis": f"{PENALTY_LAW}第五十四条第二款",
        "proposal": "不符合立案条件，拟不予立案，请审批。",
        "approvals": of.approvals,
    }


def _transfer(of: Known) -> dict[str, Any]:
    said = of.said.get("propose_move") or of.said.get("propose_transfer") or {}
    document = said.get("document")
    reason = TRANSFER_GROUNDS.get(str(said.get("ground")), "")
    return {
        "addressee": said.get("to_organ"),
        "party_name": of.penalty.unit_name,
        "matter": of.penalty.matter,
        "facts": of.penalty.facts,
        "reasons": f"{reason}（{document}）" if document else reason,
        "basis": f"{PENALTY_LAW}第二十五条",
        "attached": of.evidence or ["案源材料"],
        "contact": of.contact,
    }


def _inquiry(of: Known) -> dict[str, Any]:
    return {
        "party_name": of.penalty.unit_name,
        "basis": "《中华人民共和国统计法》第三十八条",
        "liability": _LIABILITY,
        "contact": of.contact,
    }


def _record(of: Known) -> dict[str, Any]:
    return {
        "party_name": of.penalty.unit_name,
        "party_uscc": of.penalty.uscc,
        "party_person": of.penalty.legal_person,
        "officers": of.officers,
        "figures": of.figures,
        "evidence": of.evidence,
    }


def _interview(of: Known) -> dict[str, Any]:
    return {
        "matter": of.penalty.matter,
        "party_name": of.penalty.unit_name,
        "officers": of.officers,
    }


def _preservation(of: Known) -> dict[str, Any]:
    kept = [
        (i, i.preservation)
        for i in evidence_of(of.session, of.penalty.id)
        if i.preservation is not None and i.preservation.keeping is not Keeping.REFUSED
    ]
    first = kept[0][1] if kept else None
    decider = of.session.get(User, first.decided_by_id) if first and first.decided_by_id else None
    due = of.session.get(Deadline, first.deadline_id) if first and first.deadline_id else None
    return {
        "party_name": of.penalty.unit_name,
        "reasons": first.reason if first else "",
        "basis": f"{PENALTY_LAW}第五十六条",
        "items": [
            {"no": str(n), "name": i.name, "spec": FORMS[i.form], "quantity": i.quantity}
            for n, (i, _) in enumerate(kept, start=1)
        ],
        "place": first.kept_at if first else "",
        "keeper": first.keeper if first else "",
        "from_on": first.kept_on if first else None,
        "to_on": due.due_on if due else None,
        "approved_by": decider.name if decider else "",
        "approved_on": office_date(first.decided_at) if first and first.decided_at else None,
        "officers": of.officers,
    }


def _correction(of: Known) -> dict[str, Any]:
    return {
        "party_name": of.penalty.unit_name,
        "party_uscc": of.penalty.uscc,
        "facts": of.penalty.facts,
        "basis": of.basis or f"{PENALTY_LAW}第二十八条",
        "figures": of.figures,
        "recheck": "改正期限届满后由本机关复查",
        **of.remedies,
        "contact": of.contact,
    }


def _extension(of: Known) -> dict[str, Any]:
    limit = running_clock(of.session, of.penalty.id, "T02")
    months = of.answer("ask_extension", "months")
    return {
        **of.head,
        "party_name": of.penalty.unit_name,
        "opened_on": of.penalty.filed_on,
        "due_on": limit.due_on if limit else None,
        "asked": f"{months}个月" if months else "",
        "reasons": of.answer("ask_extension", "reason"),
        "handlers": of.officers,
        "proposal": "案情特殊，拟延长办理期限，请审批。",
        "approvals": of.approvals,
    }


def _report(of: Known) -> dict[str, Any]:
    ratios = [f"{f['indicator']}：{f['ratio']}" for f in of.figures]
    return {
        **of.head,
        **of.party,
        "source": of.source,
        "course": f"{of.penalty.filed_on:%Y年%m月%d日}立案，由两名执法人员调查取证。"
        if of.penalty.filed_on
        else "",
        "facts": of.penalty.facts,
        "figures": of.figures,
        "evidence": of.evidence,
        "basis": of.basis,
        "grade": of.grade_words or "\n".join(ratios),
        "handlers": of.officers,
    }


def _review(of: Known) -> dict[str, Any]:
    why = [str(ground) for ground in why_review(of.penalty)]
    return {
        **of.head,
        "party_name": of.penalty.unit_name,
        "review_reason": "；".join(why) or "承办机构送审",
        "reviewed_on": of.today,
    }


def _discussion(of: Known) -> dict[str, Any]:
    return {
        **of.head,
        "party_name": of.penalty.unit_name,
        "report": "\n".join((of.penalty.facts, of.grade_words)).strip(),
    }


def _notice(of: Known) -> dict[str, Any]:
    p = of.penalty
    return {
        **of.party,
        "penalty": of.penalty_words(p.proposed_fine),
        "fine": p.proposed_fine or None,
        "facts": p.facts,
        "figures": of.figures,
        "evidence": of.evidence,
        "reasons": f"你（单位）的行为属于{of.act}。",
        "basis": of.basis,
        "hearing_days": of.term("T05").removesuffix("个工作日"),
        "contact": of.contact,
    }


def _defence(of: Known) -> dict[str, Any]:
    points = points_of(of.session, of.penalty.id)
    return {
        "party_name": of.penalty.unit_name,
        "notice_number": of.number_of("prior_notice"),
        "officers": of.officers,
        "statement": "\n".join(p.point for p in points),
        "review": "\n".join(
            f"{'采纳' if p.accepted else '不采纳'}：{p.point}；{p.reason}" for p in points
        ),
    }


def _hearing_notice(of: Known) -> dict[str, Any]:
    hearing = next(iter(reversed(hearings_of(of.session, of.penalty.id))), None)
    found: dict[str, Any] = {
        "party_name": of.penalty.unit_name,
        "matter": of.penalty.matter,
        "matters": [of.act, of.penalty_words(of.penalty.notice_fine)],
        "rights": _HEARING_RIGHTS,
        "contact": of.contact,
    }
    if hearing is not None:
        found |= {
            "hearing_at": hearing.hearing_at,
            "place": hearing.place,
            "openness": OPENNESS["public" if hearing.public else "closed"],
            "presider": of.people([hearing.presider_id]),
            "recorder": hearing.recorder,
        }
    return found


def _hearing_record(of: Known) -> dict[str, Any]:
    hearing = next(iter(reversed(hearings_of(of.session, of.penalty.id))), None)
    found: dict[str, Any] = {
        "party_name": of.penalty.unit_name,
        "matter": of.penalty.matter,
        "investigators": of.officers,
        "accusation": "\n".join((of.penalty.facts, of.penalty_words(of.penalty.notice_fine))),
    }
    if hearing is not None:
        found |= {
            "place": hearing.place,
            "started_at": hearing.hearing_at,
            "presider": of.people([hearing.presider_id]),
            "recorder": hearing.recorder,
        }
    return found


def _service(of: Known) -> dict[str, Any]:
    kind, title = _SERVED_KINDS.get(of.penalty.state, ("", ""))
    return {
        "served_title": title,
        "served_number": of.number_of(kind) if kind else "",
        "recipient": of.penalty.unit_name,
        "place": of.penalty.address,
        "servers": of.officers,
    }


FILL: dict[str, Callable[[Known], dict[str, Any]]] = {
    "opening_approval": _opening,
    "declining_approval": _declining,
    "jurisdiction_transfer": _transfer,
    "inquiry": _inquiry,
    "site_record": _record,
    "interview_record": _interview,
    "preservation_notice": _preservation,
    "correction_order": _correction,
    "extension_approval": _extension,
    "investigation_report": _report,
    "legal_review": _review,
    "discussion_record": _discussion,
    "prior_notice": _notice,
    "defence_record": _defence,
    "hearing_notice": _hearing_notice,
    "hearing_record": _hearing_record,
    "service_proof": _service,
}
