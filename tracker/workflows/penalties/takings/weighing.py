"""Takings of C4 to C6: review, discussion, notice, defence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from tracker.core.calendar import store
from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking
from tracker.core.documents import service as documents
from tracker.core.errors import N_, BadInput, say
from tracker.workflows.penalties.grading import has_hearing_right
from tracker.workflows.penalties.rows import DefencePoint, points_of
from tracker.workflows.penalties.standing import clock
from tracker.workflows.penalties.takings.common import (
    PenaltyAsked,
    Takings,
    dated,
    day,
    not_before,
    service,
)

_POINT = re.compile(r"(不采纳|采纳)\s*[：:]\s*([^；;]+)[；;]\s*(.+)")


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a defence and the answer to it."""

    accepted: bool
    point: str
    reason: str


def read_points(text: str) -> list[Point]:
    """Points as they are typed, one a line: 采纳（不采纳）：意见；理由. BadInput names the line."""
    found = []
    for no, line in enumerate((part for part in text.splitlines() if part.strip()), start=1):
        match = _POINT.fullmatch(line.strip())
        if match is None:
            raise BadInput(
                "points",
                say("第 %(n)s 行要写成“采纳（或者不采纳）：意见；理由”。", n=no),
            )
        found.append(Point(match[1] == "采纳", match[2].strip(), match[3].strip()))
    if not found:
        raise BadInput("points", say("请逐条写明当事人的意见和复核结果。"))
    return found


def _pass(asked: PenaltyAsked) -> Taking:
    opinion, case, today = asked.required("opinion", "请写审核意见。"), asked.case, asked.today

    def apply() -> None:
        case.reviewed_on = today

    return Taking(note=opinion, apply=apply)


def _discussed(asked: PenaltyAsked) -> Taking:
    present, in_favour = asked.inputs.get("present"), asked.inputs.get("in_favour")
    if not isinstance(present, int) or present < 2:
        raise BadInput("present", say("集体讨论至少两人出席。"))
    if not isinstance(in_favour, int) or in_favour > present:
        raise BadInput("in_favour", say("同意人数不能多于出席人数。"))
    if in_favour * 2 <= present:
        raise BadInput("in_favour", say("没有过半数同意，不能按这个意见办；请写明多数意见。"))
    asked.required("conclusion", "请写明讨论决定。")
    taking = dated(asked, discussed_on=None)
    taking.note = asked.text("conclusion")
    return taking


def _serve_notice(asked: PenaltyAsked) -> Taking:
    case, row = asked.case, service(asked, "notice")
    on = row.served_on or asked.today
    not_before(on, case.filed_on)
    days = asked.inputs.get("defence_days")
    if not isinstance(days, int) or days < 1:
        raise BadInput("defence_days", say("请按告知书写明的天数填。"))
    fine = case.proposed_fine or Decimal(0)
    right = has_hearing_right(case, fine, on)
    due = store.load(asked.session).add_workdays(on, days)

    def apply() -> None:
        asked.session.add(row)
        case.notice_on, case.notice_fine, case.hearing_right = on, fine, right

    return Taking(
        when=When(on=on, due=due, without=frozenset() if right else frozenset({"T05"})),
        details={"fine": str(fine), "hearing_right": right},
        apply=apply,
    )


def _retract(asked: PenaltyAsked) -> Taking:
    """The notice that was taken back is void: the next one needs a paper of its own."""
    case, reason = asked.case, asked.required("note", N_("请写明理由。"))

    def apply() -> None:
        case.notice_on = case.notice_fine = None
        case.hearing_right = False
        documents.void_all(
            asked.session,
            case.id,
            "prior_notice",
            by=asked.actor.user_id,
            now=asked.now,
            reason=reason,
        )

    return Taking(apply=apply)


def _defence(asked: PenaltyAsked) -> Taking:
    case, on = asked.case, day(asked)
    not_before(on, case.notice_on)
    points = read_points(asked.text("points"))
    lower = asked.amount("lower_to")
    told = case.notice_fine or Decimal(0)
    if lower is not None and lower > min(told, case.proposed_fine or told):
        raise BadInput("lower_to", say("不能因当事人申辩而加重处罚。"))
    if lower is not None and not any(p.accepted for p in points):
        raise BadInput("lower_to", say("没有采纳任何意见，不用改罚款。"))
    first = len(points_of(asked.session, case.id)) + 1

    def apply() -> None:
        for line, p in enumerate(points, start=first):
            asked.session.add(
                DefencePoint(
                    case_id=case.id, line=line, point=p.point, accepted=p.accepted,
                    reason=p.reason,
                )
            )  # fmt: skip
        case.defended_on = on
        if lower is not None:
            case.proposed_fine = lower
            case.range_reason = case.range_reason or "采纳当事人的申辩"

    return Taking(when=When(on=on), details={"points": len(points)}, apply=apply)


def _request_hearing(asked: PenaltyAsked) -> Taking:
    on = day(asked)
    not_before(on, asked.case.notice_on)
    limit = clock(asked.session, asked.case.id, "T05")
    if limit is not None and limit.due_on is not None and on > limit.due_on:
        raise BadInput("on", say("听证要求应在 %(on)s 以前提出，逾期视为放弃。", on=limit.due_on))
    return Taking(when=When(on=on), apply=lambda: _over(asked))


def _over(asked: PenaltyAsked) -> None:
    """The party has used its rights or let them go: nothing waits for the notice any more."""
    asked.case.notice_over_on = asked.today


def _waive(asked: PenaltyAsked) -> Taking:
    on = day(asked)
    not_before(on, asked.case.notice_on)
    return Taking(when=When(on=on), apply=lambda: _over(asked))


def _lapse(asked: PenaltyAsked) -> Taking:
    return Taking(apply=lambda: _over(asked))


TAKINGS: Takings = {
    "pass_review": _pass,
    "pass_review_heard": _pass,
    "conclude_discussion": _discussed,
    "conclude_discussion_heard": _discussed,
    "serve_notice": _serve_notice,
    "retract_notice": _retract,
    "record_defence": _defence,
    "request_hearing": _request_hearing,
    "waive": _waive,
    "lapse": _lapse,
}
