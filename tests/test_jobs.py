"""The worker runs every job, survives each that fails, and says that it lives."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.core.audit.rows import NOW, a_case, a_person, an_office
from tests.core.reminders.clocks import a_clock, calendar_of
from tracker import jobs
from tracker.core.cases import indexing
from tracker.core.db import db, transaction
from tracker.core.errors import say
from tracker.core.notices import service as notices
from tracker.core.reminders.clockwatch import ClockWatch
from tracker.core.reminders.heartbeat import heartbeats
from tracker.core.reminders.sweep import plan_anew
from tracker.core.reminders.timetable import EVERY, longest_silence
from tracker.jobs import Differs, Job, Runner, run_worker


@pytest.fixture
def cleaners(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[Session, datetime], int]]:
    empty: list[Callable[[Session, datetime], int]] = []
    monkeypatch.setattr(jobs, "CLEANERS", empty)
    return empty


@pytest.fixture
def open_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "may_see", lambda *_: True)
    monkeypatch.setattr(jobs, "Rights", lambda _now: lambda *_: True)
    monkeypatch.setattr(jobs, "recipients", lambda *_: [1])


def signs() -> dict[str, tuple[bool, str]]:
    db.session.remove()
    return {row.job: (row.ok, row.note) for row in heartbeats(db.session())}


def test_once_runs_every_job(
    app: Flask,
    session: Session,
    cleaners: list,
    open_doors: None,
    at_time: Clock,
    monkeypatch: pytest.MonkeyPatch,
):
    # A worker looks only once for rows that lack; another test may have been the one.
    monkeypatch.setattr(indexing, "_complete", set())
    start = at_time("2026-11-10 09:00")
    with transaction():
        li = a_person(session, "li")
        org = an_office(session)
        clock = a_clock(session, date(2026, 11, 20), a_case(session, org, li))
        plan_anew(session, clock, org, calendar_of(session), start)
        notices.queue(
            session,
            case_id=clock.case_id,
            to_user_ids=[li],
            sentence=say("轮到您。"),
            now=start,
            source_key="k",
        )
    at_time("2026-11-20 09:00")
    assert run_worker(app, once=True)
    assert signs() == {
        "deliver_notices": (True, "sent 1"),
        "send_messages": (True, ""),
        "sweep_reminders": (True, "sent 4"),
        "reconcile": (True, ""),
        "post_expiries": (True, ""),
        "plan_years": (True, ""),
        "watch_norms": (True, ""),
        "index_files": (True, "indexed 1"),
        "clean": (True, ""),
    }
    assert run_worker(app, once=True)
    # Two days before, one day before, and the day itself, which has two audiences.
    assert notices.unread_count(db.session(), li) == 1 + 3


def test_cleaners_run_each_in_its_own_transaction(app: Flask, session: Session, cleaners: list):
    def broken(session: Session, now: datetime) -> int:
        a_person(session, "ghost")
        raise KeyError

    def thorough(session: Session, now: datetime) -> int:
        a_person(session, "kept")
        return 3

    cleaners += [broken, thorough]
    assert not run_worker(app, once=True)
    assert signs()["clean"] == (False, "ExceptionGroup")
    names = {row.username for row in db.session.execute(db.select(_users().c.username))}
    assert "kept" in names
    assert "ghost" not in names


def _users():
    return db.metadata.tables["users"]


def test_a_failing_job_is_red_and_the_next_runs(
    app: Flask, session: Session, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.CRITICAL)

    def fails(_now: datetime) -> str:
        raise RuntimeError("secret")

    ran: list[datetime] = []

    def runs(now: datetime) -> str:
        ran.append(now)
        return ""

    table = (Job("bad", 1, fails), Job("good", 1, runs))
    assert not run_worker(app, once=True, jobs=table)
    assert len(ran) == 1
    assert signs() == {"bad": (False, "RuntimeError"), "good": (True, "")}


def test_a_quiet_job_does_not_write_at_every_tick(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
):
    moment = [NOW]
    monkeypatch.setattr(jobs, "utc_now", lambda: moment[0])
    runner = Runner(app)
    job = Job("quiet", 2, lambda _now: "")
    seen = []
    for seconds in (0, 2, 29, 31):
        moment[0] = NOW + timedelta(seconds=seconds)
        assert runner.run(job)
        db.session.remove()
        seen.append((heartbeats(db.session())[0].at - NOW).seconds)
    assert seen == [0, 0, 0, 31]


def test_a_job_that_found_something_is_red_and_says_what(app: Flask, session: Session):
    def differs(_now: datetime) -> str:
        raise Differs("missing 3")

    assert not Runner(app).run(Job("books", 1, differs))
    assert signs() == {"books": (False, "missing 3")}


def test_nothing_is_sent_while_the_clock_is_not_believed(
    app: Flask, session: Session, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.CRITICAL)
    wall, count = [NOW], [0.0]
    watch = ClockWatch(wall=lambda: wall[0], seconds=lambda: count[0], node="here:1")
    ran: list[datetime] = []

    def work(now: datetime) -> str:
        ran.append(now)
        return ""

    runner, job = Runner(app, watch), Job("sweep_reminders", 15, work)
    assert runner.run(job)
    wall[0], count[0] = NOW + timedelta(days=365), 15.0
    assert not runner.run(job)
    assert ran == [NOW]
    assert signs() == {"sweep_reminders": (False, "clock_hold")}
    [sign] = heartbeats(db.session())
    assert sign.at == NOW + timedelta(seconds=15), "a sign of life from a year to come is no sign"
    wall[0], count[0] = NOW + timedelta(seconds=30), 30.0
    assert runner.run(job)
    assert ran[1:] == [wall[0]]
    assert signs() == {"sweep_reminders": (True, "")}


def test_the_timetable_names_every_job():
    assert {job.name: job.every for job in jobs.JOBS} == EVERY
    assert longest_silence("deliver_notices") == timedelta(minutes=2)
    assert longest_silence("clean") == timedelta(hours=3)


def test_a_lost_heartbeat_does_not_raise(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.CRITICAL)

    def broken(*_args: object, **_values: object) -> None:
        raise OSError

    monkeypatch.setattr(jobs, "beat", broken)
    assert not Runner(app).run(Job("any", 1, lambda _now: ""))


def test_the_ticker_drops_no_late_run(app: Flask):
    scheduler = jobs._ticker(jobs.JOBS, Runner(app))
    scheduler.start(paused=True)
    try:
        found = {job.id: job for job in scheduler.get_jobs()}
        assert set(found) == set(EVERY)
        for job in found.values():
            assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
    finally:
        scheduler.shutdown()


def test_the_worker_stops_when_told(fresh_app: Callable[..., Flask]):
    app = fresh_app()
    stop, ran = threading.Event(), threading.Event()

    def tick(_now: datetime) -> str:
        ran.set()
        return ""

    thread = threading.Thread(
        target=run_worker, args=(app, stop), kwargs={"jobs": (Job("tick", 60, tick),)}
    )
    thread.start()
    assert ran.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    with app.app_context():
        assert signs() == {"tick": (True, "")}


def test_sigterm_stops_the_worker_cleanly(fresh_app: Callable[..., Flask]):
    app = fresh_app()
    before = signal.getsignal(signal.SIGTERM)

    def tick(_now: datetime) -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        return ""

    assert run_worker(app, jobs=(Job("tick", 60, tick),))
    assert signal.getsignal(signal.SIGTERM) is before
    with app.app_context():
        assert signs() == {"tick": (True, "")}
