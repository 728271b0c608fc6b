"""Lending one's powers to a colleague, and taking them back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.core.accounts.models import Delegation, Grant, User
from tracker.core.accounts.people import lock_rights
from tracker.core.accounts.roles import ADMIN_ROLES
from tracker.core.errors import BadInput, NotVisible, say


def lent_on(day: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a delegation holds on a day."""
    return (
        Delegation.valid_from <= day,
        Delegation.valid_to >= day,
        Delegation.revoked_at.is_(None),
    )


def lent_for(kind: str = "", roles: Collection[str] = ()) -> tuple[ColumnElement[bool], ...]:
    """The conditions that it holds for a kind of cases and lends one of some roles, where named."""
    found: list[ColumnElement[bool]] = []
    for names, wanted in ((Delegation.kinds, {kind} - {""}), (Delegation.roles, set(roles))):
        if wanted:
            listed = literal(",").concat(names).concat(",")
            among = (listed.contains(f",{name},", autoescape=True) for name in sorted(wanted))
            found.append(or_(names == "", *among))
    return tuple(found)


def _valid_grant(grant: type[Grant], today: date) -> ColumnElement[bool]:
    return and_(grant.valid_from <= today, or_(grant.valid_to.is_(None), grant.valid_to >= today))


def colleagues(session: Session, user_id: int, today: date) -> list[User]:
    """Active people who work in one of this person's organisations; no administrators."""
    mine, theirs, admin = aliased(Grant), aliased(Grant), aliased(Grant)
    same_house = (
        select(theirs.user_id)
        .join(mine, mine.org_id == theirs.org_id)
        .where(mine.user_id == user_id, _valid_grant(mine, today), _valid_grant(theirs, today))
    )
    administrators = select(admin.user_id).where(
        admin.role.in_([role.value for role in ADMIN_ROLES]), _valid_grant(admin, today)
    )
    return list(
        session.scalars(
            select(User)
            .where(
                User.active,
                User.id != user_id,
                User.id.in_(same_house),
                User.id.not_in(administrators),
            )
            .order_by(User.name, User.id)
        )
    )


def give_delegation(
    session: Session,
    from_user_id: int,
    to_user_id: int,
    *,
    valid_from: date,
    valid_to: date,
    reason: str,
    made_by_id: int,
    today: date,
    kinds: Sequence[str] = (),
    roles: Sequence[str] = (),
) -> Delegation:
    """Lend business powers for these days. What the taker does carries both names.

    `kinds` narrows them to kinds of cases, `roles` to some of the lender's roles.
    """
    if valid_to < valid_from:
        raise BadInput("valid_to", say("结束日期不能早于开始日期"))
    if valid_from < today:
        raise BadInput("valid_from", say("开始日期不能早于今天"))
    if not reason.strip():
        raise BadInput("reason", say("要写明原因，例如：出差、学习"))
    if _is_admin(session, from_user_id, today):
        raise BadInput("to_user_id", say("系统、安全、审计管理员的权限不能请人代办"))
    if to_user_id not in {person.id for person in colleagues(session, from_user_id, today)}:
        raise BadInput("to_user_id", say("只能请同一单位、账号启用的同事代办"))
    row = Delegation(
        from_user_id=from_user_id,
        to_user_id=to_user_id,
        valid_from=valid_from,
        valid_to=valid_to,
        kinds=",".join(sorted(set(kinds))),
        roles=",".join(sorted(set(roles))),
        reason=reason.strip(),
        made_by_id=made_by_id,
    )
    session.add(row)
    session.flush()
    return row


def revoke_delegation(
    session: Session, delegation_id: int, from_user_id: int, now: datetime
) -> Delegation:
    """Take back what one has lent; it ends at once."""
    row = session.get(Delegation, delegation_id)
    if row is None or row.from_user_id != from_user_id:
        raise NotVisible("no such delegation")
    lock_rights(session, from_user_id)
    if row.revoked_at is None:
        row.revoked_at = now
    return row


def delegations_of(session: Session, user_id: int, today: date) -> list[tuple[Delegation, User]]:
    """What this person has lent that is not over, each with the colleague who has it."""
    rows = session.execute(
        select(Delegation, User)
        .join(User, User.id == Delegation.to_user_id)
        .where(
            Delegation.from_user_id == user_id,
            Delegation.valid_to >= today,
            Delegation.revoked_at.is_(None),
        )
        .order_by(Delegation.valid_from, Delegation.id)
    )
    return [(row[0], row[1]) for row in rows]


def _is_admin(session: Session, user_id: int, today: date) -> bool:
    return (
        session.scalar(
            select(Grant.id)
            .where(
                Grant.user_id == user_id,
                Grant.role.in_([role.value for role in ADMIN_ROLES]),
                _valid_grant(Grant, today),
            )
            .limit(1)
        )
        is not None
    )
