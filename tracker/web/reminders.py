"""What reminders will go out, and which did: of the cases the reader may see from inside."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_

from tracker.core.accounts.actor import Actor
from tracker.core.cases import forecast as books
from tracker.core.cases.inside import in_own_hands_or_inside
from tracker.core.cases.scope import visible
from tracker.core.clock import at_office, utc_now
from tracker.core.db import db
from tracker.core.reminders.heartbeat import health
from tracker.core.reminders.reconcile import KIND_LABELS
from tracker.web.access import current_actor, logged_in
from tracker.web.shell import today

bp = Blueprint("reminders", __name__, url_prefix="/dates/reminders")

_SPANS = (7, 14, 30, 90)
_SPAN = 7
_MOST_SHOWN = 150
_LONGEST_PAST = 92


@bp.get("/")
@logged_in
def show_forecast() -> ResponseReturnValue:
    """Day by day, what the scheduler will send if nothing else happens."""
    session, now = db.session(), utc_now()
    days, audience, found = coming()
    shown = books.with_people(session, found[:_MOST_SHOWN])
    return render_template(
        "reminders/forecast.html",
        days=days,
        spans=_SPANS,
        audience=audience,
        total=len(found),
        most=_MOST_SHOWN,
        groups=[(on, list(rows)) for on, rows in groupby(shown, key=lambda e: e.on)],
        healthy=health(session, now).ok,
        **_words(u for e in shown for u in e.user_ids),
    )


def coming() -> tuple[int, str, list[books.Expected]]:
    """So many days, of one audience, as the address asks: what will go out, without its people."""
    days = request.args.get("days", default=_SPAN, type=int)
    days = days if days in _SPANS else _SPAN
    audience = _audience()
    until = at_office(today() + timedelta(days=days), 0)
    where = from_inside(current_actor())
    found = books.coming(db.session(), utc_now(), until, condition=where, audience=audience)
    return days, audience, list(found)


@bp.get("/sent")
@logged_in
def show_backcast() -> ResponseReturnValue:
    """What should have gone out between two days, what did, and what is missing."""
    first, last = asked_days()
    state, audience, found = past(_MOST_SHOWN)
    return render_template(
        "reminders/backcast.html",
        first=first,
        last=last,
        state=state,
        audience=audience,
        sums=found.sums,
        lateness=found.late,
        missing=found.missing,
        kind_labels=KIND_LABELS,
        total=found.sums[state] if state else sum(found.sums.values()),
        most=_MOST_SHOWN,
        groups=[(on, list(rows)) for on, rows in groupby(found.rows, key=lambda p: p.on)],
        state_labels=books.STATE_LABELS,
        reason_words=lambda reason: books.REASON_LABELS.get(reason or "", reason or ""),
        **_words(u for p in found.rows for u in p.user_ids),
    )


def asked_days() -> tuple[date, date]:
    """From which day to which day the address looks back."""
    last = min(_day("to") or today(), today())
    first = _day("from") or last - timedelta(days=6)
    return max(min(first, last), last - timedelta(days=_LONGEST_PAST)), last


def past(most: int) -> tuple[str, str, books.Backcast]:
    """The result and the audience that the address asks for, and what went out or did not."""
    first, last = asked_days()
    state = request.args.get("state", "")
    state = state if state in books.STATE_LABELS else ""
    audience = _audience()
    found = books.looking_back(
        db.session(),
        at_office(first, 0),
        min(at_office(last + timedelta(days=1), 0), utc_now()),
        condition=from_inside(current_actor()),
        audience=audience,
        state=state,
        most=most,
    )
    return state, audience, found


def from_inside(actor: Actor) -> ColumnElement[bool]:
    """Cases one may see, without those seen only from the side they came from.

    A sender hears that a lead is in hand, not which steps of the bureau are due when.
    """
    return and_(visible(actor), in_own_hands_or_inside(actor))


def _words(user_ids: Iterable[int]) -> dict[str, Any]:
    names = books.names_of(db.session(), user_ids)
    return {
        "names": {user_id: name for user_id, (_, name) in names.items()},
        "audiences": books.AUDIENCE_LABELS,
        "rung_words": books.rung_words,
        "audience_words": books.audience_words,
    }


def _audience() -> str:
    found = request.args.get("to_whom", "")
    return found if found in books.AUDIENCE_LABELS else ""


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    # Before the first of days nothing can be counted back.
    return day if day.year > date.min.year else None
