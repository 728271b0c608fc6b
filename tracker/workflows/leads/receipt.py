"""Receiving a lead: the number, the date, and who took it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.core.documents.numbering import draw
from tracker.core.registers.models import Organisation
from tracker.core.registers.units import record_unit
from tracker.core.registers.uscc import check_uscc
from tracker.workflows.leads.models import Lead

# Letters in official numbers; each bureau's own may differ (domain 8.4, type letters U).
LEAD_LETTER = "线"
HANDOVER_LETTER = "移"


def receive(session: Session, lead: Lead, body: Organisation, user_id: int, now: datetime) -> None:
    """Give a lead its number in the bureau's register, and count it in its unit's history."""
    if lead.number is None:  # a lead that bounced and came again keeps its first number
        lead.number = draw(
            session,
            org_id=body.id,
            prefix=body.doc_prefix,
            kind=LEAD_LETTER,
            case_id=lead.id,
            now=now,
        )
    # After the number, which only one draws at a time, so that a unit is not recorded twice.
    usable = lead.uscc if lead.uscc and check_uscc(lead.uscc) is None else None
    lead.unit_id = record_unit(session, lead.unit_name, usable, lead.region_code).id
    lead.received_at = now
    lead.received_by_id = user_id


def letter(session: Session, lead: Lead, origin: Organisation, now: datetime) -> None:
    """Give the department's handover letter its number."""
    if lead.letter_number is None:
        lead.letter_number = draw(
            session,
            org_id=origin.id,
            prefix=origin.doc_prefix,
            kind=HANDOVER_LETTER,
            case_id=lead.id,
            now=now,
        )
    lead.sent_at = now
