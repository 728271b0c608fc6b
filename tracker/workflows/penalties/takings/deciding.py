"""Takings of C8, C9 and C4n: the figure, the decision, its service, the fine on the spot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking
from tracker.core.errors import BadInput, say
from tracker.core.registers.models import Organisation
from tracker.workflows.penalties.flow.deciding import FROM_DECISION
from tracker.workflows.penalties.rows import Service, open_announcement
from tracker.workflows.penalties.standing import running_clock, window_of
from tracker.workflows.penalties.takings.common import (
    PenaltyAsked,
    Takings,
    begin,
    day,
    not_before,
    service,
)
from tracker.workflows.penalties.takings.investigating import grade_of, weighed

_NATIONAL = "000000000000"


def _propose(asked: PenaltyAsked) -> Taking:
    case = asked.case
    fine = asked.amount("fine") or Decimal(0)
    told, proposed = case.notice_fine or Decimal(0), case.proposed_fine or Decimal(0)
    if told and asked.amount("fine") is None:
        raise BadInput(
            "fine", say("告知过罚款 %(told)s 元，请填写罚款数额；不罚款填 0。", told=f"{told:,.2f}")
        )
    if fine > told:
        raise BadInput("fine", say("不能高于告知的 %(told)s 元。", told=f"{told:,.2f}"))
    if fine > proposed and case.defended_on is not None:
        raise BadInput("fine", say("不能因当事人申辩而加重处罚。"))
    reason = asked.text("range_reason") or case.range_reason
    columns = weighed(asked, fine, reason, grade_of(case))

    def apply() -> None:
        for name, value in columns.items():
            setattr(case, name, value)
        case.outcome, case.no_penalty_ground = "penalty", None

    return Taking(details={"fine": str(fine)}, apply=apply)


def _propose_none(asked: PenaltyAsked) -> Taking:
    case, ground = asked.case, asked.required("ground", "请选不予处罚的理由。")

    def apply() -> None:
        case.outcome, case.no_penalty_ground = "no_penalty", ground
        case.proposed_fine = Decimal(0)
        case.range_min = case.range_max = None

    return Taking(details={"ground": ground}, apply=apply)


def _decide(asked: PenaltyAsked) -> Taking:
    case, on = asked.case, day(asked)
    not_before(on, case.notice_over_on)
    if not asked.inputs.get("six_items"):
        raise BadInput("six_items", say("请核对决定书的六项内容和印章。"))
    return Taking(
        when=When(on=on, without=_not_published(asked)),
        details={"fine": str(case.proposed_fine or 0), "on": str(on)},
        apply=lambda: _set_decided(asked, on, case.proposed_fine or Decimal(0)),
    )


def _set_decided(asked: PenaltyAsked, on: date, fine: Decimal) -> None:
    asked.case.decided_on, asked.case.decided_by_id = on, asked.actor.user_id
    asked.case.decision_fine = fine


def _not_published(asked: PenaltyAsked) -> frozenset[str]:
    """Which of the two clocks of publication does not apply: one each for the two systems.

    NBS and survey teams: 国统字〔2023〕49号 5; local bureaus: 政府信息公开条例 26. Natural persons
    are not published at all.
    """
    if asked.case.subject == "person":
        return frozenset(FROM_DECISION)
    house = asked.session.get_one(Organisation, asked.case.bureau_id)
    national = house.kind == "survey_team" or house.region_code == _NATIONAL
    return frozenset({"T24"} if national else {"T23"})


def _decide_none(asked: PenaltyAsked) -> Taking:
    on = day(asked)
    not_before(on, asked.case.filed_on)
    return Taking(
        when=When(on=on),
        details={"ground": asked.case.no_penalty_ground},
        apply=lambda: _set_decided(asked, on, Decimal(0)),
    )


def _serve(asked: PenaltyAsked) -> Taking:
    row, case = service(asked, "decision"), asked.case
    on = row.served_on or asked.today
    not_before(on, case.decided_on)
    without = _nothing_due(case.fine)
    return Taking(when=When(on=on, without=without), apply=lambda: _served(asked, on, row))


def _served(asked: PenaltyAsked, on: date, row: Service) -> None:
    """The decision has reached the party: the months for the court have their first day now."""
    row.served_on = asked.case.served_on = on
    asked.session.add(row)
    asked.session.flush()
    window = window_of(asked.session, asked.case)
    if window is not None:
        begin(asked, "T20", window.counted_from)


def _nothing_due(fine: Decimal) -> frozenset[str]:
    """T20 is begun on a day of its own; without a fine there is no limit to pay it in."""
    return frozenset({"T20"} if fine else {"T20", "T10"})


def _announce(asked: PenaltyAsked) -> Taking:
    on = day(asked)
    not_before(on, asked.case.decided_on)
    row = Service(
        case_id=asked.case.id,
        what="decision",
        manner="public",
        place=asked.required("place", "请写在哪里公告。"),
        announced_on=on,
        cause=asked.required("cause", "请写明为什么不能用其他方式送达。"),
        recorded_by_id=asked.actor.user_id,
    )
    return Taking(when=When(on=on), apply=lambda: asked.session.add(row))


def _complete(asked: PenaltyAsked) -> Taking:
    """Served when the time of the notice is over, whenever that is written down (民诉法 95)."""
    row = open_announcement(asked.session, asked.case.id)
    deadline = running_clock(asked.session, asked.case.id, "T09")
    if row is None or deadline is None or deadline.due_on is None:
        return Taking()  # the guard says why and refuses
    on = deadline.due_on
    without = _nothing_due(asked.case.fine)
    return Taking(when=When(on=on, without=without), apply=lambda: _served(asked, on, row))


def _serve_none(asked: PenaltyAsked) -> Taking:
    row, case = service(asked, "no_penalty"), asked.case
    not_before(row.served_on or asked.today, case.decided_on)
    asked.required("education", "请写明怎样教育当事人。")

    def apply() -> None:
        asked.session.add(row)
        case.served_on = row.served_on

    return Taking(when=When(on=row.served_on), apply=apply)


def _file_spot(asked: PenaltyAsked) -> Taking:
    case, on = asked.case, day(asked)
    not_before(on, case.act_to)
    fine = case.proposed_fine or Decimal(0)
    cash = asked.amount("collected") or Decimal(0)
    if cash > fine:
        raise BadInput("collected", say("不能多于罚款。"))
    row = Service(
        case_id=case.id,
        what="decision",
        manner="direct",
        recipient=asked.required("recipient", "请写签收人。"),
        place=asked.required("place", "请写地点。"),
        served_on=on,
        recorded_by_id=asked.actor.user_id,
    )
    without = _not_published(asked) | _nothing_due(fine) | (set() if cash else {"T13"})

    def apply() -> None:
        _set_decided(asked, on, fine)
        case.collected_fine = cash or None
        _served(asked, on, row)

    return Taking(when=When(on=on, without=without), apply=apply)


TAKINGS: Takings = {
    "propose_decision": _propose,
    "propose_no_penalty": _propose_none,
    "decide": _decide,
    "decide_no_penalty": _decide_none,
    "serve_decision": _serve,
    "announce_service": _announce,
    "complete_announcement": _complete,
    "serve_no_penalty": _serve_none,
    "file_spot": _file_spot,
}
