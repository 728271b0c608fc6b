"""What a step does to the clocks of a case, as its table says."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.core.calendar import store as calendar_store
from tracker.core.cases.flow import Flow, State, Step
from tracker.core.cases.models import LAST_DAY, Case
from tracker.core.clock import office_date
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.reminders import plan as reminders
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.model import Rule
from tracker.core.rulebook.terms import Unit


def rule_for(case: Case, rule_id: str, on: date) -> Rule:
    """The version of a rule in force on a date where the case belongs."""
    return default_rulebook().rule(rule_id, on, case.scope_code or case.region_code)


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
) -> None:
    """Stop, suspend, resume and start clocks; plan and cancel their reminders; cache the next date.

    A state's own clock starts on the way in and stops on the way out, unless the next state
    carries it or the step suspends it. `due` is the date a superior has set, for the rules that have no term.
    """
    today = office_date(now)
    running = {d.rule_id: d for d in deadlines.running(session, case.id)}
    changed: list[Deadline] = []

    def stop(rule_id: str) -> None:
        if (deadline := running.pop(rule_id, None)) is not None:
            deadlines.stop(session, deadline, today, actor_id=actor_id, now=now, reason=step.name)
            reminders.cancel(session, deadline.id, now, step.name)

    def start(rule_id: str) -> None:
        rule = rule_for(case, rule_id, today)
        if rule_id in running or (rule.unit is Unit.NONE and due is None):
            return
        deadline = deadlines.start(
            session,
            case.id,
            rule,
            today,
            actor_id=actor_id,
            now=now,
            due=due if rule.unit is Unit.NONE else None,
            region_code=rule.jurisdiction,
        )
        running[rule_id] = deadline
        changed.append(deadline)

    for rule_id in step.suspends:
        if (deadline := running.get(rule_id)) is not None:
            deadlines.suspend(session, deadline, today, actor_id=actor_id, now=now, reason=step.name)
            reminders.cancel(session, deadline.id, now, step.name)
    for rule_id in step.resumes:
        if (deadline := running.get(rule_id)) is not None:
            deadlines.resume(session, deadline, today, actor_id=actor_id, now=now, reason=step.name)
            changed.append(deadline)
    if before is not None and after.name != before.name:
        stay = {after.clock, *after.carries, *step.suspends}
        for rule_id in [r for r in running if r in flow.state_clocks and r not in stay]:
            stop(rule_id)
    for rule_id in step.stops:
        stop(rule_id)
    if after.final:
        for rule_id in list(running):
            stop(rule_id)
    else:
        if after.clock and (before is None or before.name != after.name):
            start(after.clock)
        for rule_id in step.starts:
            start(rule_id)
    session.flush()
    if changed:
        calendar = calendar_store.load(session)
        for deadline in changed:
            rule = default_rulebook().version(
                deadline.rule_id, deadline.rule_version, deadline.region_code
            )
            reminders.plan(session, deadline, rule.rungs, calendar, now)
    cache_next_due(case, list(running.values()))


def cache_next_due(case: Case, running: list[Deadline]) -> None:
    """Keep the earliest due date of the running clocks on the spine, where lists sort by it."""
    dated = [d for d in running if d.due_on is not None]
    first = min(dated, key=lambda d: (d.due_on or LAST_DAY, d.id), default=None)
    case.next_due_on = first.due_on if first else None
    case.next_due_provisional = bool(first and first.provisional)
    case.due_order = case.next_due_on or LAST_DAY
