"""The person who acts, with every power they have today, own or lent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Date, and_, column, literal, null, or_, select, table, union_all
from sqlalchemy.orm import Session

from tracker.core.accounts.models import Delegation, Grant, User
from tracker.core.accounts.roles import ADMIN_ROLES, Role
from tracker.core.errors import NotVisible

# Organisations belong to a sibling package; only these columns of theirs are read here.
_organisations = table(
    "organisations",
    column("id"),
    column("name"),
    column("kind"),
    column("region_code"),
    column("active"),
)


@dataclass(frozen=True, slots=True)
class Power:
    """One role in one organisation, held by oneself or lent by the person named.

    `kinds` are the kinds of cases it was lent for, empty means that it holds for everything;
    `until` is the last day it is lent.
    """

    role: Role
    org_id: int
    org_name: str
    org_kind: str
    region_code: str
    on_behalf_of: int | None = None
    on_behalf_name: str = ""
    kinds: frozenset[str] = frozenset()
    until: date | None = None

    def covers(self, kind: str) -> bool:
        """Whether the power holds for cases of a kind."""
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking; plain values only, so that it outlives any database session.

    `powers` are those that hold here, `elsewhere` those lent for other kinds of cases: whoever
    knows of no kind sees only what was lent whole, and `within` says of which kind one speaks.
    """

    user_id: int
    name: str
    clearance: int
    powers: tuple[Power, ...] = ()
    elsewhere: tuple[Power, ...] = ()

    @property
    def every(self) -> tuple[Power, ...]:
        """All powers, whatever they were lent for; their `kinds` say how far they reach."""
        return self.powers + self.elsewhere

    @property
    def handles_cases(self) -> bool:
        """Whether any power is more than an administrator's; those alone see no case."""
        return any(power.role not in ADMIN_ROLES for power in self.every)

    def within(self, kind: str) -> Actor:
        """The same person before a case of a kind: with the powers that hold there."""
        if not self.elsewhere and not any(p.kinds for p in self.powers):
            return self
        here = tuple(p for p in self.every if p.covers(kind))
        return replace(
            self, powers=here, elsewhere=tuple(p for p in self.every if not p.covers(kind))
        )

    def stands_in_for(self, kind: str) -> dict[int, str]:
        """Ids and names of those for whom the person acts in cases of a kind."""
        lent = (p for p in self.every if p.covers(kind))
        return {p.on_behalf_of: p.on_behalf_name for p in lent if p.on_behalf_of is not None}

    def has(self, role: Role, org_id: int | None = None) -> bool:
        """Whether any power, own or lent, is this role (in this organisation)."""
        return any(p.role == role and org_id in (None, p.org_id) for p in self.powers)

    def orgs(self, *roles: Role) -> set[int]:
        """The organisations in which this person holds one of the roles; none named means any."""
        return {p.org_id for p in self.powers if not roles or p.role in roles}


def hold_rights(session: Session, user_id: int) -> None:
    """Let nobody take rights away until this transaction ends; SQLite's writers queue anyway.

    Whoever withdraws a role, an account or a delegation locks the same rows first, so an act is
    ordered either before the withdrawal or after it, and then it is refused.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    lenders = select(Delegation.from_user_id).where(Delegation.to_user_id == user_id)
    session.execute(
        select(User.id)
        .where(or_(User.id == user_id, User.id.in_(lenders)))
        .order_by(User.id)
        .with_for_update(read=True)
    )


def load_actor(session: Session, user_id: int, today: date) -> Actor:
    """The person and their powers on this day, in one query; an inactive one is not visible."""
    lent = (
        Delegation.to_user_id == user_id,
        Delegation.valid_from <= today,
        Delegation.valid_to >= today,
        Delegation.revoked_at.is_(None),
    )
    everything = literal("")
    holders = union_all(
        select(
            literal(user_id).label("holder_id"),
            null().label("on_behalf_of"),
            everything.label("kinds"),
            everything.label("roles"),
            literal(None, Date).label("until"),
        ),
        select(
            Delegation.from_user_id,
            Delegation.from_user_id,
            Delegation.kinds,
            Delegation.roles,
            Delegation.valid_to,
        ).where(*lent),
    ).subquery()
    holder = User.__table__.alias("holder")
    org = _organisations
    rows = session.execute(
        select(
            User.name,
            User.clearance,
            Grant.role,
            org.c.id,
            org.c.name,
            org.c.kind,
            org.c.region_code,
            holders.c.on_behalf_of,
            holder.c.name,
            holders.c.kinds,
            holders.c.roles,
            holders.c.until,
        )
        .select_from(User)
        .join(holders, literal(value=True))
        .join(holder, and_(holder.c.id == holders.c.holder_id, holder.c.active))
        .outerjoin(
            Grant,
            and_(
                Grant.user_id == holders.c.holder_id,
                Grant.valid_from <= today,
                or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
            ),
        )
        .outerjoin(org, and_(org.c.id == Grant.org_id, org.c.active))
        .where(User.id == user_id, User.active)
        .order_by(holders.c.on_behalf_of.is_not(None), Grant.id)
    ).all()
    if not rows:
        raise NotVisible("no such active user")
    powers: dict[Power, None] = {}
    for (
        _,
        _,
        role,
        org_id,
        org_name,
        kind,
        region,
        behalf,
        holder_name,
        kinds,
        roles,
        until,
    ) in rows:
        if role is None or org_id is None:
            continue
        # The three administrators' duties cannot be lent: 三员分立 would mean nothing.
        if behalf is not None and Role(role) in ADMIN_ROLES:
            continue
        if roles and role not in roles.split(","):
            continue
        power = Power(
            role=Role(role),
            org_id=org_id,
            org_name=org_name,
            org_kind=kind,
            region_code=region,
            on_behalf_of=behalf,
            on_behalf_name=holder_name if behalf is not None else "",
            until=until,
            kinds=frozenset(kinds.split(",")) if kinds else frozenset(),
        )
        powers[power] = None
    # Who works in two houses lends the work of the one that the stand-in works in, too.
    own = {p.org_id for p in powers if p.on_behalf_of is None}
    here = [p for p in powers if p.org_id in own]
    whole = tuple(p for p in here if not p.kinds)
    narrow = tuple(p for p in here if p.kinds)
    return Actor(user_id, rows[0][0], rows[0][1], whole, narrow)
