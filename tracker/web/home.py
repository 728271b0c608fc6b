"""The desk: what waits for me, what is late, what I started that is stuck with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import ROLE_LABELS, Role
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases.asking import Question
from tracker.core.cases.flow import Flow, flows
from tracker.core.cases.models import LAST_DAY, Case
from tracker.core.cases.reads import held_since
from tracker.core.cases.scope import visible
from tracker.core.cases.seen import unread_among
from tracker.core.cases.tally import tally
from tracker.core.cases.worklist import (
    mine_with_others,
    waiting_by_kind,
    waiting_for_me,
    waits_for,
)
from tracker.core.db import db
from tracker.core.errors import N_
from tracker.core.notices.models import Notice
from tracker.core.notices.service import inbox
from tracker.core.registers.models import Organisation
from tracker.web.access import current_actor, logged_in
from tracker.web.clockface import clockfaces
from tracker.web.shell import WRITING_ROLES, long_day, today

bp = Blueprint("home", __name__)
# So many are read, to fill the week and the groups; so many of them are shown.
_READ = 200
_SHOWN, _SHOWN_OF_KIND = 30, 8
_PER_DAY = 2
# The figures at the top; each opens the work list with its question.
FIGURES = {
    "waiting": (N_("等我办"), Question(view="waiting")),
    "late": (N_("逾期"), Question(view="late")),
    "soon": (N_("快到期"), Question(view="soon")),
    "others": (N_("我的，在别人手里"), Question(view="others")),
    "unit": (N_("本单位在办"), Question(view="unit")),
    "unread": (N_("在办的未读"), Question(view="open", unread=True)),
}


@dataclass(slots=True)
class WeekCell:
    """One column of the strip: late, a day, the weekend, or next week."""

    kind: str
    on: date | None
    cases: list[Case] = field(default_factory=list)
    working: bool = True
    until: date | None = None
    count: int = 0

    @property
    def question(self) -> Question:
        """What the work list is asked for all that the cell stands for."""
        return Question(view="waiting", due_from=self.on, due_to=self.until)

    @property
    def shown(self) -> list[Case]:
        """The first few; the rest is a number."""
        return self.cases[:_PER_DAY]


@dataclass(frozen=True, slots=True)
class KindGroup:
    """What waits of one kind: how many in all, and the first of them."""

    flow: Flow
    count: int
    cases: Sequence[Case]

    @property
    def question(self) -> Question:
        """What the work list is asked for all of them."""
        return Question(view="waiting", kinds=(self.flow.kind,))


@bp.get("/")
@logged_in
def show_home() -> ResponseReturnValue:
    """The first page of the day."""
    session, actor, now = db.session(), current_actor(), today()
    waiting = waiting_for_me(session, actor, _READ)
    others = mine_with_others(session, actor)
    since = held_since(session, actor, others)
    calendar = calendar_store.load(session)
    week = week_strip(waiting, calendar, now)
    counts = _count(session, actor, week, now)
    by_kind = request.args.get("by") == "kind"
    groups = kind_groups(waiting, waiting_by_kind(session, actor)) if by_kind else []
    shown = [c for g in groups for c in g.cases] if by_kind else waiting[:_SHOWN]
    return render_template(
        "home.html",
        actor=actor,
        waiting=shown,
        groups=groups,
        by_kind=by_kind,
        figures={n: (label, q, counts[n]) for n, (label, q) in FIGURES.items()},
        waiting_late=counts["waiting late"],
        late_question=week[0].question,
        sees=actor.handles_cases,
        duties=[(role.value, label) for role, label in ROLE_LABELS.items() if actor.has(role)],
        runs=actor.has(Role.SYSTEM_ADMIN),
        others=others,
        faces=clockfaces(session, shown, calendar, now),
        held={i: calendar.workdays_between(d, now) for i, d in since.items()},
        week=week,
        holders=holder_names(session, actor, others),
        orgs=org_names(session, [*shown, *others]),
        behalf={c.id: waits_for(actor, c) for c in shown},
        unread=unread_among(session, actor, shown),
        news=news(session, actor, 6),
        today_words=long_day(now),
        may_write=any(actor.has(r) for r in WRITING_ROLES),
        state_of=lambda c: flows.get(c.kind).state(c.state),
        flow_of=lambda c: flows.get(c.kind),
    )


def _count(
    session: Session, actor: Actor, week: Sequence[WeekCell], now: date
) -> Mapping[str, int]:
    """The figures and the cells of the week, each as long as the list it opens; one statement."""
    cells = {f"cell {n}": cell for n, cell in enumerate(week)}
    counts = tally(
        session,
        actor,
        {name: question for name, (_, question) in FIGURES.items()}
        | {name: cell.question for name, cell in cells.items()},
        now,
    )
    for name, cell in cells.items():
        cell.count = counts[name]
    return {**counts, "waiting late": week[0].count}


def kind_groups(waiting: Sequence[Case], counts: Mapping[str, int]) -> list[KindGroup]:
    """What waits, by kind in the order of the workflows."""
    return [
        KindGroup(
            flow,
            counts[flow.kind],
            [c for c in waiting if c.kind == flow.kind][:_SHOWN_OF_KIND],
        )
        for flow in flows.all()
        if counts.get(flow.kind)
    ]


def news(session: Session, actor: Actor, limit: int) -> list[Notice]:
    """The newest notices; what one may no longer see is not told again either."""
    rows = inbox(session, actor.user_id, None, limit)
    wanted = {n.case_id for n in rows if n.case_id}
    seen = set(session.scalars(select(Case.id).where(Case.id.in_(wanted), visible(actor))))
    return [n for n in rows if n.case_id is None or n.case_id in seen]


def week_strip(waiting: Sequence[Case], calendar: Calendar, now: date) -> list[WeekCell]:
    """Late first, then this week day by day with the rest days narrow, then next week as a sum."""
    # On a rest day at the end of the week people plan the next one.
    ahead = calendar.next_workday(now)
    sunday = ahead + timedelta(days=6 - ahead.weekday())
    dated = [c for c in waiting if c.due_order != LAST_DAY]
    yesterday = now - timedelta(days=1)
    cells = [WeekCell("late", None, [c for c in dated if c.due_order < now], until=yesterday)]
    day = now
    while day <= sunday:
        cell = WeekCell("today" if day == now else "day", day, until=day)
        cell.working = calendar.is_workday(day)
        cell.cases = [c for c in dated if c.due_order == day]
        cells.append(cell)
        day += timedelta(days=1)
    later = WeekCell("next", sunday + timedelta(days=1), until=sunday + timedelta(days=7))
    later.cases = [c for c in dated if sunday < c.due_order <= sunday + timedelta(days=7)]
    cells.append(later)
    return cells


def holder_names(session: Session, actor: Actor, cases: Sequence[Case]) -> dict[int, str]:
    """Who has each case, by case; names inside another organisation are not for the sender."""
    own = actor.orgs()
    wanted = {c.assignee_id for c in cases if c.assignee_id and c.turn_org_id in own}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    names = {row.id: row.name for row in rows}
    return {c.id: names[c.assignee_id] for c in cases if c.assignee_id in names}


def org_names(session: Session, cases: Sequence[Case]) -> dict[int, str]:
    """Short names of the organisations some cases came from or wait at."""
    wanted = {c.origin_org_id for c in cases} | {c.turn_org_id for c in cases if c.turn_org_id}
    rows = session.execute(
        select(Organisation.id, Organisation.short_name).where(Organisation.id.in_(wanted))
    )
    return dict(rows.all())
