"""A reminder that is due is sent once, is read again before, and a broken one stops no other."""

# ruff: noqa: PT012 - what fails fails when the transaction ends
from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.core.audit.rows import (
    NOW,
    a_case,
    a_person,
    an_office,
    count,
    see_all,
    see_none,
)
from tests.core.reminders.clocks import a_clock, calendar_of, move_due
from tracker.core.audit.models import AuditRow
from tracker.core.audit.verify import verify
from tracker.core.db import db, transaction
from tracker.core.notices.models import Notice
from tracker.core.reminders import plan
from tracker.core.reminders.heartbeat import beat, heartbeats
from tracker.core.reminders.models import Reminder
from tracker.core.reminders.sweep import Swept, anything_due, sweep, sweep_one
from tracker.core.rulebook.model import Rung, RungKind

ON_DUE = Rung(RungKind.ON_DUE)
LATE = Rung(RungKind.AFTER_EVERY, 1, to=("holder", "supervisor"))
TODAY = date(2026, 11, 23)


class Scene:
    """A case with a clock, a handler and a supervisor."""

    def __init__(
        self, session: Session, due: date = TODAY, rungs: tuple[Rung, ...] = (ON_DUE,)
    ) -> None:
        self.session = session
        with transaction():
            self.li, self.wu = a_person(session, "li"), a_person(session, "wu")
            self.case_id = a_case(session, an_office(session), self.li)
            self.clock = a_clock(session, due, self.case_id)
            self.clock_id = self.clock.id
            self.calendar = calendar_of(session)
            plan.plan(session, self.clock, rungs, self.calendar, NOW)

    def resolve(self, _session: Session, _case_id: int, audience: str, _on: date) -> list[int]:
        return {"handler": [self.li], "supervisor": [self.wu]}[audience]

    def sweep(self, now: datetime = NOW, may_see=see_all) -> list[Swept]:
        return sweep(now, self.resolve, may_see)

    def said(self) -> list[str]:
        return [str(n.sentence) for n in self.session.scalars(select(Notice).order_by(Notice.id))]

    def audited(self) -> list[tuple[str, str]]:
        rows = self.session.scalars(select(AuditRow).order_by(AuditRow.id))
        return [(row.tag, row.result) for row in rows]


def test_a_due_reminder_is_sent_once(session: Session):
    scene = Scene(session)
    assert anything_due(session, NOW)
    assert [(s.state, s.user_ids) for s in scene.sweep()] == [("sent", (scene.li,))]
    assert scene.sweep() == []
    assert not anything_due(session, NOW)
    assert scene.said() == ["《某企业线索》：线索初审今天到期。"]
    assert scene.audited() == [("reminder.send", "done")]
    with db.engine.connect() as connection:
        assert verify(connection) == []


def test_what_is_not_due_waits(session: Session):
    scene = Scene(session, date(2026, 11, 24))
    assert scene.sweep() == []
    assert scene.sweep(NOW + timedelta(hours=24))


@pytest.mark.parametrize(
    ("due", "rung", "sentence"),
    [
        (
            date(2026, 11, 25),
            Rung(RungKind.BEFORE, 2),
            "《某企业线索》：线索初审还有2个工作日，2026-11-25到期。",
        ),
        (
            date(2026, 11, 20),
            ON_DUE,
            "《某企业线索》：线索初审已超期1个工作日，期限是2026-11-20。",
        ),
        (date(2014, 1, 6), ON_DUE, "《某企业线索》：线索初审的期限是2014-01-06。"),
    ],
)
def test_the_sentence_counts_from_today(session: Session, due: date, rung: Rung, sentence: str):
    scene = Scene(session, due, (rung,))
    with transaction():  # as after a stop of the machine: planned in time, swept late
        session.execute(text("UPDATE reminders SET state = 'planned', reason = NULL"))
    scene.sweep()
    assert scene.said() == [sentence]


def test_a_provisional_date_is_told_as_one(session: Session):
    scene = Scene(session, date(2027, 1, 4), (Rung(RungKind.BEFORE, 2),))
    with transaction():
        scene.clock.provisional = True
    scene.sweep(datetime(2026, 12, 31, 4, tzinfo=UTC))
    assert scene.said() == ["《某企业线索》：线索初审还有1个工作日，2027-01-04（暂定）到期。"]


STALE: dict[str, Callable[[Scene], None]] = {
    "case_closed": lambda s: _set(s, "cases", "closed_at = '2026-11-22 00:00:00'", s.case_id),
    "clock_stopped": lambda s: _set(
        s, "deadlines", "state = 'stopped', stopped_on = '2026-11-22'", s.clock_id
    ),
    "clock_suspended": lambda s: _set(
        s, "deadlines", "state = 'suspended', due_on = NULL", s.clock_id
    ),
}


def _set(scene: Scene, table: str, change: str, row_id: int) -> None:
    scene.session.execute(text(f"UPDATE {table} SET {change} WHERE id = {row_id}"))  # noqa: S608


@pytest.mark.parametrize("reason", STALE)
def test_a_stale_reminder_is_skipped_with_the_reason(session: Session, reason: str):
    scene = Scene(session)
    with transaction():
        STALE[reason](scene)
    assert [(s.state, s.reason) for s in scene.sweep()] == [("skipped", reason)]
    assert scene.said() == []
    assert scene.audited() == [("reminder.skip", "done")]


def test_a_date_moved_without_planning_is_planned_anew(session: Session):
    scene = Scene(session)
    with transaction():
        clock = session.merge(scene.clock)
        move_due(session, clock, date(2026, 12, 2))
    assert [s.reason for s in scene.sweep()] == ["date_changed"]
    ahead = plan.forecast(session, scene.case_id)
    assert {row.deadline_version for row in ahead} == {2}
    assert ahead


def test_nobody_who_may_not_see_the_case_is_reminded(session: Session):
    scene = Scene(session)
    assert [(s.state, s.reason) for s in scene.sweep(may_see=see_none)] == [("skipped", "nobody")]
    assert scene.said() == []
    assert scene.audited() == [("reminder.skip", "failed")]


def test_one_person_in_two_audiences_reads_it_once(session: Session):
    scene = Scene(session, date(2026, 11, 20), (LATE,))
    scene.wu = scene.li
    done = scene.sweep(NOW + timedelta(days=1))
    assert [s.state for s in done] == ["sent", "sent"]
    assert len(scene.said()) == 1


def test_overdue_speaks_once_after_a_long_silence(session: Session):
    scene = Scene(session, date(2026, 11, 20), (LATE,))
    later = NOW + timedelta(days=16)
    assert [s.state for s in scene.sweep(later)] == ["sent", "sent"]
    ahead = plan.forecast(session, scene.case_id)
    assert [r.audience for r in ahead] == ["handler", "supervisor"]
    assert all(timedelta() < r.due_at - later < timedelta(days=4) for r in ahead)


def test_a_poisoned_reminder_stops_no_other_and_is_set_aside(session: Session):
    scene = Scene(session)
    with transaction():
        bad_case = a_case(session, an_office(session, "别的局"), scene.li, "坏的")
        bad = a_clock(session, TODAY, bad_case)
        plan.plan(session, bad, [ON_DUE], scene.calendar, NOW - timedelta(days=1))
        session.execute(text(f"UPDATE reminders SET id = 0 WHERE case_id = {bad_case}"))  # noqa: S608

    def poisoned(asked: Session, case_id: int, audience: str, on: date) -> list[int]:
        if case_id == bad_case:
            asked.execute(text("SELECT no_such_column FROM cases"))
        return scene.resolve(asked, case_id, audience, on)

    assert [s.state for s in sweep(NOW, poisoned, see_all)] == ["planned", "sent"]
    assert sweep(NOW, poisoned, see_all) == []
    for day in range(1, 5):
        sweep(NOW + timedelta(days=day), poisoned, see_all)
    row = session.get_one(Reminder, 0)
    assert (row.state, row.attempts) == ("failed", 5)
    assert row.last_error in ("OperationalError", "ProgrammingError")
    assert scene.audited() == [("reminder.send", "done"), ("reminder.fail", "failed")]
    assert len(scene.said()) == 1


def test_a_crash_leaves_nothing_half_done(session: Session):
    scene = Scene(session)
    with pytest.raises(KeyboardInterrupt), transaction():
        assert sweep_one(session, NOW, scene.resolve, see_all)
        raise KeyboardInterrupt
    assert (count(session, Notice), count(session, AuditRow)) == (0, 0)
    assert [s.state for s in scene.sweep()] == ["sent"]


def test_many_sweepers_send_each_reminder_once(fresh_app: Callable[..., Flask]):
    app = fresh_app()
    with app.app_context():
        session = db.session()
        scene = Scene(session)
        with transaction():
            for number in range(20):
                case_id = a_case(session, an_office(session, f"局{number}"), scene.li)
                clock = a_clock(session, TODAY, case_id)
                plan.plan(session, clock, [ON_DUE], scene.calendar, NOW)
        db.session.remove()
    errors: list[BaseException] = []
    done: list[Swept] = []

    def run() -> None:
        try:
            with app.app_context():
                done.extend(scene.sweep())
                db.session.remove()
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert Counter(s.reminder_id for s in done).most_common(1)[0][1] == 1
    with app.app_context():
        # A sweeper that finds every case busy goes home; the next tick finds what is left.
        rest = sweep(NOW, scene.resolve, see_all)
        assert len(done) + len(rest) == 21
        assert count(db.session(), Notice) == count(db.session(), AuditRow) == 21


def test_a_heartbeat_remembers_the_last_good_one(session: Session):
    with transaction():
        beat(session, "sweep", NOW, ok=True)
        beat(session, "sweep", NOW + timedelta(minutes=1), ok=False, note="KeyError")
        [row] = heartbeats(session)
        assert (row.ok, row.note, row.last_ok_at) == (False, "KeyError", NOW)
