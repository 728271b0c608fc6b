"""The kinds as data, against lists written by hand from the law and from domain 8.2."""

from __future__ import annotations

import re

import pytest

from tracker.core.documents.kinds import KINDS, FieldKind, kind_of
from tracker.core.errors import NotVisible

IDS = [
    "inspection_notice",
    "inspection_approval",
    "site_record",
    "interview_record",
    "inquiry",
    "preservation_notice",
    "opening_approval",
    "declining_approval",
    "investigation_report",
    "legal_review",
    "discussion_record",
    "prior_notice",
    "defence_record",
    "hearing_notice",
    "hearing_record",
    "decision_approval",
    "penalty_decision",
    "no_penalty_decision",
    "spot_decision",
    "service_proof",
    "correction_order",
    "recheck_record",
    "extension_approval",
    "instalment_approval",
    "demand",
    "court_application",
    "crime_transfer",
    "sanction_proposal",
    "chaser",
    "jurisdiction_transfer",
    "closing_report",
    "publication_record",
    "dishonesty_notice",
    "dishonesty_decision",
    "annual_plan",
    "draw_record",
    "inspection_feedback",
    "file_index",
    "staff_filing",
    "consent_reply",
    "filing_receipt",
    "handover_list",
    "correction_order_staff",
    "training_plan",
    "training_year_summary",
    "training_notice",
    "attendance_sheet",
    "mark_sheet",
    "training_certificate",
    "training_summary",
]

# What the law wants in a paper, as fields that must be filled.
LAW = {
    # 行政处罚法（2021）第五十九条第一款：六项
    "penalty_decision": "party_name party_address facts evidence penalty basis performance"
    " review_organ review_limit court suit_limit",
    # 行政处罚法（2021）第五十二条第二款
    "spot_decision": "facts penalty basis made_at place review_organ review_limit court suit_limit"
    " officers",
    # 行政处罚法（2021）第四十四条
    "prior_notice": "penalty facts reasons basis defence_days",
    # 行政处罚法（2021）第五十六条：经行政机关负责人批准
    "preservation_notice": "items place keeper approved_by approved_on to_on",
    # 行政处罚法（2021）第六十四条
    "hearing_notice": "hearing_at place presider matters rights",
    # 国务院令第310号第六条：五项材料（移送书本身之外四项）
    "crime_transfer": "survey_report item_list expert_report other_papers",
    # 行政强制法第五十四条、第五十五条
    "demand": "obligation within manner rights",
    "court_application": "decision_number facts basis demanded attached organ_head",
    # 国统字〔2023〕49号第六条
    "publication_record": "party_name party_uscc party_person decision_number facts basis category"
    " penalty decision_date shown_until",
    "inspection_notice": "basis scope content method from_on to_on officers duties",
    "legal_review": "subject_opinion jurisdiction_opinion facts_opinion evidence_opinion"
    " law_opinion procedure_opinion discretion_opinion papers_opinion opinion",
    "extension_approval": "due_on reasons asked approved_by",
    "service_proof": "served_title recipient manner served_at servers",
    # 统计法实施条例第三十二条第二款：征得县级统计机构同意
    "staff_filing": "change mode mode_source place reasons effective_on",
    "consent_reply": "filing_number opinion effective_on basis",
    # 吉政办函〔2022〕82号一：做好工作交接；三方签字见 domain 3.7
    "handover_list": "items outgoing overseer handed_on",
    "correction_order_staff": "found_on facts demands due_on basis",
    # domain 3.8：签到和签退、合格线和一次补考、学时
    "attendance_sheet": "people starts_at ends_at hours",
    "mark_sheet": "marks pass_mark marked_by",
    "training_certificate": "people hours",
}


def test_every_document_of_the_domain_is_a_kind():
    assert set(KINDS) == set(IDS)
    assert len(IDS) == len(set(IDS)) == 50
    with pytest.raises(NotVisible):
        kind_of("love_letter")


@pytest.mark.parametrize("kind_id", LAW)
def test_what_the_law_wants_must_be_filled(kind_id):
    required = {f.name for f in kind_of(kind_id).fields if f.required and not f.filled}
    assert set(LAW[kind_id].split()) <= required


def test_organ_and_date_are_on_every_decision_and_letter():
    for kind in KINDS.values():
        if kind.seal and kind.layout.value in ("letter", "decision"):
            filled = {f.name for f in kind.fields if f.filled}
            assert filled == {"organ", "dated"}, kind.id


def test_two_officers_wherever_officers_act():
    # 行政处罚法（2021）第四十二条第一款
    found = [f for k in KINDS.values() for f in k.fields if f.name == "officers"]
    assert len(found) >= 8
    assert {f.least for f in found} == {2}


def test_sentences_name_fields_that_exist_and_no_field_is_left_out():
    for kind in KINDS.values():
        names = [f.name for f in kind.fields]
        assert len(names) == len(set(names)), kind.id
        named = re.findall(r"\{(\w+)\}", kind.body + "".join(kind.closing))
        named += re.findall(r"^= (\w+)", kind.body, re.MULTILINE)
        assert set(named) <= set(names), kind.id
        for field in kind.fields:
            assert bool(field.columns) == (field.kind is FieldKind.TABLE), (kind.id, field.name)


def test_no_limit_and_no_amount_stands_in_a_sentence():
    told = re.compile(r"([0-9０-９一二三四五六七八九十百]+)(个?工作日|日内|个月|[%％]|元)")
    assert told.search("自收到之日起5个工作日内"), "the pattern must see one"
    for kind in KINDS.values():
        assert not told.search(kind.body), kind.id


def test_numbers_are_in_chinese_letters():
    letters = {k.id: k.letter for k in KINDS.values() if k.letter}
    assert all(re.fullmatch(r"[\u4e00-\u9fff]{1,8}", letter) for letter in letters.values())
    # Samples in use: 国统罚字〔2022〕1号, X统立字, X统告字, X统听字, X统移字.
    assert letters["penalty_decision"] == "罚字"
    assert letters["opening_approval"] == "立字"
    assert letters["prior_notice"] == "告字"
    assert letters["hearing_notice"] == "听字"
    assert letters["jurisdiction_transfer"] == "移字"
    assert len(set(letters.values())) == len(letters), "each kind has a series of its own"


def test_a_handover_is_signed_by_three_and_seen_by_columns():
    kind = kind_of("handover_list")
    assert [line[:3] for line in kind.closing] == ["移交人", "接收人", "监交人"]
    columns = {f.name: [c.name for c in f.columns] for f in kind.fields if f.columns}
    assert columns["items"] == ["no", "item", "state", "detail"]
    signed = [c.name for f in kind_of("attendance_sheet").fields for c in f.columns]
    assert {"signed_in", "signed_out"} <= set(signed)
    marks = [c.name for f in kind_of("mark_sheet").fields for c in f.columns]
    assert {"score", "resit"} <= set(marks)
