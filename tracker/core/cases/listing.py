"""Lists of cases: how they are narrowed, counted and walked. Every workflow's list is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.finding import found
from tracker.core.cases.flow import Flow, State, flows
from tracker.core.cases.inside import due_as_known, due_known, in_states
from tracker.core.cases.models import LAST_DAY, Case
from tracker.core.cases.reads import Names, names_for, works_inside
from tracker.core.cases.scope import visible
from tracker.core.cases.worklist import capped_count, late, my_turn
from tracker.core.errors import N_
from tracker.core.registers.models import Region
from tracker.core.registers.places import region_range

PAGE = 20
VIEWS = {
    "waiting": N_("等我办"),
    "late": N_("逾期"),
    "open": N_("在办全部"),
    "mine": N_("我登记的"),
    "closed": N_("已办结"),
}
# Places that stand for a whole above them and are nothing to narrow a list to.
_NO_PLACES = frozenset({"市辖区", "县"})
CaseT = TypeVar("CaseT", bound=Case)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; it lives in the address. A workflow may add fields."""

    view: str = "open"
    states: tuple[str, ...] = ()
    region: str = ""
    text: str = ""

    def args(self, **change: Any) -> dict[str, Any]:
        """The address's arguments, with some changed; empty ones are left out."""
        own = {f.name: getattr(self, f.name) for f in fields(self)}
        found: dict[str, Any] = {
            "view": self.view if self.view != "open" else "",
            "state": ",".join(self.states),
            **{k: v for k, v in own.items() if k not in ("view", "states", "text")},
            "q": self.text,
        }
        found.update(change)
        return {k: v for k, v in found.items() if v not in ("", None, ())}


@dataclass(frozen=True, slots=True)
class Page(Generic[CaseT]):
    """One page of a keyset list; `before`/`after` are cursors, None at the ends."""

    rows: Sequence[CaseT]
    before: str | None
    after: str | None
    total: int
    names: Names


def condition(
    session: Session,
    actor: Actor,
    kind: str,
    filters: Filters,
    today: date,
    *more: ColumnElement[bool],
) -> ColumnElement[bool]:
    """All that a list is narrowed to, scope included; `more` takes the place of the view."""
    parts: list[ColumnElement[bool]] = [visible(actor, kind), Case.kind == kind]
    parts += more or (view_condition(actor, filters.view, today),)
    if filters.states:
        parts.append(in_states(actor, flows.get(kind), filters.states))
    if filters.region:
        parts.append(Case.region_code.between(*region_range(filters.region)))
    if filters.text:
        parts.append(found(session, actor, filters.text))
    return and_(*parts)


def known_states(flow: Flow, actor: Actor) -> list[State]:
    """The states an actor is offered by name: the other side learns of none that it is spared."""
    inside = works_inside(actor)
    return [s for s in flow.states if inside or not s.outside]


def view_condition(actor: Actor, view: str, today: date) -> ColumnElement[bool]:
    """What a view of `VIEWS` holds; any other name is all that is open."""
    match view:
        case "waiting":
            return and_(my_turn(actor), Case.closed_at.is_(None))
        case "late":
            return and_(late(actor, today), Case.closed_at.is_(None))
        case "mine":
            return Case.created_by_id == actor.user_id
        case "closed":
            # No clock runs on what is closed: the list's index leads straight to it.
            return and_(Case.due_order == LAST_DAY, Case.closed_at.is_not(None))
        case _:
            return Case.closed_at.is_(None)


def list_page(
    session: Session,
    model: type[CaseT],
    actor: Actor,
    where: ColumnElement[bool],
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE,
) -> Page[CaseT]:
    """One page ordered by due date, as far as the actor may know it; bad cursors are ignored."""
    order = (due_known(actor), Case.id)
    key = tuple_(*order)
    query = select(model).where(where)
    cursor = _cursor(after) or _cursor(before)
    backwards = _cursor(after) is None and _cursor(before) is not None
    if cursor is not None:
        query = query.where(key < cursor if backwards else key > cursor)
    query = query.order_by(*(c.desc() for c in order) if backwards else order).limit(size + 1)
    rows = list(session.scalars(query))
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_before = more if backwards else cursor is not None
    has_after = cursor is not None if backwards else more
    return Page(
        rows=rows,
        before=_mark(rows[0], actor) if rows and has_before else None,
        after=_mark(rows[-1], actor) if rows and has_after else None,
        total=capped_count(session, where),
        names=names_for(session, rows),
    )


def _mark(case: Case, actor: Actor) -> str:
    return f"{due_as_known(case, actor).isoformat()}.{case.id}"


def _cursor(mark: str | None) -> tuple[date, int] | None:
    day, _, number = (mark or "").partition(".")
    try:
        return date.fromisoformat(day), int(number[:9])
    except ValueError:
        return None


def regions_below(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Places below the actor's own, code and name, to narrow a list to."""
    codes = sorted({p.region_code for p in actor.powers})
    if not codes:
        return []
    rows = session.execute(
        select(Region.code, Region.name).where(Region.parent_code == codes[0]).order_by(Region.code)
    ).all()
    return [(r.code, r.name) for r in rows if r.name not in _NO_PLACES]
