"""The list of a workflow's cases, and how its address is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.calendar import store as calendar_store
from tracker.core.cases import listing
from tracker.core.cases.asking import Question
from tracker.core.cases.export import NUMBER, TITLE, Row, SheetColumn, rows_of, sheet_columns
from tracker.core.cases.flow import Flow
from tracker.core.cases.listing import VIEWS, Filters
from tracker.core.errors import Sentence, say
from tracker.core.sheets.writing import Cell
from tracker.web.case_sheets import CaseSheet
from tracker.web.clockface import clockfaces
from tracker.web.desk.shape import Column, Desk
from tracker.web.errors import tell

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


def read_filters(flow: Flow, args: Mapping[str, str]) -> Filters:
    """The filters of an address."""
    return Filters(**common_filters(flow, args))


def list_context(
    session: Session,
    desk: Desk,
    actor: Actor,
    args: Mapping[str, str],
    today: date,
) -> dict[str, Any]:
    """Everything the list page shows; the number of queries does not depend on its rows."""
    flow = desk.flow
    filters = read_filters(flow, args)
    where = listing.condition(session, actor, flow.kind, filters, today)
    page = listing.list_page(
        session, desk.model, actor, where, after=args.get("after"), before=args.get("before")
    )
    calendar = calendar_store.load(session)
    rows = rows_of(session, actor, page.rows, page.names, calendar, today)
    known = [row.case for row in rows if row.knows_people]
    return {
        "desk": desk,
        "flow": flow,
        "page": page,
        "rows": {row.case.id: row for row in rows},
        "filters": filters,
        "views": VIEWS,
        "work_args": same_question(actor, flow, filters).args(),
        "faces": clockfaces(session, known, calendar, today),
        "states": listing.known_states(flow, actor),
        "regions": listing.regions_below(session, actor),
        "actor": actor,
        "openings": openings_for(desk, actor),
    }


def list_sheet(
    session: Session, desk: Desk, actor: Actor, args: Mapping[str, str], today: date
) -> CaseSheet:
    """The whole list as a workbook, with the columns of its page."""
    flow = desk.flow
    filters = read_filters(flow, args)
    own = [_sheet_column(column) for column in desk.columns]
    usual = sheet_columns(("state", "holder", "held", "due", "region", "opened", "closed"))
    return CaseSheet(
        name=tell(flow.label),
        where=listing.condition(session, actor, flow.kind, filters, today),
        columns=[NUMBER, TITLE, *own, *usual[2:]],
        asked={"kind": flow.kind, **filters.args()},
        model=desk.model,
    )


def _sheet_column(column: Column) -> SheetColumn:
    def value(row: Row) -> Cell | Sentence:
        found = (column.cell or column.value)(row.case)
        if isinstance(found, str):
            return say(found)
        return found if isinstance(found, int | Decimal | date | Sentence) else None

    return SheetColumn(column.label, value)


def same_question(actor: Actor, flow: Flow, filters: Filters) -> Question:
    """What the work list is asked to show the cases of a workflow's list."""
    found = Question(
        view=filters.view if filters.view in ("waiting", "late", "closed") else "open",
        kinds=(flow.kind,),
        states=tuple(f"{flow.kind}.{state}" for state in filters.states),
        region=filters.region,
        text=filters.text,
    )
    return replace(found, view="all", maker=actor.user_id) if filters.view == "mine" else found


def openings_for(desk: Desk, actor: Actor) -> list[Any]:
    """The steps by which the actor may open a case from the list.

    An opening step that asks nothing is taken by another workflow, never by hand.
    """
    if desk.open_new is None:
        return []
    mine = [s for s in desk.flow.steps if not s.source and any(actor.has(r) for r in s.by)]
    return [s for s in mine if s.asks]
