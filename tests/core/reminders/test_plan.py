"""Which reminders a clock gets, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.core.audit.rows import NOW
from tests.core.reminders.clocks import Bare, a_clock, calendar_of, move_due
from tracker.core.clock import at_office, office_time
from tracker.core.db import transaction
from tracker.core.reminders import plan
from tracker.core.reminders.models import Reminder
from tracker.core.rulebook.model import Rung, RungKind
from tracker.core.rulebook.terms import Unit

BEFORE2 = Rung(RungKind.BEFORE, 2)
ON_DUE = Rung(RungKind.ON_DUE)
LATE = Rung(RungKind.AFTER_EVERY, 1, to=("holder", "supervisor"))


def planned(session: Session, state: str = "planned") -> list[tuple[str, str, str]]:
    rows = session.scalars(
        select(Reminder).where(Reminder.state == state).order_by(Reminder.due_at, Reminder.id)
    )
    return [(r.rung, r.audience, f"{office_time(r.due_at):%m-%d %H:%M}") for r in rows]


def plan_for(session: Session, due: date, rungs: list[Rung], now: datetime = NOW, **more: Any):
    with transaction():
        clock = a_clock(session, due, **more)
        plan.plan(session, clock, rungs, calendar_of(session), now)
    return clock


def test_each_rung_has_its_morning(session: Session):
    plan_for(session, date(2026, 12, 2), [BEFORE2, ON_DUE, LATE])  # a Wednesday
    assert planned(session) == [
        ("before:2wd", "handler", "11-30 08:30"),
        ("on_due", "handler", "12-02 08:30"),
        ("after_every:1wd#1", "handler", "12-03 08:30"),
        ("after_every:1wd#1", "supervisor", "12-03 08:30"),
    ]


def test_planning_twice_adds_nothing(session: Session):
    clock = plan_for(session, date(2026, 12, 2), [BEFORE2, ON_DUE])
    with transaction():
        assert plan.plan(session, clock, [BEFORE2, ON_DUE], calendar_of(session), NOW) == 0
    assert len(planned(session)) == 2


def test_what_lies_behind_is_written_down_but_the_due_day_speaks(session: Session):
    plan_for(session, date(2026, 11, 20), [BEFORE2, ON_DUE, LATE])  # the Friday before
    assert planned(session, "skipped") == [("before:2wd", "handler", "11-18 08:30")]
    assert planned(session) == [
        ("on_due", "handler", "11-20 08:30"),
        ("after_every:1wd#2", "handler", "11-24 08:30"),
        ("after_every:1wd#2", "supervisor", "11-24 08:30"),
    ]


def test_nobody_reads_on_a_day_off(session: Session):
    rungs = [Rung(RungKind.BEFORE, 3, Unit.CD), ON_DUE, Rung(RungKind.AFTER_EVERY, 3, Unit.CD)]
    plan_for(session, date(2026, 12, 2), rungs)
    assert [row[2] for row in planned(session)] == ["11-27 08:30", "12-02 08:30", "12-07 08:30"]


def test_hours_count_from_the_moment(session: Session):
    due_at = at_office(date(2026, 11, 24), 15)
    rungs = [
        Rung(RungKind.AFTER_START, 0, Unit.H),
        Rung(RungKind.BEFORE, 1, Unit.H),
        ON_DUE,
        Rung(RungKind.AFTER_EVERY, 24, Unit.H),
    ]
    plan_for(session, date(2026, 11, 24), rungs, due_at=due_at)
    assert [row[2] for row in planned(session)] == [
        "11-23 09:00",
        "11-24 14:00",
        "11-24 15:00",
        "11-25 15:00",
    ]


def test_months_end_where_months_end(session: Session):
    rungs = [Rung(RungKind.BEFORE, 1, Unit.M), Rung(RungKind.AFTER_START, 5, Unit.WD)]
    plan_for(session, date(2027, 3, 31), rungs)
    assert planned(session)[-1] == ("before:1m", "handler", "02-26 08:30")


def test_a_clock_without_a_date_is_not_reminded_of_it(session: Session):
    bare = Bare(id=1, case_id=1, version=1, started_on=date(2026, 11, 23))
    with transaction():
        for rung in (BEFORE2, ON_DUE, LATE):
            assert plan._first_moment(rung, bare, calendar_of(session), NOW) is None
        calendar = calendar_of(session)
        assert not plan.plan_next(session, bare, "after_every:1wd#1", "x", calendar, NOW)


def test_a_new_date_cancels_the_old_reminders(session: Session):
    clock = plan_for(session, date(2026, 12, 2), [ON_DUE])
    with transaction():
        move_due(session, clock, date(2026, 12, 9))
        assert plan.plan(session, clock, [ON_DUE], calendar_of(session), NOW) == 1
        assert [r.due_at for r in plan.forecast(session, clock.case_id)] == [
            at_office(date(2026, 12, 9), 8, 30)
        ]
    assert planned(session, "cancelled") == [("on_due", "handler", "12-02 08:30")]


def test_a_stopped_clock_is_silent(session: Session):
    clock = plan_for(session, date(2026, 12, 2), [BEFORE2, ON_DUE])
    with transaction():
        assert plan.cancel(session, clock.id, NOW, "approve") == 2
        assert plan.cancel(session, clock.id, NOW, "approve") == 0
    assert planned(session) == []
    assert set(session.scalars(select(Reminder.reason))) == {"approve"}


@pytest.mark.parametrize("unit", [u for u in Unit if u is not Unit.NONE])
@pytest.mark.parametrize("days_late", [0, 1, 9, 40, 3000])
def test_the_next_overdue_turn_is_the_first_ahead(session: Session, unit: Unit, days_late: int):
    due = at_office(date(2026, 11, 23), 8, 30)
    now = due + timedelta(days=days_late, hours=1)
    calendar = calendar_of(session)
    repeat = plan._Repeat(1, unit)
    name, moment = plan._next_late(repeat, due, calendar, now)
    turn = int(name.rpartition("#")[2])
    assert moment > now
    assert turn == 1 or plan._late_moment(repeat, turn - 1, due, calendar) <= now


def test_the_calendars_end_stops_no_step(session: Session):
    calendar = calendar_of(session)
    for n in (30, -30):
        edge = calendar.last if n > 0 else calendar.first
        assert plan._shift(edge, n, Unit.WD, calendar) == edge + timedelta(days=n * 7 // 5)
    beyond = calendar.last + timedelta(days=9)
    assert plan._forward(beyond, calendar) == plan._back(beyond, calendar) == beyond


def test_only_overdue_rungs_repeat(session: Session):
    clock = plan_for(session, date(2026, 11, 20), [ON_DUE])
    calendar = calendar_of(session)
    assert plan.next_turn(clock, "on_due", calendar, NOW) is None
    assert plan.next_turn(clock, "after:5wd", calendar, NOW) is None
    following = plan.next_turn(clock, "after_every:24h#7", calendar, NOW)
    assert following is not None
    assert following[0] == "after_every:24h#8"
    assert NOW.tzinfo is UTC


ESCALATE = Rung(RungKind.AFTER, 5, to=("head",))


def test_an_escalation_stands_after_the_due_day(session: Session):
    plan_for(session, date(2026, 12, 2), [ON_DUE, ESCALATE, Rung(RungKind.AFTER, 1, Unit.H)])
    assert planned(session) == [
        ("on_due", "handler", "12-02 08:30"),
        ("after:1h", "handler", "12-02 09:30"),
        ("after:5wd", "head", "12-09 08:30"),
    ]


def test_of_escalations_that_lie_behind_the_last_one_speaks(session: Session):
    rungs = [Rung(RungKind.AFTER, n, to=("head",)) for n in (1, 3, 20)]
    plan_for(session, date(2026, 11, 13), rungs)
    assert planned(session, "skipped") == [("after:1wd", "head", "11-16 08:30")]
    assert planned(session) == [
        ("after:3wd", "head", "11-18 08:30"),
        ("after:20wd", "head", "12-11 08:30"),
    ]


def test_other_rungs_replace_the_old_ones_and_may_come_back(session: Session):
    clock = plan_for(session, date(2026, 12, 2), [BEFORE2, ON_DUE, LATE])

    def again(*rungs: Rung) -> None:
        with transaction():
            plan.plan(session, session.merge(clock), rungs, calendar_of(session), NOW)

    again(ON_DUE, Rung(RungKind.BEFORE, 3))
    assert [row[0] for row in planned(session)] == ["before:3wd", "on_due"]
    assert len(planned(session, "cancelled")) == 3
    again(BEFORE2, ON_DUE, LATE)
    assert [row[0] for row in planned(session)] == [
        "before:2wd",
        "on_due",
        "after_every:1wd#1",
        "after_every:1wd#1",
    ]
    assert [row[0] for row in planned(session, "cancelled")] == ["before:3wd"]


def test_a_new_rung_says_nothing_of_days_gone_by(session: Session):
    clock = plan_for(session, date(2026, 11, 20), [LATE])
    with transaction():
        plan.plan(session, session.merge(clock), [LATE, ON_DUE], calendar_of(session), NOW)
    assert planned(session, "skipped") == [("on_due", "handler", "11-20 08:30")]
    with transaction():
        reminder = session.scalars(select(Reminder).where(Reminder.rung == "on_due")).one()
        session.delete(reminder)
        session.flush()
        plan.plan(
            session, session.merge(clock), [LATE, ON_DUE], calendar_of(session), NOW, mend=True
        )
    assert ("on_due", "handler", "11-20 08:30") in planned(session)


def test_what_was_said_at_the_start_is_not_said_when_the_date_moves(session: Session):
    at_once = Rung(RungKind.AFTER_START, 0, Unit.H)
    clock = plan_for(session, date(2026, 12, 2), [at_once])
    assert len(planned(session)) == 1
    with transaction():
        moved = session.merge(clock)
        move_due(session, moved, date(2026, 12, 4))
        later = NOW + timedelta(days=1)
        plan.plan(session, moved, [at_once], calendar_of(session), later)
    assert planned(session) == []


def test_a_time_that_was_changed_by_hand_is_put_right(session: Session):
    clock = plan_for(session, date(2026, 12, 2), [ON_DUE, LATE])
    right = planned(session)
    with transaction():
        for row in session.scalars(select(Reminder)):
            row.due_at += timedelta(days=3)
    with transaction():
        plan.plan(session, session.merge(clock), [ON_DUE, LATE], calendar_of(session), NOW)
    session.rollback()
    assert planned(session) == right
