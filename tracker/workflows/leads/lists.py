"""What the list of leads shows, and how its address is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store as calendar_store
from tracker.core.cases.listing import known_states, regions_below
from tracker.core.cases.reads import outside
from tracker.core.registers.models import Organisation
from tracker.web.clockface import clockfaces
from tracker.web.desk.lists import common_filters
from tracker.workflows.leads import queries
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import CHANNELS
from tracker.workflows.leads.page import label_of
from tracker.workflows.leads.queries import VIEWS, Filters


def read_filters(args: Mapping[str, str]) -> Filters:
    """Filters from an address; what makes no sense is left out."""
    org = args.get("org", "")
    return Filters(
        **common_filters(FLOW, args, VIEWS),
        org=int(org) if org.isascii() and org.isdigit() and len(org) < 10 else None,
        channel=args.get("channel", "") if args.get("channel") in CHANNELS else "",
    )


def list_context(
    session: Session,
    actor: Actor,
    filters: Filters,
    today: date,
    *,
    after: str | None,
    before: str | None,
) -> dict[str, Any]:
    """Everything the list page shows; the number of queries does not depend on its rows."""
    found = queries.list_leads(session, actor, filters, today, after=after, before=before)
    calendar = calendar_store.load(session)
    shown = [r for r in found.rows if not outside(actor, r) or r.turn_org_id == r.origin_org_id]
    return {
        "page": found,
        "filters": filters,
        "views": VIEWS,
        "faces": clockfaces(session, shown, calendar, today),
        "held": {
            r.id: calendar.workdays_between(r.holder_since, today)
            for r in found.rows
            if r.closed_at is None
        },
        "states": known_states(FLOW, actor),
        "state_labels": {
            r.id: label_of(FLOW.state(r.state), outside(actor, r)) for r in found.rows
        },
        "outside": {r.id: outside(actor, r) for r in found.rows},
        "channels": CHANNELS,
        "regions": regions_below(session, actor),
        "senders": _senders(session, actor),
        "actor": actor,
        "may_write": any(actor.has(r) for r in (Role.LIAISON, Role.TOWNSHIP_CLERK, Role.REGISTRAR)),
    }


def _senders(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Departments of the actor's places, to narrow a list to."""
    codes = {p.region_code for p in actor.powers}
    rows = session.execute(
        select(Organisation.id, Organisation.short_name)
        .where(Organisation.region_code.in_(codes), Organisation.kind == "department")
        .order_by(Organisation.id)
        .limit(40)
    )
    return [(r.id, r.short_name) for r in rows]
