"""The product itself as an actor: what a periodic job does is done by nobody's account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.errors import N_

USERNAME = "tracker.system"
NAME = N_("系统")


def system_user(session: Session, now: datetime) -> User:
    """The account without a password that stands in the history for the product; made once."""
    user = session.scalar(select(User).where(User.username == USERNAME))
    if user is None:
        user = User(
            username=USERNAME, name=NAME, active=False, clearance=3, must_change=True,
            is_demo=False, created_at=now,
        )  # fmt: skip
        session.add(user)
        session.flush()
    return user


def system_actor(
    session: Session,
    role: Role,
    *,
    org_id: int,
    org_name: str,
    org_kind: str,
    region_code: str,
    now: datetime,
) -> Actor:
    """The product acting at a house in a role; nobody can log in as it."""
    user = system_user(session, now)
    power = Power(role, org_id, org_name, org_kind, region_code)
    return Actor(user.id, user.name, user.clearance, (power,))
