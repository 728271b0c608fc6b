"""What a step does to the clocks of a case, as its table says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.core.calendar import store as calendar_store
from tracker.core.cases.flow import Flow, State, Step
from tracker.core.cases.models import LAST_DAY, Case
from tracker.core.clock import office_date
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import Refusal, StepRefused, say
from tracker.core.reminders import plan as reminders
from tracker.core.reminders.rungs import rungs_for
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.model import Rule
from tracker.core.rulebook.terms import Term, Unit


def rule_for(case: Case, rule_id: str, on: date) -> Rule:
    """The version of a rule in force on a date where the case belongs."""
    return default_rulebook().rule(rule_id, on, case.scope_code or case.region_code)


@dataclass(frozen=True, slots=True)
class Extending:
    """More time for the clocks that a step extends: how long, why, on which paper, who asked.

    Whoever takes the step agrees to it.
    """

    term: Term
    reason: str
    document: str
    asked_by_id: int


@dataclass(frozen=True, slots=True)
class When:
    """When what a step records happened, and what of its table does not apply this time.

    `on` is the day of the fact (service, decision, receipt), `at` its moment for hour clocks;
    `due` is the date a superior or an order has set, for rules that have no term; `without` names
    clocks that the step declares and that have no reason to start now.
    """

    on: date | None = None
    at: datetime | None = None
    due: date | None = None
    without: frozenset[str] = frozenset()


def on_step(
    session: Session,
    flow: Flow,
    case: Case,
    step: Step,
    before: State | None,
    after: State,
    actor_id: int,
    now: datetime,
    when: When,
    extending: Extending | None = None,
) -> None:
    """Stop, suspend, resume and start clocks; plan and cancel reminders; cache the next date.

    A state's own clock starts on the way in and stops on the way out, unless the next state
    carries it or the step suspends it. What the step itself starts and stops counts from and to
    the day of the fact; what a state starts counts from today.
    """
    hand = _Hand(session, case, step.name, actor_id, now, deadlines.running(session, case.id))
    today = office_date(now)
    for rule_id in step.suspends:
        hand.suspend(rule_id)
    for rule_id in step.resumes:
        hand.resume(rule_id)
    for rule_id in step.extends:
        hand.extend(rule_id, extending)
    for rule_id in step.stops:
        hand.stop(rule_id, when.on or today)
    for rule_id in _to_stop(flow, step, before, after, {d.rule_id for d in hand.running}):
        hand.stop(rule_id, today)
    if not after.final:
        for rule_id in step.starts:
            if rule_id not in when.without:
                hand.start(rule_id, when.on or today, when)
        if after.clock and (before is None or before.name != after.name):
            hand.start(after.clock, today, when)
    session.flush()
    hand.plan()
    cache_next_due(case, hand.running)


def _to_stop(
    flow: Flow, step: Step, before: State | None, after: State, running: set[str]
) -> list[str]:
    if after.final:
        return sorted(running)
    if before is None or after.name == before.name:
        return []
    stay = {after.clock, *after.carries, *step.suspends}
    return sorted(r for r in running if r in flow.state_clocks and r not in stay)


def begin(
    session: Session,
    case: Case,
    rule_id: str,
    *,
    on: date,
    actor_id: int,
    now: datetime,
    label: str | None = None,
    at: datetime | None = None,
    due: date | None = None,
) -> Deadline:
    """Start the clock of one thing in a case, beside others of the same rule.

    One item of preserved evidence, one person, one destination: `label` tells them apart. `due`
    is the date for a rule that has no term.
    """
    hand = _Hand(session, case, rule_id, actor_id, now, deadlines.running(session, case.id))
    rule = rule_for(case, rule_id, on)
    deadline = hand.started(rule, on, When(at=at, due=due), label=label)
    hand.plan()
    cache_next_due(case, hand.running)
    return deadline


def end(
    session: Session, case: Case, deadline: Deadline, *, on: date, actor_id: int, now: datetime
) -> None:
    """Stop the clock of one thing."""
    hand = _Hand(session, case, deadline.rule_id, actor_id, now, [])
    hand.running = [d for d in deadlines.running(session, case.id) if d.id != deadline.id]
    hand.stop_one(deadline, on)
    cache_next_due(case, hand.running)


@dataclass(slots=True)
class _Hand:
    """The clocks of one case in the hand of one step."""

    session: Session
    case: Case
    reason: str
    actor_id: int
    now: datetime
    running: list[Deadline]
    changed: list[Deadline] = field(default_factory=list)

    @property
    def today(self) -> date:
        return office_date(self.now)

    def of(self, rule_id: str) -> list[Deadline]:
        return [d for d in self.running if d.rule_id == rule_id]

    def stop(self, rule_id: str, on: date) -> None:
        for deadline in self.of(rule_id):
            self.running.remove(deadline)
            # What is recorded as done before the clock began ends it on its first day.
            self.stop_one(deadline, max(on, deadline.started_on))

    def stop_one(self, deadline: Deadline, on: date) -> None:
        deadlines.stop(
            self.session, deadline, on, actor_id=self.actor_id, now=self.now, reason=self.reason
        )
        reminders.cancel(self.session, deadline.id, self.now, self.reason)

    def suspend(self, rule_id: str) -> None:
        for deadline in self.of(rule_id):
            deadlines.suspend(
                self.session,
                deadline,
                self.today,
                actor_id=self.actor_id,
                now=self.now,
                reason=self.reason,
            )
            reminders.cancel(self.session, deadline.id, self.now, self.reason)

    def resume(self, rule_id: str) -> None:
        for deadline in self.of(rule_id):
            deadlines.resume(
                self.session,
                deadline,
                self.today,
                actor_id=self.actor_id,
                now=self.now,
                reason=self.reason,
            )
            self.changed.append(deadline)

    def extend(self, rule_id: str, extending: Extending | None) -> None:
        deadline = next(iter(self.of(rule_id)), None)
        if deadline is None or extending is None:
            raise StepRefused([Refusal(say("现在没有可以延长的期限。"))], self.reason)
        deadlines.extend(
            self.session,
            deadline,
            extending.term,
            self.today,
            actor_id=extending.asked_by_id,
            approver_id=self.actor_id,
            now=self.now,
            reason=extending.reason,
            document=extending.document,
        )
        self.changed.append(deadline)

    def start(self, rule_id: str, on: date, when: When) -> None:
        rule = rule_for(self.case, rule_id, on)
        if self.of(rule_id) or (rule.unit is Unit.NONE and when.due is None):
            return
        self.started(rule, on, when)

    def started(self, rule: Rule, on: date, when: When, label: str | None = None) -> Deadline:
        deadline = deadlines.start(
            self.session,
            self.case.id,
            rule,
            on,
            actor_id=self.actor_id,
            now=self.now,
            due=when.due if rule.unit is Unit.NONE else None,
            at=when.at,
            region_code=rule.jurisdiction,
            label=label,
        )
        self.running.append(deadline)
        self.changed.append(deadline)
        return deadline

    def plan(self) -> None:
        """Reminders for every clock that has a new date."""
        if not self.changed:
            return
        calendar = calendar_store.load(self.session)
        for deadline in self.changed:
            rule = default_rulebook().version(
                deadline.rule_id, deadline.rule_version, deadline.region_code
            )
            rungs = rungs_for(self.session, rule, self.case.bureau_id)
            reminders.plan(self.session, deadline, rungs, calendar, self.now)


def cache_next_due(case: Case, running: list[Deadline]) -> None:
    """Keep the earliest due date of the running clocks on the spine, where lists sort by it.

    What is a party's right is nobody's duty: such a clock makes no case late.
    """
    dated = [d for d in running if d.due_on is not None and not deadlines.rule_of(d).lapses]
    first = min(dated, key=lambda d: (d.due_on or LAST_DAY, d.id), default=None)
    case.next_due_on = first.due_on if first else None
    case.next_due_provisional = bool(first and first.provisional)
    case.due_order = case.next_due_on or LAST_DAY
