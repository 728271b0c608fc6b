"""Who a lead goes to, and who may work on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.registers.models import Officer, Organisation
from tracker.core.registers.places import ancestors
from tracker.workflows.leads.models import Lead


def recipient(session: Session, lead: Lead) -> Organisation | None:
    """The statistics body that receives a lead: of the sender's own level (统计法 37).

    A lead from a survey that the survey team runs itself goes to that team (统计法 36). Where the
    sender's place has no such body (a township), the nearest one above it does.
    """
    origin = session.get_one(Organisation, lead.origin_org_id)
    return body_for(session, origin.region_code, lead.survey_owner)


def body_for(session: Session, region_code: str, survey_owner: str) -> Organisation | None:
    """The nearest active bureau, or survey team, at a place or above it."""
    kind = "survey_team" if survey_owner == "survey_team" else "bureau"
    codes = ancestors(region_code)
    found = {
        org.region_code: org
        for org in session.scalars(
            select(Organisation).where(
                Organisation.kind == kind,
                Organisation.active,
                Organisation.region_code.in_(codes),
            )
        )
    }
    return next((found[code] for code in codes if code in found), None)


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


def certificates(session: Session, user_ids: Sequence[int], today: date) -> dict[int, str]:
    """Certificate numbers valid on a day, by user."""
    rows = session.execute(
        select(Officer.user_id, Officer.certificate_no).where(
            Officer.user_id.in_(user_ids),
            Officer.valid_from <= today,
            Officer.valid_to >= today,
        )
    )
    return {row.user_id: row.certificate_no for row in rows}


def uncertified(session: Session, user_ids: Sequence[int], today: date) -> list[int]:
    """Those of some users who hold no certificate valid on a day."""
    valid = certificates(session, user_ids, today)
    return [u for u in user_ids if u not in valid]
