"""Help where it is needed: the manual's pages, the question marks of a case, the tour."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from werkzeug.test import Client

from tests.security.world import TODAY, Door, World
from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import flows
from tracker.core.db import transaction

pytestmark = [pytest.mark.once, pytest.mark.at_time(TODAY)]
_HELP = re.compile(r'href="(/help/[^"#]*)"')
_LEADS_OUT = re.compile(r'<a class="btn btn-sm" href="([^"]+)"|data-url="([^"]+)"')


@pytest.fixture
def office(app, session):
    with transaction():
        world = World(session)
        lead = world.lead(at="verifying")
    return Door(app, world.people), lead.id


def words_of(page: str) -> str:
    """What a page says, in one line."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def shut(reader: Client, links: set[str]) -> list[str]:
    """The links that do not open for a reader."""
    return [u for u in links if reader.get(u, follow_redirects=True).status_code != 200]


def test_every_chapter_opens_and_leads_nowhere_dead(office, client):
    assert client.get("/help/").headers["Location"].startswith("/login")
    door, _ = office
    reader = door.of("handler")
    chapters = set(_HELP.findall(reader.get("/help/").text))
    assert {f"/help/flow/{f.kind}" for f in flows.all()} <= chapters
    assert {f"/help/role/{r.value}" for r in Role} <= chapters
    read = chapters - {f"/help/role/{r.value}" for r in Role} | {"/help/role/head"}
    for path in read:
        answer = reader.get(path)
        assert answer.status_code == 200, path
        assert len(answer.data) < 150_000, path
    for path in ("topic/none", "role/none", "flow/none", "tour/none"):
        assert reader.get(f"/help/{path}").status_code == 404
    admin = door.of("audit_admin@bureau")
    for path in ("/help/topic/lead", "/help/topic/registers", "/help/tour/inspector"):
        text = admin.get(path).text
        assert not shut(admin, {unescape(a or b) for a, b in _LEADS_OUT.findall(text)} - {""}), path
    assert "/leads/" not in admin.get("/help/topic/lead").text.split("<main", 1)[1]


def test_a_chapter_is_its_table_and_a_word_finds_it(office):
    reader = office[0].of("handler")
    page = words_of(reader.get("/help/flow/lead").text)
    for state in flows.get("lead").states:
        assert state.label in page
    assert "两名执法人员把线索里的数和原始资料核对清楚" in page
    assert "办过“提交核查结果”" in page.replace(" ", "")
    assert "核查须有两名执法人员，现在不足两人。" in page
    assert "有 …… 条疑似重复的线索还没有比对。" in page
    assert "中华人民共和国行政处罚法第四十二条" in page
    assert "/help/topic/clocks" in reader.get("/help/?q=停表").text
    assert "/help/flow/penalty" in reader.get("/help/?q=听证 主持").text
    assert "手册里没有找到" in reader.get("/help/?q=不存在的词").text


def test_state_clock_and_fields_of_a_case_explain_themselves(office):
    door, lead_id = office
    page = door.of("handler").get(f"/leads/{lead_id}").text
    assert 'href="/help/flow/lead"' in page.split("</header>")[0]
    boxes = [words_of(box) for box in re.findall(r'<details class="why">.*?</details>', page, re.S)]
    state = next(box for box in boxes if "说明：核查" in box)
    assert "两名执法人员把线索里的数和原始资料核对清楚" in state
    assert "中华人民共和国行政处罚法第四十二条" in state
    assert any("未核实" in box for box in boxes if "说明：" in box), "the rule of its clock is U"
    found = next(box for box in boxes if "说明：是否查实" in box)
    assert "查实、未查实二选一" in found
    assert "统计法实施条例第三十八条" in found
    # A sender is told nothing of the state inside.
    page = door.of("drafter").get(f"/leads/{lead_id}").text
    assert "统计机构办理中" in page
    assert "两名执法人员把线索里的数" not in page
    assert "/help/flow/lead#s-verifying" not in page


def test_the_tour_is_offered_on_the_demo_until_it_is_closed(office, app, monkeypatch):
    door, lead_id = office
    reader = door.of("handler")
    assert "看导览" not in reader.get("/").text
    settings = app.config["TRACKER_SETTINGS"]
    monkeypatch.setitem(app.config, "TRACKER_SETTINGS", replace(settings, mode="demo"))
    assert "/help/tour/inspector" in reader.get("/").text
    assert "看导览" not in reader.get("/leads/").text
    assert reader.post("/help/tour/close").status_code == 303
    assert "看导览" not in reader.get("/").text
    other = door.of("drafter")
    other.set_cookie("tours", reader.get_cookie("tours").value)
    assert "/help/tour/liaison" in other.get("/").text
    # A stop leads to a case that waits, else to the list.
    assert f'data-url="/leads/{lead_id}"' in door.of("handler").get("/help/tour/inspector").text
    assert 'data-url="/leads/"' in door.of("inspector@county").get("/help/tour/inspector").text
