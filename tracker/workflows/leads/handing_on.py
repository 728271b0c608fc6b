"""What a lead hands on to the case it opens: what is known of the unit, the act and the figures."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tracker.core.cases.guards import part_holders
from tracker.core.cases.opening import Seed, SeedFigure
from tracker.workflows.leads.models import CRITERIA, Lead, LeadIndicator

# Those who looked into the lead, under the names of their parts in it.
_OFFICERS = ("handler", "co_officer")
_MONEY = "元"


def seed(session: Session, lead: Lead) -> Seed:
    """A lead in the words that all workflows share; never its reporter.

    The criteria were answered for, one by one, by whoever proposed the case.
    """
    holders = {part: part_holders(session, lead.id, part) for part in _OFFICERS}
    return Seed(
        origin=lead,
        unit_name=lead.unit_name,
        uscc=lead.uscc,
        unit_id=lead.unit_id,
        region_code=lead.region_code,
        matter=lead.matter,
        facts="\n".join(text for text in (lead.facts, lead.findings) if text),
        source=lead.channel,
        confidentiality=lead.confidentiality,
        found_on=lead.found_on,
        figures=tuple(_figure(lead, row) for row in lead.indicators),
        people={part: users[0] for part, users in holders.items() if users},
        more={"criteria": tuple(CRITERIA), "period": lead.period, "found_in": lead.found_in},
    )


def _figure(lead: Lead, row: LeadIndicator) -> SeedFigure:
    """What was verified stands for what is due; without a verification, what was known.

    A figure in money is a value indicator (湖南 2021 第三条, domain 4.2).
    """
    return SeedFigure(
        name=row.name,
        measure=row.unit,
        period=lead.period,
        reported=row.reported,
        due=row.known if row.verified is None else row.verified,
        source=row.source,
        nature="value" if _MONEY in row.unit else "non_value",
    )
