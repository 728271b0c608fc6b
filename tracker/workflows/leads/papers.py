"""What the papers, the working of a date and the comparison of duplicates show."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.cases.reads import files_of, names_for, outside
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import place_name
from tracker.web.desk.why import why_context
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
        "files": files_of(session, lead, from_outside=True),
        "place": place_name(session, lead.region_code),
        "period": period_label(lead.period),
        "channel": CHANNELS[lead.channel],
        "confidentiality": CONFIDENTIALITY[lead.confidentiality],
    }


def why(
    session: Session, actor: Actor, lead: Lead, deadline_id: int, today: date
) -> dict[str, Any]:
    """The working of one date; from outside only of one's own clocks, without their facts."""
    from_outside = outside(actor, lead)
    return why_context(
        session,
        FLOW,
        lead,
        deadline_id,
        today,
        shown=lambda d: not from_outside or d.responsible_role in OWN_CLOCKS,
        with_facts=not from_outside,
    )


def duplicates(session: Session, actor: Actor, lead: Lead) -> dict[str, Any]:
    """A lead beside those that look like it."""
    likely = likely_duplicates(session, lead, actor)
    full = session.scalars(
        select(Lead).where(Lead.id == lead.id).options(selectinload(Lead.indicators))
    ).one()
    return {
        "lead": full,
        "likely": likely,
        "names": names_for(session, [lead, *(x.lead for x in likely)]),
        "may_confirm": actor.has(Role.REGISTRAR, lead.bureau_id)
        and lead.duplicates_seen_at is None,
        "period_label": period_label,
        "state_of": lambda x: FLOW.state(x.state),
        "channels": CHANNELS,
    }
