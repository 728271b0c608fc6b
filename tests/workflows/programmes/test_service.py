"""The plan and its lines, approval with a budget, sessions out of lines, the end of the year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.workflows.leads.walking import ELSEWHERE, HERE
from tests.workflows.programmes.walking import (
    GENERAL,
    INDUCTION,
    NEEDS,
    SUMMARY,
    ProgrammeOffice,
    Sessions,
    at,
    close_session,
)
from tracker.core.cases.models import CaseLink
from tracker.core.cases.scope import may_see
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.documents import service as documents
from tracker.core.errors import BadInput, StepRefused
from tracker.core.registers.models import Organisation
from tracker.core.reminders.models import Reminder
from tracker.workflows.programmes import papers, queries, service, standing


@pytest.fixture
def office(session):
    with transaction():
        return ProgrammeOffice(session)


def refused(office, case, who, step, **inputs):
    with pytest.raises((StepRefused, BadInput)) as why, transaction():
        office.take(case, who, step, **inputs)
    office.session.expire_all()
    return str(why.value)


def walked(office, to):
    with transaction():
        return office.case(to)


# ---------------------------------------------------------------- Y0, Y1


def test_a_bureau_has_one_plan_a_year(office):
    with transaction():
        programme = office.open()
        following = office.open(year=2027)
    assert programme.title.endswith("2026年度培训计划")
    assert programme.number == "东统训计〔2026〕1号"
    assert (following.year, following.number, programme.by_clock) == (
        2027, "东统训计〔2026〕2号", False,
    )  # fmt: skip
    for year, words in (("2026", "已经建立"), ("2025", "只能"), ("2028", "只能"), ("", "只能")):
        with pytest.raises(BadInput, match=words), transaction():
            service.open_new(
                office.session, office.actor("trainer@bureau"), "draft", {"year": year},
                now=office.now,
            )  # fmt: skip
    assert office.count() == 2
    with pytest.raises(StepRefused), transaction():
        service.open_new(
            office.session, office.actor("supervisor@bureau"), "draft", {"year": "2026"},
            now=office.now,
        )  # fmt: skip
    reads = {"trainer@bureau", "inspector@bureau", "registrar@bureau", "head@bureau", "handler"}
    for who in (*reads, "liaison@dept", "head@foreign bureau", "system_admin@bureau"):
        assert may_see(office.session, office.actor(who), programme.id) == (who in reads), who


def test_a_line_says_what_for_whom_how_often_and_what_it_costs(office):
    with transaction():
        programme = office.open()
    for field, value in (
        ("kind", "gossip"), ("audience", "everybody"), ("title", " "), ("month", 13), ("month", 0),
        ("times", 0), ("people", 0), ("people", 10_001), ("hours", Decimal(0)),
        ("hours", Decimal("1.25")), ("budget", Decimal(-1)),
    ):  # fmt: skip
        wrong = refused(
            office, programme, "trainer@bureau", "add_line", **{**GENERAL, field: value}
        )
        assert wrong.startswith(f"{field}: "), wrong
    assert "还没有培训项目" in refused(office, programme, "trainer@bureau", "remove_line", line="1")
    with transaction():
        office.walk(programme, office.way("filled"))
        office.take(
            programme, "trainer@bureau", "change_line",
            **{**INDUCTION, "line": office.line(programme, "induction"), "times": 3},
        )  # fmt: skip
    lines = standing.lines_of(office.session, programme.id)
    assert [(x.kind, x.month, x.times, x.hours, x.budget) for x in lines] == [
        ("induction", 3, 3, Decimal("4.5"), Decimal(0)),
        ("general", 9, 1, Decimal(8), Decimal(30000)),
    ]  # fmt: skip
    with transaction():
        other = office.open("trainer@bureau", year=2027)
    # What the year before was planned is proposed; its purpose was of that year.
    carried = standing.lines_of(office.session, other.id)
    assert [(x.title, x.times, x.purpose) for x in carried] == [
        ("新任统计人员岗前培训", 3, ""), ("2027年旗区统计人员综合业务培训", 1, ""),
    ]  # fmt: skip
    foreign = str(carried[0].id)
    assert "计划里的一项" in refused(office, programme, "handler", "remove_line", line=foreign)
    with transaction():
        office.take(programme, "handler", "remove_line", line=office.line(programme))
    assert len(standing.lines_of(office.session, programme.id)) == 1


def test_a_plan_goes_to_the_head_whole(office):
    with transaction():
        programme = office.open()
        office.take(programme, "handler", "add_line", **INDUCTION)
    why = refused(office, programme, "handler", "submit")
    assert "还没有写明培训需求" in why
    assert "要列 1 期，计划里有 0 期" in why
    with transaction():
        office.take(programme, "handler", "write_needs", **NEEDS)
        office.take(programme, "handler", "add_line", **GENERAL)
        office.take(programme, "handler", "submit")
    # The handler is a head, and drew it up; so does the one who stands in for the handler.
    for who in ("handler", "handler's deputy"):
        assert "不能复核" in office.why_not(programme, who, "approve")
    assert "年度统计培训计划" in refused(
        office, programme, "head@bureau", "approve", bare=True, budget=Decimal(30000)
    )
    low = refused(office, programme, "head@bureau", "approve", budget=Decimal("29999.99"))
    assert "30000.00" in low
    assert programme.approved_on is None
    with transaction():
        office.take(programme, "head@bureau", "approve", budget=Decimal(30000))
    approved = (programme.state, programme.budget, programme.approved_on)
    assert approved == ("running", Decimal(30000), office.today)


def test_what_changes_an_approved_plan_makes_its_paper_void(office):
    programme = walked(office, "running")
    assert "training_plan" in documents.issued_kinds(office.session, programme.id)
    assert "请写明理由" in refused(office, programme, "trainer@bureau", "amend", note=" ")
    with transaction():
        office.take(programme, "trainer@bureau", "amend", note="增加普查培训")
    assert programme.state == "drafting"
    assert documents.issued_kinds(office.session, programme.id) == frozenset()
    number = programme.number
    with transaction():
        office.take(programme, "trainer@bureau", "submit")
        # Who only submitted it again has made it too.
        office.take(programme, "head@bureau", "send_back", note="经费过高")
        office.take(programme, "trainer@bureau", "submit")
        office.take(programme, "head@bureau", "approve", budget=Decimal(40000))
    assert (programme.state, programme.number, programme.budget) == ("running", number, 40000)


# ---------------------------------------------------------------- the year's dates


@pytest.mark.parametrize(
    ("region", "rule", "rungs"),
    [
        # 鄂尔多斯 二（三）: the city's bureau trains the banners' staff; reminded on 30 September.
        ("150600000000", "P07", ["2026-09-30"]),
        (HERE, "OWN-TRAINING", ["2026-09-30", "2026-12-01", "2026-12-31"]),
        (ELSEWHERE, "OWN-TRAINING", ["2026-09-30", "2026-12-01", "2026-12-31"]),
    ],
)
def test_the_yearly_duty_is_that_of_the_place(office, region, rule, rungs):
    with transaction() as session:
        org = session.get_one(Organisation, office.orgs["bureau"])
        org.region_code = region
        session.flush()
        office.actors.clear()
        programme = office.open("trainer@bureau")
    clocks = office.clocks(programme)
    assert set(clocks) == {"OWN-PLANDRAFT", "OWN-HOURSYEAR", rule}
    assert (clocks[rule].started_on, clocks[rule].due_on) == (date(2026, 1, 1), date(2026, 12, 31))
    assert clocks[rule].responsible_role == "trainer"
    planned = session.scalars(
        select(Reminder.due_at).where(
            Reminder.deadline_id == clocks[rule].id, Reminder.audience == "handler"
        ).order_by(Reminder.due_at)
    )  # fmt: skip
    assert [office_date(moment).isoformat() for moment in planned] == rungs
    office.sound(programme)


def test_the_year_is_not_given_up_before_its_last_day(office):
    programme = walked(office, "running")
    why = refused(office, programme, "trainer@bureau", "finish")
    assert "还没有完成，最迟 2026-12-31" in why
    assert "通知或者签到表" in refused(
        office, programme, "trainer@bureau", "record_general", bare=True
    )
    for day in (date(2025, 12, 31), date(2026, 6, 1), None):
        assert "已经过去的日期" in refused(
            office, programme, "trainer@bureau", "record_general", on=day
        )
    with transaction():
        office.take(programme, "trainer@bureau", "record_general", on=date(2026, 2, 10))
    assert office.clock(programme, "OWN-TRAINING").stopped_on == date(2026, 2, 10)
    assert "已经登记过" in office.why_not(programme, "trainer@bureau", "record_general")
    assert office.why_not(programme, "trainer@bureau", "finish") == ""
    with transaction():
        other = office.open("trainer@bureau", 2027)
    office.now = at("2028-01-04 09:00")  # a year in which nothing was held ends all the same
    with transaction():
        office.walk(other, [("trainer@bureau", "write_needs", NEEDS),
                            ("trainer@bureau", "submit", {}),
                            ("head@bureau", "approve", {"budget": Decimal(30000)}),
                            ("trainer@bureau", "finish", {}),
                            ("trainer@bureau", "summarise", SUMMARY),
                            ("supervisor@bureau", "close", {})])  # fmt: skip
    late = office.clock(other, "OWN-TRAINING")
    assert (other.state, late.due_on, late.stopped_on) == (
        "closed", date(2027, 12, 31), date(2028, 1, 4),
    )  # fmt: skip
    assert queries.ended_late(late)
    assert not queries.ended_late(office.clock(programme, "OWN-TRAINING"))


# ---------------------------------------------------------------- Y2 to Y7


def test_sessions_come_out_of_lines_and_stand_beside_them(office, monkeypatch):
    sessions = Sessions()
    sessions.install(monkeypatch)
    programme = walked(office, "running")
    with transaction():
        for kind in ("induction", "induction", "general"):
            line = office.line(programme, kind)
            office.take(programme, "trainer@bureau", "open_session", line=line)
    first, second, general = [
        standing.done(office.session, programme).lines[n].sessions[m].session
        for n, m in ((0, 0), (0, 1), (1, 0))
    ]
    assert dict(sessions.seeds[0].more) == {
        "topic": "induction", "title": INDUCTION["title"], "audience": "township",
        "hours": Decimal("4.5"), "people": 20, "purpose": INDUCTION["purpose"],
        "year": 2026, "month": 3,
    }  # fmt: skip
    linked = select(CaseLink.to_id).where(CaseLink.from_id == programme.id)
    assert set(office.session.scalars(linked)) == {first.id, second.id, general.id}
    assert "还有 3 期培训班没有办结" in office.why_not(programme, "trainer@bureau", "finish")
    with transaction():
        people = [office.person(f"示例{n}", "150602001000", date(2020, 1, 1)) for n in range(3)]
        for person in people:
            office.learned(person, "induction", date(2026, 2, 3), 4, first)
        office.learned(people[0], "general", date(2026, 2, 20), 8, general)
        office.learned(people[1], "general", date(2026, 2, 20), 8, general, passed=False)
        for case in (first, second, general):
            close_session(office.session, case, office.now)
    done = standing.done(office.session, programme)
    assert [(d.held, d.people, d.passed, d.wanted) for d in done.lines] == [
        (1, 3, 3, 40), (1, 2, 1, 60),
    ]  # fmt: skip
    assert (done.wanted, done.held, done.people, done.budget) == (3, 2, 5, Decimal(30000))
    [row] = queries.board(office.session, office.actor("head@bureau"), 2026)
    assert (row.wanted, row.places, row.cost, row.held, row.people) == (
        3,
        100,
        Decimal(30000),
        2,
        5,
    )
    assert queries.board(office.session, office.actor("head@foreign bureau"), 2026) == []
    with transaction():
        office.take(programme, "trainer@bureau", "amend", note="减一期")
    line = office.line(programme, "induction")
    fewer = {**INDUCTION, "line": line, "times": 1}
    assert "已经开了 2 期" in refused(office, programme, "handler", "change_line", **fewer)
    assert "不能删去" in refused(office, programme, "handler", "remove_line", line=line)
    with transaction():
        office.take(programme, "trainer@bureau", "submit")
        office.take(programme, "head@bureau", "approve", budget=Decimal(30000))
        # On file is enough: nobody has to say so.
        office.take(programme, "trainer@bureau", "finish")
    assert office.clock(programme, "OWN-TRAINING").stopped_on == date(2026, 2, 20)


def test_a_summary_is_checked_by_another_and_goes_on_paper(office):
    programme = walked(office, "summing")
    assert "请写年度总结" in refused(office, programme, "handler", "summarise", summary=" ")
    with transaction():
        office.take(
            programme, "handler", "summarise", **SUMMARY, undone="一期改期", next_year="办四期",
            spent=Decimal("28000.50"),
        )  # fmt: skip
    assert "不能复核" in office.why_not(programme, "handler", "close")
    with transaction():
        given = papers.values(office.session, programme, "training_year_summary", office.now)
        draft = documents.draft(
            office.session, case_id=programme.id, org_id=programme.bureau_id,
            kind="training_year_summary", values=given, by=office.people["handler"],
            now=office.now,
        )  # fmt: skip
    assert documents.missing("training_year_summary", draft.values) == []
    assert (given["problems"], given["spent"]) == ("一期改期", Decimal("28000.50"))
    assert given["done"][0]["times_planned"] == "2"
    with transaction():
        office.take(programme, "supervisor@bureau", "return_summary", note="补充人数")
        office.take(programme, "handler", "reopen", note="还要补办一期")
        office.take(programme, "handler", "finish")
        office.take(programme, "handler", "summarise", **SUMMARY)
        office.take(programme, "supervisor@bureau", "close")
    assert (programme.state, office.clocks(programme)) == ("closed", {})
    assert deadlines.running(office.session, programme.id) == []


def test_the_plan_on_paper_has_its_lines_and_its_law(office):
    programme = walked(office, "approving")
    with transaction():
        given = papers.values(office.session, programme, "training_plan", office.now)
        draft = documents.draft(
            office.session, case_id=programme.id, org_id=programme.bureau_id, kind="training_plan",
            values=given, by=office.people["handler"], now=office.now,
        )  # fmt: skip
    assert documents.missing("training_plan", draft.values) == []
    assert [(i["course"], i["times"], i["hours"], i["budget"]) for i in given["items"]] == [
        (INDUCTION["title"], "2", "4.5", "0"), (GENERAL["title"], "1", "8", "30000"),
    ]  # fmt: skip
    assert given["budget"] == 30000


def test_needs_are_what_the_register_says(office):
    with transaction():
        programme = office.open()
        old = office.person("示例甲", "150602001000", date(2020, 1, 1))
        office.person("示例乙", "150602002000", date(2026, 2, 1))
        away = office.person("示例丙", "220102001000", date(2020, 1, 1))
        office.learned(old, "induction", date(2019, 12, 1), 8)
        office.learned(old, "law", date(2026, 1, 10), 89)
        office.learned(away, "law", date(2026, 1, 10), 90)
    wants = queries.needs(office.session, programme, office.today)
    assert (wants.people, wants.new, wants.new_count, wants.short, wants.least) == (
        2, ("示例乙",), 1, 2, 90,
    )  # fmt: skip
    law = next(c for c in wants.coverage if c.kind == "law")
    assert (law.should, law.had, law.missing) == (2, 1, 1)
    with transaction():
        office.learned(old, "other", date(2026, 2, 10), 1)
    assert queries.needs(office.session, programme, office.today).short == 1
