"""What the reports tell of statisticians: norms and gaps, training, as they stand today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.core.errors import N_, say
from tracker.core.norms.board import Standing, board
from tracker.core.norms.model import PLACE_KIND_LABELS
from tracker.core.numbers.figures import Figure
from tracker.core.registers.places import contains, place_names
from tracker.core.reports.counting import TOTAL
from tracker.core.reports.model import Cell, Column, Label, Section, register
from tracker.core.reports.scopes import Order, lower_places
from tracker.core.staff.coverage import Coverage, Row, coverage
from tracker.core.staff.models import TRAINING_LABELS, TrainingKind

# Nobody has to have had some other training.
KINDS = tuple(kind for kind in TrainingKind if kind is not TrainingKind.OTHER)
_HOURS = "hours"
OWN_HOUSES = N_("本级部门和单位")
_TOWNSHIP_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Short:
    """Places a norm holds for, those that are short, and how many people are missing in all."""

    places: Figure
    lacking: Figure
    missing: Figure


def short_of(standings: Sequence[Standing], region: str) -> Short:
    """The three figures of some places; each opens the board of norms of their region."""
    every = register("norms", region=region, view="all")
    lacking = register("norms", region=region)
    return Short(
        Figure(len(standings), url=every),
        Figure(sum(not s.met for s in standings), url=lacking),
        Figure(sum(s.short for s in standings), url=lacking),
    )


def norms_here(order: Order) -> list[Standing]:
    """Where every place and department of the scope stands today."""
    return board(order.session, order.scope.region, order.today)


def norms_by_place(order: Order, standings: Sequence[Standing]) -> Section:
    """The next lower places with their sums."""
    lower = lower_places(order.session, order.scope.region)
    names = place_names(order.session, lower)
    rows: list[list[Cell]] = []
    inside: set[str] = set()
    for code in lower:
        some = [s for s in standings if contains(code, s.region_code)]
        inside |= {s.subject for s in some}
        if some:
            found = short_of(some, code)
            rows.append([names[code], found.places, found.lacking, found.missing])
    own = [s for s in standings if s.subject not in inside]
    if own and rows:
        # The board of the place itself shows those below it too: its sums stand in the last row.
        rows.append([OWN_HOUSES, *_plain(short_of(own, order.scope.region))])
    whole = short_of(standings, order.scope.region)
    total: list[Cell] = [TOTAL, whole.places, whole.lacking, whole.missing]
    columns = [
        Column(N_("地区"), 5),
        Column(N_("有配备标准的单位"), 3, numeric=True),
        Column(N_("人员不足的单位"), 3, numeric=True),
        Column(N_("共缺人数"), 2, numeric=True),
    ]
    words = say(
        N_("有配备标准的单位 %(all)s 个，人员不足 %(lacking)s 个，共缺 %(short)s 人。"),
        all=whole.places.value, lacking=whole.lacking.value, short=whole.missing.value,
    )  # fmt: skip
    said = [words]
    if any(s.synthetic for s in standings):
        said.append(say(N_("有的单位数是虚构的，只为演示。")))
    return Section(
        N_("统计人员配备"), columns, rows, total=total if rows else None, words=said,
        source=NORMS_SOURCE, empty=N_("下面没有有配备标准的单位。"),
    )  # fmt: skip


def short_places(standings: Sequence[Standing], home: str) -> Section:
    """Every place that is short, with the norm and where the norm stands."""
    rows: list[list[Cell]] = [
        [
            _named(s, home),
            PLACE_KIND_LABELS[s.kind],
            s.required,
            s.present,
            s.short,
            s.since,
            say(s.rule.title),
            s.rule.source.words,
        ]
        for s in standings
        if not s.met
    ]
    columns = [
        Column(N_("单位"), 5),
        Column(N_("类别"), 2),
        Column(N_("应配"), 1, numeric=True),
        Column(N_("在岗"), 1, numeric=True),
        Column(N_("缺"), 1, numeric=True),
        Column(N_("从何时起"), 4),
        Column(N_("标准"), 6),
        Column(N_("依据"), 5, paper=False),
    ]
    return Section(
        N_("人员不足的单位"), columns, rows, source=NORMS_SOURCE, empty=N_("没有人员不足的单位。")
    )


def trained(order: Order, region: str | None = None) -> Coverage:
    """Training by place and house in the period's year, of the people with a post today."""
    return coverage(
        order.session,
        order.scope.region if region is None else region,
        order.today,
        year=order.period.first.year,
        actor=order.actor,
    )


def lacks(found: Row, region: str, year: int, kind: str) -> Figure:
    """How many people lack a training, or hours of it; it opens the list of their names."""
    missing = len(found.short) if kind == _HOURS else len(found.cells[kind].missing)
    subject = found.subject
    url = register("coverage", region=region, year=year, kind=kind, subject=subject)
    return Figure(missing, url=f"{url}#missing")


def training_rows(order: Order) -> tuple[list[list[Cell]], list[Cell]]:
    """Rows of the next lower places (of a county: of each house), and of everybody once."""
    region, year = order.scope.region, order.period.first.year
    whole = trained(order)
    rows: list[list[Cell]] = []
    if region[_TOWNSHIP_DIGITS - 2 : _TOWNSHIP_DIGITS] != "00":
        home = place_names(order.session, [region])[region]
        rows = [
            _trained(row.name.removeprefix(home) or row.name, row, region, year)
            for row in whole.rows
        ]
    else:
        lower = lower_places(order.session, region)
        names = place_names(order.session, lower)
        below: set[str] = set()
        for code in lower:
            found = trained(order, code)
            below |= {row.subject for row in found.rows}
            if found.total.people:
                rows.append(_trained(names[code], found.total, code, year))
        if own := [row for row in whole.rows if row.subject not in below]:
            rows.append(_together_here(own))
    return rows, _trained(TOTAL, whole.total, region, year)


def _together_here(own: Sequence[Row]) -> list[Cell]:
    """Those of the place itself, who stand on no page of their own."""
    missing = [sum(len(row.cells[kind].missing) for row in own) for kind in KINDS]
    hours = sum(len(row.short) for row in own)
    return [OWN_HOUSES, sum(row.people for row in own), *missing, hours]


def training_columns() -> list[Column]:
    """The head of `training_rows`."""
    return [
        Column(N_("单位"), 4),
        Column(N_("人数"), 1, numeric=True),
        *(Column(LACKING[kind], 2, numeric=True) for kind in (*KINDS, _HOURS)),
    ]


LACKING: dict[str, str] = {
    TrainingKind.INDUCTION: N_("缺岗前"),
    TrainingKind.SKILLS: N_("缺业务"),
    TrainingKind.LAW: N_("缺法规道德"),
    TrainingKind.SECRECY: N_("缺保密"),
    TrainingKind.WARNING: N_("缺警示"),
    TrainingKind.GENERAL: N_("缺年度综合"),
    _HOURS: N_("学时不足"),
}


def untrained(order: Order) -> Section:
    """Everybody who lacks a training, by name, with what is lacking."""
    found = trained(order)
    home = place_names(order.session, [order.scope.region])[order.scope.region]
    rows: list[list[Cell]] = []
    for row in found.rows:
        where = row.name.removeprefix(home) or row.name
        rows += [[where, name, what, hours] for name, what, hours in _people(row)]
    columns = [
        Column(N_("单位"), 4),
        Column(N_("姓名"), 2),
        Column(N_("缺的培训"), 6),
        Column(N_("还差学时"), 2, numeric=True),
    ]
    return Section(N_("缺训人员"), columns, rows, source=TRAINING_SOURCE, empty=N_("没有人缺训。"))


def _people(row: Row) -> list[tuple[Cell, Cell, Cell]]:
    names: dict[int, str] = {}
    kinds: dict[int, list[str]] = {}
    for kind in KINDS:
        for who in row.cells[kind].missing:
            names[who.person_id] = who.name
            kinds.setdefault(who.person_id, []).append(TRAINING_LABELS[kind])
    hours = {one.person_id: one.missing for one in row.short}
    names |= {one.person_id: one.name for one in row.short}
    return [
        (Figure(name, url=f"/staff/{pid}"), _together(kinds.get(pid, ())), hours.get(pid))
        for pid, name in names.items()
    ]


def _together(labels: Sequence[str]) -> Label:
    """Labels in one sentence, each of them translated by itself."""
    if not labels:
        return ""
    first, *rest = labels
    found = say(first)
    for label in rest:
        found = say(N_("%(some)s、%(more)s"), some=found, more=say(label))
    return found


def _trained(name: Label, row: Row, region: str, year: int) -> list[Cell]:
    shown = register("coverage", region=region, year=year)
    return [
        name,
        Figure(row.people, url=shown),
        *(lacks(row, region, year, kind) for kind in (*(k.value for k in KINDS), _HOURS)),
    ]


def _plain(found: Short) -> list[Cell]:
    return [found.places.value, found.lacking.value, found.missing.value]


def _named(one: Standing, home: str) -> Cell:
    name = one.name.removeprefix(home) or one.name
    # A department's gap stands on the board of its whole place.
    url = register("norms", region=one.region_code) if one.org_id is None else ""
    return Figure(name, url=url) if url else name


NORMS_SOURCE = N_("配备标准按今天的登记计，同“配备标准”页。")
TRAINING_SOURCE = N_(
    "今天在岗的统计人员；岗前培训看有没有合格过，其余看这一年；合计里一人只计一次。同“培训覆盖”页，点数字看名单。"
)
