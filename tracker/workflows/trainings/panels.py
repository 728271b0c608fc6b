"""What the page of a session shows of its own: the arrangement, and the list as far as one may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.reads import outside
from tracker.core.clock import office_date
from tracker.core.errors import N_, say
from tracker.web.desk.shape import Cell, Shown
from tracker.web.shell import local_time
from tracker.workflows.trainings import content, guards, lines, queries, staffing
from tracker.workflows.trainings.asks import TOPICS
from tracker.workflows.trainings.content import STANDING_LABELS
from tracker.workflows.trainings.models import AUDIENCES, MUST_LABELS, Training

FIRST_SHOWN = 12
# States in which there is something to see of who came.
HELD = ("running", "marking", "recording", "closing", "closed")


def context(session: Session, actor: Actor, case: Training, now: datetime) -> Mapping[str, Any]:
    """The list as the reader's side sees it, what may be done with it, and its pages."""
    side = staffing.side_of(session, case, actor)
    inside = not outside(actor, case)
    everybody = queries.lines_of(session, case)
    own = everybody if inside else [one for one in everybody if side.covers(one.row.org_id)]
    return {
        "topics": TOPICS,
        "audiences": AUDIENCES,
        "standings": STANDING_LABELS,
        "musts": MUST_LABELS,
        "inside": inside,
        "counts": queries.counts_of(case, everybody),
        "own": own,
        "first_shown": FIRST_SHOWN,
        "held": case.state in HELD,
        "passed": content.passed,
        "may_enrol": lines.may_enrol(case, side, office_date(now)),
        "guests": len(staffing.guests_of(session, case.id)),
        "tools": _tools(case, side, inside=inside),
    }


def _tools(case: Training, side: staffing.Side, *, inside: bool) -> list[tuple[str, str, str]]:
    found = []
    if case.state != "preparing":
        found.append(
            (".show_people", "users", N_("名单和报名") if side.org_ids or inside else N_("名单"))
        )
    if side.organiser and case.state == "running":
        found.append((".show_code", "eye", N_("签到码")))
    if inside and case.state in HELD:
        found.append((".show_results", "list", N_("签到和成绩")))
    return found


def facts(_session: Session, case: Training) -> Sequence[tuple[str, Shown]]:
    """What stands in the head."""
    return [
        (N_("类别"), say(TOPICS[case.topic])),
        (N_("时间"), local_time(case.starts_at) or say("未定")),
        (N_("地点"), case.venue or say("未定")),
    ]


def cell(session: Session, case: Training) -> Cell:
    """How many have a place, of how many."""
    listed = guards.count_listed(session, case.id)
    return Cell(N_("报名"), f"{listed} / {case.quota}", say(AUDIENCES[case.audience]))
