"""What the pages of every workflow read of a case: names, history, files, whose side one is on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import State, flows
from tracker.core.cases.models import Attachment, Case, Move
from tracker.core.cases.scope import LEADING_ROLES
from tracker.core.clock import office_date
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import NotVisible
from tracker.core.registers.models import Organisation, Region
from tracker.core.registers.places import region_range

# Who reads a case from the bureau's side; a trainer or an administrator there does not.
INSIDE_ROLES = frozenset({Role.REGISTRAR, Role.INSPECTOR, *LEADING_ROLES})


def works_inside(actor: Actor) -> bool:
    """Whether an actor reads any cases from a bureau's side: a hint for what a page offers.

    Of which cases that holds, `outside` says of one and `inside.inside` of many.
    """
    return any(p.role in INSIDE_ROLES for p in actor.powers)


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the people, organisations and places on a page, read in one query each."""

    users: dict[int, str] = field(default_factory=dict)
    orgs: dict[int, str] = field(default_factory=dict)
    full_orgs: dict[int, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


def names_for(
    session: Session,
    cases: Iterable[Case],
    extra_users: Iterable[int] = (),
    extra_orgs: Iterable[int] = (),
) -> Names:
    """Names needed to show some cases: three queries, however many cases."""
    cases = list(cases)
    users = {c.assignee_id for c in cases} | {c.created_by_id for c in cases} | set(extra_users)
    orgs = {c.origin_org_id for c in cases} | {c.bureau_id for c in cases} | set(extra_orgs)
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


def outside(actor: Actor, case: Case) -> bool:
    """Whether the actor sees this case only from the side it came from."""
    inside = INSIDE_ROLES | set(flows.get(case.kind).sees)
    return not any(
        (p.role in inside and p.org_id in (case.bureau_id, case.above_org_id)) or _leads(p, case)
        for p in actor.within(case.kind).powers
    )


def told_outside() -> ColumnElement[bool]:
    """The condition that a step is known where its case came from.

    Its note may be the house's own; whoever began the case hears that it was taken.
    """
    heard = [
        and_(Move.step == step.name, Case.kind == flow.kind)
        for flow in flows.all()
        for step in flow.steps
        if step.internal and "drafter" in step.tells
    ]
    return or_(Move.internal.is_(False), *heard)


def held_since(session: Session, actor: Actor, cases: Iterable[Case]) -> dict[int, date]:
    """Since when each case is where it is, as far as the actor's side knows; one query at most.

    From outside that is the last step that was told there: a house's own work moves no day.
    """
    since, own = {}, actor.orgs()
    hidden = []
    for row in cases:
        since[row.id] = row.holder_since
        if row.turn_org_id not in own and outside(actor, row):
            hidden.append(row.id)
    if hidden:
        told = (
            select(Move.case_id, func.max(Move.at))
            .join(Case, Case.id == Move.case_id)
            .where(Move.case_id.in_(hidden), told_outside())
            .group_by(Move.case_id)
        )
        since |= {case_id: office_date(at) for case_id, at in session.execute(told)}
    return since


def shown_label(state: State, *, from_outside: bool) -> str:
    """A state's name, as far as the reader's side may know it."""
    return state.outside if from_outside and state.outside else state.label


def _leads(power: Power, case: Case) -> bool:
    if power.role not in LEADING_ROLES or not case.scope_code:
        return False
    low, high = region_range(power.region_code)
    return power.org_kind == "bureau" and low <= case.scope_code <= high


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


def timeline(
    session: Session, case_id: int, *, from_outside: bool = False
) -> list[tuple[Move, str]]:
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


def mover() -> ColumnElement[str]:
    """Who took a step, as documents name it: with the person it was done for, where it was lent."""
    person, lender = aliased(User), aliased(User)
    who, whom = (
        select(user.name).where(user.id == column).correlate(Move).scalar_subquery()
        for user, column in ((person, Move.actor_id), (lender, Move.on_behalf_of_id))
    )
    lent = who.concat("（代").concat(whom).concat("）")
    return case((Move.on_behalf_of_id.is_(None), who), else_=lent).label("name")


def files_of(session: Session, case: Case, *, from_outside: bool = False) -> list[Attachment]:
    """The files of a case, oldest first; the outside is spared the bureau's own papers."""
    query = select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id)
    if from_outside:
        query = query.where(Attachment.internal.is_(False))
    return list(session.scalars(query))


def file_of(session: Session, actor: Actor, case: Case, file_id: int) -> Attachment:
    """One file of a case that was read through `get_visible`; otherwise it does not exist."""
    row = session.get(Attachment, file_id)
    if row is None or row.case_id != case.id or (row.internal and outside(actor, case)):
        raise NotVisible(f"file {file_id}")
    return row
