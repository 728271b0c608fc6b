"""The pages of a penalty case: each state shows, and says what the law wants shown."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import pytest

from tests.security.world import Door, key
from tests.workflows.penalties.walking import Office
from tracker.core.accounts.models import User
from tracker.core.cases.figures import figures_of
from tracker.core.db import transaction
from tracker.workflows.penalties.models import Penalty, PenaltySettings
from tracker.workflows.penalties.rows import payments_of

pytestmark = [pytest.mark.at_time("2026-03-02 10:00"), pytest.mark.once]


@pytest.fixture
def world(app, session):
    with transaction():
        office = Office(session)
        session.query(User).update({"must_change": False})
    return office, Door(app, office.people)


def fresh(office: Office, case_id: int) -> Penalty:
    return office.session.get_one(Penalty, case_id, populate_existing=True)


def test_the_page_of_every_state_shows(world, at_time):
    office, door = world
    with transaction():
        case_id = office.register().id
    way = (
        *("propose_opening", "approve_opening", "submit_report", "approve_report"),
        *("send_to_review", "pass_review", "send_to_discussion", "conclude_discussion"),
        *("serve_notice", "record_defence", "request_hearing", "set_hearing"),
        *("serve_hearing_notice", "drop_hearing", "propose_decision", "decide"),
        *("serve_decision", "publish", "record_review", "review_result", "serve_demand"),
    )
    said = {
        "submit_report": ("32.11%", "拟罚 6万", "在幅度内", "违法数额 ÷ 应报数"),
        "serve_notice": ("已告知", "可以要求听证"),
        "record_defence": ("不采纳", "台账显示无误"),
        "set_hearing": ("最迟", "三楼会议室"),
        "serve_decision": ("直接送达", "还不能申请", "2026年12月2日"),
        "publish": ("本局网站", "2027年3月2日"),
        "record_review": ("进行中，加处罚款暂停",),
        "serve_demand": ("已逾期", "加处罚款", "催告"),
    }
    for step in way:
        with transaction():
            if step == "serve_demand":
                office.on("2026-03-18")
                at_time("2026-03-18 10:00")
                door = Door(door.app, office.people)
            office.go(fresh(office, case_id), step)
        if step in said:
            assert door.of("handler").get(f"/penalties/{case_id}").status_code == 200, step
        page = door.of("head@bureau").get(f"/penalties/{case_id}")
        assert page.status_code == 200, step
        for words in said.get(step, ()):
            assert words in page.text, (step, words)
    last = door.of("head@bureau").get(f"/penalties/{case_id}").text
    assert 'href="/penalties/settings"' in last
    assert (
        "/penalties/settings" not in door.of("registrar@bureau").get(f"/penalties/{case_id}").text
    )
    links = set(re.findall(rf'href="(/penalties/{case_id}/[^"#]*)"', last))
    assert links
    for link in (link for link in links if "/file" not in link):  # no bytes lie behind
        assert door.of("head@bureau").get(link).status_code in (200, 302, 303), link


def test_money_and_court_are_shown_at_both_ends(world, at_time):
    office, door = world
    with transaction():
        case_id = office.case("demanded").id
    at_time("2026-09-03 10:00")
    page = door.of("head@bureau").get(f"/penalties/{case_id}").text
    for words in ("现在可以申请", "2026年9月2日", "2026年12月2日", "已到罚款数额，不再增加"):
        assert words in page, words
    assert "120,000" in page  # the fine and as much again
    at_time("2026-12-03 10:00")
    later = Door(door.app, office.people)
    assert "申请期限已过" in later.of("head@bureau").get(f"/penalties/{case_id}").text


def test_a_case_is_opened_and_moved_in_the_browser(world):
    office, door = world
    registrar, handler = door.of("registrar@bureau"), door.of("handler")
    assert "登记案源" in registrar.get("/penalties/").text
    assert "接收案源" not in registrar.get("/penalties/").text
    body: dict[str, Any] = {
        "_once": key(), "register-unit_name": "页面示例企业", "register-subject": "enterprise",
        "register-matter": "迟报统计资料", "register-facts": "未按时上报",
        "register-source": "report", "register-found_on": "2026-02-27",
        "register-handler": str(office.people["handler"]),
    }  # fmt: skip
    answer = registrar.post("/penalties/new/register", data=body)
    assert answer.status_code == 303, answer.text[:2000]
    case_id = int(answer.headers["Location"].rpartition("/")[2])
    page = handler.get(f"/penalties/{case_id}").text
    assert "页面示例企业迟报统计资料案" in page
    assert 'value="2026-02-27"' in page  # the day it was found stands in the form
    body = {"_once": key(), "version": "1", "propose_opening-found_on": "2026-02-27"}
    answer = handler.post(f"/penalties/{case_id}/steps/propose_opening", data=body)
    assert answer.status_code == 422
    assert "请勾选" in answer.text


def test_a_payment_is_recorded_with_its_voucher(world):
    office, door = world
    with transaction():
        case = office.case("performing")
        case_id, version = case.id, case.version
    registrar = door.of("registrar@bureau")
    assert 'value="60,000.00"' in registrar.get(f"/penalties/{case_id}").text
    body: dict[str, Any] = {
        "_once": key(), "version": str(version), "record_payment-on": "2026-03-02",
        "record_payment-amount": "2万", "record_payment-way": "bank",
        "record_payment-voucher": "凭证1",
        "record_payment-files": (io.BytesIO(b"a,b\r\n1,2\r\n"), "回单.csv"),
    }  # fmt: skip
    answer = registrar.post(
        f"/penalties/{case_id}/steps/record_payment", data=body, content_type="multipart/form-data"
    )
    assert answer.status_code == 303, answer.text[:3000]
    assert [p.amount for p in payments_of(office.session, case_id)] == [Decimal(20000)]
    assert "40,000" in registrar.get(f"/penalties/{case_id}").text


def test_the_indicator_table_is_written_by_the_team(world):
    office, door = world
    with transaction():
        case_id = office.case("investigating").id
    assert door.of("head@bureau").get(f"/penalties/{case_id}/figures/new").status_code == 404
    handler = door.of("handler")
    body = {
        "_once": key(), "figure-name": "营业收入", "figure-measure": "万元",
        "figure-nature": "value", "figure-period": "2025年", "figure-reported": "38,460",
        "figure-due": "29,112.4",
    }  # fmt: skip
    answer = handler.post(f"/penalties/{case_id}/figures/new", data=body)
    assert answer.status_code == 303, answer.text[:2000]
    assert "32.11%" in handler.get(f"/penalties/{case_id}").text
    body = {"_once": key(), "figure-name": "营业收入"}
    assert handler.post(f"/penalties/{case_id}/figures/new", data=body).status_code == 422
    dropped = handler.post(f"/penalties/{case_id}/figures/1/drop", data={"_once": key()})
    assert dropped.status_code == 303
    assert figures_of(office.session, case_id) == []


def test_the_head_says_which_exits_are_used(world):
    office, door = world
    assert door.of("supervisor@bureau").get("/penalties/settings").status_code in (403, 404)
    head = door.of("head@bureau")
    assert "办案期限照走" in head.get("/penalties/settings").text
    body = {"_once": key(), "exits-suspension": "y"}
    assert head.post("/penalties/settings", data=body).status_code == 303
    row = office.session.get_one(PenaltySettings, office.orgs["bureau"])
    assert (row.withdrawal, row.suspension) == (False, True)


def test_strangers_find_nothing(world):
    office, door = world
    with transaction():
        case_id = office.case("performing").id
    for who in ("inspector@bureau", "liaison@bureau", "head@foreign bureau", "third"):
        client = door.of(who)
        for path in ("", "/evidence", "/figures/new", "/bundle", "/papers/new/demand"):
            assert client.get(f"/penalties/{case_id}{path}").status_code == 404, (who, path)
        if who != "liaison@bureau":  # of the bureau itself: its list is not a department's
            assert "示例建材" not in client.get("/penalties/").text


def test_a_page_costs_few_queries(world, count_queries):
    office, door = world
    with transaction():
        case_id = office.case("performing").id
    head = door.of("head@bureau")
    head.get(f"/penalties/{case_id}")
    with count_queries() as seen:
        assert head.get(f"/penalties/{case_id}").status_code == 200
    assert seen.count <= 90, str(seen)
