"""What each step of the plan needs besides the move itself: checked, then written."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.cases.engine import Taking
from tracker.core.cases.guards import history, taken
from tracker.core.cases.taking import Asked, Takings
from tracker.core.documents import service as documents
from tracker.core.documents.numbering import draw as draw_number
from tracker.core.errors import N_, BadInput, Refusal, StepRefused, say
from tracker.core.registers.models import Organisation
from tracker.workflows.plans import frames, lots, objects, yearly
from tracker.workflows.plans.content import CONTENT_TAKINGS
from tracker.workflows.plans.guards import open_draw, too_few
from tracker.workflows.plans.models import (
    Plan,
    PlanDraw,
    PlanOfficer,
    PlanRecusal,
)

PLAN_LETTER = "检计"
_DRAWING_STEPS = {"draw_lots", "recuse_drawn"}
Asking = Asked[Plan]


# ---------------------------------------------------------------- approval


def _approve(asked: Asking) -> Taking:
    plan, session = asked.case, asked.session

    def apply() -> None:
        if plan.number is None:  # a plan that is approved again keeps its number
            body = session.get_one(Organisation, plan.bureau_id)
            plan.number = draw_number(
                session,
                org_id=body.id,
                prefix=body.doc_prefix,
                kind=PLAN_LETTER,
                case_id=plan.id,
                now=asked.now,
            )
        yearly.begin(session, plan, actor_id=asked.actor.user_id, now=asked.now)

    return Taking(apply=apply)


def _amend(asked: Asking) -> Taking:
    """A plan that changes loses the paper that said otherwise; its number stays void."""
    reason = asked.required("note", N_("请写明理由。"))

    def apply() -> None:
        documents.void_all(
            asked.session,
            asked.case.id,
            "annual_plan",
            by=asked.actor.user_id,
            now=asked.now,
            reason=reason,
        )

    return Taking(note=reason, apply=apply)


def _person(asked: Asking, name: str, role: Role) -> int:
    chosen = asked.inputs.get(name)
    people = people_in(asked.session, asked.case.bureau_id or 0, role, asked.today)
    if chosen not in {u.id for u in people}:
        raise BadInput(name, say("请选本单位的人员。"))
    return int(chosen)


def _hand_on(asked: Asking) -> Taking:
    user_id = _person(asked, "drafter", Role.INSPECTOR)
    return Taking(parts={"drafter": user_id}, details={"drafter": user_id})


# ---------------------------------------------------------------- the draw


def _freeze(asked: Asking) -> Taking:
    plan, session = asked.case, asked.session
    first, last = asked.day("first_day"), asked.day("last_day")
    if first is None or not plan.check_from <= first <= plan.check_to:
        raise BadInput("first_day", say("本轮检查须在计划的检查期间内。"))
    if last is None or not first <= last <= plan.check_to:
        raise BadInput("last_day", say("结束日期须在计划的检查期间内，且不早于开始日期。"))
    drawer = _person(asked, "drawer", Role.INSPECTOR)
    second = _person(asked, "second", Role.INSPECTOR)
    monitor = _person(asked, "monitor", Role.SUPERVISOR)
    if drawer == second:
        raise BadInput("second", say("两名抽取人须是两个人。"))
    if monitor in (drawer, second):
        raise BadInput("monitor", say("监督人不能是抽取人。"))
    _refuse_past_drawers(asked, {"second": second, "monitor": monitor})
    frozen = frames.freeze(session, plan, first, last, asked.today)
    fit = sum(o.certified(first, last) for o in frozen.frame.officers if o.key != f"u{monitor}")
    if fit < plan.teams * plan.team_size:
        raise BadInput("last_day", too_few(plan, fit))
    row = PlanDraw(
        first_day=first, last_day=last, drawer_id=drawer, second_id=second, monitor_id=monitor
    )
    return Taking(
        parts={"drawer": drawer, "second": second, "monitor": monitor},
        details={
            "frame": frozen.version,
            "units": len(frozen.frame.units),
            "officers": len(frozen.frame.officers),
            "excluded": len(frozen.excluded),
        },
        apply=lambda: lots.freeze(session, plan, row, frozen, asked.now),
    )


def _refuse_past_drawers(asked: Asking, chosen: Mapping[str, int]) -> None:
    """Whoever drew for this plan before cannot confirm now; better said here than at the end."""
    drew: frozenset[int] = frozenset().union(
        *(
            t.persons
            for t in taken(history(asked.session, asked.case.id))
            if t.step in _DRAWING_STEPS
        )
    )
    for field, user_id in chosen.items():
        if user_id in drew:
            raise BadInput(field, say("曾为本计划抽取过的人不能再作确认人。"))


def _current(asked: Asking) -> PlanDraw:
    row = open_draw(asked.session, asked.case)
    if row is None:  # the state says that there is one
        raise StepRefused([Refusal(say("名录还没有冻结。"))])
    return row


def _draw_lots(asked: Asking) -> Taking:
    row = _current(asked)
    source = asked.required("seed_source", N_("请写明种子怎么产生的。"))
    place = asked.required("place", N_("请写明抽取地点。"))
    plan, session = asked.case, asked.session
    record = lots.make_record(
        session,
        plan,
        row,
        number=lots.new_number(session, plan, asked.now),
        seed=asked.text("seed"),
        seed_source=source,
        drawn_at=asked.now.replace(microsecond=0),
    )

    def apply() -> None:
        row.place = place
        lots.keep(session, row, record)

    return Taking(details={"draw": record.number, "seal": record.seal}, apply=apply)


def _recusal(asked: Asking) -> PlanRecusal:
    """The declaration asked for: an officer of the plan and a unit of its list."""
    session, plan = asked.session, asked.case
    officer = asked.inputs.get("officer")
    listed = session.get(PlanOfficer, (plan.id, officer or 0))
    if listed is None:
        raise BadInput("officer", say("这个人不在计划的检查人员名单里。"))
    text = asked.required("unit", N_("请填回避的单位。"))
    unit = objects.listed(session, plan, text, "unit")
    reason = asked.required("reason", N_("请写回避理由。"))
    known = session.scalars(
        select(PlanRecusal.id).where(
            PlanRecusal.plan_id == plan.id,
            PlanRecusal.user_id == listed.user_id,
            PlanRecusal.unit_id == unit.unit_id,
        )
    ).first()
    if known is not None:
        raise BadInput("unit", say("已经登记过这项回避。"))
    return PlanRecusal(
        plan_id=plan.id,
        user_id=listed.user_id,
        unit_id=unit.unit_id,
        reason=reason,
        declared_at=asked.now,
        entered_by_id=asked.actor.user_id,
    )


def _recuse(asked: Asking) -> Taking:
    row = _recusal(asked)
    return Taking(
        details={"officer": row.user_id, "unit": row.unit_id},
        apply=lambda: asked.session.add(row),
    )


def _recuse_drawn(asked: Asking) -> Taking:
    """The next drawn takes the place: same seed, same ranks, one declaration more."""
    said, row = _recusal(asked), _current(asked)
    record = lots.record_of(row)
    task = next((t for t in record.result.tasks if t.unit == str(said.unit_id)), None)
    if task is None or f"u{said.user_id}" not in task.officers:
        raise BadInput("officer", say("这个人没有被抽去检查这个单位。"))
    asked.session.add(said)
    asked.session.flush()
    anew = lots.again(asked.session, asked.case, row)
    return Taking(
        details={"officer": said.user_id, "unit": said.unit_id, "seal": anew.seal},
        apply=lambda: lots.keep(asked.session, row, anew),
    )


def _void(asked: Asking) -> Taking:
    reason = asked.required("note", N_("请写明理由。"))
    return Taking(
        note=reason,
        apply=lambda: lots.void(asked.session, asked.case, reason, asked.now),
    )


def _witness(asked: Asking) -> Taking:
    row = _current(asked)
    plan, session, actor = asked.case, asked.session, asked.actor

    def apply() -> None:
        lots.open_tasks(session, actor, plan, row, asked.now)
        lots.file_record(session, plan, row, actor_id=actor.user_id, now=asked.now)
        yearly.first_draw_made(session, plan, actor_id=actor.user_id, now=asked.now)

    return Taking(details={"draw": row.number, "seal": row.seal}, apply=apply)


# ---------------------------------------------------------------- the end of the year


def _summarise(asked: Asking) -> Taking:
    text = asked.required("summary", N_("请写年度总结。"))

    def apply() -> None:
        asked.case.summary = text

    return Taking(apply=apply)


TAKINGS: Takings = {
    **CONTENT_TAKINGS,
    "approve": _approve,
    "amend": _amend,
    "hand_on": _hand_on,
    "recuse": _recuse,
    "freeze": _freeze,
    "unfreeze": _void,
    "draw_lots": _draw_lots,
    "recuse_drawn": _recuse_drawn,
    "refuse_draw": _void,
    "reject_draw": _void,
    "witness": _witness,
    "summarise": _summarise,
    "close": lambda _asked: Taking(values={"restricted": False}),
}
