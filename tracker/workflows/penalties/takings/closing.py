"""Takings of C12 to C17: publication, closing, the file, and cases that grow out of this one."""

from __future__ import annotations

from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking
from tracker.core.cases.figures import as_seed, figures_of
from tracker.core.cases.opening import Seed, openings
from tracker.core.errors import BadInput, say
from tracker.workflows.penalties.dossier import items_of
from tracker.workflows.penalties.rows import MissingItem
from tracker.workflows.penalties.standing import shown_until
from tracker.workflows.penalties.takings.common import (
    PenaltyAsked,
    Takings,
    begin,
    day,
    holder,
    not_before,
)


def _publish(asked: PenaltyAsked) -> Taking:
    on, case = day(asked), asked.case
    not_before(on, case.served_on)
    until, decided = shown_until(case), case.decided_on
    if until is None or decided is None:
        raise BadInput("on", say("还没有作出处罚决定。"))
    site = asked.required("site", "请写公示的网站。")

    def apply() -> None:
        case.published_on, case.shown_until, case.site = on, until, site
        begin(asked, "T23A", decided)

    return Taking(when=When(on=on), details={"until": str(until)}, apply=apply)


def _propose_closing(asked: PenaltyAsked) -> Taking:
    case, reason = asked.case, asked.required("reason", "请选结案情形。")
    holds = {
        "no_penalty": case.outcome == "no_penalty",
        "revoked": case.revoked,
        "performed": case.performed_on is not None,
        "court_ruled": case.court_ruled_on is not None,
    }
    if not holds.get(reason):
        raise BadInput("reason", say("本案不是这种情形。"))

    def apply() -> None:
        case.closing_reason = reason

    return Taking(details={"reason": reason}, apply=apply)


def _explain(asked: PenaltyAsked) -> Taking:
    no = int(asked.required("item", "请选缺的一项。"))
    item = next((i for i in items_of(asked.session, asked.case) if i.no == no), None)
    if item is None or item.answered:
        raise BadInput("item", say("这一项已有材料或者说明。"))
    row = MissingItem(
        case_id=asked.case.id,
        item=no,
        reason=asked.required("reason", "请写为什么没有。"),
        explained_by_id=asked.actor.user_id,
    )
    return Taking(details={"item": no}, apply=lambda: asked.session.add(row))


def _open(kind: str, asked: PenaltyAsked) -> Taking:
    """Open a case beside this one; this one's clocks run on."""
    case = asked.case
    note = asked.required("note", "请写明理由。")
    people = {part: user for part in ("handler", "co_officer") if (user := holder(asked, part))}

    def apply() -> None:
        seed = Seed(
            origin=case,
            unit_name=case.unit_name,
            uscc=case.uscc,
            unit_id=case.unit_id,
            region_code=case.region_code,
            matter=case.matter,
            facts=case.facts,
            source="penalty",
            confidentiality=case.confidentiality,
            act_from=case.act_from,
            act_to=case.act_to,
            found_on=case.found_on,
            figures=as_seed(figures_of(asked.session, case.id)),
            people=people,
            more={
                "subject": case.subject,
                "address": case.address,
                "person": case.legal_person,
                "note": note,
            },
        )
        openings.open(asked.session, kind, asked.actor, seed, now=asked.now, note=note)

    return Taking(note=note, apply=apply)


TAKINGS: Takings = {
    "publish": _publish,
    "propose_closing": _propose_closing,
    "explain_missing": _explain,
    "open_crime": lambda asked: _open("crime", asked),
    "open_sanction": lambda asked: _open("sanction", asked),
    "open_recognition": lambda asked: _open("recognition", asked),
}
