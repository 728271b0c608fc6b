"""Whole cases from the source to the archive, by the product's own verbs, one of each kind."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.workflows.penalties.walking import Office
from tracker.core.cases.answers import answers
from tracker.core.cases.figures import figures_of
from tracker.core.cases.links import links_of
from tracker.core.cases.models import Move
from tracker.core.cases.opening import Seed, SeedFigure, openings
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.errors import BadInput, StepRefused
from tracker.workflows.penalties import service
from tracker.workflows.penalties.dossier import items_of
from tracker.workflows.penalties.grading import graded
from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.rows import payments_of, points_of, services_of
from tracker.workflows.penalties.standing import ledger_of, window_of
from tracker.workflows.penalties.takings.investigating import grade_of


def test_the_ordinary_case_with_a_fine(session):
    """Review and discussion, defence accepted in part, late payment with surcharge, archive."""
    with transaction():
        office = Office(session)
        case = office.case("weighing", complicated=True)
        assert case.number == "东统罚案〔2026〕1号"
        case = office.go(case, "send_to_review", "pass_review")
        case = office.go(case, "send_to_discussion", "conclude_discussion", "serve_notice")
        case = office.go(
            case, "record_defence",
            points="采纳：已主动改正；核实属实\n不采纳：不知情；已经告知", lower_to=Decimal(50000),
        )  # fmt: skip
        assert [p.accepted for p in points_of(session, case.id)] == [True, False]
        assert case.notice_fine == 60000
        assert case.proposed_fine == 50000
        office.on("2026-03-10")
        case = office.go(case, "lapse")
        with pytest.raises(BadInput, match="不能因当事人申辩而加重"):
            office.go(case, "propose_decision", fine=Decimal(55000))
        case = office.go(case, "propose_decision", fine=Decimal(50000))
        case = office.go(case, "decide", "serve_decision", "publish")
        assert case.decision_fine == case.fine == 50000
        assert str(case.shown_until) == "2027-03-10"
        # Served on Tuesday 10 March, payable by the 25th; paid on the 27th: two days of 1,500.
        office.on("2026-03-27")
        case = office.go(case, "record_payment", amount=Decimal(50000))
        with pytest.raises(StepRefused, match=r"还欠 3,000\.00"):
            office.go(case, "complete_performance")
        case = office.go(case, "record_payment", amount=Decimal(3000), voucher="凭证2")
        account = ledger_of(session, case, date(2026, 12, 31))
        assert account is not None
        assert account.surcharge == 3000
        assert account.settled
        case = office.go(case, "complete_performance", "propose_closing", "close", "archive")
        assert (case.state, str(case.performed_on)) == ("archived", "2026-03-27")
        there = {i.no for i in items_of(session, case) if i.there}
        assert there == {1, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}
        assert all(i.answered for i in items_of(session, case))
        assert not deadlines.running(session, case.id)
        assert case.closed_at is not None


def test_no_penalty_must_still_educate(session):
    with transaction():
        office = Office(session)
        case = office.case("investigating")
        case = office.go(
            case, "submit_report", outcome="no_penalty", fine=None, warning=False, ground="first"
        )
        case = office.go(case, "approve_report")
        with pytest.raises(StepRefused, match="不用事先告知"):
            office.go(case, "serve_notice")
        case = office.go(case, "propose_no_penalty", ground="first")
        case = office.go(case, "decide_no_penalty")
        with pytest.raises(BadInput, match="教育"):
            office.go(case, "serve_no_penalty", education=" ")
        case = office.go(case, "serve_no_penalty")
        with pytest.raises(StepRefused, match="没有已经送达的处罚决定"):
            office.go(case, "publish")
        case = office.go(case, "propose_closing", reason="no_penalty")
        case = office.go(case, "close", "archive")
        assert (case.state, case.closing_reason) == ("archived", "no_penalty")
        assert case.decision_fine == 0
        assert answers(session, case.id)["serve_no_penalty"]["education"] == "当面教育并记录"


def test_summary_procedure_with_cash(session):
    with transaction():
        office = Office(session)
        case = office.go(office.spot(), "file_spot", collected=Decimal(1000))
        assert (case.decided_on, case.served_on) == (office.today, office.today)
        case = office.go(case, "accept_filing", "hand_in", "bank_in")
        assert [(p.way, f"{p.amount:.0f}") for p in payments_of(session, case.id)] == [
            ("spot", "1000")
        ]
        case = office.go(case, "complete_performance", "publish", "propose_closing", "close")
        assert case.state == "archiving"
        assert [s.what for s in services_of(session, case.id)] == ["decision"]


def test_a_hearing_and_the_review_after_it(session):
    with transaction():
        office = Office(session)
        case = office.case("weighing")
        case = office.go(case, "send_to_review", "pass_review", "serve_notice", "request_hearing")
        case = office.go(
            case, "set_hearing", hearing_at=datetime(2026, 3, 16, 9, tzinfo=OFFICE_ZONE)
        )
        case = office.go(case, "serve_hearing_notice")
        office.on("2026-03-16")
        case = office.go(case, "hold_hearing")
        # What was reviewed before is reviewed again, by somebody who is not of the team.
        assert (case.state, case.reviewed_on) == ("reviewing", None)
        case = office.go(case, "object_review_heard")
        with pytest.raises(StepRefused, match="经过听证程序"):
            office.go(case, "propose_decision")
        case = office.go(case, "send_to_review", "pass_review_heard", "propose_decision", "decide")
        assert case.state == "decided"


def test_discussion_after_the_hearing(session):
    with transaction():
        office = Office(session)
        case = office.go(office.case("proposing"), "send_to_discussion")
        case = office.go(case, "conclude_discussion_heard")
        assert case.state == "proposing"
        assert case.discussed_on == office.today


def test_one_extension_before_the_end(session):
    with transaction():
        office = Office(session)
        case = office.case("investigating")
        office.on("2026-06-03")  # a day after the end
        with pytest.raises(StepRefused, match="届满"):
            office.go(case, "ask_extension")
        office.on("2026-06-02")
        case = office.go(case, "ask_extension", months=2)
        with pytest.raises(StepRefused):
            office.take(case, "handler", "approve_extension")
        case = office.go(case, "approve_extension")
        (limit,) = [d for d in deadlines.running(session, case.id) if d.rule_id == "T02"]
        assert limit.due_on == date(2026, 8, 3)  # 2 August is a Sunday


def test_another_organ_opened_first(session):
    with transaction():
        office = Office(session)
        case = office.go(office.case("moving_case"), "return_move", "propose_move")
        case = office.go(case, "approve_move")
        assert (case.state, deadlines.running(session, case.id)) == ("moved", [])
        asked = session.scalars(select(Move.id).where(Move.step == "propose_move")).all()
        assert len(asked) == 2


def test_the_court_enforces(session):
    with transaction():
        office = Office(session)
        case = office.case("demanded")
        window = window_of(session, case)
        assert window is not None
        assert (str(window.opens_after), str(window.closes_on)) == ("2026-09-02", "2026-12-02")
        office.on("2026-09-03")
        case = office.go(case, "apply_court", "court_accepts", "court_hears", "court_rules")
        case = office.go(
            case, "record_payment", amount=Decimal(120000), way="court"
        )  # the fine and as much again
        case = office.go(case, "publish")
        case = office.go(case, "propose_closing", reason="court_ruled")
        assert office.go(case, "close", "archive").state == "archived"


def test_review_changed_the_decision(session):
    with transaction():
        office = Office(session)
        case = office.go(office.case("performing"), "publish", "record_review")
        office.on("2026-03-20")
        case = office.go(case, "review_accepted", "review_copy", "review_replied")
        office.on("2026-04-20")
        case = office.go(case, "review_result", result="changed", new_fine=Decimal(30000))
        assert case.fine == 30000
        office.on("2026-04-22")
        with pytest.raises(BadInput, match="多于应缴"):
            office.go(case, "record_payment", amount=Decimal(60000))
        # Payable by 17 March; paused from 2 March to 20 April: 20 to 22 April, 3 × 900.
        account = ledger_of(session, case, office.today)
        assert account is not None
        assert account.balance == 32700
        case = office.go(case, "record_payment", amount=Decimal(32700))
        case = office.go(case, "complete_performance")
        with pytest.raises(StepRefused, match="公示还没有撤回"):
            office.go(case, "propose_closing")
        case = office.go(case, "withdraw_publication", "propose_closing")
        assert case.unpublished_why == "决定已撤销"


def test_a_revoked_decision_ends(session):
    with transaction():
        office = Office(session)
        case = office.go(office.case("demanded"), "record_suit")
        office.on("2026-10-20")
        case = office.go(case, "suit_result", result="revoked")
        assert case.revoked
        assert case.fine == 0
        case = office.go(case, "end_revoked")
        case = office.go(case, "propose_closing", reason="revoked")
        assert office.go(case, "close").state == "archiving"


def test_instalments_in_time_cost_nothing_more(session):
    with transaction():
        office = Office(session)
        case = office.go(office.case("performing"), "ask_instalments", "approve_instalments")
        for n, day in enumerate(("2026-04-15", "2026-05-15", "2026-06-15"), start=1):
            office.on(day)
            case = office.go(case, "record_payment", amount=Decimal(20000), voucher=f"凭证{n}")
        assert not [d for d in deadlines.running(session, case.id) if "INSTAL" in d.rule_id]
        assert office.go(case, "complete_performance").state == "finishing"


def test_public_notice_when_nobody_is_found(session):
    with transaction():
        office = Office(session)
        case = office.go(office.case("decided"), "announce_service")
        office.on("2026-04-07")
        case = office.go(case, "complete_announcement")
        row = services_of(session, case.id)[-1]
        # Thirty days from 2 March: Wednesday 1 April, whenever it is written down.
        assert (row.manner, str(row.served_on), str(case.served_on)) == (
            "public", "2026-04-01", "2026-04-01",
        )  # fmt: skip


def test_a_case_grows_out_of_another(session):
    """What a lead or an inspection hands over: its officers, its figures, and the way back."""
    with transaction():
        office = Office(session)
        origin = office.case("investigating")
        seed = Seed(
            origin=origin, unit_name="示例煤业有限公司", region_code=origin.region_code,
            matter="提供不真实统计资料", source="inspection", facts="见检查记录",
            figures=(SeedFigure("原煤产量", "万吨", "2026年1月", Decimal(12), Decimal(9)),),
            people={"handler": office.people["third"], "co_officer": office.people["handler"]},
            found_on=date(2026, 2, 27),
        )  # fmt: skip
        made = openings.open(session, "penalty", office.actor("head@bureau"), seed, now=office.now)
        assert (made.kind, made.state, made.channel) == ("penalty", "source", "inspection")
        case = session.get_one(Penalty, made.id)
        assert (case.found_on, case.source_from) == (date(2026, 2, 27), origin.number)
        assert case.assignee_id == office.people["third"]
        assert [f.name for f in figures_of(session, case.id)] == ["原煤产量"]
        links = links_of(session, case.id, office.actor("head@bureau"))
        assert [(link.kind, link.case.id) for link in links] == [("opened", origin.id)]


def test_what_it_leads_to_leaves_its_clocks_alone(session):
    leading = {
        "open_crime": "crime",
        "open_sanction": "sanction",
        "open_recognition": "recognition",
    }
    with transaction():
        office = Office(session)
        case = office.case("performing")
        before = {(d.rule_id, d.due_on) for d in deadlines.running(session, case.id)}
        for step in leading:
            case = office.go(case, step)
        assert case.state == "performing"
        assert {(d.rule_id, d.due_on) for d in deadlines.running(session, case.id)} == before
        links = links_of(session, case.id, office.actor("head@bureau"))
        assert {link.case.kind for link in links} == set(leading.values())
        assert all(link.kind == "opened" and link.outgoing for link in links)


def test_the_grade_of_a_case_keeps_its_working(session):
    """38,460 reported, 29,112.4 due: 32.11 %, the ratio of the picture."""
    with transaction():
        office = Office(session)
        case = office.case("reporting")
        found = graded(session, case, grade_of(case), office.today)
        assert found.gravest.ratio_text == "32.11%"
        assert case.range_min == 0
        assert case.range_max == case.statute_max == 100000
        assert any("÷" in str(line) for line in found.gravest.working)


def test_only_the_team_writes_figures_and_not_after_the_report(session):
    with transaction():
        office = Office(session)
        case = office.case("investigating")
        with pytest.raises(StepRefused, match="办案人员"):
            service.set_figures(session, office.actor("head@bureau"), case.id, [], now=office.now)
        case = office.go(case, "submit_report")
        with pytest.raises(StepRefused, match="不能再改"):
            service.set_figures(session, office.actor("handler"), case.id, [], now=office.now)
