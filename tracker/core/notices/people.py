"""Who holds a role in an organisation on a day, stand-ins included."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.core.accounts.delegations import lent_for, lent_on
from tracker.core.accounts.models import Delegation, Grant, User


def active(session: Session, user_ids: Iterable[int]) -> list[int]:
    """Those of the people whose account is in use."""
    query = select(User.id).where(User.id.in_(list(user_ids)), User.active)
    return list(session.scalars(query.order_by(User.id)))


def holders(session: Session, org_id: int, role: str, on: date, kind: str = "") -> dict[int, str]:
    """Active people with a grant that holds on the day, and who stands in for them then.

    By id, with the name of the person stood in for, empty for oneself; one's own duty goes before
    another's. `kind` leaves out those to whom nothing was lent for cases of that kind.
    """
    there = select(Grant.user_id).where(
        Grant.org_id == org_id,
        Grant.valid_from <= on,
        or_(Grant.valid_to.is_(None), Grant.valid_to >= on),
    )
    granted = there.where(Grant.role == role)
    own = select(User.id).where(User.active, User.id.in_(granted))
    found = dict.fromkeys(session.scalars(own.order_by(User.id)), "")
    # Of two houses that somebody works in, a stand-in takes over the work of the common one.
    for user_id, name in _standing_in(session, granted, on, kind, (role,), among=there):
        found.setdefault(user_id, name)
    return dict(sorted(found.items()))


def with_stand_ins(
    session: Session,
    user_ids: Iterable[int],
    on: date,
    kind: str = "",
    roles: Collection[str] = (),
) -> dict[int, str]:
    """Those of the people whose account is in use, and who stands in for them; see `holders`."""
    people = list(user_ids)
    found = dict.fromkeys(active(session, people), "")
    for user_id, name in _standing_in(session, people, on, kind, roles):
        found.setdefault(user_id, name)
    return dict(sorted(found.items()))


def _standing_in(
    session: Session,
    lenders: Select[int] | Sequence[int],
    on: date,
    kind: str,
    roles: Collection[str],
    among: Select[int] | None = None,
) -> list[tuple[int, str]]:
    """Stand-ins with an account in use, with the name of whom they stand in for."""
    lender, taker = aliased(User), aliased(User)
    rows = session.execute(
        select(Delegation.to_user_id, lender.name)
        .join(lender, lender.id == Delegation.from_user_id)
        .join(taker, taker.id == Delegation.to_user_id)
        .where(
            Delegation.from_user_id.in_(lenders),
            *lent_on(on),
            *lent_for(kind, roles),
            lender.active,
            taker.active,
            *(() if among is None else (taker.id.in_(among),)),
        )
        .order_by(Delegation.id)
    )
    return [(row[0], row[1]) for row in rows]
