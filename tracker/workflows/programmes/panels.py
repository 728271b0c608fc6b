"""What the page of a training year shows of its own: needs, and the plan beside the deeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.flow import flows
from tracker.core.cases.guards import steps_for
from tracker.core.clock import office_date
from tracker.core.errors import N_, Sentence, say
from tracker.core.staff.models import AUDIENCES, TRAINING_LABELS
from tracker.web.desk.shape import Cell
from tracker.workflows.programmes import queries, standing, yearly
from tracker.workflows.programmes.flow import FLOW
from tracker.workflows.programmes.models import Programme


def context(
    session: Session, actor: Actor, programme: Programme, now: datetime
) -> Mapping[str, Any]:
    """Everything `programmes/panels.html` shows."""
    open_ = programme.closed_at is None
    verdicts = steps_for(FLOW, programme, actor, session=session, now=now) if open_ else []
    return {
        "done": standing.done(session, programme),
        "wants": queries.needs(session, programme, office_date(now)),
        "duty": yearly.duty_rule(programme),
        "duty_clock": (clock := queries.duty_of(session, programme)),
        "duty_late": queries.ended_late(clock),
        "kinds": {kind.value: label for kind, label in TRAINING_LABELS.items()},
        "audiences": AUDIENCES,
        "takes": {v.step.name for v in verdicts if v.allowed},
        "where_of": _where,
    }


def _where(held: standing.Held) -> str:
    """The state of a session in words."""
    return flows.get(held.session.kind).state(held.session.state).label


def facts(
    session: Session,  # noqa: ARG001 - the kit's signature
    programme: Programme,
) -> Sequence[tuple[str, str | Sentence]]:
    """What stands beside the title."""
    return [(N_("建立"), N_("系统自动"))] if programme.by_clock else []


def cell(session: Session, programme: Programme) -> Cell:
    """How many sessions were held of those that the plan wants."""
    done = standing.done(session, programme)
    return Cell(
        N_("培训班"),
        say("%(held)s / %(wanted)s 期", held=done.held, wanted=done.wanted),
        say("已办 / 计划"),
    )
