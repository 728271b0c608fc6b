"""Writes: one verb per thing a person can do to a lead.

Every verb runs inside the caller's transaction and ends in `open_case()` or `move()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.audit.service import record
from tracker.core.calendar.days import OutsideCalendar
from tracker.core.cases.attaching import attach as add_file
from tracker.core.cases.attachments import Staged, stage
from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking, move, open_case
from tracker.core.cases.means import means
from tracker.core.cases.models import Attachment, CaseExcludedOrg
from tracker.core.cases.reads import outside
from tracker.core.cases.scope import get_visible
from tracker.core.cases.taking import take as take_step
from tracker.core.errors import BadInput, Refusal, StepRefused, say
from tracker.core.registers.models import Organisation
from tracker.core.registers.names import name_key
from tracker.core.vault import service as vault
from tracker.workflows.leads.data import LeadData
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import Lead, LeadIndicator
from tracker.workflows.leads.receipt import receive
from tracker.workflows.leads.takings import TAKINGS

__all__ = ["attach", "attach_staged", "draft", "edit", "intake", "see_duplicates", "take"]


def draft(
    session: Session,
    actor: Actor,
    data: LeadData,
    *,
    now: datetime,
    org_id: int,
    request_id: str | None = None,
) -> Lead:
    """A department writes a lead down; it stays in the department until approved (L0)."""
    lead = _new(data, org_id)
    _refuse_own_accused(session, data, org_id)
    _refuse_above_clearance(data, actor)
    taking = Taking(
        parts={"drafter": _stood_for(actor, "draft", org_id)},
        details={"unit": data.unit_name, "period": data.period},
        request_id=request_id,
        apply=lambda: _details(session, lead, data, actor, now),
    )
    open_case(session, lead, "draft", actor, now=now, taking=taking)
    return lead


def intake(
    session: Session,
    actor: Actor,
    data: LeadData,
    *,
    now: datetime,
    org_id: int,
    request_id: str | None = None,
) -> Lead:
    """The bureau writes down a lead that reached it otherwise than from a department (L3)."""
    body = session.get_one(Organisation, org_id)
    lead = _new(data, org_id)
    _refuse_own_accused(session, data, org_id)
    _refuse_above_clearance(data, actor)
    lead.bureau_id = org_id
    lead.scope_code = body.region_code if body.kind == "bureau" else ""

    def apply() -> None:
        _details(session, lead, data, actor, now)
        receive(session, lead, body, actor.user_id, now)

    taking = Taking(
        parts={"registrar": actor.user_id},
        details={"unit": data.unit_name, "period": data.period, "channel": data.channel},
        when=When(due=data.superior_due_on),
        request_id=request_id,
        apply=apply,
    )
    try:
        open_case(session, lead, "intake", actor, now=now, taking=taking)
    except (OutsideCalendar, OverflowError) as error:
        raise BadInput("superior_due_on", say("这个日期太早或太远，请核对。")) from error
    return lead


def edit(
    session: Session,
    actor: Actor,
    lead_id: int,
    data: LeadData,
    *,
    seen: int,
    now: datetime,
    request_id: str | None = None,
) -> Lead:
    """The drafter changes a lead that has not left the department, or came back to it."""
    lead = get_visible(session, Lead, actor, lead_id, lock=True)
    _refuse_own_accused(session, data, lead.origin_org_id)
    _refuse_above_clearance(data, actor)

    def apply() -> None:
        wanted = lead.reply_wanted
        _copy(lead, data)
        if lead.reporter == "named":  # sealed with the identity; the form shows neither again
            lead.reply_wanted = wanted
        _details(session, lead, data, actor, now)

    taking = Taking(
        values={
            "title": _title(data),
            "region_code": data.region_code,
            "confidentiality": data.confidentiality,
        },
        details={"unit": data.unit_name, "period": data.period},
        request_id=request_id,
        apply=apply,
    )
    move(session, lead, "edit", actor, seen=seen, now=now, prepare=lambda: taking)
    return lead


def take(
    session: Session,
    actor: Actor,
    lead_id: int,
    step: str,
    inputs: Mapping[str, Any],
    *,
    seen: int,
    now: datetime,
    request_id: str | None = None,
) -> Lead:
    """Take one step of the table on a lead.

    `inputs` are the cleaned fields of the step's form; what only the database can know to be
    wrong raises BadInput with the field's name. Refusals raise StepRefused.
    """
    return take_step(
        session,
        Lead,
        actor,
        lead_id,
        step,
        inputs,
        seen=seen,
        now=now,
        takings=TAKINGS,
        request_id=request_id,
    )


def see_duplicates(
    session: Session, actor: Actor, lead_id: int, *, now: datetime, request_id: str | None = None
) -> Lead:
    """The registrar says that the likely duplicates have been compared; assigning asks for it."""
    lead = get_visible(session, Lead, actor, lead_id, lock=True)
    if not actor.has(Role.REGISTRAR, lead.bureau_id):
        raise StepRefused([Refusal(say("查重由登记员办理。"))], "see_duplicates")
    lead.duplicates_seen_at = now
    record(
        session,
        tag="lead.duplicates.seen",
        at=now,
        actor_id=actor.user_id,
        case_id=lead.id,
        object=f"lead:{lead.id}",
        request_id=request_id,
    )
    return lead


def attach(
    session: Session,
    actor: Actor,
    lead_id: int,
    name: str,
    content: bytes,
    *,
    now: datetime,
    label: str = "",
    internal: bool = False,
    request_id: str | None = None,
) -> Attachment:
    """Check, store and add one file in one go; see `attach_staged`."""
    staged = stage(name, BytesIO(content))
    return attach_staged(
        session,
        actor,
        lead_id,
        staged,
        now=now,
        label=label,
        internal=internal,
        request_id=request_id,
    )


def attach_staged(
    session: Session,
    actor: Actor,
    lead_id: int,
    staged: Staged,
    *,
    now: datetime,
    label: str = "",
    internal: bool = False,
    request_id: str | None = None,
) -> Attachment:
    """Add a stored file to an open lead; the side that has sent it away adds nothing more."""
    lead = get_visible(session, Lead, actor, lead_id, lock=True)
    from_outside = outside(actor, lead)
    if from_outside and lead.closed_at is None and lead.turn_org_id != lead.origin_org_id:
        raise StepRefused(
            [
                Refusal(
                    say("线索已经移送，材料由统计机构保管。"),
                    instead=say("需要补充时统计机构会发函"),
                )
            ],
            "attach",
        )
    return add_file(
        session,
        actor,
        lead,
        staged,
        now=now,
        label=label,
        internal=internal and not from_outside,
        request_id=request_id,
    )


# ---------------------------------------------------------------- parts of the verbs


def _stood_for(actor: Actor, step: str, org_id: int) -> int:
    """Whose part it is: of whoever lent the power that opens the lead, if it was lent."""
    roles = FLOW.step(step).by
    fit = (p for p in actor.powers if p.role in roles and p.org_id == org_id)
    power = next(fit, None)
    return (power.on_behalf_of if power else None) or actor.user_id


def _title(data: LeadData) -> str:
    return f"{data.unit_name}涉嫌{data.matter}"


def _new(data: LeadData, org_id: int) -> Lead:
    lead = Lead(
        kind=FLOW.kind,
        origin_org_id=org_id,
        title=_title(data),
        region_code=data.region_code,
        confidentiality=data.confidentiality,
        channel=data.channel,
        scope_code="",
        reporter="none",
    )
    _copy(lead, data)
    return lead


def _copy(lead: Lead, data: LeadData) -> None:
    for name in (
        "unit_name",
        "uscc",
        "period",
        "matter",
        "found_in",
        "found_on",
        "survey_owner",
        "facts",
        "reply_wanted",
        "superior_name",
        "superior_letter",
        "superior_due_on",
    ):
        setattr(lead, name, getattr(data, name))
    lead.unit_key = name_key(data.unit_name)


def _details(session: Session, lead: Lead, data: LeadData, actor: Actor, now: datetime) -> None:
    """Indicator lines, exclusion of the accused unit's department, and the sealed reporter."""
    lead.indicators.clear()
    session.flush()
    for line, item in enumerate(data.indicators, start=1):
        lead.indicators.append(
            LeadIndicator(
                line=line,
                name=item.name,
                unit=item.unit,
                reported=item.reported,
                known=item.known,
                source=item.source,
            )
        )
    _exclude(session, lead, data)
    if data.identity:
        vault.seal(
            session, lead.id, data.identity, taken_by=actor.user_id, now=now, kek=means().kek()
        )
        lead.reporter = "named"
    elif lead.reporter != "named":
        lead.reporter = "anonymous" if data.reporter == "anonymous" else "none"
    session.flush()


def _exclude(session: Session, lead: Lead, data: LeadData) -> None:
    """Whoever answers for the accused unit never sees the lead (实施条例 38, 46)."""
    excluded = {data.competent_org_id} if data.competent_org_id else set()
    key = name_key(data.unit_name)
    for org in session.scalars(
        select(Organisation).where(Organisation.region_code == data.region_code)
    ):
        if name_key(org.name) == key:
            excluded.add(org.id)
    for row in session.scalars(select(CaseExcludedOrg).where(CaseExcludedOrg.case_id == lead.id)):
        session.delete(row)
    session.flush()
    session.add_all(CaseExcludedOrg(case_id=lead.id, org_id=org_id) for org_id in sorted(excluded))


def _refuse_above_clearance(data: LeadData, actor: Actor) -> None:
    """Nobody makes a lead that is then hidden from themselves."""
    if data.confidentiality > actor.clearance:
        raise BadInput("confidentiality", say("密级不能高于您自己的涉密权限。"))


def _refuse_own_accused(session: Session, data: LeadData, org_id: int) -> None:
    """Nobody writes down a lead against their own house, or one that they answer for."""
    own = session.get_one(Organisation, org_id)
    if name_key(own.name) == name_key(data.unit_name):
        raise BadInput("unit_name", say("涉及本单位自己，本单位不能经手；请向上级统计机构举报。"))
    if data.competent_org_id == org_id:
        raise BadInput(
            "competent_org_id",
            say("涉及本部门主管的单位，本部门不能经手；请直接向统计机构举报。"),
        )
