"""What the forms of a training year offer and are filled with before anybody types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import has_request_context, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.clock import office_date, utc_now
from tracker.core.errors import say
from tracker.workflows.programmes import queries, standing
from tracker.workflows.programmes.flow import LINE
from tracker.workflows.programmes.models import Programme, ProgrammeLine


def picks(
    session: Session, actor: Actor, programme: Programme | None, name: str
) -> Mapping[str, str]:
    """The lines of a plan; for a new plan the years that have none."""
    if programme is None:
        return _years(session, actor) if name == "year" else {}
    return {str(line.id): line.title for line in standing.lines_of(session, programme.id)}


def _years(session: Session, actor: Actor) -> dict[str, str]:
    this = office_date(utc_now()).year
    query = select(Programme.year).where(Programme.house_id.in_(actor.orgs(Role.TRAINER)))
    there = set(session.scalars(query))
    return {str(year): str(year) for year in (this, this + 1) if year not in there}


def prefill(
    session: Session,
    programme: Programme | None,
    step: str,
    actor: Actor,  # noqa: ARG001 - the kit's signature
    now: datetime,
) -> Mapping[str, Any]:
    """The needs as the register has them, a line that is to be changed, the cost of all lines."""
    if programme is None:
        return {}
    if step == "write_needs":
        return {"needs": programme.needs or _needs(session, programme, now)}
    if step in ("change_line", "remove_line", "open_session"):
        return _line(session, programme, whole=step == "change_line")
    if step == "approve":
        return {"budget": standing.sums_of(session, programme.id)[1]}
    return {}


def _line(session: Session, programme: Programme, *, whole: bool) -> dict[str, Any]:
    """The line that the address of the page names."""
    wanted = request.args.get("line", 0, type=int) if has_request_context() else 0
    row = session.get(ProgrammeLine, wanted) if wanted else None
    if row is None or row.case_id != programme.id:
        return {}
    given = {"line": str(row.id)}
    return {**given, **{ask.name: getattr(row, ask.name) for ask in LINE}} if whole else given


def _needs(session: Session, programme: Programme, now: datetime) -> str:
    """What the register wants, as sentences that the trainer goes on with."""
    found = queries.needs(session, programme, office_date(now))
    lines = [
        say(
            "在岗统计人员 %(people)s 人，其中 %(new)s 人没有岗前培训记录，"
            "%(short)s 人%(year)s年度继续教育不满 %(least)s 学时。",
            people=found.people,
            new=found.new_count,
            short=found.short,
            least=found.least,
            year=found.year,
        )
    ]
    return "\n".join(str(line) for line in lines)
