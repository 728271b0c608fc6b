"""The yearly dates of random checks: those of the place where it has them (R01), else ours."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.core.cases import clocks
from tracker.core.clock import office_date
from tracker.core.deadlines import service as deadlines
from tracker.core.rulebook.loader import RuleMissing
from tracker.core.rulebook.model import Rule
from tracker.workflows.plans.models import Plan

FIRST_DRAW = ("R01", "OWN-HALFYEAR")
ALL_DONE = ("R01A", "OWN-YEAREND")


def yearly_rule(plan: Plan, ids: tuple[str, str], on: date) -> Rule:
    """The place's own rule of a yearly date, else the product's default."""
    local, ours = ids
    try:
        return clocks.rule_for(plan, local, on)
    except RuleMissing:
        return clocks.rule_for(plan, ours, on)


def begin(session: Session, plan: Plan, *, actor_id: int, now: datetime) -> None:
    """Start the dates of the plan's year that have not passed; a running one is left alone."""
    today = office_date(now)
    running = {d.rule_id for d in deadlines.running(session, plan.id)}
    for ids in (FIRST_DRAW, ALL_DONE):
        rule = yearly_rule(plan, ids, today)
        day = rule.quota.by if rule.quota is not None else None
        if day is None or rule.id in running or day.of_year(plan.year) < today:
            continue
        clocks.begin(
            session,
            plan,
            rule.id,
            on=today,
            actor_id=actor_id,
            now=now,
            due=day.of_year(plan.year),
        )


def first_draw_made(session: Session, plan: Plan, *, actor_id: int, now: datetime) -> None:
    """A draw was confirmed: the date for the first one is met."""
    for deadline in deadlines.running(session, plan.id):
        if deadline.rule_id in FIRST_DRAW:
            clocks.end(session, plan, deadline, on=office_date(now), actor_id=actor_id, now=now)
