"""A new calendar over open cases: exactly what the preview shows, told, noted, and taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.core.calendar.test_notice import NEXT
from tests.security.world import World, vault_key
from tracker.core.audit.models import AuditRow
from tracker.core.audit.verify import verify
from tracker.core.calendar import store
from tracker.core.calendar.days import Day
from tracker.core.calendar.models import CalendarEdition
from tracker.core.calendar.notice import read_notice
from tracker.core.cases import recalendar
from tracker.core.cases.models import Case
from tracker.core.cases.recalendar import Preview
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import db, transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import BadInput, ChangedMeanwhile
from tracker.core.notices.models import Outbox
from tracker.core.reminders.models import Reminder

DECEMBER = datetime(2026, 12, 21, 9, tzinfo=OFFICE_ZONE)
SOURCE, KNOWN = "国办发明电〔2026〕9号", date(2026, 12, 21)
LEADS = {
    "东方水泥厂": "drafted",
    "红星酒业公司": "sent",
    "草原毛纺集团": "triage",
    "新华书店": "supplement",
    "黄河电力局": "verifying",
    "北斗通信站": "feedback",
    "青山农场": "closed",
}
Stored = dict[int, tuple[Any, ...]]


def next_year() -> list[Day]:
    """Invented arrangements: Sunday 27 December is worked, and much of 2027 is other."""
    return read_notice(NEXT).days(SOURCE)


@dataclass
class Bureau:
    """Leads in many states a few days before the year ends."""

    world: World
    session: Session
    now: datetime

    def stored(self) -> Stored:
        """What every clock stores, apart from the edition it was counted on."""
        self.session.expire_all()
        columns = ("rule_id", "due_on", "due_at", "state", "stopped_on", "started_on")
        return {
            d.id: tuple(getattr(d, name) for name in columns)
            for d in self.session.scalars(select(Deadline))
        }

    def preview(self) -> Preview:
        return recalendar.preview(
            self.session, next_year(), source=SOURCE, known_on=KNOWN, now=self.now
        )

    def apply(self, expected: str | None = None) -> tuple[CalendarEdition, Preview]:
        with transaction() as session:
            return recalendar.apply(
                session,
                next_year(),
                source=SOURCE,
                known_on=KNOWN,
                actor_id=self.world.people["system_admin@bureau"],
                now=self.now,
                expected=expected,
            )

    def revert(self, edition_id: int, expected: str | None = None) -> Preview:
        with transaction() as session:
            return recalendar.revert(
                session,
                edition_id,
                actor_id=self.world.people["system_admin@bureau"],
                now=self.now + timedelta(hours=1),
                expected=expected,
            )[1]

    def sound(self) -> None:
        """Dates are what the facts give, lists show the earliest, and the audit holds."""
        self.session.expire_all()
        for clock in self.session.scalars(select(Deadline)):
            assert deadlines.check(self.session, clock) == []
        for case in self.session.scalars(select(Case)):
            dates = [d.due_on for d in deadlines.running(self.session, case.id) if d.due_on]
            assert case.next_due_on == min(dates, default=None)
        self.session.rollback()
        with db.engine.connect() as connection:
            assert verify(connection) == []


@pytest.fixture
def bureau(session: Session) -> Bureau:
    vault_key()
    with transaction():
        world = World(session)
        world.now = DECEMBER
        for unit, state in LEADS.items():
            world.lead_about(unit, state)
    return Bureau(world, session, world.now + timedelta(minutes=1))


def test_exactly_the_previewed_dates_move_and_nothing_else(bureau: Bureau) -> None:
    before = bureau.stored()
    shown = bureau.preview()
    assert bureau.stored() == before
    assert shown.moves
    moves = {m.deadline_id: (m.before, m.after) for m in shown.moves}
    held = [d for d, values in before.items() if values[3] == "suspended"]
    assert held
    assert not moves.keys() & set(held)

    edition, done = bureau.apply(shown.digest)
    after = bureau.stored()
    changed = {d: (before[d][1], after[d][1]) for d in before if before[d] != after[d]}
    assert changed == moves == {m.deadline_id: (m.before, m.after) for m in done.moves}
    assert all(before[d][2:] == after[d][2:] for d in before)
    assert edition.entered_by_id == bureau.world.people["system_admin@bureau"]
    bureau.sound()


def test_a_notice_that_says_what_was_expected_makes_dates_firm_and_moves_none(
    bureau: Bureau,
) -> None:
    unsure = select(func.count()).select_from(Deadline).where(
        Deadline.provisional, Deadline.state == "running", Deadline.due_on < date(2027, 12, 27)
    )  # fmt: skip
    waiting = bureau.session.scalars(unsure).one()
    assert waiting
    now = store.load(bureau.session)
    as_expected = [replace(now.day(d.on), status=d.status) for d in next_year()]
    before = bureau.stored()
    with transaction() as session:
        _edition, shown = recalendar.apply(
            session, as_expected, source=SOURCE, known_on=KNOWN, actor_id=None, now=bureau.now
        )
    assert (shown.moves, shown.same_date) == ((), waiting)
    assert bureau.session.scalars(unsure).one() == 0
    assert bureau.stored() == before
    assert bureau.session.scalars(select(Outbox).where(Outbox.source_key.like("cal%"))).all() == []
    shown_cases = select(Case).where(Case.next_due_on < date(2027, 12, 27))
    assert not any(c.next_due_provisional for c in bureau.session.scalars(shown_cases))
    bureau.sound()


def test_taking_it_back_restores_every_date(bureau: Bureau) -> None:
    before = bureau.stored()
    edition, _done = bureau.apply()
    assert bureau.stored() != before
    shown = recalendar.preview_revert(bureau.session, edition.id, now=bureau.now)
    back = bureau.revert(edition.id, shown.digest)
    assert {(m.deadline_id, m.before, m.after) for m in back.moves} == {
        (m.deadline_id, m.before, m.after) for m in shown.moves
    }
    assert bureau.stored() == before
    bureau.sound()
    assert store.announced_until(bureau.session) == 2026
    # The same notice may come once more.
    bureau.apply()
    bureau.sound()


def test_the_same_calendar_again_moves_nothing(bureau: Bureau) -> None:
    bureau.apply()
    before = bureau.stored()
    shown = bureau.preview()
    assert (shown.moves, shown.days, shown.same_date) == ((), (), 0)
    bureau.apply(shown.digest)
    assert bureau.stored() == before
    bureau.sound()


def test_the_handler_hears_of_each_date_once(bureau: Bureau) -> None:
    shown = bureau.preview()
    session = bureau.session
    edition, _done = bureau.apply()
    rows = session.scalars(select(Outbox).where(Outbox.source_key.startswith("calendar:"))).all()
    assert {r.source_key for r in rows} == {
        f"calendar:{edition.id}:{m.deadline_id}" for m in shown.moves if m.told
    }
    handler = bureau.world.people["handler"]
    (verifying,) = session.scalars(select(Case).where(Case.state == "verifying"))
    told = [r for r in rows if r.user_id == handler and r.case_id == verifying.id]
    assert told
    assert "因放假安排调整，由" in told[0].template
    number = list(bureau.world.people).index("handler") + 1
    (move, *_rest) = [m for m in shown.moves if m.case_id == verifying.id]
    assert f"示例{number}" in move.told


def test_reminders_follow_the_new_dates(bureau: Bureau) -> None:
    _edition, done = bureau.apply()
    session = bureau.session
    for move in done.moves:
        clock = session.get_one(Deadline, move.deadline_id)
        planned = session.scalars(
            select(Reminder).where(Reminder.deadline_id == clock.id, Reminder.state == "planned")
        ).all()
        assert planned
        assert {r.deadline_version for r in planned} == {clock.version}


def test_the_act_and_every_case_leave_an_audit_row(bureau: Bureau) -> None:
    edition, done = bureau.apply()
    session = bureau.session
    rows = session.scalars(select(AuditRow).where(AuditRow.tag == "calendar.apply")).all()
    (act,) = [r for r in rows if r.case_id is None]
    assert act.object == f"calendar_edition:{edition.id}"
    assert f'"moves":{len(done.moves)}' in (act.details or "").replace(" ", "")
    assert {r.case_id for r in rows} - {None} == {m.case_id for m in done.moves}
    bureau.revert(edition.id)
    assert (
        session.scalar(
            select(func.count())
            .select_from(AuditRow)
            .where(AuditRow.tag == "calendar.revert", AuditRow.case_id.is_(None))
        )
        == 1
    )


def test_what_changed_since_the_preview_is_refused(bureau: Bureau) -> None:
    shown = bureau.preview()
    with transaction():
        bureau.world.lead_about("长城饭店", "triage")
    before = bureau.stored()
    with pytest.raises(ChangedMeanwhile, match="新的预览"):
        bureau.apply(shown.digest)
    assert bureau.stored() == before
    assert store.announced_until(bureau.session) == 2026
    bureau.apply(bureau.preview().digest)


def test_a_clock_left_on_an_older_edition_is_brought_along(bureau: Bureau) -> None:
    """As when a step started it while another process published: the next comparison finds it."""
    bureau.apply()
    (lead,) = bureau.session.scalars(select(Case).where(Case.state == "verifying"))
    (clock,) = [d for d in deadlines.running(bureau.session, lead.id) if d.rule_id == "L16"]
    right, edition = clock.due_on, clock.calendar_edition
    older = bureau.session.scalars(
        select(CalendarEdition.id).order_by(CalendarEdition.id.desc()).offset(1)
    ).first()
    with transaction() as session:
        found = deadlines.working(session, clock, store.load(session, upto=older))
        assert found.due != right
        session.execute(
            update(Deadline)
            .where(Deadline.id == clock.id)
            .values(due_on=found.due, provisional=found.provisional, calendar_edition=older)
        )
    bureau.session.expire_all()
    assert [m.deadline_id for m in bureau.preview().moves] == [clock.id]
    bureau.apply()
    assert (clock.due_on, clock.calendar_edition > edition) == (right, True)
    bureau.sound()


@pytest.mark.parametrize(
    ("source", "known_on", "field"),
    [
        ("", KNOWN, "source"),
        ("x" * 301, KNOWN, "source"),
        (SOURCE, KNOWN + timedelta(days=1), "known_on"),
    ],
)
def test_a_source_and_a_day_that_has_come(
    session: Session, source: str, known_on: date, field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        recalendar.preview(session, next_year(), source=source, known_on=known_on, now=DECEMBER)
    assert caught.value.field_name == field


def test_what_the_product_brought_is_not_taken_back(session: Session) -> None:
    first = session.scalars(select(func.min(CalendarEdition.id))).one()
    with pytest.raises(BadInput, match="不能撤回"):
        recalendar.preview_revert(session, first, now=DECEMBER)
