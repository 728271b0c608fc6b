"""Figures by place: the places below one, the place itself, and what lies elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from tracker.core.accounts.actor import Actor
from tracker.core.cases.models import Case
from tracker.core.errors import N_, say
from tracker.core.numbers.counting import Change, Scope, added, count_by
from tracker.core.numbers.figures import Block, Board, Drawing, Label, Row
from tracker.core.numbers.hexes import cells_of
from tracker.core.numbers.standing import PARTS, STANDING, line, standing, total
from tracker.core.registers.models import Region, RegionLevel
from tracker.core.registers.places import (
    ancestors,
    contains,
    own_codes,
    place_name,
    prefix,
    region_range,
)

_COUNTY, _TOWNSHIP, _DIGITS = 6, 9, 12
# A code, and whether it is the place with all below it (empty), itself alone, or all but it.
_Where = tuple[str, str]
_OWN, _APART = "own", "apart"
# Rows of the code set that stand for no place of their own.
_NO_PLACES = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


def home_of(actor: Actor) -> str:
    """The place that an actor looks at as a whole: the widest of the own offices."""
    codes = sorted({p.region_code for p in actor.powers}, key=lambda c: (len(prefix(c)), c))
    return codes[0] if codes else ""


def places(scope: Scope) -> Board:
    """The page of a place: a map where one is laid, and a table whose rows add up to the whole."""
    return Board(blocks=[by_place(scope, scope.base.region or home_of(scope.actor))])


def by_place(scope: Scope, home: str) -> Block:
    """Every place next below; a place without cases has its row too, with noughts."""
    asks = standing(scope)
    below = places_below(scope, home)
    width = len(prefix(below[0][0])) if below else _TOWNSHIP
    found = count_by(scope, asks, func.substr(Case.region_code, 1, width))
    counted = _assigned(home, below, {key[0]: row for key, row in found.items()}, list(asks))
    rows = [
        line(
            scope, name, counted[code, ""], asks, {"region": code},
            place=code if width < _TOWNSHIP else "", key=code,
        )
        for code, name in below
    ]  # fmt: skip
    rows += _leftovers(scope, [code for code, _ in below], counted, asks)
    cells = cells_of(home)
    return Block(
        "places",
        N_("按地区"),
        N_("地区"),
        STANDING,
        rows,
        total(scope, rows, asks),
        drawing=Drawing.HEXES if cells else Drawing.STACK,
        drawn=PARTS,
        note=N_("每格是一个旗县市区，大小和边界没有意义；数字是在办件数。") if cells else "",
        empty=N_("没有下级地区。"),
        cells={c.code: (c.row, c.column) for c in cells},
        wide=True,
    )


def places_below(scope: Scope, home: str) -> Sequence[tuple[str, str]]:
    """Code and name of the places that a page tells one by one: of a province its counties."""
    low, high = region_range(home)
    level = RegionLevel.COUNTY if len(prefix(home)) < _COUNTY else RegionLevel.TOWNSHIP
    rows = scope.session.execute(
        select(Region.code, Region.name)
        .where(Region.code.between(low, high), Region.level == level.value)
        .where(Region.code != home, Region.name.not_in(_NO_PLACES))
        .order_by(Region.code)
    )
    return [(code, name) for code, name in rows]


def _assigned(
    home: str,
    below: Sequence[tuple[str, str]],
    found: Mapping[str, Mapping[str, int]],
    names: Sequence[str],
) -> dict[_Where, dict[str, int]]:
    """Counts by the codes that cases bear, put to the rows they belong to."""
    heads = {prefix(code): code for code, _ in below}
    parts: dict[_Where, list[Mapping[str, int]]] = {(code, ""): [] for code, _ in below}
    for short, row in found.items():
        where = (heads[short], "") if short in heads else _where(home, short)
        parts.setdefault(where, []).append(row)
    return {place: added(rows, names) for place, rows in parts.items()}


def _where(home: str, short: str) -> _Where:
    full = short.ljust(_DIGITS, "0")
    if not contains(home, full):
        return home, _APART
    inside = [code for code in reversed(ancestors(full)) if contains(home, code)]
    for code in inside:
        if full <= own_codes(code) and len(prefix(code)) < len(short):
            return code, _OWN
    return full, ""


def _leftovers(
    scope: Scope,
    known: Sequence[str],
    counted: Mapping[_Where, Mapping[str, int]],
    asks: Mapping[str, Change],
) -> list[Row]:
    """Cases of a city or province itself, of a place the register does not have, of elsewhere."""
    rows = []
    left = [where for where in counted if where[1] or where[0] not in known]
    for code, way in sorted(left, key=lambda where: (where[1] == _APART, where)):
        name = place_name(scope.session, code)
        ways: dict[str, tuple[Label, Change]] = {
            _OWN: (say(N_("%(place)s本级"), place=name), {"region": code, "here": True}),
            _APART: (N_("其他地方"), {"not_in": code}),
            "": (name, {"region": code}),
        }
        label, here = ways[way]
        rows.append(line(scope, label, counted[code, way], asks, here))
    return rows
