"""Workbooks of case lists: exactly what is filtered, safe cells, nothing an outsider is spared."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from tests.security.world import World
from tracker.core.audit.models import AuditRow
from tracker.core.cases import export
from tracker.core.cases.asking import Question, asked
from tracker.core.cases.export import case_workbook, note_export, sheet_columns
from tracker.core.cases.grouping import keys_of
from tracker.core.cases.models import Case
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.errors import BadInput

EVERY = tuple(export.COLUMNS)


@pytest.fixture
def office(session):
    with transaction():
        yield World(session)


def sheet(office, who, question=None, columns=EVERY, group=""):
    actor, today = office.actor(who), office_date(office.now)
    data, count = case_workbook(
        office.session,
        actor,
        asked(office.session, actor, question or Question(), today),
        sheet_columns(columns),
        name="全部事项",
        speak=str,
        today=today,
        order=keys_of(office.session, actor, group, today),
    )
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert len(rows) == count + 1
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_every_page_in_the_chosen_columns_with_dates_as_dates(office):
    walked = (("甲山煤业", "triage"), ("乙河化工厂", "verifying"), ("丙岭电力公司", "closed"))
    leads = [office.lead_about(unit, at) for unit, at in walked]
    rows = sheet(office, "supervisor@bureau")
    assert {r["编号"] for r in rows} == {lead.number for lead in leads}
    by = {r["编号"]: r for r in rows}
    one = by[leads[1].number]
    assert one["类别"] == "线索"
    assert one["状态"] == "核查"
    assert one["地区"] == "东胜区"
    assert one["来源"] == "部门移送"
    assert one["来自"] == "东胜区发展和改革"
    assert one["登记日期"] == date(2026, 3, 2)
    assert one["截止日期"] == leads[1].next_due_on
    assert one["办结日期"] == ""
    assert one["在谁手里"] == office.actor("handler").name
    assert by[leads[2].number]["办结日期"] == office_date(office.now)
    assert by[leads[2].number]["在谁手里"] == ""
    assert list(sheet(office, "supervisor@bureau", columns=("region",))[0]) == [
        "编号", "事项", "地区",
    ]  # fmt: skip
    assert [r["编号"] for r in sheet(office, "supervisor@bureau", Question(view="closed"))] == [
        leads[2].number
    ]


def test_text_stays_text_whatever_it_begins_with(office):
    lead = office.lead("triage")
    office.session.execute(
        update(Case).where(Case.id == lead.id).values(title="=HYPERLINK(1)", number="+1〔2026〕1")
    )
    office.session.expire_all()
    (row,) = sheet(office, "supervisor@bureau")
    assert row["事项"] == "=HYPERLINK(1)"
    assert row["编号"] == "+1〔2026〕1"


def test_from_outside_neither_people_states_nor_clocks_of_the_bureau(office):
    lead = office.lead("verifying")
    (inside,) = sheet(office, "supervisor@bureau")
    (outside,) = sheet(office, "drafter")
    assert inside["截止日期"] == lead.next_due_on is not None
    assert outside["截止日期"] == ""
    assert outside["状态"] == "统计机构办理中"
    assert inside["在谁手里"] != outside["在谁手里"] == "东胜区统计局"
    assert outside["登记人"] == "东胜区发展和改革"


def test_too_many_are_refused_and_what_left_is_in_the_audit(office, monkeypatch):
    for _ in range(3):
        office.lead("sent")
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    with pytest.raises(BadInput, match="超过 2 条"):
        sheet(office, "registrar@bureau")
    actor = office.actor("registrar@bureau")
    asked_for = Question(view="late", text="张三").args()
    note_export(office.session, actor, asked_for, 3, now=office.now)
    row = office.session.scalars(select(AuditRow).where(AuditRow.tag == "case.export")).one()
    assert json.loads(row.details) == {"asked": {"view": "late"}, "rows": 3}
    assert row.actor_id == actor.user_id


def test_the_number_of_queries_does_not_depend_on_the_rows(office, count_queries):
    counts = []
    for units in (("甲山煤业",), ("乙河化工厂", "丙岭电力公司", "丁原粮油公司")):
        for unit in units:
            office.lead_about(unit, "triage")
        office.session.expire_all()
        with count_queries() as seen:
            sheet(office, "supervisor@bureau", group="holder")
        counts.append(seen.count)
    assert counts[0] == counts[1] <= 10
