"""A time without a sweep is written down once, and its reminders go out once, late and grouped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.core.audit.rows import NOW, a_case, an_office
from tests.core.reminders.clocks import a_clock
from tests.core.reminders.test_sweep import LATE, ON_DUE, Scene
from tracker.core.db import db, transaction
from tracker.core.notices.models import Notice
from tracker.core.reminders import outages, plan
from tracker.core.reminders.heartbeat import beat
from tracker.core.reminders.models import Outage, Reminder
from tracker.core.reminders.timetable import SWEEP, longest_silence
from tracker.core.rulebook.model import Rung, RungKind

AWAY = timedelta(days=5)
BACK = NOW + AWAY


def alive(session: Session, at=NOW, *, ok: bool = True) -> None:
    with transaction():
        beat(session, SWEEP, at, ok=ok)


def come_back(session: Session) -> bool:
    with transaction():
        return outages.note_return(session, BACK)


def test_a_short_pause_is_no_outage(session: Session):
    alive(session)
    for late in (timedelta(), longest_silence(SWEEP)):
        assert outages.silent_since(session, NOW + late) is None
    assert outages.silent_since(session, NOW + longest_silence(SWEEP) + timedelta(seconds=1)) == NOW


def test_a_worker_that_never_ran_had_no_outage(session: Session):
    assert not come_back(session)
    assert outages.latest(session) == []


def test_failing_all_the_time_is_silence_too(session: Session):
    alive(session)
    alive(session, BACK - timedelta(seconds=5), ok=False)
    assert outages.silent_since(session, BACK) == NOW


def test_many_workers_return_and_one_writes_it_down(fresh_app: Callable[..., Flask]):
    app = fresh_app()
    with app.app_context():
        alive(db.session())
        db.session.remove()
    gate, wrote = threading.Barrier(4), []

    def worker() -> None:
        with app.app_context():
            gate.wait(10)
            wrote.append(come_back(db.session()))
            db.session.remove()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(wrote) == [False, False, False, True]
    with app.app_context():
        [row] = db.session().scalars(select(Outage)).all()
        assert (row.began_at, row.ended_at) == (NOW, BACK)


RUNGS = (
    Rung(RungKind.BEFORE, 2),
    Rung(RungKind.BEFORE, 1),
    Rung(RungKind.ON_DUE, to=("holder", "supervisor")),
    LATE,
)


@pytest.mark.parametrize(
    ("due", "sent"),
    [
        (date(2026, 11, 25), {"after_every:1wd#1"}),
        (date(2026, 11, 27), {"on_due"}),
        (date(2026, 11, 30), {"before:1wd"}),
    ],
)
def test_only_the_newest_of_a_clock_is_news(session: Session, due: date, sent: set[str]):
    scene = Scene(session, due, RUNGS)
    alive(session)
    assert come_back(session)
    done = scene.sweep(BACK)
    rows = {r.id: r for r in session.scalars(select(Reminder))}
    assert {rows[s.reminder_id].rung for s in done if s.state == "sent"} == sent
    assert {s.reason for s in done if s.state != "sent"} <= {"overtaken"}
    assert all(rows[s.reminder_id].late is (s.state == "sent") for s in done)
    notices = session.scalars(select(Notice)).all()
    assert len({n.user_id for n in notices}) == len(notices)
    assert all(n.late and n.group_key == "outage:1" for n in notices)
    assert all(str(n.sentence).startswith("（补发）《某企业线索》：") for n in notices)
    assert scene.sweep(BACK) == []
    ahead = plan.forecast(session, scene.case_id)
    assert ahead
    assert all(r.due_at > BACK for r in ahead)


def test_somebody_in_both_audiences_hears_of_a_clock_once(session: Session):
    rungs = (Rung(RungKind.BEFORE, 1, to=("holder",)), Rung(RungKind.ON_DUE, to=("supervisor",)))
    scene = Scene(session, date(2026, 11, 26), rungs)
    scene.wu = scene.li
    alive(session)
    come_back(session)
    assert [s.state for s in scene.sweep(BACK)] == ["sent", "sent"]
    assert len(scene.said()) == 1


def test_what_was_planned_for_the_past_is_not_the_outages_fault(session: Session):
    alive(session)
    come_back(session)
    scene = Scene(session, date(2026, 11, 20), (ON_DUE,))
    scene.sweep(BACK)
    [notice] = session.scalars(select(Notice))
    assert (notice.late, notice.group_key) == (False, None)


def test_each_case_of_an_outage_is_in_the_same_group(session: Session):
    scene = Scene(session, date(2026, 11, 25), (ON_DUE,))
    with transaction():
        for n in range(3):
            case_id = a_case(session, an_office(session, f"局{n}"), scene.li)
            clock = a_clock(session, date(2026, 11, 26), case_id)
            plan.plan(session, clock, [ON_DUE], scene.calendar, NOW)
    alive(session)
    come_back(session)
    scene.sweep(BACK)
    keys = session.execute(select(Notice.user_id, Notice.group_key)).all()
    assert keys == [(scene.li, "outage:1")] * 4
