"""What is refused and why, beside who asks; the other way round is walked beside it.

Each row: where the case stands, what happened before, the step with its answers, and words of the
refusal (None: it goes through). "@name" is the person of that name.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.penalties.walking import HERE, Office
from tracker.core.cases.evidence import EvidenceData, add_evidence
from tracker.core.cases.models import CasePerson
from tracker.core.cases.preserving import ask_preservation
from tracker.core.cases.respondents import record_event
from tracker.core.cases.scope import may_see
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import transaction
from tracker.core.errors import BadInput, NotVisible, StepRefused
from tracker.workflows.penalties import service
from tracker.workflows.penalties.grading import has_hearing_right
from tracker.workflows.penalties.models import Penalty

CHENGDE = "130802000000"
LEFT = {"manner": "left", "witness": ""}
E_MAIL = {"manner": "electronic"}
Row = tuple[str, list[tuple[str, dict[str, Any]]], str, dict[str, Any], str | None]
ROWS: list[Row] = [
    # ---- C0, C1: criteria, limitation, jurisdiction
    ("source", [], "propose_opening", {"conduct": False}, "不具备"),
    ("source", [], "propose_opening", {"actor_why": " "}, "理由"),
    ("source", [], "propose_opening", {"level": "other"}, "移送管辖"),
    ("source", [], "propose_opening", {"area": "other"}, "移送管辖"),
    ("source", [], "propose_opening", {"co_officer": "@handler"}, "两个人"),
    ("source", [], "propose_opening", {"co_officer": "@inspector@bureau"}, "执法证今天无效"),
    ("source", [], "propose_opening", {"co_officer": "@inspector@foreign bureau"}, "本单位"),
    # Discovered on 25 February 2026: two years back is 25 February 2024, the day itself in time.
    ("source", [], "propose_opening", {"act_to": date(2024, 2, 24)}, "超过追究时效"),
    ("source", [], "propose_opening", {"act_to": date(2024, 2, 25)}, None),
    ("source", [], "propose_opening", {"act_to": date(2021, 2, 25), "graver": True}, None),
    ("source", [], "propose_opening", {"act_to": date(2021, 2, 22), "graver": True}, "追究时效"),
    ("source", [], "propose_transfer", {"ground": "designated"}, "文号"),
    ("source", [], "propose_transfer", {"ground": "designated", "document": "指〔2026〕1号"}, None),
    ("opening", [], "approve_opening", {"on": date(2026, 2, 24)}, "不能早于"),
    ("opening", [], "approve_opening", {"on": date(2026, 3, 3)}, "不能晚于今天"),
    # ---- C2: recusal, inquiries, more time, exits
    ("investigating", [], "ask_recusal", {"person": "@third"}, "不是本案"),
    ("investigating", [("ask_recusal", {})], "ask_recusal", {}, "还没有决定"),
    ("investigating", [("ask_recusal", {})], "submit_report", {}, "回避申请还没有决定"),
    ("investigating", [("ask_recusal", {})], "decide_recusal", {"replacement": None}, "人员"),
    ("investigating", [("ask_recusal", {})], "decide_recusal", {"replacement": "@co_officer"},
     "不能是回避的人"),
    ("investigating", [("ask_recusal", {}), ("decide_recusal", {"granted": "no"})],
     "submit_report", {}, None),
    ("investigating", [("serve_inquiry", {})], "serve_inquiry", {}, "还没有答复"),
    ("investigating", [], "serve_inquiry", {"reply_on": date(2026, 3, 2)}, "晚于送达"),
    ("investigating", [], "ask_extension", {"months": 4}, "最多还能延长"),
    ("investigating", [], "ask_extension", {"months": 0}, "几个月"),
    ("investigating", [("ask_extension", {})], "ask_extension", {}, "正等着审批"),
    ("investigating", [("ask_extension", {}), ("approve_extension", {})], "ask_extension", {},
     "已经用完"),
    ("investigating", [("ask_extension", {}), ("refuse_extension", {})], "approve_extension", {},
     "没有人申请"),
    ("investigating", [("ask_extension", {}), ("refuse_extension", {})], "ask_extension", {}, None),
    ("investigating", [], "propose_withdrawal", {"exit": "terminate"}, "没有启用"),
    ("investigating", [], "propose_withdrawal", {"exit": "withdraw"}, None),
    # ---- C3: the report
    ("investigating", [], "submit_report", {"outcome": "no_penalty", "fine": None}, "选理由"),
    ("investigating", [], "submit_report", {"act_to": date(2024, 2, 24)}, "超过追究时效"),
    ("investigating", [], "submit_report",
     {"aggravated": True, "fine": Decimal(200000)}, "情节严重"),
    ("investigating", [], "submit_report",
     {"aggravated": True, "fine": Decimal(200000), "aggravated_why": "暴力"}, None),
    # 统计法 44: at most 100,000; below 50,000 for a late report (45).
    ("investigating", [], "submit_report", {"fine": Decimal(100001)}, "法定上限"),
    ("investigating", [], "submit_report", {"fine": Decimal(100000)}, None),
    ("investigating", [], "submit_report", {"act": "late", "fine": Decimal(50001)}, "法定上限"),
    # An act before 13 September 2024 is fined by the older, lighter text: at most 50,000.
    ("investigating", [], "submit_report",
     {"act_to": date(2024, 9, 12), "fine": Decimal(50001)}, "法定上限"),
    ("investigating", [], "submit_report",
     {"act_to": date(2024, 9, 12), "fine": Decimal(50000)}, None),
    ("investigating", [], "submit_report", {"fine": None, "warning": False}, "至少要有"),
    ("investigating", [], "submit_report", {"act_to": date(2026, 3, 3)}, "不能晚于今天"),
    # ---- C4, C5
    ("discussing", [], "conclude_discussion", {"present": 1, "in_favour": 1}, "至少两人"),
    ("discussing", [], "conclude_discussion", {"in_favour": 6}, "不能多于"),
    ("discussing", [], "conclude_discussion", {"present": 4, "in_favour": 2}, "过半数"),
    ("discussing", [], "conclude_discussion_heard", {}, "还没有事先告知"),
    ("reviewing", [], "pass_review_heard", {}, "还没有事先告知"),
    # ---- C6, C7'
    ("weighing", [], "serve_notice", {"defence_days": None}, "告知书写明"),
    ("weighing", [], "serve_notice", LEFT, "见证人"),
    ("weighing", [], "serve_notice", {"manner": "left", "witness": "村委会示例人"}, None),
    ("weighing", [], "serve_notice", E_MAIL, "书面同意"),
    ("weighing", [], "serve_notice", {**E_MAIL, "consented": True}, None),
    ("weighing", [], "serve_notice", {"on": date(2026, 3, 1)}, "不能早于"),
    ("noticed", [], "record_defence", {"points": "当事人不服"}, "第 1 行"),
    ("noticed", [], "record_defence", {"points": "采纳：数据有误；属实\n不服"}, "第 2 行"),
    ("noticed", [], "record_defence", {"points": " "}, "逐条"),
    ("noticed", [], "record_defence",
     {"points": "采纳：数据有误；属实", "lower_to": Decimal(60001)}, "加重"),
    ("noticed", [], "record_defence", {"lower_to": Decimal(50000)}, "没有采纳"),
    ("noticed", [], "record_defence",
     {"points": "采纳：数据有误；属实", "lower_to": Decimal(50000)}, None),
    ("noticed", [("record_defence", {})], "retract_notice", {}, "不能撤回"),
    ("noticed", [], "lapse", {}, "才届满"),
    ("noticed", [("2026-03-09", {})], "lapse", {}, "才届满"),  # the fifth working day itself
    ("noticed", [("2026-03-10", {})], "lapse", {}, None),
    ("noticed", [("2026-03-10", {})], "request_hearing", {"on": date(2026, 3, 10)}, "视为放弃"),
    # Recorded late, but asked for in time.
    ("noticed", [("2026-03-10", {})], "request_hearing", {"on": date(2026, 3, 9)}, None),
    # ---- C7
    ("arranging", [], "set_hearing", {"presider": "@handler"}, "调查人员"),
    ("arranging", [], "set_hearing", {"presider": "@head@bureau"}, "本单位"),
    ("arranging", [], "set_hearing", {"openness": "closed"}, "理由"),
    # Seven working days before Wednesday 11 March is Monday 2 March: today, in time.
    ("arranging", [], "set_hearing",
     {"hearing_at": datetime(2026, 3, 10, 9, tzinfo=OFFICE_ZONE)}, "最早只能定在 2026-03-11"),
    ("arranging", [], "set_hearing",
     {"hearing_at": datetime(2026, 3, 11, 9, tzinfo=OFFICE_ZONE)}, None),
    ("summoned", [("2026-03-06", {})], "serve_hearing_notice", {}, "最迟应在 2026-03-05"),
    ("summoned", [], "drop_hearing", {"why": "absent"}, "无故缺席"),
    ("hearing", [], "drop_hearing", {"why": "absent"}, None),
    ("hearing", [], "hold_hearing", {}, "不能早于"),
    ("hearing", [], "postpone_hearing", {}, "没有可以延期"),
    # ---- C8
    ("proposing", [], "propose_decision", {"fine": Decimal(60001)}, "不能高于告知"),
    ("proposing", [], "propose_decision", {"fine": Decimal(30000)}, None),
    ("deciding", [], "decide", {"six_items": False}, "六项"),
    ("deciding", [], "decide", {"on": date(2026, 3, 1)}, "不能早于"),
    ("deciding", [], "decide_no_penalty", {}, "报请的是给予处罚"),
    ("weighing", [("propose_no_penalty", {})], "decide", {}, "不予处罚"),
    ("weighing", [("propose_no_penalty", {})], "return_decision", {}, "还没有事先告知"),
    ("weighing", [("propose_no_penalty", {})], "return_no_penalty", {}, None),
    # ---- C9
    ("decided", [], "serve_decision", LEFT, "见证人"),
    ("decided", [], "serve_decision", {"refusal": "拒收"}, "见证人"),
    ("decided", [], "serve_decision", {"on": date(2026, 3, 1)}, "不能早于"),
    ("decided", [("announce_service", {})], "serve_decision", {}, "已经公告"),
    ("decided", [("announce_service", {}), ("2026-04-01", {})], "complete_announcement", {},
     "才届满"),
    ("decided", [("announce_service", {}), ("2026-04-02", {})], "complete_announcement", {}, None),
    # ---- C10
    ("performing", [], "record_payment", {"amount": Decimal(0)}, "金额"),
    ("performing", [], "record_payment", {"amount": Decimal(60001)}, "多于应缴"),
    ("performing", [], "record_payment", {"on": date(2026, 3, 1)}, "不能早于"),
    ("performing", [("record_payment", {"amount": Decimal(20000)})], "complete_performance", {},
     "还欠 40,000.00"),
    ("performing", [("record_payment", {})], "record_payment", {}, "没有应缴"),
    ("performing", [("record_payment", {}), ("2026-04-20", {})], "complete_performance", {}, None),
    # A day late is a day of surcharge: 1,800.
    ("performing", [("2026-03-18", {}), ("record_payment", {})], "complete_performance", {},
     "还欠 1,800.00"),
    ("performing", [], "ask_instalments", {"plan": "2026-04-15 50000"}, "合计 50,000.00"),
    ("performing", [("ask_instalments", {})], "ask_instalments", {}, "正等着审批"),
    ("performing", [("ask_instalments", {}), ("approve_instalments", {})], "ask_instalments", {},
     "已经批准过"),
    ("performing", [("ask_instalments", {}), ("refuse_instalments", {})], "approve_instalments",
     {}, "没有待审批"),
    ("spot", [("file_spot", {"collected": Decimal(1000)}), ("accept_filing", {})],
     "complete_performance", {}, "还欠"),
    ("spot", [("file_spot", {"collected": Decimal(1000)}), ("accept_filing", {}), ("hand_in", {})],
     "complete_performance", {}, "还没有上交"),
    ("spot", [("file_spot", {"collected": Decimal(1000)}), ("hand_in", {}), ("bank_in", {}),
              ("accept_filing", {})], "complete_performance", {}, None),
    ("spot", [], "file_spot", {"collected": Decimal(1001)}, "不能多于罚款"),
    # ---- C11, C11r
    ("performing", [("2026-03-17", {})], "serve_demand", {}, "还没有届满"),
    ("performing", [("2026-03-18", {})], "serve_demand", {}, None),
    ("performing", [("2026-03-18", {})], "serve_demand", {"on": date(2026, 3, 17)}, "届满以后"),
    ("performing", [("record_review", {}), ("2026-03-18", {})], "serve_demand", {}, "还没有结果"),
    ("demanded", [("2026-09-02", {})], "apply_court", {}, "才届满"),
    ("demanded", [("2026-09-03", {})], "apply_court", {"on": date(2026, 9, 2)}, "才届满"),
    ("demanded", [("2026-12-02", {})], "apply_court", {}, None),
    ("demanded", [("2026-12-03", {})], "apply_court", {}, "不予受理"),
    ("demanded", [("2026-12-03", {})], "apply_court", {"good_cause": "地震"}, None),
    ("demanded", [("record_suit", {}), ("2026-09-03", {})], "apply_court", {}, "还没有结果"),
    ("demanded", [("record_suit", {}), ("suit_result", {}), ("2026-09-03", {})], "apply_court",
     {}, "自己的裁判"),
    ("court_refused", [("2026-09-19", {})], "court_object", {}, "已于 2026-09-18 届满"),
    ("court_refused", [("2026-09-18", {})], "court_object", {}, None),
    ("performing", [("record_review", {})], "record_review", {}, "已经登记过"),
    ("performing", [("record_review", {})], "record_suit", {}, "还没有结果"),
    ("performing", [("record_review", {})], "complete_performance", {}, "复议或者诉讼"),
    ("performing", [("record_review", {})], "review_result", {"result": "changed"}, "变更后"),
    ("performing", [("record_review", {})], "review_result",
     {"result": "changed", "new_fine": Decimal(60001)}, "不能高于"),
    ("performing", [("record_review", {})], "review_result",
     {"result": "upheld", "new_fine": Decimal(1)}, "只有变更"),
    ("performing", [("record_review", {}), ("review_accepted", {})], "review_extended",
     {"days": 31}, "最多还能延长"),
    ("performing", [("record_review", {}), ("review_result", {})], "end_revoked", {}, "没有被撤销"),
    ("performing", [("record_review", {}), ("review_result", {"result": "revoked"})],
     "end_revoked", {}, None),
    ("performing", [("record_review", {}), ("review_result", {"result": "revoked"})], "publish",
     {}, "已被撤销"),
    ("performing", [("2026-05-06", {})], "review_lapsed", {}, "才届满"),
    ("performing", [("2026-05-07", {})], "review_lapsed", {}, None),
    ("performing", [("2026-09-02", {})], "suit_lapsed", {}, "才届满"),
    ("performing", [("2026-09-03", {})], "suit_lapsed", {}, None),
    ("performing", [("record_review", {})], "review_lapsed", {}, "现在不走"),
    # After a review the fifteen days count: from 2 March to the 17th.
    ("performing", [("record_review", {}), ("review_result", {}), ("2026-03-17", {})],
     "suit_lapsed", {}, "才届满"),
    ("performing", [("record_review", {}), ("review_result", {}), ("2026-03-18", {})],
     "suit_lapsed", {}, None),
    # ---- C12, C13, C14
    ("finishing", [("publish", {})], "publish", {}, "已经公示过"),
    ("finishing", [], "propose_closing", {}, "还没有公示"),
    ("finishing", [("publish", {})], "propose_closing", {"reason": "court_ruled"}, "不是这种"),
    ("finishing", [("publish", {})], "propose_closing", {}, None),
    ("archiving", [], "archive", {}, "没有材料，也没有说明"),
    ("archiving", [], "explain_missing", {"item": "1"}, "已有材料"),
    ("archiving", [("explain_missing", {})], "explain_missing", {}, "已有材料或者说明"),
]  # fmt: skip


def _resolved(office: Office, changes: dict[str, Any]) -> dict[str, Any]:
    return {
        k: office.people[v[1:]] if isinstance(v, str) and v.startswith("@") else v
        for k, v in changes.items()
    }


def _said(error: Exception) -> str:
    if isinstance(error, StepRefused):
        return "；".join(str(r.why) for r in error.refusals)
    return str(error)


def _tried(office: Office, case: Penalty, row: Row) -> str | None:
    """What the step was refused with; None when it went through."""
    _at, before, step, changes, _words = row
    for name, more in before:
        if name[0].isdigit():
            office.on(name)
        else:
            case = office.go(case, name, **more)
    try:
        if step == "archive":
            office.take(case, *office.answers(step)[:1], step)
        else:
            office.go(case, step, **_resolved(office, changes))
    except (StepRefused, BadInput) as error:
        return _said(error)
    return None


def test_every_refusal_and_its_opposite(session):
    wrong: list[str] = []
    with transaction():
        office = Office(session)

        def look(case: Penalty) -> None:
            for row in ROWS:
                if row[0] == case.state:
                    with office.undone():
                        said, words = _tried(office, office.again(case), row), row[4]
                    if (said is None) != (words is None) or (words or "") not in (said or ""):
                        wrong.append(f"{row[:4]}\n  expected {words}\n  said {said}")

        seen = office.each_state(look, only={row[0] for row in ROWS})
    assert {row[0] for row in ROWS} <= seen
    assert not wrong, "\n".join(wrong)


# ---------------------------------------------------------------- what a paper or a file proves


def test_no_step_without_its_paper_or_its_proof(session):
    wanted = {
        "opening": ("approve_opening", "立案审批表"),
        "deciding": ("decide", "行政处罚决定书"),
        "reviewing": ("pass_review", "法制审核意见表"),
        "decided": ("serve_decision", "决定书送达回证"),
        "performing": ("record_payment", "缴款凭证"),
    }
    found = {}
    with transaction():
        office = Office(session)

        def look(case: Penalty) -> None:
            if case.state in wanted:
                step, _ = wanted[case.state]
                who, inputs = office.answers(step)
                with pytest.raises((StepRefused, BadInput)) as refused:
                    office.bare(case, who, step, **inputs)
                found[case.state] = _said(refused.value)

        office.each_state(look, only=wanted)
    assert set(found) == set(wanted)
    for state, (_, words) in wanted.items():
        assert words in found[state]


def test_every_payment_has_its_own_voucher(session):
    with transaction():
        office = Office(session)
        case = office.go(office.case("performing"), "record_payment", amount=Decimal(10000))
        who, inputs = office.answers("record_payment", amount=Decimal(10000))
        with pytest.raises(BadInput, match="缴款凭证"):
            office.bare(case, who, "record_payment", **inputs)


def test_a_report_needs_evidence_that_is_settled(session):
    with transaction():
        office = Office(session)
        case = office.case("investigating")
        who, inputs = office.answers("submit_report")
        with pytest.raises(StepRefused, match="没有登记任何证据"):
            office.take(case, who, "submit_report", **inputs)
        item = add_evidence(
            session, office.actor("handler"), case,
            EvidenceData("总账", "original", "1 册", "仓库", "示例人", office.now), now=office.now,
        )  # fmt: skip
        ask_preservation(
            session, office.actor("handler"), case, [item.id], "可能灭失", now=office.now
        )
        with pytest.raises(StepRefused, match="没有经负责人批准"):
            office.take(case, who, "submit_report", **inputs)


# ---------------------------------------------------------------- review, discussion, hearing


# Region, what the report says, and whether review and discussion have to come first.
REQUIRED: list[tuple[str, dict[str, Any], bool, bool]] = [
    (HERE, {}, False, False),
    (HERE, {"major_interest": True}, True, True),
    (HERE, {"complicated": True}, True, True),
    (HERE, {"law_wants_review": True}, True, False),
    # Chengde wants a legal review from 50,000 yuan on.
    (CHENGDE, {"fine": Decimal(50000)}, True, False),
    (CHENGDE, {"fine": Decimal(49999)}, False, False),
]


@pytest.mark.parametrize("region", [HERE, CHENGDE])
def test_review_and_discussion_where_they_are_required(session, region):
    with transaction():
        office = Office(session, region=region)
        base = office.case("investigating")
        for place, report, review, discussion in REQUIRED:
            if place != region:
                continue
            with office.undone():
                case = office.go(office.again(base), "submit_report", **report)
                case = office.go(case, "approve_report")
                if review:
                    with pytest.raises(StepRefused, match="须先经法制审核"):
                        office.go(case, "serve_notice")
                    case = office.go(case, "send_to_review", "pass_review")
                if discussion:
                    with pytest.raises(StepRefused, match="集体讨论"):
                        office.go(case, "serve_notice")
                    case = office.go(case, "send_to_discussion", "conclude_discussion")
                assert office.go(case, "serve_notice").state == "noticed", report


@pytest.mark.parametrize(
    ("region", "subject", "fine", "right"),
    [
        (HERE, "enterprise", "50000", True),
        (HERE, "enterprise", "49999.99", False),
        (HERE, "self_employed", "2000", True),
        (HERE, "self_employed", "1999.99", False),
        ("440106000000", "enterprise", "99999", False),
        ("440106000000", "enterprise", "100000", True),
        ("440106000000", "self_employed", "4999", False),
        ("440106000000", "self_employed", "5000", True),
    ],
)
def test_the_right_to_a_hearing_is_that_of_the_place(region, subject, fine, right):
    case = Penalty(subject=subject, scope_code=region)
    assert has_hearing_right(case, Decimal(fine), date(2026, 3, 2)) is right


def test_without_the_right_there_is_no_hearing(session):
    with transaction():
        office = Office(session)
        case = office.case("noticed", fine=Decimal(49999))
        assert not case.hearing_right
        with pytest.raises(StepRefused, match="没有达到"):
            office.go(case, "request_hearing")


def test_in_hunan_a_hearing_is_postponed_once(session):
    with transaction():
        office = Office(session, region="430102000000")
        case = office.case("hearing")
        case = office.go(case, "postpone_hearing")
        assert case.state == "arranging"
        case = office.go(case, "set_hearing")
        case = office.go(case, "serve_hearing_notice")
        with pytest.raises(StepRefused, match="已经延期 1 次"):
            office.go(case, "postpone_hearing")


# ---------------------------------------------------------------- subjects and amounts


def test_organs_and_natural_persons_are_never_fined(session):
    with transaction():
        office = Office(session)
        for subject in ("organ", "person"):
            case = office.register(subject=subject, uscc="", unit_name=f"示例{subject}")
            case = office.go(case, "propose_opening", "approve_opening")
            with pytest.raises(BadInput, match="不罚款"):
                office.go(case, "submit_report", fine=Decimal(1))


def test_a_fine_outside_the_range_needs_a_reason(session):
    """闽侯: refused once, an enterprise pays 3,000; its table is no ground elsewhere."""
    act = {"act": "refused", "act_to": date(2024, 6, 1), "table": "minhou", "table_case": "1"}
    with transaction():
        office = Office(session, region="350121000000")
        case = office.case("investigating")
        with pytest.raises(BadInput, match="不适用于本地"), office.undone():
            office.go(office.again(case), "submit_report", table="dongyang-2023", act="late")
        with office.undone():
            done = office.go(office.again(case), "submit_report", fine=Decimal(3000), **act)
            assert done.range_min == done.range_max == 3000
            assert done.statute_max == 50000
            assert done.law_id == "2009"  # the act was before the amendment, which is heavier
        with pytest.raises(BadInput) as refused:
            office.go(office.again(case), "submit_report", fine=Decimal(3500), **act)
        assert refused.value.field_name == "range_reason"
        case = office.go(
            office.again(case), "submit_report", fine=Decimal(3500), range_reason="多次", **act
        )
        assert (case.range_reason, case.state) == ("多次", "reporting")


def test_three_orders_to_correct_make_it_grave(session):
    with transaction():
        office = Office(session)
        case = office.case("investigating")
        other = office.register()
        for month in (9, 11):
            record_event(
                session, other, "correction_order", date(2025, month, 3), office.orgs["bureau"]
            )
        with office.undone():
            assert office.go(office.again(case), "submit_report").state == "reporting"
        record_event(session, other, "correction_order", date(2026, 2, 3), office.orgs["bureau"])
        with pytest.raises(BadInput, match="责令改正 3 次"):
            office.go(office.again(case), "submit_report")


def test_caps_of_the_summary_procedure(session):
    rows: list[tuple[dict[str, Any], str | None]] = [
        ({"fine": Decimal(3000)}, None),
        ({"fine": Decimal(3001)}, "3,000"),
        ({"fine": None, "warning": False}, "至少选一样"),
        ({"subject": "self_employed", "fine": Decimal(200)}, None),
        ({"subject": "self_employed", "fine": Decimal(201)}, "200"),
        ({"subject": "organ", "fine": Decimal(1)}, "不罚款"),
        ({"subject": "person", "uscc": "", "fine": None}, None),
        ({"co_officer": 0}, "两个人"),
    ]
    with transaction():
        office = Office(session)
        for changes, words in rows:
            with office.undone():
                if words is None:
                    assert office.spot(**changes).procedure == "summary"
                    continue
                with pytest.raises(BadInput, match=words):
                    office.spot(**changes)


def test_a_person_is_warned_and_not_published(session):
    with transaction():
        office = Office(session)
        case = office.register(subject="person", uscc="")
        case = office.go(case, "propose_opening", "approve_opening")
        case = office.go(case, "submit_report", fine=None)
        case = office.go(case, "approve_report", "serve_notice", "waive")
        case = office.go(case, "propose_decision", fine=None)
        case = office.go(case, "decide", "serve_decision")
        with pytest.raises(StepRefused, match="自然人的处罚信息不公示"):
            office.go(case, "publish")
        case = office.go(case, "complete_performance", "propose_closing", "close")
        assert case.published_on is None


# ---------------------------------------------------------------- people


def test_whoever_is_recused_loses_the_case_at_once(session):
    with transaction():
        office = Office(session)
        case = office.case("investigating")
        partner = office.actor("co_officer")
        assert may_see(session, partner, case.id)
        case = office.go(case, "ask_recusal", "decide_recusal")
        assert not may_see(session, partner, case.id)
        with pytest.raises(NotVisible):
            office.bare(case, "co_officer", "ask_recusal")
        holders = {
            p.part: p.user_id
            for p in session.query(CasePerson).filter_by(case_id=case.id, ended_at=None)
        }
        assert holders["co_officer"] == office.people["third"]
        assert holders["recused"] == office.people["co_officer"]
        # Nor does the one who stepped back come back in another part.
        with pytest.raises(BadInput, match="已经回避"):
            office.go(case, "reassign", handler=office.people["co_officer"])


def test_whoever_decided_does_not_collect(session):
    with transaction():
        office = Office(session)
        case = office.case("performing")
        case.decided_by_id = office.people["registrar@bureau"]
        session.flush()
        with pytest.raises(StepRefused, match="罚缴分离"):
            office.go(case, "record_payment")


def test_the_settings_of_the_exits_are_the_heads(session):
    with transaction():
        office = Office(session)
        case = office.case("investigating")
        with pytest.raises(StepRefused, match="没有启用"):
            office.take(case, "head@bureau", "suspend_case")
        with pytest.raises(StepRefused, match="单位负责人"):
            service.allow_exits(
                session, office.actor("supervisor@bureau"), office.orgs["bureau"],
                withdrawal=True, termination=True, suspension=True, now=office.now,
            )  # fmt: skip
        office.allow(withdrawal=False)
        with pytest.raises(StepRefused, match="没有启用"):
            office.go(case, "propose_withdrawal")
