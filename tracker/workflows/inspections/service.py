"""Writes: opening an inspection, and the one verb that takes its steps.

Every verb runs inside the caller's transaction and ends in `open_case()` or `move()`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.engine import Taking, open_case
from tracker.core.cases.evidence import TEAM
from tracker.core.cases.figures import write_figures
from tracker.core.cases.models import CaseExcludedOrg
from tracker.core.cases.opening import Seed
from tracker.core.cases.taking import taker
from tracker.core.clock import office_date
from tracker.core.documents.numbering import draw
from tracker.core.errors import BadInput, Refusal, StepRefused, say
from tracker.core.registers.models import Organisation, Region
from tracker.core.registers.names import name_key
from tracker.core.registers.officers import uncertified
from tracker.core.registers.units import record_unit
from tracker.workflows.inspections.asks import NEW_CHANNELS
from tracker.workflows.inspections.flow import FLOW
from tracker.workflows.inspections.models import Inspection
from tracker.workflows.inspections.takings import TAKINGS

__all__ = ["open_from", "open_new", "take"]

_SERIES = "检"
_LONGEST = 120
RANDOM = "random"


def open_new(
    session: Session,
    actor: Actor,
    step_name: str,
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Inspection:
    """The office writes down a special, focused or individual check with its reason and source."""
    powers = (p for p in actor.powers if p.role in FLOW.step("order").by)
    power = next(powers, None)
    if step_name != "order" or power is None:
        raise StepRefused([Refusal(say("您的岗位不能登记这类事项。"))], step_name)
    body = session.get_one(Organisation, power.org_id)
    region = str(inputs.get("region_code") or "").strip() or body.region_code
    if session.get(Region, region) is None:
        raise BadInput("region_code", say("地区代码不在登记的地区里，要填 12 位代码。"))
    if inputs.get("channel") not in NEW_CHANNELS:
        raise BadInput("channel", say("请选检查类型。"))
    seed = Seed(
        origin=None,
        unit_name=str(inputs["unit_name"]),
        uscc=str(inputs.get("uscc") or "").strip() or None,
        region_code=region,
        matter=str(inputs["matter"]),
        facts=str(inputs["reason"]),
        source=str(inputs["channel"]),
    )
    made = _Opening("order", str(inputs["source_paper"]), seed.source, kept=inputs)
    return _open(session, actor, seed, body, made, now, request_id)


def open_from(
    session: Session, actor: Actor, seed: Seed, now: datetime, request_id: str | None
) -> Inspection:
    """A drawn task of a plan (source "random"), or a check that a lead or a case asks for.

    A drawn task brings its officers in `more["officers"]` (user ids, the leading one first) and
    what it goes back to in `more["plan"]` (a number) and `more["draw"]`, with the days of the
    plan in `more["first_day"]` and `more["last_day"]`.
    """
    origin = seed.origin
    if origin is None or origin.bureau_id is None:
        raise StepRefused([Refusal(say("没有承办的统计机构，不能登记检查任务。"))], FLOW.kind)
    body = session.get_one(Organisation, origin.bureau_id)
    if seed.source == RANDOM:
        paper = "，".join(str(seed.more[k]) for k in ("plan", "draw") if seed.more.get(k))
        parts = _drawn(session, seed.more.get("officers", ()), now)
        days = {k: seed.more.get(k) for k in ("first_day", "last_day")}
        made = _Opening("draw", paper, RANDOM, parts, days)
    else:
        made = _Opening("direct", str(seed.more.get("paper") or origin.number or ""), "directed")
    return _open(session, actor, seed, body, made, now, request_id)


take = taker(Inspection, TAKINGS)


# ---------------------------------------------------------------- parts of the verbs


def _drawn(session: Session, officers: Sequence[int], now: datetime) -> dict[str, int]:
    """The parts of a drawn team: at least two, all with a certificate valid today."""
    chosen = list(dict.fromkeys(officers))
    if not 2 <= len(chosen) <= len(TEAM):
        raise BadInput("officers", say("每个检查组要有 2 至 %(most)s 名执法人员。", most=len(TEAM)))
    if uncertified(session, chosen, office_date(now)):
        raise BadInput("officers", say("抽中的执法人员里有人的统计执法证今天无效。"))
    return dict(zip(TEAM, chosen, strict=False))


@dataclass(frozen=True, slots=True)
class _Opening:
    """How a task comes into being: by which step, on which paper, with whom, with what answers."""

    step: str
    paper: str
    channel: str
    parts: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)


def _open(
    session: Session,
    actor: Actor,
    seed: Seed,
    body: Organisation,
    made: _Opening,
    now: datetime,
    request_id: str | None,
) -> Inspection:
    _refuse_own_house(seed, body)
    unit = seed.unit_id or record_unit(session, seed.unit_name, seed.uscc, seed.region_code).id
    task = Inspection(
        kind=FLOW.kind,
        origin_org_id=body.id,
        bureau_id=body.id,
        scope_code=body.region_code if body.kind == "bureau" else "",
        title=f"{seed.unit_name}统计执法检查",
        region_code=seed.region_code,
        confidentiality=seed.confidentiality,
        channel=made.channel,
        restricted=True,
        unit_id=unit,
        unit_name=seed.unit_name,
        unit_key=name_key(seed.unit_name),
        uscc=seed.uscc,
        matter=seed.matter[:_LONGEST],
        reason=seed.facts,
        source_paper=made.paper[:_LONGEST],
    )
    taking = Taking(
        parts=dict(made.parts),
        details={"unit": seed.unit_name, "paper": made.paper},
        fields={k: v for k, v in made.kept.items() if k != "note"},
        request_id=request_id,
        apply=partial(_details, session, task, seed, body, now),
    )
    open_case(session, task, made.step, actor, now=now, taking=taking)
    return task


def _details(
    session: Session, task: Inspection, seed: Seed, body: Organisation, now: datetime
) -> None:
    """Number, indicator table, and the houses that a lead has already kept out."""
    task.number = draw(
        session, org_id=body.id, prefix=body.doc_prefix, kind=_SERIES, case_id=task.id, now=now
    )
    write_figures(session, task.id, seed.figures)
    excluded = {o.id for o in _same_name(session, seed)}
    if seed.origin is not None:
        excluded |= set(
            session.scalars(
                select(CaseExcludedOrg.org_id).where(CaseExcludedOrg.case_id == seed.origin.id)
            )
        )
    session.add_all(CaseExcludedOrg(case_id=task.id, org_id=org) for org in sorted(excluded))
    session.flush()


def _same_name(session: Session, seed: Seed) -> list[Organisation]:
    key = name_key(seed.unit_name)
    here = select(Organisation).where(Organisation.region_code == seed.region_code)
    return [org for org in session.scalars(here) if name_key(org.name) == key]


def _refuse_own_house(seed: Seed, body: Organisation) -> None:
    """Nobody checks their own house."""
    if name_key(body.name) == name_key(seed.unit_name):
        raise BadInput("unit_name", say("涉及本单位自己，本单位不能检查；请报上级统计机构。"))
