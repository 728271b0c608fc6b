"""Every paper of a penalty case is filled from the case as far as the case knows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.workflows.penalties.walking import Office
from tracker.core.accounts.models import User
from tracker.core.cases.evidence import EvidenceData, add_evidence
from tracker.core.cases.preserving import ask_preservation, decide_preservation, keep
from tracker.core.db import transaction
from tracker.core.documents.service import draft, missing
from tracker.workflows.penalties import papers
from tracker.workflows.penalties.flow import FLOW
from tracker.workflows.penalties.models import Penalty

REMEDIES = {"review_organ", "court"}
# What only people know, of each kind, where the step that wants it is taken.
LEFT: dict[str, tuple[str, set[str]]] = {
    "opening_approval": ("opening", set()),
    "declining_approval": ("declining", {"informed"}),
    "jurisdiction_transfer": ("moving_case", set()),
    "site_record": (
        "investigating",
        {"place", "started_at", "ended_at", "present", "recorder", "findings"},
    ),
    "interview_record": (
        "investigating",
        {"interviewee", "place", "started_at", "ended_at", "recorder", "questions"},
    ),
    "inquiry": ("investigating", {"questions", "reply_on"}),
    "preservation_notice": ("investigating", set()),
    "correction_order": ("weighing", {"corrections", "correct_by"} | REMEDIES),
    "extension_approval": ("investigating", {"new_due_on", "approved_by"}),
    # Drawn up before the report is submitted: what it proposes is written in it.
    "investigation_report": ("investigating", {"basis", "proposal"}),
    "legal_review": (
        "reviewing",
        {
            *("subject_opinion", "jurisdiction_opinion", "facts_opinion", "evidence_opinion"),
            *("law_opinion", "procedure_opinion", "discretion_opinion", "papers_opinion"),
            *("opinion", "reviewer"),
        },
    ),
    "discussion_record": (
        "discussing",
        {
            *("place", "started_at", "ended_at", "presided_by", "members", "recorder"),
            *("discussion", "decision"),
        },
    ),
    "prior_notice": ("weighing", {"defence_days", "organ_address"}),
    "defence_record": (
        "noticed",
        {"speaker", "place", "started_at", "ended_at", "recorder", "statement"},
    ),
    "hearing_notice": ("summoned", set()),
    "hearing_record": ("hearing", {"ended_at", "present", "defence"}),
    "decision_approval": ("deciding", set()),
    "penalty_decision": ("deciding", REMEDIES),
    "no_penalty_decision": ("unpunished", REMEDIES),
    "spot_decision": ("spot", {"place"} | REMEDIES),
    "service_proof": ("decided", {"manner", "served_at"}),
    "instalment_approval": ("performing", set()),
    "demand": ("performing", set()),
    "court_application": ("demanded", {"court", "organ_address", "organ_head"}),
    "publication_record": ("performing", {"site"}),
    "closing_report": ("finishing", set()),
    "file_index": ("archiving", set()),
}


def _prepare(office: Office, case: Penalty) -> Penalty:
    """What a paper tells of besides the main way."""
    if case.state == "investigating":
        office.gather(case)
        item = add_evidence(
            office.session, office.actor("handler"), case,
            EvidenceData("台账", "original", "3 册", "财务室", "示例人", office.now),
            now=office.now,
        )  # fmt: skip
        ask_preservation(
            office.session, office.actor("handler"), case, [item.id], "可能灭失", now=office.now
        )
        decide_preservation(
            office.session, office.actor("head@bureau"), case, item.id, approve=True,
            now=office.now,
        )  # fmt: skip
        keep(
            office.session, office.actor("handler"), case, item.id, kept_at="财务室",
            keeper="示例人", on=office.today, now=office.now,
        )  # fmt: skip
        return office.go(case, "ask_extension")
    if case.state == "performing":
        return office.go(case, "ask_instalments")
    return case


def test_every_paper_is_filled(session):
    wrong: list[str] = []
    told: dict[str, dict] = {}
    with transaction():
        office = Office(session)
        session.query(User).update({"phone": "0477-1234567"})

        def look(case: Penalty) -> None:
            kinds = [k for k, (state, _) in LEFT.items() if state == case.state]
            if not kinds:
                return
            case = _prepare(office, case)
            for kind in kinds:
                given = papers.values(session, case, kind, office.now)
                told[kind] = dict(given)
                draft(
                    session, case_id=case.id, org_id=office.orgs["bureau"], kind=kind,
                    values=given, by=office.people["handler"], now=office.now,
                )  # fmt: skip
                lacking = {f.name for f in missing(kind, given)}
                if lacking != LEFT[kind][1]:
                    wrong.append(f"{kind}: {sorted(lacking ^ LEFT[kind][1])}")

        office.each_state(look, only={state for state, _ in LEFT.values()})
    assert not wrong, "\n".join(wrong)
    assert set(told) == {use.kind for use in FLOW.papers}
    _tell(told)


def _tell(told: dict[str, dict]) -> None:
    """What the papers say, against what a reader expects."""
    decision = told["penalty_decision"]
    assert decision["penalty"] == "1. 警告；2. 罚款人民币60,000元。"
    assert decision["fine"] == Decimal(60000)
    assert decision["surcharge"] == (
        "到期不缴纳罚款的，每日按罚款数额的百分之三加处罚款，加处罚款的数额不超过罚款数额。"
    )
    assert "15日内" in decision["performance"]
    assert (decision["review_limit"], decision["suit_limit"]) == ("60日", "6个月")
    assert "第四十四条" in decision["basis"]
    assert decision["figures"][0]["ratio"] == "32.11%"
    notice = told["prior_notice"]
    assert notice["hearing_days"] == "5"
    assert told["opening_approval"]["criteria"][0].startswith("有明确的行为人：")
    assert [p["number"] for p in told["opening_approval"]["handlers"]] == [
        "示例-handler", "示例-co_officer",
    ]  # fmt: skip
    assert told["extension_approval"]["due_on"] == date(2026, 6, 2)
    assert len(told["instalment_approval"]["plan"]) == 3
    assert told["demand"]["within"] == "自收到本催告书之日起10个工作日内"
    assert len(told["court_application"]["attached"]) == 5
    assert told["publication_record"]["shown_until"] == date(2027, 3, 2)
    assert [row["no"] for row in told["file_index"]["items"]] == [str(n) for n in range(1, 20)]


def test_a_demand_names_the_surcharge(session):
    with transaction():
        office = Office(session)
        case = office.case("performing")
        office.on("2026-03-19")
        said = papers.values(session, case, "demand", office.now)
        # Payable by the 17th: two days of 1,800.
        assert said["surcharge"] == Decimal(3600)
        assert said["obligation"] == "缴纳罚款60,000元及加处罚款3,600元。"


def test_an_unknown_kind_is_left_to_people(session):
    with transaction():
        office = Office(session)
        assert papers.values(session, office.register(), "crime_transfer", office.now) == {}
