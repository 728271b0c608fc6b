"""Reads of filings; each takes the actor, and none sees more than `visible(actor)`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.scope import visible
from tracker.core.deadlines.models import Deadline
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import ancestors, place_names
from tracker.workflows.filings.models import Filing

RECTIFY = "OWN-FILERECTIFY"


@dataclass(slots=True)
class Figures:
    """A place or department in one year, for its assessment.

    `filed` are those the bureau has registered, by mode; `irregular` those it found without a
    filing, which were made good in time, late, or not yet.
    """

    name: str
    region_code: str
    consent: int = 0
    filing: int = 0
    irregular: int = 0
    in_time: int = 0
    late: int = 0
    unrectified: int = 0

    @property
    def filed(self) -> int:
        """All that were filed without being found out."""
        return self.consent + self.filing


def yearly_figures(session: Session, actor: Actor, year: int) -> list[Figures]:
    """The figures of every place and department the actor may see, by region code.

    A filing counts in the year in which it was opened, an irregular move in that in which it was
    found. Villages and parks count with their township.
    """
    rows = session.execute(
        select(Filing, Organisation)
        .join(Organisation, Organisation.id == Filing.origin_org_id)
        .where(visible(actor), _counts_in(year))
        .order_by(Filing.id)
    ).all()
    due = _due(session, [filing.id for filing, _org in rows if filing.irregular])
    codes = {_place(filing, org) for filing, org in rows}
    names = place_names(session, codes)
    found: dict[tuple[str, int], Figures] = {}
    for filing, org in rows:
        code, department = _place(filing, org), filing.place_org_id or 0
        name = org.name if department else names[code]
        figures = found.setdefault((code, department), Figures(name, code))
        _add(figures, filing, due.get(filing.id))
    return [found[key] for key in sorted(found)]


def years(session: Session, actor: Actor) -> list[int]:
    """The years in which there is something to count, the latest first."""
    days = session.execute(
        select(
            func.min(func.coalesce(Filing.found_on, Filing.opened_on)),
            func.max(func.coalesce(Filing.found_on, Filing.opened_on)),
        ).where(visible(actor))
    ).one()
    if days[0] is None:
        return []
    return list(range(days[1].year, days[0].year - 1, -1))


def _counts_in(year: int) -> ColumnElement[bool]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    return or_(
        Filing.irregular & Filing.found_on.between(first, last),
        ~Filing.irregular & (Filing.receipt_no != "") & Filing.opened_on.between(first, last),
    ) & (Filing.state != "withdrawn")


def _place(filing: Filing, org: Organisation) -> str:
    """The township of a post below it; the place itself where the code has no township."""
    if filing.place_org_id is not None:
        return org.region_code
    chain = ancestors(filing.place_code)
    return next((code for code in chain if code.endswith("000")), chain[0])


def _due(session: Session, ids: list[int]) -> dict[int, date]:
    """By case, until when it was first to be made good."""
    rows = session.execute(
        select(Deadline.case_id, func.min(Deadline.due_on))
        .where(Deadline.case_id.in_(ids), Deadline.rule_id == RECTIFY)
        .group_by(Deadline.case_id)
    )
    return {case_id: due for case_id, due in rows if due is not None}


def _add(figures: Figures, filing: Filing, due: date | None) -> None:
    if not filing.irregular:
        if filing.mode == "consent":
            figures.consent += 1
        else:
            figures.filing += 1
        return
    figures.irregular += 1
    made_good = filing.rectified_on
    if made_good is None:
        figures.unrectified += 1
    elif due is not None and made_good > due:
        figures.late += 1
    else:
        figures.in_time += 1
