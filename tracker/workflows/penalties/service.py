"""Writes: one verb per thing a person can do to a penalty case.

Every verb runs inside the caller's transaction and ends in `open_case()` or `move()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.audit.service import record
from tracker.core.benchmarks.model import Subject
from tracker.core.cases import onward
from tracker.core.cases.evidence import first_power
from tracker.core.cases.figures import as_seed, figures_of, write_figures
from tracker.core.cases.opening import Seed, SeedFigure
from tracker.core.cases.scope import get_visible
from tracker.core.cases.taking import taker
from tracker.core.clock import office_date
from tracker.core.errors import BadInput, Refusal, StepRefused, say
from tracker.core.registers.models import Unit
from tracker.core.registers.officers import uncertified
from tracker.core.registers.units import record_unit
from tracker.core.registers.uscc import check_uscc, clean_uscc
from tracker.workflows.penalties.flow import FLOW
from tracker.workflows.penalties.grading import NEVER_FINED, spot_limit
from tracker.workflows.penalties.guards.team import TEAM, settings_of, team_of
from tracker.workflows.penalties.models import Penalty, PenaltySettings
from tracker.workflows.penalties.takings import TAKINGS

LETTER = "罚案"


def open_from(
    session: Session, actor: Actor, seed: Seed, now: datetime, request_id: str | None
) -> Penalty:
    """Open a case from a lead or an inspection; its officers come along (domain L5b, I7c).

    `seed.more["subject"]`, `["address"]` and `["person"]` describe the party when they are known.
    """
    house = onward.house_of(session, actor, FLOW.step("take_over").by, seed.origin)
    parts = {"handler": onward.officer_for(session, actor, seed, house, now)}
    if "co_officer" in seed.people:
        other = onward.officer_for(session, actor, seed, house, now, part="co_officer")
        parts |= {"co_officer": other} if other != parts["handler"] else {}
    unit = session.get(Unit, seed.unit_id) if seed.unit_id is not None else None
    known = unit.subject_type if unit is not None else Subject.ENTERPRISE.value
    penalty = _new(seed, str(seed.more.get("subject") or known))
    penalty.address = str(seed.more.get("address") or (unit.address if unit else ""))
    person = seed.more.get("person") or (unit.legal_representative if unit else "")
    penalty.legal_person = str(person)
    if seed.origin is not None:
        penalty.source_from = seed.origin.number or ""
    return _open(session, penalty, "take_over", actor, seed, parts, {}, now, request_id)


def open_new(
    session: Session,
    actor: Actor,
    step_name: str,
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Penalty:
    """Register a source (C0), or a decision on the spot; BadInput names what is wrong."""
    if step_name == "take_over":
        raise StepRefused([Refusal(say("请在线索或者检查任务里转立案。"))], step_name)
    house = onward.house_of(session, actor, FLOW.step(step_name).by)
    seed = _seed(session, house.region_code, inputs)
    penalty = _new(seed, _text(inputs, "subject"))
    for name in ("address", "legal_person", "phone", "source_from"):
        setattr(penalty, name, _text(inputs, name))
    today = office_date(now)
    for name in ("found_on", "act_from", "act_to"):
        given = inputs.get(name)
        if isinstance(given, date) and given > today:
            raise BadInput(name, say("日期不能晚于今天。"))
    if step_name == "spot":
        return _spot(session, actor, penalty, seed, inputs, now, request_id)
    handler = {"handler": int(inputs["handler"])} if inputs.get("handler") else {}
    seed = replace(seed, people=handler)
    parts = {"handler": onward.officer_for(session, actor, seed, house, now)}
    return _open(session, penalty, step_name, actor, seed, parts, inputs, now, request_id)


take = taker(Penalty, TAKINGS)


def set_figures(
    session: Session,
    actor: Actor,
    case_id: int,
    figures: list[SeedFigure],
    *,
    now: datetime,
    request_id: str | None = None,
) -> Penalty:
    """The team writes the indicator table while it investigates; the rest is computed."""
    case = get_visible(session, Penalty, actor, case_id, lock=True)
    if case.state not in ("source", "investigating"):
        raise StepRefused([Refusal(say("调查终结以后，指标核对表不能再改。"))], "figures")
    team = team_of(session, case.id)
    power = first_power(
        actor.within(case.kind),
        lambda p: p.role is Role.INSPECTOR and (p.on_behalf_of or actor.user_id) in team,
    )
    if power is None:
        raise StepRefused([Refusal(say("这一步由本案的办案人员办理。"))], "figures")
    write_figures(session, case.id, figures)
    record(
        session,
        tag="penalty.figures",
        at=now,
        actor_id=actor.user_id,
        on_behalf_of_id=power.on_behalf_of,
        case_id=case.id,
        object=f"penalty:{case.id}",
        request_id=request_id,
        details={"lines": len(figures)},
    )
    return case


def add_figure(
    session: Session,
    actor: Actor,
    case_id: int,
    figure: SeedFigure,
    *,
    now: datetime,
    request_id: str | None = None,
) -> Penalty:
    """One more line for the indicator table."""
    get_visible(session, Penalty, actor, case_id, lock=True)
    lines = [*as_seed(figures_of(session, case_id)), figure]
    return set_figures(session, actor, case_id, lines, now=now, request_id=request_id)


def drop_figure(
    session: Session,
    actor: Actor,
    case_id: int,
    line: int,
    *,
    now: datetime,
    request_id: str | None = None,
) -> Penalty:
    """One line less; the rest move up."""
    get_visible(session, Penalty, actor, case_id, lock=True)
    rows = [row for row in figures_of(session, case_id) if row.line != line]
    return set_figures(session, actor, case_id, list(as_seed(rows)), now=now, request_id=request_id)


def allow_exits(
    session: Session,
    actor: Actor,
    bureau_id: int,
    *,
    withdrawal: bool,
    termination: bool,
    suspension: bool,
    now: datetime,
    request_id: str | None = None,
) -> PenaltySettings:
    """The head says which exits the bureau uses; their grounds were not verified (C18, C19)."""
    if not actor.has(Role.HEAD, bureau_id):
        raise StepRefused([Refusal(say("这一步由本单位负责人办理。"))], "settings")
    row = settings_of(session, bureau_id)
    row.bureau_id = bureau_id
    row.withdrawal, row.termination, row.suspension = withdrawal, termination, suspension
    row.set_by_id, row.set_on = actor.user_id, office_date(now)
    session.add(row)
    record(
        session,
        tag="penalty.settings",
        at=now,
        actor_id=actor.user_id,
        object=f"organisation:{bureau_id}",
        request_id=request_id,
        details={"withdrawal": withdrawal, "termination": termination, "suspension": suspension},
    )
    session.flush()
    return row


# ---------------------------------------------------------------- parts of the verbs


def _text(inputs: Mapping[str, Any], name: str) -> str:
    return str(inputs.get(name) or "").strip()


def _seed(session: Session, region_code: str, inputs: Mapping[str, Any]) -> Seed:
    name, uscc = _text(inputs, "unit_name"), clean_uscc(_text(inputs, "uscc"))
    if not name:
        raise BadInput("unit_name", say("请写当事人名称。"))
    if uscc and (problem := check_uscc(uscc)) is not None:
        raise BadInput("uscc", problem)
    person = _text(inputs, "subject") == Subject.PERSON.value
    unit = None if person else record_unit(session, name, uscc or None, region_code)
    given = {key: inputs.get(key) for key in ("act_from", "act_to", "found_on")}
    return Seed(
        origin=None,
        unit_name=name,
        uscc=uscc or None,
        unit_id=unit.id if unit else None,
        region_code=region_code,
        matter=_text(inputs, "matter"),
        facts=_text(inputs, "facts"),
        source=_text(inputs, "source") or "inspection",
        act_from=given["act_from"],
        act_to=given["act_to"],
        found_on=given["found_on"],
    )


def _new(seed: Seed, subject: str) -> Penalty:
    if subject not in {s.value for s in Subject}:
        raise BadInput("subject", say("请选当事人类型。"))
    return Penalty(
        kind=FLOW.kind,
        title=f"{seed.unit_name}{seed.matter}案"[:200],
        procedure="ordinary",
        unit_name=seed.unit_name,
        uscc=seed.uscc,
        subject=subject,
        matter=seed.matter,
        facts=seed.facts,
        act_from=seed.act_from,
        act_to=seed.act_to,
    )


def _open(
    session: Session,
    penalty: Penalty,
    step: str,
    actor: Actor,
    seed: Seed,
    parts: Mapping[str, int],
    inputs: Mapping[str, Any],
    now: datetime,
    request_id: str | None,
) -> Penalty:
    penalty.found_on = seed.found_on or office_date(now)
    house = onward.house_of(session, actor, FLOW.step(step).by, seed.origin)
    onward.begin(
        session,
        penalty,
        step,
        actor,
        seed,
        house,
        letter=LETTER,
        parts=parts,
        inputs=inputs,
        now=now,
        request_id=request_id,
    )
    write_figures(session, penalty.id, seed.figures)
    return penalty


def _spot(
    session: Session,
    actor: Actor,
    penalty: Penalty,
    seed: Seed,
    inputs: Mapping[str, Any],
    now: datetime,
    request_id: str | None,
) -> Penalty:
    """A warning or a small fine on the spot (处罚法 51): within the cap, two officers."""
    today = office_date(now)
    house = onward.house_of(session, actor, FLOW.step("spot").by)
    handler = onward.opener_of(actor, (Role.INSPECTOR,), house.id)
    people = {"handler": handler, "co_officer": int(inputs.get("co_officer") or 0)}
    seed = replace(seed, people=people)
    parts = {p: onward.officer_for(session, actor, seed, house, now, part=p) for p in TEAM}
    if parts["handler"] == parts["co_officer"]:
        raise BadInput("co_officer", say("承办和协办须是两个人。"))
    if uncertified(session, list(parts.values()), today):
        raise BadInput("co_officer", say("两名执法人员的统计执法证今天都要有效。"))
    fine = inputs.get("fine") or Decimal(0)
    penalty.procedure, penalty.outcome = "summary", "penalty"
    penalty.act, penalty.warning = _text(inputs, "act"), bool(inputs.get("warning"))
    penalty.region_code, penalty.proposed_fine = house.region_code, fine
    if not fine and not penalty.warning:
        raise BadInput("fine", say("当场处罚是警告或者小额罚款，至少选一样。"))
    if fine and penalty.subject in NEVER_FINED:
        raise BadInput("fine", say("国家机关和自然人不罚款。"))
    limit = spot_limit(penalty, today)
    if fine and not limit.holds(fine):
        raise BadInput("fine", say("当场罚款限 %(most)s，超过的走普通程序。", most=limit.words))
    return _open(session, penalty, "spot", actor, seed, parts, inputs, now, request_id)
