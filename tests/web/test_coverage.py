"""The training matrix in the browser's words: who had what, and who is missing."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.security.world import TODAY, TOWN, Door, World, vault_key
from tests.web.people import People, cells_of
from tests.workflows.leads.walking import HERE
from tracker.core.db import transaction

pytestmark = [pytest.mark.at_time(TODAY), pytest.mark.once]


@pytest.fixture
def world(app, session):
    vault_key()
    with transaction():
        world = World(session)
        people = People(world)
        trained, untrained = (
            people.add("甲统计员", rank="junior"),
            people.add("乙统计员", trained=False, rank="junior"),
        )
        own = people.add("丙统计员", HERE, rank="senior")
        for person, org in ((trained, None), (untrained, None), (own, world.orgs["dept"])):
            people.post(person, confirmed=person is not untrained, org_id=org)
        people.train(trained, "law", 20, date(2026, 2, 2))
        people.train(own, "law", 90, date(2026, 1, 5))
        people.train(untrained, "law", 90, date(2025, 6, 6))
        return world


@pytest.fixture
def door(app, world):
    return Door(app, world.people)


def _cells(page):
    """What stands in the matrix, a list a row."""
    table = page.partition("cover")[2]
    rows = re.findall(r"<tr[^>]*><td class=\"cv-who\">(.*?)</tr>", table, re.S)
    plain = [re.sub(r"<[^>]+>", " ", row).split() for row in rows]
    return {words[0]: [w for w in words if re.fullmatch(r"\d+/\d+", w)] for words in plain}


def test_the_matrix_counts_inductions_ever_and_the_rest_by_year(door):
    registrar = door.of("registrar@bureau")
    cells = _cells(registrar.get("/coverage/").text)
    # induction, skills, law, secrecy, warning, general, hours (90 a year: P08)
    assert cells["合计"] == ["2/3", "0/3", "2/3", "0/3", "0/3", "0/3", "1/3"]
    town, dept = (next(v for k, v in cells.items() if w in k) for w in ("镇", "发展和改革"))
    assert town[:3] == ["1/2", "0/2", "1/2"]
    assert (dept[2], dept[-1]) == ("1/1", "1/1")
    last = _cells(registrar.get("/coverage/?year=2025").text)
    assert last["合计"][2] == "1/3"
    assert _cells(registrar.get("/coverage/?year=1066").text) == cells


def test_who_is_missing_is_named_and_leads_to_the_person(door):
    registrar = door.of("registrar@bureau")
    page = registrar.get("/coverage/?kind=induction").text
    assert re.findall(r'href="/staff/\d+" data-row>([^<]+)<', page) == ["乙统计员"]
    law = registrar.get(f"/coverage/?kind=law&subject=place:{TOWN}").text
    assert re.findall(r"data-row>([^<]+)<", law) == ["乙统计员"]
    hours = registrar.get("/coverage/?kind=hours").text
    assert re.findall(r'data-row>([^<]+)<.*?class="num">(\d+)', hours) == [
        ("乙统计员", "90"), ("甲统计员", "70"),
    ]  # fmt: skip
    assert re.findall(r"data-row>", registrar.get("/coverage/?kind=nothing").text) == []
    printed = registrar.get("/coverage/print?kind=induction").text
    assert ("乙统计员" in printed, "丙统计员" in printed) == (True, False)
    _, *rows = cells_of(registrar.get("/coverage/export"), 1)
    lacks = {row[1]: (row[2], row[3]) for row in rows}
    assert "入职（岗前）培训" in lacks["乙统计员"][0]
    assert ("统计法律法规" in lacks["丙统计员"][0], lacks["丙统计员"][1]) == (False, "")
    assert lacks["甲统计员"][1] == 70


def test_everybody_sees_the_people_they_may_read_of(door):
    for who, names in (
        ("liaison@dept", {"丙统计员"}),
        ("township_clerk@town", {"甲统计员", "乙统计员"}),
        ("head@city", {"甲统计员", "乙统计员", "丙统计员"}),
        ("registrar@foreign bureau", set()),
    ):
        page = door.of(who).get("/coverage/?kind=secrecy").text
        assert set(re.findall(r"data-row>([^<]+)<", page)) == names, who
    for address in ("/coverage/", "/coverage/print", "/coverage/export"):
        assert door.of("system_admin@bureau").get(address).status_code == 404
