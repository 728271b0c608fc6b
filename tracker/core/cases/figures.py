"""The indicator table of a case: reported and due are entered, the rest is computed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Integer,
    Numeric,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.core.cases.opening import SeedFigure
from tracker.core.db import Model
from tracker.core.errors import N_

# Indicator kinds: benchmark tables have bands of their own for each (domain 4.2, 4.3).
NATURES = {
    "value": N_("价值量指标"),
    "non_value": N_("非价值量指标"),
    "population": N_("人口总数"),
    "births_deaths": N_("出生、死亡人口"),
}


class CaseFigure(Model):
    """One indicator of a period. Not reported at all is None, and counts as nought."""

    __tablename__ = "case_figures"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    measure: Mapped[str] = mapped_column(String(20), default="")
    nature: Mapped[str] = mapped_column(String(16), default="value")
    period: Mapped[str] = mapped_column(String(20), default="")
    reported: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    due: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    source: Mapped[str] = mapped_column(String(200), default="")
    # The last change made on a device in the field, so that one sent twice is written once.
    device_key: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("case_id", "line"),
        CheckConstraint(
            "nature IN ('value', 'non_value', 'population', 'births_deaths')", name="nature_known"
        ),
    )

    @property
    def difference(self) -> Decimal | None:
        """Reported less due; None while the due figure is unknown."""
        return None if self.due is None else (self.reported or Decimal(0)) - self.due

    @property
    def ratio(self) -> Decimal | None:
        """The illegal amount in relation to the due figure; None where that is nought.

        Source: 湖南 2021 第三条, 益阳 2020 第三条 (domain 4.2).
        """
        return (
            abs(self.difference) / abs(self.due)
            if self.difference is not None and self.due
            else None
        )


def figures_of(session: Session, case_id: int) -> list[CaseFigure]:
    """The indicator table of a case, in its order."""
    return list(
        session.scalars(
            select(CaseFigure).where(CaseFigure.case_id == case_id).order_by(CaseFigure.line)
        )
    )


def write_figures(session: Session, case_id: int, figures: Iterable[SeedFigure]) -> None:
    """Replace the indicator table of a case."""
    for row in figures_of(session, case_id):
        session.delete(row)
    session.flush()
    for line, f in enumerate(figures, start=1):
        session.add(
            CaseFigure(
                case_id=case_id,
                line=line,
                name=f.name,
                measure=f.measure,
                nature=f.nature,
                period=f.period,
                reported=f.reported,
                due=f.due,
                source=f.source,
            )
        )
    session.flush()


def as_seed(rows: Iterable[CaseFigure]) -> tuple[SeedFigure, ...]:
    """The same table to hand on to another case."""
    return tuple(
        SeedFigure(r.name, r.measure, r.period, r.reported, r.due, r.source, r.nature) for r in rows
    )
