"""What each step of a sanction proposal checks and writes, both ways."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.workflows.onward import at
from tests.workflows.sanctions.walking import A_PERSON, RESULT, SanctionOffice
from tracker.core.cases.models import CaseExcludedOrg, CasePerson
from tracker.core.cases.opening import Seed, openings
from tracker.core.cases.scope import may_see
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.documents.models import Document
from tracker.core.errors import BadInput, StepRefused
from tracker.core.registers.models import Organisation
from tracker.core.reminders.plan import forecast
from tracker.core.rulebook.loader import default_rulebook
from tracker.workflows.leads.models import Lead
from tracker.workflows.sanctions import queries


@pytest.fixture
def office(session):
    with transaction():
        return SanctionOffice(session)


def refused(office, case, who, step, **inputs):
    with pytest.raises((StepRefused, BadInput)) as why, transaction():
        office.take(case, who, step, **inputs)
    office.session.expire_all()
    return str(why.value)


def walked(office, to):
    with transaction():
        return office.case(to)


# ---------------------------------------------------------------- opening


def test_a_proposal_from_a_case_keeps_its_people_out_and_its_clocks_running(office):
    with transaction():
        lead = office.lead("verifying")
        office.session.add(CaseExcludedOrg(case_id=lead.id, org_id=office.orgs["dept"]))
        office.session.add(
            CasePerson(
                case_id=lead.id, user_id=office.people["supervisor@bureau"], part="recused",
                since=office.now,
            )
        )  # fmt: skip
        before = {d.id: (d.due_on, d.version) for d in deadlines.running(office.session, lead.id)}
        seed = Seed(
            origin=lead, unit_name=lead.unit_name, region_code=lead.region_code, matter="虚报",
            source="report", facts="查实。", confidentiality=2,
            people={"handler": office.people["co_officer"]},
        )  # fmt: skip
        case = openings.open(
            office.session, "sanction", office.actor("head@bureau"), seed, now=office.now
        )
    after = {d.id: (d.due_on, d.version) for d in deadlines.running(office.session, lead.id)}
    assert after == before
    assert before
    assert isinstance(lead, Lead)
    sees = {
        who: may_see(office.session, office.actor(who), case.id)
        for who in ("head@bureau", "co_officer", "supervisor@bureau", "inspector@bureau")
    }
    assert sees == {
        "head@bureau": True, "co_officer": True, "supervisor@bureau": False,
        "inspector@bureau": False,
    }  # fmt: skip
    assert (case.state, case.confidentiality, case.bureau_id) == ("drafted", 2, lead.bureau_id)


def test_the_officer_in_charge_is_an_inspector_who_may_see_it(office):
    for name, why in (("registrar@bureau", "执法检查人员"), ("inspector@foreign bureau", "执法")):
        with pytest.raises(BadInput, match=why), transaction():
            office.open(handler=office.people[name])
    with transaction():
        lead = office.lead("verifying")
        office.session.add(
            CasePerson(
                case_id=lead.id, user_id=office.people["inspector@bureau"], part="recused",
                since=office.now,
            )
        )  # fmt: skip
    seed = Seed(
        origin=lead, unit_name="甲", region_code=lead.region_code, matter="虚报", source="report",
        people={"handler": office.people["inspector@bureau"]},
    )  # fmt: skip
    with pytest.raises(BadInput, match="回避"), transaction():
        openings.open(office.session, "sanction", office.actor("head@bureau"), seed, now=office.now)


# ---------------------------------------------------------------- S0 to S2


def test_a_proposal_names_somebody_and_every_line_of_them(office):
    with transaction():
        case = office.open()
    assert "还没有写责任人" in refused(office, case, "handler", "submit")
    for field in A_PERSON:
        why = refused(office, case, "handler", "add_person", **{**A_PERSON, field: " "})
        assert field in why
    with transaction():
        for name in ("甲", "乙", "丙"):
            office.take(case, "handler", "add_person", **{**A_PERSON, "name": name})
        office.take(case, "handler", "drop_person", line=2)
    assert [(p.line, p.name) for p in case.persons] == [(1, "甲"), (2, "丙")]
    assert "没有这个序号" in refused(office, case, "handler", "drop_person", line=3)


def test_each_paper_is_asked_for_by_name(office):
    for state, who, step, paper in (
        ("legal", "legal_reviewer@bureau", "pass_review", "法制审核意见表"),
        ("discussing", "head@bureau", "pass_discussion", "集体讨论记录"),
        ("approved", "head@bureau", "send", "处分处理建议书"),
    ):
        case = walked(office, state)
        why = refused(office, case, who, step, bare=True)
        assert paper in why
        with transaction():
            office.take(case, who, step)
        assert case.state != state


def test_whoever_wrote_it_neither_reviews_discusses_nor_sends_it(office):
    case = walked(office, "discussing")
    assert "不能复核自己" in office.why_not(case, "handler", "pass_discussion")
    assert "不能复核自己" in office.why_not(case, "handler's deputy", "pass_discussion")
    assert office.why_not(case, "handler", "return_discussion") == ""


def test_a_receipt_has_its_day_and_a_letter_to_the_wrong_organ_is_written_anew(office):
    case = walked(office, "sent")
    tomorrow = office.today + timedelta(days=1)
    assert "不能早于送出" in refused(office, case, "handler", "record_receipt", on=date(2026, 3, 1))
    assert "不能晚于今天" in refused(office, case, "handler", "record_receipt", on=tomorrow)
    assert "回执" in refused(office, case, "handler", "record_receipt", bare=True)
    to = {"addressee_kind": "discipline", "addressee": "示例县监委"}
    with transaction():
        office.take(case, "head@bureau", "readdress", **to)
    letters = office.session.query(Document).filter_by(case_id=case.id, kind="sanction_proposal")
    assert [d.state for d in letters] == ["void"]
    assert (case.state, case.addressee, case.sent_on) == ("approved", "示例县监委", None)
    assert case.has_own_rules
    assert "处分处理建议书" in refused(office, case, "head@bureau", "send", bare=True)
    with transaction():
        office.take(case, "head@bureau", "send")
        office.take(case, "handler", "record_receipt")
    assert case.state == "waiting"


# ---------------------------------------------------------------- S4, S5, S7: the months


def test_six_months_and_a_year_in_all_and_no_more(office):
    case = walked(office, "waiting")
    start = case.received_on
    assert start == date(2026, 3, 2)
    assert "最多还能延长 6 个月" in refused(office, case, "supervisor@bureau", "extend", months=7)
    assert "延期说明" in refused(office, case, "supervisor@bureau", "extend", months=6, bare=True)
    assert "请写明理由" in refused(office, case, "head@bureau", "extend", months=6, note=" ")
    with transaction():
        office.take(case, "supervisor@bureau", "extend", months=6)
    clock = office.clocks(case)["L04"]
    assert clock.due_on == date(2027, 3, 2)
    fact = deadlines.facts(office.session, clock.id)[-1]
    assert (fact.term, fact.document) == ("6m", "示例文号1号")
    assert (fact.actor_id, fact.approver_id) == (
        office.people["handler"], office.people["supervisor@bureau"],
    )  # fmt: skip
    assert "已经到最长期限" in refused(office, case, "supervisor@bureau", "extend", months=1)
    rule = default_rulebook().rule("L04", start)
    assert rule.extension is not None
    assert (str(rule.term), str(rule.extension.total_max)) == ("6m", "12m")


def test_months_go_by_with_reminders_and_chasers_and_what_has_run_out_is_reported(office):
    case = walked(office, "waiting")
    clock = office.clocks(case)["L04"]
    mine = [
        (r.rung, r.due_at.date())
        for r in forecast(office.session, case.id)
        if r.deadline_id == clock.id and r.audience == "handler"
    ]
    # 2 June, 2 August (a Sunday: the Monday after), 2 September, 2 October (a holiday).
    assert mine == [
        ("after_start:3m", date(2026, 6, 2)), ("after_start:5m", date(2026, 8, 3)),
        ("on_due", date(2026, 9, 2)), ("after_every:1m#1", date(2026, 10, 8)),
    ]  # fmt: skip
    # Every chaser is a letter of its own.
    assert "还没有催办函" in refused(office, case, "handler", "chase", bare=True)
    with transaction():
        office.take(case, "handler", "chase", answer="正在研究")
    assert "还没有催办函" in refused(office, case, "handler", "chase", bare=True)
    with transaction():
        office.take(case, "handler", "chase")
    assert "还没有逾期" in refused(office, case, "head@bureau", "report_overdue", superior="市局")
    with transaction():  # the last day: 2 September 2026
        office.now = at("2026-09-02 10:00")
    assert "还没有逾期" in office.why_not(case, "head@bureau", "report_overdue")
    office.now = at("2026-09-03 10:00")
    assert "届满" in office.why_not(case, "supervisor@bureau", "extend")
    with transaction():
        office.take(case, "head@bureau", "report_overdue", superior="示例市统计局")
        office.take(case, "head@bureau", "report_overdue", superior="示例省统计局")
    assert case.state == "overdue"
    assert "L04" in office.clocks(case)  # it runs on until the result is there
    (row,) = queries.overdue(office.session, office.actor("head@bureau"), office.today)
    assert (row.chased, row.days_late) == (2, 1)


def test_an_answer_that_takes_fourteen_months_is_late_and_on_the_list(office):
    """As in Guangshan, which a circular of the National Bureau named (domain 8.2, 3.4 S7)."""
    case = walked(office, "waiting")
    in_time = walked(office, "waiting")
    with transaction():
        office.take(in_time, "supervisor@bureau", "extend", months=6)
    office.now = at("2027-05-03 10:00")
    rows = queries.overdue(office.session, office.actor("head@bureau"), office.today)
    assert [(r.sanction.id, r.months_held, r.extended, r.unanswered) for r in rows] == [
        (case.id, 14, False, 2), (in_time.id, 14, True, 2),
    ]  # fmt: skip
    assert rows[0].due_on == date(2026, 9, 2)
    assert rows[0].days_late == (date(2027, 5, 3) - date(2026, 9, 2)).days
    one_day_early = queries.overdue(office.session, office.actor("head@bureau"), date(2026, 9, 2))
    assert one_day_early == []
    for stranger in ("head@foreign bureau", "inspector@bureau", "liaison@dept"):
        assert queries.overdue(office.session, office.actor(stranger), office.today) == []
    with transaction():
        for line in (1, 2):
            office.take(case, "handler", "explain", line=line)
        office.take(case, "handler", "finish")
    left = queries.overdue(office.session, office.actor("head@bureau"), office.today)
    assert [r.sanction.id for r in left] == [in_time.id]


def test_a_province_may_have_a_shorter_limit_beside_it(office):
    elsewhere = walked(office, "waiting")
    assert set(office.clocks(elsewhere)) == {"L04"}
    assert "没有另外规定" in office.why_not(elsewhere, "head@bureau", "report_government")
    with transaction():
        bureau = office.session.get_one(Organisation, office.orgs["bureau"])
        bureau.region_code = "370102000000"
        office.actors.clear()
        office.now = at("2026-03-02 09:00")
        case = office.case("waiting")
    assert {r: c.due_on for r, c in office.clocks(case).items()} == {
        "L04": date(2026, 9, 2), "L05": date(2026, 5, 6),  # 2 May is in the holidays
    }  # fmt: skip
    assert case.next_due_on == date(2026, 5, 6)
    assert "还没有逾期" in office.why_not(case, "head@bureau", "report_government")
    office.now = at("2026-05-07 09:00")
    with transaction():
        office.take(case, "head@bureau", "report_government")
        for line in (1, 2):
            office.take(case, "handler", "explain", line=line)
        office.take(case, "handler", "finish")
    assert office.clock(case, "L05").stopped_on == date(2026, 5, 7)


# ---------------------------------------------------------------- S6, S8: results


def test_it_ends_only_when_something_is_known_of_every_person(office):
    case = walked(office, "waiting")
    assert "示例某甲、示例某乙" in refused(office, case, "handler", "finish")
    with transaction():
        office.take(case, "handler", "record_result", **RESULT)
    assert "示例某乙" in refused(office, case, "handler", "finish")
    assert "没有这个序号" in refused(office, case, "handler", "explain", line=3)
    assert "已经有处理结果" in refused(office, case, "handler", "explain", line=1)
    assert "请写明理由" in refused(office, case, "handler", "explain", line=2, note="")
    assert "已经登记过" in refused(office, case, "handler", "record_result", **RESULT)
    with transaction():
        party = {**RESULT, "kind": "party", "level": "警告"}
        office.take(case, "handler", "record_result", **party)
        office.take(case, "handler", "explain", line=2, note="已死亡")
        office.take(case, "handler", "strike", line=2)
    assert "还没有登记结果" in refused(office, case, "handler", "strike", line=2)
    assert [len(p.results) for p in case.persons] == [2, 0]
    tomorrow = office.today + timedelta(days=1)
    other = {**RESULT, "line": 2, "document": "示政处〔2026〕2号"}
    assert "不能晚于" in refused(
        office, case, "handler", "record_result", **other, decided_on=tomorrow
    )
    with transaction():
        office.take(case, "handler", "record_result", **other)
    assert "不能早于" in refused(office, case, "handler", "finish", on=date(2026, 1, 5))
    assert "书面材料" in refused(office, case, "handler", "finish", bare=True)
    with transaction():
        office.take(case, "handler", "finish")
        office.take(case, "supervisor@bureau", "return_results")
        office.take(case, "handler", "strike", line=2)
    assert "示例某乙" in refused(office, case, "handler", "resubmit")
    with transaction():
        office.take(case, "handler", "record_result", **other)
        office.take(case, "handler", "resubmit")
    assert "不能复核自己" in office.why_not(case, "handler", "confirm_results")
    with transaction():
        office.take(case, "supervisor@bureau", "confirm_results")
        office.take(case, "head@bureau", "circulate", scope="全市")
        office.take(case, "head@bureau", "close")
    assert case.state == "closed"
    assert queries.heads(case) == [("乡科级", 1, 1), ("科员级以下", 1, 1)]
    assert office.clocks(case) == {}
    office.sound(case)


def test_a_case_given_to_somebody_else_is_out_of_sight(office):
    case = walked(office, "waiting")
    assert "执法检查人员" in refused(
        office, case, "supervisor@bureau", "reassign", handler=office.people["registrar@bureau"]
    )
    with transaction():
        office.take(
            case, "supervisor@bureau", "reassign", handler=office.people["inspector@bureau"]
        )
    assert case.assignee_id == office.people["inspector@bureau"]
    assert may_see(office.session, office.actor("inspector@bureau"), case.id)
