"""A change from the draft to the register: both modes, every level, handover, gate, irregular."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.core.staff.bureau import number
from tests.workflows.filings.walking import CONSENT, FULL, FilingOffice
from tests.workflows.leads.walking import a_lead_data
from tests.workflows.onward import at
from tracker.core.cases.models import CasePerson, Move
from tracker.core.cases.scope import may_see
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.documents.models import Document
from tracker.core.errors import BadInput, ChangedMeanwhile, StepRefused
from tracker.core.norms.board import place_subject, standing
from tracker.core.staff.models import Holding, Person
from tracker.core.staff.register import end_holding
from tracker.workflows.filings import change, handover, queries
from tracker.workflows.filings.effects import effect_of
from tracker.workflows.filings.lines import Entry
from tracker.workflows.filings.models import Filing
from tracker.workflows.leads import service as leads

NEXT_DAY = timedelta(days=1)


@pytest.fixture
def office(session):
    with transaction():
        return FilingOffice(session)


def refused(office, call, *args, **kw):
    """What stands against something; nothing of it is kept."""
    with pytest.raises((StepRefused, BadInput, ChangedMeanwhile)) as why, transaction():
        call(*args, **kw)
    office.session.expire_all()
    return str(why.value)


def holding(office, holding_id):
    return office.session.get_one(Holding, holding_id, populate_existing=True)


def short(office, on):
    found = standing(office.session, place_subject(office.town_code), on)
    assert found is not None
    return found.short


# ---------------------------------------------------------------- consent, and what it writes


def test_consent_then_handover_then_training_and_the_norm_is_met_again(office):
    with transaction():
        case = office.consented("opinion")
    effective, post = case.effective_on, office.post.id
    assert (case.number, case.receipt_no) == ("示统报备〔2026〕1号", "示统报备〔2026〕1号")
    gone = effect_of(office.session, case)
    assert gone is not None
    assert [(r.before, r.after) for r in gone.rows] == [(1, 1)]  # one goes and one comes
    # Consent lies before the change, to the day.
    assert "最早明天生效" in refused(
        office, office.take, case, "supervisor", "agree", effective_on=office.today
    )
    with transaction():
        office.take(case, "supervisor", "agree", effective_on=office.today + NEXT_DAY)
    effective = case.effective_on
    assert (case.consented_on, effective) == (date(2026, 3, 2), date(2026, 3, 3))
    new = holding(office, case.new_holding_id)
    assert (new.since, new.confirmed_on, new.person_id) == (effective, None, case.incoming_id)
    assert holding(office, post).until is None  # the leaver stays until the handover is closed
    with transaction():
        office.take(case, "approver", "close_handover")
    old = holding(office, post)
    assert (old.until, old.end_reason) == (date(2026, 3, 2), "out")
    assert (old.successor_id, old.ended_by_id) == (case.incoming_id, case.id)
    assert short(office, effective) == 1  # named is not in post
    office.now = at("2026-03-09 09:00")
    why = refused(office, office.take, case, "trainer", "confirm", bare=True)
    assert "还没有岗前培训合格的记录" in why
    assert "没有岗前培训班" not in why  # that is the way on, not the reason
    with transaction():
        office.train(office.staff["newcomer"], date(2026, 3, 9), passed=False)
    assert "不能上岗" in refused(office, office.take, case, "trainer", "confirm", bare=True)
    with transaction():
        office.train(office.staff["newcomer"], date(2026, 3, 9))
    early = {"start_on": date(2026, 3, 6), "bare": True}
    assert "先培训，后上岗" in refused(office, office.take, case, "trainer", "confirm", **early)
    late = {"start_on": date(2026, 3, 10), "bare": True}
    assert "不能晚于今天" in refused(office, office.take, case, "trainer", "confirm", **late)
    with transaction():
        office.take(case, "trainer", "confirm", start_on=date(2026, 3, 9), bare=True)
        office.take(case, "registrar", "close")
    assert holding(office, case.new_holding_id).confirmed_on == date(2026, 3, 9)
    assert (short(office, date(2026, 3, 8)), short(office, date(2026, 3, 9))) == (1, 0)
    assert deadlines.running(office.session, case.id) == []


def test_a_disagreement_goes_back_and_the_next_answer_is_a_letter_of_its_own(office):
    with transaction():
        case = office.consented("opinion")
        number_, drafter = case.number, case.created_by_id
        office.take(case, "supervisor", "disagree", note="统计年报期间不同意调动")
    assert (case.state, case.assignee_id) == ("draft", drafter)
    assert holding(office, office.post.id).until is None
    with transaction():
        for who, step in (("clerk", "submit"), ("approver", "sign"), ("registrar", "refer")):
            office.take(case, who, step)
    assert case.number == number_
    assert "还没有复函" in refused(office, office.take, case, "supervisor", "agree", bare=True)
    with transaction():
        office.take(case, "supervisor", "agree")
    assert case.state == "handover"


def test_consent_is_asked_in_good_time(office):
    """The day must lie ahead when the head signs, not only when the clerk writes."""
    today = {**CONSENT, "effective_on": office.today}
    assert "生效日期要晚于同意日期" in refused(office, office.open, **today)
    with transaction():
        case = office.consented("signing", effective_on=office.today + NEXT_DAY)
    office.now += NEXT_DAY
    assert "赶不上" in refused(office, office.take, case, "approver", "sign")
    with transaction():
        office.take(case, "approver", "send_back")
        papers = office.session.scalars(select(Document).where(Document.case_id == case.id))
        assert {p.state for p in papers} == {"issued"}
        office.take(case, "clerk", "edit", **CONSENT, effective_on=office.soon)
    papers = office.session.scalars(select(Document).where(Document.case_id == case.id))
    assert {p.state for p in papers} == {"void"}  # it says another day now


# ---------------------------------------------------------------- the same change in three places

# Place, its own mode and source, the other mode and its source (read by hand from the notices).
TERRITORIES = (
    ("ordos", "filing", "鄂尔多斯市人民政府办公室文件（2022年7月1日）二（二）",
     "consent", "中华人民共和国统计法实施条例第三十二条第二款"),
    ("jilin", "filing",
     "吉林省人民政府办公厅关于加强统计基层基础工作的通知（吉政办函〔2022〕82号）一",
     "consent", "中华人民共和国统计法实施条例第三十二条第二款"),
    ("chongqing", "consent", "重庆市统计管理条例第三十四条第二款", "filing", "本系统默认"),
)  # fmt: skip


@pytest.mark.parametrize(("where", "mode", "source", "other", "ground"), TERRITORIES)
def test_the_same_change_in_both_modes(session, where, mode, source, other, ground):
    with transaction():
        office = FilingOffice(session, where)
        case = office.open()
    rule = change.rule_of(case)
    assert rule is not None
    assert (case.mode, str(rule.source)) == (mode, source)
    offered = change.modes(session, case.place_code, None, "out", office.today)
    assert [(r.mode.value, str(r.source)) for r in offered] == [(mode, source), (other, ground)]
    with transaction():
        office.take(case, "clerk", "edit", mode_rule=offered[1].id)
    assert case.mode == other
    with transaction():
        office.walk(case, office.way("handover", consent=other == "consent"))
    assert (case.consented_on is None, case.filed_on is None) == (
        other != "consent", other != "filing",
    )  # fmt: skip
    with transaction():
        office.take(case, "approver", "cancel")
        again = office.open(holding=str(office.post.id))
        office.walk(again, office.way("closed", consent=mode == "consent"))
    assert holding(office, again.new_holding_id).confirmed_on == again.effective_on
    assert short(office, again.effective_on) == 0


def test_a_filing_may_come_after_the_change(office):
    moved = office.today - timedelta(days=14)
    with transaction():
        case = office.filed("handover", effective_on=moved)
        office.take(case, "approver", "close_handover")
        office.take(case, "trainer", "confirm")
    assert holding(office, office.post.id).until == moved - NEXT_DAY
    assert holding(office, case.new_holding_id).confirmed_on == office.today


# ---------------------------------------------------------------- level by level


def test_a_village_goes_through_its_township_and_up_with_receipts_and_corrections(office):
    with transaction():
        case = office.village()
        office.take(case, "village clerk", "submit")
    assert (case.mode, case.mode_rule) == ("filing", "ordos-filing")
    assert "先报乡镇" in office.why_not(case, "village approver", "sign")
    with transaction():
        office.take(case, "village approver", "sign_via")
    assert case.turn_org_id == office.orgs["town"]
    seen = {w: may_see(office.session, office.actor(w), case.id) for w in
            ("clerk", "registrar", "city registrar", "foreign registrar")}  # fmt: skip
    assert seen == {"clerk": True, "registrar": False, "city registrar": False,
                    "foreign registrar": False}  # fmt: skip
    with transaction():
        office.take(case, "clerk", "correct_via", note="补岗位")
    assert (case.state, case.assignee_id) == ("draft", office.people["village clerk"])
    with transaction():
        for who, step in (("village clerk", "submit"), ("village approver", "sign_via"),
                          ("clerk", "pass_on")):  # fmt: skip
            office.take(case, who, step)
    assert case.receipt_via == "示例镇人民政府转报〔2026〕1号"
    with transaction():
        office.take(case, "registrar", "ask_correction", note="补原因")
        for who, step in (("village clerk", "submit"), ("village approver", "sign_via"),
                          ("clerk", "pass_on"), ("registrar", "accept")):  # fmt: skip
            office.take(case, who, step)
    assert case.receipt_via == "示例镇人民政府转报〔2026〕1号"  # drawn once
    assert case.receipt_no == "示统报备〔2026〕1号"
    with transaction():
        office.fill(case, "village clerk")
        office.proof(case, "交接清单签字扫描件")
        office.on_paper(case, "outgoing", who="village clerk")
        office.sign(case, "village clerk", "incoming")
        office.sign(case, "village approver", "overseer")
        office.take(case, "village approver", "close_handover_gap")
        office.take(case, "registrar", "report_up")
    assert may_see(office.session, office.actor("city registrar"), case.id)
    with transaction():
        office.take(case, "city registrar", "correct_above", note="缺汇总")
        office.take(case, "registrar", "report_up")
        office.take(case, "city registrar", "receive_above")
    assert (case.state, case.receipt_above) == ("closed", "示市统汇收〔2026〕1号")
    clocks = [d.rule_id for d in deadlines.of_case(office.session, case.id)]
    assert clocks.count("OWN-FILEVIA") == 3
    assert clocks.count("OWN-FILERECEIVE") == 2
    assert clocks.count("OWN-FILEABOVE") == 2


# ---------------------------------------------------------------- the handover


def test_the_handover_closes_with_list_signatures_and_nothing_in_hand(office):
    with transaction():
        case = office.filed("handover")
    assert case.turn_role == "dept_approver"
    left = office.why_not(case, "approver", "close_handover")
    for words in ("交接清单还有 9 项没有办", "移交人、接收人、监交人"):
        assert words in left
    assert "办完才能签字" in refused(office, office.sign, case, "leaver", "outgoing")
    bad = {"ledgers": Entry("handed")}
    assert "移交了什么" in refused(office, office.fill, case, **bad)
    bad = {"ledgers": Entry("", "六册")}
    assert "还没有选" in refused(office, office.fill, case, **bad)
    assert "由本单位填写" in refused(office, office.fill, case, "registrar")
    assert {r.state for r in handover.items(office.session, case.id)} == {""}
    with transaction():
        office.fill(case)
    # Each by the own login, and nobody for two.
    assert "由本人登录签字" in refused(office, office.sign, case, "clerk", "outgoing")
    assert "不能监交" in refused(office, office.sign, case, "leaver", "overseer")
    with transaction():
        office.sign(case, "leaver", "outgoing")
        office.sign(case, "newcomer", "incoming")
    assert "已经签过" in refused(office, office.sign, case, "leaver", "outgoing")
    assert "还没有签字：监交人" in office.why_not(case, "approver", "close_handover")
    assert "派人" in refused(office, office.sign, case, "clerk", "overseer")
    with transaction():
        office.sign(case, "supervisor", "overseer")  # the bureau may send one
    assert office.why_not(case, "approver", "close_handover") == "缺《统计工作交接清单》。"
    # Whoever changes the list signs anew; whoever changes nothing does not.
    with transaction():
        assert office.fill(case, ledgers=Entry("handed", "已点交")) is False
        assert len(handover.signatures(office.session, case.id)) == 3
        assert office.fill(case, ledgers=Entry("handed", "台账七册")) is True
        assert handover.signatures(office.session, case.id) == {}
    with pytest.raises(ChangedMeanwhile), transaction():
        office.service.save_list(office.session, office.actor("clerk"), case.id, FULL,
                                 seen=case.version - 1, now=office.now)  # fmt: skip


def test_signatures_on_paper_need_the_scan_and_two_are_never_one_person(office):
    with transaction():
        case = office.filed("handover")
        office.fill(case)
    assert "上传" in refused(office, office.on_paper, case, "outgoing")
    with transaction():
        office.provide_scan(case)
        row = office.on_paper(case, "outgoing", "别的名字")
    assert (row.name, row.user_id) == ("示例统计员leaver", None)  # the leaver's own name
    assert "不能签两处" in refused(office, office.on_paper, case, "overseer", "示例统计员 leaver")
    assert "姓名" in refused(office, office.on_paper, case, "overseer")
    assert "由本单位登记" in refused(office, office.on_paper, case, "incoming", who="registrar")
    with transaction():
        office.on_paper(case, "incoming")
        office.on_paper(case, "overseer", "示例副镇长")
        office.take(case, "clerk", "close_handover")
    assert case.state == "gate"


def test_nobody_signs_two_parts_by_a_deputy(office):
    """The head of the unit leaves, and lends the power to oversee."""
    with transaction():
        case = office.consented("handover")
        office.fill(case)
        office.staff["leaver"].user_id = office.people["approver"]
    assert "代行职务" in refused(office, office.sign, case, "approver's deputy", "overseer")
    # Nobody is named to take over, and the head of the unit keeps it meanwhile.
    with transaction():
        office.staff["leaver"].user_id = office.people["leaver"]
        case.incoming_id = None
        office.sign(case, "approver", "incoming")
    assert "代行职务" in refused(office, office.sign, case, "approver's deputy", "overseer")
    with transaction():
        office.fill(case, seals=Entry("handed", "印章 1 枚"))
        office.sign(case, "approver's deputy", "overseer")
    assert "代您签过" in refused(office, office.sign, case, "approver", "incoming")
    with transaction():
        office.sign(case, "clerk", "incoming")


def test_what_the_leaver_has_in_hand_goes_to_another(office):
    with transaction():
        lead = leads.draft(
            office.session, office.actor("leaver"), a_lead_data(), now=office.now,
            org_id=office.orgs["town"],
        )  # fmt: skip
        case = office.filed("handover")
        office.hand_over(case)
    assert "还有 1 件事项没有人接办" in office.why_not(case, "approver", "close_handover")
    assert "由本单位负责人" in refused(office, office.reassign, case, "clerk", "newcomer")
    assert "不能接办" in refused(office, office.reassign, case, "approver", "approver")
    assert "没有要改派" in refused(
        office, office.reassign, case, "approver", "newcomer", only={lead.id + 99}
    )
    with transaction():
        assert office.reassign(case, "approver", "newcomer") == 1
    assert lead.assignee_id == office.people["newcomer"]
    open_parts = select(CasePerson.user_id).where(
        CasePerson.case_id == lead.id, CasePerson.ended_at.is_(None)
    )
    assert office.session.scalars(open_parts).all() == [office.people["newcomer"]]
    assert [(c.id, u.id) for c, u in handover.handed_on(office.session, case.id)] == [
        (lead.id, office.people["newcomer"])
    ]
    with transaction():
        office.take(case, "approver", "close_handover")
    assert case.state == "gate"


def test_reassigning_fills_its_line_of_the_list(office):
    with transaction():
        leads.draft(office.session, office.actor("leaver"), a_lead_data(), now=office.now,
                    org_id=office.orgs["town"])  # fmt: skip
        case = office.filed("handover")
        assert office.reassign(case, "approver", "clerk") == 1
    row = next(r for r in handover.items(office.session, case.id) if r.item == "work")
    assert (row.state, row.detail) == ("handed", "已改派 1 件")


# ---------------------------------------------------------------- other ways through


def test_nobody_named_needs_a_plan_and_passes_the_gate_without_a_newcomer(office):
    with transaction():
        case = office.filed("draft", incoming=None)
    assert "没有补员安排和期限" in office.why_not(case, "clerk", "submit")
    effect = effect_of(office.session, case)
    assert effect is not None
    assert effect.after.short == 1
    plan = {"incoming": None, "gap_plan": "六月招考", "gap_until": office.soon}
    with transaction():
        office.take(case, "clerk", "edit", mode_rule="ordos-filing", **plan)
        office.walk(case, office.way("handover", consent=False))
    assert case.new_holding_id is None
    with transaction():
        office.fill(case)
        office.sign(case, "leaver", "outgoing")
        office.sign(case, "clerk", "incoming")  # keeps it until somebody comes
    assert "不能签两处" in refused(office, office.sign, case, "clerk", "overseer")
    with transaction():
        office.sign(case, "approver", "overseer")
        office.paper(case, "handover_list")
        office.take(case, "clerk", "close_handover_gap", bare=True)
    assert case.state == "closing"
    assert short(office, office.soon) == 1


def test_somebody_new_hands_nothing_over_and_a_newcomer_who_stays_away_leaves_no_post(office):
    with transaction():
        third = office._statistician("third", office.town_code)
        case = office.open(change="in", holding=None, incoming=str(third.id), engagement="part_off")
        office.walk(case, office.way("arrived"))
        office.take(case, "registrar", "accept_in")
    assert (case.state, handover.items(office.session, case.id)) == ("gate", [])
    new = holding(office, case.new_holding_id)
    assert (new.full_time, new.on_payroll, new.region_code) == (False, False, office.town_code)
    with transaction():
        office.take(case, "supervisor", "give_up", note="本人不来")
    new = holding(office, case.new_holding_id)
    assert (case.state, new.end_reason, new.confirmed_on) == ("closing", "mistake", None)


def test_a_long_leave_rests_the_post_and_a_cancelled_change_leaves_all_as_it_was(office):
    leave = {"change": "leave", "leave_to": office.soon + timedelta(days=180)}
    assert "请假截止日期" in refused(office, office.open, change="leave")
    with transaction():
        case = office.filed("gate", **leave)
    post = holding(office, office.post.id)
    assert (post.until, post.leave_from, post.leave_to) == (
        None, case.effective_on, leave["leave_to"],
    )  # fmt: skip
    with transaction():
        other = office.in_post(office._statistician("other", office.town_code), office.town_code)
        fresh = office._statistician("fresh", office.town_code)
        case = office.filed("handover", holding=str(other.id), incoming=str(fresh.id))
        office.take(case, "approver", "cancel", note="不调了")
    assert (case.state, holding(office, other.id).until) == ("withdrawn", None)
    assert holding(office, case.new_holding_id).end_reason == "mistake"


def test_nobody_handles_a_change_of_their_own(office):
    with transaction():
        office.staff["leaver"].user_id = office.people["both"]
        case = office.consented("signing")
    assert "您自己的变动" in office.why_not(case, "both", "sign")
    assert office.why_not(case, "approver", "sign") == ""
    # Nor does a deputy with the power of the one who leaves.
    with transaction():
        office.staff["leaver"].user_id = office.people["approver"]
    assert "您自己的变动" in office.why_not(case, "approver's deputy", "sign")
    assert office.why_not(case, "both", "sign") == ""


# ---------------------------------------------------------------- what is typed


def test_what_is_wrong_is_named_with_its_field(office):
    soon, gone = office.soon, office.today - timedelta(days=1)
    with transaction():
        office.open()  # the leaver's change is under way
        second = office.in_post(office._statistician("second", office.town_code), office.town_code)
        far = office.in_post(office._statistician("far", "150626100000"), "150626100000")
    post = {"holding": str(second.id)}
    wrong = (
        ({"holding": str(office.post.id)}, "holding", "已经有一件在办"),
        ({"holding": None}, "holding", "请选变动人员"),
        ({"holding": str(far.id)}, "holding", "不在本单位的名册"),
        ({**post, "change": "in"}, "holding", "不选变动人员"),
        ({"holding": None, "incoming": None, "change": "in"}, "incoming", "要写明接任人员"),
        ({"holding": None, "change": "in"}, "engagement", "专职还是兼职"),
        ({**post, "incoming": str(second.person_id)}, "incoming", "不能是变动人员本人"),
        ({**post, "incoming": str(far.person_id)}, "incoming", "请填姓名和身份证号"),
        ({**post, "effective_on": date(2025, 1, 6)}, "effective_on", "任职日期"),
        ({**post, "new_name": "示例某"}, "new_name", "不用再填"),
        ({**post, "incoming": None, "new_name": "示例某"}, "identity_number", "请填"),
        ({**post, "incoming": None, "identity_number": number(1)}, "new_name", "姓名"),
        ({**post, "incoming": None, "new_name": "示例某", "identity_number": "1" * 18},
         "identity_number", "出生日期"),
        ({**post, "mode_rule": "chongqing-consent"}, "mode_rule", "不适用"),
        ({**post, "place": office.village_code}, "place", "不在这个地方"),
        ({**post, "gap_until": gone}, "gap_until", "不能早于今天"),
    )  # fmt: skip
    for given, field, words in wrong:
        with pytest.raises(BadInput) as error, transaction():
            office.open(**{"effective_on": soon, **given})
        assert (error.value.field_name, words in str(error.value)) == (field, True), (
            given, str(error.value),
        )  # fmt: skip


def test_a_newcomer_by_name_and_number_is_entered_once_and_the_number_stays_sealed(office):
    mine, others = number(7), number(8)
    with transaction():
        case = office.open(incoming=None, new_name="示例新人", identity_number=mine)
    person = office.session.get_one(Person, case.incoming_id)
    assert (person.name, person.region_code, person.number_mask[-4:]) == (
        "示例新人", office.town_code, mine[-4:],
    )  # fmt: skip
    said = office.session.scalars(select(Move.data).where(Move.case_id == case.id)).one()
    assert mine not in said
    assert "示例新人" in said
    assert mine not in str(person.number_seal)
    # Known elsewhere: found by the number, if the name is the person's own.
    with transaction():
        office.take(case, "clerk", "withdraw")
        person.region_code = "150626100000"
    post = {"incoming": None, "identity_number": mine}
    assert "另一个姓名" in refused(office, office.open, **post, new_name="示例旁人")
    with transaction():
        again = office.open(**post, new_name="示例新人")
        # Kept on the form though the town does not read the person.
        office.take(again, "clerk", "edit", incoming=str(person.id))
    assert again.incoming_id == person.id
    with transaction():
        office.take(again, "clerk", "edit", **{**post, "identity_number": others},
                    new_name="示例另一新人")  # fmt: skip
    assert again.incoming_id != person.id


# ---------------------------------------------------------------- found without a filing


def test_an_irregular_move_is_ordered_rectified_and_counted(office):
    with transaction():
        case = office.find()
    assert (case.irregular, case.mode, case.state) == (True, "filing", "ordering")
    assert not may_see(office.session, office.actor("foreign supervisor"), case.id)
    later = {"found_on": office.today + NEXT_DAY}
    assert "不能晚于今天" in refused(office, office.find, **later, holding=None)
    with transaction():
        office.take(case, "supervisor", "order")
    assert case.turn_role == "dept_approver"
    clock = office.clocks(case)["OWN-FILERECTIFY"]
    assert clock.due_on == date(2026, 3, 16)  # ten working days after 2 March
    assert "没有补员安排" in office.why_not(case, "approver", "rectify")
    with transaction():
        office.take(case, "clerk", "complete", effective_on=case.effective_on)
        office.now = at("2026-03-16 09:00")
        office.take(case, "approver", "rectify")
    assert (case.state, case.rectified_on) == ("arrived", date(2026, 3, 16))
    moved = case.effective_on
    with transaction():
        office.take(case, "registrar", "ask_correction", note="补交接清单")
    assert case.rectified_on is None
    assert case.assignee_id == office.people["clerk"]  # who completed it
    with transaction():
        office.take(case, "clerk", "submit")
        office.take(case, "approver", "sign")  # the same day
        office.take(case, "registrar", "accept")
        office.take(case, "approver", "close_handover")
    assert holding(office, office.post.id).until == moved - NEXT_DAY
    with transaction():  # another one, a day too late; a third is none
        late = office.in_post(office._statistician("late", office.town_code), office.town_code)
        second = office.find(holding=str(late.id))
        office.take(second, "supervisor", "order")
        office.now = at("2026-03-31 09:00")
        office.take(second, "clerk", "complete", holding=str(late.id),
                    effective_on=second.effective_on)  # fmt: skip
        office.take(second, "approver", "rectify")
        third = office.find("inspector", holding=None)
        office.take(third, "supervisor", "order")
        assert "还没有写明变动的是谁" in office.why_not(third, "approver", "rectify")
        mistaken = office.find("inspector", holding=None)
        office.take(mistaken, "supervisor", "drop_finding", note="已经口头报备")
    rows = queries.yearly_figures(office.session, office.actor("supervisor"), 2026)
    assert [(f.name, f.filed, f.irregular, f.in_time, f.late, f.unrectified) for f in rows] == [
        ("鄂尔多斯市东胜区罕台镇", 0, 3, 1, 1, 1)
    ]
    assert queries.yearly_figures(office.session, office.actor("supervisor"), 2025) == []
    assert queries.yearly_figures(office.session, office.actor("foreign supervisor"), 2026) == []


def test_the_figures_count_what_is_filed_by_place_and_mode(office):
    with transaction():
        office.consented("opinion")
        lead = office.in_post(
            office._statistician("lead", "150602000000"), "150602000000", org="dept", duty="lead"
        )
        told = office.open("liaison", change="lead", holding=str(lead.id), incoming=None,
                           gap_plan="由副主任兼任", gap_until=office.soon)  # fmt: skip
        office.take(told, "liaison", "submit")
        office.take(told, "dept approver", "sign")
        draft_only = office.village()
        office.take(told, "registrar", "accept")
    assert (told.place_org_id, told.mode_rule) == (office.orgs["dept"], "own-filing")
    assert draft_only.receipt_no == ""
    rows = queries.yearly_figures(office.session, office.actor("head"), 2026)
    assert sorted((f.name, f.consent, f.filing, f.irregular) for f in rows) == [
        ("示例区发展和改革委员会", 0, 1, 0), ("鄂尔多斯市东胜区罕台镇", 1, 0, 0),
    ]  # fmt: skip
    assert queries.years(office.session, office.actor("head")) == [2026]


def test_a_post_that_was_ended_by_hand_meanwhile_does_not_stop_the_handover(office):
    with transaction():
        case = office.filed("handover")
        end_holding(office.session, holding(office, office.post.id), office.today, "retired",
                    actor_id=office.people["registrar"], now=office.now)  # fmt: skip
        office.take(case, "approver", "close_handover")
    assert holding(office, office.post.id).end_reason == "retired"
    assert office_date(office.now) == office.today
    assert office.session.scalars(select(Filing.state)).all() == ["gate"]
