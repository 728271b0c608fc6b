"""Reads of penalty cases; each takes the actor, and none sees more than `visible(actor)`."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.agenda import Entry
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.core.clock import at_office, office_date
from tracker.core.errors import N_, say
from tracker.core.reports.supply import Fined
from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.rows import Hearing, Payment


def agenda_entries(session: Session, actor: Actor, first: date, last: date) -> list[Entry]:
    """Hearings from one day to another; one that was postponed stands on its new day only."""
    rows = session.execute(
        select(Hearing, Case)
        .join(Case, Case.id == Hearing.case_id)
        .where(
            Hearing.hearing_at >= at_office(first, 0),
            Hearing.hearing_at < at_office(last + timedelta(days=1), 0),
            ~Hearing.postponed,
            visible(actor),
        )
    ).all()
    return [
        Entry(
            on=office_date(hearing.hearing_at),
            case=case,
            label=say("听证，%(place)s", place=hearing.place),
            at=hearing.hearing_at,
        )
        for hearing, case in rows
    ]


# What a decision imposes, by warning, circular and fine.
_IMPOSED = {
    (False, False, False): N_("没有写明"),
    (True, False, False): N_("警告"),
    (False, True, False): N_("通报批评"),
    (False, False, True): N_("罚款"),
    (True, True, False): N_("警告、通报批评"),
    (True, False, True): N_("警告、罚款"),
    (False, True, True): N_("通报批评、罚款"),
    (True, True, True): N_("警告、通报批评、罚款"),
}


def fined(session: Session, where: ColumnElement[bool]) -> list[Fined]:
    """The decisions of the cases that meet a condition, by day, for the reports."""
    paid = (
        select(Payment.case_id, func.sum(Payment.amount).label("paid"))
        .group_by(Payment.case_id)
        .subquery()
    )
    rows = session.execute(
        select(Penalty, paid.c.paid)
        .outerjoin(paid, paid.c.case_id == Penalty.id)
        .where(where, Penalty.decided_on.is_not(None), Penalty.outcome == "penalty")
        .order_by(Penalty.decided_on, Penalty.id)
    )
    return [
        Fined(
            case_id=penalty.id,
            number=penalty.number or "",
            unit=penalty.unit_name,
            matter=penalty.matter,
            bureau_id=penalty.bureau_id,
            decided_on=penalty.decided_on or penalty.opened_on,
            penalties=say(_IMPOSED[penalty.warning, penalty.circular, bool(penalty.decision_fine)]),
            fine=penalty.fine,
            paid=Decimal(amount or 0),
        )
        for penalty, amount in rows
    ]
