"""Writes: a training year is begun once for a bureau, and goes on by the steps of its table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.onward import begin, house_of
from tracker.core.cases.opening import Seed
from tracker.core.cases.taking import taker
from tracker.core.clock import office_date
from tracker.core.errors import BadInput, say
from tracker.core.registers.models import Organisation
from tracker.workflows.programmes import yearly
from tracker.workflows.programmes.content import carry
from tracker.workflows.programmes.flow import FLOW
from tracker.workflows.programmes.models import Programme
from tracker.workflows.programmes.takings import TAKINGS

__all__ = ["draft", "of_year", "open_new", "take"]

NUMBER_LETTER = "训计"
take = taker(Programme, TAKINGS)


def of_year(session: Session, house_id: int, year: int) -> Programme | None:
    """A bureau's plan of a year."""
    return session.scalars(
        select(Programme).where(Programme.house_id == house_id, Programme.year == year)
    ).one_or_none()


def draft(
    session: Session,
    actor: Actor,
    house: Organisation,
    year: int,
    *,
    now: datetime,
    by_clock: bool = False,
    request_id: str | None = None,
) -> Programme:
    """Begin a bureau's training year with the lines of the year before as proposal (Y0).

    BadInput("year") when it has been begun already: whoever comes second waits for the first.
    """
    session.execute(
        select(Organisation.id).where(Organisation.id == house.id).with_for_update(key_share=True)
    )
    if of_year(session, house.id, year) is not None:
        raise BadInput("year", say("%(year)s年度培训计划已经建立。", year=year))
    title = f"{house.short_name}{year}年度培训计划"
    programme = Programme(
        kind=FLOW.kind, title=title, house_id=house.id, year=year, needs="", summary="",
        by_clock=by_clock,
    )  # fmt: skip
    seed = Seed(
        origin=None, unit_name="", region_code=house.region_code, matter=title,
        source="programme", confidentiality=0,
    )  # fmt: skip
    begin(
        session, programme, "draft", actor, seed, house, letter=NUMBER_LETTER, parts={},
        inputs={"year": str(year)}, now=now, request_id=request_id,
    )  # fmt: skip
    before = of_year(session, house.id, year - 1)
    if before is not None:
        carry(session, before, programme)
    yearly.begin(session, programme, actor_id=actor.user_id, now=now)
    session.flush()
    return programme


def open_new(
    session: Session,
    actor: Actor,
    step_name: str,
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Programme:
    """A training year of the bureau whose trainer the actor is: this one or the next."""
    house = house_of(session, actor, FLOW.step(step_name).by)
    text = str(inputs.get("year") or "")
    today = office_date(now)
    if text not in {str(today.year), str(today.year + 1)}:
        raise BadInput("year", say("只能建立今年或者明年的培训计划。"))
    return draft(session, actor, house, int(text), now=now, request_id=request_id)
