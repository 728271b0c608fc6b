"""Reports: their numbers are the lists', their grounds are data, and outsiders learn no more."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import docx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from tests.security.world import CITY, TOWN, World, vault_key
from tests.web.people import People
from tests.workflows.leads.walking import HERE, a_lead_data
from tests.workflows.penalties.walking import Office
from tracker.app import register_flows
from tracker.core.cases.asking import asked, read_question
from tracker.core.cases.facts import facts
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.errors import NotVisible, SetupError, say
from tracker.core.numbers.figures import Figure
from tracker.core.reports import steps
from tracker.core.reports.catalogue import REPORTS, build, kind_of, offered, periods
from tracker.core.reports.duties import default_duties, read_duties
from tracker.core.reports.model import CaseRef, Cell, Column, Section
from tracker.core.reports.paper import PAPER_ROWS, in_chinese, to_text, to_word, to_workbook

WALKED = {
    "sent": "乙河化工厂", "verifying": "丁原粮油公司",
    "closing": "戊城商贸", "closed": "己湖建筑公司",
}  # fmt: skip
TODAY = date(2026, 3, 2)


# ---------------------------------------------------------------- what is data


def test_what_is_counted_stands_in_the_tables_of_the_workflows():
    register_flows()
    taken = {f"{flow.kind}.{step.name}" for flow in flows.all() for step in flow.steps}
    named = {step for measure in steps.every() for step in measure.steps}
    assert named
    assert named <= taken, sorted(named - taken)
    known = {fact for measure in steps.every() for fact in measure.facts}
    assert known
    assert all(facts.get(name) is not None for name in known)
    received = {f"lead.{name}" for name in (*steps.RECEIVED, *steps.ANSWERED)}
    assert received <= taken
    for measure in steps.every():
        kinds = {name.partition(".")[0] for name in (*measure.steps, *measure.facts)}
        assert len(kinds) == 1, measure


def test_each_place_hears_its_own_notice_and_what_holds_everywhere():
    # 渝府办发〔2020〕91号; 吉政办函〔2022〕82号; Ordos 2022-07-01; nothing elsewhere.
    for code, articles in (
        ("500107000000", ["六（一）"]),
        ("220102000000", ["八", "二"]),
        (HERE, ["三（一）", "三（二）"]),
        ("110101000000", []),
    ):
        found = default_duties().of("government", code)
        assert [duty.source.article for duty in found] == articles
    chongqing = default_duties().of("government", "500000000000")[0]
    assert "渝府办发〔2020〕91号" in str(chongqing.words)
    assert "每年至少听取1次统计工作专题汇报" in str(chongqing.words)
    # The national rule comes after the local one, and every report of the catalogue is known.
    ledger = default_duties().of("ledger", "220000000000")
    assert [duty.source.article for duty in ledger] == ["六", "第三十七条"]
    assert {duty.report for duty in default_duties().all()} == set(REPORTS)


@pytest.mark.parametrize(
    "pack",
    [
        'jurisdiction = "15x"',
        'jurisdiction = ""\n[[duty]]\nreport = "ledger"',
        'jurisdiction = ""\n[[duty]]\nreport = "ledger"\ntitle = "x"\nverified = "V"\nwhen = 1\n'
        'source = { instrument = "法" }',
        'jurisdiction = ""\n[[duty]]\nreport = "l"\ntitle = "x"\nverified = "?"\n'
        'source = { instrument = "法" }',
        "jurisdiction = ",
    ],
)
def test_a_faulty_pack_is_named(pack):
    with pytest.raises(SetupError) as refused:
        read_duties({"my.toml": pack})
    assert "my.toml" in str(refused.value)


def test_the_periods_that_are_offered():
    assert [p.key for p in periods(REPORTS["government"], TODAY)] == ["2026", "2025"]
    quarters = periods(REPORTS["ledger"], TODAY)
    assert [p.key for p in quarters] == ["2026Q1", "2025Q4", "2025Q3", "2025Q2", "2025Q1", "2024Q4"]
    assert (quarters[1].first, quarters[1].last) == (date(2025, 10, 1), date(2025, 12, 31))
    assert [(p.first, p.last) for p in periods(REPORTS["overdue"], TODAY)] == [(TODAY, TODAY)]


# ---------------------------------------------------------------- numbers


class Reporting:
    """A small country with leads in many states, and reports made by its people."""

    def __init__(self, session):
        self.world, self.session = World(session), session
        for at, unit in WALKED.items():
            self.world.lead_about(unit, at)
        report = a_lead_data(unit_name="示例水泥有限公司", channel="report")
        self.world.intake_at("bureau", report)
        self.world.intake_at("county", a_lead_data(unit_name="康城商场"))
        people = People(self.world)
        trained, untrained = people.add("甲统计员"), people.add("乙统计员", trained=False)
        for person in (trained, untrained):
            people.post(person, confirmed=person is trained)
        self.today = office_date(self.world.now)

    def report(self, who, name, **asked_for):
        return build(self.session, self.world.actor(who), name, self.today, **asked_for)

    def rows(self, who, name, section, **asked_for):
        report = self.report(who, name, **asked_for)
        found = report.sections[section]
        return [[_plain(cell) for cell in row] for row in [*found.rows, *([found.total or []])]]


def _plain(cell):
    return cell.value if isinstance(cell, Figure) else cell


@pytest.fixture
def country(session):
    vault_key()
    with transaction():
        return Reporting(session)


def every_number_is_as_long_as_the_list_it_opens(country):
    seen = 0
    for who in ("head@city", "registrar@bureau", "dept_approver@dept"):
        actor = country.world.actor(who)
        for kind in offered(actor):
            for scope in kind.scopes(country.session, actor)[:1]:
                report = country.report(who, kind.name, scope=scope.key)
                for section in report.sections:
                    for row in [*section.rows, *([section.total] if section.total else [])]:
                        for cell in row:
                            seen += _agrees(country, actor, report, section, cell)
    assert seen > 100


def _agrees(country, actor, report, section, cell):
    if not isinstance(cell, Figure) or cell.ask is None or not isinstance(cell.value, int):
        return 0
    # As the link carries it: written into an address and read again.
    question = read_question(cell.ask.args(), "open")
    where = asked(country.session, actor, question, country.today)
    length = country.session.scalar(select(func.count(Case.id)).where(where))
    assert cell.value == length, (report.name, section.title, question)
    return 1


def the_ledger_tells_every_lead_by_sender(country):
    # Opened in the quarter, of these open, ended; verified, opened as cases, referred, refused,
    # answered; older ones still open. One came to 康巴什区, told to the city alone.
    dept, bureau = "东胜区发展和改革委员会", "东胜区统计局"
    rows = country.rows("supervisor@bureau", "ledger", 0)
    assert rows == [
        [dept, 4, 3, 1, 3, 0, 0, 0, 2, 0],
        [bureau, 1, 1, 0, 0, 0, 0, 0, 0, 0],
        ["合计", 5, 4, 1, 3, 0, 0, 0, 2, 0],
    ]
    assert country.rows("head@city", "ledger", 0)[-1][1] == 6
    every = country.report("supervisor@bureau", "ledger").sections[1]
    found = {row[1]: row for row in every.rows}
    assert len(found) == 5
    told = next(row for title, row in found.items() if "戊城商贸" in title)
    assert isinstance(told[0], CaseRef)
    assert (told[5], told[7]) == ("待办结", country.today)
    handler = country.world.actor("handler").name
    assert handler in next(row for t, row in found.items() if "丁原粮油" in t)[6]
    # A quarter without leads is reported as such.
    empty = country.report("supervisor@bureau", "ledger", period="2025Q1")
    assert not empty.sections[1].rows
    assert "零报告" in to_text(empty)


def what_was_left_from_before_stands_apart(country):
    country.today = date(2026, 4, 1)
    rows = country.rows("supervisor@bureau", "ledger", 0)
    assert rows[-1][1:4] == [0, 0, 0]
    assert rows[-1][-1] == 4
    assert len(country.report("supervisor@bureau", "ledger").sections[2].rows) == 4
    before = country.rows("supervisor@bureau", "ledger", 0, period="2026Q1")
    assert before[-1][1:4] == [5, 4, 1]


def a_department_tells_its_own_leads_and_learns_no_more(country):
    approver = country.world.actor("dept_approver@dept")
    assert [kind.name for kind in offered(approver)] == ["ledger"]
    with pytest.raises(NotVisible):
        build(country.session, approver, "overdue", country.today)
    report = build(country.session, approver, "ledger", country.today)
    heads = [in_chinese(column.label) for column in report.sections[0].columns]
    assert heads == ["移送单位", "本季度登记", "其中：在办", "其中：已办结", "以前登记还在办"]
    text = to_text(report)
    assert ("丁原粮油公司" in text, "示例水泥" in text, "康城商场" in text) == (True, False, False)
    handler = country.world.actor("handler").name
    assert handler not in text
    inside = to_text(country.report("supervisor@bureau", "ledger"))
    assert handler in inside
    assert "结果审定" not in text
    for who in ("inspector@bureau", "liaison@dept", "trainer@bureau", "system_admin@bureau"):
        assert offered(country.world.actor(who)) == []
        with pytest.raises(NotVisible):
            kind_of(country.world.actor(who), "ledger")


def one_bureau_or_one_place_of_the_region(country):
    actor = country.world.actor("head@city")
    choices = [scope.name for scope in REPORTS["ledger"].scopes(country.session, actor)]
    assert choices[0] == "鄂尔多斯市"
    assert {"东胜区统计局", "康巴什区统计局", "鄂尔多斯市统计局"} <= set(choices)
    assert "南关区统计局" not in choices
    county = str(country.world.orgs["county"])
    assert country.rows("head@city", "ledger", 0, scope=county)[-1][1] == 1
    # What is not offered is not heeded: everything is told instead.
    foreign = str(country.world.orgs["foreign bureau"])
    assert country.report("head@city", "ledger", scope=foreign).place == "鄂尔多斯市"
    places = REPORTS["training"].scopes(country.session, actor)
    assert places[0].region == CITY
    assert HERE in {scope.key for scope in places}
    county_head = country.world.actor("head@bureau")
    assert TOWN in {s.key for s in REPORTS["training"].scopes(country.session, county_head)}


def training_and_norms_say_what_their_pages_say(country):
    total = country.rows("head@bureau", "training", 0)[-1]
    # People, then without: induction, skills, law, secrecy, warning, general, hours.
    assert total == ["合计", 2, 1, 2, 2, 2, 2, 2, 0]
    names = {row[1] for row in country.rows("head@bureau", "training", 2)[:-1]}
    assert names == {"甲统计员", "乙统计员"}
    report = country.report("head@bureau", "training")
    lacking = report.sections[0].total[2]
    assert lacking.url == f"/coverage/?region={HERE}&year=2026&kind=induction#missing"
    city = country.report("head@city", "staffing")
    whole = city.sections[0].total
    assert sum(_plain(row[2]) for row in city.sections[0].rows) == _plain(whole[2])
    assert _plain(whole[2]) == len(city.sections[1].rows) > 0
    assert whole[2].url == f"/norms/?region={CITY}"


def what_is_late_is_listed_with_its_holder(country):
    country.today = date(2026, 5, 29)
    report = country.report("supervisor@bureau", "overdue")
    late = report.sections[1].rows
    assert _plain(report.sections[0].total[1]) == len(late) > 0
    row = next(row for row in late if "丁原粮油" in row[1])
    assert row[2] == "东胜区统计局"
    assert row[7] == (country.today - row[6]).days > 0
    assert not country.report("supervisor@foreign bureau", "overdue").sections[1].rows


CHECKS = (
    every_number_is_as_long_as_the_list_it_opens,
    the_ledger_tells_every_lead_by_sender,
    what_was_left_from_before_stands_apart,
    a_department_tells_its_own_leads_and_learns_no_more,
    one_bureau_or_one_place_of_the_region,
    training_and_norms_say_what_their_pages_say,
    what_is_late_is_listed_with_its_holder,
)


def test_the_reports_of_a_small_country(country):
    """One country for all, for walking its leads takes longest; nothing here changes it."""
    first = country.today
    for check in CHECKS:
        country.today = first
        check(country)
    country.today = first
    the_files_hold_what_the_page_shows(country)
    a_long_table_ends_on_paper_and_goes_on_in_the_workbook(country)


def test_fines_are_those_of_the_decisions_listed(session):
    office = Office(session)
    decided = office.case("performing")
    office.case("investigating")
    head = office.actor("head@bureau")
    report = build(session, head, "enforcement", office_date(office.now))
    house = [_plain(cell) for cell in report.sections[2].rows[0]]
    assert house == ["东胜区统计局", 1, Decimal(60000), Decimal(0)]
    row = report.sections[4].rows[0]
    assert row[0] == CaseRef(decided.id, "penalty", decided.number or "")
    assert (in_chinese(row[4]), row[5]) == ("警告、罚款", 60000)
    told = to_text(build(session, head, "government", office_date(office.now)))
    assert "立案 2 件，作出处罚决定 1 件，罚款 60,000 元，已缴 0 元" in told
    # The year before knows nothing of it.
    before = build(session, head, "enforcement", office_date(office.now), period="2025")
    assert not before.sections[4].rows


# ---------------------------------------------------------------- files


def the_files_hold_what_the_page_shows(country):
    report = country.report("head@bureau", "government")
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_workbook(report)))
    assert book.sheet_names[:2] == ["说明", "统计人员配备"]
    assert len(book.sheet_names) == 1 + len(report.sections)
    leads = book.get_sheet_by_name("统计违法线索").to_python()
    assert leads[:3] == [["项目", "数量"], ["登记的线索", 5], ["其中：部门移送", 4]]
    paper = docx.Document(io.BytesIO(to_word(report)))
    text = [p.text for p in paper.paragraphs]
    assert text[0] == "关于鄂尔多斯市东胜区 2026 年统计工作情况的报告"
    assert paper.core_properties.title == text[0]
    assert "同级人民政府：" in text
    assert any(line.startswith("根据鄂尔多斯市人民政府办公室文件") for line in text)
    assert "四、统计违法线索" in text
    assert "十一、下一步工作打算（由起草人补写）" in text
    assert (text[-2], text[-1]) == ("东胜区统计局", f"2026年3月{country.today.day}日")
    assert len(paper.tables) == len([s for s in report.sections if s.rows])


def a_long_table_ends_on_paper_and_goes_on_in_the_workbook(country):
    report = country.report("head@bureau", "staffing")
    rows: list[list[Cell]] = [[f"第{n}行", n] for n in range(PAPER_ROWS + 7)]
    long = Section("长表", (Column("项目"), Column("数", numeric=True, paper=False)), rows)
    report = replace(report, sections=[long])
    paper = docx.Document(io.BytesIO(to_word(report)))
    table = paper.tables[0]
    assert (len(table.rows), len(table.columns)) == (PAPER_ROWS + 1, 1)
    assert "其余 7 行见表格文件。" in [p.text for p in paper.paragraphs]
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_workbook(report)))
    assert len(book.get_sheet_by_index(1).to_python()) == PAPER_ROWS + 8


def test_how_a_paper_writes_figures():
    assert (
        in_chinese(say("%(y)s 年 %(m)s 元", y=2026, m=Decimal("1234.50"))) == "2026 年 1,234.50 元"
    )
    assert in_chinese(Decimal("60000.00")) == "60,000"
    assert in_chinese(say("%(d)s", d=date(2026, 3, 2))) == "2026年3月2日"
