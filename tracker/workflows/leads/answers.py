"""Small things every page of a lead says or does after a verb."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.attachments import Staged
from tracker.core.cases.flow import flows
from tracker.core.clock import utc_now
from tracker.web.access import request_id
from tracker.web.errors import tell
from tracker.workflows.leads import service
from tracker.workflows.leads.models import Lead


def done(lead: Lead, step: str) -> str:
    """What to say after a step; a new number is said with it."""
    return tell(flows.get("lead").step(step).done) + (
        f" {lead.number}" if step in ("receive", "intake") else ""
    )


def hang_all(session: Session, actor: Actor, lead: Lead, kept: list[Staged]) -> None:
    """Hang stored files on a lead in the transaction of the verb."""
    for staged in kept:
        service.attach_staged(
            session, actor, lead.id, staged, now=utc_now(), request_id=request_id()
        )
