"""The training gate: what the newcomer lacks, and where it can be had."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.sittings import Sitting, sittings
from tracker.core.clock import office_date
from tracker.core.staff.models import TrainingKind
from tracker.core.staff.register import inducted
from tracker.workflows.filings.models import Filing

_MOST = 5


def induction_of(session: Session, filing: Filing, by: date) -> date | None:
    """The day of the newcomer's earliest passed induction by a day (P06); None without one."""
    if filing.incoming_id is None:
        return None
    return inducted(session, [filing.incoming_id], by).get(filing.incoming_id)


def coming(session: Session, filing: Filing, actor: Actor, now: datetime) -> list[Sitting]:
    """The next induction sessions the actor may open, those with the newcomer on the list first."""
    topic = TrainingKind.INDUCTION.value
    return sittings.coming(session, actor, topic, filing.incoming_id, now, most=_MOST)


def earliest_start(session: Session, filing: Filing, now: datetime) -> date:
    """The day a newcomer may start by the papers: today, or when the change takes effect."""
    today = office_date(now)
    trained = induction_of(session, filing, today)
    return max(filing.effective_on, trained or today)
