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

_CANDIDATES = 100
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
    likely: dict[int, bool] = {}
    for unit in (same, and_(alike, Lead.region_code == lead.region_code)):
        names = session.execute(
            select(Lead.id, Lead.unit_name, Lead.unit_key, Lead.uscc)
            .where(unit, open_to_compare)
            .order_by(Lead.id.desc())
            .limit(_CANDIDATES)
        )
        likely |= {
            row.id: True for row in names if _same_unit(lead, row.unit_name, row.unit_key, row.uscc)
        }
    rows = session.scalars(
        select(Lead)
        .where(Lead.id.in_(list(likely)[:_CANDIDATES]))
        .options(selectinload(Lead.indicators))
    )
    found = [_likeness(lead, other) for other in rows] if likely else []
    return sorted(found, key=lambda x: (-x.weight, -x.lead.id))[:_SHOWN]


def _same_unit(lead: Lead, name: str, key: str, uscc: str | None) -> bool:
    if (lead.uscc and uscc == lead.uscc) or key == lead.unit_key:
        return True
    if lead.uscc and uscc:
        return False  # two different codes: two different units with similar names
    return similar(lead.unit_name, name)


def _likeness(lead: Lead, other: Lead) -> Likeness:
    mine = {i.name for i in lead.indicators}
    return Likeness(
        other,
        bool(lead.uscc) and other.uscc == lead.uscc,
        other.unit_key == lead.unit_key,
        other.period == lead.period,
        tuple(sorted(mine & {i.name for i in other.indicators})),
    )


def _after(stem: str) -> str:
    """The first text that no longer begins with a stem, by code point as both databases sort."""
    return stem[:-1] + chr(ord(stem[-1]) + 1) if stem else "\U0010ffff"
