"""Takings of C0 and C1."""

from __future__ import annotations

from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking
from tracker.core.errors import BadInput, say
from tracker.workflows.penalties.flow.opening import CRITERIA
from tracker.workflows.penalties.takings.common import (
    PenaltyAsked,
    Takings,
    day,
    holder,
    not_before,
    officer,
    refuse_too_late,
)


def _propose(asked: PenaltyAsked) -> Taking:
    for name, label in CRITERIA.items():
        if not asked.inputs.get(name):
            raise BadInput(
                name, say("“%(what)s”不具备，不能立案；请办“报请不予立案”。", what=say(label))
            )
        asked.required(f"{name}_why", "请写明这一项的理由。")
    for name in ("level", "area"):
        if asked.text(name) != "own":
            raise BadInput(name, say("不归本机关管辖的，请办“报请移送管辖”。"))
    found_on, act_to = day(asked, "found_on"), day(asked, "act_to")
    graver = bool(asked.inputs.get("graver"))
    last = refuse_too_late(asked, act_to, found_on, graver=graver)
    partner = officer(asked, "co_officer", other_than=holder(asked, "handler"))
    case = asked.case

    def apply() -> None:
        case.found_on, case.act_to, case.limitation_on = found_on, act_to, last

    return Taking(
        parts={"co_officer": partner.id},
        details={"co_officer": partner.id, "limitation": str(last)},
        apply=apply,
    )


def _transfer(asked: PenaltyAsked) -> Taking:
    asked.required("to_organ", "请写明移送给哪个机关。")
    if asked.text("ground") == "designated" and not asked.text("document"):
        raise BadInput("document", say("上级指定管辖的，要写文号。"))
    return Taking(details={"to": asked.text("to_organ"), "ground": asked.text("ground")})


def _approve(asked: PenaltyAsked) -> Taking:
    on, case = day(asked), asked.case
    not_before(on, case.found_on)

    def apply() -> None:
        case.filed_on, case.filed_by_id = on, asked.actor.user_id

    return Taking(when=When(on=on), details={"filed_on": str(on)}, apply=apply)


TAKINGS: Takings = {
    "propose_opening": _propose,
    "propose_transfer": _transfer,
    "propose_move": _transfer,
    "approve_opening": _approve,
}
