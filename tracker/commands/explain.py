"""`tracker explain`: why each date of a case is what it is, from the facts that are stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tracker.commands.speaking import Command, answer, refuse

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.core.cases.models import Case
    from tracker.core.deadlines.account import FactLine
    from tracker.core.deadlines.models import Deadline
    from tracker.core.deadlines.working import Working
    from tracker.core.rulebook.model import Rule


@click.command(name="explain", cls=Command, help="说明一件事项的每一项期限怎么算出来：编号或 id。")
@click.argument("case", required=False)
@click.option("--clock", "only", type=click.IntRange(1), help="只看第几项期限。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，逐日都在。")
def explain(case: str | None, only: int | None, *, as_json: bool) -> None:
    """Exit code 1 with one sentence when there is no such case or clock."""
    from tracker.app import register_flows
    from tracker.commands.database import reading

    if not case or not case.strip():
        refuse("请写明事项的编号或 id，例如：tracker explain 3", 2)
    register_flows()
    with reading() as session:
        found = _find(session, case.strip())
        if found is None:
            refuse(f"没有编号或 id 是“{case.strip()}”的事项。", 1)
        told = _tell(session, found)
    if only is not None and only > len(told["clocks"]):
        refuse(f"这件事项只有 {len(told['clocks'])} 项期限，没有第 {only} 项。", 1)
    clocks = told["clocks"] if only is None else [told["clocks"][only - 1]]
    if as_json:
        told["clocks"] = [{k: v for k, v in c.items() if k != "lines"} for c in clocks]
        answer(json.dumps(told, ensure_ascii=False, indent=2))
        return
    lines = [told["case"]["number"] or f"未编号（id {told['case']['id']}）"]
    if not clocks:
        lines.append("还没有起算过期限。")
    answer("\n".join([*lines, *(line for clock in clocks for line in clock["lines"])]))


def _find(session: Session, asked: str) -> Case | None:
    """By number; an id is nobody's number, so there is nothing to confuse."""
    from sqlalchemy import select

    from tracker.core.cases.models import Case

    found = session.scalars(select(Case).where(Case.number == asked)).one_or_none()
    if found is None and asked.isascii() and asked.isdigit() and len(asked) <= 18:
        found = session.get(Case, int(asked))
    return found


def _tell(session: Session, case: Case) -> dict[str, Any]:
    from tracker.core.cases.flow import flows
    from tracker.core.deadlines import service
    from tracker.core.deadlines.account import fact_lines

    flow = flows.get(case.kind)
    clocks = service.of_case(session, case.id)
    labels = {name: step.label for name, step in flow.step_map.items()}
    lines = fact_lines(session, [c.id for c in clocks], labels)
    return {
        "case": {
            "id": case.id,
            "number": case.number,
            "kind": case.kind,
            "state": case.state,
        },
        "clocks": [_clock(session, n, c, lines[c.id]) for n, c in enumerate(clocks, start=1)],
    }


def _clock(session: Session, n: int, deadline: Deadline, facts: list[FactLine]) -> dict[str, Any]:
    """One clock for machines, and under "lines" for people."""
    from tracker.core.calendar import store
    from tracker.core.calendar.models import CalendarEdition
    from tracker.core.deadlines import service
    from tracker.core.deadlines.due import day_row, due_words

    calendar = store.load(session, upto=deadline.calendar_edition)
    edition = session.get_one(CalendarEdition, deadline.calendar_edition)
    rule = service.rule_of(deadline)
    working = service.working(session, deadline, calendar)
    faults = [str(fault) for fault in service.check(session, deadline)]
    due, unrounded = due_words(working) if working.due is not None else (None, None)
    return {
        "clock": n,
        "id": deadline.id,
        "label": deadline.label,
        "state": deadline.state,
        "rule": _rule(rule, working),
        "start": deadline.started_on.isoformat(),
        "term": None if working.term is None else str(working.term),
        "extensions": [str(f.term) for f in facts if f.term is not None],
        "due": due,
        "unrounded": unrounded,
        "provisional": working.provisional,
        "roll": deadline.roll,
        "used": working.used,
        "total": working.total,
        "stopped_on": _iso(deadline.stopped_on),
        "stored_due": _iso(deadline.due_on),
        "faults": faults,
        "calendar": {
            "edition": edition.id,
            "known_on": edition.known_on.isoformat(),
            "source": edition.source,
        },
        "facts": [_fact(f, rule) for f in facts],
        "days": [day_row(d) for d in working.days],
        "lines": _lines(n, deadline, rule, working, facts, faults, edition),
    }


def _iso(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def _rule(rule: Rule, working: Working) -> dict[str, Any]:
    allowed = rule.extension
    return {
        "id": rule.id,
        "version": rule.version,
        "title": rule.title,
        "term": None if rule.term is None else str(rule.term),
        "start": rule.start,
        "counted_in": working.unit.value,
        "responsible": rule.responsible,
        "source": str(rule.source),
        "verified": rule.verified.value,
        "ours": rule.ours,
        "extension": None
        if allowed is None
        else {
            "max_times": allowed.max_times,
            "max_length": None if allowed.max_length is None else str(allowed.max_length),
            "total_max": None if allowed.total_max is None else str(allowed.total_max),
        },
        "note": rule.note,
    }


def _fact(fact: FactLine, rule: Rule) -> dict[str, Any]:
    from tracker.core.deadlines.facts import FactKind

    cap = None
    if fact.kind is FactKind.EXTEND and rule.extension is not None:
        bound = rule.extension.max_length or rule.extension.total_max
        cap = None if bound is None else str(bound)
    return {
        "seq": fact.seq,
        "kind": fact.kind.value,
        "on": fact.on.isoformat(),
        "at": None if fact.at is None else fact.at.isoformat(),
        "term": None if fact.term is None else str(fact.term),
        "cap": cap,
        "due": _iso(fact.due),
        "reason": fact.reason,
        "document": fact.document or None,
        "actor": fact.actor or None,
        "approver": fact.approver or None,
        "made_at": fact.made_at.isoformat(),
    }


# ---------------------------------------------------------------- for people


def _lines(
    n: int,
    deadline: Deadline,
    rule: Rule,
    working: Working,
    facts: list[FactLine],
    faults: list[str],
    edition: Any,
) -> list[str]:
    from tracker.core.deadlines import spoken
    from tracker.core.rulebook.model import VERIFIED_LABELS

    ground = "本系统默认，法律没有规定天数" if rule.ours else VERIFIED_LABELS[rule.verified]
    state = {"running": "在走", "suspended": "停表中", "stopped": "已结束"}[deadline.state]
    unsure = "（暂定）" if working.provisional else ""
    found = [
        "",
        f"{n}. {deadline.label}（{state}）",
        f"  算式：{spoken.sum_line(working)}{unsure}",
        f"  规则：{rule.id} 第 {rule.version} 版“{rule.title}”，起算：{rule.start}",
        f"  出处：{rule.source}（{ground}）",
        f"  日历：第 {edition.id} 版，{edition.known_on} 所知",
        "  经过：",
        *(f"    {_fact_line(f, rule)}" for f in facts),
    ]
    if working.used is not None:
        found.append(f"  停表以前用去 {working.used}，共 {working.total}。")
    found += [f"  不符：{fault}" for fault in faults]
    return [*found, "  逐日：", *(f"  {line}" for line in spoken.day_lines(working.days))]


def _fact_line(fact: FactLine, rule: Rule) -> str:
    from tracker.core.clock import office_time
    from tracker.core.deadlines.facts import FactKind

    parts = [f"{fact.on} {fact.label}"]
    if fact.at is not None and rule.unit == "h":
        parts.append(f"{office_time(fact.at):%H:%M}")
    if fact.term is not None:
        parts.append(str(fact.term.phrase))
        if fact.kind is FactKind.EXTEND and rule.extension is not None:
            parts.append(str(rule.extension.words))
    if fact.due is not None:
        parts.append(f"日期 {fact.due}")
    if fact.reason:
        parts.append(f"“{fact.reason}”")
    if fact.document:
        parts.append(fact.document)
    parts.append(f"由{fact.actor or '系统'}")
    if fact.approver:
        parts.append(f"{fact.approver}批准")
    return "，".join(parts)
