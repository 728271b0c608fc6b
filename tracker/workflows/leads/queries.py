"""Reads of leads; each takes the actor, and none sees more than `visible(actor)`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.cases.models import LAST_DAY, Attachment, Case, Move
from tracker.core.cases.scope import LEADING_ROLES, get_visible, visible
from tracker.core.cases.worklist import capped_count, late, my_turn
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import N_, NotVisible
from tracker.core.registers.models import Organisation, Region
from tracker.core.registers.places import region_range
from tracker.core.search.index import matching
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import Lead

PAGE = 20
# Who reads a lead from the bureau's side; a trainer or an administrator there does not.
_INSIDE_ROLES = frozenset({Role.REGISTRAR, Role.INSPECTOR, *LEADING_ROLES})
VIEWS = {
    "waiting": N_("等我办"),
    "late": N_("逾期"),
    "open": N_("在办全部"),
    "handed_down": N_("上级转办"),
    "mine": N_("我登记的"),
    "closed": N_("已办结"),
}
OPEN_STATES = tuple(s.name for s in FLOW.states if not s.final)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; it lives in the address."""

    view: str = "open"
    states: tuple[str, ...] = ()
    region: str = ""
    org: int | None = None
    channel: str = ""
    text: str = ""

    def args(self, **change: Any) -> dict[str, Any]:
        """The address's arguments, with some changed; empty ones are left out."""
        found: dict[str, Any] = {
            "view": self.view if self.view != "open" else "",
            "state": ",".join(self.states),
            "region": self.region,
            "org": self.org,
            "channel": self.channel,
            "q": self.text,
        }
        found.update(change)
        return {k: v for k, v in found.items() if v not in ("", None, ())}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a keyset list; `before`/`after` are cursors, None at the ends."""

    rows: Sequence[Lead]
    before: str | None
    after: str | None
    total: int
    names: Names


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the people, organisations and places on a page, read in one query each."""

    users: dict[int, str] = field(default_factory=dict)
    orgs: dict[int, str] = field(default_factory=dict)
    full_orgs: dict[int, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


def outside(actor: Actor, case: Case) -> bool:
    """Whether the actor sees this case only from the side it came from."""
    return not any(
        (p.role in _INSIDE_ROLES and p.org_id == case.bureau_id) or _leads(p, case)
        for p in actor.powers
    )


def _leads(power: Power, case: Case) -> bool:
    if power.role not in LEADING_ROLES or not case.scope_code:
        return False
    low, high = region_range(power.region_code)
    return power.org_kind == "bureau" and low <= case.scope_code <= high


def condition(session: Session, actor: Actor, filters: Filters, today: date) -> ColumnElement[bool]:
    """All that a list is narrowed to, scope included."""
    parts: list[ColumnElement[bool]] = [visible(actor), Case.kind == FLOW.kind]
    parts.append(_view(actor, filters, today))
    if filters.states:
        parts.append(Case.state.in_(filters.states))
    if filters.region:
        parts.append(Case.region_code.between(*region_range(filters.region)))
    if filters.org is not None:
        parts.append(Case.origin_org_id == filters.org)
    if filters.channel:
        parts.append(Case.channel == filters.channel)
    if filters.text:
        parts.append(matching(session, Case.id, filters.text))
    return and_(*parts)


def _view(actor: Actor, filters: Filters, today: date) -> ColumnElement[bool]:
    match filters.view:
        case "waiting":
            return and_(my_turn(actor), Case.closed_at.is_(None))
        case "late":
            return and_(late(today), Case.closed_at.is_(None))
        case "handed_down":
            return and_(Case.channel == "handed_down", Case.closed_at.is_(None))
        case "mine":
            return Case.created_by_id == actor.user_id
        case "closed":
            # No clock runs on what is closed: the list's index leads straight to it.
            return and_(Case.due_order == LAST_DAY, Case.closed_at.is_not(None))
        case _:
            return Case.closed_at.is_(None)


def list_leads(
    session: Session,
    actor: Actor,
    filters: Filters,
    today: date,
    *,
    after: str | None = None,
    before: str | None = None,
) -> Page:
    """One page ordered by due date; cursors come from an earlier page, bad ones are ignored."""
    where = condition(session, actor, filters, today)
    key = tuple_(Case.due_order, Case.id)
    query = select(Lead).where(where)
    cursor = _cursor(after) or _cursor(before)
    backwards = _cursor(after) is None and _cursor(before) is not None
    if cursor is not None:
        query = query.where(key < cursor if backwards else key > cursor)
    order = (Case.due_order, Case.id)
    query = query.order_by(*(c.desc() for c in order) if backwards else order).limit(PAGE + 1)
    rows = list(session.scalars(query))
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    if backwards:
        rows.reverse()
    has_before = more if backwards else cursor is not None
    has_after = cursor is not None if backwards else more
    return Page(
        rows=rows,
        before=_mark(rows[0]) if rows and has_before else None,
        after=_mark(rows[-1]) if rows and has_after else None,
        total=capped_count(session, where),
        names=names_for(session, rows),
    )


def _mark(lead: Case) -> str:
    return f"{lead.due_order.isoformat()}.{lead.id}"


def _cursor(mark: str | None) -> tuple[date, int] | None:
    day, _, number = (mark or "").partition(".")
    try:
        return date.fromisoformat(day), int(number[:9])
    except ValueError:
        return None


def names_for(session: Session, cases: Iterable[Case], extra_users: Iterable[int] = ()) -> Names:
    """Names needed to show some cases: three queries, however many cases."""
    cases = list(cases)
    users = {c.assignee_id for c in cases} | {c.created_by_id for c in cases} | set(extra_users)
    orgs = {c.origin_org_id for c in cases} | {c.bureau_id for c in cases}
    orgs |= {c.turn_org_id for c in cases}
    places = {c.region_code for c in cases}
    org_rows = session.execute(
        select(Organisation.id, Organisation.short_name, Organisation.name).where(
            Organisation.id.in_(orgs - {None})
        )
    ).all()
    return Names(
        users=dict(
            session.execute(select(User.id, User.name).where(User.id.in_(users - {None}))).all()
        ),
        orgs={row.id: row.short_name for row in org_rows},
        full_orgs={row.id: row.name for row in org_rows},
        places=dict(
            session.execute(select(Region.code, Region.name).where(Region.code.in_(places))).all()
        ),
    )


def running_deadlines(session: Session, case_ids: Iterable[int]) -> dict[int, list[Deadline]]:
    """The clocks that run or are stopped for now, of some cases, in one query."""
    found: dict[int, list[Deadline]] = {}
    for deadline in session.scalars(
        select(Deadline)
        .where(Deadline.case_id.in_(list(case_ids)), Deadline.state != "stopped")
        .order_by(Deadline.due_on, Deadline.id)
    ):
        found.setdefault(deadline.case_id, []).append(deadline)
    return found


def timeline(session: Session, case_id: int, *, from_outside: bool) -> list[tuple[Move, str]]:
    """The steps taken, newest first, with who took them; the outside is spared internal ones."""
    query = (
        select(Move, User.name)
        .join(User, User.id == Move.actor_id)
        .where(Move.case_id == case_id)
        .order_by(Move.seq.desc())
    )
    if from_outside:
        query = query.where(Move.internal.is_(False))
    return [(move, name) for move, name in session.execute(query)]


def files_of(session: Session, lead: Lead, *, from_outside: bool) -> list[Attachment]:
    """The files of a lead, oldest first; the outside is spared the bureau's own papers."""
    query = select(Attachment).where(Attachment.case_id == lead.id).order_by(Attachment.id)
    if from_outside:
        query = query.where(Attachment.internal.is_(False))
    return list(session.scalars(query))


def get_file(session: Session, actor: Actor, lead_id: int, file_id: int) -> Attachment:
    """One file of a lead the actor may see; otherwise it does not exist."""
    lead = get_visible(session, Lead, actor, lead_id)
    row = session.get(Attachment, file_id)
    if row is None or row.case_id != lead.id or (row.internal and outside(actor, lead)):
        raise NotVisible(f"file {file_id}")
    return row


def by_number(session: Session, actor: Actor, number: str) -> Lead | None:
    """A lead by its full number, if it exists for the actor."""
    return session.scalars(
        select(Lead).where(Lead.number == number.strip(), visible(actor))
    ).one_or_none()
