"""The three books agree, or every reminder on which they do not is named and put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from tests.core.audit.rows import NOW, a_case, a_person, an_office, see_all
from tests.core.reminders.clocks import a_clock, calendar_of
from tracker.core.audit.models import AuditRow
from tracker.core.audit.verify import verify
from tracker.core.calendar import store
from tracker.core.calendar.days import Day, DayKind, DayStatus
from tracker.core.calendar.models import CalendarEdition
from tracker.core.db import Model, db, transaction
from tracker.core.deadlines.models import Deadline
from tracker.core.notices.models import Notice
from tracker.core.reminders import queues
from tracker.core.reminders.heartbeat import beat
from tracker.core.reminders.models import Reminder
from tracker.core.reminders.reconcile import Found, differences, reconcile
from tracker.core.reminders.sweep import plan_anew, sweep
from tracker.core.reminders.timetable import SWEEP

SOON, PAST = date(2026, 12, 2), date(2026, 11, 20)


class Office:
    """Cases with running clocks of the rulebook's own rule, half of them late already."""

    def __init__(self, session: Session, size: int = 6) -> None:
        self.session = session
        with transaction():
            self.li, self.wu = a_person(session, "li"), a_person(session, "wu")
            org, calendar = an_office(session), calendar_of(session)
            session.execute(update(CalendarEdition).values(created_at=NOW - timedelta(days=400)))
            for n in range(size):
                case_id = a_case(session, org, self.li)
                # Planned while there was still time, as it is when a clock starts.
                clock = a_clock(session, PAST if n % 2 else SOON, case_id)
                plan_anew(session, clock, org, calendar, NOW - timedelta(days=10))
        self.sweep()

    def sweep(self) -> None:
        sweep(NOW, lambda *_: [self.li, self.wu], see_all)

    def rows(self, state: str) -> list[Reminder]:
        query = select(Reminder).where(Reminder.state == state).order_by(Reminder.id)
        self.session.rollback()
        return list(self.session.scalars(query))

    def state(self) -> Counter[tuple[object, ...]]:
        self.session.rollback()
        rows = self.session.scalars(select(Reminder))
        return Counter((r.deadline_id, r.rung, r.audience, r.state, r.due_at) for r in rows)

    def heard(self) -> Counter[tuple[int, str]]:
        return Counter((n.user_id, n.source_key) for n in self.session.scalars(select(Notice)))


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def found(office: Office) -> Found:
    office.session.rollback()
    result = reconcile(NOW)
    office.session.rollback()
    return result


def test_sound_books_agree(office: Office):
    assert office.rows("sent")
    assert office.rows("planned")
    assert found(office) == Found()
    assert queues.last_verdict(office.session) is None


def _delete(office: Office, rows: list[Reminder]) -> None:
    office.session.execute(delete(Reminder).where(Reminder.id.in_([r.id for r in rows])))


def _change(**values: object) -> Callable[[Office, list[Reminder]], None]:
    def change(office: Office, rows: list[Reminder]) -> None:
        ids = [r.id for r in rows]
        office.session.execute(update(Reminder).where(Reminder.id.in_(ids)).values(**values))

    return change


def _unsay(office: Office, rows: list[Reminder]) -> None:
    keys = {f"reminder:{r.deadline_id}:{r.deadline_version}:{r.rung}" for r in rows}
    office.session.execute(delete(Notice).where(Notice.source_key.in_(keys)))


def _later(office: Office, rows: list[Reminder]) -> None:
    office.session.execute(
        update(Reminder)
        .where(Reminder.id.in_([r.id for r in rows]))
        .values(due_at=NOW + timedelta(days=90), try_after=NOW + timedelta(days=90))
    )


DAMAGE: dict[str, tuple[str, str, Callable[[Office, list[Reminder]], None]]] = {
    "planned row gone": ("planned", "missing", _delete),
    "planned row cancelled": ("planned", "ended", _change(state="cancelled", reason="by hand")),
    "planned row skipped": ("planned", "ended", _change(state="skipped", reason="clock_stopped")),
    "planned row marked sent": ("planned", "unheard", _change(state="sent", sent_at=NOW)),
    "planned row moved": ("planned", "moved", _later),
    "planned row of an old date": ("planned", "", _change(deadline_version=0)),
    "sent row gone": ("sent", "", _delete),
    "sent row planned again": (
        "sent",
        "",
        _change(state="planned", sent_at=None, try_after=NOW + timedelta(days=9)),
    ),
    "nobody has it": ("sent", "unheard", _unsay),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_each_damage_is_named_and_put_right(office: Office, name: str):
    state, kind, damage = DAMAGE[name]
    before, heard = office.state(), office.heard()
    rows = [r for r in office.rows(state) if not r.rung.startswith("after_every")]
    clocks = {(r.deadline_id, r.rung) for r in rows}
    assert rows
    with transaction():
        damage(office, rows)
    result = found(office)
    named = {(d.deadline_id, d.rung) for d in result.items}
    assert clocks <= named, name
    assert not kind or {d.kind for d in result.items} == {kind}
    office.sweep()
    assert found(office) == Found()
    assert set(office.heard()) == set(heard)
    assert max(office.heard().values()) == 1, "nobody reads it twice"
    now_there = {key[:3] for key, n in office.state().items() if key[3] in ("sent", "planned")}
    assert {key[:3] for key in before if key[3] in ("sent", "planned")} <= now_there
    with db.engine.connect() as connection:
        assert verify(connection) == []


def test_two_hundred_damaged_rows_are_two_hundred_differences(session: Session):
    office = Office(session, size=80)
    planned = [r for r in office.rows("planned") if "after_every" not in r.rung]
    repeating = [r for r in office.rows("planned") if "after_every" in r.rung]
    sent = [r for r in office.rows("sent") if r.rung == "on_due" and r.audience == "handler"]
    with transaction():
        _delete(office, planned[:80])
        _change(state="cancelled", reason="by hand")(office, planned[80:120])
        _later(office, planned[120:130])
        _delete(office, repeating[:40])
        _change(state="sent", sent_at=NOW)(office, repeating[40:50])
        _delete(office, sent[:20])
    result = found(office)
    assert result.count == 200, Counter(d.kind for d in result.items)
    assert len({(d.deadline_id, d.rung, d.audience) for d in result.items}) == 200
    verdict = queues.last_verdict(session)
    assert verdict is not None
    assert verdict.count == 200
    assert {line.label for line in verdict.lines} == {"线索初审"}
    office.sweep()
    assert found(office) == Found()
    tags = Counter(session.scalars(select(AuditRow.tag)))
    assert tags["reminder.reconcile"] == 1
    assert tags["reminder.repair"] == len({d.deadline_id for d in result.items})


def test_what_is_planned_for_a_clock_that_stopped_is_taken_away(office: Office):
    rows = office.rows("planned")
    with transaction() as session:
        session.execute(
            update(Deadline)
            .where(Deadline.id == rows[0].deadline_id)
            .values(state="stopped", stopped_on=SOON)
        )
    left = [r for r in rows if r.deadline_id == rows[0].deadline_id]
    result = found(office)
    assert Counter(d.kind for d in result.items) == {"stray": len(left)}
    assert found(office) == Found()


def test_a_reminder_that_nobody_sends_is_named(office: Office):
    with transaction() as session:
        row = session.scalars(select(Reminder).where(Reminder.state == "planned")).first()
        assert row is not None
        row.try_after = NOW - timedelta(hours=2)
        beat(session, SWEEP, NOW, ok=True, note="sent 7")
        moment = row.due_at
    assert found(office) == Found(), "the sweep is at work"
    with transaction() as session:
        beat(session, SWEEP, NOW, ok=True)
    [item] = found(office).items
    assert item.kind == "unsent"
    assert moment is not None


def test_a_clock_whose_rule_is_gone_stops_no_other(office: Office):
    rows = office.rows("planned")
    with transaction() as session:
        first = session.get_one(Deadline, rows[0].deadline_id)
        first.rule_id = "X99"
        _delete(office, [r for r in rows if r.deadline_id != first.id][:1])
    assert Counter(d.kind for d in found(office).items) == {"unreadable": 1, "missing": 1}
    assert Counter(d.kind for d in found(office).items) == {"unreadable": 1}


def test_a_new_calendar_moves_reminders_without_blame(office: Office):
    day = date(2026, 11, 30)  # two working days before the due day
    with transaction() as session:
        store.publish(
            session,
            [Day(day, DayKind.HOLIDAY, "试放假", DayStatus.MANUAL)],
            known_on=NOW.date(),
            source="测试",
            now=NOW + timedelta(hours=1),
        )
    office.session.rollback()
    result = found(office)
    assert result.count == 0
    assert result.followed > 0
    assert list(differences(office.session, NOW)) == []
    assert not [r for r in office.rows("planned") if r.due_at.date() == day]


def test_a_step_that_runs_meanwhile_is_no_difference(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    from tracker.core.reminders import reconcile as module

    seen = module.differences

    def then_mended(session: Session, now: object):
        items = list(seen(session, NOW))
        session.rollback()
        with transaction() as again:
            again.execute(text("UPDATE reminders SET state = 'planned', reason = NULL "
                               "WHERE state = 'cancelled'"))  # fmt: skip
        return items

    with transaction() as session:
        session.execute(
            update(Reminder)
            .where(Reminder.state == "planned")
            .values(state="cancelled", reason="for a moment")
        )
    monkeypatch.setattr(module, "differences", then_mended)
    assert found(office) == Found()


def test_a_row_of_nobody_knows_what_is_not_overlooked(office: Office):
    row = office.rows("planned")[0]
    values = {c.name: getattr(row, c.name) for c in Reminder.__table__.c if c.name != "id"}
    with transaction() as session:
        table = Model.metadata.tables["reminders"]
        session.execute(insert(table).values({**values, "rung": "before:9wd"}))
    [item] = found(office).items
    assert (item.kind, item.rung) == ("stray", "before:9wd")
