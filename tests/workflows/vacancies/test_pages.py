"""What is seen and sent on the pages of gaps, by the bureau and by the township."""

from __future__ import annotations

import pytest

from tests.core.norms.people import OTHER_TOWN, TOWN, post, units
from tests.workflows.onward import Pages
from tests.workflows.vacancies.walking import CLERK, SUBJECT, VacancyOffice
from tracker.core.cases.guards import history
from tracker.core.db import transaction
from tracker.workflows.vacancies.models import Vacancy

pytestmark = [pytest.mark.at_time("2026-03-02 15:00"), pytest.mark.once]


@pytest.fixture
def office(session):
    with transaction():
        return VacancyOffice(session)


def test_from_the_form_to_the_end(app, office):
    session = office.session
    with transaction():
        post(session, OTHER_TOWN)
    pages = Pages(app, office)
    form = pages.get("supervisor@bureau", "/new/open")
    assert f'value="{SUBJECT}"' in form
    assert f'value="place:{OTHER_TOWN}"' not in form
    sent = pages.post("supervisor@bureau", "/new/open", {"open-subject": SUBJECT})
    assert sent.status_code == 303
    (case,) = session.query(Vacancy).all()

    page = pages.get("supervisor@bureau", f"/{case.id}")
    for words in (
        "东统缺〔2026〕1号", "今天还缺 1 人", "在编在岗专职统计人员", "应配 1，实有 0",
        "还没有登记名录库单位数", "报备调入（新任）：在编专职统计人员 1 人。",
        "基层统计人员变动逐级上报旗区统计局备案", "2026-02-01",
    ):  # fmt: skip
        assert words in page, words
    assert "鄂尔多斯市东胜区罕台镇缺统计人员" in pages.get("inspector@bureau")

    given = {"plan": "四月招考一名。", "until": "2026-04-30"}
    assert pages.step("supervisor@bureau", case, "set_plan", **given).status_code == 303
    session.expire_all()
    # The township reads it, answers, and has no other step.
    page = pages.get(CLERK, f"/{case.id}")
    assert "四月招考一名。" in page
    assert f"/{case.id}/steps/excuse" not in page
    assert pages.step(CLERK, case, "reply", answer="已报名。").status_code == 303
    session.expire_all()
    assert [m.step for m in history(session, case.id)] == ["open", "set_plan", "reply"]

    with transaction():
        office.fill()
        units(session, TOWN, 1499)
    session.expire_all()
    page = pages.get("supervisor@bureau", f"/{case.id}")
    assert "今天已经配齐" in page
    assert "1499 户" in page
    assert "虚构的数" in page
    assert 'id="cures"' not in page
    assert pages.step("supervisor@bureau", case, "fill").status_code == 303
    session.expire_all()
    assert case.state == "filled"
    assert pages.get(CLERK, f"/{case.id}").count("已补齐") >= 1
