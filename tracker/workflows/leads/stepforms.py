"""The forms of the steps, filled with what may be chosen, and read back as inputs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.cases.bulk_steps import for_many
from tracker.core.cases.flow import Step
from tracker.core.cases.guards import part_holders
from tracker.core.cases.models import Case
from tracker.core.cases.scope import get_visible
from tracker.core.deadlines.service import longest_extension
from tracker.core.errors import N_, BadInput, say
from tracker.core.registers.officers import certificates
from tracker.web.desk.fields import parse_number
from tracker.web.errors import tell
from tracker.web.shell import today as office_today
from tracker.workflows.leads import queries
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.forms import (
    STEP_FORMS,
    AssignForm,
    ExtendForm,
    FindingsForm,
    StepForm,
    TargetForm,
    VerifyForm,
)
from tracker.workflows.leads.guards import verifying_clock
from tracker.workflows.leads.models import Lead

# What the note of a step is called, where it is more than a remark.
NOTE_LABELS = {
    "verify": N_("初审理由"),
    "hand_inside": N_("初审理由"),
    "propose_referral": N_("初审理由"),
    "propose_refusal": N_("初审理由"),
    "submit_findings": N_("查到什么，依据哪些证据"),
    "supply": N_("复函内容"),
    "ask_supplement": N_("函里要什么"),
    "report_up": N_("报告内容摘要"),
    "extend_verifying": N_("为什么要延长"),
}


def fill_step_form(
    session: Session,
    actor: Actor,
    case_id: int,
    step: str,
    today: date,
    given: MultiDict[str, str] | None = None,
) -> StepForm:
    """The form of a step; on a POST it holds what was sent, else `given` or sensible values."""
    lead = get_visible(session, Lead, actor, case_id)
    kind = STEP_FORMS[FLOW.step(step).form]
    data = request.form if request.method == "POST" else given
    form = kind(formdata=data, prefix=f"{step}-") if data is not None else _empty(kind, step)
    return offer(session, lead, form, today)


def blank_form(session: Session, lead: Lead, step: str, today: date, given: Any = None) -> StepForm:
    """The form of a step as the page first shows it, or filled with parked text."""
    kind = STEP_FORMS[FLOW.step(step).form]
    form = kind(formdata=given, prefix=f"{step}-") if given is not None else _empty(kind, step)
    return offer(session, lead, form, today)


def _empty(kind: type[StepForm], step: str) -> StepForm:
    return kind(formdata=None, prefix=f"{step}-")


def offer(session: Session, lead: Lead, form: StepForm, today: date) -> StepForm:
    """Fill the selects of a step's form with the officers of the bureau."""
    if isinstance(form, AssignForm | VerifyForm):
        people = people_in(session, lead.bureau_id or 0, Role.INSPECTOR, today)
        valid = certificates(session, [p.id for p in people], today)
        offered = [("", gettext("请选择"))]
        for person in people:
            number = valid.get(person.id)
            note = gettext("执法证 %(n)s，有效", n=number) if number else gettext("执法证今天无效")
            offered.append((str(person.id), f"{person.name}　{note}"))
        form.handler.choices = offered
        if isinstance(form, VerifyForm):
            form.co_officer.choices = offered
            holders = part_holders(session, lead.id, "handler")
            if form.handler.data in (None, "None", "") and holders and holders[0] in valid:
                form.handler.data = str(holders[0])
    if isinstance(form, ExtendForm):
        deadline = verifying_clock(session, lead)
        most = longest_extension(session, deadline) if deadline is not None else None
        if most is not None:
            form.days.description = gettext("依规则最多 %(n)s 天", n=most.count)
    return form


def step_inputs(
    session: Session, actor: Actor, form: StepForm, sent: Mapping[str, str]
) -> dict[str, Any]:
    """Inputs for the service: the form's fields, numbers of other leads looked up, figures read."""
    inputs = form.inputs()
    if isinstance(form, TargetForm):
        number = (form.number.data or "").strip()
        other = queries.by_number(session, actor, number) if number else None
        if other is None:
            raise BadInput("number", say("没有找到这条线索，请核对编号。"))
        inputs["target"] = other.id
    if isinstance(form, FindingsForm):
        inputs["verified"] = _verified(sent)
    return inputs


def _verified(sent: Mapping[str, str]) -> dict[int, Decimal | None]:
    found: dict[int, Decimal | None] = {}
    for name, raw in sent.items():
        prefix, _, number = name.rpartition("verified-")
        if prefix != "submit_findings-" or not number.isdigit():
            continue
        try:
            found[int(number)] = parse_number(raw)
        except ValueError:
            raise BadInput(
                "note", say("核实数要填数字，例如 208；您填的是“%(raw)s”。", raw=raw)
            ) from None
    return found


class ForMany:
    """The forms of the steps that many leads can take together, with the same answers."""

    # These are about one lead: its content, its figures, its criteria, what its sender is told.
    _OF_ONE_LEAD = frozenset({"lead", "findings", "open_case", "feedback"})

    def suits(self, step: Step) -> bool:
        """Whether the answers can be the same for many leads."""
        return for_many(step) and step.form not in self._OF_ONE_LEAD

    def form(
        self,
        session: Session,
        actor: Actor,  # noqa: ARG002 - the forms of a lead ask nothing about the reader
        case: Case,
        step: Step,
        sent: MultiDict[str, str] | None,
    ) -> StepForm:
        """The form of a step; what stands for one lead only is neither filled in nor said."""
        form = STEP_FORMS[step.form](formdata=sent, prefix=f"{step.name}-")
        handler = form.handler.data if isinstance(form, VerifyForm) else None
        offer(session, cast(Lead, case), form, office_today())
        if isinstance(form, VerifyForm):
            form.handler.data = handler
        if isinstance(form, ExtendForm):
            form.days.description = ""
        if step.name in NOTE_LABELS:
            form.note.label.text = tell(NOTE_LABELS[step.name])
        return form

    def inputs(self, session: Session, actor: Actor, form: StepForm) -> dict[str, Any]:
        """As for one lead."""
        return step_inputs(session, actor, form, {})


FOR_MANY = ForMany()
