"""Writes: open the filing of a change, by the unit or as found by the bureau; take its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases import onward
from tracker.core.cases.engine import Taking, open_case
from tracker.core.cases.taking import taker
from tracker.core.clock import office_date
from tracker.core.errors import BadInput, Refusal, StepRefused, say
from tracker.core.registers.models import Organisation
from tracker.workflows.filings import content, parties
from tracker.workflows.filings.flow import CLERKS, FINDERS, FLOW
from tracker.workflows.filings.lines import reassign, save_list, sign, sign_on_paper
from tracker.workflows.filings.models import Filing
from tracker.workflows.filings.takings import TAKINGS

__all__ = ["open_new", "reassign", "save_list", "sign", "sign_on_paper", "take"]


def open_new(
    session: Session,
    actor: Actor,
    step_name: str,
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Filing:
    """Open a filing: `draft` by a unit of the actor's, `find` by the bureau for a unit of its own.

    BadInput names the field; StepRefused when the actor writes for no unit.
    """
    find = step_name == "find"
    origin = _found_at(session, actor, inputs) if find else _own_unit(session, actor)
    today = office_date(now)
    form = content.Form(session, actor, origin, inputs, now, today, irregular=find)
    found = content.read(form)
    filing = Filing(
        kind=FLOW.kind,
        title=found.title,
        region_code=found.region_code,
        origin_org_id=origin.id,
        channel="found" if find else "unit",
        irregular=find,
        **found.columns,
    )
    parts: dict[str, int] = {}
    if find:
        _refuse_later(form)
        filing.found_on = form.day("found_on")
        house = onward.house_of(session, actor, FINDERS)
        filing.bureau_id, filing.scope_code = house.id, house.region_code
    else:
        parts["drafter"] = onward.opener_of(actor, CLERKS, origin.id)
    taking = Taking(
        parts=parts,
        fields=found.said,
        details={"change": filing.change, "mode": filing.mode},
        request_id=request_id,
    )
    open_case(session, filing, step_name, actor, now=now, taking=taking)
    return filing


def _own_unit(session: Session, actor: Actor) -> Organisation:
    """The unit the actor writes for: own powers come before those held for somebody else."""
    powers = sorted(actor.powers, key=lambda p: p.on_behalf_of is not None)
    for power in powers:
        if power.role in CLERKS:
            return session.get_one(Organisation, power.org_id)
    raise StepRefused([Refusal(say("您的岗位不能登记这类事项。"))], "draft")


def _found_at(session: Session, actor: Actor, inputs: Mapping[str, Any]) -> Organisation:
    """A unit whose changes are filed with the actor's bureau."""
    house = onward.house_of(session, actor, FINDERS)
    chosen = str(inputs.get("unit") or "")
    found = next((o for o in parties.units_of(session, house) if str(o.id) == chosen), None)
    if found is None:
        raise BadInput("unit", say("请选本机构管辖的单位。"))
    return found


def _refuse_later(form: content.Form) -> None:
    """What was found has happened, and was found by today."""
    found_on, moved_on = form.day("found_on"), form.day("effective_on")
    if found_on is None or found_on > form.today:
        raise BadInput("found_on", say("发现日期不能晚于今天。"))
    if moved_on is None or moved_on > found_on:
        raise BadInput("effective_on", say("实际变动日期不能晚于发现日期。"))


take = taker(Filing, TAKINGS)
