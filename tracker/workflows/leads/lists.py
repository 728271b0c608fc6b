"""What the list of leads shows, and how its address is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store as calendar_store
from tracker.core.cases.asking import Question
from tracker.core.cases.export import NUMBER, Row, SheetColumn, rows_of, sheet_columns
from tracker.core.cases.listing import known_states, regions_below
from tracker.core.errors import N_, Sentence, say
from tracker.core.registers.models import Organisation
from tracker.web.case_sheets import CaseSheet
from tracker.web.clockface import clockfaces
from tracker.web.desk.lists import common_filters, same_question
from tracker.web.errors import tell
from tracker.workflows.leads import queries
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import CHANNELS, Lead
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
    rows = rows_of(session, actor, found.rows, found.names, calendar, today)
    shown = [row.case for row in rows if row.knows_people]
    return {
        "page": found,
        "rows": {row.case.id: row for row in rows},
        "work_args": _work_question(actor, filters).args(),
        "filters": filters,
        "views": VIEWS,
        "faces": clockfaces(session, shown, calendar, today),
        "states": known_states(FLOW, actor),
        "channels": CHANNELS,
        "regions": regions_below(session, actor),
        "senders": _senders(session, actor),
        "actor": actor,
        "may_write": any(actor.has(r) for r in (Role.LIAISON, Role.TOWNSHIP_CLERK, Role.REGISTRAR)),
    }


def list_sheet(session: Session, actor: Actor, args: Mapping[str, str], today: date) -> CaseSheet:
    """The whole list as a workbook, with the columns of its page."""
    filters = read_filters(args)
    usual = sheet_columns(("state", "holder", "held", "due"))[2:]
    return CaseSheet(
        name=tell(FLOW.label),
        where=queries.condition(session, actor, filters, today),
        columns=[
            NUMBER,
            SheetColumn(N_("单位"), lambda row: cast(Lead, row.case).unit_name, 32.0, text=True),
            SheetColumn(N_("事由"), lambda row: cast(Lead, row.case).matter, 32.0, text=True),
            *usual,
            SheetColumn(N_("来源"), _source, 20.0),
            *sheet_columns(("region", "opened", "closed"))[2:],
        ],
        asked={"kind": FLOW.kind, **filters.args()},
        model=Lead,
    )


def _source(row: Row) -> str | Sentence:
    if row.case.channel == "department":
        return row.names.orgs.get(row.case.origin_org_id, "")
    return say(CHANNELS[row.case.channel])


def _work_question(actor: Actor, filters: Filters) -> Question:
    """What the work list is asked to show the leads of this list."""
    found = same_question(actor, FLOW, filters)
    found = replace(found, origin=filters.org, channel=filters.channel)
    if filters.view == "handed_down":
        found = replace(found, view="all", channel="handed_down")
    return found


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
