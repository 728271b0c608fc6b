"""Any measure by any dimension, and by a second one beside it: the page to look around on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.errors import N_, say
from tracker.core.numbers.counting import LATE, OPEN, SOON, Change, Scope, count_by
from tracker.core.numbers.figures import Block, Column, Drawing, Figure, Label, Row
from tracker.core.numbers.overview import house_names
from tracker.core.registers.places import place_names

_COUNTY, _DIGITS = 6, 12
# A chart with more would be read by nobody; the rest are one column together.
_MOST_COLUMNS = 8
_NOBODY = N_("还没有")
Values = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Dimension:
    """What cases are told apart by: the columns of a case, its question, and names for values."""

    label: str
    columns: tuple[Any, ...]
    ask: Callable[[tuple[Any, ...]], Change]
    names: Callable[[Session, Values], Mapping[tuple[Any, ...], Label]]


def _house(field: str) -> Callable[[tuple[Any, ...]], Change]:
    def ask(value: tuple[Any, ...]) -> Change:
        return {field: value[0]} if value[0] is not None else {"lacks": (field,)}

    return ask


def _house_names(session: Session, values: Values) -> Mapping[tuple[Any, ...], Label]:
    found = house_names(session, [v[0] for v in values])
    return {v: found.get(v[0], _NOBODY) for v in values}


def _people(session: Session, values: Values) -> Mapping[tuple[Any, ...], Label]:
    ids = [v[0] for v in values if v[0] is not None]
    found: dict[int, str] = dict(
        session.execute(select(User.id, User.name).where(User.id.in_(ids))).all()
    )
    return {v: found.get(v[0], _NOBODY) for v in values}


def _kinds(_session: Session, values: Values) -> Mapping[tuple[Any, ...], Label]:
    return {v: flows.get(v[0]).label for v in values}


def _states(_session: Session, values: Values) -> Mapping[tuple[Any, ...], Label]:
    return {(kind, name): _state(kind, name) for kind, name in values}


def _state(kind: str, name: str) -> Label:
    flow = flows.get(kind)
    state = flow.state(name)
    return say(N_("%(kind)s：%(state)s"), kind=say(flow.label), state=say(state.label))


def _places(session: Session, values: Values) -> Mapping[tuple[Any, ...], Label]:
    codes = {v: v[0].ljust(_DIGITS, "0") for v in values}
    names = place_names(session, codes.values())
    return {
        v: say(N_("%(place)s本级"), place=names[code]) if _above_county(v[0]) else names[code]
        for v, code in codes.items()
    }


def _above_county(head: str) -> bool:
    return head[4:] in ("00", "01")


def _ask_place(value: tuple[Any, ...]) -> Change:
    head = value[0]
    if head[4:] == "01":
        # 市辖区 stands for no place of its own: its cases are those of the city itself.
        return {"region": head.ljust(_DIGITS, "0")}
    here = {"here": True} if _above_county(head) else {}
    return {"region": head.ljust(_DIGITS, "0"), **here}


DIMENSIONS: dict[str, Dimension] = {
    "kind": Dimension(N_("业务"), (Case.kind,), lambda v: {"kinds": (v[0],)}, _kinds),
    "state": Dimension(
        N_("步骤"), (Case.kind, Case.state), lambda v: {"states": (f"{v[0]}.{v[1]}",)}, _states
    ),
    "place": Dimension(
        N_("旗县市区"), (func.substr(Case.region_code, 1, _COUNTY),), _ask_place, _places
    ),
    "turn": Dimension(N_("在哪个单位手里"), (Case.turn_org_id,), _house("turn"), _house_names),
    "holder": Dimension(N_("在谁手里"), (Case.assignee_id,), _house("holder"), _people),
    "bureau": Dimension(N_("承办机构"), (Case.bureau_id,), _house("bureau"), _house_names),
    "origin": Dimension(N_("从哪里来"), (Case.origin_org_id,), _house("origin"), _house_names),
    "maker": Dimension(N_("登记人"), (Case.created_by_id,), _house("maker"), _people),
}
MEASURES: dict[str, str] = {
    "open": N_("在办"),
    "late": N_("逾期"),
    "soon": N_("快到期"),
    "opened": N_("本期受理"),
    "closed": N_("本期办结"),
    "all": N_("全部"),
}


def measured(scope: Scope, name: str) -> Change:
    """The question of a measure."""
    asks: dict[str, Change] = {
        "open": OPEN,
        "late": LATE,
        "soon": SOON,
        "opened": scope.opened,
        "closed": scope.closed,
        "all": {},
    }
    return asks[name]


def explore(scope: Scope, measure: str, by: str, beside: str = "") -> Block:
    """One measure by a dimension; with a second one, its values stand side by side as columns."""
    ask, first = measured(scope, measure), DIMENSIONS[by]
    second = DIMENSIONS[beside] if beside and beside != by else None
    found = _counted(scope, ask, first, second)
    heads = _heads(found) if second else [()]
    names = second.names(scope.session, heads) if second else {(): MEASURES[measure]}
    rows = [
        _row(scope, ask, label, value, heads, found[value], (first, second))
        for value, label in _named(scope, first, found)
    ]
    below = {}
    if second is not None:
        below = {h: second.ask(h) for h in heads}
    sums = [sum(found[v].get(h, 0) for v in found) for h in heads]
    whole = [Figure(n, scope.ask(ask, below.get(h, {}))) for n, h in zip(sums, heads, strict=True)]
    if second is not None:
        everything = sum(n for row in found.values() for n in row.values())
        whole.append(Figure(everything, scope.ask(ask)))
    columns = [Column(names[h]) for h in heads]
    return Block(
        "explore",
        say(N_("%(what)s，按%(by)s"), what=say(MEASURES[measure]), by=say(first.label)),
        first.label,
        [*columns, Column(N_("合计"))] if second else columns,
        rows,
        Row(N_("合计"), whole),
        drawing=Drawing.STACK if second else Drawing.BAR,
        drawn=tuple(range(len(heads))),
        note=_cut(found, heads) if second else "",
        empty=N_("没有这样的事项。"),
        wide=True,
        long=True,
    )


_Counts = dict[tuple[Any, ...], dict[tuple[Any, ...], int]]


def _counted(scope: Scope, ask: Change, first: Dimension, second: Dimension | None) -> _Counts:
    width = len(first.columns)
    columns = (*first.columns, *(second.columns if second else ()))
    found: _Counts = {}
    for key, row in count_by(scope, {"n": ask}, *columns).items():
        found.setdefault(key[:width], {})[key[width:]] = row["n"]
    return found


def _heads(found: _Counts) -> list[tuple[Any, ...]]:
    """The values of the second dimension that get a column: those with the most cases."""
    sums: dict[tuple[Any, ...], int] = {}
    for row in found.values():
        for head, n in row.items():
            sums[head] = sums.get(head, 0) + n
    return sorted(sums, key=lambda h: (-sums[h], str(h)))[:_MOST_COLUMNS]


def _cut(found: _Counts, heads: Sequence[tuple[Any, ...]]) -> Label:
    every = {head for row in found.values() for head in row}
    if len(every) == len(heads):
        return ""
    return say(N_("另有 %(n)s 列数目较少，没有分列，算在合计里。"), n=len(every) - len(heads))


def _named(scope: Scope, first: Dimension, found: _Counts) -> list[tuple[tuple[Any, ...], Label]]:
    names = first.names(scope.session, list(found))
    order = sorted(found, key=lambda v: (-sum(found[v].values()), str(v)))
    return [(value, names[value]) for value in order]


def _row(
    scope: Scope,
    ask: Change,
    label: Label,
    value: tuple[Any, ...],
    heads: Sequence[tuple[Any, ...]],
    counted: Mapping[tuple[Any, ...], int],
    dimensions: tuple[Dimension, Dimension | None],
) -> Row:
    first, second = dimensions
    here = first.ask(value)
    figures = [
        Figure(counted.get(h, 0), scope.ask(ask, _both(here, second.ask(h) if second else {})))
        for h in heads
    ]
    if second is not None:
        figures.append(Figure(sum(counted.values()), scope.ask(ask, here)))
    return Row(label, figures, ask=scope.ask(ask, here))


def _both(one: Change, other: Change) -> Change:
    """Two values at once; both may say that somebody is not there yet."""
    lacks = (*one.get("lacks", ()), *other.get("lacks", ()))
    return {**one, **other, **({"lacks": lacks} if lacks else {})}
