"""The drawing of a working: weeks or months, what each day says, and sums that add up."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tracker.core.calendar.table import packaged_calendar
from tracker.core.clock import OFFICE_ZONE
from tracker.core.deadlines.account import FactLine
from tracker.core.deadlines.due import Start, count, rolls_by_default
from tracker.core.deadlines.facts import Fact, FactKind
from tracker.core.deadlines.replay import replay
from tracker.core.rulebook.terms import Term
from tracker.web.workings import draw

TODAY = date(2026, 5, 11)
pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def page(app):
    with app.test_request_context("/"):
        yield


def drawn(start, *terms, spans=(), at=None, today=TODAY):
    parsed = [Term.parse(t) for t in terms]
    roll = rolls_by_default(parsed[0].unit)
    pauses = [(Start(a), Start(b)) for a, b in spans]
    working = count(Start(start, at), parsed, pauses, roll, packaged_calendar())
    return draw(working, today, label="线索初审")


def cells(drawing):
    return {c.on: c for b in drawing.blocks for week in b.weeks for c in week if c is not None}


def test_the_sum_is_shown_adding_up():
    found = drawn(date(2026, 4, 28), "7wd", "3wd", spans=[(date(2026, 5, 6), date(2026, 5, 8))])
    assert [p.big for p in found.parts] == [
        "4月28日 周二", "+", "7 个工作日", "+", "2 个工作日", "+", "3 个工作日", "=",
        "5月18日 周一",
    ]  # fmt: skip
    assert found.counted == sum(s.days for s in found.stretches if s.counted) == 10
    assert [s.days for s in found.stretches if s.held] == [2]
    assert found.parts[-1].small == "不用顺延"
    rolled = drawn(date(2026, 1, 15), "1m")
    assert "2月15日" in rolled.parts[-1].small
    assert rolled.stretches[-1].why == "下一个工作日，到期"


def test_short_terms_run_over_the_end_of_the_month_and_long_ones_get_small_months():
    short = drawn(date(2026, 4, 28), "7wd")
    assert (short.small, len(short.blocks)) == (False, 1)
    assert all(len(week) == 7 for week in short.blocks[0].weeks)
    assert drawn(date(2026, 4, 6), "39cd").small is False  # six weeks exactly
    assert drawn(date(2026, 4, 6), "42cd").small is True
    long = drawn(date(2026, 3, 10), "60cd")
    assert [b.caption for b in long.blocks] == ["2026年3月", "2026年4月", "2026年5月"]
    assert all(len(week) == 7 for b in long.blocks for week in b.weeks)
    assert long.skipped == 0
    years = drawn(date(2026, 3, 10), "5y")
    assert (len(years.blocks), years.skipped) == (14, 61 - 14)
    assert years.blocks[-1].caption == "2031年3月"


def test_each_day_says_in_words_what_its_colour_shows():
    found = cells(drawn(date(2026, 4, 28), "7wd", spans=[(date(2026, 5, 6), date(2026, 5, 8))]))
    says = {d.day: (c.cls.split()[0], c.words) for d, c in found.items() if c.text}
    assert says[1] == ("cd-f", "劳动节")
    assert says[6] == ("cd-h", "停表")
    assert says[8] == ("cd-c", "第 3 日")
    assert says[9] == ("cd-c", "班，第 4 日")
    assert says[11] == ("cd-c", "今天，第 5 日")
    assert says[12] == ("cd-n7", "第 6 日")
    assert says[13] == ("cd-d", "截止，第 7 日")
    assert "cd-t" in found[TODAY].cls
    assert found[date(2026, 4, 28)].words == "起算"


def test_a_stop_names_its_paper_and_has_no_date():
    facts = [
        FactLine(1, FactKind.START, date(2026, 5, 6), None, None, None, "", "", "乌兰", "",
                 datetime(2026, 5, 6, 9, tzinfo=OFFICE_ZONE)),
        FactLine(2, FactKind.SUSPEND, date(2026, 5, 8), None, None, None, "发函补充材料",
                 "补〔2026〕1号", "乌兰", "", datetime(2026, 5, 8, 9, tzinfo=OFFICE_ZONE)),
    ]  # fmt: skip
    story = [Fact(f.kind, f.on) for f in facts]
    working = replay(story, Term.parse("7wd"), False, packaged_calendar())
    found = draw(working, TODAY, label="线索初审", facts=facts)
    assert found.answer == "停表中，没有截止日"
    assert found.stretches[-1].paper == "发函补充材料，补〔2026〕1号"
    assert found.parts[-1].small == "恢复以后接着算"


def test_hours_are_shown_with_their_time():
    at = datetime(2026, 5, 1, 10, tzinfo=OFFICE_ZONE)
    found = drawn(date(2026, 5, 1), "24h", at=at)
    assert found.answer == "5月2日 周六 10:00"
    assert [p.big for p in found.parts if p.cls != "op"][:2] == ["5月1日 周五 10:00", "24 小时"]


def test_days_that_are_only_projected_are_marked_where_they_decide():
    found = drawn(date(2026, 12, 25), "10wd")
    assert found.working.provisional
    assert any(s.unsure for s in found.stretches)
    assert not any(s.unsure for s in drawn(date(2026, 4, 28), "7wd").stretches)
