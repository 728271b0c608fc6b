"""The 29 published cases as leads: their own facts and dates on an invented way through."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from tracker.core.calendar.days import Calendar
from tracker.demo.organisations import CHONGQING, JILIN, bureau
from tracker.demo.stories import FOUND, INSIDE, REFER, Story
from tracker.workflows.leads.data import IndicatorData, LeadData

_CHANNEL_CLASS = {"report": 2}
_CREWS = {CHONGQING: ".chongqing", JILIN: ".jilin"}
_COURSES = {"found": FOUND, "inside": INSIDE, "refer": REFER}
# Cases whose end is not published stand open, some working days old.
_OPEN = {
    "verifying": ("intake see assign verify", 9),
    "countersign": ("intake see assign verify submit_findings", 1),
    "feedback": (f"intake {FOUND.removesuffix(' give_feedback')}", 7),
    "sent": ("draft attach submit approve", 1),
}
_PENALTY = {
    "warning": "警告",
    "ordered_correction": "责令改正",
    "public_notice": "通报",
    "units_penalised": "处罚单位数",
    "fine_yuan": "罚款（元）",
}


@cache
def published() -> list[dict[str, Any]]:
    """The facts of the published cases, as `data/cases.json` has them."""
    text = files("tracker.demo").joinpath("data/cases.json").read_text("utf-8")
    cases: list[dict[str, Any]] = json.loads(text)["cases"]
    return cases


def case_stories(calendar: Calendar, base: date) -> Iterator[Story]:
    """One story a published case; the key is the case's id."""
    for case in published():
        plan = case["lead"]
        data = _lead_data(case, calendar, base)
        handed_down = plan["channel"] == "handed_down"
        if plan["start"] == "today":
            course, held = _OPEN[plan["story"]]
            start = end = None
        else:
            course = f"intake {_COURSES[plan['story']]}{' report_up' * handed_down} close"
            held = 0
            start, end = (date.fromisoformat(plan[k]) for k in ("start", "end"))
        words: dict[str, dict[str, Any]] = {
            "submit_findings": {"note": f"公布的结果：{case['found']}"},
            "attach": {"name": "督查发现情况.txt"},
        }
        if "handed_to" in plan:
            for step in ("hand_inside", "propose_referral"):
                words[step] = {"handed_to": plan["handed_to"], "note": _why(plan)}
        department = plan["channel"] == "department"
        yield Story(
            key=case["id"],
            data=data,
            org=f"housing:{plan['bureau']}" if department else bureau(plan["bureau"]),
            crew=_CREWS.get(plan["bureau"], f".{plan['bureau'][:6]}"),
            sender=f".{plan['bureau'][:6]}",
            course=course,
            held=held,
            start=start,
            end=end,
            words=words,
        )


def _why(plan: dict[str, Any]) -> str:
    if plan["story"] == "inside":
        return "文件已经废止，没有影响直报数据，转业务处室跟进。"
    return "按管辖和职责转送。"


def _lead_data(case: dict[str, Any], calendar: Calendar, base: date) -> LeadData:
    plan = case["lead"]
    today = plan["start"] == "today"
    found_on = base if today else date.fromisoformat(plan["start"])
    if today:
        found_on = calendar.add_workdays(base, -50)
    due = date.fromisoformat(plan["superior_due"]) if "superior_due" in plan else None
    handed_down = plan["channel"] == "handed_down"
    if handed_down and due is None:
        due = calendar.add_workdays(base, 18)
    return LeadData(
        unit_name=plan["unit"],
        region_code=plan.get("region") or case["places"][0]["region_code"],
        period=plan["period"],
        matter=plan["matter"],
        found_in=case.get("lead_source_text") or case["publisher"],
        found_on=found_on,
        facts=facts_of(case),
        channel=plan["channel"],
        confidentiality=_CHANNEL_CLASS.get(plan["channel"], 1),
        reporter="anonymous" if plan["channel"] == "report" else "none",
        superior_name=plan.get("superior"),
        superior_due_on=due,
        indicators=tuple(_indicators(case)),
    )


def facts_of(case: dict[str, Any]) -> str:
    lines = [case["found"]]
    if note := case.get("units", {}).get("note"):
        lines.append(f"单位数：{note}。")
    lines += [_dated(entry) for entry in case.get("timeline", [])]
    if penalty := _penalty(case.get("penalty", {})):
        lines.append(f"处理：{penalty}。")
    if total := (case.get("discipline") or {}).get("total"):
        lines.append(f"处分：共{total}人。")
    if doubts := case.get("uncertain"):
        lines.append(f"存疑：{'；'.join(doubts)}。")
    day = case.get("publish_date") or "发布日期未见"
    lines.append(f"来源：{case['publisher']}《{case['title']}》（{day}）。案例编号：{case['id']}。")
    lines.append(_arranged(case))
    return "\n".join(lines)


def _arranged(case: dict[str, Any]) -> str:
    """What of this lead is no fact."""
    plan = case["lead"]
    if plan["start"] == "today":
        return "演示说明：公开材料没有办理结果，这里按正在办理演示，登记日期和办理步骤是演示安排。"
    if (case.get("publish_date") or "2008") < "2017":
        return "演示说明：2017年以前的案例按补录处理，登记日期和办理步骤是演示安排。"
    return "演示说明：事实和日期取自公开材料，登记和办理的具体日期、步骤是演示安排。"


def _dated(entry: dict[str, Any]) -> str:
    when = entry.get("date") or entry.get("month_day") or ""
    return f"{when}{entry.get('part', '')} {entry['text']}。".strip()


def _penalty(penalty: dict[str, Any]) -> str:
    parts = []
    for name, label in _PENALTY.items():
        value = penalty.get(name)
        if value is True:
            parts.append(label)
        elif value:
            parts.append(f"{label}{value:,}" if name == "fine_yuan" else f"{label}{value}")
    if note := penalty.get("note"):
        parts.append(note)
    return "；".join(parts)


def _indicators(case: dict[str, Any]) -> Iterator[IndicatorData]:
    """One line a published figure; where none is published, the matter itself without numbers."""
    for figure in case.get("figures", []):
        amount = figure.get("amount_misreported")
        unit = figure.get("unit", "未公布")
        ratio = figure.get("ratio_pct_published")
        source = [f"公布的差错额{amount}{unit}"] if amount else []
        if ratio is not None:
            source.append(f"公布的比率{ratio}%（{figure.get('ratio_basis', '口径未写')}）")
        yield IndicatorData(
            name=figure["indicator"],
            unit=unit,
            reported=_number(figure.get("reported")),
            known=_number(figure.get("checked")),
            source="；".join(source) or case["publisher"],
        )
    if not case.get("figures"):
        for industry in case.get("industries", [])[:3] or ["未公布指标"]:
            yield IndicatorData(f"{industry}数据", "未公布", None, None, "公开材料没有给出数值")


def _number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
