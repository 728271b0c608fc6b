"""Where the manual and its tours may lead a reader: only to pages that open for that reader."""

from __future__ import annotations

from flask import request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.urls import iri_to_uri

from tracker.core.cases import unitbook
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.core.cases.worklist import waiting_for_me
from tracker.core.db import db
from tracker.core.staff.scope import reads_any
from tracker.web.access import opens
from tracker.web.shell import LIST_PAGE, case_url, meets

TOURS_COOKIE = "tours"
_CASE = "case:"
_WAITING_READ = 50
# Registers whose pages ask again below the view: staff and units have readers of their own.
_STAFF = ("staff", "norms", "coverage")
_UNITS = ("units", "officers", "board", "layouts")
# The chapter of a page, by its blueprint; the pages of a workflow lead to that workflow's chapter.
_TOPIC_OF = {
    "home": "home",
    "work": "work",
    "bulk": "bulk",
    "search": "search",
    "delegations": "delegation",
    "dashboards": "dashboards",
    "reports": "reports",
    "calculator": "clocks",
    "calendar": "clocks",
    "rules": "clocks",
    "reminders": "clocks",
    "agenda": "clocks",
    "units": "registers",
    "officers": "registers",
    "staff": "registers",
    "norms": "registers",
    "coverage": "registers",
    "grading": "grading",
    "inbox": "notices",
    "layouts": "papers",
    "login": "login",
    "operations": "admin",
    "messages": "admin",
    "calendar_admin": "admin",
}


def page_url(page: str) -> str:
    """The address of a page of the manual's data for this reader; empty when it does not open.

    `page` is an endpoint, with a query if need be, or `case:KIND`: a case that waits for them.
    """
    if page.startswith(_CASE):
        return _case_url(page.removeprefix(_CASE))
    endpoint, _, query = page.partition("?")
    if not _may_open(endpoint):
        return ""
    url = url_for(endpoint)
    return f"{url}?{iri_to_uri(query)}" if query else url


def _may_open(endpoint: str) -> bool:
    if not endpoint or not opens(endpoint):
        return False
    blueprint = endpoint.split(".")[0]
    if blueprint in _STAFF:
        return reads_any(current_user.actor)
    if blueprint in _UNITS:
        return bool(unitbook.ranges(current_user.actor))
    flow = next((f for f in flows.all() if f.pages == blueprint), None)
    return flow is None or meets(flow)


def _case_url(kind: str) -> str:
    """A case of a kind: the first that waits for the reader, else the newest the reader sees."""
    flow = next((f for f in flows.all() if f.kind == kind), None)
    if flow is None or not meets(flow):
        return ""
    session, actor = db.session(), current_user.actor
    waiting = waiting_for_me(session, actor, _WAITING_READ)
    case = next((c for c in waiting if c.kind == kind), None)
    if case is None:
        seen = select(Case).where(Case.kind == kind, visible(actor, kind))
        case = session.scalars(seen.order_by(Case.id.desc()).limit(1)).first()
    return case_url(case) if case is not None else url_for(LIST_PAGE % flow.pages)


def help_url() -> str:
    """The chapter that tells of the page that is open."""
    blueprint = (request.endpoint or "").split(".")[0]
    flow = next((f for f in flows.all() if f.pages == blueprint), None)
    if flow is not None:
        return url_for("help.show_flow", kind=flow.kind)
    if blueprint in _TOPIC_OF:
        return url_for("help.show_topic", name=_TOPIC_OF[blueprint])
    return url_for("help.show_contents")


def closed_tours() -> frozenset[str]:
    """The people who have closed the offer of a tour in this browser, by id."""
    return frozenset(request.cookies.get(TOURS_COOKIE, "").split("."))
