"""The plan and the summary of a training year as official papers, filled from the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.cases.answers import answers
from tracker.core.cases.models import Move
from tracker.core.cases.reads import mover
from tracker.core.clock import office_date
from tracker.core.errors import say
from tracker.core.staff.models import AUDIENCES, TRAINING_LABELS, TrainingKind
from tracker.workflows.programmes import queries, standing, yearly
from tracker.workflows.programmes.models import Programme, ProgrammeLine


def values(session: Session, programme: Programme, kind: str, now: datetime) -> Mapping[str, Any]:
    """The fields of a kind of paper, as far as the case knows them."""
    dated = {"dated": office_date(now), "year": str(programme.year)}
    if kind == "training_plan":
        return {**_plan(session, programme), **dated}
    if kind == "training_year_summary":
        return {**_summary(session, programme, now), **dated}
    return dated


def _plan(session: Session, programme: Programme) -> dict[str, Any]:
    lines = standing.lines_of(session, programme.id)
    return {
        "needs": programme.needs,
        "basis": str(yearly.duty_rule(programme).source.words),
        "items": [_item(n, line) for n, line in enumerate(lines, start=1)],
        "budget": sum((line.budget for line in lines), Decimal(0)),
        "approvals": _signed(session, programme, "approve", str(say("单位负责人"))),
    }


def _item(number: int, line: ProgrammeLine) -> dict[str, Any]:
    return {
        "no": str(number),
        "topic": topic(line.kind),
        "course": line.title,
        "audience": AUDIENCES[line.audience],
        "month": str(line.month),
        "times": str(line.times),
        "hours": plain(line.hours),
        "people": str(line.people),
        "budget": plain(line.budget),
        "purpose": line.purpose,
    }


def topic(kind: str) -> str:
    """What a training is about, in words."""
    return TRAINING_LABELS[TrainingKind(kind)]


def plain(value: Decimal) -> str:
    """A number without the noughts behind its point."""
    return f"{value.normalize():f}"


def _summary(session: Session, programme: Programme, now: datetime) -> dict[str, Any]:
    done = standing.done(session, programme)
    told = answers(session, programme.id).get("summarise", {})
    coverage = queries.needs(session, programme, office_date(now)).coverage
    return {
        "done": [_done(n, row) for n, row in enumerate(done.lines, start=1)],
        "coverage": [
            {
                "topic": topic(c.kind),
                "should": str(c.should),
                "had": str(c.had),
                "missing": str(c.missing),
            }
            for c in coverage
        ],
        "evaluation": programme.summary,
        "problems": told.get("undone", ""),
        "next_year": told.get("next_year", ""),
        "spent": told.get("spent"),
        "approvals": _signed(session, programme, "close", str(say("业务负责人"))),
    }


def _done(number: int, row: standing.LineDone) -> dict[str, Any]:
    line = row.line
    return {
        "no": str(number),
        "course": line.title,
        "topic": topic(line.kind),
        "times_planned": str(line.times),
        "times_held": str(row.held),
        "people_planned": str(row.wanted),
        "people_trained": str(row.people),
        "hours": plain(sum((s.hours for s in row.sessions), Decimal(0))),
    }


def _signed(session: Session, programme: Programme, step: str, who: str) -> list[dict[str, Any]]:
    row = session.execute(
        select(Move, mover())
        .where(Move.case_id == programme.id, Move.step == step)
        .order_by(Move.seq.desc())
        .limit(1)
    ).first()
    if row is None:
        return []
    move, name = row
    opinion = move.note or str(say("同意"))
    return [{"step": who, "opinion": opinion, "name": name, "on": office_date(move.at)}]
