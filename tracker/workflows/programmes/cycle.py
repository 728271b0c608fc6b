"""What the product does by itself each year: begin the plans that are due, meet what was held.

However often it runs, and in however many processes: one plan for a bureau and a year.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from sqlalchemy import exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.accounts.system import system_actor, system_user
from tracker.core.audit.service import record
from tracker.core.cases import clocks
from tracker.core.cases.models import Case
from tracker.core.clock import office_date
from tracker.core.db import db, transaction
from tracker.core.deadlines.models import Deadline, DeadlineState
from tracker.core.errors import BadInput
from tracker.core.registers.models import Organisation, OrgKind
from tracker.workflows.programmes import queries, service, standing, yearly
from tracker.workflows.programmes.models import Programme


def make_next(now: datetime) -> str:
    """Begin the plans that should be there, and meet the dates whose training is on file.

    Answers how many of each, empty when there was nothing to do.
    """
    today = office_date(now)
    session = db.session()
    made = sum(_again(partial(_make, *pair, now)) for pair in _wanting(session, today))
    met = sum(_again(partial(_meet, case_id, now)) for case_id in _unmet(session, today))
    said = {"made": made, "met": met}
    return ", ".join(f"{name} {count}" for name, count in said.items() if count)


def _again(work: Callable[[], int]) -> int:
    """Twice, where another process wrote the same row first: the product's own account."""
    try:
        return work()
    except IntegrityError:
        return work()


# ---------------------------------------------------------------- plans


def _wanting(session: Session, today: date) -> list[tuple[int, int]]:
    """Bureau and year of every plan that is due and not there, earlier years first."""
    there = {(house, year) for house, year in session.execute(
        select(Programme.house_id, Programme.year).where(Programme.year >= today.year)
    ).all()}  # fmt: skip
    houses = session.execute(
        select(Organisation.id, Organisation.region_code)
        .join(Grant, Grant.org_id == Organisation.id)
        .join(User, User.id == Grant.user_id)
        .where(
            Organisation.kind == OrgKind.BUREAU.value,
            Organisation.active,
            Grant.role == Role.TRAINER.value,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
            User.active,
        )
        .distinct()
        .order_by(Organisation.id)
    ).all()
    return [
        (house_id, year)
        for house_id, region_code in houses
        for year in yearly.years_due(region_code, today)
        if (house_id, year) not in there
    ]


def _make(house_id: int, year: int, now: datetime) -> int:
    with transaction() as session:
        house = session.get_one(Organisation, house_id)
        actor = system_actor(
            session, Role.TRAINER, org_id=house.id, org_name=house.name, org_kind=house.kind,
            region_code=house.region_code, now=now,
        )  # fmt: skip
        try:
            service.draft(session, actor, house, year, now=now, by_clock=True)
        except BadInput:  # another process, or a trainer, was quicker
            return 0
    return 1


# ---------------------------------------------------------------- dates


def _unmet(session: Session, today: date) -> list[int]:
    """Plans with a yearly date that runs on though the register says that it is met."""
    rows = session.scalars(
        select(Programme)
        .where(
            Programme.closed_at.is_(None),
            Programme.year <= today.year,
            exists().where(
                Deadline.case_id == Programme.id,
                Deadline.rule_id.in_((*yearly.DUTIES, yearly.HOURS)),
                Deadline.state != DeadlineState.STOPPED.value,
            ),
        )
        .order_by(Programme.id)
    ).all()
    return [row.id for row in rows if _on_file(session, row, today)]


def _on_file(session: Session, programme: Programme, today: date) -> list[Deadline]:
    """The running yearly dates that what is on file meets."""
    general = yearly.duty_clock(session, programme.id)
    hours = yearly.hours_clock(session, programme.id)
    found = []
    if general and standing.general_held_on(session, programme.house_id, programme.year):
        found.append(general)
    if hours and programme.year == today.year and _all_have_hours(session, programme, today):
        found.append(hours)
    return found


def _all_have_hours(session: Session, programme: Programme, today: date) -> bool:
    wants = queries.needs(session, programme, today)
    return bool(wants.people) and not wants.short


def _meet(case_id: int, now: datetime) -> int:
    """End the dates of a plan that are met by now; how many."""
    today = office_date(now)
    with transaction() as session:
        programme = session.scalars(
            select(Programme)
            .where(Programme.id == case_id)
            .with_for_update(of=Case)
            .execution_options(populate_existing=True)
        ).one()
        clocks_met = _on_file(session, programme, today)
        who = system_user(session, now).id
        for clock in clocks_met:
            held = standing.general_held_on(session, programme.house_id, programme.year)
            on = held if held is not None and clock.rule_id in yearly.DUTIES else today
            clocks.end(session, programme, clock, on=on, actor_id=who, now=now)
            record(
                session,
                tag="programme.duty_met",
                at=now,
                actor_id=who,
                case_id=programme.id,
                object=f"{programme.kind}:{programme.id}",
                details={"rule": clock.rule_id, "on": on.isoformat()},
            )
        return len(clocks_met)
