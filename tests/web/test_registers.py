"""Registers, agenda and board in the browser's words: who opens them, and that counts are lists."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO

import pytest
from sqlalchemy import select, update

from tests.security.world import TODAY, Door, World, key, vault_key
from tracker.core.cases import agenda as agendas
from tracker.core.cases import certificates
from tracker.core.cases.caps import cap_of
from tracker.core.cases.models import Case
from tracker.core.cases.respondents import record_event
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import transaction
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import say
from tracker.core.registers.models import Unit
from tracker.core.registers.uscc import make_uscc
from tracker.web.once import FIELD

pytestmark = [pytest.mark.once, pytest.mark.at_time(TODAY)]
CODE = make_uscc("91150602MA0000001")
UNIT = "示例煤业有限公司"
READERS = {"registrar", "inspector", "supervisor", "head", "legal_reviewer"}


@pytest.fixture
def world(app, session):
    vault_key()
    with transaction():
        return World(session)


@pytest.fixture
def lead(world):
    with transaction():
        return world.lead_about(UNIT, "triage")


@pytest.fixture
def door(app, world):
    return Door(app, world.people)


def _form(**fields):
    return {FIELD: key(), **fields}


def test_who_opens_the_registers(world, lead, door):
    for who in (f"{role}@bureau" for role in READERS):
        page = door.of(who).get("/units/")
        assert page.status_code == 200, who
        assert UNIT in page.text
        assert ">名录<" in page.text
        for address in (f"/units/{lead.unit_id}", "/officers/", "/board/lead", "/units/caps"):
            assert door.of(who).get(address).status_code == 200, (who, address)
    for who in ("drafter", "township_clerk@dept", "system_admin@bureau", "trainer@bureau"):
        for address in ("/units/", f"/units/{lead.unit_id}", "/officers/", "/board/lead"):
            assert door.of(who).get(address).status_code == 404, (who, address)
        assert ">名录<" not in door.of(who).get("/").text
    assert door.of("head@foreign bureau").get(f"/units/{lead.unit_id}").status_code == 404
    assert door.of("legal_reviewer@bureau").get("/units/new").status_code == 404
    assert door.of("supervisor@bureau").post("/units/caps", data=_form()).status_code == 404


def test_a_unit_is_typed_in_and_comes_back_when_it_is_wrong(world, door, session):
    registrar = door.of("registrar@bureau")
    fields = {
        "name": "示例机械厂", "uscc": CODE[:-1], "region_code": "150602000000",
        "subject_type": "enterprise", "stratum": "industry", "address": "示例路 1 号",
        "active": "y",
    }  # fmt: skip
    wrong = registrar.post("/units/new", data=_form(**fields))
    assert wrong.status_code == 422
    assert "应为 18 位" in wrong.text
    assert 'value="示例机械厂"' in wrong.text
    again = _form(**{**fields, "uscc": CODE})
    saved = registrar.post("/units/new", data=again)
    assert saved.status_code == 303
    assert registrar.post("/units/new", data=again).location == saved.location
    unit = session.scalars(select(Unit)).one()
    assert (unit.uscc, unit.stratum, unit.active) == (CODE, "industry", True)
    edit = registrar.get(f"/units/{unit.id}/edit").text
    assert 'value="示例路 1 号"' in edit
    changed = {**fields, "uscc": CODE, "name": "示例机械有限公司", "active": ""}
    del changed["active"]
    assert registrar.post(f"/units/{unit.id}/edit", data=_form(**changed)).status_code == 303
    session.refresh(unit)
    assert (unit.name, unit.active) == ("示例机械有限公司", False)
    assert "已停业" in registrar.get(f"/units/{unit.id}").text


def test_a_table_is_handed_in_and_its_faults_are_listed(world, door, session):
    registrar = door.of("registrar@bureau")
    template = registrar.get("/units/import/template")
    assert template.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in template.headers["Content-Disposition"]

    def send(rows, encoding="utf-8"):
        table = (template.text + rows).encode(encoding)
        data = _form(file=(BytesIO(table), "units.csv"))
        return registrar.post("/units/import", data=data)

    bad = send("示例一厂,,150602,企业,工业,是,,\r\n<b>厂</b>,,999999,企业,工业,是,,\r\n")
    assert bad.status_code == 422
    assert "第 3 行：没有区划代码“999999000000”。" in bad.text
    assert session.scalars(select(Unit)).all() == []
    assert send("示例一厂,,150602,企业,工业,是,,\r\n").status_code == 303
    assert (
        "新增 0 家，更新 0 家，没有变化 1 家"
        in registrar.get(send("示例一厂,,150602,企业,工业,是,,\r\n").location).text
    )
    empty = registrar.post("/units/import", data=_form())
    assert (empty.status_code, "请选一个 CSV 文件" in empty.text) == (422, True)
    noise = _form(file=(BytesIO(b"\x89PNG\xff\xfe\xff\x00"), "x.csv"))
    assert registrar.post("/units/import", data=noise).status_code == 422


def test_the_unit_page_tells_cap_orders_and_cases(world, lead, door, session):
    bureau = world.orgs["bureau"]
    with transaction():
        record_event(session, lead, "inspection", date(2026, 2, 3), bureau)
        for day in (date(2025, 5, 6), date(2025, 9, 1), date(2026, 1, 9)):
            record_event(session, lead, "correction_order", day, bureau)
    head = door.of("head@bureau")
    data = _form(year="2026", most="1", published_in="东统公告〔2026〕1号")
    assert head.post("/units/caps", data=data).status_code == 303
    assert cap_of(session, bureau, 2026) == 1
    bad = head.post("/units/caps", data=_form(year="2026", most="一次", published_in="公告"))
    assert (bad.status_code, "请填整数" in bad.text) == (422, True)
    page = head.get(f"/units/{lead.unit_id}").text
    for words in ("已满", "东统公告〔2026〕1号", "2026年5月6日", "属情节严重", lead.number):
        assert words in page, words
    with transaction():
        session.execute(update(Case).where(Case.id == lead.id).values(restricted=True))
    hidden = door.of("inspector@bureau").get(f"/units/{lead.unit_id}").text
    for words in (lead.number, "已满", "2026年1月9日", "2026年2月3日"):
        assert words not in hidden, words
    assert lead.number in head.get(f"/units/{lead.unit_id}").text


def test_certificates_are_entered_prolonged_and_told(world, door, session):
    with transaction():
        world.lead_about(UNIT, "verifying")
    head, handler = door.of("head@bureau"), world.people["handler"]
    person = world.people["inspector@bureau"]
    assert "没有执法证" in head.get("/officers/").text
    address = f"/officers/{person}/certificates"
    bad = _form(number="示例-7", valid_from="2026-01-01", valid_to="明年")
    answer = head.post(address, data=bad)
    assert answer.status_code == 422
    assert "要填日期" in answer.text
    assert 'value="示例-7"' in answer.text
    good = _form(number="示例-7", valid_from="2026-01-01", valid_to="2026-04-01")
    assert head.post(address, data=good).status_code == 303
    (row,) = certificates.certificates_of(session, person)
    page = head.get(f"/officers/{person}").text
    assert ("还有 28 天" in page, "即将到期" in page) == (True, True)
    change = {f"o{row.id}-valid_to": "2027-04-01", f"o{row.id}-reason": "换证"}
    assert head.post(f"{address}/{row.id}", data=_form(**change)).status_code == 303
    assert "由 2026-04-01 改为 2027-04-01：换证" in head.get(f"/officers/{person}").text
    # That certificate is not this person's, nor does an outsider find either.
    assert head.post(f"/officers/{handler}/certificates/{row.id}", data=_form()).status_code == 404
    assert door.of("head@foreign bureau").get(f"/officers/{person}").status_code == 404
    assert door.of("inspector@bureau").post(address, data=_form()).status_code == 404
    assert "改 示例-7 的有效期" not in door.of("inspector@bureau").get(f"/officers/{person}").text
    assert UNIT in head.get(f"/officers/{handler}").text
    assert UNIT not in door.of("inspector@bureau").get(f"/officers/{handler}").text


# ---------------------------------------------------------------- agenda


def test_the_agenda_shows_due_dates_by_day_to_those_inside(world, lead, door, session):
    due = session.scalars(select(Deadline).where(Deadline.case_id == lead.id,
                                                 Deadline.state == "running")).one()  # fmt: skip
    assert due.rule_id == "T01"
    for view in ("month", "week"):
        page = door.of("handler").get(f"/dates/agenda/?view={view}&on={due.due_on}").text
        cell = re.search(rf'aria-label="{due.due_on.month}月{due.due_on.day}日[^"]*1 项"', page)
        assert cell, view
        assert page.count(f'href="/leads/{lead.id}"') == 2  # the table's and the list's
    other = door.of("handler").get("/dates/agenda/?on=2026-06-01").text
    assert f'href="/leads/{lead.id}"' not in other
    # The sender hears that a lead is in hand, not what the bureau has to do when.
    for who in ("drafter", "inspector@bureau", "head@foreign bureau"):
        page = door.of(who).get(f"/dates/agenda/?on={due.due_on}").text
        assert f"/leads/{lead.id}" not in page, who
    with transaction():
        due.provisional = True
    assert "暂定</span>" in door.of("handler").get(f"/dates/agenda/?on={due.due_on}").text


def test_the_agenda_knows_rest_days_today_and_its_neighbours(world, door):
    page = door.of("head@bureau").get("/dates/agenda/?on=2026-02-10").text
    assert "2026 年 2 月" in page
    # Spring Festival 2026: 15 to 23 February off, the 14th and 28th worked (国办发明电〔2025〕7号).
    rest = {
        int(n)
        for cls, n in re.findall(
            r'<td class="ag-d ([^"]*)"[^>]*><div class="ag-h"><span class="ag-n">(\d+)', page
        )
        if "ag-rest" in cls and "ag-out" not in cls
    }
    assert rest == {1, 7, 8, *range(15, 24)}
    assert "on=2026-01-01" in page
    assert "on=2026-03-01" in page
    here = door.of("head@bureau").get("/dates/agenda/").text
    assert here.count('aria-current="date"') == 1
    week = door.of("head@bureau").get("/dates/agenda/?view=week&on=2026-03-04").text
    assert "2026年3月2日 至 2026年3月8日" in week
    for odd in ("on=9999-99-99", "on=x&view=year", "on=1066-10-14"):
        assert door.of("head@bureau").get(f"/dates/agenda/?{odd}").status_code == 200


def test_a_workflow_adds_its_hearings(world, lead, door, monkeypatch):
    hearing = datetime(2026, 3, 10, 9, 30, tzinfo=OFFICE_ZONE)
    fresh = agendas.Agenda()

    def hearings(session, actor, first, last):
        case = session.get(Case, lead.id)
        return [agendas.Entry(hearing.date(), case, say("听证会"), at=hearing),
                agendas.Entry(date(2026, 8, 1), case, say("别的月"))]  # fmt: skip

    fresh.add("hearing", hearings)
    monkeypatch.setattr("tracker.web.agenda.agenda", fresh)
    page = door.of("handler").get("/dates/agenda/").text
    assert "<b>09:30</b>" in page
    assert page.index("听证会") < page.index(f'href="/leads/{lead.id}"') + 400
    assert "别的月" not in page


# ---------------------------------------------------------------- board


def test_the_numbers_of_the_board_are_the_lengths_of_its_lists(world, lead, door, session):
    with transaction():
        for unit, at in (("示例一厂", "triage"), ("示例二厂", "sent"), ("示例三厂", "closed")):
            world.lead_about(unit, at)
        session.execute(update(Case).where(Case.id == lead.id).values(due_order=date(2026, 3, 3)))
    for who in ("head@bureau", "registrar@bureau", "head@city"):
        page = door.of(who).get("/board/lead").text
        counts = re.findall(
            r'href="(/leads/\?[^"]*state=(\w+)[^"]*)">(?:<svg.*?</svg>)?\D*(\d+)', page
        )
        assert {(state, int(n)) for _, state, n in counts} == {
            ("triage", 2),
            ("triage", 1),
            ("sent", 1),
        }
        for address, state, n in counts:
            listed = door.of(who).get(address.replace("&amp;", "&")).text
            assert f"符合条件 {n} 条" in listed, (who, state)
        assert "逾期 1 件" in page
    empty = door.of("head@foreign bureau").get("/board/lead").text
    assert "在办 0 件" in empty
    assert door.of("head@bureau").get("/board/").location.endswith("/board/lead")
    assert door.of("head@bureau").get("/board/nothing").status_code == 404
