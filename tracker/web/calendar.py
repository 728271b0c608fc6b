"""The working-day calendar as everybody sees it: a year, its days off, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_login import current_user

from tracker.core.accounts.roles import Role
from tracker.core.calendar import store
from tracker.core.calendar.days import KIND_LABELS, STATUS_LABELS, Calendar, Day, DayStatus
from tracker.core.calendar.year import is_announced, periods, weeks_of, year_of
from tracker.core.db import db
from tracker.core.errors import Sentence, say
from tracker.web.access import logged_in
from tracker.web.shell import today

bp = Blueprint("calendar", __name__, url_prefix="/dates")
# A Monday; the names of the week are read off it.
_MONDAY = date(2026, 1, 5)
# The notice for a year comes in the autumn before; from this month on its lack is said.
_NOTICE_MONTH = 10
_WARNED = (Role.SYSTEM_ADMIN, Role.SUPERVISOR, Role.HEAD)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the page."""

    name: str
    weeks: list[list[Day | None]]


@dataclass(frozen=True, slots=True)
class Banner:
    """The arrangements of a year are not entered yet."""

    year: int
    may_enter: bool


@bp.get("/calendar")
@logged_in
def show_calendar() -> ResponseReturnValue:
    """A year as twelve months, as known on a day; without one as known now."""
    session = db.session()
    known_on, fault = _asked_day(request.args.get("known_on", ""))
    calendar = store.load(session, known_on)
    year = _asked_year(request.args.get("year", ""), calendar)
    days = year_of(calendar, year)
    return render_template(
        "calendar/show.html",
        year=year,
        years=range(calendar.first.year, calendar.last.year + 1),
        known_on=known_on,
        asked_day=request.args.get("known_on", ""),
        fault=fault,
        months=months(calendar, year),
        weekdays=weekdays(),
        periods=periods(calendar, year),
        announced=is_announced(calendar, year),
        workdays=sum(day.is_workday for day in days),
        unsure=sum(day.status is not DayStatus.ANNOUNCED for day in days),
        editions=store.editions(session, known_on),
        kind_labels=KIND_LABELS,
        status_labels=STATUS_LABELS,
    )


def months(calendar: Calendar, year: int) -> list[Month]:
    """The twelve months of a year, in weeks."""
    return [
        Month(format_date(date(year, n, 1), "LLL"), weeks_of(calendar, year, n))
        for n in range(1, 13)
    ]


def weekdays() -> list[tuple[str, str]]:
    """The days of the week: short for the eye, in full for the ear."""
    days = [_MONDAY.replace(day=_MONDAY.day + n) for n in range(7)]
    return [(format_date(day, "EEEEE"), format_date(day, "EEEE")) for day in days]


def _asked_day(text: str) -> tuple[date | None, Sentence | None]:
    if not text.strip():
        return None, None
    try:
        return date.fromisoformat(text.strip()), None
    except ValueError:
        return None, say("要填日期，例如 2026-05-11")


def _asked_year(text: str, calendar: Calendar) -> int:
    """The year of the address, if the calendar has it, else this year."""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today().year
    return min(max(year, calendar.first.year), calendar.last.year)


@bp.app_context_processor
def _context() -> dict[str, object]:
    return {"calendar_banner": banner}


def banner() -> Banner | None:
    """The warning above every page from October on, for those who can see to it."""
    day = today()
    if day.month < _NOTICE_MONTH or not current_user.is_authenticated:
        return None
    if not any(current_user.actor.has(role) for role in _WARNED):
        return None
    if store.announced_until(db.session()) > day.year:
        return None
    return Banner(day.year + 1, current_user.actor.has(Role.SYSTEM_ADMIN))
