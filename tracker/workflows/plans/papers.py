"""The plan and the record of its draw as official papers, filled from the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.cases.caps import binding_cap
from tracker.core.cases.models import Move
from tracker.core.cases.reads import mover
from tracker.core.clock import office_date
from tracker.core.errors import say
from tracker.workflows.plans import lots, queries
from tracker.workflows.plans.draw import LEVEL_LABELS
from tracker.workflows.plans.items import ITEMS, STRATA
from tracker.workflows.plans.models import DIRECTED, Plan
from tracker.workflows.plans.record import DrawRecord


def values(session: Session, plan: Plan, kind: str, now: datetime) -> Mapping[str, Any]:
    """The fields of a kind of paper, as far as the case knows them."""
    if kind == "annual_plan":
        return _annual_plan(session, plan)
    if kind == "draw_record":
        return _draw_record(session, plan)
    return {"dated": office_date(now)}


def _annual_plan(session: Session, plan: Plan) -> dict[str, Any]:
    listed = queries.listed_counts(session, plan)
    months = f"{_month(plan.check_from)}—{_month(plan.check_to)}"
    what = "、".join(ITEMS[code] for code in plan.items.split())
    rows = [
        {
            "item": what,
            "objects": STRATA[s.code].label,
            "ratio": f"{s.count}/{listed.get(s.code, 0)}",
            "manner": str(say("双随机抽查")),
            "months": months,
        }
        for s in plan.strata
    ]
    rows += [
        {
            "item": d.reason,
            "objects": d.target,
            "ratio": "—",
            "manner": DIRECTED[d.kind],
            "months": d.months,
        }
        for d in queries.directed_of(session, plan)
    ]
    cap = binding_cap(session, plan.bureau_id or 0, plan.year)
    return {
        "year": str(plan.year),
        "aims": plan.aims,
        "basis": plan.basis,
        "items": rows,
        "cap": ""
        if cap is None
        else str(say("%(n)s 次（%(where)s）", n=cap.most, where=cap.published_in)),
        "approvals": _approvals(session, plan),
    }


def _month(day: date) -> str:
    return str(say("%(month)s月", month=day.month))


def _approvals(session: Session, plan: Plan) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Move, mover())
        .where(Move.case_id == plan.id, Move.step == "approve")
        .order_by(Move.seq)
    ).all()
    return [
        {
            "step": str(say("单位负责人")),
            "opinion": move.note or str(say("同意")),
            "name": name,
            "on": office_date(move.at),
        }
        for move, name in rows[-1:]
    ]


def _draw_record(session: Session, plan: Plan) -> dict[str, Any]:
    row = queries.latest_draw(session, plan)
    if row is None or row.record is None:
        return {"plan": plan.title}
    record = lots.record_of(row)
    return {
        "plan": f"{plan.title} {plan.number or ''}".strip(),
        "drawn_at": record.drawn_at,
        "place": row.place,
        "frame_version": record.frame.version,
        "frame_size": str(
            say(
                "检查对象 %(units)s 个，检查人员 %(officers)s 名",
                units=len(record.frame.units),
                officers=len(record.frame.officers),
            )
        ),
        "seed": f"{record.seed}（{record.seed_source}）",
        "method": method_words(record),
        "drawn": [
            {"no": t.number, "unit": t.unit, "uscc": t.uscc, "officers": "、".join(t.officers)}
            for t in queries.tasks_of(session, record)
        ],
        "recused": _recused(record),
        "drawers": [{"name": w.name} for w in record.drawers],
        "monitor": [{"name": record.monitor.name}],
    }


def method_words(record: DrawRecord) -> str:
    """How it was drawn, in one paragraph, so that anybody can do it again."""
    stages = "".join(
        str(say("先抽 %(n)s 个%(what)s；", n=s.count, what=LEVEL_LABELS[s.level]))
        for s in record.terms.stages
    )
    strata = "、".join(f"{s.label} {s.count}" for s in record.terms.strata)
    return str(
        say(
            "%(stages)s按类别抽取：%(strata)s。检查人员抽 %(teams)s 组，每组 %(size)s 人。"
            "算法 %(algorithm)s：对“算法|种子|阶段|层|键”取 SHA-256，按值从小到大排列，取前若干。"
            "记录封印 %(seal)s。",
            stages=stages,
            strata=strata,
            teams=record.terms.teams,
            size=record.terms.team_size,
            algorithm=record.algorithm,
            seal=record.seal,
        )
    )


def _recused(record: DrawRecord) -> str:
    names = {o.key: o.name for o in record.frame.officers}
    units = {u.key: u.name for u in record.frame.units}
    return "；".join(
        str(
            say(
                "%(who)s 回避 %(unit)s：%(why)s",
                who=names.get(r.officer, r.officer),
                unit=units.get(r.unit, r.unit),
                why=r.reason,
            )
        )
        for r in record.recusals
    )
