"""Answers the worker needs: who hears of a case, and whether a person may still see it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import load_actor
from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.cases.models import Case
from tracker.core.cases.scope import may_see as actor_may_see
from tracker.core.clock import office_date, utc_now
from tracker.core.errors import NotVisible


def may_see(session: Session, user_id: int, case_id: int, now: datetime | None = None) -> bool:
    """Whether a case exists for a user, by the rights the user has today."""
    try:
        actor = load_actor(session, user_id, office_date(now or utc_now()))
    except NotVisible:
        return False
    return actor_may_see(session, actor, case_id)


def recipients(session: Session, case_id: int, audience: str) -> list[int]:
    """Users a reminder goes to now: whoever's turn it is, or the supervisors beside them."""
    case = session.get_one(Case, case_id)
    if case.closed_at is not None or case.turn_org_id is None:
        return []
    if audience == "handler":
        if case.assignee_id is not None:
            return [case.assignee_id]
        return holders(session, case.turn_org_id, [case.turn_role or ""])
    if case.turn_org_id == case.bureau_id:
        return holders(session, case.turn_org_id, [Role.SUPERVISOR.value])
    return holders(session, case.turn_org_id, [Role.DEPT_APPROVER.value])


def holders(session: Session, org_id: int, roles: list[str]) -> list[int]:
    """Active users who hold one of some roles at an organisation today."""
    today = office_date(utc_now())
    return list(
        session.scalars(
            select(User.id)
            .join(Grant, Grant.user_id == User.id)
            .where(
                Grant.org_id == org_id,
                Grant.role.in_(roles),
                Grant.valid_from <= today,
                or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
                User.active,
            )
            .distinct()
            .order_by(User.id)
        )
    )
