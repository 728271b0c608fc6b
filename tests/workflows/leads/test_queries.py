"""Lists, pages of lists and files: what they hold, in which order, for whom."""

from __future__ import annotations

import pytest

from tests.security.world import World
from tests.workflows.leads.walking import ELSEWHERE, HERE, a_lead_data
from tracker.core.cases import reads
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.errors import NotVisible
from tracker.workflows.leads import queries, service
from tracker.workflows.leads.queries import Filters, by_number, get_file, list_leads


@pytest.fixture
def world(session):
    with transaction():
        return World(session)


def units(found):
    return [row.unit_name for row in found.rows]


def listed(world, who, **filters):
    today = office_date(world.now)
    return list_leads(world.session, world.actor(who), Filters(**filters), today)


def test_cursors_walk_a_list_forth_and_back_without_gap_or_repeat(world, session, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 3)
    with transaction():
        for n in range(8):
            world.intake_at("bureau", a_lead_data(unit_name=f"示例厂{n}号", channel="report"))
    today, actor = office_date(world.now), world.actor("registrar@bureau")
    pages, cursor = [], None
    while True:
        page = list_leads(session, actor, Filters(), today, after=cursor)
        pages.append([r.id for r in page.rows])
        assert page.total == 8
        if (cursor := page.after) is None:
            break
    assert [len(p) for p in pages] == [3, 3, 2]
    assert len({n for p in pages for n in p}) == 8
    back = list_leads(session, actor, Filters(), today, before=page.before)
    assert [r.id for r in back.rows] == pages[1]
    first = list_leads(session, actor, Filters(), today, before=back.before)
    assert [r.id for r in first.rows] == pages[0]
    assert first.before is None
    for bad in ("", "x", "2026-01-01", "2026-13-01.1", "2026-01-01.²"):
        found = list_leads(session, actor, Filters(), today, after=bad)
        assert [r.id for r in found.rows] == pages[0], bad


def test_each_view_holds_what_its_name_says(world):
    with transaction():
        world.lead_about("甲厂", "triage")
        world.lead_about("乙矿", "drafted")
        world.lead_about("丙店", "withdrawn")
        world.intake_at(
            "bureau",
            a_lead_data(
                unit_name="丁社", channel="handed_down", superior_name="市局",
                superior_due_on=office_date(world.now),
            ),
        )  # fmt: skip
    assert units(listed(world, "handler", view="waiting")) == ["甲厂"]
    assert units(listed(world, "drafter", view="waiting")) == ["乙矿"]
    assert set(units(listed(world, "drafter", view="mine"))) == {"甲厂", "乙矿", "丙店"}
    assert units(listed(world, "drafter", view="closed")) == ["丙店"]
    assert set(units(listed(world, "drafter"))) == {"甲厂", "乙矿"}
    assert units(listed(world, "registrar@bureau", view="handed_down")) == ["丁社"]
    assert set(units(listed(world, "registrar@bureau"))) == {"甲厂", "丁社"}
    assert units(listed(world, "registrar@bureau", channel="handed_down")) == ["丁社"]
    assert units(listed(world, "registrar@bureau", states=("triage",))) == ["甲厂"]
    assert units(listed(world, "registrar@bureau", org=world.orgs["dept"])) == ["甲厂"]
    assert units(listed(world, "registrar@bureau", region=ELSEWHERE)) == []
    assert len(listed(world, "registrar@bureau", region=HERE).rows) == 2


def test_nobody_outside_learns_the_inner_state_by_asking_for_it(world):
    with transaction():
        world.lead_about("甲厂", "triage")
    asked = {"states": ("triage",)}
    assert units(listed(world, "supervisor@bureau", **asked)) == ["甲厂"]
    assert units(listed(world, "drafter", **asked)) == []
    assert units(listed(world, "drafter")) == ["甲厂"]


def test_a_search_finds_by_unit_number_and_part_of_a_word(world):
    with transaction():
        lead = world.lead_about("示例水泥有限公司", "triage")
        world.lead_about("另一家钢厂", "triage")
    for text in ("水泥", "示例水泥有限公司"):
        assert units(listed(world, "handler", text=text)) == ["示例水泥有限公司"], text
    for text in (lead.number, lead.letter_number):
        assert "示例水泥有限公司" in units(listed(world, "handler", text=text)), text
    assert listed(world, "handler", text="没有的").rows == []
    assert listed(world, "supervisor@county", text="水泥").rows == []


def test_a_number_leads_to_a_lead_one_may_see_only(world, session):
    with transaction():
        lead = world.lead_about("甲厂", "triage")
    found = by_number(session, world.actor("handler"), f" {lead.number} ")
    assert found is not None
    assert found.id == lead.id
    assert by_number(session, world.actor("registrar@county"), lead.number) is None


def test_the_bureaus_own_papers_do_not_exist_outside_it(world, session):
    with transaction():
        lead = world.lead_about("甲厂", "verifying")
        paper = service.attach(
            session, world.actor("handler"), lead.id, "笔录.txt", b"x", now=world.now, internal=True
        )
        other = world.lead_about("乙矿", "verifying")
    assert get_file(session, world.actor("handler"), lead.id, paper.id).id == paper.id
    for who, number in (("drafter", lead.id), ("handler", other.id), ("head@county", lead.id)):
        with pytest.raises(NotVisible):
            get_file(session, world.actor(who), number, paper.id)
    names = [f.name for f in reads.files_of(session, lead, from_outside=True)]
    assert names == ["a.txt"]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("drafter", True), ("liaison@dept", True), ("drafter's deputy", True),
        ("trainer@bureau", True), ("security_admin@bureau", True), ("supervisor@county", True),
        ("registrar@city", True), ("handler", False), ("registrar@bureau", False),
        ("handler's deputy", False), ("supervisor@city", False), ("legal_reviewer@bureau", False),
    ],
)  # fmt: skip
def test_who_looks_on_from_outside(world, who, expected):
    with transaction():
        lead = world.lead_about("甲厂", "triage")
    assert reads.outside(world.actor(who), lead) is expected


def test_a_person_of_both_houses_reads_as_what_opens_the_lead_to_them(world, session):
    """A liaison who is besides a trainer at the bureau sees no more than a liaison."""
    with transaction():
        world._lend(world.people["trainer@bureau"], world.people["liaison@dept"])
        lead = world.lead_about("甲厂", "triage")
    assert reads.outside(world.actor("liaison@dept"), lead)
    steps = [m.step for m, _ in reads.timeline(session, lead.id, from_outside=True)]
    assert steps == ["receive", "approve", "submit", "draft"]
