"""The columns that most tables share: what stands now, and what the period brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from tracker.core.cases.asking import soon_until
from tracker.core.errors import N_
from tracker.core.numbers.counting import HELD, LATE, OPEN, SOON, Change, Scope
from tracker.core.numbers.figures import Column, Figure, Row, Tone

__all__ = ["HELD", "PARTS", "STANDING", "line", "standing", "total"]

STANDING = (
    Column(N_("在办")),
    Column(N_("逾期"), tone=Tone.LATE),
    Column(N_("快到期"), tone=Tone.SOON),
    Column(N_("其余在办"), tone=Tone.REST),
    Column(N_("本期受理")),
    Column(N_("本期办结"), tone=Tone.DONE),
)
# Late, soon and the rest are the parts that open cases add up from.
PARTS = (1, 2, 3)


def standing(scope: Scope, *, moving: bool = True) -> dict[str, Change]:
    """The questions of STANDING by name; without `moving`, those of what stands now alone."""
    after = soon_until(scope.session, scope.today) + timedelta(days=1)
    now = {"open": OPEN, "late": LATE, "soon": SOON, "rest": {"view": "open", "due_from": after}}
    return now | ({"opened": scope.opened, "closed": scope.closed} if moving else {})


def line(
    scope: Scope,
    label: Any,
    counted: Mapping[str, int],
    asks: Mapping[str, Change],
    here: Change,
    **more: Any,
) -> Row:
    """A row of counted figures; `here` is what makes its cases those of the row."""
    return Row(
        label,
        [Figure(counted[name], scope.ask(ask, here)) for name, ask in asks.items()],
        ask=scope.ask(OPEN, here),
        **more,
    )


def total(
    scope: Scope, rows: Sequence[Row], asks: Mapping[str, Change], also: Change | None = None
) -> Row:
    """The row under a table: each column added up, with the question for the whole of it."""
    return Row(
        N_("合计"),
        [
            Figure(sum(_whole(row.figures[n]) for row in rows), scope.ask(ask, also or {}))
            for n, ask in enumerate(asks.values())
        ],
    )


def _whole(figure: Figure) -> int:
    return figure.value if isinstance(figure.value, int) else 0
