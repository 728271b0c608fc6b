"""Places by their code."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tracker.core.errors import BadInput
from tracker.core.registers.models import Region
from tracker.core.registers.places import (
    ancestors,
    contains,
    current_code,
    former_codes,
    note_of,
    place_name,
    place_names,
    region_range,
    seed_regions,
    shipped_regions,
)

NAMES = {str(row["code"]): str(row["name"]) for row in shipped_regions()}


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [
        ("", "000000000000", "999999999999"),
        ("000000000000", "000000000000", "999999999999"),
        ("150000000000", "150000000000", "159999999999"),
        ("150600000000", "150600000000", "150699999999"),
        ("150602000000", "150602000000", "150602999999"),
        ("150602001000", "150602001000", "150602001999"),
        ("150602001001", "150602001001", "150602001001"),
        # A prefix is as good as the padded code; zeros inside a code are digits.
        ("220", "220000000000", "229999999999"),
        ("110100000000", "110100000000", "110199999999"),
        ("500110000000", "500110000000", "500110999999"),
    ],
)
def test_ranges(code: str, low: str, high: str) -> None:
    assert region_range(code) == (low, high)


def test_every_shipped_place_lies_in_its_parent_and_in_no_sibling() -> None:
    for row in shipped_regions():
        code, parent = str(row["code"]), row["parent_code"]
        assert region_range(code)[0] == code
        if parent is not None:
            assert contains(str(parent), code)
            assert not contains(code, str(parent))
            assert ancestors(code)[1] == parent


def test_ancestors_from_the_place_up() -> None:
    assert ancestors("150602001000") == [
        "150602001000",
        "150602000000",
        "150600000000",
        "150000000000",
    ]
    assert ancestors("") == []


@pytest.mark.parametrize("code", ["15060x", "1506020000000", "１５", "-1"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(BadInput):
        region_range(code)


@pytest.mark.parametrize(
    ("code", "name", "full"),
    [
        ("150602000000", "鄂尔多斯市东胜区", "内蒙古自治区鄂尔多斯市东胜区"),
        ("150602001000", "鄂尔多斯市东胜区交通街道", "内蒙古自治区鄂尔多斯市东胜区交通街道"),
        (
            "150602001001",
            "东胜区交通街道吉劳庆社区",
            "内蒙古自治区鄂尔多斯市东胜区交通街道吉劳庆社区",
        ),
        ("500157000000", "重庆市两江新区", "重庆市两江新区"),
        ("500116000000", "重庆市江津区", "重庆市江津区"),
        ("500229000000", "重庆市城口县", "重庆市城口县"),
        ("429004000000", "湖北省仙桃市", "湖北省仙桃市"),
        ("441900000000", "东莞市", "广东省东莞市"),
        ("220000000000", "吉林省", "吉林省"),
        ("000000000000", "全国", "全国"),
        ("150699000000", "150699000000", "内蒙古自治区鄂尔多斯市150699000000"),
        ("990000000000", "990000000000", "990000000000"),
    ],
)
def test_names_as_people_write_them(code: str, name: str, full: str) -> None:
    shown = place_name(NAMES, code)
    assert shown.endswith(name)
    assert place_name(NAMES, code, full=True) == full


def test_the_register_is_loaded_once(session: Session) -> None:
    session.execute(delete(Region))
    added = seed_regions(session)
    # Provinces to counties, townships and villages of three territories, five later counties.
    total = 3348 + 2194 + 1011 + 5
    assert added == session.scalar(select(func.count()).select_from(Region)) == total
    assert seed_regions(session) == 0
    assert place_name(session, "150602000000") == "鄂尔多斯市东胜区"
    names = place_names(session, ["220102000000", "500116000000", "220102000000"])
    assert names == {"220102000000": "长春市南关区", "500116000000": "重庆市江津区"}


def test_codes_that_have_changed() -> None:
    """By 2026 江北区 and 渝北区 are 两江新区, two island districts of 三沙 have other codes."""
    for old, new in (
        ("500105000000", "500157000000"),
        ("500112000000", "500157000000"),
        ("460321000000", "460302000000"),
        # Nothing is known: the same code, also for a township of a county that has changed.
        ("150602000000", "150602000000"),
        ("500105001000", "500105001000"),
        ("460323000000", "460323000000"),
    ):
        assert current_code(old) == new
    assert former_codes("500157000000") == ("500105000000", "500112000000")
    assert former_codes("500105000000") == ()
    for code in ("500105000000", "500105001000"):
        assert str(note_of(code)) == "原江北区，2026年资料中并入两江新区（500157）。"
    assert note_of("500157000000") is None
    assert note_of("620201000000") is None  # in the statistics codes only
    # Nobody says from which day, so the old places and the new ones both stand.
    assert {"500105000000", "500157000000", "653228000000"} <= set(NAMES)
