"""Reads of gaps: which houses a place belongs to, which gaps have a case, which were excused."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.norms.board import Standing
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import ancestors, prefix
from tracker.workflows.vacancies.models import Vacancy

_COUNTY_WIDTH = 6
_OF_A_PLACE = ("township", "other")


def bureaus(session: Session) -> Sequence[Organisation]:
    """The bureaus at work, by region."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.kind == "bureau", Organisation.active)
        .order_by(Organisation.region_code, Organisation.id)
    ).all()


def is_county(region_code: str) -> bool:
    """Whether a region is a county or a district: the level that watches over its townships."""
    return len(prefix(region_code)) == _COUNTY_WIDTH


def origin_of(session: Session, standing: Standing, bureau: Organisation) -> Organisation:
    """The house that is short: the department, or the office of the place or of the one above it.

    Where none of them is in the product, the bureau has the gap of itself.
    """
    if standing.org_id is not None:
        return session.get_one(Organisation, standing.org_id)
    codes = [c for c in ancestors(standing.region_code) if len(prefix(c)) > _COUNTY_WIDTH]
    found = session.scalars(
        select(Organisation)
        .where(
            Organisation.region_code.in_(codes),
            Organisation.kind.in_(_OF_A_PLACE),
            Organisation.active,
        )
        .order_by(Organisation.region_code.desc(), Organisation.kind.desc(), Organisation.id)
        .limit(1)
    ).one_or_none()
    return found or bureau


def open_gaps(session: Session, bureau_id: int) -> dict[str, Vacancy]:
    """The gaps of a bureau that are being filled, by subject."""
    rows = session.scalars(
        select(Vacancy).where(Vacancy.bureau_id == bureau_id, Vacancy.ended_on.is_(None))
    )
    return {row.subject: row for row in rows}


def open_gap(session: Session, subject: str) -> Vacancy | None:
    """The one gap of a subject that is being filled, whichever bureau has it."""
    return session.scalars(
        select(Vacancy).where(Vacancy.subject == subject, Vacancy.ended_on.is_(None))
    ).one_or_none()


def excused(session: Session, bureau_id: int) -> dict[str, Vacancy]:
    """The last gap of each subject that somebody has excused, by subject."""
    rows = session.scalars(
        select(Vacancy)
        .where(Vacancy.bureau_id == bureau_id, Vacancy.state == "excused")
        .order_by(Vacancy.id)
    )
    return {row.subject: row for row in rows}


def same_gap(vacancy: Vacancy | None, standing: Standing) -> bool:
    """Whether what is short now is no more than what was excused, and has not been met between."""
    return (
        vacancy is not None
        and vacancy.since == standing.since
        and vacancy.required - vacancy.present >= standing.short
    )
