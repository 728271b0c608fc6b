"""What the plan says: year, items, numbers, objects, officers, directed checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.core.accounts.people import people_in
from tracker.core.accounts.roles import Role
from tracker.core.cases.engine import Taking
from tracker.core.cases.evidence import TEAM
from tracker.core.cases.taking import Asked, Takings
from tracker.core.errors import N_, BadInput, say
from tracker.core.registers.models import Officer, Organisation
from tracker.workflows.plans import objects
from tracker.workflows.plans.draw import FEWEST_OFFICERS
from tracker.workflows.plans.items import ITEMS, STRATA
from tracker.workflows.plans.models import (
    DIRECTED,
    Plan,
    PlanDirected,
    PlanOfficer,
    PlanStratum,
)

_MOST = 10_000
_YEARS = range(2020, 2100)
Asking = Asked[Plan]


def check_content(inputs: Mapping[str, Any]) -> None:
    """What a form cannot know of the plan's content. Raises BadInput with the field's name."""
    year, first, last = year_of(inputs), inputs.get("check_from"), inputs.get("check_to")
    if not isinstance(first, date) or first.year != year:
        raise BadInput("check_from", say("检查开始日期须在计划年度内。"))
    if not isinstance(last, date) or last.year != year or last < first:
        raise BadInput("check_to", say("检查结束日期须在计划年度内，且不早于开始日期。"))
    items = inputs.get("items") or ()
    if not items or any(code not in ITEMS for code in items):
        raise BadInput("items", say("请从已公布的抽查事项清单里选。"))
    counted = [f"count_{code}" for code in STRATA] + ["counties", "townships", "teams"]
    for name in counted:
        if not 0 <= (inputs.get(name) or 0) <= _MOST:
            raise BadInput(name, say("数量要填 0 至 %(most)s 的整数。", most=_MOST))
    if not inputs.get("teams"):
        raise BadInput("teams", say("至少要一个检查组。"))
    if not FEWEST_OFFICERS <= (inputs.get("team_size") or 0) <= len(TEAM):
        raise BadInput(
            "team_size",
            say("每组要有 %(least)s 至 %(most)s 人。", least=FEWEST_OFFICERS, most=len(TEAM)),
        )


def year_of(inputs: Mapping[str, Any]) -> int:
    """The year that was typed. Raises BadInput("year")."""
    text = str(inputs.get("year") or "").strip()
    if not (text.isascii() and text.isdigit() and int(text) in _YEARS):
        raise BadInput("year", say("请填年份，例如 2026。"))
    return int(text)


def title_of(inputs: Mapping[str, Any]) -> str:
    """The name that was given, or the usual one with the year."""
    return str(inputs.get("title") or "").strip() or f"{year_of(inputs)}年度统计执法检查计划"


def copy_content(plan: Plan, inputs: Mapping[str, Any]) -> None:
    """Write checked content into the plan."""
    plan.year = year_of(inputs)
    for name in ("check_from", "check_to", "teams", "team_size"):
        setattr(plan, name, inputs[name])
    plan.basis = str(inputs.get("basis") or "").strip()
    plan.aims = str(inputs.get("aims") or "").strip()
    plan.items = " ".join(code for code in ITEMS if code in inputs["items"])
    plan.counties = inputs.get("counties") or None
    plan.townships = inputs.get("townships") or None


def copy_strata(plan: Plan, inputs: Mapping[str, Any]) -> None:
    """Write how many of each stratum are wanted."""
    wanted = {code: inputs.get(f"count_{code}") or 0 for code in STRATA}
    known = {s.code: s for s in plan.strata}
    for line, (code, count) in enumerate(wanted.items(), start=1):
        row = known.get(code)
        if not count:
            if row is not None:
                plan.strata.remove(row)
        elif row is None:
            plan.strata.append(PlanStratum(code=code, line=line, count=count))
        else:
            row.count = count


def _edit(asked: Asking) -> Taking:
    check_content(asked.inputs)
    plan = asked.case

    def apply() -> None:
        copy_content(plan, asked.inputs)
        copy_strata(plan, asked.inputs)
        asked.session.flush()

    return Taking(values={"title": title_of(asked.inputs)}, apply=apply)


def _region(asked: Asking) -> str:
    return asked.session.get_one(Organisation, asked.case.bureau_id).region_code


def _add_objects(asked: Asking) -> Taking:
    wanted = objects.Wanted(
        region_code=asked.text("region_code"),
        stratum=asked.text("stratum"),
        above_only=bool(asked.inputs.get("above")),
        one=asked.text("one"),
        listed=asked.text("list"),
    )
    found = objects.find(asked.session, asked.case, wanted, _region(asked))
    return Taking(
        fields={"added": len(found)},
        details={"added": len(found)},
        apply=lambda: asked.session.add_all(found),
    )


def _remove_object(asked: Asking) -> Taking:
    row = objects.listed(asked.session, asked.case, asked.text("object"), "object")
    return Taking(
        fields={"object": row.name},
        details={"unit": row.unit_id},
        apply=lambda: asked.session.delete(row),
    )


def _add_officers(asked: Asking) -> Taking:
    session, plan = asked.session, asked.case
    serving = [u.id for u in people_in(session, plan.bureau_id or 0, Role.INSPECTOR, asked.today)]
    certified = set(session.scalars(select(Officer.user_id).where(Officer.user_id.in_(serving))))
    one = asked.inputs.get("officer")
    if one is not None and one not in certified:
        raise BadInput("officer", say("只能选本单位持有执法证的执法检查人员。"))
    known = set(session.scalars(select(PlanOfficer.user_id).where(PlanOfficer.plan_id == plan.id)))
    wanted = certified if asked.inputs.get("all") else {u for u in (one,) if u is not None}
    chosen = sorted(wanted - known)
    if not chosen:
        raise BadInput("officer", say("没有可以新加的人：没有选，或者都已在名单里。"))
    return Taking(
        fields={"added": len(chosen)},
        details={"officers": chosen},
        apply=lambda: session.add_all(PlanOfficer(plan_id=plan.id, user_id=u) for u in chosen),
    )


def _remove_officer(asked: Asking) -> Taking:
    row = asked.session.get(PlanOfficer, (asked.case.id, asked.inputs.get("officer") or 0))
    if row is None:
        raise BadInput("officer", say("这个人不在计划的检查人员名单里。"))
    return Taking(
        details={"officer": row.user_id},
        apply=lambda: asked.session.delete(row),
    )


def _list_directed(asked: Asking) -> Taking:
    kind = asked.text("kind")
    if kind not in DIRECTED:
        raise BadInput("kind", say("请选种类。"))
    row = PlanDirected(
        plan_id=asked.case.id,
        kind=kind,
        target=asked.required("target", N_("请写检查对象或范围。")),
        reason=asked.required("reason", N_("请写理由。")),
        months=asked.required("months", N_("请写时间。")),
    )
    return Taking(apply=lambda: asked.session.add(row))


CONTENT_TAKINGS: Takings = {
    "edit": _edit,
    "add_objects": _add_objects,
    "remove_object": _remove_object,
    "add_officers": _add_officers,
    "remove_officer": _remove_officer,
    "list_directed": _list_directed,
}
