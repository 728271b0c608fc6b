"""What may be said of a case outside the product: its number, its kind, and where it stands."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.notices.channels.letter import About


def about(session: Session, case_id: int) -> About | None:
    """Number, kind and path of a case; columns only, so that no title is even read."""
    row = session.execute(select(Case.number, Case.kind).where(Case.id == case_id)).one_or_none()
    if row is None:
        return None
    return About(row.number, flows.get(row.kind).label, path_of(row.kind, case_id))


def path_of(kind: str, case_id: int) -> str:
    """The page of a case, for links that are written where no request is."""
    return f"/{flows.get(kind).pages}/{case_id}"
