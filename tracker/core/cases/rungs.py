"""A bureau changes its reminders for a rule: its open clocks are planned anew at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store as calendar_store
from tracker.core.cases.models import Case
from tracker.core.deadlines.models import Deadline, DeadlineState
from tracker.core.errors import NotVisible
from tracker.core.registers.models import OrgKind
from tracker.core.reminders import plan, rungs
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.reminders import Rung

_BUREAUS = (OrgKind.BUREAU, OrgKind.SURVEY_TEAM)


def own_bureaus(actor: Actor) -> dict[int, str]:
    """The bureaus whose reminders a person may set, with their names."""
    return {
        power.org_id: power.org_name
        for power in actor.powers
        if power.role in (Role.SUPERVISOR, Role.HEAD) and power.org_kind in _BUREAUS
    }


def change(
    session: Session,
    actor: Actor,
    org_id: int,
    rule_id: str,
    wanted: Sequence[Rung],
    now: datetime,
) -> int:
    """Store a bureau's reminders for a rule; how many open clocks were planned anew."""
    _check(actor, org_id, rule_id)
    rungs.change_rungs(session, org_id, rule_id, wanted, actor.user_id, now)
    return _replan(session, org_id, rule_id, now)


def reset(session: Session, actor: Actor, org_id: int, rule_id: str, now: datetime) -> int:
    """Back to the rulebook's reminders; how many open clocks were planned anew."""
    _check(actor, org_id, rule_id)
    if not rungs.reset_rungs(session, org_id, rule_id, actor.user_id, now):
        return 0
    return _replan(session, org_id, rule_id, now)


def _check(actor: Actor, org_id: int, rule_id: str) -> None:
    if org_id not in own_bureaus(actor) or not default_rulebook().variants(rule_id):
        raise NotVisible(f"reminders of {rule_id} at {org_id}")


def _replan(session: Session, org_id: int, rule_id: str, now: datetime) -> int:
    """The sweep locks the case before its reminders; so do we, in the order of their numbers."""
    found = session.execute(
        select(Case.id, Deadline)
        .join(Deadline, Deadline.case_id == Case.id)
        .where(
            Case.bureau_id == org_id,
            Case.closed_at.is_(None),
            Deadline.rule_id == rule_id,
            Deadline.state == DeadlineState.RUNNING.value,
        )
        .order_by(Case.id, Deadline.id)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    ).all()
    if not found:
        return 0
    calendar = calendar_store.load(session)
    chosen: dict[tuple[int, str], Sequence[Rung]] = {}
    for _, deadline in found:
        key = (deadline.rule_version, deadline.region_code)
        if key not in chosen:
            rule = default_rulebook().version(rule_id, *key)
            chosen[key] = rungs.rungs_for(session, rule, org_id)
        plan.plan(session, deadline, chosen[key], calendar, now)
    return len(found)
