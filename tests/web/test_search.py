"""The box at the top: groups with counts, marks, why, what each may see, while one types."""

from __future__ import annotations

import html
import re

import pytest

from tests.security.world import TODAY, Door, World, vault_key
from tests.web.people import People
from tracker.core.accounts.models import User
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.registers.models import Unit
from tracker.core.registers.names import name_key
from tracker.jobs import index_files
from tracker.workflows.leads import service

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]
TOWN = "150602100000"


@pytest.fixture
def house(app, session):
    """A lead being verified, a file with text, statisticians and units; and a browser for each."""
    vault_key()
    with transaction():
        world = World(session)
        session.get_one(User, world.people["handler"]).name = "曾令狐"
        session.get_one(User, world.people["drafter"]).name = "仇慧"
        lead = world.lead("verifying")
        handler = world.actor("handler")
        for name, content, internal in (
            ("询问笔录.txt", "采掘进尺记录", True),
            ("来函说明.txt", "调度会商纪要", False),
        ):
            service.attach(
                session, handler, lead.id, name, content.encode(), now=world.now, internal=internal
            )
        People(world).add("曾丽华")
        People(world).add("张伟")
        for number in range(8):
            name = f"示例第{number}煤业有限公司"
            session.add(Unit(name=name, name_key=name_key(name), region_code=TOWN, address=""))
    index_files(utc_now())
    session.rollback()
    return Door(app, world.people), lead.id


def groups(door, who, words, **more):
    """Each group of the page with the number it names, and the page."""
    answer = door.of(who).get("/search/", query_string={"q": words, **more})
    assert answer.status_code == 200
    found = re.findall(r'id="find-(\w+)".*?</h2><span class="count">(\d+)', answer.text, re.DOTALL)
    return {key: int(n) for key, n in found}, answer.text


def one_box_finds_everything_the_reader_may_see(door, lead_id):
    found, page = groups(door, "supervisor@bureau", "煤业")
    assert found == {"cases": 1, "units": 9}
    assert f'href="/leads/{lead_id}"' in page
    assert "示例<mark>煤业</mark>有限公司" in page
    assert page.count("/units/") >= 6
    assert groups(door, "supervisor@bureau", "zenglinghu")[0] == {"cases": 1, "officers": 1}
    assert groups(door, "supervisor@bureau", "zenglihua")[0] == {"staff": 1}
    assert groups(door, "supervisor@bureau", "zw")[0] == {"staff": 1}
    found, page = groups(door, "supervisor@bureau", "采掘进尺")
    assert found == {"cases": 1, "files": 1}
    assert "材料内容" in page
    assert f"/leads/{lead_id}/files/" in page
    assert "<mark>采掘进尺</mark>" in page
    found, page = groups(door, "supervisor@bureau", "cenglinghu 采掘")
    assert found == {"cases": 1}, "every word, wherever it stands"
    assert "<mark>曾令狐</mark>" in page
    assert "人员" in page


def each_count_is_the_length_of_the_list_it_opens(door, lead_id):
    client = door.of("supervisor@bureau")
    _found, page = groups(door, "supervisor@bureau", "煤业")
    links = {html.unescape(a) for a in re.findall(r'card-foot"><a [^>]*href="([^"]+)"', page)}
    assert links == {"/units/?q=煤业"} or links == {"/units/?q=%E7%85%A4%E4%B8%9A"}
    assert client.get("/units/?q=煤业").text.count("data-row>") == 9
    listed = client.get("/work/", query_string={"view": "all", "q": "煤业"}).text
    assert f'/leads/{lead_id}"' in listed
    assert client.get("/staff/?q=zenglihua").text.count("曾丽华") >= 1


def the_side_a_case_came_from_finds_only_its_own_words(door, lead_id):
    assert groups(door, "drafter", "煤业")[0] == {"cases": 1}
    found, page = groups(door, "drafter", "调度会商")
    assert found == {"cases": 1, "files": 1}
    for words in ("曾令狐", "zlh", "采掘进尺", "询问笔录"):
        found, page = groups(door, "drafter", words)
        assert found.keys() <= {"help"}, words
        assert f"/leads/{lead_id}" not in page
    assert groups(door, "supervisor@foreign bureau", "煤业")[0] == {}
    assert groups(door, "system_admin@bureau", "煤业")[0] == {}


def nothing_found_and_nothing_asked_help_on(door, _lead_id):
    assert "没有找到" in groups(door, "handler", "没有这样的东西")[1]
    for words in ("", "，。", "   "):
        assert "一个框找全部" in groups(door, "handler", words)[1]
    found, page = groups(door, "handler", '<script>alert("煤")</script>')
    assert found == {}
    assert "<script>alert" not in page
    assert groups(door, "handler", "煤\x00业" * 100)[1]
    assert door.of("handler").get("/search/?group=nowhere&q=煤业").status_code == 200


def a_group_by_itself_shows_more_and_leads_back(door, _lead_id):
    found, page = groups(door, "supervisor@bureau", "txt", group="files")
    assert found == {"files": 2}
    assert "/search/?q=txt" in page


def results_come_while_one_types(door, lead_id):
    client = door.of("supervisor@bureau")
    page = client.get("/search/typed", query_string={"q": "煤业"}).text
    assert "<html" not in page
    assert page.count('role="option"') == 1 + 4
    assert f'href="/leads/{lead_id}"' in page
    assert "没有找到" in client.get("/search/typed", query_string={"q": "煤"}).text
    assert "没有找到" in client.get("/search/typed").text


def test_a_stranger_searches_nothing(client):
    for address in ("/search/?q=煤业", "/search/typed?q=煤业"):
        answer = client.get(address)
        assert answer.status_code in (302, 303, 401)
        assert "煤业有限公司" not in answer.text


def asks_as_often_for_many_results_as_for_few(door, count_queries):
    client = door.of("supervisor@bureau")
    counts = []
    for words in ("曾令狐", "示例"):
        client.get("/search/", query_string={"q": words})
        with count_queries() as seen:
            client.get("/search/", query_string={"q": words})
        counts.append(seen.count)
        assert seen.count <= 34, str(seen)


def test_what_is_found_and_how_it_is_shown(house, count_queries):
    one_box_finds_everything_the_reader_may_see(*house)
    each_count_is_the_length_of_the_list_it_opens(*house)
    a_group_by_itself_shows_more_and_leads_back(*house)
    results_come_while_one_types(*house)
    the_side_a_case_came_from_finds_only_its_own_words(*house)
    nothing_found_and_nothing_asked_help_on(*house)
    asks_as_often_for_many_results_as_for_few(house[0], count_queries)
