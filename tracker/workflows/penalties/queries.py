"""Reads of penalty cases; each takes the actor, and none sees more than `visible(actor)`."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.agenda import Entry
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.core.clock import at_office, office_date
from tracker.core.errors import say
from tracker.workflows.penalties.rows import Hearing


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
