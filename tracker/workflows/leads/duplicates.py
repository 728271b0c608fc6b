"""Likely duplicates of a lead: same unit (or a variant of its name), period and indicator."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, selectinload

from tracker.core.accounts.actor import Actor
from tracker.core.cases.models import CaseLink
from tracker.core.cases.scope import visible
from tracker.core.errors import N_
from tracker.core.registers.names import similar
from tracker.workflows.leads.models import Lead

_CANDIDATES = 200
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another lead and what it shares with this one."""

    lead: Lead
    same_code: bool
    same_name: bool
    same_period: bool
    shared_indicators: tuple[str, ...]

    @property
    def reasons(self) -> list[str]:
        """What is alike, as labels."""
        found = []
        if self.same_code:
            found.append(N_("信用代码相同"))
        elif self.same_name:
            found.append(N_("名称相同"))
        else:
            found.append(N_("名称相近"))
        if self.same_period:
            found.append(N_("报告期相同"))
        if self.shared_indicators:
            found.append(N_("指标相同"))
        return found

    @property
    def weight(self) -> int:
        """More is more alike; orders the list."""
        return (
            4 * self.same_code
            + 3 * self.same_name
            + 2 * self.same_period
            + 2 * bool(self.shared_indicators)
        )


def likely_duplicates(session: Session, lead: Lead, actor: Actor) -> list[Likeness]:
    """Leads of the same bureau that look like this one and are not yet linked, best first.

    A unit is the same by its credit code, by its normalised name, or by a similar name in the
    same place. Merged and withdrawn leads are left out.
    """
    linked = select(CaseLink.to_id).where(CaseLink.from_id == lead.id)
    linked_back = select(CaseLink.from_id).where(CaseLink.to_id == lead.id)
    open_to_compare = and_(
        Lead.id != lead.id,
        Lead.state.not_in(("merged", "withdrawn")),
        Lead.id.not_in(linked),
        Lead.id.not_in(linked_back),
        visible(actor),
    )
    # Two reads, each along one index: an OR over name, code and place would walk the table.
    same = Lead.unit_key == lead.unit_key
    if lead.uscc:
        same = or_(same, Lead.uscc == lead.uscc)
    alike = and_(Lead.unit_key >= lead.unit_key[:2], Lead.unit_key < _after(lead.unit_key[:2]))
    found_rows: dict[int, Lead] = {}
    for unit in (same, and_(alike, Lead.region_code == lead.region_code)):
        query = (
            select(Lead)
            .where(unit, open_to_compare)
            .options(selectinload(Lead.indicators))
            .order_by(Lead.id.desc())
            .limit(_CANDIDATES)
        )
        found_rows |= {row.id: row for row in session.scalars(query)}
    candidates = list(found_rows.values())
    names = {i.name for i in lead.indicators}
    found = []
    for other in candidates:
        same_code = bool(lead.uscc) and other.uscc == lead.uscc
        same_name = other.unit_key == lead.unit_key
        if not (same_code or same_name or similar(lead.unit_name, other.unit_name)):
            continue
        if not same_code and lead.uscc and other.uscc and not same_name:
            continue  # two different codes: two different units with similar names
        found.append(
            Likeness(
                other,
                same_code,
                same_name,
                other.period == lead.period,
                tuple(sorted(names & {i.name for i in other.indicators})),
            )
        )
    return sorted(found, key=lambda x: (-x.weight, -x.lead.id))[:_SHOWN]


def _after(stem: str) -> str:
    """The first text that no longer begins with a stem, by code point as both databases sort."""
    return stem[:-1] + chr(ord(stem[-1]) + 1) if stem else "\U0010ffff"
