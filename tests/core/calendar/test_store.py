"""Editions of the stored calendar."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tracker.core.calendar import store, table
from tracker.core.calendar.days import Calendar, Day, DayKind, DayStatus, each_day
from tracker.core.calendar.models import CalendarDay, CalendarEdition
from tracker.core.calendar.table import packaged_calendar
from tracker.core.errors import BadInput, NotVisible, SetupError

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
NOTICE = date(2026, 12, 1)
SUNDAY = date(2026, 12, 27)


def _notice() -> list[Day]:
    """A notice for 2027 that makes a Sunday of the year before a working day."""
    return [Day(SUNDAY, DayKind.MAKEUP, "元旦", DayStatus.ANNOUNCED)]


def _empty(session: Session) -> None:
    session.execute(delete(CalendarDay))
    session.execute(delete(CalendarEdition))


def _newest(session: Session) -> int:
    return session.scalars(select(func.max(CalendarEdition.id))).one()


def _as_of_version_01(session: Session) -> CalendarEdition:
    """All days in one edition, as a database of version 0.1 has them."""
    _empty(session)
    whole = packaged_calendar()
    return store.publish(
        session,
        [whole.day(d) for d in each_day(whole.first, whole.last)],
        known_on=date(2025, 11, 4),
        source="国务院办公厅2017年至2026年节假日安排通知",
        now=NOW,
    )


def same(one: Calendar, other: Calendar) -> bool:
    """Whether two calendars say the same of every day, source included."""
    days = list(each_day(other.first, other.last))
    return (one.first, one.last) == (other.first, other.last) and all(
        one.day(d) == other.day(d) for d in days
    )


def test_the_seed_is_the_shipped_table_once(session: Session) -> None:
    _empty(session)
    before = time.perf_counter()
    assert store.seed(session, NOW) == len(table.packaged_editions())
    assert time.perf_counter() - before < 5
    assert store.seed(session, NOW) == 0
    assert same(store.load(session), packaged_calendar())
    assert store.load(session) is store.load(session)


def test_database_and_package_know_the_same_on_every_day_something_was_published(
    session: Session,
) -> None:
    store.seed(session, NOW)
    told = [e.known_on for e in table.packaged_editions()]
    assert told == sorted(told)
    for on in {date(2000, 1, 1), *told, *(d - timedelta(days=1) for d in told)}:
        assert same(store.load(session, on), packaged_calendar(on)), on


def test_what_was_known_before_and_after_the_changes_in_the_middle_of_a_year() -> None:
    def kinds(known_on: date, *days: date) -> list[DayKind]:
        calendar = packaged_calendar(known_on)
        return [calendar.day(d).kind for d in days]

    labour = [date(2019, 4, 28), *(date(2019, 5, n) for n in range(1, 6))]
    work, rest, off, made = DayKind.WORKDAY, DayKind.WEEKEND, DayKind.HOLIDAY, DayKind.MAKEUP
    assert kinds(date(2019, 3, 21), *labour) == [rest, off, work, work, rest, rest]
    assert kinds(date(2019, 3, 22), *labour) == [made, off, off, off, off, made]
    spring = [date(2020, 1, 30), date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 2)]
    assert kinds(date(2020, 1, 26), *spring) == [off, work, made, rest]
    assert kinds(date(2020, 1, 27), *spring) == [off, off, off, off]
    # A make-up day of December comes with the notice of the next year.
    december = [date(2018, 12, 29), date(2018, 12, 31)]
    assert kinds(date(2018, 12, 5), *december) == [rest, work]
    assert kinds(date(2018, 12, 6), *december) == [made, off]
    assert packaged_calendar(date(2018, 12, 5)).provisional(date(2018, 12, 26), december[0])
    assert not packaged_calendar(date(2018, 12, 6)).provisional(date(2018, 12, 26), december[0])


def test_the_ground_is_the_law_of_the_time_without_makeup_days() -> None:
    ground = packaged_calendar(date(2016, 1, 1))
    days = [ground.day(d) for d in each_day(ground.first, ground.last)]
    assert {d.status for d in days} == {DayStatus.PROJECTED}
    assert DayKind.MAKEUP not in {d.kind for d in days}
    # New Year's Eve and the second of May are free only since the revision of November 2024.
    eve, second = date(2026, 2, 16), date(2025, 5, 2)
    before, after = packaged_calendar(date(2024, 11, 11)), packaged_calendar(date(2024, 11, 12))
    assert [before.is_workday(d) for d in (eve, second)] == [True, True]
    assert [after.is_workday(d) for d in (eve, second)] == [False, False]
    # A day off in lieu that the older law gave and the newer does not is a plain day again.
    lieu = date(2027, 2, 9)
    assert (before.day(lieu).kind, after.day(lieu).kind) == (DayKind.HOLIDAY, DayKind.HOLIDAY)
    assert before.day(date(2027, 5, 3)).kind is DayKind.HOLIDAY
    assert {"日期未核实" in e.source for e in table.packaged_editions() if "2024" in e.key} == {
        True,
        False,
    }


def test_a_later_edition_overrides_and_the_former_stays_readable(session: Session) -> None:
    store.seed(session, NOW)
    before = _newest(session)
    second = store.publish(
        session, _notice(), known_on=NOTICE, source="国务院办公厅2027年节假日安排通知", now=NOW
    )
    assert store.load(session).is_workday(SUNDAY)
    assert store.load(session).edition == second.id
    assert store.load(session).day(SUNDAY).source == "国务院办公厅2027年节假日安排通知"
    assert not store.load(session, date(2026, 11, 30)).is_workday(SUNDAY)
    assert not store.load(session, upto=before).is_workday(SUNDAY)
    assert store.load(session, upto=before).edition == before


def test_an_edition_entered_late_but_known_early_does_not_override_a_later_one(
    session: Session,
) -> None:
    store.seed(session, NOW)
    store.publish(session, _notice(), known_on=NOTICE, source="通知", now=NOW)
    early = [Day(SUNDAY, DayKind.WEEKEND, "", DayStatus.MANUAL)]
    store.publish(session, early, known_on=date(2026, 11, 25), source="人工", now=NOW)
    assert store.load(session).is_workday(SUNDAY)


def test_an_edition_taken_back_counts_no_more_from_that_day_on(session: Session) -> None:
    store.seed(session, NOW)
    notice = store.publish(session, _notice(), known_on=NOTICE, source="通知", now=NOW)
    back = store.take_back(session, notice.id, known_on=date(2026, 12, 3), now=NOW)
    assert not store.load(session).is_workday(SUNDAY)
    assert store.load(session).edition == back.id
    assert same(store.load(session), packaged_calendar())
    # What stood in between, by day of knowledge and by edition, can still be asked.
    assert store.load(session, date(2026, 12, 2)).is_workday(SUNDAY)
    assert not store.load(session, date(2026, 12, 3)).is_workday(SUNDAY)
    assert store.load(session, upto=notice.id).is_workday(SUNDAY)
    assert not store.load(session, upto=back.id).is_workday(SUNDAY)
    with pytest.raises(BadInput, match="已经撤回"):
        store.take_back(session, notice.id, known_on=NOTICE, now=NOW)
    with pytest.raises(BadInput, match="不能撤回"):
        store.take_back(session, back.id, known_on=NOTICE, now=NOW)


def test_what_the_product_brought_cannot_be_taken_back(session: Session) -> None:
    store.seed(session, NOW)
    with pytest.raises(BadInput, match="不能撤回"):
        store.take_back(session, _newest(session), known_on=NOTICE, now=NOW)
    with pytest.raises(NotVisible):
        store.take_back(session, 10_000, known_on=NOTICE, now=NOW)


def test_what_would_be_is_what_is_then(session: Session) -> None:
    store.seed(session, NOW)
    with_it = store.load_with(session, _notice(), known_on=NOTICE, source="通知")
    without = store.load(session)
    notice = store.publish(session, _notice(), known_on=NOTICE, source="通知", now=NOW)
    assert same(with_it, store.load(session))
    assert same(store.load_without(session, notice.id, known_on=NOTICE), without)


def test_a_database_of_version_01_gets_the_editions_it_lacks(session: Session) -> None:
    old = _as_of_version_01(session)
    before = store.load(session)
    assert store.seed(session, NOW) == len(table.packaged_editions())
    # Dates stored on the one old edition are checked against the same days as before,
    after = store.load(session, upto=old.id)
    assert (after.edition, same(after, before)) == (old.id, True)
    # today's calendar has the same days, and the past is known as it was.
    now = store.load(session)
    days = list(each_day(before.first, before.last))
    assert [(now.day(d).kind, now.day(d).status) for d in days] == [
        (before.day(d).kind, before.day(d).status) for d in days
    ]
    assert same(store.load(session, date(2019, 3, 21)), packaged_calendar(date(2019, 3, 21)))
    # A notice that comes later overrides them all.
    store.publish(session, _notice(), known_on=NOTICE, source="通知", now=NOW)
    assert store.load(session).is_workday(SUNDAY)


def test_the_last_announced_year(session: Session) -> None:
    store.seed(session, NOW)
    assert store.announced_until(session) == 2026
    days = table.year_days(2027, {}, "通知")
    notice = store.publish(session, days, known_on=NOTICE, source="通知", now=NOW)
    assert store.announced_until(session) == 2027
    store.take_back(session, notice.id, known_on=NOTICE, now=NOW)
    assert store.announced_until(session) == 2026
    _empty(session)
    assert store.announced_until(session) == 0


def test_an_edition_without_days_or_with_a_day_twice_is_refused(session: Session) -> None:
    with pytest.raises(BadInput, match="没有任何日期"):
        store.publish(session, [], known_on=NOTICE, source="", now=NOW)
    with pytest.raises(BadInput, match="重复"):
        store.publish(session, _notice() * 2, known_on=NOTICE, source="", now=NOW)


def test_an_empty_calendar_says_what_to_do(session: Session) -> None:
    _empty(session)
    with pytest.raises(SetupError, match="load the reference data"):
        store.load(session)


def test_a_process_keeps_only_a_few_calendars(session: Session) -> None:
    store.seed(session, NOW)
    for n in range(10):
        store.publish(session, _notice(), known_on=NOTICE, source=f"通知 {n}", now=NOW)
        assert store.load(session).day(SUNDAY).source == f"通知 {n}"
    assert len(store._loaded) <= 8
