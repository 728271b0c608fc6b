"""What the letter of a transfer says, before somebody looks it over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.cases.models import Attachment
from tracker.core.cases.onward import contact
from tracker.workflows.crimes.guards import enclosures
from tracker.workflows.crimes.models import ENCLOSURES, Crime

_BASIS = "《行政执法机关移送涉嫌犯罪案件的规定》（国务院令第310号）第五条、第六条"
# The enclosures under the names that the letter has for them.
_FIELDS = {
    "survey_report": "survey_report",
    "item_list": "item_list",
    "expert_report": "expert_report",
    "other": "other_papers",
}


def values(session: Session, case: Crime, kind: str, now: datetime) -> dict[str, Any]:  # noqa: ARG001 - the kit's form
    """The fields of the letter as far as the case knows them; there is one kind."""
    return {
        "addressee": case.organ or "",
        "party_name": case.unit_name,
        "matter": case.matter,
        "facts": case.facts,
        "crime": case.offence or "",
        "basis": _BASIS,
        "warned": case.imposed or "无",
        "contact": contact(session, case),
        **_enclosed(session, case),
    }


def _enclosed(session: Session, case: Crime) -> dict[str, str]:
    """File names by paper; 无 for what was said not to be there."""
    names: dict[str, list[str]] = {}
    for file in session.scalars(
        select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id)
    ):
        names.setdefault(file.label, []).append(file.name)
    found = enclosures(session, case.id)
    return {
        field: "、".join(names.get(ENCLOSURES[paper], []))
        or ("无" if found[paper] == "none" else "")
        for paper, field in _FIELDS.items()
    }
