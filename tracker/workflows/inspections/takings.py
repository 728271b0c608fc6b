"""What each step of an inspection needs besides keeping its answers: checked, then written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any, cast

from tracker.core.cases.answers import answers
from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking
from tracker.core.cases.evidence import team_of
from tracker.core.cases.figures import as_seed, figures_of
from tracker.core.cases.guards import part_holders
from tracker.core.cases.opening import Seed, openings
from tracker.core.cases.respondents import record_event
from tracker.core.cases.taking import Asked, Takings
from tracker.core.clock import office_date
from tracker.core.errors import N_, BadInput, StepRefused, say
from tracker.core.registers.officers import certificates
from tracker.workflows.inspections import staffing
from tracker.workflows.inspections.asks import CRITERIA
from tracker.workflows.inspections.guards import (
    PENALTY,
    on_or_after_approval,
    unfit_on,
)
from tracker.workflows.inspections.models import EXEMPTIONS, Inspection

Task = Asked[Inspection]


# ---------------------------------------------------------------- approval and notice


def _exemption(asked: Task) -> tuple[str, str]:
    exemption, basis = asked.text("exemption") or "none", asked.text("exemption_basis")
    if exemption not in EXEMPTIONS:
        raise BadInput("exemption", say("请选是否计入年度上限。"))
    if exemption != "none" and not basis:
        raise BadInput("exemption_basis", say("不计入年度上限的，请写明依据。"))
    return exemption, basis if exemption != "none" else ""


def _submit_check(asked: Task) -> Taking:
    task = asked.case
    exemption, basis = _exemption(asked)
    from_on, to_on = asked.day("from_on"), asked.day("to_on")
    if from_on is None or to_on is None or to_on < from_on:
        raise BadInput("to_on", say("检查结束日期不能早于开始日期。"))

    def apply() -> None:
        task.exemption, task.exemption_basis = exemption, basis

    return Taking(details={"exemption": exemption}, apply=apply)


def _approve(asked: Task) -> Taking:
    task = asked.case

    def apply() -> None:
        task.approved_at, task.approved_by_id = asked.now, asked.actor.user_id

    return Taking(apply=apply)


def _served(asked: Task) -> date:
    """The day of service; what is left behind needs a witness (民诉法 89)."""
    on = asked.day("on")
    if on is None:
        raise BadInput("on", say("请填送达日期。"))
    if asked.text("manner") == "left":
        asked.required("witness", N_("留置送达要写见证人。"))
    return on


def _serve_notice(asked: Task) -> Taking:
    task, on = asked.case, _served(asked)
    if not on_or_after_approval(task, on):
        raise BadInput("on", say("送达不能早于负责人批准检查之日。"))

    def apply() -> None:
        task.served_on = on

    return Taking(values={"restricted": False}, when=When(on=on), apply=apply)


# ---------------------------------------------------------------- on site


def _moment(asked: Task, name: str) -> datetime:
    value = asked.inputs.get(name)
    if not isinstance(value, datetime):
        raise BadInput(name, say("请填日期和时间。"))
    if value > asked.now:
        raise BadInput(name, say("日期不能晚于今天。"))
    return value


def _fit_then(asked: Task, day: date) -> dict[str, Any]:
    """Who was there on a day with which certificate; StepRefused where one was not valid."""
    refusal = unfit_on(asked.session, asked.case.id, day)
    if refusal is not None:
        raise StepRefused([refusal])
    team = team_of(asked.session, asked.case.id)
    held = certificates(asked.session, team, day)
    return {"officers": [[user, held[user]] for user in team]}


def _enter(asked: Task, *, urgent: bool = False) -> Taking:
    task = asked.case
    at = _moment(asked, "at")
    on = office_date(at)
    for name in ("shown", "told"):
        if asked.inputs.get(name) is not True:
            raise BadInput(name, say("没有出示证件、告知权利的，不能开始检查。"))
    if not urgent and task.served_on is not None and on < task.served_on:
        raise BadInput("at", say("进入现场不能早于检查通知送达之日。"))
    certified = _fit_then(asked, on)

    def apply() -> None:
        task.entered_on = on
        record_event(
            asked.session, task, "inspection", on, task.bureau_id or 0,
            exempt=task.exemption != "none",
        )  # fmt: skip

    fields = {k: v for k, v in asked.inputs.items() if k != "note"} | certified
    return Taking(
        values={"restricted": False}, details=certified, fields=fields, when=When(on=on, at=at),
        apply=apply,
    )  # fmt: skip


def _enter_urgent(asked: Task) -> Taking:
    """The check goes first; the approval has a day by which it is made up (T29)."""
    task = asked.case
    exemption, basis = _exemption(asked)
    makeup_by = asked.day("makeup_by")
    taking = _enter(asked, urgent=True)
    if makeup_by is None or (taking.when.on is not None and makeup_by < taking.when.on):
        raise BadInput("makeup_by", say("补办批准的期限不能早于进入现场之日。"))
    if task.approved_at is not None:
        taking.when = When(on=taking.when.on, without=frozenset({"T29"}))
    else:
        taking.when = When(on=taking.when.on, due=makeup_by)
    write = cast(Callable[[], None], taking.apply)

    def apply() -> None:
        task.urgent = True
        task.exemption, task.exemption_basis = exemption, basis
        write()

    taking.apply = apply
    return taking


def _signed(asked: Task) -> None:
    """Signed by whom it concerns, or the refusal is noted and was seen (行政处罚法 55)."""
    if asked.text("signed") == "yes":
        return
    asked.required("refusal", N_("请写明拒绝签名的情况。"))
    asked.required("witness", N_("拒绝签名时要写见证人。"))


def _record(asked: Task) -> Taking:
    started, ended = _moment(asked, "started_at"), _moment(asked, "ended_at")
    if ended < started:
        raise BadInput("ended_at", say("结束时间不能早于开始时间。"))
    entered = asked.case.entered_on
    if entered is not None and office_date(started) < entered:
        raise BadInput("started_at", say("笔录不能早于进入现场之日。"))
    _signed(asked)
    certified = _fit_then(asked, office_date(started))
    fields = {k: v for k, v in asked.inputs.items() if k != "note"} | certified
    return Taking(details=certified, fields=fields)


def _send_inquiry(asked: Task) -> Taking:
    on, reply_by = _served(asked), asked.day("reply_by")
    if reply_by is None or reply_by <= on:
        raise BadInput("reply_by", say("答复期限要晚于送达之日。"))
    return Taking(when=When(on=on, due=reply_by))


def _obstruction(asked: Task) -> Taking:
    _moment(asked, "at")
    task = asked.case

    def apply() -> None:
        task.obstructed = True

    return Taking(details={"kind": asked.text("kind")}, apply=apply)


def _take_reply(asked: Task) -> Taking:
    """Refusing an inquiry or lying in it is a violation of its own (统计法 38, 44)."""
    task = asked.case

    def apply() -> None:
        task.obstructed = task.obstructed or asked.text("reply") != "answered"

    return Taking(when=When(on=asked.day("on")), apply=apply)


def _finish(asked: Task) -> Taking:
    task, on = asked.case, asked.day("on")
    if on is None or (task.entered_on is not None and on < task.entered_on):
        raise BadInput("on", say("结束日期不能早于进入现场之日。"))

    def apply() -> None:
        task.left_on = on

    return Taking(when=When(on=on), apply=apply)


# ---------------------------------------------------------------- result


def _outcome(asked: Task, outcome: str, reason: str) -> Taking:
    task = asked.case

    def apply() -> None:
        task.outcome, task.outcome_reason = outcome, reason

    return Taking(details={"outcome": outcome}, apply=apply)


def _propose_clean(asked: Task) -> Taking:
    return _outcome(asked, "clean", asked.required("note", N_("请写明核对了什么。")))


def _propose_order(asked: Task) -> Taking:
    task, by = asked.case, asked.day("correct_by")
    if by is None or by <= asked.today:
        raise BadInput("correct_by", say("改正期限要晚于今天。"))
    taking = _outcome(asked, "order", asked.text("facts"))
    write = cast(Callable[[], None], taking.apply)

    def apply() -> None:
        write()
        task.correct_by = by

    taking.apply = apply
    return taking


def _propose_case(asked: Task) -> Taking:
    """All criteria must hold before a case is opened (domain 3.2, C1)."""
    missing = [label for key, label in CRITERIA.items() if key not in asked.inputs["criteria"]]
    if missing:
        raise BadInput("criteria", say("立案条件还缺：%(what)s。", what=say(missing[0])))
    act_from, act_to, found_on = (asked.day(n) for n in ("act_from", "act_to", "found_on"))
    if act_from is None or act_to is None or act_to < act_from:
        raise BadInput("act_to", say("行为终了之日不能早于开始之日。"))
    if found_on is None or found_on < act_from or found_on > asked.today:
        raise BadInput("found_on", say("发现之日要在行为开始之日到今天之间。"))
    return _outcome(asked, "case", asked.text("facts"))


def _open_penalty(asked: Task) -> Taking:
    return Taking(apply=lambda: _open(asked))


def _open(asked: Task) -> None:
    """Open the penalty case with what the check found; the link is made by the registry."""
    task, session = asked.case, asked.session
    said = answers(session, task.id)["propose_case"]
    holders = {part: part_holders(session, task.id, part) for part in ("handler", "co_officer")}
    openings.open(
        session,
        PENALTY,
        asked.actor,
        Seed(
            origin=task,
            unit_name=task.unit_name,
            uscc=task.uscc,
            unit_id=task.unit_id,
            region_code=task.region_code,
            matter=said["matter"],
            facts=said["facts"],
            source="inspection",
            confidentiality=task.confidentiality,
            act_from=said["act_from"],
            act_to=said["act_to"],
            found_on=said["found_on"],
            figures=as_seed(figures_of(session, task.id)),
            people={part: users[0] for part, users in holders.items() if users},
            more={
                "criteria": tuple(said["criteria"]),
                "inspection": task.number,
                "channel": task.channel,
                "obstructed": task.obstructed,
            },
        ),
        now=asked.now,
    )


def _serve_order(asked: Task) -> Taking:
    """From its service the order counts for the twelve months of 实施条例 50(4) (T31)."""
    task, on = asked.case, _served(asked)
    if task.correct_by is None or task.correct_by <= on:
        raise BadInput("on", say("改正期限已到，请退回重新认定期限。"))

    def apply() -> None:
        task.ordered_on = on
        record_event(asked.session, task, "correction_order", on, task.bureau_id or 0)

    return Taking(when=When(on=on, due=task.correct_by), apply=apply)


def _recheck(asked: Task, *, corrected: bool) -> Taking:
    at = _moment(asked, "at")
    if asked.case.ordered_on is not None and office_date(at) < asked.case.ordered_on:
        raise BadInput("at", say("复查不能早于责令改正通知书送达之日。"))
    _signed(asked)
    certified = _fit_then(asked, office_date(at))
    fields = {k: v for k, v in asked.inputs.items() if k != "note"} | certified
    taking = _outcome(asked, "order", asked.text("findings"))
    taking.details = {"corrected": corrected, **certified}
    taking.fields = fields
    return taking


def _tell(asked: Task) -> Taking:
    task, on = asked.case, asked.day("on")
    if on is None:
        raise BadInput("on", say("请填送达日期。"))

    def apply() -> None:
        task.told_on = on

    return Taking(when=When(on=on), apply=apply)


def _publish(asked: Task) -> Taking:
    task, on = asked.case, asked.day("on")
    if on is None or (task.left_on is not None and on < task.left_on):
        raise BadInput("on", say("公示不能早于检查结束之日。"))

    def apply() -> None:
        task.published_on = on

    return Taking(when=When(on=on), apply=apply)


TAKINGS: Takings = {
    "assign": staffing.assign,
    "reassign": partial(staffing.reassign, "handler"),
    "reassign_partner": partial(staffing.reassign, "co_officer"),
    "ask_recusal": staffing.ask_recusal,
    "decide_recusal": staffing.decide_recusal,
    "submit_check": _submit_check,
    "approve_check": _approve,
    "approve_afterwards": _approve,
    "serve_notice": _serve_notice,
    "enter_site": _enter,
    "enter_urgent": _enter_urgent,
    "record_site": _record,
    "record_interview": _record,
    "send_inquiry": _send_inquiry,
    "take_reply": _take_reply,
    "note_obstruction": _obstruction,
    "finish_site": _finish,
    "propose_clean": _propose_clean,
    "propose_order": _propose_order,
    "propose_case": _propose_case,
    "open_penalty": _open_penalty,
    "serve_order": _serve_order,
    "recheck_passed": partial(_recheck, corrected=True),
    "recheck_failed": partial(_recheck, corrected=False),
    "give_feedback": _tell,
    "publish": _publish,
}
