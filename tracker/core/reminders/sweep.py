"""Send what is due: one row, one transaction, and what is stale is written off with the reason.

What came due while nobody swept is sent once, marked late, and grouped by the outage: a person
reads one entry. Of one clock and audience only what came due last is news; the earlier ones are
written off as overtaken.

The case is locked before the row is taken, in the same order as a step does it. So a step and a
sweep never wait for each other in a circle, and a clock that stops while we look is seen stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic

from sqlalchemy import and_, column, literal_column, or_, select, table, update
from sqlalchemy.orm import Session

from tracker.core.audit.service import record
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar, OutsideCalendar
from tracker.core.clock import office_date, office_time
from tracker.core.db import UTCDateTime, transaction
from tracker.core.deadlines.models import Deadline, DeadlineState
from tracker.core.errors import Sentence, say
from tracker.core.notices.service import MOST_TRIES, MaySee, pause, post
from tracker.core.reminders import outages, plan
from tracker.core.reminders.models import Reminder
from tracker.core.reminders.rungs import rungs_for
from tracker.core.rulebook.loader import default_rulebook

# Who hears of a case: their ids, perhaps with the name of whom each stands in for.
Resolve = Callable[[Session, int, str, date], Iterable[int]]

# A row that was taken by somebody else between our look and our lock; look again so often.
_LOOKS = 5
DATE_CHANGED = "date_changed"
OVERTAKEN = "overtaken"
# A clock of hours that has just run out is told as one that runs out.
_FRESH = timedelta(minutes=30)
_PLANNED = Reminder.state == literal_column("'planned'")  # literal: the partial index is used

_cases = table(
    "cases",
    column("id"),
    column("title"),
    column("bureau_id"),
    column("closed_at", UTCDateTime()),
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of one reminder."""

    reminder_id: int
    state: str
    reason: str = ""
    user_ids: tuple[int, ...] = ()


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a sweep is worth a writing transaction."""
    query = select(Reminder.id).where(_PLANNED, Reminder.try_after <= now).limit(1)
    return session.scalar(query) is not None


def sweep(
    now: datetime,
    resolve: Resolve,
    may_see: MaySee,
    *,
    most: int = 10_000,
    seconds: float = float("inf"),
) -> list[Swept]:
    """Sweep until nothing is due or the time is up, each row in a transaction of its own."""
    done: list[Swept] = []
    until = monotonic() + seconds
    while len(done) < most and monotonic() < until:
        with transaction() as session:
            swept = sweep_one(session, now, resolve, may_see)
        if swept is None:
            break
        done.append(swept)
    return done


def sweep_one(session: Session, now: datetime, resolve: Resolve, may_see: MaySee) -> Swept | None:
    """Take one due reminder and end it: notices, ledger and audit together. None: nothing is due.

    A row that fails stays planned for a while, and is set aside as failed after five tries.
    """
    for _look in range(_LOOKS):
        row_id = session.scalar(
            select(Reminder.id)
            .join(_cases, _cases.c.id == Reminder.case_id)
            .where(_PLANNED, Reminder.try_after <= now)
            .order_by(Reminder.try_after, Reminder.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=_cases)
        )
        if row_id is None:
            return None
        # Under the lock of its case nobody else can end it; what the look showed may be old.
        row = session.get_one(Reminder, row_id, populate_existing=True)
        if row.state == "planned" and row.try_after <= now:
            return _end(session, row, now, resolve, may_see)
    return None


def _end(
    session: Session, row: Reminder, now: datetime, resolve: Resolve, may_see: MaySee
) -> Swept:
    row_id, case_id, attempts = row.id, row.case_id, row.attempts + 1
    try:
        with session.begin_nested():
            return _fire(session, row, now, resolve, may_see)
    except Exception as error:
        # The savepoint is gone, the lock is not: this row waits, the sweep goes on to the next.
        logger.warning("reminder %s failed, try %s", row_id, attempts, exc_info=True)
        state = "failed" if attempts >= MOST_TRIES else "planned"
        name = type(error).__name__
        _mark(
            session,
            row_id,
            state=state,
            attempts=attempts,
            last_error=name,
            try_after=now + pause(attempts),
        )
        if state == "failed":
            record(
                session,
                tag="reminder.fail",
                at=now,
                case_id=case_id,
                object=f"reminder:{row_id}",
                result="failed",
                reason=name,
                details={"attempts": attempts},
            )
        return Swept(row_id, state, name)


def _fire(
    session: Session, row: Reminder, now: datetime, resolve: Resolve, may_see: MaySee
) -> Swept:
    deadline = session.get_one(Deadline, row.deadline_id, populate_existing=True)
    case = session.execute(select(_cases).where(_cases.c.id == row.case_id)).one()
    outage = None
    if outages.held_back(row.due_at, now):
        outage = outages.Outages(session, row.due_at).of(row)
    reason = _stale(row, deadline, closed=case.closed_at is not None)
    told: list[int] = []
    if not reason:
        calendar = calendar_store.load(session)
        if outage is not None and _overtaken(session, row, now):
            reason = OVERTAKEN
        else:
            told = post(
                session,
                resolve(session, row.case_id, row.audience, office_date(now)),
                case_id=row.case_id,
                sentence=_sentence(case.title, deadline, calendar, now, late=outage is not None),
                now=now,
                source_key=source_key(row, outage),
                may_see=may_see,
                due_on=deadline.due_on,
                late=outage is not None,
                group_key=None if outage is None else f"outage:{outage}",
            )
            reason = "" if told else "nobody"
        plan.plan_next(session, deadline, row.rung, row.audience, calendar, now)
    state = "skipped" if reason else "sent"
    _mark(
        session,
        row.id,
        state=state,
        reason=reason or None,
        attempts=row.attempts + 1,
        sent_at=None if reason else now,
        late=outage is not None and not reason,
    )
    if reason == DATE_CHANGED:
        # Whoever moved the date should have planned anew; here nothing is lost if that was missed.
        plan_anew(session, deadline, case.bureau_id, calendar_store.load(session), now)
    record(
        session,
        tag="reminder.skip" if reason else "reminder.send",
        at=now,
        case_id=row.case_id,
        object=f"reminder:{row.id}",
        # Nobody to tell is not a stale reminder: somebody should look at it.
        result="failed" if reason == "nobody" else "done",
        reason=reason or None,
        details={
            "deadline": row.deadline_id,
            "version": row.deadline_version,
            "rung": row.rung,
            "audience": row.audience,
            "due_on": deadline.due_on,
            "users": told,
            **({} if outage is None else {"outage": outage}),
        },
    )
    return Swept(row.id, state, reason, tuple(told))


def source_key(row: Reminder, outage: int | None) -> str:
    """What a notice of this reminder is known by.

    Without the audience: who is both handler and supervisor reads it once. After an outage
    without the rung: however many rungs fell into it, a person hears of the clock once.
    """
    clock = f"reminder:{row.deadline_id}:{row.deadline_version}"
    return f"{clock}:{row.rung}" if outage is None else f"{clock}:outage:{outage}"


def plan_anew(
    session: Session,
    deadline: Deadline,
    bureau_id: int | None,
    calendar: Calendar,
    now: datetime,
    *,
    mend: bool = False,
) -> int:
    """Plan a clock by its rule, or by what its bureau has chosen instead."""
    book = default_rulebook()
    rule = book.version(deadline.rule_id, deadline.rule_version, deadline.region_code)
    rungs = rungs_for(session, rule, bureau_id)
    return plan.plan(session, deadline, rungs, calendar, now, mend=mend)


def _overtaken(session: Session, row: Reminder, now: datetime) -> bool:
    """Whether a later rung of the same clock for the same audience is due as well."""
    later = select(Reminder.id).where(
        Reminder.deadline_id == row.deadline_id,
        Reminder.deadline_version == row.deadline_version,
        Reminder.audience == row.audience,
        _PLANNED,
        Reminder.due_at <= now,
        or_(
            Reminder.due_at > row.due_at,
            and_(Reminder.due_at == row.due_at, Reminder.id > row.id),
        ),
    )
    return session.scalar(later.limit(1)) is not None


def _stale(row: Reminder, deadline: Deadline, *, closed: bool) -> str:
    """Why the reminder has nothing to say any more; empty if it has."""
    if closed:
        return "case_closed"
    if deadline.state != DeadlineState.RUNNING:
        return f"clock_{deadline.state}"
    if deadline.version != row.deadline_version:
        return DATE_CHANGED
    return ""


def _mark(session: Session, row_id: int, **values: object) -> None:
    ended = session.execute(
        update(Reminder)
        .where(Reminder.id == row_id, _PLANNED)
        .values(**values)
        .returning(Reminder.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(ended) != 1:
        raise RuntimeError(f"reminder {row_id} was ended by somebody else")


def _sentence(
    title: str, deadline: Deadline, calendar: Calendar, now: datetime, *, late: bool
) -> Sentence:
    said = _hours(title, deadline, now) or _days(title, deadline, calendar, office_date(now))
    return say("（补发）%(what)s", what=said) if late else said


def _hours(title: str, deadline: Deadline, now: datetime) -> Sentence | None:
    """A clock of hours speaks of the moment; None for all others."""
    due = deadline.due_at
    if due is None:
        return None
    moment = f"{office_time(due):%Y-%m-%d %H:%M}"
    names: dict[str, object] = {"title": title, "what": say(deadline.label), "moment": moment}
    if now - due < _FRESH:
        return say("《%(title)s》：%(what)s%(moment)s到期。", **names)
    return say("《%(title)s》：%(what)s已超期，期限是%(moment)s。", **names)


def _days(title: str, deadline: Deadline, calendar: Calendar, today: date) -> Sentence:
    names: dict[str, object] = {"title": title, "what": say(deadline.label)}
    due = deadline.due_on
    if due is None:
        return say("《%(title)s》：请办理%(what)s。", **names)
    if due == today:
        return say("《%(title)s》：%(what)s今天到期。", **names)
    names["due"] = say("%(due)s（暂定）", due=due) if deadline.provisional else due
    try:
        days = calendar.workdays_between(min(today, due), max(today, due))
    except OutsideCalendar:
        return say("《%(title)s》：%(what)s的期限是%(due)s。", **names)
    if due > today:
        return say("《%(title)s》：%(what)s还有%(n)s个工作日，%(due)s到期。", n=days, **names)
    if not days:  # no working day has passed since, yet the day is gone
        return say("《%(title)s》：%(what)s已超期，期限是%(due)s。", **names)
    return say("《%(title)s》：%(what)s已超期%(n)s个工作日，期限是%(due)s。", n=days, **names)
