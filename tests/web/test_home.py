"""The desk: what waits, what is late, what is with others, and nothing of another house."""

from __future__ import annotations

import html
import re

import pytest

from tests.security.world import TODAY, Door, World, lead_links
from tests.workflows.leads.walking import a_lead_data
from tracker.core.accounts.models import User
from tracker.core.db import db, transaction

pytestmark = pytest.mark.at_time(TODAY)


@pytest.fixture
def desk(app, session):
    with transaction():
        world = World(session)
        lead = world.lead(at="verifying")
        other = world.intake_at(
            "bureau", a_lead_data(unit_name="示例水泥有限公司", channel="report")
        )
    return Door(app, world.people), lead.id, other.id


def test_what_waits_for_me_is_on_my_desk_and_on_nobody_elses(desk):
    door, lead_id, other_id = desk
    assert lead_links(door.of("handler").get("/").text) == {lead_id}
    assert lead_links(door.of("registrar@bureau").get("/").text) == {other_id}
    assert not lead_links(door.of("inspector@bureau").get("/").text)
    assert not lead_links(door.of("security_admin@bureau").get("/").text)
    assert lead_links(door.of("handler's deputy").get("/").text) == {lead_id}


def test_the_drafter_sees_where_it_is_but_not_in_whose_hands(desk):
    door, lead_id, _ = desk
    page = door.of("drafter").get("/").text
    assert lead_links(page) == {lead_id}
    assert "东胜区统计局" in page
    assert "统计机构办理中" in page
    number = list(door.people).index("handler") + 1
    assert f">示例{number}<" not in page


def test_late_work_stands_first(desk, at_time):
    door, lead_id, _ = desk
    at_time("2026-09-01 09:00")
    page = door.of("handler").get("/").text
    assert "wd-late" in page
    assert "逾期 1 件" in page
    assert page.index(f"/leads/{lead_id}") < page.index("wd-next")


def test_the_count_beside_the_desk_is_the_length_of_its_list(desk):
    door, _, _ = desk
    page = door.of("registrar@bureau").get("/").text
    assert "打开完整列表（1 件）" in page
    assert 'href="/work/?view=waiting"' in page
    listed = door.of("registrar@bureau").get("/work/?view=waiting").text
    assert "符合条件 1 条" in listed
    by_kind = door.of("registrar@bureau").get("/?by=kind").text
    assert lead_links(by_kind) == lead_links(page)
    assert "<h3>线索</h3>" in by_kind


def test_each_cell_of_the_week_opens_a_list_as_long_as_it_says(desk, at_time):
    door, _, _ = desk
    for moment in ("2026-03-04 10:00", "2026-09-01 09:00"):
        at_time(moment)
        # Nobody stays logged in that long.
        client = Door(door.app, door.people).of("handler")
        page = client.get("/").text
        figures = re.findall(r'href="(/work/[^"]*)"[^>]*>(?:<span>)?(?:一共|逾期) (\d+) 件', page)
        late = re.findall(r"<b>已逾期</b><span>(\d+)<", page)
        assert int(late[0]) == (moment > "2026-09")
        for address, count in figures:
            assert f"符合条件 {count} 条" in client.get(html.unescape(address)).text, address
        assert bool(figures) == (moment > "2026-09")


def test_what_waits_through_a_delegation_names_whose_it_is(desk):
    door, lead_id, _ = desk
    lender = door.people["handler"]
    with door.app.app_context():
        name = db.session.get_one(User, lender).name
    for address in ("/", "/work/?view=waiting"):
        page = door.of("handler's deputy").get(address).text
        assert lead_links(page) == {lead_id}
        assert f"代 {name}" in page, address
        assert (
            "代 "
            not in re.findall(r"<main.*</main>", door.of("handler").get(address).text, re.S)[0]
        )


def test_a_stranger_is_sent_to_the_door(client):
    assert client.get("/").headers["Location"] == "/login"
