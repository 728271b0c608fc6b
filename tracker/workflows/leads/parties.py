"""Who a lead goes to."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.registers.models import Organisation
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
