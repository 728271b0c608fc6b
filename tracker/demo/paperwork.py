"""What a paper of the demo says: what the case knows, and examples where it knows nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.cases.guards import part_holders
from tracker.core.clock import office_date
from tracker.core.documents.kinds import Field, FieldKind, kind_of
from tracker.core.documents.service import documents_of, missing
from tracker.core.registers.models import Organisation
from tracker.core.registers.officers import certificates

_TEXTS = {
    "party_address": "示例路1号",
    "basis": "《中华人民共和国统计法》",
    "proposal": "建议按所附材料办理，请审批。",
    "grade": "按裁量基准测算，见案件的裁量计算。",
    "performance": "自收到本决定书之日起15日内缴至指定银行。",
    "review_organ": "本级人民政府",
    "review_limit": "60日",
    "court": "有管辖权的人民法院（示例）",
    "suit_limit": "6个月",
    "opinion": "同意",
    "subject_opinion": "主体适格",
    "jurisdiction_opinion": "属于本机关管辖",
    "facts_opinion": "事实清楚",
    "evidence_opinion": "证据充分",
    "law_opinion": "适用法律正确",
    "procedure_opinion": "程序合法",
    "discretion_opinion": "裁量适当",
    "papers_opinion": "文书规范",
    "review_reason": "情节复杂",
    "notice_result": "已告知当事人，见送达回证和陈述申辩笔录。",
    "organ_address": "示例街1号统计局",
    "place": "本局会议室",
    "presided_by": "单位负责人",
    "recorder": "示例记录人",
    "decision": "同意承办人的意见。",
    "defence_days": "3",
    "openness": "公开举行",
    "informed": "已书面告知来源单位",
    "asked": "3个月",
    "within": "自收到之日起10个工作日内",
    "manner": "缴至指定银行",
    "category": "罚款",
    "site": "本局网站",
    "result": "已按要求改正",
    "closing_reason": "已经办结",
}


def filled(
    session: Session, package: str, case: Any, kind: str, actor: Actor, now: datetime
) -> dict[str, Any]:
    """The fields of a kind: those the workflow fills, and an example for each that it lacks."""
    known = {f.name for f in kind_of(kind).fields}
    own = _own(session, package, case, kind, now)
    values = {k: v for k, v in own.items() if v and k in known}
    for field in missing(kind, values):
        values[field.name] = _example(session, case, field, actor, now)
    return values


def _own(session: Session, package: str, case: Any, kind: str, now: datetime) -> Mapping[str, Any]:
    if find_spec(f"{package}.papers") is None:
        return {}
    found: Mapping[str, Any] = import_module(f"{package}.papers").values(session, case, kind, now)
    return found


def _example(session: Session, case: Any, field: Field, actor: Actor, now: datetime) -> Any:
    match field.kind:
        case FieldKind.DATE:
            return office_date(now)
        case FieldKind.MOMENT:
            return now - timedelta(minutes=50 if field.name == "started_at" else 5)
        case FieldKind.MONEY:
            return getattr(case, "fine", None) or 0
        case FieldKind.PEOPLE:
            return _people(session, case, field, actor, now)
        case FieldKind.LINES:
            return [_text(session, case, field.name)]
        case FieldKind.TABLE:
            return [["1", *(_text(session, case, field.name) for _ in field.all_columns[1:2])]]
    return _text(session, case, field.name)


def _text(session: Session, case: Any, name: str) -> str:
    known = {
        "case_number": case.number,
        "party_name": getattr(case, "unit_name", ""),
        "matter": getattr(case, "matter", ""),
        "facts": getattr(case, "facts", ""),
        "contact": session.get_one(Organisation, case.bureau_id).name,
    }
    if name.endswith("_number"):
        return str(known.get(name) or _number(session, case, name) or "见案卷")
    return str(known.get(name) or _TEXTS.get(name) or "见案卷材料（示例）。")


def _number(session: Session, case: Any, name: str) -> str | None:
    kinds = {
        "decision_number": "penalty_decision",
        "notice_number": "prior_notice",
        "order_number": "correction_order",
    }
    issued = [d for d in documents_of(session, case.id, kinds.get(name, "-")) if d.number]
    return issued[-1].number if issued else None


def _people(
    session: Session, case: Any, field: Field, actor: Actor, now: datetime
) -> list[dict[str, str]]:
    if field.name in ("officers", "handlers", "investigators", "members"):
        team = [
            u for part in ("handler", "co_officer") for u in part_holders(session, case.id, part)
        ]
        held = certificates(session, team, office_date(now))
        names = session.scalars(select(User).where(User.id.in_(team)).order_by(User.id))
        rows = [{"name": u.name, "number": held.get(u.id, "")} for u in names]
        return rows if len(rows) >= field.least else [*rows, {"name": actor.name}]
    if field.name in ("reviewer", "presider"):
        return [{"name": actor.name}]
    return [{"name": "示例人", "post": "当事人"}]
