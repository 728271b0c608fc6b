"""What the page of a plan shows of its own: strata, lists, officers, draws, tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.clocks import rule_for
from tracker.core.clock import office_date
from tracker.core.errors import N_, Sentence, say
from tracker.core.rulebook.loader import RuleMissing
from tracker.web.desk.shape import Cell
from tracker.web.shell import local_date
from tracker.workflows.plans import queries
from tracker.workflows.plans.items import ITEMS, ITEMS_SOURCE, ITEMS_VERIFIED
from tracker.workflows.plans.models import DIRECTED, DRAW_STATUS, Plan

_FIRST_OBJECTS = 12


def context(
    session: Session,
    actor: Actor,  # noqa: ARG001 - the kit's signature
    plan: Plan,
    now: datetime,
) -> Mapping[str, Any]:
    """Everything `plans/panels.html` shows."""
    today = office_date(now)
    lists = queries.lists_of(session, plan, today)
    return {
        "lists": lists,
        "strata": lists.strata(plan),
        "officers": lists.officers(plan),
        "objects": queries.objects_of(session, plan, lists, page=1, size=_FIRST_OBJECTS),
        "object_count": sum(lists.listed.values()),
        "left_out": [e for e in lists.excluded if not e.key.startswith("u")],
        "draws": queries.draws_of(session, plan),
        "draw_status": DRAW_STATUS,
        "directed": queries.directed_of(session, plan),
        "directed_kinds": DIRECTED,
        "items": [ITEMS[code] for code in plan.items.split()],
        "items_source": ITEMS_SOURCE,
        "items_verified": ITEMS_VERIFIED,
        "sample": _sample(plan),
        "progress": queries.progress_of(session, [plan.id], today).get(plan.id),
    }


def _sample(plan: Plan) -> tuple[Sentence, Sentence] | None:
    """The sample sizes that the place asks for (R02), with their ground."""
    try:
        rule = rule_for(plan, "R02", plan.check_from)
    except RuleMissing:
        return None
    return rule.length_words, rule.ground


def facts(
    session: Session,  # noqa: ARG001 - the kit's signature
    plan: Plan,
) -> Sequence[tuple[str, str | Sentence]]:
    """What stands beside the title."""
    first, last = local_date(plan.check_from), local_date(plan.check_to)
    period = say("%(first)s 至 %(last)s", first=first, last=last)
    return [(N_("检查期间"), period)]


def cell(session: Session, plan: Plan) -> Cell:
    """How many are to be drawn, or how far the tasks are."""
    wanted = sum(s.count for s in plan.strata)
    progress = queries.progress_of(session, [plan.id], plan.opened_on).get(plan.id)
    if progress is None:
        return Cell(
            N_("抽取数量"),
            say("%(n)s 个", n=wanted),
            say("%(teams)s 组，每组 %(size)s 人", teams=plan.teams, size=plan.team_size),
        )
    return Cell(
        N_("检查任务"),
        say("%(done)s / %(all)s", done=progress.done, all=progress.opened),
        say("已办结 / 已下达"),
    )
