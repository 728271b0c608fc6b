"""What the documents of an inspection say, filled in from the task; people may change the drafts.

The texts are Chinese on paper in whatever language the page is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.cases.caps import cap_of
from tracker.core.cases.clocks import rule_for
from tracker.core.cases.evidence import FORMS, EvidenceItem, Keeping
from tracker.core.cases.models import Attachment, Move
from tracker.core.cases.reads import mover
from tracker.core.cases.respondents import inspections_in_year
from tracker.core.clock import office_date
from tracker.core.deadlines.models import Deadline
from tracker.core.documents.models import Document
from tracker.core.documents.service import documents_of
from tracker.core.rulebook.terms import Unit as TermUnit
from tracker.workflows.inspections.asks import METHODS, OBSTRUCTIONS
from tracker.workflows.inspections.known import Known, lines_of
from tracker.workflows.inspections.models import CHANNELS, Inspection

# 统计法（2024 修正）：第三十八条是检查时的职权，第四十四条是拒绝、阻碍和不实答复的责任。
_BASIS = "《中华人民共和国统计法》第三十八条"
_ASKED_FOR = ("统计报表", "原始记录和统计台账", "财务会计资料", "其他有关证明和资料")
_DUTIES = (
    "你单位有权要求检查人员出示统计执法证，有权申请有直接利害关系的检查人员回避，有权陈述和申辩。\n"
    "你单位应当如实反映情况，提供有关证明和资料，不得拒绝、阻碍检查，"
    "不得转移、隐匿、篡改、毁弃原始记录和凭证、统计台账等资料。"
)
_LIABILITY = "拒绝答复或者不如实答复的，依照《中华人民共和国统计法》第四十四条追究法律责任。"
_UNIT_WORDS = {TermUnit.CD: "日", TermUnit.M: "个月", TermUnit.WD: "个工作日"}


def values(session: Session, task: Inspection, kind: str, now: datetime) -> Mapping[str, Any]:
    """The fields of a kind as far as the task knows them; an unknown kind is filled by hand."""
    fill = _FILL.get(kind)
    return {k: v for k, v in fill(Known(session, task, now)).items() if v} if fill else {}


# ---------------------------------------------------------------- before the visit


def _approval(of: Known) -> dict[str, Any]:
    task = of.task
    count = 0
    if task.unit_id is not None and task.bureau_id is not None:
        count = inspections_in_year(
            of.session, task.unit_id, task.bureau_id, of.today.year, but=task.id
        )
    cap = cap_of(of.session, task.bureau_id or 0, of.today.year)
    return {
        "case_number": task.number,
        "inspection_type": CHANNELS.get(task.channel, ""),
        **of.party("party_uscc", "party_address"),
        "reasons": task.reason or task.matter,
        "basis": _BASIS,
        "items": lines_of(of.answer("submit_check", "content")) or [task.matter],
        "from_on": of.answer("submit_check", "from_on") or task.entered_on,
        "to_on": of.answer("submit_check", "to_on"),
        "officers": of.officers(),
        "count_this_year": f"{count} 次",
        "cap": f"{cap} 次" if cap is not None else None,
        "proposal": "拟对该单位实施统计执法检查，请审批。",
        "approvals": _approvals(of),
        "urgent": of.said.get("enter_urgent") and "情况紧急，先行检查，事后补办审批。",
    }


def _approvals(of: Known) -> list[dict[str, str]]:
    """Who agreed when, as the moves have it."""
    rows = of.session.execute(
        select(Move.step, Move.at, Move.note, mover())
        .where(
            Move.case_id == of.task.id,
            Move.step.in_(("submit_check", "approve_check", "approve_afterwards")),
        )
        .order_by(Move.seq)
    )
    labels = {"submit_check": "提请审批", "approve_check": "批准", "approve_afterwards": "补批"}
    return [
        {
            "step": labels[row.step],
            "opinion": row.note or ("同意" if row.step != "submit_check" else "请审批"),
            "name": row.name,
            "on": f"{office_date(row.at):%Y-%m-%d}",
        }
        for row in rows
    ]


def _notice(of: Known) -> dict[str, Any]:
    said = of.said.get("submit_check", {})
    return {
        **of.party(),
        "basis": _BASIS,
        "scope": said.get("scope") or of.task.matter,
        "content": lines_of(said.get("content")) or [of.task.matter],
        "method": METHODS.get(said.get("method", ""), "现场检查"),
        "from_on": said.get("from_on") or of.task.entered_on,
        "to_on": said.get("to_on"),
        "officers": of.officers(),
        "papers": list(_ASKED_FOR),
        "duties": _DUTIES,
        "contact": of.contact,
    }


def _service(of: Known) -> dict[str, Any]:
    kind, title = "inspection_notice", "统计执法检查通知书"
    if of.task.state in ("serving", "correcting"):
        kind, title = "correction_order", "责令改正通知书"
    elif of.task.state in ("onsite", "result"):
        kind, title = "inquiry", "统计检查查询书"
    return {
        "served_title": title,
        "served_number": of.number_of(kind),
        "recipient": of.task.unit_name,
        "place": of.unit.address if of.unit else "",
        "servers": of.officers(),
    }


# ---------------------------------------------------------------- on site


def _site(of: Known) -> dict[str, Any]:
    said = of.said.get("record_site", {})
    return {
        **of.party("party_uscc", "party_person"),
        **{k: said.get(k) for k in ("place", "started_at", "ended_at", "recorder", "findings")},
        "officers": of.officers("record_site"),
        "present": _people(said.get("present")),
        "figures": of.figures,
        "evidence": [_described(item) for item in of.evidence],
        "refusal": _joined(of.unsigned("record_site"), _obstruction(of)),
    }


def _obstruction(of: Known) -> str:
    said = of.said.get("note_obstruction")
    if said is None:
        return ""
    kind = OBSTRUCTIONS.get(said["kind"], "")
    return f"{said['person']}{kind}：{said['what']}（见证人：{said['witness']}）"


def _joined(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _people(text: Any) -> list[dict[str, str]]:
    names = str(text or "").replace("，", "、").split("、")
    return [{"name": name.strip()} for name in names if name.strip()]


def _described(item: EvidenceItem) -> str:
    return f"{item.name}（{FORMS[item.form]}，{item.quantity}，{item.place}）"


def _interview(of: Known) -> dict[str, Any]:
    said = of.said.get("record_interview", {})
    person = {
        "name": said.get("person", ""),
        "number": said.get("paper_no", ""),
        "post": said.get("post", ""),
    }
    return {
        **of.party(),
        "matter": of.task.matter,
        "interviewee": [person] if person["name"] else [],
        **{k: said.get(k) for k in ("place", "started_at", "ended_at", "recorder")},
        "officers": of.officers("record_interview"),
        "questions": talk(str(said.get("talk", ""))),
        "refusal": of.unsigned("record_interview"),
    }


def talk(text: str) -> list[dict[str, str]]:
    """Questions and answers of an interview that was typed line by line: 问：…… 答：……."""
    rows: list[dict[str, str]] = []
    for line in lines_of(text):
        mark, said = line[:2], line[2:].strip()
        if mark in ("问：", "问:") or not rows:
            rows.append({"question": said if mark[0] == "问" else line, "answer": ""})
        elif mark in ("答：", "答:"):
            rows[-1]["answer"] = _joined(rows[-1]["answer"], said)
        else:
            part = "answer" if rows[-1]["answer"] else "question"
            rows[-1][part] = _joined(rows[-1][part], line)
    return rows


def _inquiry(of: Known) -> dict[str, Any]:
    return {
        **of.party(),
        "basis": _BASIS,
        "questions": lines_of(of.answer("send_inquiry", "questions")),
        "reply_on": of.answer("send_inquiry", "reply_by"),
        "liability": _LIABILITY,
        "contact": of.contact,
    }


def _preservation(of: Known) -> dict[str, Any]:
    kept = [
        i for i in of.evidence if i.preservation and i.preservation.keeping is not Keeping.REFUSED
    ]
    rows = [i.preservation for i in kept if i.preservation is not None]
    deciders = of.names(r.decided_by_id for r in rows if r.decided_by_id)
    first = rows[0] if rows else None
    clock = of.session.get(Deadline, first.deadline_id) if first and first.deadline_id else None
    return {
        **of.party(),
        "reasons": first.reason if first else "",
        "basis": "《中华人民共和国行政处罚法》第五十六条",
        "items": [
            {
                "no": str(n),
                "name": i.name,
                "spec": FORMS[i.form],
                "quantity": i.quantity,
                "note": i.proves,
            }
            for n, i in enumerate(kept, start=1)
        ],
        "place": first.kept_at if first else "",
        "keeper": first.keeper if first else "",
        "from_on": first.kept_on if first else None,
        "to_on": clock.due_on if clock else None,
        "approved_by": deciders.get(first.decided_by_id or 0) if first else "",
        "approved_on": office_date(first.decided_at) if first and first.decided_at else None,
        "officers": of.officers(),
    }


# ---------------------------------------------------------------- result


def _term(of: Known, rule_id: str) -> str:
    """A limit of the rulebook as a paper says it, e.g. 60日."""
    rule = rule_for(of.task, rule_id, of.today)
    return f"{rule.length}{_UNIT_WORDS[rule.unit]}"


def _order(of: Known) -> dict[str, Any]:
    said = of.said.get("propose_order", {})
    return {
        **of.party("party_uscc"),
        "facts": said.get("facts"),
        "basis": said.get("basis"),
        "corrections": lines_of(said.get("corrections")),
        "correct_by": of.task.correct_by,
        "recheck": "改正期限届满后由本机关复查",
        "figures": of.figures,
        "review_limit": _term(of, "T14"),
        "suit_limit": _term(of, "T18"),
        "contact": of.contact,
    }


def _recheck(of: Known) -> dict[str, Any]:
    return {
        **of.party(),
        "order_number": of.number_of("correction_order"),
        "officers": of.officers(),
        "required": lines_of(of.answer("propose_order", "corrections")),
    }


def _feedback(of: Known) -> dict[str, Any]:
    return {
        **of.party(),
        "notice_number": of.number_of("inspection_notice"),
        "from_on": of.task.entered_on,
        "to_on": of.task.left_on,
        "result": _result(of),
        "figures": of.figures,
        "contact": of.contact,
    }


def _result(of: Known) -> str:
    match of.task.outcome:
        case "clean":
            return "经检查，未发现你单位有统计违法行为。"
        case "order":
            number = of.number_of("correction_order")
            return f"经检查发现的问题，我机关已责令改正（{number}）。"
        case "case":
            return "经检查，你单位涉嫌统计违法，我机关已依法立案。"
    return ""


def _index(of: Known) -> dict[str, Any]:
    """What lies in the file: issued papers, then what was handed in."""
    papers = [d for d in documents_of(of.session, of.task.id) if d.state == "issued"]
    files = of.session.scalars(
        select(Attachment).where(Attachment.case_id == of.task.id).order_by(Attachment.id)
    )
    rows = [_paper_row(d) for d in papers if d.kind != "file_index"]
    rows += [
        {"title": f.label or f.name, "on": f"{office_date(f.added_at):%Y-%m-%d}", "note": f.name}
        for f in files
    ]
    return {
        **of.party(),
        "case_number": of.task.number,
        "matter": of.task.matter,
        "items": [{"no": str(n), **row} for n, row in enumerate(rows, start=1)],
    }


def _paper_row(paper: Document) -> dict[str, str]:
    day = f"{paper.issued_on:%Y-%m-%d}" if paper.issued_on else ""
    return {"title": paper.title, "number": paper.number or "", "on": day}


_FILL: dict[str, Callable[[Known], Mapping[str, Any]]] = {
    "inspection_approval": _approval,
    "inspection_notice": _notice,
    "service_proof": _service,
    "site_record": _site,
    "interview_record": _interview,
    "inquiry": _inquiry,
    "preservation_notice": _preservation,
    "correction_order": _order,
    "recheck_record": _recheck,
    "inspection_feedback": _feedback,
    "file_index": _index,
}
FILLED: Sequence[str] = tuple(_FILL)
