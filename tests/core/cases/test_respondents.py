"""What is counted of a unit: inspections of a year, orders to correct of twelve months."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from tests.workflows.leads.walking import HERE, Office
from tracker.core.cases.respondents import (
    events_of,
    inspections_in_year,
    orders_in_window,
    record_event,
)
from tracker.core.db import transaction
from tracker.core.registers.units import record_unit
from tracker.core.rulebook.loader import default_rulebook


@pytest.fixture
def at_hand(session):
    with transaction():
        office = Office(session)
        unit = record_unit(session, "示例煤业有限公司", None, HERE)
        cases = [office.draft() for _ in range(4)]
        for case in cases:
            case.unit_id = unit.id
        yield SimpleNamespace(
            session=session, unit=unit, cases=cases, organ=office.orgs["bureau"], office=office
        )


def count(at_hand, n, kind, on, **more):
    return record_event(at_hand.session, at_hand.cases[n], kind, on, at_hand.organ, **more)


def test_the_cap_counts_one_organ_in_one_calendar_year(at_hand):
    count(at_hand, 0, "inspection", date(2026, 1, 1))
    count(at_hand, 1, "inspection", date(2026, 12, 31))
    count(at_hand, 2, "inspection", date(2025, 12, 31))
    count(at_hand, 3, "inspection", date(2026, 6, 1), exempt=True)
    unit, organ = at_hand.unit.id, at_hand.organ
    assert inspections_in_year(at_hand.session, unit, organ, 2026) == 2
    assert inspections_in_year(at_hand.session, unit, organ, 2026, but=at_hand.cases[1].id) == 1
    foreign = at_hand.office.orgs["foreign bureau"]
    assert inspections_in_year(at_hand.session, unit, foreign, 2026) == 0
    assert len(events_of(at_hand.session, unit)) == 4


def test_the_same_event_is_counted_once(at_hand):
    first = count(at_hand, 0, "inspection", date(2026, 3, 2))
    assert count(at_hand, 0, "inspection", date(2026, 3, 2)) is first


def test_three_orders_within_a_year_aggravate(at_hand):
    rule = default_rulebook().rule("T31", date(2026, 3, 2), HERE)
    for n, day in enumerate((date(2025, 3, 2), date(2025, 9, 1), date(2026, 3, 2))):
        count(at_hand, n, "correction_order", day)
    session, unit = at_hand.session, at_hand.unit.id
    last_day = orders_in_window(session, unit, date(2026, 3, 2), rule)
    assert (len(last_day.dates), last_day.needed, last_day.reached) == (3, 3, True)
    a_day_later = orders_in_window(session, unit, date(2026, 3, 3), rule)
    assert a_day_later.dates == (date(2025, 9, 1), date(2026, 3, 2))
    assert not a_day_later.reached
    assert orders_in_window(session, unit, date(2025, 9, 1), rule).dates == (
        date(2025, 3, 2),
        date(2025, 9, 1),
    )
