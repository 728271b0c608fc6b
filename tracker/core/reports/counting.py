"""Tables of counts: each number is the length of the list that its question opens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from tracker.core.cases.models import Case
from tracker.core.errors import N_, Sentence
from tracker.core.numbers.counting import Change, count, count_by
from tracker.core.numbers.figures import Figure
from tracker.core.registers.models import Organisation
from tracker.core.reports.model import Cell, Column, Label, Section
from tracker.core.reports.scopes import Order

Line = tuple[Label, Change]
ITEM = Column(N_("项目"), 8)
NUMBER = Column(N_("数量"), 2, numeric=True)
TOTAL = N_("合计")
_COLUMNS = {"bureau": Case.bureau_id, "origin": Case.origin_org_id}


def lines(order: Order, asked: Sequence[Line]) -> list[tuple[Label, Figure]]:
    """A figure for each line, all in one statement."""
    if not asked:
        return []
    found = count(order.counted, {str(n): change for n, (_label, change) in enumerate(asked)})
    return [(label, found[str(n)]) for n, (label, _change) in enumerate(asked)]


def listed(
    title: Label,
    rows: Sequence[tuple[Label, Cell]],
    source: Label = "",
    *,
    words: Sequence[Sentence] = (),
) -> Section:
    """A section with one figure a row."""
    cells: list[list[Cell]] = [list(row) for row in rows]
    return Section(title, (ITEM, NUMBER), cells, words=words, source=source)


def by_house(
    order: Order, side: str, head: Label, asked: Sequence[Line]
) -> tuple[list[Column], list[list[Cell]], list[Cell]]:
    """Head, rows and sums by organisation: `side` is `bureau` or `origin`.

    An organisation has a row as soon as one of its counts is not nought. What no bureau has yet
    stands in the sum alone: its makers' lists hold it, and no other row's.
    """
    changes = {str(n): change for n, (_label, change) in enumerate(asked)}
    found = count_by(order.counted, changes, _COLUMNS[side])
    names = house_names(order, [key[0] for key in found if key[0] is not None])
    rows: list[list[Cell]] = [
        [name, *_figures(order, found[(org_id,)], changes, {side: org_id})]
        for org_id, name in names.items()
    ]
    whole = {name: sum(row[name] for row in found.values()) for name in changes}
    columns = [
        Column(head, 5),
        *(Column(label, 2, numeric=True) for label, _change in asked),
    ]
    return columns, rows, [TOTAL, *_figures(order, whole, changes)]


def _figures(
    order: Order, counts: Mapping[str, int], changes: Mapping[str, Change], *also: Change
) -> list[Figure]:
    return [
        Figure(counts[name], ask=order.counted.ask(change, *also))
        for name, change in changes.items()
    ]


def house_names(order: Order, ids: Iterable[int]) -> Mapping[int, str]:
    """Full names by id, in the order of the places."""
    rows = order.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(set(ids)))
        .order_by(Organisation.region_code, Organisation.id)
    )
    return {org_id: name for org_id, name in rows}  # noqa: C416 - rows are no pairs to mypy
