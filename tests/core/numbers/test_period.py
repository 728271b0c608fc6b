"""Periods as addresses name them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from tracker.core.numbers.period import choices, months_until, read_period

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("args", "first", "last"),
    [
        ({}, date(2026, 1, 1), date(2026, 12, 31)),
        ({"p": "2024"}, date(2024, 1, 1), date(2024, 12, 31)),
        ({"p": "2026Q3"}, date(2026, 7, 1), date(2026, 9, 30)),
        ({"p": "2024-02"}, date(2024, 2, 1), date(2024, 2, 29)),
        ({"p": "2025-12"}, date(2025, 12, 1), date(2025, 12, 31)),
        ({"p": "last12"}, date(2025, 12, 1), date(2026, 11, 30)),
        ({"from": "2026-03-05", "to": "2026-03-05"}, date(2026, 3, 5), date(2026, 3, 5)),
        # What makes no sense is this year.
        ({"p": "2026-13"}, date(2026, 1, 1), date(2026, 12, 31)),
        ({"p": "2026-00"}, date(2026, 1, 1), date(2026, 12, 31)),
        ({"p": "2026Q5"}, date(2026, 1, 1), date(2026, 12, 31)),
        ({"p": "2099"}, date(2026, 1, 1), date(2026, 12, 31)),
        ({"p": "<b>"}, date(2026, 1, 1), date(2026, 12, 31)),
        ({"from": "2026-03-05", "to": "2026-03-04"}, date(2026, 1, 1), date(2026, 12, 31)),
        ({"from": "0001-01-01", "to": "9999-12-31"}, date(2026, 1, 1), date(2026, 12, 31)),
        ({"from": "2026-03-05"}, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_what_an_address_asks(args, first, last):
    found = read_period(args, TODAY)
    assert (found.first, found.last) == (first, last)
    assert read_period(found.args, TODAY) == found


def test_the_choices_are_read_back_as_themselves():
    offered = choices(TODAY)
    assert [period.key for period in offered] == [
        "2026", "2026Q4", "2026-11", "2026-10", "last12", "2025",
    ]  # fmt: skip
    assert all(read_period(period.args, TODAY) == period for period in offered)


def test_twelve_months_follow_each_other_over_the_new_year():
    months = months_until(date(2026, 2, 14))
    assert (months[0].key, months[-1].key, len(months)) == ("2025-03", "2026-02", 12)
    for before, after in pairwise(months):
        assert (after.first - before.last).days == 1
