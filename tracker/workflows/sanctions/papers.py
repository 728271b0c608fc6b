"""What a sanction proposal says in its documents, before somebody looks them over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.cases.clocks import rule_for
from tracker.core.cases.onward import contact
from tracker.core.clock import office_date
from tracker.core.documents import service as documents
from tracker.core.documents.models import DocumentState
from tracker.workflows.sanctions.guards import MONTHS, running_clock
from tracker.workflows.sanctions.models import RANKS, RESPONSIBILITIES, Sanction, SanctionPerson

_BASIS = "《中华人民共和国统计法》第四十六条"


def values(session: Session, case: Sanction, kind: str, now: datetime) -> dict[str, Any]:
    """The fields of a document as far as the case knows them."""
    return _FILL[kind](session, case, now)


def _review(_session: Session, case: Sanction, now: datetime) -> dict[str, Any]:
    return {
        "case_number": case.number,
        "party_name": case.unit_name,
        "matter": case.matter,
        "review_reason": "拟提出处分处理建议",
        "facts_opinion": _persons_told(case),
        "reviewed_on": office_date(now),
    }


def _discussion(_session: Session, case: Sanction, _now: datetime) -> dict[str, Any]:
    return {
        "case_number": case.number,
        "party_name": case.unit_name,
        "matter": case.matter,
        "report": f"{case.facts}\n{_persons_told(case)}",
    }


def _persons_told(case: Sanction) -> str:
    return "\n".join(
        f"{p.line}. {p.name}（{p.post}，{RESPONSIBILITIES[p.responsibility]}）：{p.facts}"
        for p in case.persons
    )


def _proposal(session: Session, case: Sanction, now: datetime) -> dict[str, Any]:
    rule = rule_for(case, MONTHS, office_date(now))
    articles = dict.fromkeys(p.article for p in case.persons)
    return {
        "addressee": case.addressee,
        "unit_name": case.unit_name,
        "facts": case.facts,
        "persons": [_row(p) for p in case.persons],
        "evidence": [f"{p.name}：{p.evidence}" for p in case.persons],
        "basis": "、".join([*articles, _BASIS]),
        "reply_within": str(rule.term.phrase) if rule.term is not None else "",
        "contact": contact(session, case),
    }


def _row(person: SanctionPerson) -> dict[str, str]:
    return {
        "name": person.name,
        "post": person.post,
        "rank": RANKS[person.rank],
        "responsibility": RESPONSIBILITIES[person.responsibility],
        "proposal": person.proposal,
    }


def _chaser(session: Session, case: Sanction, _now: datetime) -> dict[str, Any]:
    letters = documents.documents_of(session, case.id, "sanction_proposal")
    issued = next((d for d in letters if d.state == DocumentState.ISSUED.value), None)
    clock = running_clock(session, case.id, MONTHS)
    open_ones = "、".join(p.name for p in case.persons if not p.answered)
    return {
        "addressee": case.addressee,
        "about": "统计违纪违法责任人处分处理建议书",
        "sent_number": issued.number if issued is not None else "",
        "sent_on": case.sent_on,
        "due_on": clock.due_on if clock is not None else None,
        "request": f"请将对{open_ones}的处分处理结果书面告知我机关；"
        "有特殊情况需要延长的，请书面说明。",
        "contact": contact(session, case),
    }


_FILL = {
    "legal_review": _review,
    "discussion_record": _discussion,
    "sanction_proposal": _proposal,
    "chaser": _chaser,
}
