"""What the page of an inspection shows besides what every case page has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.figures import NATURES, CaseFigure, figures_of
from tracker.core.clock import office_date, utc_now
from tracker.core.errors import N_, Sentence, say
from tracker.web import wording
from tracker.web.desk.shape import Cell, Shown
from tracker.web.evidence import evidence_panel
from tracker.workflows.inspections import queries
from tracker.workflows.inspections.asks import OBSTRUCTIONS
from tracker.workflows.inspections.flow import FLOW
from tracker.workflows.inspections.lines import OPEN_STATES, may_fill, site_lines
from tracker.workflows.inspections.models import (
    CHANNELS,
    EXEMPTIONS,
    GROUNDS,
    OUTCOMES,
    Inspection,
)


def context(session: Session, actor: Actor, task: Inspection, now: datetime) -> Mapping[str, Any]:
    """The panels below the path: team, counters, indicator table, records, evidence."""
    today = office_date(now)
    evidence = evidence_panel(session, actor, task)
    lines = site_lines(session, task)
    on_site = evidence.on_the_team and may_fill(task) and bool(lines)
    return {
        "tools": [(".open_site", "clipboard", N_("现场核对"))] if on_site else [],
        "team": queries.members(session, task.id, today),
        "count": queries.checks_this_year(session, task, today),
        "orders": queries.orders_of_the_year(session, task, today),
        "lines": lines,
        "records": queries.records(session, task.id),
        "record_labels": {name: FLOW.step(name).label for name in queries.RECORDS},
        "evidence": evidence,
        "may_add_line": evidence.on_the_team and task.state in OPEN_STATES,
        "grounds": GROUNDS,
        "natures": NATURES,
        "obstructions": OBSTRUCTIONS,
        "exemptions": EXEMPTIONS,
        "outcomes": OUTCOMES,
    }


def facts(session: Session, task: Inspection) -> Sequence[tuple[str, Shown]]:
    """What stands in the head: how it came about, the counters that decide."""
    today = office_date(utc_now())
    count = queries.checks_this_year(session, task, today)
    found: list[tuple[str, Shown]] = [
        (N_("检查类型"), CHANNELS.get(task.channel, task.channel)),
        (N_("本年检查"), counted(count)),
    ]
    if task.urgent and task.approved_at is None:
        found.append((N_("检查批准"), N_("待补办")))
    return found


def counted(count: queries.Count) -> Sentence:
    """The count of a year beside its cap, as people say it."""
    if count.cap is None:
        return say(N_("%(n)s 次，没有公布上限"), n=count.done)
    return say(N_("%(n)s 次，上限 %(cap)s 次"), n=count.done, cap=count.cap)


def cell(session: Session, task: Inspection) -> Cell | None:
    """The figure that is farthest off; before there is one, what is checked."""
    rows = [f for f in figures_of(session, task.id) if f.difference is not None]
    if not rows:
        return Cell(N_("检查事项"), task.matter, task.source_paper)
    worst = max(rows, key=lambda f: (f.ratio is not None, f.ratio or abs(f.difference or 0)))
    return Cell(N_("差多少"), _large(worst), _small(worst))


def _large(figure: CaseFigure) -> str:
    if figure.ratio is None:
        return wording.number(figure.difference, signed=True)
    return wording.percent(figure.ratio * 100)


def _small(figure: CaseFigure) -> str:
    return f"{figure.name} {wording.number(figure.difference, signed=True)} {figure.measure}"
