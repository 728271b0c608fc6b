"""The list of a workflow's cases, and how its address is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.calendar import store as calendar_store
from tracker.core.cases import listing
from tracker.core.cases.flow import Flow
from tracker.core.cases.listing import VIEWS, Filters
from tracker.web.clockface import clockfaces
from tracker.web.desk.shape import Desk

_LONGEST_SEARCH = 60


def common_filters(
    flow: Flow, args: Mapping[str, str], views: Mapping[str, str] = VIEWS
) -> dict[str, Any]:
    """What every list reads from its address; what makes no sense is left out."""
    known = flow.state_map
    view, region = args.get("view", "open"), args.get("region", "")
    return {
        "view": view if view in views else "open",
        "states": tuple(s for s in args.get("state", "").split(",") if s in known),
        "region": region if region.isascii() and region.isdigit() and len(region) == 12 else "",
        "text": args.get("q", "").strip()[:_LONGEST_SEARCH],
    }


def list_context(
    session: Session,
    desk: Desk,
    actor: Actor,
    args: Mapping[str, str],
    today: date,
) -> dict[str, Any]:
    """Everything the list page shows; the number of queries does not depend on its rows."""
    flow = desk.flow
    filters = Filters(**common_filters(flow, args))
    where = listing.condition(session, actor, flow.kind, filters, today)
    page = listing.list_page(
        session, desk.model, where, after=args.get("after"), before=args.get("before")
    )
    calendar = calendar_store.load(session)
    return {
        "desk": desk,
        "flow": flow,
        "page": page,
        "filters": filters,
        "views": VIEWS,
        "faces": clockfaces(session, page.rows, calendar, today),
        "held": {
            r.id: calendar.workdays_between(r.holder_since, today)
            for r in page.rows
            if r.closed_at is None
        },
        "states": listing.known_states(flow, actor),
        "regions": listing.regions_below(session, actor),
        "actor": actor,
        "openings": openings_for(desk, actor),
    }


def openings_for(desk: Desk, actor: Actor) -> list[Any]:
    """The steps by which the actor may open a case from the list.

    An opening step that asks nothing is taken by another workflow, never by hand.
    """
    if desk.open_new is None:
        return []
    mine = [s for s in desk.flow.steps if not s.source and any(actor.has(r) for r in s.by)]
    return [s for s in mine if s.asks]
