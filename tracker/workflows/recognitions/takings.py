"""What each step of a recognition needs besides the move: checked, then written."""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.cases import clocks
from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking
from tracker.core.cases.taking import Asked, Takings
from tracker.core.deadlines import service as deadlines
from tracker.core.errors import BadInput, say
from tracker.core.registers.uscc import check_uscc, clean_uscc
from tracker.workflows.recognitions import guards
from tracker.workflows.recognitions.data import NAMES, PUBLISHING
from tracker.workflows.recognitions.guards import DISPLAY, LONGER, PUBLISH
from tracker.workflows.recognitions.models import GROUNDS, PushReceipt, Recognition


def _day(asked: Asked[Any]) -> date:
    on = asked.day("on")
    if on is None:
        raise BadInput("on", say("请填写日期。"))
    if on > asked.today:
        raise BadInput("on", say("日期不能晚于今天。"))
    return on


def _propose(asked: Asked[Recognition]) -> Taking:
    recognition, uscc = asked.case, clean_uscc(asked.text("uscc"))
    if (problem := check_uscc(uscc)) is not None:
        raise BadInput("uscc", problem)
    grounds = [g for g in GROUNDS if g in (asked.inputs.get("grounds") or ())]
    if not grounds:
        raise BadInput("grounds", say("请选认定情形。"))

    def apply() -> None:
        recognition.uscc = uscc
        recognition.address, recognition.person = asked.text("address"), asked.text("person")
        recognition.grounds, recognition.reasons = ",".join(grounds), asked.text("reasons")

    return Taking(details={"grounds": grounds}, apply=apply)


def _recognise(asked: Asked[Recognition]) -> Taking:
    recognition, on = asked.case, _day(asked)

    def apply() -> None:
        recognition.decided_on = on

    return Taking(when=When(on=on, without=guards.lapsed(recognition, PUBLISH, on)), apply=apply)


# ---------------------------------------------------------------- receipts


def _record(purpose: str, asked: Asked[Recognition]) -> Taking:
    """One receipt a destination; recorded again, it is corrected."""
    recognition, on = asked.case, _day(asked)
    destination, receipt = asked.text("destination"), asked.text("receipt")
    if destination not in NAMES:
        raise BadInput("destination", say("请选去向。"))
    if not receipt:
        raise BadInput("receipt", say("请写回执编号或者网址。"))
    first = recognition.decided_on if purpose == "publish" else recognition.published_on
    if first is not None and on < first:
        raise BadInput("on", say("日期不能早于 %(first)s。", first=first))

    def apply() -> None:
        row = recognition.receipts_for(purpose).get(destination)
        if row is None:
            row = PushReceipt(purpose=purpose, destination=destination)
            recognition.receipts.append(row)
        row.pushed_on, row.receipt, row.made_by_id = on, receipt, asked.actor.user_id
        asked.session.flush()

    return Taking(details={"destination": destination}, apply=apply)


def _record_push(asked: Asked[Recognition]) -> Taking:
    return _record("publish", asked)


def _record_removal(asked: Asked[Recognition]) -> Taking:
    return _record("remove", asked)


def _display(asked: Asked[Recognition]) -> Taking:
    """The display counts from the bureau's own publication; pushing ends with the last receipt."""
    recognition = asked.case
    pushed = recognition.receipts_for("publish")
    on, last = pushed[PUBLISHING].pushed_on, max(r.pushed_on for r in pushed.values())

    def apply() -> None:
        recognition.published_on = on
        for clock in deadlines.running(asked.session, recognition.id):
            if clock.rule_id == "OWN-PUBLISH":
                clocks.end(
                    asked.session,
                    recognition,
                    clock,
                    on=max(last, clock.started_on),
                    actor_id=asked.actor.user_id,
                    now=asked.now,
                )

    return Taking(when=When(on=on, without=guards.lapsed(recognition, DISPLAY, on)), apply=apply)


def _extend_display(asked: Asked[Recognition]) -> Taking:
    recognition, shown = asked.case, asked.case.published_on
    if shown is None:
        raise BadInput("note", say("还没有公示。"))

    def apply() -> None:
        recognition.extended = True

    return Taking(
        when=When(on=shown, without=guards.lapsed(recognition, LONGER, shown)), apply=apply
    )


def _apply_repair(asked: Asked[Recognition]) -> Taking:
    on, last = _day(asked), guards.earliest_repair(asked.session, asked.case)
    if last is not None and on <= last:
        raise BadInput("on", say("公示满最短时间后才能申请修复，最早在 %(last)s 以后。", last=last))
    return Taking(when=When(on=on))


def _report_removed(asked: Asked[Recognition]) -> Taking:
    gone = asked.case.receipts_for("remove")
    return Taking(when=When(on=max(r.pushed_on for r in gone.values())))


def _reassign(asked: Asked[Recognition]) -> Taking:
    recognition, wanted = asked.case, asked.inputs.get("handler")
    officers = people_in(asked.session, recognition.bureau_id or 0, Role.INSPECTOR, asked.today)
    user = next((u for u in officers if u.id == wanted), None)
    if user is None or user.clearance < recognition.confidentiality:
        raise BadInput("handler", say("请选一名本单位的执法检查人员。"))
    return Taking(parts={"handler": user.id}, details={"handler": user.id})


TAKINGS: Takings = {
    "propose": _propose,
    "recognise": _recognise,
    "record_push": _record_push,
    "display": _display,
    "extend_display": _extend_display,
    "apply_repair": _apply_repair,
    "record_removal": _record_removal,
    "report_removed": _report_removed,
    "reassign": _reassign,
}
