"""Start, suspend, resume, extend and stop the clocks of a case; each appends a fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from tracker.core.calendar import store
from tracker.core.calendar.days import Calendar, changed_days
from tracker.core.deadlines.facts import Fact, FactKind
from tracker.core.deadlines.limits import (
    may_extend,
    may_extend_at_all,
    most_left,
    run_out,
    wrong_approver,
)
from tracker.core.deadlines.models import Deadline, DeadlineFact, DeadlineState
from tracker.core.deadlines.replay import replay
from tracker.core.deadlines.working import Working
from tracker.core.errors import N_, BadInput, Refusal, Sentence, StepRefused, say
from tracker.core.rulebook.loader import Rulebook, default_rulebook
from tracker.core.rulebook.model import Rule, Sense
from tracker.core.rulebook.terms import Term, Unit

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Recounted:
    """A clock that another calendar counts otherwise: its former date, and what it stores then."""

    deadline: Deadline
    before: date | None
    values: Mapping[str, object]

    @property
    def after(self) -> date | None:
        """The date it has then."""
        found = self.values["due_on"]
        return found if isinstance(found, date) else None

    @property
    def moved(self) -> bool:
        """Whether the date is another; if not, it is only firmer or less firm than before."""
        return self.after != self.before


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


def rule_of(deadline: Deadline, rulebook: Rulebook | None = None) -> Rule:
    """The version of the rule that a clock was started with."""
    book = rulebook or default_rulebook()
    return book.version(deadline.rule_id, deadline.rule_version, deadline.region_code)


def why_not_extend(session: Session, deadline: Deadline, on: date) -> Refusal | None:
    """Why no extension at all can be granted on a day; None when one can."""
    found = _read(facts(session, deadline.id))
    return may_extend_at_all(deadline.label, rule_of(deadline), found) or run_out(
        deadline.label, on, deadline.due_on
    )


def longest_extension(session: Session, deadline: Deadline) -> Term | None:
    """The longest extension that the rule still allows; None when it sets no bound."""
    return most_left(rule_of(deadline), _read(facts(session, deadline.id)))


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
    if rule.sense is Sense.BEFORE:
        raise BadInput(
            "rule",
            say(
                N_("“%(title)s”（%(rule)s）从日子往前推算，不能当作往后走的期限起算。"),
                title=say(rule.title),
                rule=rule.id,
            ),
        )
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
    approver_id: int | None = None,
    rulebook: Rulebook | None = None,
) -> Deadline:
    """Add time, as far as the rule allows, before it has run out; every refusal at once.

    The actor asks and another person, the approver, agrees.
    """
    rule = rule_of(deadline, rulebook)
    label = deadline.label
    asked = (
        may_extend(label, rule, _read(facts(session, deadline.id)), term),
        run_out(label, on, deadline.due_on),
        wrong_approver(label, rule, actor_id, approver_id),
    )
    refusals = [refusal for refusal in asked if refusal is not None]
    if refusals:
        raise StepRefused(refusals, step="extend")
    row = _row(FactKind.EXTEND, on, actor_id, now, term=term, reason=reason, document=document)
    row.approver_id = approver_id
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


def may_change(session: Session, calendar: Calendar) -> ColumnElement[bool]:
    """The condition on running clocks whose stretch holds a day that a calendar knows otherwise.

    Each is compared with the calendar it was last counted on, whenever that was.
    """
    running = Deadline.state == DeadlineState.RUNNING.value
    editions = session.scalars(select(Deadline.calendar_edition).where(running).distinct())
    ways: list[ColumnElement[bool]] = []
    for edition in sorted(editions):
        days = [a.on for a, _b in changed_days(store.load(session, upto=edition), calendar)]
        if days:
            near = and_(Deadline.due_on >= days[0], Deadline.started_on <= days[-1])
            ways.append(and_(Deadline.calendar_edition == edition, near))
    return and_(running, or_(*ways)) if ways else false()


def compare(session: Session, calendar: Calendar) -> list[Recounted]:
    """Running clocks that are stored otherwise than a calendar counts them; nothing is written."""
    found: list[Recounted] = []
    clocks = session.scalars(
        select(Deadline)
        .where(may_change(session, calendar))
        .order_by(Deadline.id)
        .execution_options(populate_existing=True)
    ).all()
    for start_at in range(0, len(clocks), _CHUNK):
        chunk = clocks[start_at : start_at + _CHUNK]
        rows: dict[int, list[DeadlineFact]] = {}
        query = select(DeadlineFact).where(DeadlineFact.deadline_id.in_([c.id for c in chunk]))
        for row in session.scalars(query.order_by(DeadlineFact.deadline_id, DeadlineFact.seq)):
            rows.setdefault(row.deadline_id, []).append(row)
        for clock in chunk:
            values = _columns(replay_rows(clock, rows[clock.id], calendar))
            if any(getattr(clock, name) != value for name, value in values.items()):
                found.append(Recounted(clock, clock.due_on, values))
    return found


def adopt(session: Session, found: Iterable[Recounted], calendar: Calendar) -> None:
    """Store what a comparison with a published calendar has found."""
    for changed in found:
        for name, value in changed.values.items():
            setattr(changed.deadline, name, value)
        changed.deadline.calendar_edition = calendar.edition
        changed.deadline.version += changed.moved
    session.flush()


def recount(session: Session) -> list[tuple[Deadline, date | None]]:
    """Bring all running clocks to the newest calendar; those that moved, with the former date."""
    calendar = store.load(session)
    found = compare(session, calendar)
    adopt(session, found, calendar)
    return [(changed.deadline, changed.before) for changed in found if changed.moved]


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
