"""The page of whoever runs the machine, and the two addresses that machines ask."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.security.world import TODAY, Door, World
from tracker.core.audit.models import AuditRow
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.reminders import outages
from tracker.core.reminders.heartbeat import beat
from tracker.core.reminders.models import ClockHold, Outage, Reminder
from tracker.core.reminders.reconcile import reconcile
from tracker.core.reminders.timetable import EVERY, SWEEP

pytestmark = [pytest.mark.once, pytest.mark.at_time(TODAY)]
ADMIN = "system_admin@bureau"
KEY = re.compile(r'name="_once" value="([^"]+)"')


@pytest.fixture
def office(app, session):
    with transaction():
        world = World(session)
        lead = world.lead(at="verifying")
    return Door(app, world.people), lead.id


def all_well(session, *, but: str = "", silent: timedelta = timedelta()) -> None:
    with transaction():
        for job in EVERY:
            beat(session, job, utc_now() - (silent if job == but else timedelta()), ok=True)


def send(client, address: str, page: str, **fields: str):
    key = KEY.search(page)
    assert key
    return client.post(address, data={"_once": key[1], **fields})


# ---------------------------------------------------------------- for machines


def test_a_fresh_installation_is_red_with_a_reason(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {
        "ok": False,
        "database": "ok",
        "jobs": dict.fromkeys(EVERY, "never"),
        "clock_holds": 0,
    }
    assert client.get("/livez").json == {"ok": True}


def test_all_well_is_green(session, client):
    all_well(session)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["ok"]) == (200, True)


@pytest.mark.parametrize("job", EVERY)
def test_one_silent_job_is_red(session, client, job):
    all_well(session, but=job, silent=timedelta(hours=3, seconds=1))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert {n: s for n, s in answer.json["jobs"].items() if s != "ok"} == {job: "silent"}


def test_a_failed_job_and_a_held_clock_are_red(session, client):
    all_well(session)
    with transaction():
        session.add(ClockHold(node="here:1", at=utc_now(), jump=3600))
    assert client.get("/healthz").json["clock_holds"] == 1
    assert client.get("/healthz").status_code == 503
    with transaction():
        session.query(ClockHold).update({"released_at": utc_now()})
        beat(session, "clean", utc_now(), ok=False, note="secret words")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["jobs"]["clean"]) == (503, "failed")
    assert "secret" not in answer.text


def test_without_a_database_it_says_so(client, monkeypatch):
    def gone(*_args: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("password=hidden"))

    monkeypatch.setattr("tracker.web.health.health", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["database"]) == (503, "away")
    assert "hidden" not in answer.text
    assert client.get("/livez").status_code == 200


# ---------------------------------------------------------------- the page


def test_only_the_system_administrator_sees_it(office):
    door, _ = office
    assert door.of(ADMIN).get("/operations/").status_code == 200
    for other in ("supervisor@bureau", "security_admin@bureau", "handler"):
        assert door.of(other).get("/operations/").status_code == 404


def test_a_quiet_installation_says_that_all_is_well(office, session):
    door, _ = office
    all_well(session)
    page = door.of(ADMIN).get("/operations/").text
    assert "一切正常" in page
    assert "没有发送失败的提醒。" in page
    assert "没有停过机。" in page
    assert "已核对时钟" not in page


def test_what_a_job_noted_is_said_in_words(office, session):
    door, _ = office
    with transaction():
        beat(session, SWEEP, utc_now(), ok=True, note="failed 1, sent 12")
        beat(session, "reconcile", utc_now(), ok=False, note="missing 3")
        beat(session, "clean", utc_now(), ok=False, note="KeyError")
    page = door.of(ADMIN).get("/operations/").text
    for words in ("发送失败 1，已发 12", "应有而没有 3", "KeyError"):
        assert words in page


def test_a_silent_sweep_is_told_with_what_will_follow(office, session):
    door, _ = office
    all_well(session, but=SWEEP, silent=timedelta(hours=5))
    with transaction():
        session.add(
            Outage(began_at=utc_now() - timedelta(days=3), ended_at=utc_now() - timedelta(days=2))
        )
    page = door.of(ADMIN).get("/operations/").text
    assert "有事要处理" in page
    assert "没有动静" in page
    assert "正在停机" in page
    assert outages.silent_since(session, utc_now()) is not None


def test_a_held_clock_is_released_by_hand_once(office, session):
    door, _ = office
    all_well(session)
    with transaction():
        session.add(ClockHold(node="here:1", at=utc_now(), jump=-7200))
    admin = door.of(ADMIN)
    page = admin.get("/operations/").text
    assert "here:1 的时钟跳动了，已停止发送" in page
    assert "已核对时钟，恢复发送" in page
    [hold] = session.scalars(select(ClockHold))
    session.rollback()
    for _again in range(2):
        assert send(admin, f"/operations/holds/{hold.id}/release", page).status_code == 303
    session.rollback()
    [hold] = session.scalars(select(ClockHold))
    assert hold.released_by_id == door.people[ADMIN]
    tags = session.scalars(select(AuditRow.tag).where(AuditRow.tag == "clock.confirm")).all()
    assert len(tags) == 1
    assert "已停止发送" not in admin.get("/operations/").text
    stranger = door.of("supervisor@bureau")
    assert send(stranger, f"/operations/holds/{hold.id}/release", page).status_code == 404


def test_failed_reminders_are_shown_without_the_case_and_tried_again(office, session):
    door, case_id = office
    with transaction():
        rows = session.scalars(
            select(Reminder).where(Reminder.case_id == case_id, Reminder.state == "planned")
        ).all()[:2]
        for row in rows:
            session.query(Reminder).filter_by(id=row.id).update(
                {"state": "failed", "attempts": 5, "last_error": "KeyError"}
            )
    first, second = (row.id for row in rows)
    session.rollback()
    admin = door.of(ADMIN)
    page = admin.get("/operations/").text
    assert "KeyError" in page
    assert "示例煤业" not in page
    assert "虚报" not in page
    assert send(admin, f"/operations/reminders/{first}/retry", page).status_code == 303
    session.rollback()
    assert session.get_one(Reminder, first).state == "planned"
    assert session.get_one(Reminder, first).attempts == 0
    assert session.get_one(Reminder, second).state == "failed"
    session.rollback()
    send(admin, "/operations/reminders/retry", admin.get("/operations/").text)
    session.rollback()
    assert session.get_one(Reminder, second).state == "planned"
    retried = session.scalars(select(AuditRow).where(AuditRow.tag == "reminder.retry")).all()
    assert {row.object for row in retried} == {f"reminder:{first}", f"reminder:{second}"}
    assert {row.actor_id for row in retried} == {door.people[ADMIN]}


def test_differences_are_shown_with_their_deadline(office, session):
    door, case_id = office
    all_well(session)
    assert "账实一致" in door.of(ADMIN).get("/operations/").text
    with transaction():
        gone = session.scalars(
            select(Reminder).where(Reminder.case_id == case_id, Reminder.state == "planned")
        ).all()
        for row in gone:
            session.delete(row)
    session.rollback()
    found = reconcile(utc_now())
    assert found.count == len(gone)
    with transaction():
        beat(session, "reconcile", utc_now(), ok=False, note=found.words)
    page = door.of(ADMIN).get("/operations/").text
    assert f"{found.count} 条提醒对不上" in page
    assert "应有而没有" in page
    assert "示例煤业" not in page
