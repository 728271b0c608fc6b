"""Reads of sanction proposals; each takes the actor, and none sees more than `visible(actor)`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.models import Move
from tracker.core.cases.scope import visible
from tracker.core.deadlines.models import Deadline, DeadlineFact, DeadlineState
from tracker.workflows.sanctions.guards import LOCAL, MONTHS
from tracker.workflows.sanctions.models import RANKS, Sanction, SanctionPerson


@dataclass(frozen=True, slots=True)
class Overdue:
    """One proposal whose answer is overdue, as it is reported upward."""

    sanction: Sanction
    rule_id: str
    due_on: date
    days_late: int
    months_held: int
    extended: bool
    chased: int
    unanswered: int

    @property
    def local(self) -> bool:
        """Whether it is the shorter limit of a province that has passed."""
        return self.rule_id == LOCAL


def overdue(session: Session, actor: Actor, today: date) -> list[Overdue]:
    """Every proposal whose limit has passed without its results, the longest overdue first."""
    rows = session.execute(
        select(Sanction, Deadline)
        .join(Deadline, Deadline.case_id == Sanction.id)
        .where(
            visible(actor),
            Deadline.rule_id.in_((MONTHS, LOCAL)),
            Deadline.state == DeadlineState.RUNNING.value,
            Deadline.due_on < today,
        )
        .order_by(Deadline.due_on, Sanction.id)
    ).all()
    ids = [sanction.id for sanction, _clock in rows]
    chased = _count(session, Move.case_id, ids, Move.step == "chase")
    silent = _count(
        session,
        SanctionPerson.sanction_id,
        ids,
        SanctionPerson.no_result == "",
        ~SanctionPerson.results.any(),
    )
    more_time = set(
        session.scalars(
            select(DeadlineFact.deadline_id).where(
                DeadlineFact.deadline_id.in_([clock.id for _s, clock in rows]),
                DeadlineFact.kind == "extend",
            )
        )
    )
    return [
        Overdue(
            sanction=sanction,
            rule_id=clock.rule_id,
            due_on=clock.due_on,
            days_late=(today - clock.due_on).days,
            months_held=full_months(clock.started_on, today),
            extended=clock.id in more_time,
            chased=chased.get(sanction.id, 0),
            unanswered=silent.get(sanction.id, 0),
        )
        for sanction, clock in rows
        if clock.due_on is not None
    ]


def _count(session: Session, column: object, ids: Sequence[int], *where: object) -> dict[int, int]:
    query = (
        select(column, func.count())  # type: ignore[call-overload]
        .where(column.in_(ids), *where)  # type: ignore[attr-defined]
        .group_by(column)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def full_months(start: date, today: date) -> int:
    """Whole months between two days; the last one counts when its day number is reached."""
    months = (today.year - start.year) * 12 + today.month - start.month
    return months - (today.day < start.day)


def heads(sanction: Sanction) -> list[tuple[str, int, int]]:
    """By rank: its label, how many persons were proposed, how many were sanctioned (domain S8)."""
    proposed = Counter(p.rank for p in sanction.persons)
    sanctioned = Counter(p.rank for p in sanction.persons if p.results)
    return [(label, proposed[r], sanctioned[r]) for r, label in RANKS.items() if proposed[r]]
