"""The maps: every cell a place of the register, every place of the three jurisdictions once."""

from __future__ import annotations

import pytest

from tracker.core.numbers.hexes import cells_of
from tracker.core.registers.places import own_codes, shipped_regions

# The nine banners and districts of Ordos; the 38 districts and counties of Chongqing with 两江新区;
# the sixty counties, cities and districts of Jilin, whose development zones have no cell.
MAPS = {"150600000000": ("1506", 9), "500000000000": ("50", 39), "220000000000": ("22", 60)}
# 22xx7x are the codes of development zones.
ZONE = "7"


@pytest.mark.parametrize(("code", "head", "count"), [(c, h, n) for c, (h, n) in MAPS.items()])
def test_every_place_has_one_cell(code, head, count):
    cells = cells_of(code)
    counties = {
        row["code"]
        for row in shipped_regions()
        if row["level"] == "county" and str(row["code"]).startswith(head)
        if row["name"] not in ("市辖区", "县")
        and not (head == "22" and str(row["code"])[4] == ZONE)
    }
    assert {cell.code for cell in cells} == counties
    assert len(cells) == count == len({(cell.row, cell.column) for cell in cells})


def test_neighbours_are_near_and_the_compass_holds():
    ordos = {cell.code[:6]: cell for cell in cells_of("150600000000")}
    # 康巴什 lies between 东胜 and 鄂托克; 准格尔 in the northeast, 鄂托克前旗 in the southwest.
    assert ordos["150603"].row == ordos["150602"].row == ordos["150624"].row
    assert ordos["150622"].column == max(c.column for c in ordos.values())
    assert ordos["150623"].row == max(c.row for c in ordos.values())
    assert cells_of("110000000000") == ()


@pytest.mark.parametrize(
    ("code", "last"),
    [
        ("220000000000", "220099999999"),
        ("150600000000", "150601999999"),
        ("150602000000", "150602000999"),
        ("150602001000", "150602001000"),
    ],
)
def test_the_codes_that_are_a_place_itself(code, last):
    assert own_codes(code) == last
