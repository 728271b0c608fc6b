"""Who holds a role in an organisation on a day, stand-ins included."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import Delegation, Grant, User


def active(session: Session, user_ids: Iterable[int]) -> list[int]:
    """Those of the people whose account is in use."""
    query = select(User.id).where(User.id.in_(list(user_ids)), User.active)
    return list(session.scalars(query.order_by(User.id)))


def holders(session: Session, org_id: int, role: str, on: date) -> list[int]:
    """Active people with a grant that holds on the day, and who stands in for them then."""
    granted = select(Grant.user_id).where(
        Grant.org_id == org_id,
        Grant.role == role,
        Grant.valid_from <= on,
        or_(Grant.valid_to.is_(None), Grant.valid_to >= on),
    )
    standing_in = select(Delegation.to_user_id).where(
        Delegation.from_user_id.in_(granted),
        Delegation.valid_from <= on,
        Delegation.valid_to >= on,
        Delegation.revoked_at.is_(None),
    )
    query = select(User.id).where(User.active, or_(User.id.in_(granted), User.id.in_(standing_in)))
    return list(session.scalars(query.order_by(User.id)))
