"""Writes: open a sanction proposal, from another case or by itself, and take its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases import onward
from tracker.core.cases.opening import Seed
from tracker.core.cases.taking import taker
from tracker.workflows.sanctions.flow import FLOW, LETTER, OPENERS
from tracker.workflows.sanctions.models import Sanction
from tracker.workflows.sanctions.takings import TAKINGS

__all__ = ["open_from", "open_new", "take"]


def open_from(
    session: Session, actor: Actor, seed: Seed, now: datetime, request_id: str | None
) -> Sanction:
    """Open a proposal from the case in which the persons came to light."""
    return _open(session, actor, seed, {}, now, request_id)


def open_new(
    session: Session,
    actor: Actor,
    step_name: str,  # noqa: ARG001 - one form for all workflows; there is one opening step
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Sanction:
    """Open a proposal whose origin is not in this product."""
    house = onward.house_of(session, actor, OPENERS)
    seed = Seed(
        origin=None,
        unit_name=str(inputs["unit_name"]).strip(),
        uscc=inputs.get("uscc") or None,
        region_code=house.region_code,
        matter=str(inputs["matter"]).strip(),
        facts=str(inputs["facts"]).strip(),
        source="own",
        people={"handler": inputs["handler"]},
    )
    return _open(session, actor, seed, inputs, now, request_id)


def _open(
    session: Session,
    actor: Actor,
    seed: Seed,
    inputs: Mapping[str, Any],
    now: datetime,
    request_id: str | None,
) -> Sanction:
    house = onward.house_of(session, actor, OPENERS, seed.origin)
    sanction = Sanction(
        kind=FLOW.kind,
        title=f"{seed.unit_name}统计违纪违法责任人处分处理建议",
        unit_name=seed.unit_name,
        uscc=seed.uscc,
        matter=seed.matter,
        facts=seed.facts,
    )
    handler = onward.officer_for(session, actor, seed, house, now)
    return onward.begin(
        session,
        sanction,
        "open",
        actor,
        seed,
        house,
        letter=LETTER,
        parts={"handler": handler},
        inputs=inputs,
        now=now,
        request_id=request_id,
    )


take = taker(Sanction, TAKINGS)
