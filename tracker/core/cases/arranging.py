"""Who arranges for the people of a house that cannot do so themselves, and what each can lend."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import Grant
from tracker.core.accounts.roles import ADMIN_ROLES, Role

# A township's head is its approver.
ARRANGING_ROLES = (Role.SUPERVISOR, Role.HEAD, Role.DEPT_APPROVER)


def houses_led(actor: Actor) -> set[int]:
    """The organisations for whose people an actor arranges: by own duty, which is not lent on."""
    return {p.org_id for p in actor.every if p.role in ARRANGING_ROLES and p.on_behalf_of is None}


def people_led(actor: Actor, today: date) -> Select[int]:
    """Ids of those for whom an actor arranges; for a head only another head does.

    Also of people whose account has ended: their work is still there.
    """
    led = houses_led(actor)
    headed = {p.org_id for p in actor.every if p.role is Role.HEAD and p.on_behalf_of is None}
    heads = aliased(Grant)
    above = (
        select(heads.user_id)
        .where(heads.org_id.in_(led - headed), heads.role == Role.HEAD.value)
        .where(_valid(heads, today))
    )
    admins = aliased(Grant)
    administrators = select(admins.user_id).where(
        admins.role.in_([role.value for role in ADMIN_ROLES]), _valid(admins, today)
    )
    return (
        select(Grant.user_id)
        .where(
            Grant.org_id.in_(led),
            Grant.user_id != actor.user_id,
            Grant.user_id.not_in(above),
            Grant.user_id.not_in(administrators),
        )
        .distinct()
    )


def may_arrange(session: Session, actor: Actor, user_id: int, today: date) -> bool:
    """Whether an actor hands over in the name of a person of the house, also of a former one."""
    led = people_led(actor, today).where(Grant.user_id == user_id)
    return session.scalar(led.limit(1)) is not None


def may_lend_for(session: Session, actor: Actor, user_id: int, today: date) -> bool:
    """Whether an actor lends in the name of a person: who works elsewhere now is led elsewhere."""
    led = people_led(actor, today).where(Grant.user_id == user_id, _valid(Grant, today))
    return session.scalar(led.limit(1)) is not None


def _valid(grant: type[Grant], today: date) -> ColumnElement[bool]:
    return and_(grant.valid_from <= today, or_(grant.valid_to.is_(None), grant.valid_to >= today))


def business_roles(session: Session, user_id: int, today: date) -> list[Role]:
    """The roles a person can lend, in the order of the table of roles."""
    held = set(
        session.scalars(
            select(Grant.role).where(Grant.user_id == user_id, _valid(Grant, today)).distinct()
        )
    )
    return [role for role in Role if role.value in held and role not in ADMIN_ROLES]
