"""Editions of the stored calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.core.calendar import store
from tracker.core.calendar.days import Day, DayKind, DayStatus, each_day
from tracker.core.calendar.models import CalendarDay, CalendarEdition
from tracker.core.calendar.table import packaged_calendar
from tracker.core.errors import BadInput, SetupError

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
NOTICE = date(2026, 12, 1)


def _notice() -> list[Day]:
    """A notice for 2027 that makes a Sunday of the year before a working day."""
    return [Day(date(2026, 12, 27), DayKind.MAKEUP, "元旦", DayStatus.ANNOUNCED)]


def test_the_seed_is_the_shipped_table_once(session: Session) -> None:
    first = store.seed(session, NOW)
    assert store.seed(session, NOW).id == first.id
    stored, shipped = store.load(session), packaged_calendar()
    assert (stored.first, stored.last) == (shipped.first, shipped.last)
    for on in each_day(date(2026, 1, 1), date(2027, 12, 31)):
        assert stored.day(on).kind == shipped.day(on).kind
        assert stored.day(on).status == shipped.day(on).status
    assert store.load(session) is stored


def test_a_later_edition_overrides_and_the_former_stays_readable(session: Session) -> None:
    first = store.seed(session, NOW)
    second = store.publish(
        session, _notice(), known_on=NOTICE, source="国务院办公厅2027年节假日安排通知", now=NOW
    )
    sunday = date(2026, 12, 27)
    assert store.load(session).is_workday(sunday)
    assert store.load(session).edition == second.id
    assert store.load(session).day(sunday).source == "国务院办公厅2027年节假日安排通知"
    assert not store.load(session, date(2026, 11, 30)).is_workday(sunday)
    assert not store.load(session, upto=first.id).is_workday(sunday)
    # Before records began there is only the first edition.
    assert store.load(session, date(2018, 1, 1)).edition == first.id


def test_an_edition_entered_late_but_known_early_does_not_override_a_later_one(
    session: Session,
) -> None:
    store.seed(session, NOW)
    store.publish(session, _notice(), known_on=NOTICE, source="通知", now=NOW)
    early = [Day(date(2026, 12, 27), DayKind.WEEKEND, "", DayStatus.MANUAL)]
    store.publish(session, early, known_on=date(2026, 11, 25), source="人工", now=NOW)
    assert store.load(session).is_workday(date(2026, 12, 27))


def test_an_edition_without_days_or_with_a_day_twice_is_refused(session: Session) -> None:
    with pytest.raises(BadInput, match="没有任何日期"):
        store.publish(session, [], known_on=NOTICE, source="", now=NOW)
    with pytest.raises(BadInput, match="重复"):
        store.publish(session, _notice() * 2, known_on=NOTICE, source="", now=NOW)


def test_an_empty_calendar_says_what_to_do(session: Session) -> None:
    session.execute(delete(CalendarDay))
    session.execute(delete(CalendarEdition))
    with pytest.raises(SetupError, match="load the reference data"):
        store.load(session)


def test_a_process_keeps_only_a_few_calendars(session: Session) -> None:
    store.seed(session, NOW)
    for n in range(10):
        store.publish(session, _notice(), known_on=NOTICE, source=f"通知 {n}", now=NOW)
        assert store.load(session).day(date(2026, 12, 27)).source == f"通知 {n}"
    assert len(store._loaded) <= 8
