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


def on_step(
    session: Session,
    flow: Flow,
    case: Case,
    step: Step,
    before: State | None,
    after: State,
    actor_id: int,
    now: datetime,
    due: date | None,
    extending: Extending | None = None,
) -> None:
    """Stop, suspend, resume and start clocks; plan and cancel reminders; cache the next date.

    A state's own clock starts on the way in and stops on the way out, unless the next state
    carries it or the step suspends it. `due` is the date a superior has set, for the rules that
    have no term.
    """
    running = {d.rule_id: d for d in deadlines.running(session, case.id)}
    hand = _Hand(session, case, step.name, actor_id, now, running)
    for rule_id in step.suspends:
        hand.suspend(rule_id)
    for rule_id in step.resumes:
        hand.resume(rule_id)
    for rule_id in step.extends:
        hand.extend(rule_id, extending)
    for rule_id in _to_stop(flow, step, before, after, list(running)):
        hand.stop(rule_id)
    for rule_id in _to_start(step, before, after):
        hand.start(rule_id, due)
    session.flush()
    hand.plan()
    cache_next_due(case, list(running.values()))


def _to_stop(
    flow: Flow, step: Step, before: State | None, after: State, running: list[str]
) -> list[str]:
    if after.final:
        return running
    found = list(step.stops)
    if before is not None and after.name != before.name:
        stay = {after.clock, *after.carries, *step.suspends}
        found += [r for r in running if r in flow.state_clocks and r not in stay]
    return found


def _to_start(step: Step, before: State | None, after: State) -> list[str]:
    if after.final:
        return []
    entered = before is None or before.name != after.name
    own = [after.clock] if after.clock and entered else []
    return [*own, *step.starts]


@dataclass(slots=True)
class _Hand:
    """The clocks of one case in the hand of one step."""

    session: Session
    case: Case
    reason: str
    actor_id: int
    now: datetime
    running: dict[str, Deadline]
    changed: list[Deadline] = field(default_factory=list)

    @property
    def today(self) -> date:
        return office_date(self.now)

    def stop(self, rule_id: str) -> None:
        deadline = self.running.pop(rule_id, None)
        if deadline is not None:
            deadlines.stop(
                self.session,
                deadline,
                self.today,
                actor_id=self.actor_id,
                now=self.now,
                reason=self.reason,
            )
            reminders.cancel(self.session, deadline.id, self.now, self.reason)

    def suspend(self, rule_id: str) -> None:
        deadline = self.running.get(rule_id)
        if deadline is not None:
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
        deadline = self.running.get(rule_id)
        if deadline is not None:
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
        deadline = self.running.get(rule_id)
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

    def start(self, rule_id: str, due: date | None) -> None:
        rule = rule_for(self.case, rule_id, self.today)
        given = due if rule.unit is Unit.NONE else None
        if rule_id in self.running or (rule.unit is Unit.NONE and given is None):
            return
        deadline = deadlines.start(
            self.session,
            self.case.id,
            rule,
            self.today,
            actor_id=self.actor_id,
            now=self.now,
            due=given,
            region_code=rule.jurisdiction,
        )
        self.running[rule_id] = deadline
        self.changed.append(deadline)

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
    """Keep the earliest due date of the running clocks on the spine, where lists sort by it."""
    dated = [d for d in running if d.due_on is not None]
    first = min(dated, key=lambda d: (d.due_on or LAST_DAY, d.id), default=None)
    case.next_due_on = first.due_on if first else None
    case.next_due_provisional = bool(first and first.provisional)
    case.due_order = case.next_due_on or LAST_DAY
