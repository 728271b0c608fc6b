"""What is on which day: due dates of cases, and what workflows add, such as hearings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.models import Case
from tracker.core.deadlines.models import Deadline, DeadlineState
from tracker.core.errors import N_, Sentence, say

KINDS = {"due": N_("到期"), "event": N_("安排")}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on one day, of one case; `at` where it has a time of day.

    A `provisional` date rests on a calendar that has not been announced.
    """

    on: date
    case: Case
    label: Sentence
    kind: str = "event"
    at: datetime | None = None
    provisional: bool = False
    deadline_id: int | None = None


# Reads entries of the days from one to another, of cases that meet the condition.
Source = Callable[[Session, Actor, date, date], list[Entry]]


class Agenda:
    """Who knows of entries besides due dates; `app.py` and workflows fill it."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def add(self, name: str, source: Source) -> None:
        """Register a source of entries under a name; each must keep to `visible(actor)`."""
        self._sources[name] = source

    def entries(
        self, session: Session, actor: Actor, seen: ColumnElement[bool], first: date, last: date
    ) -> list[Entry]:
        """Everything from one day to another, both included, in the order of the day.

        `seen` says whose due dates are shown.
        """
        found = _due_dates(session, seen, first, last)
        for source in self._sources.values():
            found += [e for e in source(session, actor, first, last) if first <= e.on <= last]
        return sorted(
            found,
            key=lambda e: (
                e.on,
                e.at is None,
                e.at.timestamp() if e.at else 0,
                e.kind == "due",
                e.case.id,
                e.deadline_id or 0,
            ),
        )


def _due_dates(session: Session, seen: ColumnElement[bool], first: date, last: date) -> list[Entry]:
    rows = session.execute(
        select(Deadline, Case)
        .join(Case, Case.id == Deadline.case_id)
        .where(
            Deadline.state == DeadlineState.RUNNING.value,
            Deadline.due_on.between(first, last),
            seen,
        )
    ).all()
    return [
        Entry(
            on=deadline.due_on or last,
            case=case,
            label=say(deadline.label),
            kind="due",
            at=deadline.due_at,
            provisional=deadline.provisional,
            deadline_id=deadline.id,
        )
        for deadline, case in rows
    ]


agenda = Agenda()
