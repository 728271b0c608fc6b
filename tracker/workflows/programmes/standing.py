"""What a training year has come to: its lines, the sessions opened from them, who was there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from tracker.core.cases.models import Case
from tracker.core.staff.models import TrainingKind, TrainingRecord
from tracker.workflows.programmes.models import Programme, ProgrammeLine, ProgrammeSession

SESSION_KIND = "training"


@dataclass(frozen=True, slots=True)
class Held:
    """A session: its case, the line it was opened from, and who has it on file; hours of one."""

    session: Case
    line_id: int | None
    held_on: date | None
    people: int
    passed: int
    hours: Decimal

    @property
    def took_place(self) -> bool:
        """Whether anybody has hours of it on file."""
        return self.people > 0


@dataclass(frozen=True, slots=True)
class LineDone:
    """One line of the plan beside what was done of it."""

    line: ProgrammeLine
    sessions: tuple[Held, ...]

    @property
    def held(self) -> int:
        """How many sessions took place."""
        return sum(s.took_place for s in self.sessions)

    @property
    def open(self) -> int:
        """How many are under way."""
        return sum(s.session.closed_at is None for s in self.sessions)

    @property
    def wanted(self) -> int:
        """How many people the plan wants in all its sessions."""
        return self.line.times * self.line.people

    @property
    def people(self) -> int:
        """How many people took part, counted in every session."""
        return sum(s.people for s in self.sessions)

    @property
    def passed(self) -> int:
        """How many of them passed."""
        return sum(s.passed for s in self.sessions)


@dataclass(frozen=True, slots=True)
class Done:
    """A whole plan beside what was done: line by line, and what was held beside the plan."""

    lines: tuple[LineDone, ...]
    beside: tuple[Held, ...]

    @property
    def wanted(self) -> int:
        """Sessions in the plan."""
        return sum(d.line.times for d in self.lines)

    @property
    def held(self) -> int:
        """Sessions of the plan that took place."""
        return sum(d.held for d in self.lines)

    @property
    def people(self) -> int:
        """People of the plan's sessions, counted in every session."""
        return sum(d.people for d in self.lines)

    @property
    def budget(self) -> Decimal:
        """Yuan in the plan."""
        return sum((d.line.budget for d in self.lines), Decimal(0))


def lines_of(session: Session, programme_id: int) -> Sequence[ProgrammeLine]:
    """The lines of a plan, by month."""
    return session.scalars(
        select(ProgrammeLine)
        .where(ProgrammeLine.case_id == programme_id)
        .order_by(ProgrammeLine.month, ProgrammeLine.id)
    ).all()


def sums_of(session: Session, programme_id: int) -> tuple[int, Decimal]:
    """How many sessions a plan wants, and how many yuan its lines cost."""
    row = session.execute(
        select(func.sum(ProgrammeLine.times), func.sum(ProgrammeLine.budget)).where(
            ProgrammeLine.case_id == programme_id
        )
    ).one()
    return int(row[0] or 0), Decimal(row[1] or 0).quantize(Decimal("0.01"))


def done(session: Session, programme: Programme) -> Done:
    """Plan beside deeds, in two queries."""
    held = _sessions(session, programme)
    lines = lines_of(session, programme.id)
    return Done(
        tuple(LineDone(line, tuple(h for h in held if h.line_id == line.id)) for line in lines),
        tuple(h for h in held if h.line_id is None),
    )


def _sessions(session: Session, programme: Programme) -> list[Held]:
    """Sessions opened from the plan, and the house's others of that year that are on file."""
    of_plan = ProgrammeSession.line_id.in_(
        select(ProgrammeLine.id).where(ProgrammeLine.case_id == programme.id)
    )
    rows = session.execute(
        select(
            Case,
            ProgrammeSession.line_id,
            func.min(TrainingRecord.held_on),
            func.count(TrainingRecord.id),
            func.sum(case((TrainingRecord.passed, 1), else_=0)),
            func.max(TrainingRecord.hours),
        )
        .outerjoin(ProgrammeSession, ProgrammeSession.session_id == Case.id)
        .outerjoin(TrainingRecord, TrainingRecord.case_id == Case.id)
        .where(
            Case.bureau_id == programme.house_id,
            Case.kind == SESSION_KIND,
            or_(of_plan, and_(ProgrammeSession.line_id.is_(None), _within(programme.year))),
        )
        .group_by(Case.id, ProgrammeSession.line_id)
        .order_by(func.min(TrainingRecord.held_on), Case.id)
    ).all()
    return [
        Held(found, line_id, on, people, int(passed or 0), Decimal(hours or 0))
        for found, line_id, on, people, passed, hours in rows
    ]


def _within(year: int) -> ColumnElement[bool]:
    return TrainingRecord.held_on.between(date(year, 1, 1), date(year, 12, 31))


def open_sessions(session: Session, programme_id: int) -> int:
    """How many sessions of a plan have not ended."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Case)
            .join(ProgrammeSession, ProgrammeSession.session_id == Case.id)
            .join(ProgrammeLine, ProgrammeLine.id == ProgrammeSession.line_id)
            .where(ProgrammeLine.case_id == programme_id, Case.closed_at.is_(None))
        )
        or 0
    )


def opened_from(session: Session, line_id: int) -> int:
    """How many sessions were opened from a line."""
    query = select(func.count()).where(ProgrammeSession.line_id == line_id)
    return session.scalar(query) or 0


def general_held_on(session: Session, house_id: int, year: int) -> date | None:
    """The day of the year's first general training that a house gave and put on file."""
    return session.scalar(
        select(func.min(TrainingRecord.held_on))
        .join(Case, Case.id == TrainingRecord.case_id)
        .where(
            Case.bureau_id == house_id,
            Case.kind == SESSION_KIND,
            TrainingRecord.kind == TrainingKind.GENERAL.value,
            _within(year),
        )
    )
