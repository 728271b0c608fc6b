"""Each step of a lead both ways: what it does, and what it refuses, from one set-up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.security.world import World, vault_key
from tests.workflows.leads.walking import a_lead_data
from tracker.core.accounts.models import User
from tracker.core.audit.models import AuditRow
from tracker.core.calendar import store
from tracker.core.cases.custody import custody
from tracker.core.cases.models import CaseExcludedOrg, CaseLink, Move
from tracker.core.cases.scope import get_visible
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import BadInput, ChangedMeanwhile, NotVisible, StepRefused
from tracker.core.registers.models import Officer
from tracker.workflows.leads import service
from tracker.workflows.leads.models import Lead


@pytest.fixture
def world(session):
    vault_key()
    with transaction():
        return World(session)


def refused(world, lead, who, step, **inputs):
    """The reasons a step is refused for; and nothing of it has happened."""
    before = (lead.state, lead.version)
    try:
        with transaction():
            world.take(world.session.get_one(Lead, lead.id), who, step, **inputs)
    except StepRefused as error:
        why = " ".join(str(r.why) for r in error.refusals)
    except BadInput as error:
        why = str(error)
    except (NotVisible, ChangedMeanwhile) as error:
        why = type(error).__name__
    else:
        pytest.fail(f"{step} by {who} was taken")
    fresh = world.session.get_one(Lead, lead.id)
    assert (fresh.state, fresh.version) == before
    return why


def clock(session, lead, rule):
    return session.scalars(
        select(Deadline).where(Deadline.case_id == lead.id, Deadline.rule_id == rule)
        .order_by(Deadline.id.desc())
    ).first()  # fmt: skip


def walked(world, at, **changes):
    """A lead about other than the usual facts, walked to a state."""
    lead = service.draft(
        world.session, world.actor("drafter"), a_lead_data(**changes), now=world.now,
        org_id=world.orgs["dept"],
    )  # fmt: skip
    drafter = world.actor("drafter")
    service.attach(world.session, drafter, lead.id, "台账.csv", b"a,b\r\n", now=world.now)
    for who, step, inputs in world._way(at):
        lead = world.take(lead, who, step, **inputs)
    return lead


# ---------------------------------------------------------------- L0, L1: the department


def test_a_lead_needs_indicators_and_evidence_before_it_is_handed_in(world):
    with transaction():
        lead = service.draft(
            world.session, world.actor("drafter"), a_lead_data(indicators=()), now=world.now,
            org_id=world.orgs["dept"],
        )  # fmt: skip
    assert "指标和证据材料" in refused(world, lead, "drafter", "submit")
    with transaction():
        drafter = world.actor("drafter")
        service.attach(world.session, drafter, lead.id, "a.txt", b"x", now=world.now)
    assert "还没有指标" in refused(world, lead, "drafter", "submit")
    with transaction():
        service.edit(world.session, drafter, lead.id, a_lead_data(), seen=1, now=world.now)
        assert world.take(lead, "drafter", "submit").state == "approval"


def test_whoever_drafted_does_not_approve_nor_does_their_deputy(world):
    with transaction():
        lead = world.lead("approval")
    for who in ("drafter", "drafter's deputy"):
        assert "不能复核自己办的事" in refused(world, lead, who, "approve")
    with transaction():
        world._lend(world.people["drafter"], world.people["dept_approver@dept"])
    # Standing in for the drafter takes nothing of one's own away.
    with transaction():
        lead = world.take(lead, "dept_approver@dept", "approve")
    assert lead.state == "sent"
    assert lead.bureau_id == world.orgs["bureau"]
    assert lead.scope_code == "150602000000"
    assert lead.letter_number == "东发改移〔2026〕1号"


def test_whoever_stood_in_for_the_drafter_does_not_approve_either(world):
    with transaction():
        world._lend(world.people["liaison@dept"], world.people["dept_approver@dept"])
        lead = service.draft(
            world.session, world.actor("dept_approver@dept"), a_lead_data(), now=world.now,
            org_id=world.orgs["dept"],
        )  # fmt: skip
        service.attach(world.session, world.actor("drafter"), lead.id, "a.txt", b"x", now=world.now)
        lead = world.take(lead, "dept_approver@dept", "submit")
    assert "不能复核自己办的事" in refused(world, lead, "dept_approver@dept", "approve")
    with transaction():
        assert world.take(lead, "drafter", "approve").state == "sent"


def test_sending_back_and_withdrawing_say_why(world):
    with transaction():
        lead = world.lead("approval")
    assert "请写明理由" in refused(world, lead, "dept_approver@dept", "send_back", note=" ")
    with transaction():
        lead = world.take(lead, "dept_approver@dept", "send_back", note="补台账")
        lead = world.take(lead, "drafter", "submit")
        lead = world.take(lead, "drafter", "withdraw", note="重复")
    assert (lead.state, lead.turn_org_id, lead.assignee_id) == ("withdrawn", None, None)
    assert lead.closed_at is not None


def test_a_lead_is_not_withdrawn_after_receipt(world):
    with transaction():
        lead = world.lead("registered")
    said = refused(world, lead, "drafter", "withdraw")
    # The sender hears that it is in hand, not how far the bureau is with it.
    assert "现在是“" in said
    assert "登记查重" not in said
    assert "登记查重" in refused(world, lead, "supervisor@bureau", "close")


def test_an_old_page_changes_nothing(world):
    with transaction():
        lead = world.lead("approval")
    with pytest.raises(ChangedMeanwhile), transaction():
        service.take(
            world.session, world.actor("dept_approver@dept"), lead.id, "approve", {"note": ""},
            seen=lead.version - 1, now=world.now,
        )  # fmt: skip


def test_an_old_page_tells_the_sender_nothing_of_the_bureaus_own_steps(world):
    with transaction():
        lead = world.lead("registered")
        old = lead.version
        world.take(lead, "registrar@bureau", "assign", handler=world.people["handler"])
    for who, told in (("drafter", False), ("registrar@bureau", True)):
        with pytest.raises(ChangedMeanwhile) as changed, transaction():
            service.take(
                world.session, world.actor(who), lead.id, "withdraw", {"note": "x"},
                seen=old, now=world.now,
            )  # fmt: skip
        assert ("刚刚办了" in str(changed.value.what)) is told, who


def test_a_house_does_not_write_down_what_concerns_itself(world):
    def opened(verb, who, org, **changes):
        with transaction():
            verb(world.session, world.actor(who), a_lead_data(**changes), now=world.now,
                 org_id=world.orgs[org])  # fmt: skip

    with pytest.raises(BadInput, match="主管"):
        opened(service.draft, "drafter", "dept", competent_org_id=world.orgs["dept"])
    with pytest.raises(BadInput, match="本单位自己"):
        opened(service.draft, "drafter", "dept", unit_name="东胜区发展和改革委员会")
    with pytest.raises(BadInput, match="本单位自己"):
        opened(service.intake, "registrar@bureau", "bureau", unit_name="东胜区统计局",
               channel="report")  # fmt: skip


def test_nobody_writes_above_their_own_clearance(world):
    with transaction():
        world.session.get_one(User, world.people["drafter"]).clearance = 1
    with pytest.raises(BadInput, match="涉密权限"), transaction():
        walked(world, "drafted", confidentiality=2)
    with transaction():
        lead = walked(world, "drafted")
    with pytest.raises(BadInput, match="涉密权限"), transaction():
        service.edit(
            world.session, world.actor("drafter"), lead.id, a_lead_data(confidentiality=3),
            seen=1, now=world.now,
        )  # fmt: skip


def test_the_accused_units_department_is_shut_out_from_the_first_moment(world, session):
    with transaction():
        lead = walked(world, "drafted", unit_name="东胜区工业和信息化局")
    excluded = set(session.scalars(select(CaseExcludedOrg.org_id)))
    assert excluded == {world.orgs["excluded"]}
    with pytest.raises(NotVisible):
        get_visible(session, Lead, world.actor("liaison@excluded"), lead.id)


# ---------------------------------------------------------------- L2, L3: receipt


def test_each_register_counts_by_itself_and_without_gaps(world):
    with transaction():
        here = [world.lead("registered") for _ in range(3)]
        team = walked(world, "sent", survey_owner="survey_team")
        team = world.take(team, "registrar@team", "receive")
        there = world.intake_at("county", a_lead_data(channel="report"))
    assert [x.number for x in here] == [f"东统线〔2026〕{n}号" for n in (1, 2, 3)]
    assert (team.number, there.number) == ("东调线〔2026〕1号", "康统线〔2026〕1号")
    assert [x.letter_number for x in here] == [f"东发改移〔2026〕{n}号" for n in (1, 2, 3)]


def test_a_survey_teams_lead_goes_to_the_team_and_not_to_the_bureau(world):
    with transaction():
        lead = walked(world, "sent", survey_owner="survey_team")
    assert (lead.bureau_id, lead.scope_code) == (world.orgs["team"], "")
    for who in ("registrar@bureau", "supervisor@bureau", "supervisor@city"):
        assert refused(world, lead, who, "receive") == "NotVisible"
    with transaction():
        assert world.take(lead, "registrar@team", "receive").state == "registered"


def test_a_townships_lead_goes_to_the_county_bureau(world):
    with transaction():
        clerk = world.actor("township_clerk@town")
        lead = service.draft(
            world.session, clerk, a_lead_data(), now=world.now, org_id=world.orgs["town"]
        )
        service.attach(world.session, clerk, lead.id, "a.txt", b"x", now=world.now)
        lead = world.take(lead, "township_clerk@town", "submit")
        lead = world.take(lead, "dept_approver@town", "approve")
    assert lead.bureau_id == world.orgs["bureau"]


def test_a_bounced_lead_keeps_its_letters_number(world):
    with transaction():
        lead = world.lead("sent")
        number = lead.letter_number
        lead = world.take(lead, "registrar@bureau", "bounce", note="缺台账")
    assert (lead.state, lead.turn_org_id) == ("drafted", world.orgs["dept"])
    assert lead.number is None
    with transaction():
        lead = world.take(lead, "drafter", "submit")
        lead = world.take(lead, "dept_approver@dept", "approve")
        lead = world.take(lead, "registrar@bureau", "receive")
    assert (lead.letter_number, lead.number) == (number, "东统线〔2026〕1号")


def test_duplicates_are_looked_at_before_a_lead_is_given_out(world):
    with transaction():
        world.lead("registered")
        lead = world.lead("registered")
    handler = world.people["handler"]
    assert "1 条疑似重复" in refused(world, lead, "registrar@bureau", "assign", handler=handler)
    with pytest.raises(StepRefused), transaction():
        service.see_duplicates(world.session, world.actor("handler"), lead.id, now=world.now)
    with transaction():
        registrar = world.actor("registrar@bureau")
        service.see_duplicates(world.session, registrar, lead.id, now=world.now)
        assert world.take(lead, "registrar@bureau", "assign", handler=handler).state == "triage"


def test_a_lead_is_merged_and_linked_only_where_that_makes_sense(world, session):
    with transaction():
        closed, open_, lead = world.lead("withdrawn"), world.lead("registered"), None
        lead = world.lead("registered")
        far = world.intake_at("county", a_lead_data(channel="report"))
    who = "registrar@bureau"
    assert "不能和自己关联" in refused(world, lead, who, "link", target=lead.id)
    assert "没有找到" in refused(world, lead, who, "link", target=far.id)
    assert "没有找到" in refused(world, lead, who, "merge", target=closed.id)
    with transaction():
        world.take(lead, who, "link", target=open_.id, kind="same_unit")
        merged = world.take(open_, who, "merge", target=lead.id, note="同一件事")
    assert merged.state == "merged"
    kinds = set(session.scalars(select(CaseLink.kind)))
    assert kinds == {"same_unit", "merged_into"}
    assert "已经办结" in refused(world, lead, who, "merge", target=merged.id)


# ---------------------------------------------------------------- L4: triage


def test_only_certified_officers_of_the_bureau_are_sent_to_verify(world, session):
    with transaction():
        lead = world.lead("triage")
    people = world.people
    handler, other = people["handler"], people["inspector@bureau"]
    why = refused(world, lead, "handler", "verify", handler=handler, co_officer=other)
    assert "执法证今天无效" in why
    why = refused(world, lead, "handler", "verify", handler=handler, co_officer=handler)
    assert "须是两个人" in why
    stranger = people["inspector@city"]
    why = refused(world, lead, "handler", "verify", handler=handler, co_officer=stranger)
    assert "请选一名本单位" in why
    with transaction():
        lead = world.take(lead, "handler", "verify", handler=handler,
                          co_officer=people["co_officer"])  # fmt: skip
    with transaction():
        session.scalars(
            select(Officer).where(Officer.user_id == people["co_officer"])
        ).one().valid_to = office_date(world.now)  # valid on its last day, not after
        world.now += timedelta(days=1)
    why = refused(world, lead, "handler", "submit_findings", found=True, note="查实")
    assert "执法证今天无效" in why


def test_waiting_for_material_stops_the_triage_clock_and_the_letter_starts_it_again(world, session):
    with transaction():
        lead = world.lead("triage")
        due = clock(session, lead, "T01").due_on
        first = clock(session, lead, "T01").id
        lead = world.take(lead, "handler", "ask_supplement", note="补台账")
    assert clock(session, lead, "T01").state == "suspended"
    assert clock(session, lead, "T01").due_on is None
    with transaction():
        world.now += timedelta(days=4)
        lead = world.take(lead, "drafter", "supply", note="复函")
    later = clock(session, lead, "T01")
    assert (later.id, later.state) == (first, "running")
    assert later.due_on > due
    assert lead.assignee_id == world.people["handler"]
    assert clock(session, lead, "OWN-SUPPLY").state == "stopped"


def test_only_departments_are_asked_for_material(world):
    with transaction():
        lead = world.intake_at("bureau", a_lead_data(channel="report"))
        lead = world.take(lead, "registrar@bureau", "assign", handler=world.people["handler"])
    assert "没有可以发函的部门" in refused(world, lead, "handler", "ask_supplement")


def test_a_refusal_names_its_ground_and_the_head_decides(world):
    with transaction():
        lead = world.lead("triage")
    assert "理由" in refused(world, lead, "handler", "propose_refusal", ground="bored")
    with transaction():
        lead = world.take(lead, "handler", "propose_refusal", ground="no_clue", note="没有线索")
    for who in ("handler", "handler's deputy"):
        assert "不能复核自己办的事" in refused(world, lead, who, "approve_refusal")
    with transaction():
        lead = world.take(lead, "head@bureau", "approve_refusal")
    assert (lead.state, lead.outcome, lead.refusal_ground) == ("feedback", "refuse", "no_clue")


# ---------------------------------------------------------------- L5 to L8


def test_the_verification_clock_goes_on_through_review_and_return(world, session):
    with transaction():
        lead = world.lead("verifying")
        first = clock(session, lead, "L16")
        begun, due, number = first.started_on, first.due_on, first.id
        lead = world.take(lead, "handler", "submit_findings", found=True, note="查实")
        lead = world.take(lead, "co_officer", "disagree", note="再核")
        lead = world.take(lead, "handler", "submit_findings", found=True, note="查实")
        lead = world.take(lead, "co_officer", "countersign")
        world.now += timedelta(days=7)
        lead = world.take(lead, "supervisor@bureau", "return_result", note="补查")
    same = clock(session, lead, "L16")
    assert (same.id, same.started_on, same.due_on, same.state) == (number, begun, due, "running")
    with transaction():
        lead = world.take(lead, "handler", "submit_findings", found=False, note="未查实")
        lead = world.take(lead, "co_officer", "countersign")
        lead = world.take(lead, "supervisor@bureau", "confirm_result")
    assert clock(session, lead, "L16").state == "stopped"
    assert lead.found is False


def test_neither_officer_confirms_nor_closes_their_own(world):
    with transaction():
        lead = world.lead("result")
    for who in ("handler", "co_officer", "handler's deputy"):
        assert "不能复核自己办的事" in refused(world, lead, who, "confirm_result")
    with transaction():
        lead = world.take(lead, "supervisor@bureau", "confirm_result")
        lead = world.take(lead, "handler", "give_feedback", feedback_sender="已查实")
    assert "不能复核自己办的事" in refused(world, lead, "handler", "close")
    with transaction():
        assert world.take(lead, "supervisor@bureau", "close").state == "closed"
    assert "现在是“办结”" in refused(world, lead, "supervisor@bureau", "close")
    handler = world.actor("handler")
    with pytest.raises(StepRefused, match="已经办结"), transaction():
        service.attach(world.session, handler, lead.id, "a.txt", b"x", now=world.now)


def test_a_reporter_who_wants_an_answer_gets_one(world):
    with transaction():
        lead = walked(
            world, "feedback", reporter="named", reply_wanted=True, identity={"name": "某甲"}
        )
    assert "反馈" in refused(world, lead, "handler", "give_feedback")
    why = refused(world, lead, "handler", "give_feedback", feedback_sender="已查实")
    assert "举报人要求答复" in why
    with transaction():
        both = {"feedback_sender": "已查实", "feedback_reporter": "已查实"}
        assert world.take(lead, "handler", "give_feedback", **both).state == "closing"


def test_a_reporters_wish_survives_an_edit_that_does_not_show_it(world):
    with transaction():
        lead = walked(
            world, "drafted", reporter="named", reply_wanted=True, identity={"name": "某甲"}
        )
        lead = service.edit(
            world.session, world.actor("drafter"), lead.id, a_lead_data(), seen=1, now=world.now
        )
    assert (lead.reporter, lead.reply_wanted) == ("named", True)
    with pytest.raises(StepRefused, match="已经封存"), transaction():
        service.edit(
            world.session, world.actor("drafter"), lead.id,
            a_lead_data(reporter="named", identity={"name": "某乙"}), seen=2, now=world.now,
        )  # fmt: skip


def test_a_lead_handed_down_carries_the_superiors_own_date(world, session):
    with transaction():
        lead = world.intake_at(
            "bureau",
            a_lead_data(
                channel="handed_down", superior_name="市统计局", superior_due_on=date(2026, 4, 30)
            ),
        )
        own = clock(session, lead, "OWN-SUPERIOR")
        assert (own.due_on, own.state) == (date(2026, 4, 30), "running")
        lead = world.take(lead, "registrar@bureau", "assign", handler=world.people["handler"])
        lead = world.take(lead, "handler", "hand_inside", handed_to="工业科")
        lead = world.take(lead, "co_officer", "confirm_inside")
        lead = world.take(lead, "handler", "give_feedback", feedback_sender="")
    assert clock(session, lead, "OWN-SUPERIOR").state == "running"
    assert "还没有向市统计局报告结果" in refused(world, lead, "supervisor@bureau", "close")
    with transaction():
        lead = world.take(lead, "handler", "report_up", note="已报")
    assert clock(session, lead, "OWN-SUPERIOR").state == "stopped"
    assert "已经向上级报告过" in refused(world, lead, "handler", "report_up")
    with transaction():
        world.take(lead, "supervisor@bureau", "close")


def test_custody_adds_up_to_the_working_days_of_the_lead(world, session):
    with transaction():
        lead = world.lead("triage")
        for step, who, days in (
            ("ask_supplement", "handler", 3), ("supply", "drafter", 5),
            ("propose_refusal", "handler", 9), ("return_refusal", "head@bureau", 2),
        ):  # fmt: skip
            world.now += timedelta(days=days)
            lead = world.take(lead, who, step, ground="no_clue")
        world.now += timedelta(days=6)
    today = office_date(world.now)
    calendar = store.load(session)
    held = custody(session, lead, calendar, today)
    assert held.total == calendar.workdays_between(lead.opened_on, today)
    assert sum(stay.working_days for stay in held.stays) == held.total
    assert [s.state for s in held.stays if s.stopped_clock] == ["supplement"]


def test_every_step_left_one_line_of_history_and_one_audit_row(world, session):
    with transaction():
        lead = world.lead("closed")
    moves = list(session.scalars(select(Move).where(Move.case_id == lead.id).order_by(Move.seq)))
    assert [m.seq for m in moves] == list(range(1, lead.version + 1))
    rows = session.scalars(
        select(AuditRow.tag).where(AuditRow.case_id == lead.id, AuditRow.tag.like("lead.move.%"))
        .order_by(AuditRow.n)
    ).all()  # fmt: skip
    assert rows == [f"lead.move.{m.step}" for m in moves]
    numbers = session.scalars(select(AuditRow.n).where(AuditRow.case_id == lead.id)).all()
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert session.scalar(select(func.count()).where(Deadline.state == "running")) == 0
