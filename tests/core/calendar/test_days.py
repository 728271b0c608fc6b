"""The working-day table: against two other sources, and at its edges."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tracker.core.calendar.days import (
    Calendar,
    Day,
    DayKind,
    DayStatus,
    OutsideCalendar,
    each_day,
    plain_kind,
)
from tracker.core.calendar.table import packaged_calendar

FIRST, LAST = date(2017, 1, 1), date(2026, 12, 31)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return packaged_calendar()


def test_announced_years_agree_with_chinesecalendar(calendar: Calendar) -> None:
    other = pytest.importorskip("chinese_calendar")
    wrong = [d for d in each_day(FIRST, LAST) if calendar.is_workday(d) is not other.is_workday(d)]
    assert wrong == []


def test_announced_years_agree_with_holidays(calendar: Calendar) -> None:
    other = pytest.importorskip("holidays").China(years=range(2017, 2027))
    wrong = [
        d for d in each_day(FIRST, LAST) if calendar.is_workday(d) is not other.is_working_day(d)
    ]
    assert wrong == []


def test_projected_years_have_the_days_of_the_law_and_no_makeup_days(calendar: Calendar) -> None:
    for year in range(2027, 2033):
        days = [calendar.day(d) for d in each_day(date(year, 1, 1), date(year, 12, 31))]
        assert {d.status for d in days} == {DayStatus.PROJECTED}
        assert not [d for d in days if d.kind is DayKind.MAKEUP]
        # 13 days, those on a weekend given back; Mid-Autumn in the National Day week is lost.
        off = [d for d in days if d.kind is DayKind.HOLIDAY]
        assert sum(d.on.isoweekday() <= 5 for d in off) in (12, 13)
        assert {"元旦", "春节", "清明节", "劳动节", "端午节"} <= {d.name for d in off}


def test_the_last_days_of_2026_may_still_change(calendar: Calendar) -> None:
    assert calendar.day(date(2026, 12, 26)).status is DayStatus.ANNOUNCED
    assert calendar.day(date(2026, 12, 27)).status is DayStatus.PROJECTED
    assert not calendar.provisional(date(2026, 11, 22), date(2026, 12, 26))
    assert calendar.provisional(date(2026, 11, 22), date(2026, 12, 27))
    assert not calendar.provisional(date(2026, 12, 26), date(2026, 12, 26))


def test_every_day_names_its_source(calendar: Calendar) -> None:
    assert calendar.day(date(2026, 5, 9)).source == "国务院办公厅2026年节假日安排通知"
    assert "推算" in calendar.day(date(2027, 5, 3)).source


def test_counting_both_ways(calendar: Calendar) -> None:
    thursday, makeup = date(2026, 4, 30), date(2026, 5, 9)
    assert calendar.day(makeup).kind is DayKind.MAKEUP
    assert calendar.add_workdays(thursday, 1) == date(2026, 5, 6)
    assert calendar.add_workdays(makeup, -4) == thursday
    assert calendar.add_workdays(date(2026, 5, 1), 0) == date(2026, 5, 1)
    assert calendar.workdays_between(thursday, makeup) == 4
    assert calendar.workdays_between(makeup, thursday) == -4
    assert calendar.workdays_between(makeup, makeup) == 0
    assert calendar.next_workday(date(2026, 5, 1)) == date(2026, 5, 6)
    assert calendar.next_workday(makeup) == makeup


def test_adding_and_counting_are_one_thing(calendar: Calendar) -> None:
    for offset in range(0, 3000, 7):
        start = FIRST + timedelta(days=offset)
        for count in (1, 2, 5, 30):
            end = calendar.add_workdays(start, count)
            assert calendar.is_workday(end)
            assert calendar.workdays_between(start, end) == count


def test_outside_the_table_nothing_is_guessed(calendar: Calendar) -> None:
    assert (calendar.first, calendar.last) == (FIRST, date(2032, 12, 31))
    with pytest.raises(OutsideCalendar, match="没有 2033-01-01"):
        calendar.is_workday(date(2033, 1, 1))
    with pytest.raises(OutsideCalendar, match="期限超出工作日历"):
        calendar.add_workdays(date(2032, 12, 30), 5)
    with pytest.raises(OutsideCalendar):
        calendar.add_workdays(date(2017, 1, 3), -5)
    with pytest.raises(OutsideCalendar):
        calendar.workdays_between(date(2016, 12, 31), FIRST)


def _plain(first: date, last: date) -> list[Day]:
    return [Day(d, plain_kind(d), "", DayStatus.ANNOUNCED) for d in each_day(first, last)]


def test_a_calendar_ending_on_rest_days_does_not_roll_off_its_end() -> None:
    small = Calendar(_plain(date(2026, 11, 20), date(2026, 11, 22)), edition=1)
    with pytest.raises(OutsideCalendar):
        small.next_workday(date(2026, 11, 21))


def test_a_calendar_with_a_gap_is_refused() -> None:
    days = _plain(date(2026, 11, 1), date(2026, 11, 9))
    with pytest.raises(ValueError, match="no gaps"):
        Calendar([*days[:3], *days[4:]], edition=1)
    with pytest.raises(ValueError, match="at least one"):
        Calendar([], edition=1)
