"""Takings of C11r: review and suit, and what becomes of a publication then."""

from __future__ import annotations

from decimal import Decimal

from tracker.core.cases.clocks import Extending, When
from tracker.core.cases.engine import Taking
from tracker.core.deadlines.service import longest_extension
from tracker.core.errors import BadInput, say
from tracker.core.rulebook.terms import Term, Unit
from tracker.workflows.penalties.rows import Remedy, open_remedy
from tracker.workflows.penalties.standing import running_clock
from tracker.workflows.penalties.takings.common import (
    PenaltyAsked,
    Takings,
    count_again,
    day,
    holder,
    not_before,
)


def _file(kind: str, asked: PenaltyAsked) -> Taking:
    on = day(asked)
    not_before(on, asked.case.served_on)
    row = Remedy(
        case_id=asked.case.id,
        kind=kind,
        organ=asked.required("organ", "请写受理的机关。"),
        filed_on=on,
    )
    return Taking(when=When(on=on), apply=lambda: asked.session.add(row))


def _open(asked: PenaltyAsked, kind: str) -> Remedy:
    found = open_remedy(asked.session, asked.case.id, kind)
    if found is None:
        raise BadInput("on", say("没有正在进行的复议或者诉讼。"))
    return found


def _accepted(asked: PenaltyAsked) -> Taking:
    on, remedy = day(asked), _open(asked, "review")
    not_before(on, remedy.filed_on)
    summary = asked.text("track") == "summary"

    def apply() -> None:
        remedy.accepted_on, remedy.summary = on, summary

    return Taking(when=When(on=on, without=frozenset({"T17" if summary else "T17A"})), apply=apply)


def _copy(asked: PenaltyAsked) -> Taking:
    on, remedy = day(asked), _open(asked, "review")
    not_before(on, remedy.filed_on)

    def apply() -> None:
        remedy.copy_on = on

    return Taking(when=When(on=on), apply=apply)


def _replied(asked: PenaltyAsked) -> Taking:
    on, remedy = day(asked), _open(asked, "review")
    not_before(on, remedy.copy_on)

    def apply() -> None:
        remedy.replied_on = on

    return Taking(when=When(on=on), apply=apply)


def _extended(asked: PenaltyAsked) -> Taking:
    """The review organ grants itself more time; it is only written down, with its paper."""
    days = asked.inputs.get("days")
    if not isinstance(days, int) or days < 1:
        raise BadInput("days", say("要填天数，例如 30。"))
    deadline = running_clock(asked.session, asked.case.id, "T17")
    most = None if deadline is None else longest_extension(asked.session, deadline)
    if most is not None and days > most.count:
        raise BadInput("days", say("依规则最多还能延长 %(most)s。", most=most.phrase))
    document = asked.required("document", "请写延长通知的文号。")
    asked_by = holder(asked, "handler") or 0
    return Taking(
        details={"days": days},
        extending=Extending(Term(days, Unit.CD), "复议机关决定延长", document, asked_by),
    )


def _result(kind: str, asked: PenaltyAsked) -> Taking:
    on, remedy, case = day(asked), _open(asked, kind), asked.case
    not_before(on, remedy.accepted_on or remedy.filed_on)
    result = asked.required("result", "请选结果。")
    new_fine = asked.amount("new_fine")
    if result == "changed":
        if new_fine is None or new_fine > case.fine:
            raise BadInput("new_fine", say("请写变更后的罚款，不能高于原来的数额。"))
    elif new_fine is not None:
        raise BadInput("new_fine", say("只有变更的才填。"))
    touched = result in ("changed", "revoked")

    def apply() -> None:
        remedy.result, remedy.result_on = result, on
        if touched:
            case.changed_fine = Decimal(0) if result == "revoked" else new_fine
            case.changed_on, case.revoked = on, result == "revoked"
        asked.session.flush()
        count_again(asked, on)

    without = {"T20"}  # begun above, on its own day
    if not touched or case.published_on is None or case.unpublished_on is not None:
        without.add("T25")
    if result == "dropped":
        without.add("T19")
    return Taking(when=When(on=on, without=frozenset(without)), apply=apply)


def _unpublish(asked: PenaltyAsked) -> Taking:
    on, case = day(asked), asked.case
    not_before(on, case.published_on)
    why = asked.required("public_reason", "请写公开说明的理由。")

    def apply() -> None:
        case.unpublished_on, case.unpublished_why = on, why

    return Taking(when=When(on=on), apply=apply)


TAKINGS: Takings = {
    "record_review": lambda asked: _file("review", asked),
    "review_accepted": _accepted,
    "review_copy": _copy,
    "review_replied": _replied,
    "review_extended": _extended,
    "review_result": lambda asked: _result("review", asked),
    "record_suit": lambda asked: _file("suit", asked),
    "suit_result": lambda asked: _result("suit", asked),
    "withdraw_publication": _unpublish,
}
