"""What is seen and sent on the pages of sanction proposals, and what their papers begin with."""

from __future__ import annotations

import pytest

from tests.workflows.onward import Pages, at
from tests.workflows.sanctions.walking import A_PERSON, SanctionOffice
from tracker.core.db import transaction
from tracker.core.documents import service as documents
from tracker.workflows.sanctions import papers

TODAY = "2027-05-03 10:00"
pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]


@pytest.fixture
def office(session):
    with transaction():
        return SanctionOffice(session)


def test_persons_results_and_the_list_that_goes_upward(app, office):
    with transaction():
        case, other = office.case("waiting"), office.case("sent")
        office.take(
            other, "head@bureau", "readdress", addressee_kind="discipline", addressee="示例县监委"
        )
        office.take(case, "handler", "chase", answer="正在研究")
    pages = Pages(app, office)
    page = pages.get("handler", f"/{case.id}")
    for words in ("示例某甲", "示例某乙", "正在研究", "已经逾期", "还没有处理结果或者书面理由"):
        assert words in page
    assert "按其自己的规定" not in page  # what is said of discipline organs
    assert "不是法定催办" in pages.get("head@bureau", f"/{other.id}")
    listed = pages.get("head@bureau", "/overdue")
    for words in (case.number, "已满 14 个月", "2026年9月2日", "2 人", "1 次"):
        assert words in listed
    assert other.number not in listed
    assert case.number not in pages.get("head@foreign bureau", "/overdue")
    assert "逾期清单" in pages.get("head@bureau")
    result = {"line": "3", "kind": "party", "level": "警告", "decided_on": "2027-04-30",
              "document": "示纪处〔2027〕1号"}  # fmt: skip
    wrong = pages.step("handler", case, "record_result", **result)
    assert wrong.status_code == 422
    assert "没有这个序号" in wrong.text
    assert "示纪处〔2027〕1号" in wrong.text  # what was typed is still there
    assert pages.step("handler", case, "record_result", **result | {"line": "2"}).status_code == 303
    page = pages.get("handler", f"/{case.id}")
    assert "党纪处分" in page
    assert "还没有处理结果或者书面理由：示例某甲。" in page


def test_one_is_opened_and_filled_on_the_page(app, office):
    pages = Pages(app, office)
    given = {f"open-{k}": str(v) for k, v in office.opening().items()}
    answer = pages.post("supervisor@bureau", "/new/open", given)
    assert answer.status_code == 303
    page = pages.get("handler", answer.location.removeprefix("/sanctions"))
    assert "还没有责任人" in page
    assert pages.post("registrar@bureau", "/new/open", given).status_code == 404


def test_the_papers_begin_with_what_the_case_knows(office):
    office.now = at("2027-01-04 09:00")
    cases = {"legal_review": "legal", "discussion_record": "discussing",
             "sanction_proposal": "approved", "chaser": "waiting"}  # fmt: skip
    lacking, said = {}, {}
    with transaction():
        for kind, state in cases.items():
            case = office.case(state)
            given = papers.values(office.session, case, kind, office.now)
            draft = documents.draft(
                office.session, case_id=case.id, org_id=case.bureau_id, kind=kind, values=given,
                by=office.people["handler"], now=office.now,
            )  # fmt: skip
            lacking[kind] = {f.name for f in documents.missing(kind, draft.values)}
            said[kind] = draft.values
    opinions = ("subject", "jurisdiction", "evidence", "law", "procedure", "discretion", "papers")
    assert lacking == {
        "legal_review": {*(f"{name}_opinion" for name in opinions), "opinion", "reviewer"},
        "discussion_record": {
            "place", "started_at", "ended_at", "presided_by", "members", "recorder", "discussion",
            "decision",
        },
        "sanction_proposal": set(),
        "chaser": {"sent_number"},  # the letter of this walk was put in place without a number
    }  # fmt: skip
    letter = said["sanction_proposal"]
    assert letter["addressee"] == "示例县人民政府"
    assert [(p["name"], p["rank"], p["responsibility"]) for p in letter["persons"]] == [
        ("示例某甲", "乡科级", "主要领导责任"), ("示例某乙", "科员级以下", "直接责任"),
    ]  # fmt: skip
    assert letter["reply_within"] == "6 个月"
    assert A_PERSON["article"] in letter["basis"]
    assert said["chaser"]["due_on"] == "2027-07-05"  # six months after 4 January: a Sunday
    assert "示例某甲、示例某乙" in said["chaser"]["request"]
