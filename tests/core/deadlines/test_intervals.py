"""A vague date is the span of days it may lie in."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.core.deadlines.intervals import Interval, read_interval
from tracker.core.errors import BadInput


@pytest.mark.parametrize(
    ("written", "part", "earliest", "latest"),
    [
        ("2018-02-15", None, "2018-02-15", "2018-02-15"),
        ("2018-02", None, "2018-02-01", "2018-02-28"),
        ("2020-02", None, "2020-02-01", "2020-02-29"),
        ("2018-02", "上旬", "2018-02-01", "2018-02-10"),
        ("2018-02", "中旬", "2018-02-11", "2018-02-20"),
        ("2018-02", "下旬", "2018-02-21", "2018-02-28"),
        # The day stands for the third it lies in.
        ("2018-02-15", "中旬", "2018-02-11", "2018-02-20"),
        # "As of the end of March" is a day.
        ("2019-03-31", "月底", "2019-03-31", "2019-03-31"),
        ("2019-03", "月底", "2019-03-21", "2019-03-31"),
        ("2012-05", "5—6月", "2012-05-01", "2012-06-30"),
        ("2012", "5—6月", "2012-05-01", "2012-06-30"),
        ("2015", None, "2015-01-01", "2015-12-31"),
        ("2015", "年内", "2015-01-01", "2015-12-31"),
        ("2015", "年底", "2015-10-01", "2015-12-31"),
        ("2015", "上半年", "2015-01-01", "2015-06-30"),
        ("2020-12", "年底", "2020-12-01", "2020-12-31"),
    ],
)
def test_a_written_date_is_a_span(written, part, earliest, latest):
    assert read_interval(written, part) == Interval(
        date.fromisoformat(earliest), date.fromisoformat(latest)
    )


def test_no_year_is_no_date():
    assert read_interval(None) is None
    assert read_interval("", "上旬") is None


@pytest.mark.parametrize("written", ["2018-13", "2018-02-30", "18-2", "二月", "2018/02/03"])
def test_what_is_no_date_is_named(written):
    with pytest.raises(BadInput, match=written):
        read_interval(written)


def test_a_span_says_itself():
    day, other = date(2018, 2, 1), date(2018, 2, 28)
    assert str(Interval(day, day)) == "2018-02-01"
    assert str(Interval(day, other)) == "2018-02-01～2018-02-28"
