"""The yearly dates of training: the place's own duty where it set one (P07), else ours."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.core.cases import clocks
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.rulebook.loader import RuleMissing, default_rulebook
from tracker.core.rulebook.model import Rule
from tracker.workflows.programmes.models import Programme

CITY_DUTY, OUR_DUTY, HOURS, NEXT_YEAR = "P07", "OWN-TRAINING", "OWN-HOURSYEAR", "OWN-NEXTYEAR"
DUTIES = (CITY_DUTY, OUR_DUTY)


def first_day(year: int) -> date:
    """The day on which the dates of a year begin."""
    return date(year, 1, 1)


def duty_rule(programme: Programme) -> Rule:
    """Who has to train everybody once a year.

    鄂尔多斯 二（三） asks it of the city's bureau, not of those of its banners.
    """
    on = first_day(programme.year)
    try:
        rule = clocks.rule_for(programme, CITY_DUTY, on)
    except RuleMissing:
        rule = None
    if rule is not None and rule.jurisdiction.ljust(12, "0") == programme.scope_code:
        return rule
    return clocks.rule_for(programme, OUR_DUTY, on)


def begin(session: Session, programme: Programme, *, actor_id: int, now: datetime) -> None:
    """Start the dates of the plan's year."""
    on = first_day(programme.year)
    for rule in (duty_rule(programme), clocks.rule_for(programme, HOURS, on)):
        day = rule.quota.by if rule.quota is not None else None
        if day is not None:
            due = day.of_year(programme.year)
            clocks.begin(session, programme, rule.id, on=on, actor_id=actor_id, now=now, due=due)


def duty_clock(session: Session, programme_id: int) -> Deadline | None:
    """The date for the year's general training while it has not been met."""
    return _running(session, programme_id, DUTIES)


def hours_clock(session: Session, programme_id: int) -> Deadline | None:
    """The date by which everybody has the year's hours while it has not been met."""
    return _running(session, programme_id, (HOURS,))


def general_held(
    session: Session, programme: Programme, *, on: date, actor_id: int, now: datetime
) -> None:
    """The year's general training was held on a day; nothing when no date waits for it."""
    clock = duty_clock(session, programme.id)
    if clock is not None:
        clocks.end(session, programme, clock, on=on, actor_id=actor_id, now=now)


def _running(session: Session, case_id: int, ids: tuple[str, ...]) -> Deadline | None:
    return next((d for d in deadlines.running(session, case_id) if d.rule_id in ids), None)


def years_due(region_code: str, today: date) -> list[int]:
    """The years whose plans have to be there on a day: this one, and the next from our date on."""
    day = _next_from(region_code, today)
    later = day is not None and today >= day
    return [today.year, today.year + 1] if later else [today.year]


def _next_from(region_code: str, today: date) -> date | None:
    quota = default_rulebook().rule(NEXT_YEAR, today, region_code).quota
    return None if quota is None or quota.by is None else quota.by.of_year(today.year)
