"""Median and slowest tenth, against figures counted by hand."""

from __future__ import annotations

import pytest

from tracker.core.numbers.spread import Spread, spread


@pytest.mark.parametrize(
    ("durations", "expected"),
    [
        ([], None),
        ([(5, 0)], None),
        ([(7, 1)], Spread(1, 7, 7, 7)),
        ([(3, 1), (9, 1)], Spread(2, 3, 9, 9)),
        # 1 to 10 once each: the fifth is the middle, nine of ten took no longer than 9.
        ([(n, 1) for n in range(1, 11)], Spread(10, 5, 9, 10)),
        # The eleventh makes the sixth the middle, and ten of eleven are needed for nine tenths.
        ([(n, 1) for n in range(1, 12)], Spread(11, 6, 10, 11)),
        ([(2, 90), (40, 10)], Spread(100, 2, 2, 40)),
        ([(2, 89), (40, 11)], Spread(100, 2, 40, 40)),
        # The same duration may come in pieces, in any order.
        ([(4, 1), (1, 1), (4, 2), (0, 1)], Spread(5, 4, 4, 4)),
    ],
)
def test_spread(durations, expected):
    assert spread(durations) == expected
