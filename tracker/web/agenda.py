"""The calendar of hearings and due dates: a month, a week or a day, of cases the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.core.calendar import store
from tracker.core.calendar.days import KIND_LABELS, STATUS_LABELS, Calendar, Day, each_day
from tracker.core.cases.agenda import Entry, agenda
from tracker.core.cases.flow import flows
from tracker.core.db import db
from tracker.web.access import current_actor, logged_in
from tracker.web.calendar import weekdays
from tracker.web.reminders import from_inside
from tracker.web.shell import full_day, long_day, today

bp = Blueprint("agenda", __name__, url_prefix="/dates/agenda")
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
VIEWS = ("month", "week", "day")
# A day of the month's page shows so many, and one of the week's; the day has pages of its own.
MOST_A_DAY = {"month": 4, "week": 12, "day": 50}


@dataclass(frozen=True, slots=True)
class DayOf:
    """A day of the page: how the calendar counts it, and what is on."""

    day: Day
    entries: list[Entry]
    outside: bool

    @property
    def rest(self) -> bool:
        """Nobody works that day."""
        return not self.day.is_workday


@dataclass(frozen=True, slots=True)
class Span:
    """The days a page shows, and where its neighbours begin."""

    first: date
    last: date
    title: str
    before: date
    after: date


@bp.get("/")
@logged_in
def show_agenda() -> ResponseReturnValue:
    """A month or a week around the day that is asked for, or that day."""
    calendar = store.load(db.session())
    view, asked, span = asked_span(calendar)
    first, last = max(span.first, calendar.first), min(span.last, calendar.last)
    entries = entries_of(first, last)
    by_day: dict[date, list[Entry]] = {}
    for entry in entries:
        by_day.setdefault(entry.on, []).append(entry)
    cells = [
        DayOf(
            calendar.day(on),
            by_day.get(on, []),
            outside=view == "month" and on.month != asked.month,
        )
        if first <= on <= last
        else None
        for on in each_day(span.first, span.last)
    ]
    days = [d for d in cells if d is not None and not d.outside]
    most = MOST_A_DAY[view]
    pages = max(1, -(-len(entries) // most)) if view == "day" else 1
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "agenda/show.html",
        view=view,
        on=asked,
        span=span,
        weeks=[cells[at : at + 7] for at in range(0, len(cells), 7)],
        busy=[d for d in days if d.entries],
        total=sum(len(d.entries) for d in days),
        late=sum(e.kind == "due" and e.on < today() for d in days for e in d.entries),
        weekdays=weekdays(),
        most=most,
        number=number,
        pages=pages,
        may_go_back=span.before >= calendar.first,
        may_go_on=span.after <= calendar.last,
        kind_labels=KIND_LABELS,
        status_labels=STATUS_LABELS,
        flow_of=lambda case: flows.get(case.kind),
    )


def asked_span(calendar: Calendar) -> tuple[str, date, Span]:
    """The view, the day and the days that the address asks for."""
    view = request.args.get("view", "month")
    view = view if view in VIEWS else "month"
    on = _asked(request.args.get("on", ""), calendar)
    return view, on, {"month": _month, "week": _week, "day": _one_day}[view](on)


def entries_of(first: date, last: date) -> list[Entry]:
    """What is on between two days, of the cases that the reader sees from inside."""
    actor = current_actor()
    return agenda.entries(db.session(), actor, from_inside(actor), first, last)


def _asked(text: str, calendar: Calendar) -> date:
    """The day of the address if the calendar has it, else today."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today()
    return min(max(day, calendar.first), calendar.last)


def _month(day: date) -> Span:
    """Whole weeks from Monday on, that hold a month."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    last = after - _DAY
    return Span(
        first - timedelta(days=first.weekday()),
        last + timedelta(days=6 - last.weekday()),
        gettext("%(y)s 年 %(m)s 月", y=first.year, m=first.month),
        (first - _DAY).replace(day=1),
        after,
    )


def _week(day: date) -> Span:
    """The week of a day, from Monday on."""
    first = day - timedelta(days=day.weekday())
    last = first + timedelta(days=6)
    title = gettext("%(a)s 至 %(b)s", a=full_day(first), b=full_day(last))
    return Span(first, last, title, first - _WEEK, first + _WEEK)


def _one_day(day: date) -> Span:
    return Span(day, day, long_day(day), day - _DAY, day + _DAY)
