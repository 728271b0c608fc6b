"""What the page of the work list shows: rows, groups, counts, and what may be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.calendar import store as calendar_store
from tracker.core.cases.asking import VIEWS, Question, asked
from tracker.core.cases.export import COLUMNS, Row, rows_of
from tracker.core.cases.flow import flows
from tracker.core.cases.grouping import DUE, GROUPS, GroupKey, Walked, group_counts, keys_of, walk
from tracker.core.cases.listing import regions_below
from tracker.core.cases.reads import names_for, works_inside
from tracker.core.cases.seen import unread_among
from tracker.core.cases.tally import tally
from tracker.core.cases.views import views_of
from tracker.core.cases.worklist import COUNT_CAP, waits_for
from tracker.core.cases.workplace import SavedView
from tracker.web.clockface import Clockface, clockfaces
from tracker.web.errors import tell
from tracker.web.work_look import Look, look_of
from tracker.web.work_words import (
    chips_of,
    holder_choices,
    house_choices,
    kind_choices,
    state_choices,
)

# Fields that have an input of their own among the filters; the others are kept as they are.
_ON_THE_FORM = frozenset(
    {"kinds", "states", "region", "holder", "turn", "text", "due_from", "due_to"}
    | {"opened_from", "opened_to", "unread"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list; `head` begins a group."""

    row: Row
    kind: str
    face: Clockface | None
    unread: bool
    mine: bool
    behalf: str
    head: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Tab:
    """A view with its count, and the address it stands for."""

    label: str
    args: Mapping[str, str]
    count: int
    current: bool


def work_context(
    session: Session, actor: Actor, look: Look, today: date, args: Mapping[str, str]
) -> dict[str, Any]:
    """Everything the page shows; the number of queries does not depend on its rows."""
    where = asked(session, actor, look.question, today)
    keys = keys_of(session, actor, look.group, today)
    found = walk(session, actor, where, keys, after=args.get("after"), before=args.get("before"))
    views = views_of(session, actor)
    tabs, saved, total = _tabs(session, actor, look, views, today)
    return {
        "look": look,
        "asked": look.question,
        "lines": _lines(session, actor, look, found, group_counts(session, where, keys), today),
        "before": found.before,
        "after": found.after,
        "total": total,
        "cap": COUNT_CAP,
        "tabs": tabs,
        "saved": saved,
        "chips": chips_of(session, actor, look),
        "kept": _kept(look),
        "kinds": kind_choices(look),
        "states": state_choices(look, actor),
        "regions": regions_below(session, actor),
        "holders": holder_choices(session, actor, look) if works_inside(actor) else [],
        "houses": house_choices(session, actor),
        "groups": GROUPS,
        "columns": {name: columns[0].head for name, columns in COLUMNS.items()},
        "may_bulk": "bulk.choose" in current_app.view_functions,
    }


def _tabs(
    session: Session, actor: Actor, look: Look, views: Sequence[SavedView], today: date
) -> tuple[list[Tab], list[Tab], int]:
    """The views of everybody with the present narrowing, the saved ones, and this list's length."""
    looks = {view.id: look_of(view.args) for view in views}
    questions: dict[str | int, Question] = {
        name: replace(look.question, view=name) for name in VIEWS
    }
    questions |= {number: one.question for number, one in looks.items()}
    counts = tally(session, actor, questions, today)
    here = look.args()
    saved = [
        Tab(view.name, looks[view.id].args(), counts[view.id], looks[view.id].args() == here)
        for view in views
    ]
    taken = any(tab.current for tab in saved)
    own = [
        Tab(
            tell(label),
            look.args(view=name),
            counts[name],
            not taken and name == look.question.view,
        )
        for name, label in VIEWS.items()
    ]
    return own, saved, counts[look.question.view]


def _lines(
    session: Session,
    actor: Actor,
    look: Look,
    found: Walked,
    counts: Mapping[GroupKey, int],
    today: date,
) -> list[Line]:
    cases = list(found.rows)
    calendar = calendar_store.load(session)
    rows = rows_of(session, actor, cases, names_for(session, cases), calendar, today)
    known = [row.case for row in rows if row.knows_people]
    faces = clockfaces(session, known, calendar, today)
    unread = unread_among(session, actor, cases)
    lines, last = [], None
    for row, key in zip(rows, found.groups, strict=True):
        case = row.case
        head = (_head(look.group, row, key), counts.get(key, 0)) if key and key != last else None
        last = key
        lines.append(
            Line(
                row,
                tell(flows.get(case.kind).label),
                faces.get(case.id),
                case.id in unread,
                case.assignee_id == actor.user_id,
                waits_for(actor, case),
                head,
            )
        )
    return lines


def _head(group: str, row: Row, key: GroupKey) -> str:
    match group:
        case "kind":
            return tell(flows.get(row.case.kind).label)
        case "state":
            return f"{tell(flows.get(row.case.kind).label)} · {tell(row.state)}"
        case "due":
            return tell(DUE[int(key[0])])
        case "holder":
            return row.holder or gettext("已办结")
        case _:
            return row.names.places.get(row.case.region_code, row.case.region_code)


def _kept(look: Look) -> dict[str, str]:
    """What the filters have no input for and must not lose: hidden fields of the form."""
    mine = {f.name: None for f in fields(Question) if f.name in _ON_THE_FORM}
    empty: dict[str, Any] = {name: getattr(Question(), name) for name in mine}
    return look.args(**empty)
