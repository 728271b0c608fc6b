"""What kind of place a name and a code are."""

from __future__ import annotations

from collections import Counter

import pytest

from tracker.core.norms.model import PlaceKind
from tracker.core.norms.places import kind_of, place_kind_at
from tracker.core.registers.places import shipped_regions

T, P, C, V, OTHER = (
    PlaceKind.TOWNSHIP, PlaceKind.PARK, PlaceKind.COMMUNITY, PlaceKind.VILLAGE, PlaceKind.OTHER,
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name", "level", "kind"),
    [
        ("150602001000", "交通街道", "township", T),
        ("150602101000", "罕台镇", "township", T),
        ("150623200000", "昂素苏木", "township", T),
        ("150621401000", "鄂尔多斯市生态示范区", "township", P),
        ("150627407000", "鄂尔多斯空港物流园区", "township", P),
        ("220203401000", "金珠工业区", "township", P),
        ("220122400000", "洼中高农场", "township", OTHER),
        ("222404400000", "珲春林业局", "township", OTHER),
        ("220771599000", "松原经济技术开发区特殊乡镇", "township", OTHER),
        ("220171000000", "长春经济技术开发区", "county", P),
        ("150602000000", "东胜区", "county", OTHER),
        ("150602001001", "吉劳庆社区", "village", C),
        ("150602001004", "新村社区", "village", C),
        ("150626100200", "斯布扣嘎查村委员会", "village", V),
        ("150602101208", "罕台庙村委会", "village", V),
        ("150600000000", "鄂尔多斯市", "city", OTHER),
    ],
)
def test_kinds(code, name, level, kind):
    assert kind_of(code, name, level) is kind


def test_the_shipped_register_has_no_more_and_no_fewer():
    """Ordos: 43 镇, 26 街道, 6 苏木, 2 乡, 11 parks; 565 村, 170 嘎查, 276 社区 (its source)."""
    found = Counter(
        kind_of(str(row["code"]), str(row["name"]), str(row["level"]))
        for row in shipped_regions()
        if str(row["code"]).startswith("1506") and row["level"] in ("township", "village")
    )
    assert found == {T: 43 + 26 + 6 + 2, P: 11, C: 276, V: 565 + 170}
    # Chongqing has 625 镇, 245 街道, 161 乡 and nothing else.
    chongqing = Counter(
        kind_of(str(row["code"]), str(row["name"]), str(row["level"]))
        for row in shipped_regions()
        if str(row["code"]).startswith("50") and row["level"] == "township"
    )
    assert chongqing == {T: 625 + 245 + 161}


def test_a_place_of_the_register_by_its_code(session):
    assert place_kind_at(session, "150602101000") is T
    assert place_kind_at(session, "150602999000") is OTHER
