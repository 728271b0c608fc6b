"""Writes: open a recognition, from a case or by itself, and take its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases import onward
from tracker.core.cases.opening import Seed
from tracker.core.cases.taking import taker
from tracker.core.errors import BadInput, Refusal, StepRefused, say
from tracker.core.registers.uscc import check_uscc, clean_uscc
from tracker.workflows.recognitions.flow import FLOW, LETTER, OPENERS
from tracker.workflows.recognitions.models import Recognition
from tracker.workflows.recognitions.takings import TAKINGS

__all__ = ["open_from", "open_new", "take"]


def open_from(
    session: Session, actor: Actor, seed: Seed, now: datetime, request_id: str | None
) -> Recognition:
    """Open a recognition from the case that found the violation.

    `seed.more` says what the party is (`subject`), its `address` and `person`, and why (`note`).
    """
    return _open(session, actor, seed, {}, now, request_id)


def open_new(
    session: Session,
    actor: Actor,
    step_name: str,  # noqa: ARG001 - one form for all workflows; there is one opening step
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Recognition:
    """Open a recognition whose origin is not in this product."""
    house = onward.house_of(session, actor, OPENERS)
    uscc = clean_uscc(str(inputs.get("uscc") or ""))
    if (problem := check_uscc(uscc)) is not None:
        raise BadInput("uscc", problem)
    seed = Seed(
        origin=None,
        unit_name=str(inputs["unit_name"]).strip(),
        uscc=uscc,
        region_code=house.region_code,
        matter=str(inputs["matter"]).strip(),
        facts=str(inputs["facts"]).strip(),
        source="own",
        people={"handler": inputs["handler"]},
        more={name: inputs.get(name) or "" for name in ("subject", "address", "person")},
    )
    return _open(session, actor, seed, inputs, now, request_id)


def _open(
    session: Session,
    actor: Actor,
    seed: Seed,
    inputs: Mapping[str, Any],
    now: datetime,
    request_id: str | None,
) -> Recognition:
    subject = str(seed.more.get("subject") or "")
    if subject != "enterprise":
        raise StepRefused(
            [Refusal(say("只认定企业，自然人、机关和个体工商户不认定为统计严重失信企业。"))], "open"
        )
    house = onward.house_of(session, actor, OPENERS, seed.origin)
    recognition = Recognition(
        kind=FLOW.kind,
        title=f"{seed.unit_name}统计严重失信企业认定",
        unit_name=seed.unit_name,
        uscc=seed.uscc,
        subject=subject,
        address=str(seed.more.get("address") or ""),
        person=str(seed.more.get("person") or ""),
        matter=seed.matter,
        facts=seed.facts,
        reasons=str(seed.more.get("note") or ""),
    )
    handler = onward.officer_for(session, actor, seed, house, now)
    return onward.begin(
        session,
        recognition,
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


take = taker(Recognition, TAKINGS)
