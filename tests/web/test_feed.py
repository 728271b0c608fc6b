"""The personal calendar: one's own dates, nothing more of a case, and no way to guess in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.security.world import TODAY, World, at
from tracker.core.accounts.models import User
from tracker.core.cases import feed as dates
from tracker.core.db import transaction
from tracker.core.deadlines.models import Deadline
from tracker.core.notices.feeds import create_feed, revoke_feed
from tracker.core.notices.models import CalendarFeed

pytestmark = [pytest.mark.once, pytest.mark.at_time(TODAY)]


class Kept(World):
    """The world with one lead in its handler's hands."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.kept = self.lead(at="verifying")


@pytest.fixture
def world(app, session):
    with transaction():
        return Kept(session)


@pytest.fixture
def address(world: Kept, session: Session):
    def make(who: str) -> str:
        with transaction():
            return f"/feeds/{create_feed(session, world.people[who], at(TODAY))}.ics"

    return make


def events(answer: Any) -> list[Any]:
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def clock_of(session: Session, world: Kept) -> Deadline:
    query = select(Deadline).where(
        Deadline.case_id == world.kept.id, Deadline.rule_id == "L16", Deadline.state == "running"
    )
    return session.scalars(query).one()


def test_the_handler_reads_the_clocks_of_the_lead(client, world, session, address):
    clock = clock_of(session, world)
    answer = client.get(address("handler"))
    found = {str(e["UID"]): e for e in events(answer) if e["STATUS"] != "CANCELLED"}
    event = found[f"deadline-{clock.id}@localhost"]
    assert event["DTSTART"].dt == clock.due_on
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["SEQUENCE"] == clock.version - 1
    assert event["DTSTAMP"].dt.utcoffset() == timedelta(0)
    assert event["SUMMARY"].startswith(f"{world.kept.number} 线索：{clock.label}")
    assert event["URL"] == f"http://localhost/leads/{world.kept.id}"
    [alarm] = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(hours=-15), "nine o'clock on the day before"
    assert max(map(len, answer.data.split(b"\r\n"))) <= 75
    for hidden in (world.kept.title, world.kept.unit_name, "虚报", "东胜区"):
        assert hidden not in answer.text.replace("\r\n ", "")


@pytest.mark.parametrize(
    "who", ["drafter", "liaison@dept", "registrar@county", "system_admin@bureau"]
)
def test_others_read_nothing_of_what_runs_inside(client, address, who: str):
    assert [e for e in events(client.get(address(who))) if e["STATUS"] != "CANCELLED"] == []


def test_the_sender_reads_the_clock_of_its_own_turn(client, world, session, address):
    with transaction():
        own = world.lead(at="drafted")
    found = events(client.get(address("drafter")))
    assert [str(e["URL"]) for e in found] == [f"http://localhost/leads/{own.id}"]
    assert found[0]["SUMMARY"].startswith("未编号 线索：")


def test_a_stand_in_reads_what_waits_for_them(client, world, session, address):
    clock = clock_of(session, world)
    uids = [str(e["UID"]) for e in events(client.get(address("handler's deputy")))]
    assert f"deadline-{clock.id}@localhost" in uids


def test_a_moved_date_comes_with_a_higher_number_and_the_same_name(client, world, session, address):
    here, clock = address("handler"), clock_of(session, world)
    before = {str(e["UID"]): e for e in events(client.get(here))}
    with transaction():
        row = session.get_one(Deadline, clock.id)
        row.due_on, row.provisional = date(2026, 5, 8), True
        row.version += 1
    after = {str(e["UID"]): e for e in events(client.get(here))}
    assert set(before) == set(after)
    name = f"deadline-{clock.id}@localhost"
    assert after[name]["SEQUENCE"] == before[name]["SEQUENCE"] + 1
    assert after[name]["STATUS"] == "TENTATIVE"
    assert after[name]["SUMMARY"].endswith("（暂定）")
    assert before[name]["STATUS"] == "CONFIRMED"


def test_a_clock_of_hours_is_a_moment(client, world, session, address):
    clock = clock_of(session, world)
    moment = datetime(2026, 3, 9, 3, 30, tzinfo=UTC)
    with transaction():
        row = session.get_one(Deadline, clock.id)
        row.unit, row.due_at = "h", moment
    [event] = [
        e for e in events(client.get(address("handler"))) if f"-{clock.id}@" in str(e["UID"])
    ]
    assert event["DTSTART"].dt == moment
    [alarm] = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == at("2026-03-08 09:00")


def test_what_stopped_is_cancelled_for_a_month(client, world, session, address, at_time):
    here, clock = address("handler"), clock_of(session, world)
    with transaction():
        session.execute(
            update(Deadline)
            .where(Deadline.id == clock.id)
            .values(state="stopped", stopped_on=date(2026, 3, 4))
        )
    [event] = [e for e in events(client.get(here)) if f"-{clock.id}@" in str(e["UID"])]
    assert event["STATUS"] == "CANCELLED"
    assert event.walk("VALARM") == []
    at_time("2026-04-04 10:00")
    assert all(f"-{clock.id}@" not in str(e["UID"]) for e in events(client.get(here)))


def test_a_clock_that_stands_still_has_no_date_to_show(client, world, session, address):
    clock = clock_of(session, world)
    with transaction():
        session.execute(
            update(Deadline).where(Deadline.id == clock.id).values(state="suspended", due_on=None)
        )
    uids = [str(e["UID"]) for e in events(client.get(address("handler")))]
    assert all(f"-{clock.id}@" not in uid for uid in uids)


def test_the_same_dates_are_not_sent_again(client, address, at_time):
    here = address("handler")
    first = client.get(here)
    at_time("2026-03-04 16:00")
    again = client.get(here, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(here).data == first.data


def test_reading_is_noted_once_an_hour(client, session, address, at_time):
    here = address("handler")
    seen = []
    for moment in ("10:00", "10:30", "11:00"):
        at_time(f"2026-03-04 {moment}")
        client.get(here)
        seen.append(session.scalars(select(CalendarFeed.last_read_at)).one())
        session.rollback()
    assert seen == [at(f"2026-03-04 {moment}") for moment in ("10:00", "10:00", "11:00")]


def test_unknown_revoked_and_left_are_the_same_nothing(client, world, session, address):
    revoked, gone = address("co_officer"), address("handler")
    with transaction():
        revoke_feed(session, world.people["co_officer"], at(TODAY))
        session.execute(update(User).where(User.id == world.people["handler"]).values(active=False))
    pages = set()
    for here in (revoked, gone, "/feeds/" + "A" * 43 + ".ics", "/feeds/x.ics", "/no-such-page"):
        answer = client.get(here)
        assert answer.status_code == 404
        pages.add(answer.data.replace(answer.headers["X-Request-Id"].encode(), b""))
    assert len(pages) == 1


def test_a_later_workflow_may_add_dates(client, address, monkeypatch):
    def trainings(_session: Session, actor: Any, now: datetime) -> list[dates.Event]:
        return [dates.Event("training-1", "培训", "/trainings/1", date(2026, 4, 1), None, 0, now)]

    monkeypatch.setattr(dates, "feed_sources", [*dates.feed_sources, trainings])
    found = [str(e["UID"]) for e in events(client.get(address("handler")))]
    assert "training-1@localhost" in found


def test_the_secret_stays_out_of_the_access_log():
    from tracker.gunicorn_conf import hide_secrets

    assert hide_secrets("/feeds/abc-_1.ics") == "/feeds/***"
    assert hide_secrets("GET /feeds/abc.ics?x=1 HTTP/1.1") == "GET /feeds/***?x=1 HTTP/1.1"
    assert hide_secrets("/leads/3") == "/leads/3"
