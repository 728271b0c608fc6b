"""What must hold before a step of the plan: each answers with a sentence, or None."""

from __future__ import annotations

import json
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.cases.flow import Context
from tracker.core.cases.models import Case
from tracker.core.errors import Refusal, Sentence, say
from tracker.core.registers.models import Unit
from tracker.workflows.plans import frames
from tracker.workflows.plans.models import Plan, PlanDraw, PlanDrawn, PlanObject
from tracker.workflows.plans.record import parse
from tracker.workflows.plans.replay import replay


def _plan(context: Context) -> Plan:
    return cast(Plan, context.case)


def open_draw(session: Session, plan: Plan) -> PlanDraw | None:
    """The draw that is under way: frozen or waiting for its confirmations."""
    return session.scalars(
        select(PlanDraw).where(
            PlanDraw.plan_id == plan.id, PlanDraw.status.in_(("frozen", "drawn"))
        )
    ).one_or_none()


def complete(context: Context) -> Refusal | None:
    """Items from the published list, objects, and a number for at least one stratum (I0)."""
    plan = _plan(context)
    if not plan.items:
        return Refusal(say("还没有选检查事项。"), instead=say("点“修改计划内容”补上"))
    if not plan.strata:
        return Refusal(say("还没有写各类对象抽取多少。"), instead=say("点“修改计划内容”补上"))
    listed = context.session.execute(
        select(PlanObject.stratum, func.count())
        .where(PlanObject.plan_id == plan.id)
        .group_by(PlanObject.stratum)
    ).all()
    counts = {stratum: count for stratum, count in listed}  # noqa: C416 - rows are no pairs to mypy
    empty = [s.code for s in plan.strata if not counts.get(s.code)]
    if empty:
        return Refusal(
            say("要抽“%(what)s”，名单里却一个也没有。", what=frames.stratum_label(empty[0])),
            instead=say("点“添加检查对象”补上，或改抽取数量"),
        )
    return None


def officers_enough(context: Context) -> Refusal | None:
    """Enough officers whose certificates hold at some time of the year's checks (行政处罚法 42).

    Which days they have to cover is known when the frame is frozen, and asked there.
    """
    plan = _plan(context)
    officers, _left = frames.officer_entries(
        context.session, plan, plan.check_from, plan.check_to, context.today
    )
    had = sum(o.overlaps(plan.check_from, plan.check_to) for o in officers)
    wanted = plan.teams * plan.team_size
    if had >= wanted:
        return None
    return Refusal(too_few(plan, had), instead=say("补检查人员名单，或减少组数"))


def too_few(plan: Plan, had: int) -> Sentence:
    """How many officers are wanted, and how many there are."""
    return say(
        "要 %(teams)s 个组、每组 %(size)s 人，执法证在检查期间有效的只有 %(had)s 人。",
        teams=plan.teams,
        size=plan.team_size,
        had=had,
    )


def frame_still_holds(context: Context) -> Refusal | None:
    """What was frozen is what the registers say now: nobody slipped in or out since."""
    plan = _plan(context)
    row = open_draw(context.session, plan)
    if row is None:
        return Refusal(say("名录还没有冻结。"))
    now = frames.freeze(context.session, plan, row.first_day, row.last_day, context.today)
    if now.version == row.frame_version:
        return None
    return Refusal(
        say("冻结以后名录有变化（单位、执法证或检查次数），不能按旧名录抽。"),
        instead=say("点“放弃冻结的名录”，再冻结一次"),
    )


def replays_the_same(context: Context) -> Refusal | None:
    """Whoever confirms a draw confirms what drawing again gives."""
    row = open_draw(context.session, _plan(context))
    if row is None or row.record is None:
        return Refusal(say("还没有抽取。"))
    verdict = replay(json.loads(row.record), seal=row.seal)
    if verdict.same:
        return None
    return Refusal(say("按记录重演，结果不同：%(why)s", why=verdict.differences[0].message))


def nobody_drawn_meanwhile(context: Context) -> Refusal | None:
    """No unit of this draw was taken by another one of the year since the frame was frozen."""
    plan = _plan(context)
    row = open_draw(context.session, plan)
    if row is None or row.record is None:
        return None  # said by the guard that replays
    drawn = {int(u.unit) for u in parse(json.loads(row.record)).result.units}
    name = context.session.scalars(
        select(Unit.name)
        .join(PlanDrawn, PlanDrawn.unit_id == Unit.id)
        .where(
            PlanDrawn.organ_id == plan.bureau_id,
            PlanDrawn.year == plan.year,
            PlanDrawn.unit_id.in_(drawn),
        )
    ).first()
    if name is None:
        return None
    return Refusal(
        say("%(unit)s 已在今年的另一次抽取中抽中。", unit=name),
        instead=say("点“不确认，作废重抽”，重新冻结名录"),
    )


def tasks_ended(context: Context) -> Refusal | None:
    """The year is summed up when every task of the plan has ended."""
    still = context.session.scalar(
        select(func.count())
        .select_from(Case)
        .join(PlanDrawn, PlanDrawn.task_id == Case.id)
        .join(PlanDraw, PlanDraw.id == PlanDrawn.draw_id)
        .where(PlanDraw.plan_id == context.case.id, Case.closed_at.is_(None))
    )
    if not still:
        return None
    return Refusal(say("还有 %(n)s 件检查任务没有办结。", n=still))
