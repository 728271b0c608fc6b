"""Where a case stands with its money, its remedies and the court, on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tracker.core.calendar import store
from tracker.core.cases.clocks import rule_for
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.deadlines.replay import add_months
from tracker.core.rulebook.terms import Unit
from tracker.workflows.penalties.ledger import Due, Ledger, Paid, Pause, reckon
from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.rows import (
    Instalment,
    Remedy,
    instalments_of,
    payments_of,
    remedies_of,
)
from tracker.workflows.penalties.window import Window, court_window


def clock(session: Session, case_id: int, rule_id: str) -> Deadline | None:
    """The newest clock of a rule in a case, running or over."""
    found = [d for d in deadlines.of_case(session, case_id) if d.rule_id == rule_id]
    return found[-1] if found else None


def running_clock(session: Session, case_id: int, rule_id: str) -> Deadline | None:
    """The clock of a rule that runs."""
    return next((d for d in deadlines.running(session, case_id) if d.rule_id == rule_id), None)


def ledger_of(session: Session, penalty: Penalty, on: date) -> Ledger | None:
    """The account of the fine on a day; None while nothing was served."""
    dues = dues_of(session, penalty)
    if not dues:
        return None
    rate = rule_for(penalty, "T11", on).rate
    if rate is None:
        raise ValueError("T11 sets no rate")
    return reckon(
        penalty.fine,
        dues,
        [Paid(p.paid_on, p.amount) for p in payments_of(session, penalty.id)],
        [pause_of(r) for r in remedies_of(session, penalty.id)],
        rate,
        on,
    )


def dues_of(session: Session, penalty: Penalty) -> list[Due]:
    """When which part of the fine is due: by the plan, else all of it by the date of T10."""
    plan = instalments_of(session, penalty.id)
    if plan:
        return _cut(plan, penalty.fine)
    paying = clock(session, penalty.id, "T10")
    if paying is None or paying.due_on is None:
        return []
    return [Due(paying.due_on, penalty.fine)]


def _cut(plan: list[Instalment], fine: Decimal) -> list[Due]:
    """The plan as far as the fine reaches: review may have lowered it."""
    found, left = [], fine
    for part in plan:
        amount = min(part.amount, left)
        left -= amount
        if amount > 0:
            found.append(Due(part.due_on, amount))
    return found


def pause_of(remedy: Remedy) -> Pause:
    """While a remedy is open no surcharge runs (处罚法 73)."""
    return Pause(remedy.filed_on, remedy.result_on)


def window_of(session: Session, penalty: Penalty) -> Window | None:
    """The window for the court; None before service and where a suit has taken the matter over.

    After a suit the court enforces its own judgment.
    """
    remedies = remedies_of(session, penalty.id)
    if penalty.served_on is None or penalty.fine == 0:
        return None
    if any(r.kind == "suit" and r.result != "dropped" for r in remedies):
        return None
    decided = [r.result_on for r in remedies if r.result_on and r.result != "dropped"]
    limit = None
    if decided:
        after_review = rule_for(penalty, "T19", decided[-1]).term
        if after_review is None or after_review.unit is not Unit.CD:
            raise ValueError("T19 is not in calendar days")
        limit = date.fromordinal(decided[-1].toordinal() + after_review.count)
    plan = instalments_of(session, penalty.id)
    return court_window(
        penalty.served_on,
        rule_for(penalty, "T20", penalty.served_on),
        store.load(session),
        review_limit_on=limit,
        plan_ends_on=max((p.due_on for p in plan), default=None),
    )


def shown_until(penalty: Penalty) -> date | None:
    """The end of the year of display, from the day of the decision (rule T23A)."""
    if penalty.decided_on is None:
        return None
    term = rule_for(penalty, "T23A", penalty.decided_on).term
    if term is None:
        return None
    return add_months(penalty.decided_on, term.count * (12 if term.unit is Unit.Y else 1))
