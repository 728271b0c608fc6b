"""What is seen and sent on the pages of transfers, and what their letter begins with."""

from __future__ import annotations

from io import BytesIO

import pytest

from tests.workflows.crimes.walking import CrimeOffice
from tests.workflows.onward import Pages, at
from tracker.core.db import transaction
from tracker.core.documents import service as documents
from tracker.workflows.crimes import papers
from tracker.workflows.crimes.models import ENCLOSURES

pytestmark = [pytest.mark.at_time("2026-03-03 10:00"), pytest.mark.once]


@pytest.fixture
def office(session):
    with transaction():
        return CrimeOffice(session)


def test_the_five_papers_are_ticked_off_one_by_one(app, office):
    with transaction():
        case = office.case("handing")
    pages = Pages(app, office)
    page = pages.get("handler", f"/{case.id}")
    assert page.count("还缺") >= 4
    assert "处罚案件自己的期限照常计算" in page
    assert "已警告" in page
    for name in ("item_list", "other"):
        label = ENCLOSURES[name]
        assert f'name="label" value="{label}"' in page
        file = {"label": label, "files": (BytesIO(b"a,b\r\n1,2\r\n"), f"{name}.csv")}
        assert pages.post("handler", f"/{case.id}/files", file).status_code == 303
    said = pages.step("handler", case, "declare_none", papers=["expert_report"], note="无需鉴定")
    assert said.status_code == 303
    with transaction() as session:
        given = papers.values(session, case, "crime_transfer", office.now)
        draft = documents.draft(
            session, case_id=case.id, org_id=case.bureau_id, kind="crime_transfer",
            values={**given, "addressee": "示例区公安局"}, by=office.people["handler"],
            now=office.now,
        )  # fmt: skip
        assert documents.missing("crime_transfer", draft.values) == []
        assert (draft.values["item_list"], draft.values["expert_report"]) == ("item_list.csv", "无")
        assert documents.missing("crime_transfer", given)[0].name == "addressee"
        office.paper(case, "crime_transfer")
    session.expire_all()
    page = pages.get("handler", f"/{case.id}")
    assert "5 / 5" in page
    moment = at("2026-03-02 16:00").strftime("%Y-%m-%dT%H:%M")
    sent = pages.step("handler", case, "hand_over", organ="示例区公安局", at=moment)
    assert sent.status_code == 303
    session.expire_all()
    assert case.state == "receipt"


def test_it_says_whether_the_hours_were_kept(app, office):
    with transaction():
        kept = office.case("police")
        late = office.case("receipt")
        office.now = at("2026-03-04 09:00")
        office.take(late, "handler", "sign")
    pages = Pages(app, office)
    assert "按时签收" in pages.get("handler", f"/{kept.id}")
    assert "超过期限签收" in pages.get("handler", f"/{late.id}")
