"""What the page of a sanction proposal shows of its own: persons, results, head counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.answers import from_json
from tracker.core.cases.models import Move
from tracker.core.clock import office_date
from tracker.core.errors import N_
from tracker.web.desk.shape import Cell, Shown
from tracker.workflows.sanctions import queries
from tracker.workflows.sanctions.guards import LOCAL, MONTHS, running_clock
from tracker.workflows.sanctions.models import (
    ADDRESSEES,
    RANKS,
    RESPONSIBILITIES,
    RESULT_KINDS,
    Sanction,
)


def context(session: Session, _actor: Actor, case: Sanction, now: datetime) -> Mapping[str, Any]:
    """The persons with what became of each, the chasers, and whether the answer is late."""
    clock = running_clock(session, case.id, MONTHS)
    due = clock.due_on if clock is not None else None
    return {
        "persons": case.persons,
        "ranks": RANKS,
        "responsibilities": RESPONSIBILITIES,
        "result_kinds": RESULT_KINDS,
        "heads": queries.heads(case),
        "chasers": _chasers(session, case.id),
        "has_own_rules": case.has_own_rules,
        "late_since": due if due is not None and due < office_date(now) else None,
        "local_clock": running_clock(session, case.id, LOCAL),
    }


def _chasers(session: Session, case_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Move.data)
        .where(Move.case_id == case_id, Move.step == "chase")
        .order_by(Move.seq.desc())
    )
    return [from_json(data) for data in rows]


def facts(_session: Session, case: Sanction) -> Sequence[tuple[str, Shown]]:
    """What stands in the head."""
    found: list[tuple[str, Shown]] = [(N_("单位"), case.unit_name), (N_("行为"), case.matter)]
    if case.addressee is not None:
        found.append((ADDRESSEES[case.addressee_kind or ""], case.addressee))
    return found


def cell(_session: Session, case: Sanction) -> Cell:
    """How many persons have an answer."""
    answered = sum(p.answered for p in case.persons)
    return Cell(N_("有结果的责任人"), f"{answered} / {len(case.persons)}")
