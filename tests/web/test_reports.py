"""Reports on the page: who makes which, each number opens its list, files are audited."""

from __future__ import annotations

import html
import io
import re

import docx
import pytest
from sqlalchemy import select

from tests.security.world import TODAY, Door, World, vault_key
from tests.web.people import cells_of
from tests.workflows.leads.walking import a_lead_data
from tracker.core.audit.models import AuditRow
from tracker.core.db import transaction
from tracker.core.numbers.figures import Figure
from tracker.core.reports.catalogue import REPORTS
from tracker.core.reports.model import Cell, Column, Section
from tracker.web import reports

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]
NAMES = list(REPORTS)


@pytest.fixture
def world(app, session):
    vault_key()
    with transaction():
        world = World(session)
        world.lead_about("丁原粮油公司", "verifying")
        world.lead_about("乙河化工厂", "sent")
        world.intake_at("bureau", a_lead_data(unit_name="示例水泥有限公司", channel="report"))
        return world


@pytest.fixture
def door(app, world):
    return Door(app, world.people)


def _statuses(browser, names=NAMES, end=""):
    return [browser.get(f"/reports/{name}{end}").status_code for name in names]


def test_reports_on_the_page(door, session, world):
    """One country for all that is looked at: nothing but the audit is written."""
    who_makes_which(door)
    each_number_opens_its_list(door)
    what_is_chosen_stays_chosen(door, world)
    files_are_what_the_page_shows_and_audited(door, session, world)


def who_makes_which(door):
    for name in ("head@bureau", "supervisor@city", "registrar@bureau"):
        page = door.of(name).get("/reports/").text
        assert re.findall(r'<h2 class="card-title"><a href="/reports/(\w+)"', page) == NAMES
    assert _statuses(door.of("head@bureau")) == [200] * 6
    assert _statuses(door.of("head@bureau"), end="/print") == [200] * 6
    approver = door.of("dept_approver@dept")
    assert _statuses(approver) == [200 if name == "ledger" else 404 for name in NAMES]
    assert _statuses(approver, ["overdue"], "/word") == [404]
    assert _statuses(approver, ["overdue"], "/export") == [404]
    for name in ("inspector@bureau", "liaison@dept", "trainer@bureau", "system_admin@bureau"):
        assert door.of(name).get("/reports/").status_code == 404
        assert door.of(name).get("/reports/ledger").status_code == 404
    assert door.of("head@bureau").get("/reports/no-such").status_code == 404
    # Each is reached from the rail and says who asks for it.
    page = door.of("head@bureau").get("/reports/government").text
    assert 'href="/reports/"' in page
    assert "三（一）" in page


def each_number_opens_its_list(door):
    supervisor = door.of("supervisor@bureau")
    page = supervisor.get("/reports/ledger").text
    row = page.partition('<th scope="row">东胜区发展和改革委员会</th>')[2].partition("</tr>")[0]
    links = re.findall(r'<a href="([^"]+)">(\d+)</a>', row)
    assert [n for _, n in links] == ["2", "2", "1"]
    for url, n in links:
        listed = supervisor.get(html.unescape(url))
        assert listed.status_code == 200
        body = listed.text.partition("<tbody")[2]
        assert len(set(re.findall(r'href="/leads/(\d+)"', body))) == int(n), url
    # A nought opens nothing.
    assert '<td class="num" data-label="批准立案">0</td>' in row
    # The addresses of the registers' pages are there for who reads the report.
    for name in ("training", "staffing"):
        found = set(
            re.findall(
                r'href="(/(?:norms|coverage)/[^"]+)"',
                door.of("head@bureau").get(f"/reports/{name}").text,
            )
        )
        for url in sorted(found)[:3]:
            assert door.of("head@bureau").get(html.unescape(url)).status_code == 200


def what_is_chosen_stays_chosen(door, world):
    head = door.of("head@city")
    bureau = world.orgs["bureau"]
    page = head.get(f"/reports/ledger?period=2025Q4&of={bureau}").text
    assert re.search(r"<h1[^>]*>东胜区统计局 2025 年第 4 季度", page)
    assert 'value="2025Q4" selected' in page
    assert f'value="{bureau}" selected' in page
    assert f"/reports/ledger/word?period=2025Q4&amp;of={bureau}" in page
    assert "零报告" in page
    printed = head.get(f"/reports/ledger/print?period=2025Q4&of={bureau}").text
    assert f'href="/reports/ledger?period=2025Q4&amp;of={bureau}"' in printed
    assert "<script src" in printed
    # What makes no sense falls back to the present and to everything.
    assert "2026 年第 1 季度" in head.get("/reports/ledger?period=x&of=999999").text


def files_are_what_the_page_shows_and_audited(door, session, world):
    head = door.of("head@bureau")
    sheet = head.get("/reports/ledger/export")
    assert sheet.mimetype.endswith("spreadsheetml.sheet")
    every = cells_of(sheet, 2)
    assert len(every) == 1 + 3
    assert {row[2] for row in every[1:]} == {"东胜区发展和改革委员会", "东胜区统计局"}
    word = head.get("/reports/ledger/word")
    assert word.mimetype.endswith("wordprocessingml.document")
    assert word.headers["Content-Disposition"].startswith("attachment")
    paper = docx.Document(io.BytesIO(word.data))
    assert paper.paragraphs[0].text == "鄂尔多斯市东胜区 2026 年第 1 季度统计违法线索移送台账"
    rows = session.scalars(
        select(AuditRow).where(AuditRow.tag == "report.export").order_by(AuditRow.id)
    ).all()
    assert [row.actor_id for row in rows] == [world.people["head@bureau"]] * 2
    assert ["xlsx" in row.details for row in rows] == [True, False]
    assert all("2026Q1" in row.details for row in rows)


def test_a_page_shows_so_many_rows_and_says_how_many_more(app):
    columns = (Column("项目"), Column("数", numeric=True))
    rows: list[list[Cell]] = [
        [f"第{n}行", Figure(n, url="/norms/")] for n in range(reports.PAGE_ROWS + 3)
    ]
    report = type("R", (), {"sections": [Section("长表", columns, rows, total=["合计", 5])]})()
    with app.test_request_context("/"):
        (table,) = reports._tables(report, reports.PAGE_ROWS)
    assert (len(table.rows), table.left_out) == (reports.PAGE_ROWS, 3)
    assert [cell.text for cell in table.total] == ["合计", "5"]
    assert [(row[1].text, row[1].url) for row in table.rows[:2]] == [("0", ""), ("1", "/norms/")]
