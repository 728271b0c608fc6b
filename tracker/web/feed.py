"""A person's dates for their own calendar program, under an address nobody can guess."""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from icalendar import Alarm, Calendar, Event
from sqlalchemy.exc import OperationalError

from tracker.core.accounts.actor import load_actor
from tracker.core.cases import feed as dates
from tracker.core.clock import at_office, office_date, utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import NotVisible, Unavailable
from tracker.core.notices.channels.settings import Channels, load_channels
from tracker.core.notices.feeds import find_feed, needs_note, note_read
from tracker.web.access import public, settings

log = logging.getLogger(__name__)
bp = Blueprint("feed", __name__, url_prefix="/feeds")
# From the beginning of the due day back to nine o'clock of the day before.
_ALARM = timedelta(hours=-15)
_TTL = timedelta(hours=1)


@bp.get("/<token>.ics")
@public
def show_feed(token: str) -> ResponseReturnValue:
    """The calendar; an address that is unknown, revoked or of somebody gone does not exist."""
    session, now = db.session(), utc_now()
    feed = find_feed(session, token)
    if feed is None:
        raise NotVisible("no such feed")
    feed_id, due = feed.id, needs_note(feed, now)
    actor = load_actor(session, feed.user_id, office_date(now))
    events = dates.events_for(session, actor, now)
    if due:
        _note(feed_id, now)
    tag = hashlib.sha256(repr((public_base(), str(get_locale()), events)).encode()).hexdigest()
    # Programs ask every few minutes, and writing the calendar costs more than reading the dates.
    same = request.if_none_match.contains(tag)
    response = Response(b"" if same else calendar_of(events), 304 if same else 200)
    response.mimetype = "text/calendar"
    response.headers["Content-Disposition"] = 'inline; filename="tracker.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(tag)
    return response


def public_base() -> str:
    """The beginning of addresses that other programs are given."""
    base = channels().public_address or request.url_root
    return base.rstrip("/")


def channels() -> Channels:
    """The channels of this installation."""
    return load_channels(settings().instance_path)


def feed_address(token: str) -> str:
    """What a calendar program is told."""
    return public_base() + url_for("feed.show_feed", token=token)


def calendar_of(events: list[dates.Event]) -> bytes:
    """The events as iCalendar. Nothing in it is of this moment, so equal dates are equal bytes."""
    base = public_base()
    host = urlsplit(base).hostname or "tracker.invalid"
    found = Calendar()
    found.add("prodid", "-//tracker//deadlines//ZH")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", gettext("统计执法监督期限"))
    found.add("x-wr-timezone", "Asia/Shanghai")
    found.add("refresh-interval", _TTL, parameters={"value": "DURATION"})
    found.add("x-published-ttl", "PT1H")
    for event in events:
        found.add_component(_event(event, base, host))
    return bytes(found.to_ical())


def _event(event: dates.Event, base: str, host: str) -> Event:
    made = Event()
    made.add("uid", f"{event.key}@{host}")
    made.add("sequence", event.sequence)
    made.add("dtstamp", event.changed_at.astimezone(UTC))
    made.add("summary", event.summary)
    made.add("url", base + event.path)
    made.add("transp", "TRANSPARENT")
    if event.moment is None:
        made.add("dtstart", event.day)
        made.add("dtend", event.day + timedelta(days=1))
    else:
        made.add("dtstart", event.moment.astimezone(UTC))
    if event.cancelled:
        made.add("status", "CANCELLED")
        return made
    made.add("status", "TENTATIVE" if event.provisional else "CONFIRMED")
    made.add_component(_alarm(event))
    return made


def _alarm(event: dates.Event) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", event.summary)
    if event.moment is None:
        alarm.add("trigger", _ALARM)
    else:
        day = office_date(event.moment) - timedelta(days=1)
        alarm.add("trigger", at_office(day), parameters={"value": "DATE-TIME"})
    return alarm


def _note(feed_id: int, now: datetime) -> None:
    try:
        with transaction() as session:
            note_read(session, feed_id, now)
    except (Unavailable, OperationalError):
        # The calendar is worth more than the note of its reading.
        log.warning("the reading of feed %s was not noted", feed_id)
