"""The pages of a lead: what the other side reads, what comes back after a mistake, the papers."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.security.world import TODAY, Door, World, key, step, vault_key
from tests.workflows.leads.walking import a_lead_data
from tracker.core.accounts.models import User
from tracker.core.db import transaction
from tracker.workflows.leads.models import Lead

pytestmark = pytest.mark.at_time(TODAY)
SECRETS = {
    "verify": "机密理由甲",
    "submit_findings": "机密发现乙",
    "countersign": "机密会签丙",
    "confirm_result": "机密审定丁",
    "receive": "机密附言戊",
    "close": "机密附言己",
}


@pytest.fixture
def closed(app, session):
    """A lead walked to its end, with a remark at every step of the bureau."""
    vault_key()
    with transaction():
        world = World(session)
        officers = {n: world.people[n] for n in ("handler", "co_officer")}
        lead = world.lead_about("示例煤业有限公司", "sent")
        for who, name, fields in (
            ("registrar@bureau", "receive", {}),
            ("registrar@bureau", "assign", {"handler": officers["handler"], "note": "机密分办"}),
            ("handler", "verify", officers),
            ("handler", "submit_findings", {"found": True}),
            ("co_officer", "countersign", {}),
            ("supervisor@bureau", "confirm_result", {}),
            ("handler", "give_feedback", {"feedback_sender": "已经查实，正在处理。",
                                          "note": "机密附言庚"}),
            ("supervisor@bureau", "close", {}),
        ):  # fmt: skip
            note = SECRETS.get(name)
            lead = world.take(lead, who, name, **({"note": note} if note else {}), **fields)
        names = {n: session.get_one(User, i).name for n, i in world.people.items()}
    return world, Door(app, world.people), lead.id, names


def test_the_sender_reads_the_answer_and_nothing_of_the_work(closed):
    _world, door, lead_id, names = closed
    for who in ("drafter", "dept_approver@dept", "drafter's deputy"):
        page = door.of(who).get(f"/leads/{lead_id}").text
        assert "已经查实，正在处理。" in page
        assert "机密" not in page.replace("机密级管理", ""), who
        for officer in ("handler", "co_officer", "supervisor@bureau", "registrar@bureau"):
            assert not re.search(rf"{names[officer]}(?!\d)", page), f"{who} reads {officer}"
        for inside in ("核查会签", "结果审定", "办理意见", "举报人"):
            assert inside not in page, inside


def test_the_bureau_reads_all_of_it(closed):
    _, door, lead_id, names = closed
    page = door.of("supervisor@bureau").get(f"/leads/{lead_id}").text
    for secret in ("机密发现乙", "机密审定丁", "机密附言己"):
        assert secret in page
    assert names["handler"] in page


def test_the_papers_carry_number_and_date_and_no_work(closed):
    _, door, lead_id, _ = closed
    receipt = door.of("drafter").get(f"/leads/{lead_id}/receipt").text
    letter = door.of("drafter").get(f"/leads/{lead_id}/handover-letter").text
    assert "东统线〔2026〕1号" in receipt
    assert "东发改移〔2026〕1号" in letter
    assert "2026年3月2日" in receipt
    for paper in (receipt, letter):
        assert "机密" not in paper.replace("机密级管理", "")
        assert "示例煤业有限公司" in paper


@pytest.fixture
def triage(app, session):
    with transaction():
        world = World(session)
        lead = world.lead_about("示例煤业有限公司", "triage")
    return world, Door(app, world.people), lead


def test_every_link_on_the_page_leads_somewhere(triage, session):
    """Also for the department, also while the bureau's own clock stands still."""
    world, door, lead = triage
    with transaction():
        world.take(session.get_one(Lead, lead.id), "handler", "ask_supplement", note="补台账")
    for who in ("drafter", "liaison@dept", "handler", "registrar@bureau", "head@city"):
        client = door.of(who)
        page = client.get(f"/leads/{lead.id}").text
        links = set(re.findall(rf'href="(/leads/{lead.id}[^"#]*)"', page))
        assert links
        for link in links:
            assert client.get(link).status_code in (200, 303), f"{who}: {link}"
    assert "初审期限" not in door.of("drafter").get(f"/leads/{lead.id}").text


def test_a_refused_step_shows_the_page_again_with_the_text(triage):
    world, door, lead = triage
    handler = door.of("handler")
    address, body = step(lead, "propose_refusal", ground="no_clue", note="")
    answer = handler.post(address, data=body)
    assert answer.status_code == 422
    address, body = step(lead, "verify", note="我写了很多字", handler=world.people["handler"],
                         co_officer=world.people["handler"])  # fmt: skip
    answer = handler.post(address, data=body)
    assert answer.status_code == 422
    assert "我写了很多字" in answer.text
    assert "主办和协办须是两个人" in answer.text


def test_a_page_that_is_out_of_date_says_what_happened_and_keeps_the_text(triage, session):
    world, door, lead = triage
    address, body = step(lead, "hand_inside", handed_to="工业科", note="我写了很多字")
    with transaction():
        world.take(session.get_one(Lead, lead.id), "handler", "reassign", note="换人",
                   handler=world.people["handler"])  # fmt: skip
    answer = door.of("handler").post(address, data=body)
    assert answer.status_code == 409
    assert "刚刚办了“改派”" in answer.text
    assert "我写了很多字" in answer.text
    assert session.get_one(Lead, lead.id).state == "triage"


def test_a_form_sent_twice_does_its_work_once(triage, session):
    _, door, lead = triage
    version = lead.version
    address, body = step(lead, "hand_inside", handed_to="工业科", note="属业务")
    first, again = (door.of("handler").post(address, data=body) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    fresh = session.scalars(select(Lead)).one()
    assert (fresh.state, fresh.version) == ("inside", version + 1)
    other = door.of("handler").post(address, data={**body, "hand_inside-note": "别的"})
    assert other.status_code == 422
    missing = door.of("handler").post(address, data={**body, "_once": ""})
    assert missing.status_code == 422


def test_duplicates_stand_side_by_side_and_are_looked_at_once(app, session):
    with transaction():
        world = World(session)
        world.intake_at("bureau", a_lead_data(channel="report"))
        lead = world.intake_at("bureau", a_lead_data(channel="media"))
        world.intake_at("county", a_lead_data(channel="report"))
    door = Door(app, world.people)
    page = door.of("registrar@bureau").get(f"/leads/{lead.id}/duplicates").text
    assert "1 条" in page
    assert "名称相同" in page
    assert "已经比对" in page
    assert (
        "已经比对，继续分办"
        not in door.of("supervisor@bureau").get(f"/leads/{lead.id}/duplicates").text
    )
    answer = door.of("registrar@bureau").post(f"/leads/{lead.id}/duplicates", data={"_once": key()})
    assert answer.status_code == 303
    session.refresh(session.get_one(Lead, lead.id))
    assert session.get_one(Lead, lead.id).duplicates_seen_at is not None


def test_a_day_is_explained_to_those_whose_clock_it_is(triage):
    _, door, lead = triage
    page = door.of("handler").get(f"/leads/{lead.id}").text
    (why,) = set(re.findall(rf'href="(/leads/{lead.id}/why/\d+)"', page))
    assert door.of("handler").get(why).status_code == 200
    assert door.of("drafter").get(why).status_code == 404
