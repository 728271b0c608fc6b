"""The work list in groups: what a row is grouped by, how many a group has, how a page is walked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, and_, cast, func, literal, select, tuple_
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.asking import soon_until
from tracker.core.cases.flow import flows
from tracker.core.cases.inside import due_known, inside, known_holder
from tracker.core.cases.listing import PAGE
from tracker.core.cases.models import LAST_DAY, Case
from tracker.core.cases.reads import shown_label
from tracker.core.errors import N_

GROUPS = {
    "kind": N_("类别"),
    "state": N_("状态"),
    "due": N_("期限"),
    "holder": N_("在谁手里"),
    "region": N_("地区"),
}
# The groups of `due`, in their order; where a case stands among them depends on today.
DUE = (N_("已逾期"), N_("今天到期"), N_("快到期"), N_("以后到期"), N_("没有时限"))
# What is closed is nobody's turn and stands behind all that is somebody's.
_NOBODYS = 999_999_999
GroupKey = tuple[int | str, ...]
Walk = tuple[GroupKey, date, int]


@dataclass(frozen=True, slots=True)
class Walked:
    """One page of a walk: rows with the group each is in; cursors, None at the ends."""

    rows: Sequence[Case]
    groups: Sequence[GroupKey]
    before: str | None
    after: str | None


def keys_of(
    session: Session, actor: Actor, group: str, today: date
) -> tuple[ColumnElement[Any], ...]:
    """What rows are grouped and first ordered by; nothing for an unknown name.

    Whoever stands outside a bureau is told neither its people nor its states by a group.
    """
    match group:
        case "kind":
            return (_kind_place(),)
        case "state":
            return (_kind_place(), _state(actor))
        case "due":
            return (_due_place(session, due_known(actor), today),)
        case "holder":
            house = func.coalesce(Case.turn_org_id, _NOBODYS)
            return (house, func.coalesce(known_holder(actor), 0))
        case "region":
            return (Case.region_code.expression,)
        case _:
            return ()


def _state(actor: Actor) -> ColumnElement[Any]:
    return when((inside(actor), Case.state), else_=cast(_state_place(), String))


def _kind_place() -> ColumnElement[int]:
    places = {flow.kind: n for n, flow in enumerate(flows.all())}
    return when(places, value=Case.kind, else_=literal(len(places)))


def _state_place() -> ColumnElement[int]:
    """A number for each name that the outside has for states."""
    whens, n = [], 0
    for flow in flows.all():
        by_label: dict[str, list[str]] = {}
        for state in flow.states:
            by_label.setdefault(shown_label(state, from_outside=True), []).append(state.name)
        for states in by_label.values():
            n += 1
            whens.append((and_(Case.kind == flow.kind, Case.state.in_(states)), literal(n)))
    return when(*whens, else_=literal(0))


def _due_place(session: Session, due: ColumnElement[date], today: date) -> ColumnElement[int]:
    soon = soon_until(session, today)
    return when(
        (due < today, literal(0)),
        (due == today, literal(1)),
        (due <= soon, literal(2)),
        (due < LAST_DAY, literal(3)),
        else_=literal(4),
    )


def group_counts(
    session: Session, where: ColumnElement[bool], keys: Sequence[ColumnElement[Any]]
) -> dict[GroupKey, int]:
    """How many rows each group has, on all pages."""
    if not keys:
        return {}
    named = [key.label(f"k{n}") for n, key in enumerate(keys)]
    inner = select(*named).where(where).subquery()
    columns = [inner.c[f"k{n}"] for n in range(len(keys))]
    rows = session.execute(select(*columns, func.count()).group_by(*columns))
    return {tuple(row[:-1]): row[-1] for row in rows}


def walk(
    session: Session,
    actor: Actor,
    where: ColumnElement[bool],
    keys: Sequence[ColumnElement[Any]],
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE,
) -> Walked:
    """One page in the order of groups, due dates and ids; bad cursors are ignored.

    A cursor stands in the address: it tells the due date that the actor may know.
    """
    due = due_known(actor)
    order = (*keys, due, Case.id)
    ahead, behind = _cursor(after, keys), _cursor(before, keys)
    cursor = ahead or behind
    backwards = ahead is None and behind is not None
    query = select(Case, due, *keys).where(where)
    if cursor is not None:
        here, mark = tuple_(*order), (*cursor[0], cursor[1], cursor[2])
        query = query.where(here < mark if backwards else here > mark)
    query = query.order_by(*(c.desc() for c in order) if backwards else order).limit(size + 1)
    found = [(row[0], row[1], tuple(row[2:])) for row in session.execute(query)]
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_before = more if backwards else cursor is not None
    has_after = cursor is not None if backwards else more
    return Walked(
        rows=[case for case, _, _ in found],
        groups=[key for _, _, key in found],
        before=_mark(*found[0]) if found and has_before else None,
        after=_mark(*found[-1]) if found and has_after else None,
    )


def _mark(case: Case, due: date, key: GroupKey) -> str:
    return "~".join([*map(str, key), due.isoformat(), str(case.id)])


def _cursor(mark: str | None, keys: Sequence[ColumnElement[Any]]) -> Walk | None:
    *group, day, number = ["", "", *(mark or "").split("~")][-len(keys) - 2 :]
    try:
        typed = tuple(_typed(key, part) for key, part in zip(keys, group, strict=True))
        return typed, date.fromisoformat(day), int(number[:9])
    except ValueError:
        return None


def _typed(key: ColumnElement[Any], part: str) -> int | str:
    return int(part[:9]) if isinstance(key.type, Integer) else part[:40].replace("\x00", "")
