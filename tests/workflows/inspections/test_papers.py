"""Every paper of an inspection is filled from the task as far as the task knows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.workflows.inspections.walking import Office
from tracker.core.accounts.models import User
from tracker.core.cases import preserving
from tracker.core.cases.evidence import EvidenceData, add_evidence
from tracker.core.db import transaction
from tracker.core.documents.kinds import kind_of
from tracker.core.documents.service import draft, missing
from tracker.workflows.inspections import papers
from tracker.workflows.inspections.flow import FLOW

# What only people know, of each kind; everything else the task fills in.
LEFT = {
    "inspection_approval": set(),
    "inspection_notice": set(),
    "service_proof": {"place", "manner", "served_at"},
    "site_record": set(),
    "interview_record": set(),
    "inquiry": set(),
    "preservation_notice": set(),
    "correction_order": {"review_organ", "court"},
    "recheck_record": {"place", "started_at", "ended_at", "findings", "result"},
    "inspection_feedback": set(),
    "file_index": set(),
}


@pytest.fixture
def office(session, monkeypatch):
    with transaction():
        yield Office(session, monkeypatch)


def preserved(office, task):
    session, team = office.session, office.actor("handler")
    data = EvidenceData("台账", "original", "3 册", "财务室", "王某", office.now)
    item = add_evidence(session, team, task, data, now=office.now)
    preserving.ask_preservation(session, team, task, [item.id], "可能灭失", now=office.now)
    head = office.actor("head@bureau")
    preserving.decide_preservation(session, head, task, item.id, approve=True, now=office.now)
    preserving.keep(
        session, team, task, item.id, kept_at="财务室", keeper="王某", on=office.today,
        now=office.now,
    )  # fmt: skip


def test_every_paper_is_filled(office):
    session = office.session
    session.query(User).update({"phone": "0477-1234567"})
    task = office.at("approval")
    told: dict[str, dict] = {}

    def draw(*kinds):
        for kind in kinds:
            filled = dict(papers.values(session, task, kind, office.now))
            draft(
                session, case_id=task.id, org_id=office.orgs["bureau"], kind=kind, values=filled,
                by=office.people["handler"], now=office.now,
            )  # fmt: skip
            assert {f.name for f in missing(kind, filled)} == LEFT[kind], kind
            told[kind] = filled

    draw("inspection_approval", "inspection_notice", "service_proof")
    office.walk(task, ["approve_check", "serve_notice", "enter_site"])
    preserved(office, task)
    office.walk(task, ["record_site", "record_interview", "send_inquiry", "note_obstruction"])
    draw("site_record", "interview_record", "inquiry", "preservation_notice")
    office.walk(task, ["finish_site", "propose_order", "approve_order"])
    draw("correction_order")
    assert told["correction_order"]["review_limit"] == "60日"
    assert told["correction_order"]["suit_limit"] == "6个月"
    office.walk(task, ["serve_order"])
    draw("recheck_record")
    office.walk(task, ["recheck_passed", "confirm_result"])
    draw("inspection_feedback", "file_index")
    assert set(told) == {use.kind for use in FLOW.papers} == set(LEFT) == set(papers.FILLED)

    notice = told["inspection_notice"]
    # 办法 (V-ex): number, body, basis, scope, content, method, time, rights and duties.
    assert notice["from_on"] == date(2026, 3, 2)
    assert [o["number"] for o in notice["officers"]] == ["示例-handler", "示例-co_officer"]
    (figure,) = told["site_record"]["figures"]
    assert (figure["difference"], figure["ratio"]) == ("34,514", "22.72%")
    assert "锁门（见证人：李某）" in told["site_record"]["refusal"]
    assert told["interview_record"]["questions"] == [{"question": "有无台账", "answer": "有"}]
    assert told["preservation_notice"]["to_on"] == date(2026, 3, 11)
    assert told["preservation_notice"]["approved_on"] == date(2026, 3, 2)
    assert told["correction_order"]["correct_by"] == office.today + timedelta(days=20)
    assert told["inspection_approval"]["count_this_year"] == "0 次"
    assert "示例〔2026〕correction_order" in told["inspection_feedback"]["result"]
    assert len(told["file_index"]["items"]) > 5
    assert all(kind_of(kind).title for kind in told)


def test_an_interview_is_read_line_by_line():
    text = "问：有无台账\n答：有\n在财务室\n问: 谁管\n答: 王某"
    assert papers.talk(text) == [
        {"question": "有无台账", "answer": "有\n在财务室"},
        {"question": "谁管", "answer": "王某"},
    ]
    assert papers.talk("") == []
    assert papers.talk("他说没有") == [{"question": "他说没有", "answer": ""}]
