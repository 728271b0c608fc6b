"""The board of norms in the browser's words: who is short, what would end it, and who may look."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.security.world import NEXT_COUNTY, TODAY, Door, World, vault_key
from tests.web.people import People, cells_of
from tests.workflows.leads.walking import ELSEWHERE, HERE
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.staff.counts import set_count
from tracker.web import norms

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]
# 罕台镇 and 铜川镇 of 东胜区, as the statistical code names them.
HANTAI, TONGCHUAN = "150602101000", "150602102000"


@pytest.fixture
def world(app, session):
    vault_key()
    with transaction():
        return World(session)


@pytest.fixture
def people(world):
    return People(world)


@pytest.fixture
def door(app, world):
    return Door(app, world.people)


def _count(world, code, n):
    who = world.people["registrar@bureau"]
    day = date(2026, 2, 28)
    return set_count(
        world.session, code, n, day, "名录库", actor_id=who, now=utc_now(), today=date(2026, 3, 4)
    )


def _rows(page):
    """Names and what they lack, as the table shows them."""
    found = re.findall(r'<td class="nb-what"><b class="strong">([^<]+)</b>(.*?)</tr>', page, re.S)
    return {name: re.sub(r"<[^>]+>|\s", "", rest) for name, rest in found}


def test_a_place_turns_from_short_to_met_as_people_start(world, people, door):
    address = f"/norms/?region={HERE}&kind=township"
    registrar = door.of("registrar@bureau")
    assert "缺1" in _rows(registrar.get(address).text)["罕台镇"]
    with transaction():
        first = people.add("甲镇统计员", HANTAI)
        people.post(first, full_time=True, on_payroll=True, confirmed=False)
    waiting = _rows(registrar.get(address).text)["罕台镇"]
    assert ("待确认1" in waiting, "缺1" in waiting) == (True, True)
    with transaction():
        people.post(people.add("乙镇统计员", HANTAI), full_time=True, on_payroll=True)
    assert "罕台镇" not in _rows(registrar.get(address).text)
    every = _rows(registrar.get(f"{address}&view=all").text)
    assert ("达标" in every["罕台镇"], "缺1" in every["铜川镇"]) == (True, True)
    with transaction():
        _count(world, HANTAI, 1500).synthetic = True
        _count(world, TONGCHUAN, 1499)
    page = registrar.get(address).text
    grown = _rows(page)["罕台镇"]
    # From 1,500 units on two are asked for (Ordos, two (2)); the rule stands beside it.
    for words in ("缺1", "名录库1,500家", "虚构的数", "2名及以上", "鄂尔多斯市人民政府办公室文件"):
        assert words in grown, words
    assert "有的单位数是为演示虚构的" in page
    assert "虚构" not in _rows(page)["铜川镇"]


def test_the_sums_are_those_of_the_rows(world, people, door):
    registrar = door.of("registrar@bureau")
    page = registrar.get("/norms/").text
    lacking, every = map(int, re.findall(r"<b>(\d+)</b></a>", page.partition("</nav>")[2])[:2])
    names: dict[str, str] = {}
    last = int((re.findall(r"共 (\d+) 页", page) or ["1"])[0])
    for n in range(1, last + 1):
        names |= _rows(registrar.get(f"/norms/?page={n}").text)
    assert len(names) == lacking <= every
    printed = registrar.get("/norms/print").text
    assert set(_rows(printed)) == set(names)
    head, *rows = cells_of(registrar.get("/norms/export"))
    assert len(rows) == lacking
    short = sum(int(row[head.index("缺")]) for row in rows)
    assert f"共缺 {short} 人" in printed
    assert all(str(row[0]).startswith("150602") and len(row[0]) == 12 for row in rows)
    assert re.search(
        rf'href="/norms/\?region={NEXT_COUNTY}"', door.of("head@city").get("/norms/").text
    )


def test_who_looks_at_which_board(world, door):
    seen = _rows(door.of("head@city").get(f"/norms/?region={NEXT_COUNTY}&view=all").text)
    assert seen
    # Not the reader's place: the page stays at the own one.
    for who in ("registrar@bureau", "inspector@bureau", "trainer@bureau"):
        page = door.of(who).get(f"/norms/?region={ELSEWHERE}").text
        assert "鄂尔多斯市东胜区" in page, who
    assert not set(seen) & set(_rows(door.of("head@foreign bureau").get("/norms/?view=all").text))
    assert "这里没有配备标准" in door.of("liaison@dept").get("/norms/?view=all").text
    assert _rows(door.of("liaison@foreign dept").get("/norms/?view=all").text).keys() == {
        "南关区发展和改革局"
    }
    for who in ("system_admin@bureau", "audit_admin@bureau", "security_admin@city"):
        for address in ("/norms/", "/norms/print", "/norms/export"):
            assert door.of(who).get(address).status_code == 404, (who, address)


def test_a_workflow_shows_where_a_gap_is_ended(world, door, monkeypatch):
    offered: list[str] = []

    def remedy(actor, standing, cure):
        offered.append(cure.change)
        return f"/somewhere/new?place={standing.region_code}" if actor.has("registrar") else None

    monkeypatch.setattr(norms, "_remedies", [])
    assert norms.offer_remedy(norms.offer_remedy(remedy)) is remedy
    assert norms._remedies == [remedy]
    address = f"/norms/?region={HANTAI}&kind=township"
    link = f'href="/somewhere/new?place={HANTAI}"'
    assert link in door.of("registrar@bureau").get(address).text
    assert set(offered) == {"in"}
    assert link not in door.of("head@bureau").get(address).text
