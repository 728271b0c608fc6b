"""Figures of people: who is short of the norms, who lacks a training; each number is a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from tracker.core.errors import N_, say
from tracker.core.norms.board import Standing
from tracker.core.norms.board import board as norms_board
from tracker.core.norms.model import PLACE_KIND_LABELS, PlaceKind
from tracker.core.numbers.counting import Scope
from tracker.core.numbers.figures import (
    Block,
    Board,
    Column,
    Drawing,
    Figure,
    Key,
    Row,
    Tone,
    Unit,
    share,
)
from tracker.core.numbers.places import home_of, places_below
from tracker.core.registers.places import contains
from tracker.core.staff.coverage import Coverage, coverage
from tracker.core.staff.listing import Filters, condition, count
from tracker.web.coverage import HOURS, KINDS, NAMES

# A page counts everybody; a list that stops counting earlier says so by itself.
_ALL = 10_000_000


def people_board(scope: Scope) -> Board:
    """The page of people, as of today; training within the year that the period ends in."""
    home = scope.base.region or home_of(scope.actor)
    standings = norms_board(scope.session, home, scope.today)
    year = scope.today.year - 1 if scope.period.last.year < scope.today.year else scope.today.year
    found = coverage(scope.session, home, scope.today, year=year, actor=scope.actor)
    blocks = [_by_kind(scope, standings), _trained(scope, found)]
    if counties := _by_place(scope, home, standings):
        blocks.insert(1, counties)
    return Board(_keys(scope, standings, found), blocks)


def _keys(scope: Scope, standings: Sequence[Standing], found: Coverage) -> list[Key]:
    lacking = [s for s in standings if not s.met]
    filters = Filters(region=scope.base.region, state="in_post")
    in_post = count(scope.session, condition(scope.actor, filters, scope.today), _ALL)
    untrained = len(found.total.cells["induction"].missing)
    short = len(found.total.short)
    year = say(N_("%(year)s 年"), year=found.year)
    return [
        Key(
            N_("在岗统计人员"),
            Figure(in_post, url=_url("staff.list_people", scope, state="in_post")),
            unit=Unit.PEOPLE,
        ),
        Key(
            N_("不足额的单位"),
            Figure(len(lacking), url=_url("norms.show_board", scope)),
            Tone.LATE,
            note=say(N_("缺 %(n)s 人"), n=sum(s.short for s in lacking)),
            unit=Unit.PLACES,
        ),
        Key(
            N_("没有岗前培训"),
            Figure(untrained, url=_missing(scope, found, "induction")),
            Tone.SOON,
            unit=Unit.PEOPLE,
        ),
        Key(
            N_("继续教育学时不足"),
            Figure(short, url=_missing(scope, found, HOURS)),
            Tone.SOON,
            note=year,
            unit=Unit.PEOPLE,
        ),
    ]


def _url(endpoint: str, scope: Scope, **args: Any) -> str:
    return url_for(
        endpoint, **{k: v for k, v in {"region": scope.base.region, **args}.items() if v}
    )


def _missing(scope: Scope, found: Coverage, kind: str) -> str:
    year = str(found.year) if found.year != scope.today.year else ""
    return _url("coverage.show_coverage", scope, kind=kind, year=year, _anchor="missing")


# ---------------------------------------------------------------- norms

_NORM_COLUMNS = (
    Column(N_("应配备的单位"), Unit.PLACES),
    Column(N_("不足额的单位"), Unit.PLACES, Tone.LATE),
    Column(N_("应配人数"), Unit.PEOPLE),
    Column(N_("缺人数"), Unit.PEOPLE, Tone.LATE),
    Column(N_("足额比例"), Unit.SHARE),
)


def _by_kind(scope: Scope, standings: Sequence[Standing]) -> Block:
    rows = []
    for kind in PlaceKind:
        here = [s for s in standings if s.kind == kind]
        if here:
            label = PLACE_KIND_LABELS[kind]
            rows.append(Row(label, _norm_line(scope, here, {"kind": kind.value})))
    return Block(
        "norms",
        N_("配备标准，按类别"),
        N_("类别"),
        _NORM_COLUMNS,
        rows,
        Row(N_("合计"), _norm_line(scope, standings, {})),
        note=N_("足额是在岗人数达到配备标准，一人也不缺。"),
        drawing=Drawing.BAR,
        drawn=(1,),
        empty=N_("这里没有配备标准。"),
    )


def _by_place(scope: Scope, home: str, standings: Sequence[Standing]) -> Block | None:
    below = places_below(scope, home)
    if any(not code.endswith("000000") for code, _ in below):
        return None
    rows = []
    for code, name in below:
        here = [s for s in standings if contains(code, s.region_code)]
        if here:
            rows.append(Row(name, _norm_line(scope, here, {"region": code}), place=code))
    return Block(
        "counties",
        N_("配备标准，按地区"),
        N_("地区"),
        _NORM_COLUMNS,
        rows,
        drawing=Drawing.BAR,
        drawn=(1,),
        empty=N_("下级地区没有配备标准。"),
    )


def _norm_line(scope: Scope, here: Sequence[Standing], args: dict[str, str]) -> list[Figure]:
    lacking = [s for s in here if not s.met]
    return [
        Figure(len(here), url=_url("norms.show_board", scope, view="all", **args)),
        Figure(len(lacking), url=_url("norms.show_board", scope, **args)),
        Figure(sum(s.required for s in here)),
        Figure(sum(s.short for s in here)),
        share(len(here) - len(lacking), len(here)),
    ]


# ---------------------------------------------------------------- training

_TRAINING_COLUMNS = (
    Column(N_("应参加"), Unit.PEOPLE),
    Column(N_("已参加"), Unit.PEOPLE, Tone.DONE),
    Column(N_("缺训"), Unit.PEOPLE, Tone.LATE),
    Column(N_("覆盖率"), Unit.SHARE),
)


def _trained(scope: Scope, found: Coverage) -> Block:
    rows = []
    for kind in KINDS:
        cell = found.total.cells[kind.value]
        rows.append(
            Row(
                NAMES[kind],
                [
                    Figure(cell.should),
                    Figure(cell.had),
                    Figure(len(cell.missing), url=_missing(scope, found, kind.value)),
                    share(cell.had, cell.should),
                ],
            )
        )
    total = found.total
    met = total.bound - len(total.short)
    short = Figure(len(total.short), url=_missing(scope, found, HOURS))
    rows.append(
        Row(NAMES[HOURS], [Figure(total.bound), Figure(met), short, share(met, total.bound)])
    )
    return Block(
        "training",
        N_("培训覆盖"),
        N_("培训"),
        _TRAINING_COLUMNS,
        rows,
        note=say(N_("岗前培训看有没有合格过，其余看 %(year)s 年。"), year=found.year),
        drawing=Drawing.BAR,
        drawn=(2,),
    )
