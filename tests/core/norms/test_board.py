"""Who is short, by how much, since when, and what a change does to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import select

from tests.core.norms.people import OTHER_TOWN, TOWN, PostOf, org, post, units
from tracker.core.errors import BadInput
from tracker.core.norms import board
from tracker.core.norms.loader import default_norms
from tracker.core.norms.model import PlaceKind
from tracker.core.norms.standing import Stretch, Subject, measure, stretches_of
from tracker.core.staff.models import Holding
from tracker.core.staff.register import in_post

TODAY = date(2026, 3, 2)
PARK, COMMUNITY, VILLAGE = "150621400000", "150602001001", "150602101208"
JILIN_PARK, JILIN_TOWN, CHONGQING_TOWN = "220106400000", "220102001000", "500117001000"


def at(session, code, on=TODAY, **more):
    found = board.standing(session, board.place_subject(code), on, **more)
    assert found is not None
    return found


def numbers(found):
    return found.required, found.present, found.short


@pytest.mark.parametrize(("count", "required"), [(1499, 1), (1500, 2), (1501, 2)])
def test_from_1500_units_on_two_are_asked_for(session, count, required):
    """鄂尔多斯 二（二）: 1500户以上的应确定2名及以上统计人员."""
    post(session, TOWN)
    units(session, TOWN, count)
    found = at(session, TOWN)
    assert (found.required, found.short, found.met) == (required, required - 1, required == 1)
    assert (found.unit_count, found.synthetic) == (count, True)
    assert found.name.endswith("罕台镇")


def test_a_count_holds_from_its_day_on(session):
    post(session, TOWN)
    assert at(session, TOWN).uncounted
    units(session, TOWN, 1499, "2024-12-31")
    units(session, TOWN, 1500, "2026-02-01")
    units(session, TOWN, 1, "2026-03-03")  # of tomorrow
    assert at(session, TOWN, date(2026, 1, 31)).met
    found = at(session, TOWN)
    assert (numbers(found), found.since) == ((2, 1, 1), date(2026, 2, 1))
    assert (found.rule.id, found.uncounted) == ("ordos-township-1500", False)


def test_the_first_must_be_full_time_and_on_the_payroll(session):
    for more in ({"full_time": False}, {"on_payroll": False}, {"duty": "helper"}):
        post(session, TOWN, **more)
    found = at(session, TOWN)
    # Three are there, nobody is what the notice asks for.
    assert (numbers(found), found.in_post) == ((1, 0, 1), 3)
    assert found.rule.id == "ordos-township-full-time"
    units(session, TOWN, 1500)
    found = at(session, TOWN)
    rows = {r.norm.id: (r.least, r.have, r.short) for r in found.requirements}
    assert rows == {"ordos-township-full-time": (1, 0, 1), "ordos-township-1500": (2, 2, 0)}
    assert numbers(found) == (2, 1, 1)
    post(session, TOWN)
    assert at(session, TOWN).met


def test_one_person_counts_once_and_a_township_office_stands_for_its_place(session):
    units(session, TOWN, 1500)
    office = org(session, "示例镇人民政府", "township", TOWN)
    first = post(session, TOWN)
    post(session, TOWN, person_id=first.person_id, duty="lead")
    assert at(session, TOWN).short == 1
    post(session, TOWN, org_id=office.id)
    assert at(session, TOWN).met


@pytest.mark.parametrize(
    ("more", "since"),
    [
        # A post that is over, one not confirmed, leave without an end, leave until tomorrow.
        ({"until": "2026-02-10"}, date(2026, 2, 11)),
        ({"confirmed_on": None}, date(2022, 7, 1)),
        ({"leave_from": "2026-01-05"}, date(2026, 1, 5)),
        ({"leave_from": "2026-01-05", "leave_to": "2026-03-03"}, date(2026, 1, 5)),
        # Still there, back from leave, confirmed today.
        ({"until": "2026-03-02"}, None),
        ({"leave_from": "2026-01-05", "leave_to": "2026-03-01"}, None),
        ({"leave_from": "2026-03-03"}, None),
        ({"confirmed_on": "2026-03-02"}, None),
    ],
)
def test_who_is_in_post_and_since_when_nobody_is(session, more, since):
    post(session, TOWN, **more)
    found = at(session, TOWN)
    assert (found.since, found.met) == (since, since is None)


def test_the_history_counts_the_same_days_as_the_register(session):
    """Every way in which confirmation, end and leave can lie to one another."""
    days = [None, "2026-03-02", "2026-03-04", "2026-03-06"]
    for confirmed, until, first, last in product(days, days, days, days):
        if (last and (not first or first > last)) or (until and confirmed and until < confirmed):
            continue
        more = {"until": until} if until else {}
        post(session, TOWN, "2026-03-02", confirmed_on=confirmed, leave_from=first,
             leave_to=last, **more)  # fmt: skip
    rows = session.scalars(select(Holding)).all()
    assert len(rows) > 60
    for day in (date(2026, 3, 1) + timedelta(days=n) for n in range(8)):
        there = set(session.scalars(select(Holding.id).where(in_post(day))))
        assert {h.id for h in rows if any(s.covers(day) for s in stretches_of(h))} == there, day


def test_a_gap_begins_anew_after_somebody_was_there(session):
    post(session, TOWN, "2023-01-09", until="2024-06-30")
    post(session, TOWN, "2025-01-06", until="2025-12-31")
    assert at(session, TOWN).since == date(2026, 1, 1)
    assert at(session, TOWN, date(2024, 12, 31)).since == date(2024, 7, 1)
    # Before the notice nothing was asked, so nothing was short; afterwards from its day on.
    assert board.standing(session, board.place_subject(TOWN), date(2022, 6, 30)) is None
    assert at(session, OTHER_TOWN).since == date(2022, 7, 1)


def test_what_each_notice_asks_of_its_places(session):
    """Ordos two (2), Jilin one and three, Chongqing three (1) and four (2)."""
    for code, kind, rules in (
        (PARK, PlaceKind.PARK, ["ordos-park"]),
        (COMMUNITY, PlaceKind.COMMUNITY, ["ordos-community"]),
        (VILLAGE, PlaceKind.VILLAGE, ["ordos-village"]),
        (JILIN_TOWN, PlaceKind.TOWNSHIP, ["jilin-township"]),
        (JILIN_PARK, PlaceKind.PARK, ["jilin-park-lead", "jilin-park-staff"]),
        (CHONGQING_TOWN, PlaceKind.TOWNSHIP, ["chongqing-township"]),
    ):
        found = at(session, code)
        assert (found.kind, [r.norm.id for r in found.requirements]) == (kind, rules)
        assert numbers(found) == (len(rules), 0, len(rules))
    post(session, VILLAGE, duty="liaison", full_time=False, on_payroll=False)
    post(session, COMMUNITY, duty="liaison", full_time=False, on_payroll=False)
    post(session, CHONGQING_TOWN, full_time=False, on_payroll=False)
    assert [at(session, c).short for c in (VILLAGE, COMMUNITY, CHONGQING_TOWN)] == [0, 1, 0]
    # A lead is no full-time staff, a part-time one neither: two people are asked for.
    post(session, JILIN_PARK, duty="lead")
    assert numbers(at(session, JILIN_PARK)) == (2, 1, 1)
    post(session, JILIN_PARK, full_time=False)
    assert at(session, JILIN_PARK).rule.id == "jilin-park-staff"
    post(session, JILIN_PARK)
    assert at(session, JILIN_PARK).met


def test_whoever_serves_one_duty_serves_the_norm_for_anybody_too():
    """Three people, one of them a lead and one a statistician: three are asked for, not five."""
    park = default_norms().asked_of(JILIN_PARK, PlaceKind.PARK)
    three = replace(default_norms().norm("ordos-park"), least=3)
    subject = Subject("place:x", "x", None, "示例园区", PlaceKind.PARK, (*park, three))
    empty = measure(subject, [], [], TODAY)
    assert empty is not None
    assert numbers(empty) == (3, 0, 3)
    lead = Stretch(1, PostOf("lead"), TODAY, None)
    staff = [Stretch(n, PostOf(full_time=n == 2), TODAY, None) for n in (2, 3)]
    for there, short in (([lead], 2), ([lead, staff[1]], 1), ([lead, *staff], 0), (staff, 1)):
        found = measure(subject, there, [], TODAY)
        assert found is not None
        assert found.short == short, there


def test_departments_of_every_level_in_jilin_of_the_city_alone_in_chongqing(session):
    jilin = org(session, "示例县发展和改革局", "department", "220122000000")
    city = org(session, "示例市发展和改革委员会", "department", "500000000000")
    district = org(session, "示例区发展和改革委员会", "department", "500117000000")
    ordos = org(session, "示例旗发展和改革委员会", "department", "150622000000")
    for house, required in ((jilin, 2), (city, 2), (district, None), (ordos, None)):
        found = board.standing(session, board.org_subject(house.id), TODAY)
        assert (found and found.required) == required, house.name
    post(session, "220122000000", org_id=jilin.id, duty="lead")
    post(session, "220122000000", duty="statistician")  # of no department
    found = board.standing(session, board.org_subject(jilin.id), TODAY)
    assert found is not None
    assert (numbers(found), found.rule.id) == ((2, 1, 1), "jilin-department-staff")


def test_what_is_in_no_register_is_refused(session):
    for subject in ("place:150602999000", "org:999", "org:x", "罕台镇"):
        with pytest.raises(BadInput):
            board.standing(session, subject, TODAY)
    # A county is a place, and no norm speaks of it.
    assert board.standing(session, "place:150602000000", TODAY) is None


# ---------------------------------------------------------------- the board


def test_the_board_of_ordos_in_a_few_queries(session, count_queries):
    units(session, TOWN, 1500)
    post(session, TOWN)
    with count_queries() as seen:
        rows = board.board(session, "150600000000", TODAY)
    assert seen.count <= 6, str(seen)
    kinds = [row.kind for row in rows]
    # 77 townships and 11 parks, 276 communities, 735 villages (SOURCE: 2023 codes).
    assert [kinds.count(k) for k in PlaceKind] == [77, 11, 276, 735, 0, 0]
    by_code = {row.region_code: row for row in rows}
    assert list(by_code) == sorted(by_code)
    assert numbers(by_code[TOWN]) == (2, 1, 1)
    assert by_code[TOWN] == at(session, TOWN)
    assert by_code[TOWN].kept
    assert not by_code[OTHER_TOWN].kept
    county = board.board(session, "150602000000", TODAY)
    assert {row.region_code for row in county} == {c for c in by_code if c.startswith("150602")}


def test_a_county_that_became_another_is_found_under_both(session):
    """江北区 and 渝北区 became 两江新区 (region-changes.csv)."""
    old = {r.region_code for c in ("500105", "500112") for r in board.board(session, c, TODAY)}
    new = {row.region_code for row in board.board(session, "500157000000", TODAY)}
    assert old
    assert new == old


# ---------------------------------------------------------------- what a change does


def test_the_effect_of_a_filing_before_it_is_sent(session):
    holding = post(session, TOWN)
    subject, day = board.place_subject(TOWN), date(2026, 4, 1)
    found = board.effect(session, subject, day, gone=[holding.id])
    assert found is not None
    before, after = found
    assert (before.met, numbers(after), after.since) == (True, (1, 0, 1), day)
    for successor, short in ((PostOf(), 0), (PostOf(on_payroll=False), 1), (PostOf("helper"), 1)):
        found = board.effect(session, subject, day, gone=[holding.id], come=successor)
        assert found is not None
        assert found[1].short == short, successor
    # Nothing was written.
    assert at(session, TOWN, day).met


def test_what_would_end_a_gap(session):
    """The filing, whom it must bring, and by which rule it is made."""
    units(session, TOWN, 1500)
    found = [
        (c.change, c.count, c.full_time, c.rule and c.rule.id)
        for c in board.cures(at(session, TOWN))
    ]
    assert found == [("in", 1, True, "ordos-filing"), ("in", 1, False, "ordos-filing")]
    post(session, TOWN, full_time=False)
    post(session, TOWN, confirmed_on=None)
    cures = board.cures(at(session, TOWN))
    assert [(c.change, c.count) for c in cures] == [("confirm", 1), ("move", 1), ("in", 1)]
    assert "在编专职统计人员" in str(cures[1].words)
    assert "岗前培训" in str(cures[0].words)
    post(session, TOWN)
    assert board.cures(at(session, TOWN)) == []
    jilin = org(session, "示例县发展和改革局", "department", "220122000000")
    standing = board.standing(session, board.org_subject(jilin.id), TODAY)
    assert standing is not None
    assert [(c.change, c.rule and c.rule.id) for c in board.cures(standing)] == [
        ("lead", "own-filing"),
        ("in", "own-filing"),
    ]
