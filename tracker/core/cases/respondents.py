"""What counts against or for a respondent unit across all its cases.

The yearly cap on inspections (国办发〔2024〕54号, rule T28) and the orders to correct of the last
twelve months (实施条例 50(4), rule T31) are counted here, whichever task they come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.core.cases.models import Case
from tracker.core.db import Model
from tracker.core.deadlines.replay import add_months
from tracker.core.errors import N_
from tracker.core.rulebook.model import Rule
from tracker.core.rulebook.terms import Unit

EVENT_LABELS = {"inspection": N_("执法检查"), "correction_order": N_("责令改正")}


class UnitEvent(Model):
    """One inspection of a unit, or one order to correct; `exempt` ones do not count to the cap."""

    __tablename__ = "unit_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(20))
    happened_on: Mapped[date] = mapped_column(Date)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    organ_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    exempt: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (
        CheckConstraint("kind IN ('inspection', 'correction_order')", name="kind_known"),
        Index("ix_unit_events_unit", "unit_id", "kind", "happened_on"),
    )


def record_event(
    session: Session, case: Case, kind: str, on: date, organ_id: int, *, exempt: bool = False
) -> UnitEvent:
    """Count an event of a case whose unit is known; the same event of a case is counted once."""
    known = session.scalars(
        select(UnitEvent).where(
            UnitEvent.case_id == case.id, UnitEvent.kind == kind, UnitEvent.happened_on == on
        )
    ).one_or_none()
    if known is not None:
        return known
    event = UnitEvent(
        unit_id=case.unit_id,
        kind=kind,
        happened_on=on,
        case_id=case.id,
        organ_id=organ_id,
        exempt=exempt,
    )
    session.add(event)
    session.flush()
    return event


def events_of(session: Session, unit_id: int) -> list[UnitEvent]:
    """Everything counted of a unit, newest first."""
    return list(
        session.scalars(
            select(UnitEvent)
            .where(UnitEvent.unit_id == unit_id)
            .order_by(UnitEvent.happened_on.desc(), UnitEvent.id.desc())
        )
    )


def inspections_in_year(
    session: Session, unit_id: int, organ_id: int, year: int, *, but: int | None = None
) -> int:
    """How often an organ has inspected a unit in a calendar year, exempt ones left out.

    `but` is a case that is not counted: the one that asks.
    """
    return inspections_by_unit(session, [unit_id], organ_id, year, but=but).get(unit_id, 0)


def inspections_by_unit(
    session: Session, unit_ids: Sequence[int], organ_id: int, year: int, *, but: int | None = None
) -> dict[int, int]:
    """The same of many units, those that were inspected; one query."""
    query = (
        select(UnitEvent.unit_id, func.count())
        .where(
            UnitEvent.unit_id.in_(unit_ids),
            UnitEvent.organ_id == organ_id,
            UnitEvent.kind == "inspection",
            ~UnitEvent.exempt,
            UnitEvent.happened_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .group_by(UnitEvent.unit_id)
    )
    if but is not None:
        query = query.where(UnitEvent.case_id != but)
    return {unit: count for unit, count in session.execute(query)}  # noqa: C416 - rows are no pairs


@dataclass(frozen=True, slots=True)
class Repetition:
    """How often a unit was ordered to correct in the window of a rule, and how often is enough."""

    dates: tuple[date, ...]
    needed: int

    @property
    def reached(self) -> bool:
        """Whether the act is aggravated by repetition."""
        return len(self.dates) >= self.needed


def orders_in_window(session: Session, unit_id: int, until: date, rule: Rule) -> Repetition:
    """Orders to correct of the rolling window that ends on a day, by rule T31.

    Source: 统计法实施条例 50(4).
    """
    found = session.scalars(
        select(UnitEvent.happened_on)
        .where(UnitEvent.unit_id == unit_id, UnitEvent.kind == "correction_order")
        .order_by(UnitEvent.happened_on)
    )
    return repetition(found, until, rule)


def repetition(days: Iterable[date], until: date, rule: Rule) -> Repetition:
    """Those of some days, in order, that lie in the rolling window which ends on a day."""
    if rule.threshold is None:
        raise ValueError(f"{rule.id} sets no threshold")
    inside = tuple(day for day in days if day <= until <= leaves_window(day, rule))
    return Repetition(inside, rule.threshold.n)


def leaves_window(day: date, rule: Rule) -> date:
    """The last day on which something of a day still counts by a rule with a threshold."""
    if rule.threshold is None:
        raise ValueError(f"{rule.id} sets no threshold")
    within = rule.threshold.within
    return add_months(day, within.count * (12 if within.unit is Unit.Y else 1))
