"""Lending, taking back and handing over, as the pages let people do it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.security.world import Door, key
from tests.workflows.leads.walking import Office
from tracker.core.accounts.models import Delegation, User
from tracker.core.cases.guards import part_holders
from tracker.core.cases.models import CasePerson
from tracker.core.clock import office_date, utc_now
from tracker.core.db import transaction
from tracker.workflows.leads.models import Lead

pytestmark = [pytest.mark.once, pytest.mark.at_time("2026-03-04 10:00")]


class House(Office):
    """An office with one lead in the handler's hands, and nobody standing in for anybody."""

    case: int


@pytest.fixture
def house(app, session):
    with transaction():
        office = House(session)
        session.execute(delete(Delegation))
        session.execute(update(User).values(must_change=False))
        office.case = office.lead(at="triage").id
    return Door(app, office.people), office


def the_loan(session):
    session.rollback()
    return session.scalars(select(Delegation)).one_or_none()


def test_a_colleague_stands_in_for_some_days_and_some_cases(house, session):
    door, office = house
    client, people = door.of("handler"), office.people
    today = office_date(utc_now())
    assert "现在没有请人代办" in client.get("/delegations/").text
    page = client.get("/delegations/lend").text
    assert 'name="kinds" value="lead"' in page
    body = {
        "_once": key(), "for": people["handler"], "to_user_id": people["inspector@bureau"],
        "valid_from": today.isoformat(), "valid_to": (today + timedelta(days=3)).isoformat(),
        "kinds": ["lead"], "reason": "学习",
    }  # fmt: skip
    seen = client.post("/delegations/lend", data={**body, "go": "preview"})
    assert seen.status_code == 200
    assert "现在有 1 件会轮到代办人" in seen.text
    assert 'value="lead" checked' in seen.text
    assert the_loan(session) is None, "looking writes nothing"
    for faulty, sentence in (
        ({"valid_to": ""}, "要填日期"), ({"to_user_id": "x"}, "请选一名同事"),
        ({"kinds": ["nothing"]}, "请从列出的事项里选"), ({"roles": ["registrar"]}, "现有的岗位"),
    ):  # fmt: skip
        refused = client.post("/delegations/lend", data={**body, **faulty, "_once": key()})
        assert (refused.status_code, sentence in refused.text) == (422, True), faulty
        assert "学习" in refused.text, "what was typed is kept"
    for _twice in range(2):
        done = client.post("/delegations/lend", data={**body, "go": "lend"})
        assert done.headers["Location"] == "/delegations/"
    row = the_loan(session)
    assert (row.kinds, row.to_user_id) == ("lead", people["inspector@bureau"])
    other = door.of("inspector@bureau")
    whom = session.get_one(User, people["handler"]).name
    session.rollback()
    top = re.search(r'class="note note-azure flash stand-in"[^>]*>([^<]*)<', other.get("/").text)
    assert top is not None
    assert top[1].strip() == f"您正在代{whom}办理线索，到 3月7日。"
    assert "stand-in" not in door.of("co_officer").get("/").text
    # The case opens for the stand-in; what was not lent does not.
    assert other.get(f"/leads/{office.case}").status_code == 200
    assert f"{whom}" in other.get("/delegations/").text
    assert f"（代{whom}）" in other.get("/me").text
    stranger = door.of("registrar@bureau")
    assert stranger.post(f"/delegations/{row.id}/end", data={"_once": key()}).status_code == 404
    other.post(f"/delegations/{row.id}/end", data={"_once": key()})
    assert the_loan(session).revoked_at is not None
    assert "stand-in" not in other.get("/").text
    assert "已收回" in client.get("/delegations/").text


def test_a_leader_arranges_for_the_house_and_nobody_else_does(house, session):
    door, office = house
    people, today = office.people, office_date(utc_now())
    for who, sees in (("head@bureau", True), ("supervisor@bureau", True),
                      ("dept_approver@dept", True), ("inspector@bureau", False),
                      ("liaison@dept", False), ("system_admin@bureau", False)):  # fmt: skip
        client = door.of(who)
        page = client.get("/delegations/")
        assert page.status_code == 200
        assert ("本单位的委托" in page.text) is sees, who
        assert client.get("/delegations/leaving").status_code == (200 if sees else 404), who
    assert "请同事代办</a>" not in door.of("system_admin@bureau").get("/delegations/").text
    body = {
        "for": people["co_officer"], "to_user_id": people["inspector@bureau"],
        "valid_from": today.isoformat(), "valid_to": today.isoformat(), "reason": "住院",
    }  # fmt: skip
    address = f"/delegations/lend?for={people['co_officer']}"
    assert door.of("inspector@bureau").get(address).status_code == 404
    refused = door.of("inspector@bureau").post("/delegations/lend", data={**body, "_once": key()})
    assert refused.status_code == 404
    leader = door.of("supervisor@bureau")
    assert "安排代办" in leader.get(address).text
    assert leader.post("/delegations/lend", data={**body, "_once": key()}).status_code == 303
    assert the_loan(session).made_by_id == people["supervisor@bureau"]


def test_everything_of_somebody_who_leaves_goes_in_one_act(house, session):
    door, office = house
    people, leader = office.people, door.of("head@bureau")
    address = f"/delegations/leaving/{people['handler']}"
    assert door.of("supervisor@bureau").get(address).status_code == 404, "the handler is a head"
    assert f'href="{address}"' in leader.get("/delegations/leaving").text
    assert "示例煤业有限公司" in leader.get(address).text
    body = {"all": people["registrar@bureau"], "reason": "调出"}
    checked = leader.post(address, data={**body, "go": "check", "_once": key()})
    assert checked.status_code == 200
    assert "能交接 0 件" in checked.text
    assert "岗位不对" in checked.text
    assert 'value="do"' not in checked.text, "nothing can be done, so nothing is offered"
    refused = leader.post(address, data={**body, "go": "do", "_once": key()})
    assert refused.status_code == 422
    body["all"] = people["inspector@bureau"]
    checked = leader.post(address, data={**body, "go": "check", "_once": key()})
    assert "交接 1 件" in checked.text
    session.rollback()
    assert part_holders(session, office.case, "handler") == [people["handler"]]
    session.rollback()
    once = {**body, "go": "do", "_once": key()}
    for _twice in range(2):
        assert leader.post(address, data=once).headers["Location"] == address
    assert part_holders(session, office.case, "handler") == [people["inspector@bureau"]]
    session.rollback()
    left = leader.get(address).text
    assert "手里没有在办的事项" in left
    assert "安全管理员" in left


def test_a_page_with_hundreds_in_hand_stays_small(house, session):
    door, office = house
    with transaction():
        for n in range(400):
            case = Lead(
                kind="lead", reporter="none", unit_name=f"示例{n}", unit_key=f"示例{n}",
                period="2026年1月", matter="虚报", found_in="核查", found_on=office.now.date(),
                survey_owner="bureau", facts="上报高于台账。",
                title=f"示例第{n}号有限责任公司涉嫌虚报原煤产量和工业总产值",
                state="triage", flow_version=1, region_code="150602000000", channel="report",
                origin_org_id=office.orgs["dept"], bureau_id=office.orgs["bureau"],
                scope_code="150602000000", opened_at=office.now, opened_on=office.now.date(),
                holder_since=office.now.date(), created_by_id=office.people["drafter"],
                due_order=office.now.date(), turn_org_id=office.orgs["bureau"],
                turn_role="inspector", assignee_id=office.people["handler"],
                confidentiality=1, audit_n=1, version=1,
            )  # fmt: skip
            session.add(case)
            session.flush()
            session.add(CasePerson(case_id=case.id, user_id=office.people["handler"],
                                   part="handler", since=office.now))  # fmt: skip
    address = f"/delegations/leaving/{office.people['handler']}"
    body = {"all": office.people["registrar@bureau"], "go": "check", "_once": key()}
    page = door.of("head@bureau").post(address, data=body)
    assert len(page.data) < 150_000
    assert "不能交接 401 件" in page.text
    assert "件没有列出" in page.text
