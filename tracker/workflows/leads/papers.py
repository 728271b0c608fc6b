"""What the papers, the working of a date and the comparison of duplicates show."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store as calendar_store
from tracker.core.clock import office_date
from tracker.core.deadlines.account import fact_lines
from tracker.core.deadlines.service import of_case, rule_of
from tracker.core.errors import NotVisible
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import place_name
from tracker.core.reminders.plan import forecast
from tracker.web.clockface import faces_of
from tracker.workflows.leads import queries
from tracker.workflows.leads.duplicates import likely_duplicates
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.forms import period_label
from tracker.workflows.leads.models import CHANNELS, CONFIDENTIALITY, Lead
from tracker.workflows.leads.page import OWN_CLOCKS


def paper(session: Session, lead: Lead) -> dict[str, Any]:
    """What the printable papers need: both organisations, the people, the files."""
    bureau = session.get(Organisation, lead.bureau_id) if lead.bureau_id else None
    return {
        "lead": lead,
        "origin": session.get_one(Organisation, lead.origin_org_id),
        "bureau": bureau,
        "received_by": session.get(User, lead.received_by_id) if lead.received_by_id else None,
        "files": queries.files_of(session, lead, from_outside=True),
        "place": place_name(session, lead.region_code),
        "period": period_label(lead.period),
        "channel": CHANNELS[lead.channel],
        "confidentiality": CONFIDENTIALITY[lead.confidentiality],
    }


def why(
    session: Session, actor: Actor, lead: Lead, deadline_id: int, today: date
) -> dict[str, Any]:
    """The working of one date, with the rule it follows."""
    deadline = next((d for d in of_case(session, lead.id) if d.id == deadline_id), None)
    from_outside = queries.outside(actor, lead)
    if deadline is None or (from_outside and deadline.responsible_role not in OWN_CLOCKS):
        raise NotVisible(f"deadline {deadline_id}")
    # A clock that is over keeps the calendar of its day: what is learnt later moves it no more.
    upto = deadline.calendar_edition if deadline.stopped_on is not None else None
    calendar = calendar_store.load(session, upto=upto)
    face = faces_of(session, [deadline], calendar, today)[0]
    labels = {name: step.label for name, step in FLOW.step_map.items()}
    return {
        "lead": lead,
        "deadline": deadline,
        "face": face,
        "working": face.working,
        "rule": rule_of(deadline),
        "facts": [] if from_outside else fact_lines(session, [deadline.id], labels)[deadline.id],
        "reminders": [
            r
            for r in forecast(session, lead.id)
            if r.deadline_id == deadline.id and office_date(r.due_at) >= today
        ],
    }


def duplicates(session: Session, actor: Actor, lead: Lead) -> dict[str, Any]:
    """A lead beside those that look like it."""
    likely = likely_duplicates(session, lead, actor)
    full = session.scalars(
        select(Lead).where(Lead.id == lead.id).options(selectinload(Lead.indicators))
    ).one()
    return {
        "lead": full,
        "likely": likely,
        "names": queries.names_for(session, [lead, *(x.lead for x in likely)]),
        "may_confirm": actor.has(Role.REGISTRAR, lead.bureau_id)
        and lead.duplicates_seen_at is None,
        "period_label": period_label,
        "state_of": lambda x: FLOW.state(x.state),
        "channels": CHANNELS,
    }
