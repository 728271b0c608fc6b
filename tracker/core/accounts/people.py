"""Accounts and roles: making them, switching them on and off, changing passwords."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.passwords import store_password
from tracker.core.accounts.roles import ADMIN_ROLES, Role
from tracker.core.accounts.sessions import end_all
from tracker.core.errors import BadInput, NotVisible, say


def create_user(
    session: Session,
    username: str,
    name: str,
    *,
    now: datetime,
    clearance: int = 0,
    phone: str | None = None,
    is_demo: bool = False,
) -> User:
    """A new account: inactive, without a password, without a role."""
    username = username.strip().lower()
    if not username:
        raise BadInput("username", say("要填账号"))
    if find_user(session, username) is not None:
        raise BadInput("username", say("账号“%(name)s”已经有了", name=username))
    user = User(
        username=username,
        name=name.strip(),
        active=False,
        clearance=clearance,
        phone=phone,
        must_change=True,
        is_demo=is_demo,
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, username: str) -> User | None:
    """By the name they log in with, however it was capitalised."""
    return session.scalar(select(User).where(User.username == username.strip().lower()))


def get_user(session: Session, user_id: int) -> User:
    """The account, or NotVisible."""
    user = session.get(User, user_id)
    if user is None:
        raise NotVisible("no such user")
    return user


def lock_rights(session: Session, user_id: int) -> None:
    """Wait for acts under a person's rights that are under way; see `actor.hold_rights`."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update())


def set_active(session: Session, user_id: int, now: datetime, *, active: bool) -> None:
    """Switch an account on or off; off ends every login at the next request."""
    user = get_user(session, user_id)
    lock_rights(session, user_id)
    user.active = active
    if not active:
        end_all(session, user_id, "disabled", now)


def set_first_password(session: Session, user_id: int, hashed: str, now: datetime) -> None:
    """A password someone else knows: it opens only the page on which to choose one's own."""
    user = get_user(session, user_id)
    store_password(session, user, hashed, now)
    user.must_change = True
    end_all(session, user_id, "password", now)


def change_password(
    session: Session, user_id: int, hashed: str, now: datetime, *, keep_session: int | None = None
) -> None:
    """The person's own choice; ends their other logins."""
    store_password(session, get_user(session, user_id), hashed, now)
    end_all(session, user_id, "password", now, keep_id=keep_session)


def grant_role(
    session: Session,
    user_id: int,
    org_id: int,
    role: Role,
    *,
    valid_from: date,
    now: datetime,
    valid_to: date | None = None,
) -> Grant:
    """Give a role; the three administrators hold one role only. Ends the person's logins."""
    get_user(session, user_id)
    held = roles_from(session, user_id, valid_from)
    if (role in ADMIN_ROLES and held - {role}) or (held & ADMIN_ROLES) - {role}:
        raise BadInput(
            "role", say("系统、安全、审计管理员各由一人担任，不能兼任另外两员，也不能兼业务角色")
        )
    row = session.scalar(
        select(Grant).where(
            Grant.user_id == user_id, Grant.org_id == org_id, Grant.role == role.value
        )
    )
    if row is None:
        row = Grant(user_id=user_id, org_id=org_id, role=role.value)
        session.add(row)
    row.valid_from, row.valid_to = valid_from, valid_to
    session.flush()
    end_all(session, user_id, "roles", now)
    return row


def withdraw_role(session: Session, grant_id: int, now: datetime) -> None:
    """Take a role away at once. Ends the person's logins."""
    row = session.get(Grant, grant_id)
    if row is None:
        raise NotVisible("no such grant")
    lock_rights(session, row.user_id)
    end_all(session, row.user_id, "roles", now)
    session.delete(row)


def roles_from(session: Session, user_id: int, day: date) -> set[Role]:
    """Roles a person has on or after a day, in whatever organisation."""
    return {
        Role(role)
        for role in session.scalars(
            select(Grant.role).where(
                Grant.user_id == user_id, or_(Grant.valid_to.is_(None), Grant.valid_to >= day)
            )
        )
    }


def people_in(session: Session, org_id: int, role: Role, today: date) -> Sequence[User]:
    """Active people who hold a role at an organisation on a day, by id."""
    return session.scalars(
        select(User)
        .join(Grant, Grant.user_id == User.id)
        .where(
            Grant.org_id == org_id,
            Grant.role == role.value,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
            User.active,
        )
        .order_by(User.id)
    ).all()
