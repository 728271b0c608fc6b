"""What happened to a respondent unit, as far as the reader may know it.

A case is listed to whoever sees it. What counts for the cap and for repetition is the organ's
business and said to all its officers, but of a restricted case only to those inside (实施条例 46).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.caps import binding_cap
from tracker.core.cases.models import Case, CaseExcludedOrg, CasePerson
from tracker.core.cases.respondents import (
    Repetition,
    UnitEvent,
    leaves_window,
    repetition,
)
from tracker.core.cases.scope import RECUSED, visible
from tracker.core.registers.models import Organisation, Unit
from tracker.core.rulebook.model import Rule

MOST_CASES = 200


@dataclass(frozen=True, slots=True)
class Event:
    """One inspection or order to correct; `case` is None for who does not see it."""

    kind: str
    on: date
    organ: str
    exempt: bool
    case: Case | None


@dataclass(frozen=True, slots=True)
class OrganYear:
    """How often one organ inspected the unit this year, and how often it may."""

    organ: str
    count: int
    exempt: int
    most: int | None
    published_in: str

    @property
    def full(self) -> bool:
        """Whether the cap leaves no further inspection."""
        return self.most is not None and self.count >= self.most


@dataclass(frozen=True, slots=True)
class Ordered:
    """One order to correct that still counts, and the last day on which it does."""

    on: date
    counts_until: date


@dataclass(frozen=True, slots=True)
class History:
    """The page of a unit below its head."""

    cases: list[Case]
    events: list[Event]
    years: list[OrganYear]
    orders: list[Ordered]
    repeated: Repetition


def history(
    session: Session,
    actor: Actor,
    unit: Unit,
    today: date,
    rule: Rule,
    seen: ColumnElement[bool],
) -> History:
    """All that the reader may know of a unit; `seen` says which cases are listed, `rule` is T31."""
    cases = list(
        session.scalars(
            select(Case)
            .where(Case.unit_id == unit.id, seen)
            .order_by(Case.opened_on.desc(), Case.id.desc())
            .limit(MOST_CASES)
        )
    )
    events = _events(session, actor, unit.id, {c.id: c for c in cases})
    ordered = sorted(e.on for e in events if e.kind == "correction_order")
    repeated = repetition(ordered, today, rule)
    return History(
        cases,
        events,
        _years(session, actor, unit.id, today.year),
        [Ordered(day, leaves_window(day, rule)) for day in repeated.dates],
        repeated,
    )


def open_cases(
    session: Session, seen: ColumnElement[bool], unit_ids: Iterable[int]
) -> dict[int, int]:
    """How many open cases of some units the reader sees; one query."""
    rows = session.execute(
        select(Case.unit_id, func.count())
        .where(Case.unit_id.in_(list(unit_ids)), Case.closed_at.is_(None), seen)
        .group_by(Case.unit_id)
    )
    return {unit_id: count for unit_id, count in rows if unit_id is not None}


def known_to(actor: Actor) -> ColumnElement[bool]:
    """Cases of which an officer may know that an inspection or an order took place."""
    excluded = exists().where(
        CaseExcludedOrg.case_id == Case.id,
        CaseExcludedOrg.org_id.in_({p.org_id for p in actor.every}),
    )
    recused = exists().where(
        CasePerson.case_id == Case.id,
        CasePerson.user_id == actor.user_id,
        CasePerson.part == RECUSED,
        CasePerson.ended_at.is_(None),
    )
    announced = and_(~Case.restricted, Case.confidentiality <= actor.clearance, ~excluded, ~recused)
    return or_(visible(actor), announced)


def _events(session: Session, actor: Actor, unit_id: int, listed: dict[int, Case]) -> list[Event]:
    rows = session.execute(
        select(UnitEvent, Organisation.short_name)
        .join(Organisation, Organisation.id == UnitEvent.organ_id)
        .join(Case, Case.id == UnitEvent.case_id)
        .where(UnitEvent.unit_id == unit_id, known_to(actor))
        .order_by(UnitEvent.happened_on.desc(), UnitEvent.id.desc())
    )
    return [
        Event(e.kind, e.happened_on, organ, e.exempt, listed.get(e.case_id)) for e, organ in rows
    ]


def _years(session: Session, actor: Actor, unit_id: int, year: int) -> list[OrganYear]:
    """The organs that inspected this year, and the reader's own bodies, also at nought."""
    rows = session.execute(
        select(UnitEvent.organ_id, UnitEvent.exempt, func.count())
        .join(Case, Case.id == UnitEvent.case_id)
        .where(
            UnitEvent.unit_id == unit_id,
            UnitEvent.kind == "inspection",
            UnitEvent.happened_on.between(date(year, 1, 1), date(year, 12, 31)),
            known_to(actor),
        )
        .group_by(UnitEvent.organ_id, UnitEvent.exempt)
    )
    counted: dict[int, dict[bool, int]] = {
        p.org_id: {} for p in actor.powers if p.org_kind in ("bureau", "survey_team")
    }
    for organ_id, exempt, count in rows:
        counted.setdefault(organ_id, {})[exempt] = count
    names = dict(
        session.execute(
            select(Organisation.id, Organisation.short_name).where(Organisation.id.in_(counted))
        ).all()
    )
    found = []
    for organ_id, counts in counted.items():
        cap = binding_cap(session, organ_id, year)
        found.append(
            OrganYear(
                names[organ_id],
                counts.get(False, 0),
                counts.get(True, 0),
                cap.most if cap else None,
                cap.published_in if cap else "",
            )
        )
    return found
