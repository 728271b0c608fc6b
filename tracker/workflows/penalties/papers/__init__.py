"""What the documents of a penalty case say, filled in from the case; people may change the drafts.

The texts are Chinese on paper in whatever language the page is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.papers import course, decision, ending
from tracker.workflows.penalties.papers.known import Known

_FILL = {**course.FILL, **decision.FILL, **ending.FILL}


def values(session: Session, penalty: Penalty, kind: str, now: datetime) -> Mapping[str, Any]:
    """The fields of a kind as far as the case knows them; an unknown kind is filled by hand."""
    fill = _FILL.get(kind)
    if fill is None:
        return {}
    return {k: v for k, v in fill(Known(session, penalty, now)).items() if v not in (None, "", [])}
