"""What each step of the lead handoff needs besides the move itself: checked, then written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import cast

from tracker.core.accounts.models import User
from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.cases.clocks import Extending
from tracker.core.cases.engine import Taking
from tracker.core.cases.guards import part_holders
from tracker.core.cases.links import add_link
from tracker.core.cases.models import CaseExcludedOrg
from tracker.core.cases.opening import openings
from tracker.core.cases.scope import get_visible
from tracker.core.cases.taking import Asked
from tracker.core.clock import office_date
from tracker.core.deadlines.service import longest_extension
from tracker.core.errors import N_, BadInput, NotVisible, say
from tracker.core.registers.models import Organisation
from tracker.core.registers.officers import uncertified
from tracker.core.rulebook.terms import Term, Unit
from tracker.workflows.leads.guards import verifying_clock
from tracker.workflows.leads.handing_on import seed
from tracker.workflows.leads.models import CASE_KIND, CRITERIA, REFUSAL_GROUNDS, Lead
from tracker.workflows.leads.parties import recipient
from tracker.workflows.leads.receipt import letter, receive

StepInput = Asked[Lead]


def _approve(asked: StepInput) -> Taking:
    body = recipient(asked.session, asked.case)
    if body is None:
        return Taking()  # the guard says why and refuses
    origin = asked.session.get_one(Organisation, asked.case.origin_org_id)
    lead = asked.case
    return Taking(
        values={
            "bureau_id": body.id,
            "scope_code": body.region_code if body.kind == "bureau" else "",
        },
        details={"to": body.id},
        apply=lambda: letter(asked.session, lead, origin, asked.now),
    )


def _receive(asked: StepInput) -> Taking:
    lead = asked.case
    body = asked.session.get_one(Organisation, cast(int, lead.bureau_id))
    return Taking(
        parts={"registrar": asked.actor.user_id},
        apply=lambda: receive(asked.session, lead, body, asked.actor.user_id, asked.now),
    )


def _officer(asked: StepInput, name: str, *, certified: bool) -> User:
    """An inspector of the lead's bureau, named in a field; unfit ones are refused."""
    session, lead = asked.session, asked.case
    today = office_date(asked.now)
    user_id = asked.inputs.get(name)
    people = {u.id: u for u in people_in(session, lead.bureau_id or 0, Role.INSPECTOR, today)}
    user = people.get(int(user_id)) if user_id else None
    if user is None:
        raise BadInput(name, say("请选一名本单位的执法检查人员。"))
    excluded = session.get(CaseExcludedOrg, (lead.id, lead.bureau_id))
    if excluded is not None or user.clearance < lead.confidentiality:
        raise BadInput(name, say("%(who)s 的涉密权限不够办理本件。", who=user.name))
    if certified and uncertified(session, [user.id], today):
        raise BadInput(name, say("%(who)s 的统计执法证今天无效，不能核查。", who=user.name))
    return user


def _assign(asked: StepInput) -> Taking:
    certified = asked.case.state != "triage" and asked.case.state != "registered"
    user = _officer(asked, "handler", certified=certified)
    if user.id in part_holders(asked.session, asked.case.id, "co_officer"):
        raise BadInput("handler", say("%(who)s 是本件的协办人，不能兼任主办。", who=user.name))
    return Taking(parts={"handler": user.id}, details={"handler": user.id})


def _assign_partner(asked: StepInput) -> Taking:
    user = _officer(asked, "handler", certified=True)
    if user.id in part_holders(asked.session, asked.case.id, "handler"):
        raise BadInput("handler", say("%(who)s 是本件的主办人，不能兼任协办。", who=user.name))
    return Taking(parts={"co_officer": user.id}, details={"co_officer": user.id})


def _verify(asked: StepInput) -> Taking:
    handler = _officer(asked, "handler", certified=True)
    other = _officer(asked, "co_officer", certified=True)
    if handler.id == other.id:
        raise BadInput("co_officer", say("主办和协办须是两个人。"))
    taking = _outcome(asked, "verify")
    taking.parts = {"handler": handler.id, "co_officer": other.id}
    taking.details = {"handler": handler.id, "co_officer": other.id}
    return taking


def _outcome(asked: StepInput, outcome: str, **more: str) -> Taking:
    reason = asked.required("note", N_("请写明初审理由。"))
    lead = asked.case

    def apply() -> None:
        lead.outcome, lead.outcome_reason = outcome, reason
        lead.refusal_ground = more.get("ground")
        lead.handed_to = more.get("handed_to")

    return Taking(note=reason, details={"outcome": outcome, **more}, apply=apply)


def _propose_case(asked: StepInput) -> Taking:
    met = _criteria(asked)
    taking = _outcome(asked, "open_case")
    taking.fields = {"criteria": met}
    return taking


def _propose_case_found(asked: StepInput) -> Taking:
    met = _criteria(asked)
    asked.required("note", N_("请写明为什么立案。"))
    return Taking(details={"criteria": met}, fields={"criteria": met})


def _criteria(asked: StepInput) -> tuple[str, ...]:
    given = asked.inputs.get("criteria") or ()
    missing = next((label for name, label in CRITERIA.items() if name not in given), None)
    if missing is not None:
        raise BadInput("criteria", say("立案须五个条件都具备，还缺“%(what)s”。", what=say(missing)))
    return tuple(CRITERIA)


def _approve_case(asked: StepInput) -> Taking:
    lead, session = asked.case, asked.session

    def apply() -> None:
        openings.open(session, CASE_KIND, asked.actor, seed(session, lead), now=asked.now)
        lead.case_opened_on = office_date(asked.now)

    return Taking(apply=apply)


def _inside(asked: StepInput) -> Taking:
    to = asked.required("handed_to", N_("请写明转给哪个业务科室。"))
    return _outcome(asked, "inside", handed_to=to)


def _refer(asked: StepInput) -> Taking:
    to = asked.required("handed_to", N_("请写明转送哪个机关。"))
    return _outcome(asked, "refer", handed_to=to)


def _refuse(asked: StepInput) -> Taking:
    ground = asked.required("ground", N_("请选不予受理的理由。"))
    if ground not in REFUSAL_GROUNDS:
        raise BadInput("ground", say("请选不予受理的理由。"))
    return _outcome(asked, "refuse", ground=ground)


def _target(asked: StepInput) -> Lead:
    target_id = asked.inputs.get("target")
    try:
        target = get_visible(
            asked.session, Lead, asked.actor, int(target_id) if target_id else 0, lock=True
        )
    except NotVisible:
        raise BadInput("target", say("没有找到这条线索，请核对编号。")) from None
    if target.id == asked.case.id:
        raise BadInput("target", say("不能和自己关联。"))
    return target


def _merge(asked: StepInput) -> Taking:
    target = _target(asked)
    if target.closed_at is not None:
        raise BadInput("target", say("那条线索已经办结，不能再并入；可以改为关联。"))
    if target.bureau_id != asked.case.bureau_id:
        raise BadInput("target", say("只能并入本单位在办的线索。"))
    taking = _outcome(asked, "merge")
    write = taking.apply

    def apply() -> None:
        if write is not None:
            write()
        add_link(
            asked.session,
            asked.case.id,
            target.id,
            "merged_into",
            actor_id=asked.actor.user_id,
            now=asked.now,
            note=taking.note,
        )

    taking.apply = apply
    taking.details = {"target": target.id}
    return taking


def _link(asked: StepInput) -> Taking:
    target = _target(asked)
    kind = asked.text("kind") or "duplicate"
    if kind not in ("duplicate", "same_unit"):
        raise BadInput("kind", say("请选关联的种类。"))
    return Taking(
        details={"target": target.id, "kind": kind},
        apply=lambda: _add(asked, target.id, kind),
    )


def _add(asked: StepInput, target_id: int, kind: str) -> None:
    add_link(
        asked.session,
        asked.case.id,
        target_id,
        kind,
        actor_id=asked.actor.user_id,
        now=asked.now,
        note=asked.text("note"),
    )


def _extend(asked: StepInput) -> Taking:
    written = asked.text("days")
    if re.fullmatch(r"[0-9]{1,3}", written) is None or not int(written):
        raise BadInput("days", say("要填天数，例如 30。"))
    document = asked.required("document", N_("请写明批准延长的文号。"))
    reason = asked.required("note", N_("请写明为什么要延长。"))
    deadline = verifying_clock(asked.session, asked.case)
    handlers = part_holders(asked.session, asked.case.id, "handler")
    if deadline is None or not handlers:
        raise BadInput("days", say("核查期限现在不走，没有可以延长的。"))
    term = Term(int(written), Unit(deadline.unit))
    most = longest_extension(asked.session, deadline)
    if most is not None and term.count > most.count:
        raise BadInput("days", say("依规则最多还能延长 %(most)s。", most=most.phrase))
    return Taking(
        note=reason,
        details={"term": str(term), "document": document},
        extending=Extending(term, reason, document, handlers[0]),
    )


def _findings(asked: StepInput) -> Taking:
    text = asked.required("note", N_("请写明查到什么、依据哪些证据。"))
    found = asked.inputs.get("found")
    if found is None:
        raise BadInput("found", say("请选是否查实。"))
    verified: Mapping[int, Decimal | None] = asked.inputs.get("verified") or {}
    lead = asked.case

    def apply() -> None:
        lead.found, lead.findings = bool(found), text
        for indicator in lead.indicators:
            if indicator.id in verified:
                indicator.verified = verified[indicator.id]

    return Taking(note=text, details={"found": bool(found)}, apply=apply)


def _feedback(asked: StepInput) -> Taking:
    lead, session = asked.case, asked.session
    origin = session.get_one(Organisation, lead.origin_org_id)
    sender = asked.text("feedback_sender")
    reporter = asked.text("feedback_reporter")
    if origin.id != lead.bureau_id and not sender:
        raise BadInput("feedback_sender", say("请写给%(who)s的反馈。", who=origin.name))
    if lead.reporter == "named" and lead.reply_wanted and not reporter:
        raise BadInput("feedback_reporter", say("举报人要求答复，请写告知内容。"))

    def apply() -> None:
        lead.feedback_sender = sender or None
        lead.feedback_reporter = reporter or None
        lead.feedback_at = asked.now

    return Taking(details={"sender": bool(sender), "reporter": bool(reporter)}, apply=apply)


def _report_up(asked: StepInput) -> Taking:
    lead = asked.case

    def apply() -> None:
        lead.reported_up_at = asked.now

    return Taking(apply=apply)


TAKINGS: dict[str, Callable[[StepInput], Taking]] = {
    "approve": _approve,
    "receive": _receive,
    "assign": _assign,
    "reassign": _assign,
    "reassign_partner": _assign_partner,
    "verify": _verify,
    "propose_case": _propose_case,
    "propose_case_found": _propose_case_found,
    "approve_case": _approve_case,
    "hand_inside": _inside,
    "propose_referral": _refer,
    "propose_refusal": _refuse,
    "merge": _merge,
    "merge_at_triage": _merge,
    "link": _link,
    "extend_verifying": _extend,
    "submit_findings": _findings,
    "give_feedback": _feedback,
    "report_up": _report_up,
}
