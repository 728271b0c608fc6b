"""How a demo lead is told: who did what on which day, in the words of the flow table.

A course is a row of steps. A lead of the past has them spread from `start` to `end`; a lead of
today is counted back from the last working day, so that it has been where it is for `held`
working days. The usual person and the usual words of each step stand in `USUAL`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tracker.core.calendar.days import Calendar
from tracker.core.clock import at_office
from tracker.workflows.leads.data import LeadData
from tracker.workflows.leads.models import CRITERIA

# Acts of one lead on one day follow each other by this much, from the morning on.
_PACE = timedelta(minutes=17)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person did to a lead."""

    at: datetime
    story: str
    step: str
    who: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """One lead from its first line to where it stands.

    `crew` completes the account names of the bureau's people (`registrar.ordos`), `sender` those
    of the department's. `words` replaces the usual inputs of a step; a step that comes twice is
    named `step#2` the second time.
    """

    key: str
    data: LeadData
    org: str
    crew: str
    course: str
    sender: str = ""
    held: int = 0
    start: date | None = None
    end: date | None = None
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


# Account, and what the step's form gets.
USUAL: dict[str, tuple[str, dict[str, Any]]] = {
    "draft": ("liaison", {}),
    "intake": ("registrar", {}),
    "attach": ("liaison", {}),
    "submit": ("liaison", {}),
    "approve": ("approver", {}),
    "send_back": ("approver", {"note": "请写明数据从哪张表来，并补证据清单。"}),
    "withdraw": ("liaison", {"note": "复核后发现是本部门台账填错，不涉及企业。"}),
    "receive": ("registrar", {}),
    "bounce": ("registrar", {"note": "证据清单没有列明凭证，请补齐后再移送。"}),
    "see": ("registrar", {}),
    "assign": ("registrar", {"handler": "inspector1"}),
    "merge": ("registrar", {"note": "同一单位、同一时期、同一指标，并案办理。"}),
    "link": ("registrar", {"note": "单位名称相近，请一并比对。", "kind": "duplicate"}),
    "ask_supplement": ("inspector1", {"note": "请提供相关合同、发票和入库单的复印件。"}),
    "supply": ("liaison", {"note": "材料已补齐，原件可以到我单位查阅。"}),
    "verify": (
        "inspector1",
        {
            "note": "违法主体明确，数据差异有凭证可查，转核查。",
            "handler": "inspector1",
            "co_officer": "inspector2",
        },
    ),
    "hand_inside": (
        "inspector1",
        {"note": "属于填报口径理解有误，不涉及违法，转业务科室指导。", "handed_to": "工业统计科"},
    ),
    "propose_referral": (
        "inspector1",
        {"note": "不归本局管辖。", "handed_to": "上级统计机构"},
    ),
    "propose_refusal": (
        "inspector1",
        {"note": "没有指明单位、时期和数据，联系不上反映人。", "ground": "no_clue"},
    ),
    "submit_findings": (
        "inspector1",
        {"note": "核对了原始记录、统计台账和财务账，差异属实。", "found": True},
    ),
    "countersign": ("inspector2", {}),
    "disagree": ("inspector2", {"note": "出库单还有三个月没有核对。"}),
    "confirm_result": ("supervisor", {}),
    "propose_case": (
        "inspector1",
        {"note": "违法事实清楚，五个条件都具备。", "criteria": tuple(CRITERIA)},
    ),
    "propose_case_found": (
        "supervisor",
        {"note": "核查属实，五个条件都具备。", "criteria": tuple(CRITERIA)},
    ),
    "approve_case": ("head", {}),
    "return_result": ("supervisor", {"note": "请补核第三季度的凭证。"}),
    "confirm_inside": ("supervisor", {}),
    "approve_referral": ("head", {}),
    "approve_refusal": ("head", {}),
    "give_feedback": ("inspector1", {"feedback_sender": "来件已经核查，结果已按程序处理。"}),
    "report_up": ("inspector1", {"note": "已书面报告核查结果。"}),
    "close": ("supervisor", {}),
    "return_feedback": ("supervisor", {"note": "请不要写办案经过。"}),
    "reassign": ("supervisor", {"note": "原承办人出差，改由另一人办理。", "handler": "inspector2"}),
}
_SENDERS = {"draft", "attach", "submit", "supply", "approve", "send_back", "withdraw"}

# Working days between a step and the one before it, where that is not one.
_GAPS = {
    "attach": 0, "submit": 0, "see": 0, "report_up": 0, "verify": 3, "submit_findings": 12,
    "confirm_result": 2, "give_feedback": 3, "supply": 5, "ask_supplement": 2, "hand_inside": 3,
    "propose_referral": 2, "propose_refusal": 3, "merge": 0, "bounce": 2,
}  # fmt: skip

# Courses of the bureau, after a lead has come in.
FOUND = "see assign verify submit_findings countersign confirm_result give_feedback"
INSIDE = "see assign hand_inside confirm_inside give_feedback"
REFER = "see assign propose_referral approve_referral give_feedback"
REFUSE = "see assign propose_refusal approve_refusal give_feedback"


def acts(story: Story, calendar: Calendar, base: date) -> Iterator[Act]:
    """The story as dated acts, in order."""
    steps = story.course.split()
    spread = _spread if story.start else _back
    days = spread(story, steps, calendar, base)
    seen: dict[str, int] = {}
    same_day, before = 0, None
    # Leads do not all move at the same minute.
    offset = timedelta(minutes=sum(story.key.encode()) % 50)
    for step, day in zip(steps, days, strict=True):
        same_day = same_day + 1 if day == before else 0
        before = day
        seen[step] = seen.get(step, 0) + 1
        named = step if seen[step] == 1 else f"{step}#{seen[step]}"
        account, inputs = USUAL[step]
        told = {**inputs, **story.words.get(named, {})}
        account = str(told.pop("who", account))
        whose = story.sender if step in _SENDERS else story.crew
        yield Act(
            at_office(day, 9, 10) + offset + _PACE * same_day,
            story.key,
            step,
            f"{account}{whose}",
            told,
        )


def _spread(story: Story, steps: Sequence[str], calendar: Calendar, _base: date) -> Sequence[date]:
    """Working days from start to end, evenly: the first act on the first, the last on the last."""
    first = calendar.next_workday(story.start or calendar.first)
    last = story.end or first
    if not calendar.is_workday(last):
        last = calendar.add_workdays(last, -1)
    length = max(calendar.workdays_between(first, last), 0)
    parts = max(len(steps) - 1, 1)
    return [calendar.add_workdays(first, length * n // parts) for n in range(len(steps))]


def _back(story: Story, steps: Sequence[str], calendar: Calendar, base: date) -> Sequence[date]:
    """Working days backwards from how long the last step is past."""
    days: list[date] = []
    ago = story.held
    seed = sum(story.key.encode())
    for number, step in enumerate(reversed(steps)):
        days.append(calendar.add_workdays(base, -ago))
        gap = _GAPS.get(step, 1)
        ago += gap + (gap > 1 and (seed + number) % 3)
    return days[::-1]
