"""The calculator page: a question in the address, its answer with the working below."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from sqlalchemy import update

from tests.security.world import TODAY, Door, World
from tracker.core.db import transaction
from tracker.core.deadlines.service import running
from tracker.core.reminders.models import Reminder
from tracker.core.rulebook.loader import default_rulebook

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]
FREE = {"rule": "", "count": "7", "unit": "wd", "start": "2026-04-28"}


@pytest.fixture
def ask(app, session):
    with transaction():
        world = World(session)
    door = Door(app, world.people)

    def asking(**args):
        return door.of("handler").get("/dates/", query_string=args)

    return asking


def big(page):
    return big_of(page.text)


def big_of(text):
    return re.findall(r'class="why-big[^>]*>([^<]*)', text)[0].strip()


def test_the_first_view_explains_itself_and_starts_today(ask):
    page = ask()
    assert page.status_code == 200
    assert "不改任何期限" in page.text
    assert f'value="{TODAY[:10]}"' in page.text
    assert "<optgroup" in page.text
    assert "why-big" not in page.text


def test_a_length_of_ones_own_with_a_suspension(ask):
    args = {**FREE, "pauses-0-begin": "2026-05-06", "pauses-0-end": "2026-05-08"}
    page = ask(**args)
    assert page.status_code == 200
    assert big(page).startswith("5月13日 周三")
    assert "期间停表" in page.text
    assert "2 个工作日" in page.text
    assert "劳动节放假" in page.text
    assert "自定的长度，没有出处" in page.text
    assert 'name="pauses-1-begin"' in page.text  # a row for one more


def test_a_rule_brings_its_length_its_source_and_its_link(ask):
    page = ask(rule="T02", start="2026-01-31")
    assert big(page).startswith("4月30日 周四")
    assert "统计执法监督检查办法" in page.text
    assert "/dates/rules/T02" in page.text
    assert '<option selected value="T02">' in page.text


def test_a_rule_alone_starts_today(ask):
    page = ask(rule="T02")
    assert page.status_code == 200
    assert "why-big" in page.text


def test_an_extension_runs_on_from_the_unrounded_end(ask):
    page = ask(rule="", count="1", unit="m", start="2026-01-15", more="1")
    assert big(page).startswith("3月16日 周一")  # 15 March is a Sunday; 15 February was one too


def test_hours_want_a_time_of_day(ask):
    args = {"rule": "", "count": "24", "unit": "h", "start": "2026-05-01"}
    page = ask(**args)
    assert page.status_code == 422
    assert 'id="time-e1"' in page.text
    assert "10:00" in big(ask(**args, time="10:00"))
    assert "不因休息日顺延" in ask(**args, time="10:00", roll="yes").text


def test_a_long_term_is_drawn_as_months_and_the_days_of_a_projected_year_are_marked(ask):
    page = ask(rule="", count="60", unit="cd", start="2026-03-10")
    assert page.text.count('class="cal cal-s"') == 3
    assert "2026年4月" in page.text
    page = ask(rule="", count="300", unit="wd", start="2026-10-08")
    assert "暂定" in page.text
    page = ask(rule="", count="5", unit="y", start="2026-03-01")
    assert page.text.count('class="cal cal-s"') == 14
    assert "个月略去" in page.text


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"count": ""}, "count"),
        ({"count": "０"}, "count"),
        ({"count": "-3"}, "count"),
        ({"count": "99999", "unit": "y"}, "start"),
        ({"unit": "lightyears"}, "count"),
        ({"start": ""}, "start"),
        ({"start": "gestern"}, "start"),
        ({"start": "1999-01-01"}, "start"),
        ({"rule": "T99"}, "rule"),
        ({"rule": "OWN-SUPERIOR"}, "rule"),
        ({"more": "x"}, "more"),
        ({"more": "3", "more_unit": "h"}, "more"),
        ({"known_on": "2026-02-30"}, "known_on"),
        ({"pauses-0-begin": "2026-05-08", "pauses-0-end": "2026-05-06"}, "pauses-0-end"),
        ({"pauses-0-begin": "2026-05-08"}, "pauses-0-end"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_kept(ask, change, where):
    page = ask(**{**FREE, **change})
    assert page.status_code == 422
    assert f'id="{where}-e1"' in page.text
    assert f'href="#{where}"' in page.text
    assert "why-big" not in page.text
    if len(change) == 1 and "rule" not in change and "unit" not in change:
        (value,) = change.values()
        assert f'value="{value}"' in page.text


def field(page, name):
    """The value that a field came back with."""
    found = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.text)[0]
    return re.findall(r'value="([^"]*)"', found)[0]


def test_the_words_of_the_terminal_work_in_the_address(ask):
    page = ask(term="7wd", start="2026-04-28", suspend="2026-05-06..2026-05-08", extend="1wd")
    assert big(page).startswith("5月14日 周四")
    assert (field(page, "count"), field(page, "more")) == ("7", "1")
    assert (field(page, "pauses-0-begin"), field(page, "pauses-0-end")) == (
        "2026-05-06", "2026-05-08",
    )  # fmt: skip
    assert big(ask(term="15cd", start="2026/1/1", **{"no-roll": "1"})).startswith("1月16日")
    known = ask(term="3wd", start="2025-12-30", **{"known-on": "2025-06-01"})
    assert "暂定" in known.text
    hours = ask(term="24h", start="2026-05-01T10:00", suspend="2026-05-01T11:00..2026-05-01T12:30")
    assert "5月2日 周六 11:30" in big(hours)
    assert (field(hours, "start"), field(hours, "time")) == ("2026-05-01", "10:00")
    assert "1 小时 30 分钟" in hours.text
    assert field(hours, "pauses-0-begin") == "2026-05-01T11:00"


@pytest.mark.parametrize(
    ("args", "where"),
    [
        ({"term": "5x"}, "count"),
        ({"term": ""}, "count"),
        ({"term": "5wd", "extend": ["1wd", "1wd"]}, "more"),
        ({"term": "5wd", "suspend": "2026-05-06...2026-05-08"}, "pauses-0-begin"),
    ],
)
def test_what_the_terminal_could_not_read_is_refused_here_too(ask, args, where):
    page = ask(start="2026-05-01", **args)
    assert page.status_code == 422
    assert f'id="{where}-e1"' in page.text


def test_dates_come_back_as_date_fields_show_them(ask):
    page = ask(**{**FREE, "start": "２０２６年４月２８日", "count": "７"})
    assert big(page).startswith("5月11日 周一")
    assert field(page, "start") == "2026-04-28"


def test_a_time_of_day_that_does_not_count_is_said(ask):
    assert "写的时刻不计" in ask(**FREE, time="10:00").text
    assert "写的时刻不计" not in ask(**FREE).text


def test_a_rule_of_notice_is_counted_back_from_the_day_itself(ask):
    assert 'value="T06"' in ask().text
    page = ask(rule="T06", start="2026-05-12")  # over Labour Day, with a working Saturday
    assert big(page).startswith("4月29日 周三")
    assert "−" in page.text
    assert "最晚在这一天" in page.text
    assert "往前推算，当日不计" in page.text
    assert "第 7 日" in page.text
    assert "至少提前 7 个工作日" in page.text


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"more": "1", "more_unit": "wd"}, "more"),
        ({"pauses-0-begin": "2026-05-01", "pauses-0-end": "2026-05-02"}, "pauses-0-begin"),
        ({"roll": "yes"}, "roll"),
        ({"start": "2017-01-03"}, "rule"),
    ],
)
def test_what_a_rule_of_notice_does_not_know(ask, change, where):
    page = ask(**{"rule": "T06", "start": "2026-05-12", **change})
    assert page.status_code == 422
    assert f'id="{where}-e1"' in page.text


def test_the_version_of_a_rule_is_that_of_the_act(ask, monkeypatch):
    asked = []
    book = default_rulebook()
    choose = book.rule_for_dates

    def noted(rule_id, start, act=None, region_code=""):
        asked.append((rule_id, start, act))
        return choose(rule_id, start, act, region_code)

    monkeypatch.setattr(book, "rule_for_dates", noted)
    act = date(2022, 3, 1)
    assert big(ask(rule="T12", start="2022-03-01")).startswith("2024年3月1日")
    assert ("T12", act, act) in asked


def test_the_sum_on_the_page_adds_up(ask):
    page = ask(term="3cd", start="2026-11-18", suspend="2026-11-23..2026-11-26")
    assert "期间停表" not in page.text
    assert big(page).startswith("11月26日")
    page = ask(term="2wd", extend="5cd", start="2026-05-06", suspend="2026-05-09..2026-05-11")
    (equation,) = re.findall(r'<ol class="eq".*?</ol>', page.text, re.DOTALL)
    sums = re.findall(r"<b>([^<]*)</b>", equation)
    assert sums[1:4] == ["2 个工作日", "5 天", "2 天"]


def test_the_why_page_leads_here_and_names_everybody_who_is_reminded(app, session):
    with transaction():
        world = World(session)
        lead = world.lead(at="triage")
        (clock,) = running(session, lead.id)
        session.execute(
            update(Reminder)
            .where(Reminder.deadline_id == clock.id, Reminder.audience == "supervisor")
            .values(audience="head")
        )
    desk = Door(app, world.people).of("handler")
    page = desk.get(f"/leads/{lead.id}/why/{clock.id}").text
    assert "发给单位负责人" in page
    assert "发给承办人" in page
    asked = html.unescape(re.findall(r'href="(/dates/\?rule=[^"]*)"', page)[0])
    found = desk.get(asked)
    assert found.status_code == 200
    assert clock.rule_id in asked
    assert field(found, "start") == clock.started_on.isoformat()
    assert big(found) == big_of(page)


def test_a_stranger_is_asked_to_log_in(client):
    assert client.get("/dates/?rule=T02").status_code in (302, 303)
