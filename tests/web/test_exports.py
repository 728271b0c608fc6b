"""The lists that are no lists of cases, as workbooks: what is filtered is what one gets."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from tests.security.world import TODAY, Door, World, vault_key
from tests.web.people import cells_of
from tests.workflows.leads.walking import HERE, a_lead_data
from tracker.core.audit.models import AuditRow
from tracker.core.db import transaction
from tracker.core.notices.models import Notice
from tracker.core.registers.models import Officer, Unit
from tracker.core.registers.names import name_key
from tracker.core.rulebook.loader import default_rulebook

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]
# Page, workbook, who opens both, and who opens neither.
LISTS = (
    ("/units/", "/units/export", "supervisor@bureau", "liaison@dept"),
    ("/officers/", "/officers/export", "supervisor@bureau", "liaison@dept"),
    ("/dates/rules/", "/dates/rules/export", "liaison@dept", None),
    ("/dates/agenda/", "/dates/agenda/export", "handler", None),
    ("/dates/reminders/", "/dates/reminders/export", "handler", None),
    ("/dates/reminders/sent", "/dates/reminders/sent/export", "handler", None),
    ("/notices/", "/notices/export", "handler", None),
    ("/operations/messages", "/operations/messages/export", "system_admin@bureau", "handler"),
    ("/board/lead", "/board/lead/export", "supervisor@bureau", "liaison@dept"),
    ("/sanctions/overdue", "/sanctions/overdue/export", "supervisor@bureau", None),
)
UNITS = ("=1+1", "甲河煤业有限公司", "乙山建材有限公司")


@pytest.fixture
def world(app, session):
    vault_key()
    with transaction():
        world = World(session)
        lead = world.lead_about("丁原粮油公司", "verifying")
        hidden = world.intake_at("foreign bureau", a_lead_data(unit_name="南关商场")).id
        for n, case_id in enumerate((lead.id, None, hidden)):
            session.add(
                Notice(
                    user_id=world.people["handler"], case_id=case_id, text="%(what)s 有了进展。",
                    params={"what": f"第{n}件"}, created_at=world.now, source_key=f"t{n}",
                )
            )  # fmt: skip
        for name in UNITS:
            session.add(Unit(name=name, name_key=name_key(name), region_code=HERE))
        session.add(
            Officer(
                user_id=world.people["inspector@bureau"], certificate_no="0150600",
                valid_from=date(2025, 1, 1), valid_to=date(2027, 1, 1),
            )
        )  # fmt: skip
        return world


@pytest.fixture
def door(app, world):
    return Door(app, world.people)


def test_lists_as_workbooks(door, session):
    """One country for all lists: nothing but the audit is written."""
    every_list_leads_to_its_workbook(door, session)
    units_come_as_they_are_filtered(door)
    rules_come_as_they_are_filtered(door)
    what_stands_in_the_other_lists(door)


def every_list_leads_to_its_workbook(door, session):
    for page, sheet, who, stranger in LISTS:
        shown = door.of(who).get(page).text
        assert f'href="{sheet}' in shown, page
        answer = door.of(who).get(sheet)
        assert answer.mimetype.endswith("spreadsheetml.sheet"), sheet
        assert len(cells_of(answer)[0]) >= 4
        if stranger is not None:
            assert door.of(stranger).get(sheet).status_code == 404, sheet
    audited = session.scalar(select(func.count()).where(AuditRow.tag == "list.export"))
    assert audited == len(LISTS)


def units_come_as_they_are_filtered(door):
    browser = door.of("supervisor@bureau")
    heads, *rows = cells_of(browser.get("/units/export"))
    assert heads[:2] == ["单位名称", "统一社会信用代码"]
    assert set(UNITS) < {row[0] for row in rows}  # what begins like a formula is text
    page = browser.get("/units/").text
    assert re.search(rf"{len(rows)} 家", page)
    _, *found = cells_of(browser.get("/units/export?q=煤业"))
    assert [row[0] for row in found] == ["甲河煤业有限公司"]
    assert (found[0][2], found[0][10]) == (HERE, 0)
    assert len(cells_of(browser.get("/units/export?region=150603000000"))) == 1
    with_case = next(row for row in rows if row[0] == "丁原粮油公司")
    assert with_case[10] == 1


def rules_come_as_they_are_filtered(door):
    browser = door.of("liaison@dept")
    _, *rows = cells_of(browser.get("/dates/rules/export"))
    assert len(rows) == len(default_rulebook().all())
    _, *found = cells_of(browser.get("/dates/rules/export?q=P09"))
    assert [(row[0], row[9]) for row in found] == [("P09", "重庆市")]
    assert "渝府办发〔2020〕91号" in found[0][7]


def what_stands_in_the_other_lists(door):
    _, *officers = cells_of(door.of("supervisor@bureau").get("/officers/export"))
    mine = [row for row in officers if row[2] == "0150600"]
    assert [(row[3], row[4], row[5]) for row in mine] == [
        (date(2025, 1, 1), date(2027, 1, 1), "有效")
    ]
    handler = door.of("handler")
    _, *notices = cells_of(handler.get("/notices/export"))
    shown = handler.get("/notices/").text
    # What one may no longer see is in neither.
    assert [row[2] for row in notices] == ["第1件 有了进展。", "第0件 有了进展。"]
    assert len(re.findall(r"<time ", shown)) == 2
    _, *due = cells_of(handler.get("/dates/reminders/export?days=90"))
    assert due
    assert {row[3] for row in due} == {"丁原粮油公司涉嫌虚报原煤产量"}
    assert len({row[0] for row in due}) > 1
    _, *board = cells_of(door.of("supervisor@bureau").get("/board/lead/export"))
    assert [(row[1], row[2]) for row in board if row[2]] == [("核查", 1)]
