"""Surcharge and court window, worked by hand from the law and a paper calendar.

In 2026 the days from 1 to 7 October are holidays. Every sum is written out beside the case.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tracker.core.calendar.days import Calendar
from tracker.core.calendar.table import packaged_calendar
from tracker.core.errors import BadInput
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.measures import Rate
from tracker.core.rulebook.terms import Unit
from tracker.workflows.penalties.ledger import Due, Paid, Pause, reckon
from tracker.workflows.penalties.takings.performing import read_plan
from tracker.workflows.penalties.window import court_window, why_not_apply

RATE = Rate(3, Unit.CD, 100)
FINE = Decimal(60000)
# Served on 2026-03-02: the fifteenth day is Tuesday 17 March.
DUE = [Due(date(2026, 3, 17), FINE)]


def account(until, payments=(), pauses=(), dues=DUE, fine=FINE):
    return reckon(fine, dues, payments, pauses, RATE, date.fromisoformat(until))


@pytest.mark.parametrize(
    ("until", "surcharge", "capped"),
    [
        ("2026-03-17", "0", False),  # the last day itself
        ("2026-03-18", "1800", False),  # one day: 60000 × 3 %
        ("2026-03-27", "18000", False),  # ten days
        ("2026-04-19", "59400", False),  # 33 days: 14 in March, 19 in April
        ("2026-04-20", "60000", True),  # the 34th would be 61200: no more than the fine
        ("2027-04-20", "60000", True),
    ],
)
def test_a_fine_left_unpaid_grows_by_the_day_up_to_itself(until, surcharge, capped):
    found = account(until)
    assert (found.surcharge, found.capped) == (Decimal(surcharge), capped)
    assert found.balance == FINE + Decimal(surcharge)
    assert found.overdue == (0 if until == "2026-03-17" else FINE)


def test_paid_in_time_costs_nothing_more():
    found = account("2026-06-01", [Paid(date(2026, 3, 17), FINE)])
    assert (found.surcharge, found.balance, found.settled) == (0, 0, True)


def test_the_day_of_payment_counts():
    """Paid on the 20th: the 18th, 19th and 20th, 3 × 1800."""
    found = account("2026-06-01", [Paid(date(2026, 3, 20), FINE)])
    assert found.surcharge == 5400
    assert (found.balance, found.settled) == (5400, False)
    assert [(s.first.day, s.last.day, s.days, s.base) for s in found.stretches] == [
        (18, 20, 3, FINE)
    ]
    settled = account(
        "2026-06-01", [Paid(date(2026, 3, 20), FINE), Paid(date(2026, 4, 1), Decimal(5400))]
    )
    assert settled.settled


def test_part_of_it_paid_lowers_the_day():
    """20000 on the 20th: 3 days of 60000, then 2 of 40000: 5400 + 2 × 1200."""
    found = account("2026-03-22", [Paid(date(2026, 3, 20), Decimal(20000))])
    assert found.surcharge == 7800
    assert [(s.days, s.base, s.amount) for s in found.stretches] == [
        (3, FINE, 5400), (2, Decimal(40000), 2400),
    ]  # fmt: skip
    assert found.balance == 47800


def test_review_and_suit_stop_the_counting():
    """Filed on the 20th, decided on the 30th: the 18th, 19th, then the 30th and 31st count."""
    pause = Pause(date(2026, 3, 20), date(2026, 3, 30))
    found = account("2026-03-31", pauses=[pause])
    assert found.surcharge == 4 * 1800
    assert [(s.first.day, s.last.day) for s in found.stretches] == [(18, 19), (30, 31)]
    assert account("2026-12-31", pauses=[Pause(date(2026, 3, 18))]).surcharge == 0


def test_instalments_are_overdue_one_by_one():
    """20000 each by 15 April, 15 May, 15 June; only the first is paid, and two days late."""
    dues = [Due(date(2026, m, 15), Decimal(20000)) for m in (4, 5, 6)]
    paid = [Paid(date(2026, 4, 17), Decimal(20000))]
    found = account("2026-05-16", paid, dues=dues)
    # 16 and 17 April: 2 × 600; 16 May: 600.
    assert found.surcharge == 1800
    assert found.overdue == 20000
    # June 16: second overdue 32 days (16 May to 16 June), third one day.
    later = account("2026-06-16", paid, dues=dues)
    assert later.surcharge == 1200 + 32 * 600 + 600


def test_fen_are_rounded_once_at_the_end():
    """333.33 × 3 % = 9.9999 a day; three days 29.9997, so 30.00."""
    fine = Decimal("333.33")
    dues = [Due(date(2026, 3, 17), fine)]
    assert account("2026-03-20", dues=dues, fine=fine).surcharge == Decimal("30.00")


def test_nothing_is_due_before_service():
    assert account("2026-03-20", dues=[]).surcharge == 0


def test_more_than_owed_is_shown():
    found = account("2026-03-17", [Paid(date(2026, 3, 10), Decimal(60001))])
    assert (found.overpaid, found.balance) == (1, 0)


# ---------------------------------------------------------------- plans as they are typed


def test_a_plan_is_read_line_by_line():
    plan = read_plan("2026-04-15 20,000\n2026年5月15日，40000元", FINE, date(2026, 3, 2))
    assert plan == [
        Due(date(2026, 4, 15), Decimal(20000)), Due(date(2026, 5, 15), Decimal(40000)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-04-15 20000", "合计 20,000.00"),
        ("2026-02-30 60000", "第 1 行"),
        ("两万", "第 1 行"),
        ("2026-04-15 20000\n2026-04-15 40000", "第 2 行"),
        ("2026-03-01 60000", "第 1 行"),  # before the decision was served
        ("", "合计 0.00"),
    ],
)
def test_a_plan_that_does_not_hold(text, words):
    with pytest.raises(BadInput, match=words):
        read_plan(text, FINE, date(2026, 3, 2))


# ---------------------------------------------------------------- the court


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return packaged_calendar()


def window(calendar, served, **more):
    rule = default_rulebook().rule("T20", date(2026, 11, 22))
    return court_window(date.fromisoformat(served), rule, calendar, **more)


@pytest.mark.parametrize(
    ("served", "opens_after", "closes_on"),
    [
        ("2026-03-02", "2026-09-02", "2026-12-02"),  # both Wednesdays
        # 1 October is a holiday: until the 8th the party may still sue; 1 January likewise.
        ("2026-04-01", "2026-10-08", "2027-01-04"),
        # Saturday 15 August: until Monday; three months on is Sunday 15 November: Monday.
        ("2026-02-15", "2026-08-17", "2026-11-16"),
        ("2025-08-31", "2026-02-28", "2026-05-28"),  # no 31 February; that Saturday is worked
    ],
)
def test_both_ends_of_the_window(calendar, served, opens_after, closes_on):
    found = window(calendar, served)
    assert (str(found.opens_after), str(found.closes_on)) == (opens_after, closes_on)
    assert not found.open_on(found.opens_after)
    assert found.open_on(date.fromordinal(found.opens_after.toordinal() + 1))
    assert found.open_on(found.closes_on)
    assert not found.open_on(date.fromordinal(found.closes_on.toordinal() + 1))


def test_instalments_shift_the_months(calendar):
    """The plan ends on 15 December 2026: the three months run to 15 March 2027, a Monday."""
    found = window(calendar, "2026-03-02", plan_ends_on=date(2026, 12, 15))
    assert (str(found.opens_after), str(found.closes_on)) == ("2026-12-15", "2027-03-15")
    # A plan that ends before review and suit have lapsed changes nothing.
    early = window(calendar, "2026-03-02", plan_ends_on=date(2026, 6, 15))
    assert (str(early.opens_after), str(early.closes_on)) == ("2026-09-02", "2026-12-02")


def test_a_review_decision_gives_fifteen_days_instead_of_six_months(calendar):
    """Review decided on 1 June: suit until 16 June; the court until 16 September."""
    found = window(calendar, "2026-03-02", review_limit_on=date(2026, 6, 16))
    assert (str(found.opens_after), str(found.closes_on)) == ("2026-06-16", "2026-09-16")


@pytest.mark.parametrize(
    ("on", "demand_over", "cause", "words"),
    [
        ("2026-09-02", "2026-08-18", "", "才届满"),
        ("2026-09-03", "2026-08-18", "", None),
        ("2026-09-03", "2026-09-10", "", "催告期限"),
        ("2026-09-11", "2026-09-10", "", None),
        ("2026-12-02", "2026-08-18", "", None),
        ("2026-12-03", "2026-08-18", "", "不予受理"),
        ("2026-12-03", "2026-08-18", "地震", None),
    ],
)
def test_when_the_court_may_be_asked(calendar, on, demand_over, cause, words):
    refusal = why_not_apply(
        window(calendar, "2026-03-02"), date.fromisoformat(demand_over), date.fromisoformat(on),
        cause,
    )  # fmt: skip
    if words is None:
        assert refusal is None
    else:
        assert refusal is not None
        assert words in str(refusal.why)
