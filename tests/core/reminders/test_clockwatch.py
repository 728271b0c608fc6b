"""A clock that jumps holds its machine; small differences between machines do not."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.core.audit.rows import NOW, a_person
from tracker.core.audit.models import AuditRow
from tracker.core.db import transaction
from tracker.core.reminders.clockwatch import ClockWatch, confirm, machine_seconds, open_holds
from tracker.core.reminders.heartbeat import beat, health, heartbeats
from tracker.core.reminders.models import ClockHold


class Machine:
    """A wall clock that can be set, and a count of seconds that cannot."""

    def __init__(self) -> None:
        self.wall, self.count = NOW, 1000.0

    def watch(self, node: str = "here:1") -> ClockWatch:
        return ClockWatch(wall=lambda: self.wall, seconds=lambda: self.count, node=node)

    def passes(self, seconds: float, jump: float = 0) -> None:
        self.count += seconds
        self.wall += timedelta(seconds=seconds + jump)


@pytest.fixture
def machine(caplog: pytest.LogCaptureFixture) -> Machine:
    caplog.set_level(logging.CRITICAL)
    return Machine()


def look(watch: ClockWatch) -> bool:
    with transaction() as session:
        return watch.look(session)


def fail_after(watch: ClockWatch) -> None:
    with transaction() as session:
        watch.look(session)
        raise KeyError


@pytest.mark.parametrize("jump", [-120, 119, 600])
def test_small_corrections_hold_nothing(session: Session, machine: Machine, jump: float):
    watch = machine.watch()
    assert look(watch)
    machine.passes(15, jump)
    assert not watch.suspicious()
    assert look(watch)
    assert open_holds(session) == []


@pytest.mark.parametrize("jump", [-121, 601, 86400, -31_536_000])
def test_a_jump_holds_until_the_clock_comes_back(session: Session, machine: Machine, jump: float):
    watch = machine.watch()
    look(watch)
    machine.passes(15, jump)
    expected = NOW + timedelta(seconds=15)
    assert watch.suspicious()
    assert not look(watch)
    [hold] = open_holds(session)
    assert (hold.node, hold.jump, hold.at) == ("here:1", jump, expected)
    assert watch.now() == expected, "signs of life bear the time that was counted"
    assert not health(session, expected).ok
    machine.passes(60)
    assert not look(watch)
    machine.passes(60, -jump + 100)
    assert look(watch)
    assert not watch.held
    assert watch.now() == machine.wall
    session.rollback()
    assert open_holds(session) == []
    [row] = session.scalars(select(ClockHold))
    assert row.released_by_id is None
    tags = session.scalars(select(AuditRow.tag).order_by(AuditRow.id)).all()
    assert tags == ["clock.hold", "clock.release"]


def test_an_administrator_confirms_the_new_time(session: Session, machine: Machine):
    watch = machine.watch()
    look(watch)
    machine.passes(10, -7200)
    assert not look(watch)
    with transaction():
        admin = a_person(session, "admin")
        beat(session, "clean", NOW, ok=True)
        [hold] = open_holds(session)
        assert confirm(session, hold.id, actor_id=admin, now=machine.wall)
        assert not confirm(session, hold.id, actor_id=admin, now=machine.wall)
    [sign] = heartbeats(session)
    assert sign.at == machine.wall, "a sign from the future would hide the next silence"
    assert look(watch)
    machine.passes(15)
    assert not watch.suspicious()


def test_at_the_start_a_clock_behind_the_others_is_held(session: Session, machine: Machine):
    with transaction():
        beat(session, "clean", NOW + timedelta(minutes=3), ok=True)
    watch = machine.watch()
    assert not look(watch)
    [hold] = open_holds(session)
    assert hold.jump == -180
    machine.passes(5, 179)
    assert look(watch)


@pytest.mark.parametrize("skew", [-120, 120])
def test_machines_two_minutes_apart_work_together(session: Session, machine: Machine, skew: int):
    with transaction():
        beat(session, "clean", NOW - timedelta(seconds=skew), ok=True)
    watch = machine.watch()
    assert look(watch)
    for _tick in range(20):
        machine.passes(15)
        assert not watch.suspicious()
    assert look(watch)


def test_a_restart_does_not_forget_that_the_clock_ran_ahead(session: Session, machine: Machine):
    watch = machine.watch("here:1")
    look(watch)
    machine.passes(15, 86400)
    assert not look(watch)
    after = machine.watch("here:2")
    assert not look(after), "nobody has said that the time is right"
    machine.passes(15)
    assert not look(after)
    other = machine.watch("there:1")
    assert look(other)
    with transaction():
        [hold] = open_holds(session)
        confirm(session, hold.id, actor_id=a_person(session, "admin"), now=machine.wall)
    assert look(after)


def test_a_restart_after_the_clock_was_put_right_goes_on(session: Session, machine: Machine):
    watch = machine.watch("here:1")
    look(watch)
    machine.passes(15, -3600)
    assert not look(watch)
    machine.passes(15, 3600)
    assert look(machine.watch("here:2"))
    session.rollback()
    assert open_holds(session) == []


def test_a_hold_whose_row_was_lost_is_written_again(session: Session, machine: Machine):
    watch = machine.watch()
    look(watch)
    machine.passes(15, 3600)
    with pytest.raises(KeyError):
        fail_after(watch)
    assert open_holds(session) == []
    assert not look(watch)
    assert len(open_holds(session)) == 1


def test_the_machine_counts_on():
    before = machine_seconds()
    assert machine_seconds() >= before > 0
    assert isinstance(ClockWatch().now(), datetime)
