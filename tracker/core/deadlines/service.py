"""Start, suspend, resume, extend and stop the clocks of a case; each appends a fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.calendar import store
from tracker.core.calendar.days import Calendar
from tracker.core.deadlines.facts import Fact, FactKind
from tracker.core.deadlines.limits import may_extend
from tracker.core.deadlines.models import Deadline, DeadlineFact, DeadlineState
from tracker.core.deadlines.replay import replay
from tracker.core.deadlines.working import Working
from tracker.core.errors import N_, Sentence, StepRefused, say
from tracker.core.rulebook.loader import Rulebook, default_rulebook
from tracker.core.rulebook.model import Rule
from tracker.core.rulebook.terms import Term, Unit

# ---------------------------------------------------------------- reads


def facts(session: Session, deadline_id: int) -> list[DeadlineFact]:
    """Everything that happened to a clock, in order."""
    return list(
        session.scalars(
            select(DeadlineFact)
            .where(DeadlineFact.deadline_id == deadline_id)
            .order_by(DeadlineFact.seq)
        )
    )


def running(session: Session, case_id: int) -> list[Deadline]:
    """The clocks of a case that are not over, suspended ones last."""
    return list(
        session.scalars(
            select(Deadline)
            .where(Deadline.case_id == case_id, Deadline.state != DeadlineState.STOPPED.value)
            .order_by(Deadline.due_on.is_(None), Deadline.due_on, Deadline.id)
        )
    )


def of_case(session: Session, case_id: int) -> list[Deadline]:
    """All clocks of a case, in the order they were started."""
    return list(
        session.scalars(select(Deadline).where(Deadline.case_id == case_id).order_by(Deadline.id))
    )


def term_of(deadline: Deadline) -> Term | None:
    """The length the clock was started with."""
    return None if deadline.length is None else Term(deadline.length, Unit(deadline.unit))


def working(session: Session, deadline: Deadline, calendar: Calendar) -> Working:
    """The working of a stored clock over a calendar."""
    return replay_rows(deadline, facts(session, deadline.id), calendar)


def check(session: Session, deadline: Deadline) -> list[Sentence]:
    """What is stored otherwise than the replay over its own calendar edition; empty when sound."""
    rows = facts(session, deadline.id)
    calendar = store.load(session, upto=deadline.calendar_edition)
    fresh = _columns(replay_rows(deadline, rows, calendar))
    wrong = [
        say(
            N_("期限 %(id)s 的 %(column)s 存的是 %(stored)s，按事实重算应为 %(replayed)s。"),
            id=deadline.id,
            column=name,
            stored=getattr(deadline, name),
            replayed=value,
        )
        for name, value in fresh.items()
        if getattr(deadline, name) != value
    ]
    if [r.seq for r in rows] != list(range(1, len(rows) + 1)):
        wrong.append(say(N_("期限 %(id)s 的事实编号不连续。"), id=deadline.id))
    return wrong


# ---------------------------------------------------------------- writes


def start(
    session: Session,
    case_id: int,
    rule: Rule,
    on: date,
    *,
    actor_id: int | None,
    now: datetime,
    due: date | None = None,
    at: datetime | None = None,
    region_code: str = "",
    label: str | None = None,
    reason: str = "",
    document: str | None = None,
) -> Deadline:
    """Start a clock by its rule; `due` only where the rule has no length of its own."""
    deadline = Deadline(
        case_id=case_id,
        rule_id=rule.id,
        rule_version=rule.version,
        label=label or rule.title,
        unit=rule.unit.value,
        length=rule.length,
        roll=rule.roll,
        region_code=region_code,
        started_on=on,
        responsible_role=rule.responsible,
        version=0,
    )
    if rule.unit is Unit.H and at is None:
        at = now
    fact = _row(FactKind.START, on, actor_id, now, at=at, due=due, reason=reason, document=document)
    fact.seq = 1
    _settle(session, deadline, [fact])
    session.add(deadline)
    session.flush()
    fact.deadline_id = deadline.id
    session.add(fact)
    session.flush()
    return deadline


def suspend(
    session: Session,
    deadline: Deadline,
    on: date,
    *,
    actor_id: int | None,
    now: datetime,
    reason: str,
    document: str | None = None,
    at: datetime | None = None,
) -> Deadline:
    """Let the clock stand still from a day on."""
    row = _row(FactKind.SUSPEND, on, actor_id, now, at=at or now, reason=reason, document=document)
    return _append(session, deadline, row)


def resume(
    session: Session,
    deadline: Deadline,
    on: date,
    *,
    actor_id: int | None,
    now: datetime,
    reason: str = "",
    document: str | None = None,
    at: datetime | None = None,
) -> Deadline:
    """Let the clock run again; this day counts."""
    row = _row(FactKind.RESUME, on, actor_id, now, at=at or now, reason=reason, document=document)
    return _append(session, deadline, row)


def extend(
    session: Session,
    deadline: Deadline,
    term: Term,
    on: date,
    *,
    actor_id: int | None,
    now: datetime,
    reason: str,
    document: str | None = None,
    rulebook: Rulebook | None = None,
) -> Deadline:
    """Add time, as far as the rule allows."""
    book = rulebook or default_rulebook()
    rule = book.version(deadline.rule_id, deadline.rule_version, deadline.region_code)
    refusal = may_extend(deadline.label, rule, _read(facts(session, deadline.id)), term)
    if refusal is not None:
        raise StepRefused([refusal], step="extend")
    row = _row(FactKind.EXTEND, on, actor_id, now, term=term, reason=reason, document=document)
    return _append(session, deadline, row)


def set_due(
    session: Session,
    deadline: Deadline,
    due: date,
    on: date,
    *,
    actor_id: int | None,
    now: datetime,
    reason: str,
    document: str | None = None,
) -> Deadline:
    """Move a date that was given, not computed."""
    row = _row(FactKind.SET_DUE, on, actor_id, now, due=due, reason=reason, document=document)
    return _append(session, deadline, row)


def stop(
    session: Session,
    deadline: Deadline,
    on: date,
    *,
    actor_id: int | None,
    now: datetime,
    reason: str = "",
    document: str | None = None,
) -> Deadline:
    """The duty is done or gone; the clock keeps its last due date."""
    row = _row(FactKind.STOP, on, actor_id, now, reason=reason, document=document)
    return _append(session, deadline, row)


def recount(session: Session) -> list[tuple[Deadline, date | None]]:
    """Bring all running clocks to the newest calendar; those that moved, with the former date."""
    calendar = store.load(session)
    moved: list[tuple[Deadline, date | None]] = []
    old = select(Deadline).where(
        Deadline.state == DeadlineState.RUNNING.value,
        Deadline.calendar_edition != calendar.edition,
    )
    for deadline in session.scalars(old.order_by(Deadline.id)).all():
        before = deadline.due_on
        fresh = _columns(replay_rows(deadline, facts(session, deadline.id), calendar))
        for name, value in fresh.items():
            setattr(deadline, name, value)
        deadline.calendar_edition = calendar.edition
        if deadline.due_on != before:
            deadline.version += 1
            moved.append((deadline, before))
    session.flush()
    return moved


# ---------------------------------------------------------------- inside


def _row(
    kind: FactKind,
    on: date,
    actor_id: int | None,
    now: datetime,
    *,
    at: datetime | None = None,
    term: Term | None = None,
    due: date | None = None,
    reason: str = "",
    document: str | None = None,
) -> DeadlineFact:
    return DeadlineFact(
        kind=kind.value,
        on=on,
        at=at,
        term=None if term is None else str(term),
        due=due,
        reason=reason,
        document=document,
        actor_id=actor_id,
        made_at=now,
    )


def _append(session: Session, deadline: Deadline, row: DeadlineFact) -> Deadline:
    rows = facts(session, deadline.id)
    row.deadline_id = deadline.id
    row.seq = len(rows) + 1
    _settle(session, deadline, [*rows, row])
    session.add(row)
    session.flush()
    return deadline


def _settle(session: Session, deadline: Deadline, rows: Sequence[DeadlineFact]) -> None:
    """Store the replay; raises before anything changed when the facts do not hold together."""
    calendar = store.load(session)
    for name, value in _columns(replay_rows(deadline, rows, calendar)).items():
        setattr(deadline, name, value)
    deadline.calendar_edition = calendar.edition
    deadline.version += 1


def replay_rows(deadline: Deadline, rows: Sequence[DeadlineFact], calendar: Calendar) -> Working:
    """The working of a clock from its fact rows, already read."""
    return replay(_read(rows), term_of(deadline), deadline.roll, calendar)


def _read(rows: Sequence[DeadlineFact]) -> list[Fact]:
    return [
        Fact(
            kind=FactKind(r.kind),
            on=r.on,
            at=r.at,
            term=None if r.term is None else Term.parse(r.term),
            due=r.due,
            reason=r.reason,
        )
        for r in rows
    ]


def _columns(found: Working) -> dict[str, object]:
    """What a deadline row stores of a working."""
    if found.stopped_on is not None:
        state = DeadlineState.STOPPED
    elif found.suspended:
        state = DeadlineState.SUSPENDED
    else:
        state = DeadlineState.RUNNING
    return {
        "started_on": found.start,
        "due_on": found.due,
        "due_at": found.due_at,
        "provisional": found.provisional,
        "state": state.value,
        "stopped_on": found.stopped_on,
    }
