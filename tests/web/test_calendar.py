"""The calendar pages: a year for everybody, a notice from its text to the moved dates and back."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import func, select

from tests.core.calendar.test_notice import NEXT
from tests.security.world import Door, World, at, key, vault_key
from tracker.core.calendar.models import CalendarEdition
from tracker.core.cases.models import Case
from tracker.core.db import transaction
from tracker.core.deadlines.models import Deadline

NOW = "2026-12-22 10:00"
pytestmark = [pytest.mark.at_time(NOW), pytest.mark.once]
ADMIN = "system_admin@bureau"
ROWS = {"text": NEXT, "source": "国办发明电〔2026〕9号", "known_on": "2026-12-21"}


@pytest.fixture
def world(app, session):
    vault_key()
    with transaction():
        world = World(session)
        world.now = at("2026-12-21 09:00")
        world.lead_about("东方水泥厂", "triage")
    return world


@pytest.fixture
def door(app, world):
    return Door(app, world.people)


def posted(door, address, fields, who=ADMIN):
    return door.of(who).post(address, data={"_once": key(), **fields})


def digest(page):
    return re.findall(r'name="digest" value="([0-9a-f]+)"', page.text)[0]


def editions(session):
    session.rollback()
    return session.scalar(select(func.max(CalendarEdition.id)))


def dates(session):
    session.expire_all()
    return {d.id: d.due_on for d in session.scalars(select(Deadline))}


# ---------------------------------------------------------------- the year


def test_everybody_sees_a_year_of_twelve_months(door):
    page = door.of("liaison@dept").get("/dates/calendar").text
    assert page.count('<table class="ym">') == 12
    assert "2026年工作日历" in page
    assert "放假安排已公布" in page
    assert "调休上班" in page
    # The last days of the year still depend on the notice to come, and say so in words.
    assert re.search(r'yd-unsure[^>]*><span class="yd-n">31</span><span class="sr">\s+推算', page)
    assert '<td class="yd yd-made "><span class="yd-n">9</span>' in page
    assert 'aria-current="date"><span class="yd-n">22</span>' in page


def test_a_year_that_nobody_has_arranged_says_so(door):
    page = door.of("inspector@bureau").get("/dates/calendar?year=2027").text
    assert "还没有公布，按法律推算" in page
    assert "yd-made " not in page


def test_the_calendar_as_known_on_a_day(door):
    before = door.of("head@bureau").get("/dates/calendar?year=2019&known_on=2019-03-21").text
    after = door.of("head@bureau").get("/dates/calendar?year=2019&known_on=2019-03-22").text
    assert "2019年5月1日 周三</td>" in before
    assert "2019年5月1日 周三 至 2019年5月4日 周六</td>" in after
    assert "2019年3月21日所知" in before.replace(" ", "")
    assert "国务院办公厅2020年节假日安排通知" not in after


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("year=1999", "2017"), ("year=2099", "2032"), ("year=x", "2026"), ("year=%C2%B2026", "2026")],
)
def test_a_year_outside_the_calendar_is_the_nearest_one(door, asked, shown):
    assert f"{shown}年工作日历" in door.of("inspector@bureau").get(f"/dates/calendar?{asked}").text


def test_a_day_that_is_none_is_named_and_kept(door):
    page = door.of("inspector@bureau").get("/dates/calendar?known_on=gestern").text
    assert "要填日期，例如 2026-05-11" in page
    assert 'value="gestern"' in page


# ---------------------------------------------------------------- the notice


def test_only_a_system_admin_enters_a_notice(door):
    for who in ("supervisor@bureau", "head@bureau", "security_admin@bureau"):
        assert door.of(who).get("/operations/calendar").status_code == 404
        assert posted(door, "/operations/calendar", ROWS, who).status_code == 404
        assert posted(door, "/operations/calendar/apply", ROWS, who).status_code == 404
    assert "随产品" in door.of(ADMIN).get("/operations/calendar").text


def test_faults_are_named_by_line_and_the_text_is_kept(door, session):
    wrong = NEXT.replace("1月1日（周五）", "1月1日（周四）").replace("5月8日", "5月6日")
    before = editions(session)
    answer = posted(door, "/operations/calendar", {**ROWS, "text": wrong, "known_on": "gestern"})
    assert answer.status_code == 422
    assert "第2行：2027年1月1日 是星期五，写的是星期四" in answer.text
    assert "第5行：2027年5月6日 是星期四，写的是星期六" in answer.text
    assert "要填公布的日期" in answer.text
    assert "国办发明电〔2026〕9号" in answer.text
    assert "2月20日（周六）上班" in answer.text
    late = posted(door, "/operations/calendar", {**ROWS, "known_on": "2026-12-23"})
    assert (late.status_code, "不能晚于今天" in late.text) == (422, True)
    assert editions(session) == before


def test_the_preview_shows_the_moves_and_nothing_of_the_cases_and_writes_nothing(
    door, session, world
):
    before, was = editions(session), dates(session)
    page = posted(door, "/operations/calendar", ROWS)
    assert page.status_code == 200
    assert "采用这一版放假安排" in page.text
    (case,) = session.scalars(select(Case))
    number = list(world.people).index("handler") + 1
    assert f"示例{number}" in page.text
    assert case.number in page.text
    assert "东方水泥厂" not in page.text
    # The make-up day of the December before belongs to the notice.
    assert "12月27日 周日</td><td>元旦</td>" in page.text
    assert (editions(session), dates(session)) == (before, was)


def test_a_notice_speaks_for_itself_and_may_be_a_file(door):
    signed = NEXT.replace("2026年11月30日", "2026年12月20日").replace(
        "\n一、", "\n国办发明电〔2026〕8号\n一、", 1
    )
    for encoding in ("utf-8-sig", "gb18030"):
        page = posted(
            door,
            "/operations/calendar",
            {"text": "", "file": (io.BytesIO(signed.encode(encoding)), "通知.txt")},
        )
        assert page.status_code == 200
        assert "来源：国办发明电〔2026〕8号，2026年12月20日 公布" in page.text
    broken = {"text": "", "file": (io.BytesIO(b"\xff\xfe\x00\x81\xff"), "x.doc")}
    answer = posted(door, "/operations/calendar", broken)
    assert (answer.status_code, "文件不是文本" in answer.text) == (422, True)


def test_taking_over_and_taking_back(door, session):
    was = dates(session)
    shown = posted(door, "/operations/calendar", ROWS)
    fields = {**ROWS, "digest": digest(shown), "_once": key()}
    done = door.of(ADMIN).post("/operations/calendar/apply", data=fields)
    assert done.status_code == 303
    first = editions(session)
    assert dates(session) != was
    # The same form again does nothing again.
    assert door.of(ADMIN).post("/operations/calendar/apply", data=fields).status_code == 303
    assert editions(session) == first
    page = door.of(ADMIN).get("/operations/calendar").text
    assert "已采用2027年的放假安排" in page
    assert f"/operations/calendar/{first}/revert" in page

    look = door.of(ADMIN).get(f"/operations/calendar/{first}/revert")
    assert "撤回这一版放假安排" in look.text
    back = posted(door, f"/operations/calendar/{first}/revert", {"digest": digest(look)})
    assert back.status_code == 303
    assert dates(session) == was
    page = door.of(ADMIN).get("/operations/calendar").text
    assert f"已由第 {first + 1} 版撤回" in page
    again = door.of(ADMIN).get(f"/operations/calendar/{first}/revert")
    assert (again.status_code, "已经撤回了" in again.text) == (409, True)
    assert door.of(ADMIN).get("/operations/calendar/999/revert").status_code == 404


def test_what_moved_since_the_preview_is_shown_anew(door, session, world):
    shown = posted(door, "/operations/calendar", ROWS)
    with transaction():
        world.now = at("2026-12-22 09:30")
        world.lead_about("红星酒业公司", "triage")
    before = editions(session)
    answer = posted(door, "/operations/calendar/apply", {**ROWS, "digest": digest(shown)})
    assert (answer.status_code, "请看过新的预览再采用" in answer.text) == (409, True)
    assert editions(session) == before
    assert digest(answer) != digest(shown)
    fields = {**ROWS, "digest": digest(answer)}
    assert posted(door, "/operations/calendar/apply", fields).status_code == 303


def test_a_notice_that_moves_nothing_says_so(door, session):
    shown = posted(door, "/operations/calendar", ROWS)
    posted(door, "/operations/calendar/apply", {**ROWS, "digest": digest(shown)})
    again = posted(door, "/operations/calendar", ROWS)
    assert "没有期限会改变" in again.text
    assert "日历没有变化" in again.text
    wrong = {**ROWS, "text": "改坏了", "digest": digest(again)}
    answer = posted(door, "/operations/calendar/apply", wrong)
    assert (answer.status_code, "看不出是哪一年" in answer.text) == (422, True)


# ---------------------------------------------------------------- the banner


def test_from_october_on_leaders_and_admins_are_told_what_is_missing(door, at_time):
    asks, enters = "请系统管理员录入", "录入放假安排</a>"
    assert enters in door.of(ADMIN).get("/notices/").text
    for who in ("supervisor@bureau", "head@city"):
        assert asks in door.of(who).get("/notices/").text
    for who in ("handler's deputy", "liaison@dept", "registrar@bureau"):
        page = door.of(who).get("/notices/").text
        assert (asks in page, enters in page) == (who == "handler's deputy", False)
    shown = posted(door, "/operations/calendar", ROWS)
    posted(door, "/operations/calendar/apply", {**ROWS, "digest": digest(shown)})
    assert asks not in door.of("supervisor@bureau").get("/notices/").text
    at_time("2027-10-01 00:00")
    again = Door(door.app, door.people)
    assert "2028年的放假安排还没有录入" in again.of("supervisor@bureau").get("/notices/").text


@pytest.mark.at_time("2026-09-30 23:59")
def test_before_october_nothing_is_missing(app, session):
    with transaction():
        world = World(session)
    page = Door(app, world.people).of(ADMIN).get("/notices/").text
    assert "录入放假安排" not in page
