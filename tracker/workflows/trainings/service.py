"""Writes: open a session, by itself or out of a plan, and take its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases import onward
from tracker.core.cases.opening import Seed
from tracker.core.cases.taking import taker
from tracker.workflows.trainings.flow import FLOW, LETTER, OPENERS
from tracker.workflows.trainings.models import Training
from tracker.workflows.trainings.takings import TAKINGS, checked

__all__ = ["open_from", "open_new", "take"]


def open_from(
    session: Session, actor: Actor, seed: Seed, now: datetime, request_id: str | None
) -> Training:
    """Open a session out of a plan; its day, place and teacher are still to be settled.

    `seed.more` has topic, title, audience, hours, people and purpose.
    """
    more = seed.more
    columns = {
        "topic": more["topic"],
        "audience": more["audience"],
        "content": str(more.get("purpose") or ""),
        "venue": "",
        "teacher": "",
        "hours": Decimal(more["hours"]),
        "quota": int(more["people"]),
    }
    return _open(session, actor, seed, str(more["title"]), columns, {}, now, request_id)


def open_new(
    session: Session,
    actor: Actor,
    step_name: str,  # noqa: ARG001 - one form for all workflows; there is one opening step
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Training:
    """Open a session with all that its notice says; BadInput names what cannot be."""
    house = onward.house_of(session, actor, OPENERS)
    columns = checked(inputs)
    title = str(columns.pop("title")).strip()
    seed = Seed(
        origin=None,
        unit_name=house.name,
        region_code=house.region_code,
        matter=title,
        source="own",
    )
    return _open(session, actor, seed, title, columns, inputs, now, request_id)


def _open(
    session: Session,
    actor: Actor,
    seed: Seed,
    title: str,
    columns: Mapping[str, Any],
    inputs: Mapping[str, Any],
    now: datetime,
    request_id: str | None,
) -> Training:
    house = onward.house_of(session, actor, OPENERS, seed.origin)
    training = Training(kind=FLOW.kind, title=title, **columns)
    return onward.begin(
        session,
        training,
        "open",
        actor,
        seed,
        house,
        letter=LETTER,
        parts={"organiser": onward.opener_of(actor, OPENERS, house.id)},
        inputs=inputs,
        now=now,
        request_id=request_id,
    )


take = taker(Training, TAKINGS)
