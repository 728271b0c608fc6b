"""Writes: open a gap as a case, by hand or by the watch, and take its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.engine import Taking, open_case
from tracker.core.cases.onward import house_of
from tracker.core.cases.taking import taker
from tracker.core.clock import office_date
from tracker.core.documents.numbering import draw
from tracker.core.errors import BadInput, say
from tracker.core.norms.board import Standing, standing
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import contains
from tracker.workflows.vacancies.flow import FLOW, LETTER, OPENERS
from tracker.workflows.vacancies.models import Vacancy
from tracker.workflows.vacancies.queries import open_gap, origin_of
from tracker.workflows.vacancies.takings import TAKINGS, tell_place

__all__ = ["open_gap_case", "open_new", "take"]


def open_new(
    session: Session,
    actor: Actor,
    step_name: str,  # noqa: ARG001 - one form for all workflows; there is one opening step
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Vacancy:
    """Open the gap of a subject by hand; BadInput when nothing is short or it is open already."""
    house = house_of(session, actor, OPENERS)
    subject = str(inputs.get("subject") or "")
    short = standing(session, subject, office_date(now))
    if short is None or short.met or not contains(house.region_code, short.region_code):
        raise BadInput("subject", say("请选一个人员不足的单位。"))
    return open_gap_case(
        session, actor, house, short, channel="own", now=now, request_id=request_id
    )


def open_gap_case(
    session: Session,
    actor: Actor,
    house: Organisation,
    short: Standing,
    *,
    channel: str,
    now: datetime,
    request_id: str | None = None,
) -> Vacancy:
    """Open the gap of a subject at a bureau; BadInput when somebody has opened it already."""
    if open_gap(session, short.subject) is not None:
        raise _already()
    vacancy = Vacancy(
        kind=FLOW.kind,
        title=f"{short.name}缺统计人员",
        region_code=short.region_code,
        origin_org_id=origin_of(session, short, house).id,
        bureau_id=house.id,
        scope_code=house.region_code,
        confidentiality=1,
        channel=channel,
        subject=short.subject,
        norm_id=short.rule.id,
        required=short.required,
        present=short.present,
        since=short.since,
    )
    taking = Taking(
        fields={"subject": short.name},
        details={"subject": short.subject, "short": short.short, "norm": short.rule.id},
        request_id=request_id,
    )
    try:
        with session.begin_nested():
            open_case(session, vacancy, "open", actor, now=now, taking=taking)
    except IntegrityError as error:  # somebody opened it between the two statements
        if open_gap(session, short.subject) is None:
            raise
        raise _already() from error
    vacancy.number = draw(
        session,
        org_id=house.id,
        prefix=house.doc_prefix,
        kind=LETTER,
        case_id=vacancy.id,
        now=now,
    )
    tell_place(session, vacancy, short, now, "1:place")
    session.flush()
    return vacancy


def _already() -> BadInput:
    return BadInput("subject", say("这个单位的缺口已经登记，正在补齐。"))


take = taker(Vacancy, TAKINGS)
