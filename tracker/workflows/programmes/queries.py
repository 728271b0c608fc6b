"""Reads: what training is wanted, how far it has come, and the plans of a year side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.scope import visible
from tracker.core.deadlines.models import Deadline
from tracker.core.deadlines.service import of_case
from tracker.core.registers.models import Organisation
from tracker.core.rulebook.model import Rule
from tracker.core.staff.coverage import coverage
from tracker.core.staff.models import TrainingKind, TrainingRecord
from tracker.workflows.programmes import yearly
from tracker.workflows.programmes.models import Programme, ProgrammeLine, ProgrammeSession

_FIRST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Covered:
    """Of those who serve, how many have had a kind of training; induction once, others yearly."""

    kind: str
    should: int
    had: int

    @property
    def missing(self) -> int:
        """How many have not had it."""
        return self.should - self.had


@dataclass(frozen=True, slots=True)
class Needs:
    """What the register says of the people a bureau trains, on a day in a year."""

    year: int
    people: int
    new: tuple[str, ...]
    new_count: int
    short: int
    rule: Rule
    coverage: tuple[Covered, ...]

    @property
    def least(self) -> int:
        """Hours a year."""
        return (self.rule.quota.least if self.rule.quota is not None else None) or 0


def needs(session: Session, programme: Programme, today: date) -> Needs:
    """New people without induction, people short of hours, kinds not had, by the register.

    A plan for a year to come is made on what this year has brought.
    """
    year = min(programme.year, today.year)
    found = coverage(session, programme.region_code, today, year=year)
    total = found.total
    new = total.cells[TrainingKind.INDUCTION.value].missing
    return Needs(
        year=year,
        people=total.people,
        new=tuple(who.name for who in new[:_FIRST_NAMES]),
        new_count=len(new),
        short=len(total.short),
        rule=found.rule,
        coverage=tuple(
            Covered(kind.value, total.cells[kind.value].should, total.cells[kind.value].had)
            for kind in TrainingKind
            if kind is not TrainingKind.OTHER
        ),
    )


# ---------------------------------------------------------------- the years side by side


@dataclass(frozen=True, slots=True)
class Row:
    """A bureau's year: what was planned, what was done, and its duty to train everybody."""

    programme: Programme
    house: str
    wanted: int
    places: int
    cost: Decimal
    held: int
    people: int
    duty: Deadline | None

    @property
    def late(self) -> bool:
        """Whether the duty was met, or given up, after its day."""
        return ended_late(self.duty)


def ended_late(clock: Deadline | None) -> bool:
    """Whether a date has passed before its clock stopped."""
    return bool(clock and clock.stopped_on and clock.due_on and clock.stopped_on > clock.due_on)


def years_of(session: Session, actor: Actor) -> list[int]:
    """The years of which the actor sees plans, the latest first."""
    query = select(Programme.year).where(visible(actor)).distinct()
    return sorted(session.scalars(query), reverse=True)


def board(session: Session, actor: Actor, year: int) -> list[Row]:
    """The plans of a year that the actor sees, by place; four queries."""
    found = session.execute(
        select(Programme, Organisation.short_name)
        .join(Organisation, Organisation.id == Programme.house_id)
        .where(Programme.year == year, visible(actor))
        .order_by(Programme.region_code, Programme.id)
    ).all()
    ids = [programme.id for programme, _name in found]
    planned, held = _planned(session, ids), _held(session, ids)
    duties = {
        clock.case_id: clock
        for clock in session.scalars(
            select(Deadline)
            .where(Deadline.case_id.in_(ids), Deadline.rule_id.in_(yearly.DUTIES))
            .order_by(Deadline.id)
        )
    }
    nothing = (0, 0, Decimal(0))
    return [
        Row(
            programme,
            name,
            *planned.get(programme.id, nothing),
            *held.get(programme.id, (0, 0)),
            duties.get(programme.id),
        )
        for programme, name in found
    ]


def _planned(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int, Decimal]]:
    rows = session.execute(
        select(
            ProgrammeLine.case_id,
            func.sum(ProgrammeLine.times),
            func.sum(ProgrammeLine.times * ProgrammeLine.people),
            func.sum(ProgrammeLine.budget),
        )
        .where(ProgrammeLine.case_id.in_(ids))
        .group_by(ProgrammeLine.case_id)
    ).all()
    return {case_id: (times, places, Decimal(cost)) for case_id, times, places, cost in rows}


def _held(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Sessions of a plan that took place, and the people in them."""
    rows = session.execute(
        select(
            ProgrammeLine.case_id,
            func.count(ProgrammeSession.session_id.distinct()),
            func.count(TrainingRecord.id),
        )
        .join(ProgrammeSession, ProgrammeSession.line_id == ProgrammeLine.id)
        .join(TrainingRecord, TrainingRecord.case_id == ProgrammeSession.session_id)
        .where(ProgrammeLine.case_id.in_(ids))
        .group_by(ProgrammeLine.case_id)
    ).all()
    return {case_id: (times, people) for case_id, times, people in rows}


def duty_of(session: Session, programme: Programme) -> Deadline | None:
    """The date for the year's general training, met or not."""
    clocks = [d for d in of_case(session, programme.id) if d.rule_id in yearly.DUTIES]
    return clocks[-1] if clocks else None
