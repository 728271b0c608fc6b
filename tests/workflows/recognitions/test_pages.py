"""What is seen and sent on the pages of recognitions, and what their papers begin with."""

from __future__ import annotations

import pytest

from tests.workflows.onward import Pages
from tests.workflows.recognitions.walking import RecognitionOffice
from tracker.core.db import transaction
from tracker.core.documents import service as documents
from tracker.workflows.recognitions import papers
from tracker.workflows.recognitions.data import DESTINATIONS

pytestmark = [pytest.mark.at_time("2026-03-03 10:00"), pytest.mark.once]


@pytest.fixture
def office(session):
    with transaction():
        return RecognitionOffice(session)


def test_each_destination_shows_its_receipt_or_that_it_lacks_one(app, office):
    with transaction():
        case = office.case("publishing")
    pages = Pages(app, office)
    assert "还缺 4 份回执" in pages.get("handler", f"/{case.id}")
    for left, destination in zip((3, 2, 1, 0), DESTINATIONS, strict=True):
        page = pages.get("handler", f"/{case.id}")
        # The first that lacks one is chosen already.
        assert f'<option selected value="{destination.id}">' in page
        sent = pages.step(
            "handler", case, "record_push", destination=destination.id, on="2026-03-02",
            receipt=f"示例-{destination.id}",
        )  # fmt: skip
        assert sent.status_code == 303
        office.session.expire_all()
        page = pages.get("handler", f"/{case.id}")
        assert f"示例-{destination.id}" in page
        assert (f"还缺 {left} 份回执" in page) == bool(left)
    assert pages.step("handler", case, "display").status_code == 303
    page = pages.get("handler", f"/{case.id}")
    assert "依据待核实" in page
    assert "以后可以申请信用修复" in page


def test_a_natural_person_is_refused_on_the_page(app, office):
    pages = Pages(app, office)
    given = {f"open-{k}": str(v) for k, v in office.opening().items()}
    refused = pages.post("handler", "/new/open", {**given, "open-subject": "person"})
    assert refused.status_code in (409, 422)
    assert "自然人" in refused.text
    assert pages.post("handler", "/new/open", given).status_code == 303


def test_the_papers_begin_with_what_the_case_knows(office):
    said = {}
    with transaction():
        for kind, state in (("dishonesty_notice", "notifying"), ("dishonesty_decision", "serving")):
            case = office.case(state)
            draft = documents.draft(
                office.session, case_id=case.id, org_id=case.bureau_id, kind=kind,
                values=papers.values(office.session, case, kind, office.now),
                by=office.people["handler"], now=office.now,
            )  # fmt: skip
            said[kind] = draft.values
    lacking = {k: {f.name for f in documents.missing(k, v)} for k, v in said.items()}
    assert lacking == {
        "dishonesty_notice": {"organ_address"},
        "dishonesty_decision": {"review_organ", "court"},
    }
    notice, decision = said["dishonesty_notice"], said["dishonesty_decision"]
    assert notice["defence_days"] == "5"
    assert all(d.name in notice["consequences"] for d in DESTINATIONS)
    assert (decision["display_period"], decision["review_limit"], decision["suit_limit"]) == (
        "1 年", "60 天", "6 个月",
    )  # fmt: skip
    assert "公示满6 个月后" in decision["repair"]
