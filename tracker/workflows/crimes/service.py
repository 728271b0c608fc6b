"""Writes: open the transfer of a suspected crime, from a case or by itself, and take its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases import onward
from tracker.core.cases.opening import Seed
from tracker.core.cases.taking import taker
from tracker.workflows.crimes.flow import FLOW, LETTER, OPENERS
from tracker.workflows.crimes.models import Crime
from tracker.workflows.crimes.takings import TAKINGS

__all__ = ["open_from", "open_new", "take"]


def open_from(
    session: Session, actor: Actor, seed: Seed, now: datetime, request_id: str | None
) -> Crime:
    """Open a transfer from the case in which the crime came to light; that case goes on."""
    return _open(session, actor, seed, {}, now, request_id)


def open_new(
    session: Session,
    actor: Actor,
    step_name: str,  # noqa: ARG001 - one form for all workflows; there is one opening step
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Crime:
    """Open a transfer whose origin is not in this product."""
    house = onward.house_of(session, actor, OPENERS)
    seed = Seed(
        origin=None,
        unit_name=str(inputs["unit_name"]).strip(),
        uscc=inputs.get("uscc") or None,
        region_code=house.region_code,
        matter=str(inputs["matter"]).strip(),
        facts=str(inputs["facts"]).strip(),
        source="own",
        more={"imposed": inputs.get("imposed") or ""},
    )
    return _open(session, actor, seed, inputs, now, request_id)


def _open(
    session: Session,
    actor: Actor,
    seed: Seed,
    inputs: Mapping[str, Any],
    now: datetime,
    request_id: str | None,
) -> Crime:
    house = onward.house_of(session, actor, OPENERS, seed.origin)
    crime = Crime(
        kind=FLOW.kind,
        title=f"{seed.unit_name}涉嫌犯罪案件移送",
        unit_name=seed.unit_name,
        uscc=seed.uscc,
        matter=seed.matter,
        facts=seed.facts,
        imposed=str(seed.more.get("imposed") or ""),
    )
    return onward.begin(
        session,
        crime,
        "open",
        actor,
        seed,
        house,
        letter=LETTER,
        parts={"proposer": onward.opener_of(actor, OPENERS, house.id)},
        inputs=inputs,
        now=now,
        request_id=request_id,
    )


take = taker(Crime, TAKINGS)
