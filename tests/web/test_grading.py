"""The penalty calculator: who may open it, what it answers, what it refuses; and the tables."""

from __future__ import annotations

import re

import pytest

from tests.security.world import TODAY, Door, World
from tracker.core.db import transaction

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]
CEMENT = {
    "table": "zhejiang-old", "subject": "enterprise", "indicator": "value",
    "reported": "38,460.0", "due": "29,112.4", "unit": "10000", "act_date": "2024-02-25",
}  # fmt: skip


@pytest.fixture
def door(app, session):
    with transaction():
        world = World(session)
    return Door(app, world.people)


@pytest.fixture
def ask(door):
    client = door.of("inspector@bureau")
    return lambda **args: client.get("/grading/", query_string=args)


def big(page):
    return re.findall(r'class="why-big">([^<]*)', page.text)[0].strip()


def test_who_may_open_it(door):
    inside = ("inspector", "supervisor", "head", "legal_reviewer")
    outside = ("liaison", "registrar", "township_clerk", "system_admin", "trainer")
    for address in ("/grading/", "/grading/tables"):
        got = {r: door.of(f"{r}@bureau").get(address).status_code for r in inside + outside}
        assert {r for r, code in got.items() if code == 200} == set(inside), got


def test_the_first_view_explains_itself(ask):
    page = ask()
    assert page.status_code == 200
    assert "不作决定" in page.text
    assert "why-big" not in page.text
    assert '<option selected value="statute"' in page.text  # Ordos has no table of its own


def test_a_figure_its_band_and_the_working(ask):
    page = ask(**CEMENT)
    assert page.status_code == 200
    assert big(page) == "30,000—50,000 元"
    for words in ("9,347.6 ÷ 29,112.4 ＝ 32.11%", "含 20%", "已失效或者被取代",
                  "统计违法行为罚款规定", "统计法（2009年修订）第四十一条"):  # fmt: skip
        assert words in page.text
    (bar,) = re.findall(r'<svg class="ruler".*?</svg>', page.text)
    assert 'aria-label="违法比例 32.11%，在第 3 档，共 3 档"' in bar
    assert bar.count("g-free-ok") == 1
    assert bar.index("g-free-ok") > bar.index("10–20%")
    assert "30,000—50,000 元" in bar
    assert "style=" not in bar


def test_what_is_wrong_stands_at_its_field(ask):
    for changed, field, words in (
        ({"due": "x"}, "due", "读不懂"),
        ({"reported": ""}, "reported", "没有上报的填 0"),
        ({"act_date": "2024-09-13"}, "act_date", "修改以前的裁量基准"),
        ({"act_date": "31"}, "act_date", "读不懂"),
        ({"table": "nowhere"}, "table", "没有裁量基准表"),
        ({"subject": "king"}, "subject", "请从列表里选一项"),
        ({"act": "late"}, "act", "没有“迟报统计资料”这种行为"),
        ({"table": "minhou"}, "case", "请选一项认定的情形"),
    ):
        page = ask(**{**CEMENT, **changed})
        assert page.status_code == 422, changed
        assert "why-big" not in page.text
        assert f'href="#{field}"' in page.text, changed
        assert words in page.text, changed


def test_hostile_text_is_only_text(ask):
    page = ask(**{**CEMENT, "table": '"><script>alert(1)</script>', "due": "<b>1</b>"})
    assert page.status_code == 422
    assert "<script>alert" not in page.text
    assert "<b>1</b>" not in page.text


def test_a_case_is_offered_once_its_table_is_chosen(ask):
    asked = {"table": "minhou", "subject": "enterprise"}
    page = ask(**asked)
    assert page.status_code == 422
    assert '<option value="2">超过催报期限2日以上</option>' in page.text
    assert big(ask(**asked, case="2")) == "5,000 元"
    # A case of the table before is no case of this one.
    stale = ask(**{**CEMENT, "case": "2"})
    assert big(stale) == "30,000—50,000 元"


def test_organs_aggravated_and_nothing_due(ask):
    assert big(ask(**{**CEMENT, "subject": "organ"})) == "不罚款"
    serious = ask(**{**CEMENT, "table": "statute", "act_date": "2025-01-01", "aggravated": "y"})
    assert big(serious) == "100,000—500,000 元"
    none_due = ask(**{**CEMENT, "due": "0"})
    assert big(none_due) == "50,000 元以下"
    assert "没有违法比例" in none_due.text
    assert 'class="ruler"' not in none_due.text


def test_the_tables_page_shows_every_row(door):
    page = door.of("head@bureau").get("/grading/tables").text
    for words in ("北京市统计违法行为罚款幅度（旧）", "违法比例 10‰–20‰", "含 10,000,000",
                  "没有收录",
                  "闽侯县", "沪统字〔2016〕11号", "施行日期未核实", "100,000—500,000 元",
                  "起止日期没有见到，2023年12月19日 公布"):  # fmt: skip
        assert words in page, words
    assert page.count("<tr><td>") == 28 + 55
