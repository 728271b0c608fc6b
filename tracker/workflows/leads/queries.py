"""Reads of leads; each takes the actor, and none sees more than `visible(actor)`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases import listing, reads
from tracker.core.cases.listing import Page
from tracker.core.cases.models import Attachment, Case
from tracker.core.cases.scope import get_visible, visible
from tracker.core.errors import N_
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import Lead

PAGE = listing.PAGE
VIEWS = {
    **{k: listing.VIEWS[k] for k in ("waiting", "late", "open")},
    "handed_down": N_("上级转办"),
    **{k: listing.VIEWS[k] for k in ("mine", "closed")},
}


@dataclass(frozen=True, slots=True)
class Filters(listing.Filters):
    """What a list of leads is narrowed to."""

    org: int | None = None
    channel: str = ""


def condition(session: Session, actor: Actor, filters: Filters, today: date) -> ColumnElement[bool]:
    """All that a list is narrowed to, scope included."""
    parts: list[ColumnElement[bool]] = [listing.view_condition(actor, filters.view, today)]
    if filters.view == "handed_down":
        parts.append(Case.channel == "handed_down")
    if filters.org is not None:
        parts.append(Case.origin_org_id == filters.org)
    if filters.channel:
        parts.append(Case.channel == filters.channel)
    return listing.condition(session, actor, FLOW.kind, filters, today, and_(*parts))


def list_leads(
    session: Session,
    actor: Actor,
    filters: Filters,
    today: date,
    *,
    after: str | None = None,
    before: str | None = None,
) -> Page[Lead]:
    """One page ordered by due date; cursors come from an earlier page, bad ones are ignored."""
    where = condition(session, actor, filters, today)
    return listing.list_page(session, Lead, actor, where, after=after, before=before, size=PAGE)


def get_file(session: Session, actor: Actor, lead_id: int, file_id: int) -> Attachment:
    """One file of a lead the actor may see; otherwise it does not exist."""
    return reads.file_of(session, actor, get_visible(session, Lead, actor, lead_id), file_id)


def by_number(session: Session, actor: Actor, number: str) -> Lead | None:
    """A lead by its full number, if it exists for the actor."""
    return session.scalars(
        select(Lead).where(Lead.number == number.strip(), visible(actor))
    ).one_or_none()
