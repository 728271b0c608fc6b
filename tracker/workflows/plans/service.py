"""Writes: one verb per thing a person can do to a plan.

Every verb runs inside the caller's transaction and ends in `open_case()` or `move()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases import taking as takings
from tracker.core.cases.engine import Taking, open_case
from tracker.core.errors import Refusal, StepRefused, say
from tracker.core.registers.models import Organisation, OrgKind
from tracker.workflows.plans.content import check_content, copy_content, copy_strata, title_of
from tracker.workflows.plans.flow import FLOW
from tracker.workflows.plans.models import Plan
from tracker.workflows.plans.takings import TAKINGS

__all__ = ["draft", "open_new", "take"]

# Who inspects: government statistics bodies and survey teams (统计法 36, 51).
_INSPECTING = (OrgKind.BUREAU.value, OrgKind.SURVEY_TEAM.value)


def draft(
    session: Session,
    actor: Actor,
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    org_id: int,
    request_id: str | None = None,
) -> Plan:
    """An inspector of a bureau begins the plan of a year; only its own circle sees it (I0).

    `inputs` are the answers of the step's form. BadInput names the field at fault, StepRefused
    says who may.
    """
    check_content(inputs)
    body = session.get_one(Organisation, org_id)
    if body.kind not in _INSPECTING:
        raise StepRefused([Refusal(say("检查计划由统计机构起草。"))], "draft")
    plan = Plan(
        kind=FLOW.kind,
        origin_org_id=org_id,
        bureau_id=org_id,
        title=title_of(inputs),
        region_code=body.region_code,
        scope_code=body.region_code if body.kind == "bureau" else "",
        channel="plan",
        # Drawn units must not learn of it: 实施条例 46 (domain 3.9).
        restricted=True,
    )
    copy_content(plan, inputs)
    copy_strata(plan, inputs)
    opening = FLOW.step("draft")
    power = next((p for p in actor.powers if p.role in opening.by and p.org_id == org_id), None)
    taking = Taking(
        parts={"drafter": (power.on_behalf_of if power else None) or actor.user_id},
        details={"year": plan.year},
        fields=inputs,
        request_id=request_id,
    )
    open_case(session, plan, "draft", actor, now=now, taking=taking)
    return plan


def open_new(
    session: Session,
    actor: Actor,
    step_name: str,
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Plan:
    """A new plan of the bureau for which the actor may draw one up."""
    roles = FLOW.step(step_name).by
    org_id = next((p.org_id for p in actor.powers if p.role in roles), 0)
    if not org_id:
        raise StepRefused([Refusal(say("您的岗位不能登记这类事项。"))], step_name)
    return draft(session, actor, inputs, now=now, org_id=org_id, request_id=request_id)


def take(
    session: Session,
    actor: Actor,
    case_id: int,
    step: str,
    inputs: Mapping[str, Any],
    *,
    seen: int,
    now: datetime,
    request_id: str | None = None,
) -> Plan:
    """Take one step of the table on a plan; see `core.cases.taking.take`."""
    return takings.take(
        session,
        Plan,
        actor,
        case_id,
        step,
        inputs,
        seen=seen,
        now=now,
        takings=TAKINGS,
        request_id=request_id,
    )
