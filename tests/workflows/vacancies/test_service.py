"""Opening a gap by hand, the plan, the word to the township, and both ends."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.core.norms.people import OTHER_TOWN, TOWN, post
from tests.workflows.vacancies.walking import CLERK, PLAN, SUBJECT, VacancyOffice
from tracker.core.cases.scope import may_see
from tracker.core.db import transaction
from tracker.core.errors import BadInput, StepRefused
from tracker.core.notices.models import Outbox
from tracker.core.notices.wording import unpack
from tracker.workflows.vacancies import queries
from tracker.workflows.vacancies.models import Vacancy


@pytest.fixture
def office(session):
    with transaction():
        return VacancyOffice(session)


def refused(office, case, who, step, **inputs):
    with pytest.raises((StepRefused, BadInput)) as why, transaction():
        office.take(case, who, step, **inputs)
    office.session.expire_all()
    return str(why.value)


def told(office, role):
    """What was put into the outbox for a role of the township."""
    rows = office.session.scalars(
        select(Outbox)
        .where(Outbox.org_id == office.orgs["town"], Outbox.role == role)
        .order_by(Outbox.id)
    )
    return [str(unpack(row.template, row.params)) for row in rows]


def test_a_gap_knows_what_it_is_and_whose(office):
    with transaction():
        case = office.open("supervisor@bureau")
    assert case.number == "东统缺〔2026〕1号"
    assert case.title == "鄂尔多斯市东胜区罕台镇缺统计人员"
    assert (case.subject, case.norm_id) == (SUBJECT, "ordos-township-full-time")
    assert (case.required, case.present, case.since) == (1, 0, date(2026, 2, 1))
    assert (case.origin_org_id, case.bureau_id) == (office.orgs["town"], office.orgs["bureau"])
    assert (case.scope_code, case.region_code) == ("150602000000", TOWN)
    assert set(office.clocks(case)) == {"OWN-GAP"}
    office.sound(case)
    # The township hears how many are missing and what would end it.
    (text,) = told(office, "township_clerk")
    assert text == (
        "鄂尔多斯市东胜区罕台镇 缺统计人员 1 人。报备调入（新任）：在编专职统计人员 1 人。"
    )
    for name in (CLERK, "registrar@bureau", "inspector@bureau", "trainer@bureau", "head@bureau"):
        assert may_see(office.session, office.actor(name), case.id), name
    for name in ("township_clerk@bureau", "supervisor@foreign bureau", "system_admin@bureau"):
        assert not may_see(office.session, office.actor(name), case.id), name


def test_a_village_is_told_through_its_township(office):
    with transaction():
        post(office.session, "150602101208", duty="liaison", until="2026-02-27")
        case = office.open("supervisor@bureau", subject="place:150602101208")
    assert case.origin_org_id == office.orgs["town"]
    assert (case.norm_id, case.since) == ("ordos-village", date(2026, 2, 28))
    with transaction():  # nobody below the bureau of another township is in the product
        elsewhere = office.open("supervisor@bureau", subject=f"place:{OTHER_TOWN}")
    assert elsewhere.origin_org_id == office.orgs["bureau"]
    assert "没有使用本系统" in refused(office, elsewhere, "supervisor@bureau", "urge")
    assert told(office, "township_clerk")[-1].startswith("鄂尔多斯市东胜区罕台镇罕台庙村委会")


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("", "登记里没有"),
        ("place:150602000000", "请选一个人员不足的单位"),  # no norm
        ("place:150603001000", "请选一个人员不足的单位"),  # of another county
        (f"place:{OTHER_TOWN}", "请选一个人员不足的单位"),  # somebody is there
    ],
)
def test_only_what_is_short_here_becomes_a_case(office, subject, said):
    with transaction():
        post(office.session, OTHER_TOWN)
    with pytest.raises(BadInput) as why, transaction():
        office.open("supervisor@bureau", subject=subject)
    assert said in str(why.value)


def test_one_gap_at_a_time(office):
    with transaction():
        office.open("supervisor@bureau")
    with pytest.raises(BadInput) as why, transaction():
        office.open("supervisor@bureau")
    assert "已经登记" in str(why.value)
    with pytest.raises(StepRefused), transaction():
        office.open("inspector@bureau")
    assert len(office.session.scalars(select(Vacancy)).all()) == 1


def test_the_database_has_the_last_word(office, monkeypatch):
    """Two who looked before either had written: one gap, and a sentence for the other."""
    with transaction():
        office.open("supervisor@bureau")
    looks = iter([None])  # the first look is too early
    real = queries.open_gap
    monkeypatch.setattr(
        "tracker.workflows.vacancies.service.open_gap", lambda *asked: next(looks, real(*asked))
    )
    with pytest.raises(BadInput) as why, transaction():
        office.open("co_officer")
    assert "已经登记" in str(why.value)
    assert len(office.session.scalars(select(Vacancy)).all()) == 1


def test_a_plan_has_a_day_to_come(office):
    with transaction():
        case = office.open("supervisor@bureau")
    why = refused(office, case, "supervisor@bureau", "set_plan", plan="补", until=date(2026, 3, 1))
    assert "不能早于今天" in why
    assert "不能早于今天" in refused(office, case, "supervisor@bureau", "set_plan", plan="补")
    with transaction():
        office.take(case, "supervisor@bureau", "set_plan", **PLAN)
    assert (case.state, case.plan_until, set(office.clocks(case))) == (
        "planned", date(2026, 4, 30), {"OWN-GAPPLAN"},
    )  # fmt: skip
    due = office.clock(case, "OWN-GAPPLAN").due_on
    with transaction():
        office.take(case, "co_officer", "change_plan", plan="五月调入。", until=date(2026, 5, 29))
    assert (case.plan, case.plan_until) == ("五月调入。", date(2026, 5, 29))
    # Another date in the plan gives nobody more time.
    assert office.clock(case, "OWN-GAPPLAN").due_on == due


def test_the_township_is_urged_and_answers(office):
    with transaction():
        case = office.open("supervisor@bureau")
        office.take(case, "supervisor@bureau", "urge")
        office.take(case, CLERK, "reply", answer="已报名招考。")
    assert case.state == "short"
    assert (len(told(office, "township_clerk")), len(told(office, "dept_approver"))) == (2, 2)
    with transaction():
        office.fill()
    assert "按登记已经配齐" in refused(office, case, "supervisor@bureau", "urge")


def test_both_ends_say_their_day(office):
    with transaction():
        filled = office.case("filled")
    assert (filled.ended_on, office.clocks(filled)) == (office.today, {})
    assert "现在是“已补齐”" in refused(office, filled, "supervisor@bureau", "urge")


def test_a_reason_is_written_down_before_a_gap_is_excused(office):
    with transaction():
        case = office.case("planned")
    assert "请写明理由" in refused(office, case, "head@bureau", "excuse", note=" ")
    with transaction():
        office.take(case, "head@bureau", "excuse", note="机构撤并，职责并入街道。")
    assert (case.state, case.ended_on) == ("excused", office.today)
