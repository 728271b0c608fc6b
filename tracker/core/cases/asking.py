"""What the work list can be asked: one question over all workflows, kept in an address.

Every number on a dashboard or in a report opens the work list with such a question, and is counted
with the same condition; so the number and the length of the list cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.calendar import store as calendar_store
from tracker.core.cases.facts import facts
from tracker.core.cases.finding import found
from tracker.core.cases.flow import flows
from tracker.core.cases.inside import (
    due_between,
    in_own_hands_or_inside,
    in_states,
    inside,
    known_holder,
)
from tracker.core.cases.models import LAST_DAY, Case, Move, Stay
from tracker.core.cases.scope import visible
from tracker.core.cases.seen import unread
from tracker.core.cases.worklist import in_other_hands, late, my_turn
from tracker.core.clock import office_day_bounds
from tracker.core.deadlines.models import Deadline, DeadlineState
from tracker.core.errors import N_
from tracker.core.registers.places import own_codes, region_range
from tracker.core.rulebook.loader import default_rulebook

VIEWS = {
    "waiting": N_("等我办"),
    "soon": N_("快到期"),
    "late": N_("逾期"),
    "others": N_("我的，在别人手里"),
    "unit": N_("本单位在办"),
    "open": N_("在办全部"),
    "closed": N_("已办结"),
    "all": N_("全部"),
}
# How a clock ended or stands: in time, too late, still running in time, over, standing still.
OUTCOMES = {
    "kept": N_("按期办结"),
    "missed": N_("超期办结"),
    "running": N_("在期限内"),
    "over": N_("已经超期"),
    "held": N_("停表中"),
}
_LONGEST_TEXT = 60
_MOST_NAMES = 60


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of all cases one may see; empty fields ask nothing.

    `kinds` are workflows, `states` are "kind.state", `took` is "kind.step" taken between the two
    days, `stayed` is "kind.state" left between them, `clock` is the id of a rule and `outcome` one
    of OUTCOMES. `origin`, `bureau`, `turn` are organisations, `holder` and `maker` are people.
    `due_*`, `opened_*`, `closed_*` and `when_*` are days, both included. With `here` a region is
    the place itself without those below it; `not_in` leaves a place and all below it out;
    `lacks` names who is not there yet: holder, turn or bureau. `facts` are "kind.fact" of what a
    workflow tells of its cases; all of them hold.
    """

    view: str = "all"
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    region: str = ""
    here: bool = False
    not_in: str = ""
    origin: int | None = None
    bureau: int | None = None
    turn: int | None = None
    holder: int | None = None
    lacks: tuple[str, ...] = ()
    maker: int | None = None
    channel: str = ""
    unit: int | None = None
    text: str = ""
    unread: bool = False
    due_from: date | None = None
    due_to: date | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    took: tuple[str, ...] = ()
    stayed: tuple[str, ...] = ()
    when_from: date | None = None
    when_to: date | None = None
    clock: tuple[str, ...] = ()
    outcome: str = ""
    facts: tuple[str, ...] = ()

    def args(self, **change: Any) -> dict[str, Any]:
        """The address's arguments, with some fields changed; empty ones are left out."""
        asked = replace(self, **change) if change else self
        found: dict[str, Any] = {}
        for field in fields(asked):
            value = getattr(asked, field.name)
            if value in ("", None, (), False) or (field.name == "view" and value == "open"):
                continue
            found[_SHORT.get(field.name, field.name)] = _written(value)
        return found

    @property
    def narrowed(self) -> bool:
        """Whether more than a view is asked."""
        return self != Question(view=self.view)


# What stands in an address for a field; the list's own words are kept.
_SHORT = {"kinds": "kind", "states": "state", "text": "q", "facts": "fact"}


def _written(value: object) -> str:
    if value is True:
        return "1"
    if isinstance(value, tuple):
        return ",".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def read_question(args: Mapping[str, str], view: str = "open") -> Question:
    """The question an address asks; what makes no sense is left out."""
    read: dict[str, Any] = {}
    for field in fields(Question):
        # PostgreSQL takes no text with a zero byte in it.
        raw = args.get(_SHORT.get(field.name, field.name), "").replace("\x00", "").strip()
        if not raw:
            continue
        value = _READ.get(field.name, _word)(raw)
        if value not in (None, (), ""):
            read[field.name] = value
    read.setdefault("view", view)
    return Question(**read)


# Who a case may be without: a person who has it in hand, a house whose turn it is, a bureau.
_LACKED: dict[str, Any] = {
    "holder": Case.assignee_id,
    "turn": Case.turn_org_id,
    "bureau": Case.bureau_id,
}


def _word(raw: str) -> str:
    return raw[:_LONGEST_TEXT]


def _names(raw: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w for w in raw.split(",")[:_MOST_NAMES] if w))


def _kinds(raw: str) -> tuple[str, ...]:
    known = {flow.kind for flow in flows.all()}
    return tuple(k for k in _names(raw) if k in known)


def _states(raw: str) -> tuple[str, ...]:
    known = {f"{f.kind}.{s.name}" for f in flows.all() for s in f.states}
    return tuple(s for s in _names(raw) if s in known)


def _steps(raw: str) -> tuple[str, ...]:
    known = {f"{f.kind}.{s.name}" for f in flows.all() for s in f.steps}
    return tuple(s for s in _names(raw) if s in known)


def _facts(raw: str) -> tuple[str, ...]:
    return tuple(f for f in _names(raw) if facts.get(f) is not None)


def _number(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


def _day(raw: str) -> date | None:
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return None
    # Of the first and the last day there are, the office's day lies partly beyond the calendar.
    return day if date.min < day < LAST_DAY else None


def _region(raw: str) -> str:
    return raw if raw.isascii() and raw.isdigit() and len(raw) == 12 else ""


_READ: dict[str, Any] = {
    "view": lambda raw: raw if raw in VIEWS else "",
    "kinds": _kinds,
    "states": _states,
    "took": _steps,
    "stayed": _states,
    "clock": _names,
    "outcome": lambda raw: raw if raw in OUTCOMES else "",
    "facts": _facts,
    "region": _region,
    "not_in": _region,
    "here": lambda raw: raw == "1",
    "lacks": lambda raw: tuple(n for n in _names(raw) if n in _LACKED),
    "unread": lambda raw: raw == "1",
    **dict.fromkeys(("origin", "bureau", "turn", "holder", "maker", "unit"), _number),
    **{f.name: _day for f in fields(Question) if f.name.endswith(("_from", "_to"))},
}


# ---------------------------------------------------------------- the condition


def asked(session: Session, actor: Actor, question: Question, today: date) -> ColumnElement[bool]:
    """The condition on `cases` that a question states, scope included."""
    one = question.kinds[0] if len(question.kinds) == 1 else None
    actor = actor if one is None else actor.within(one)
    return and_(visible(actor, one), narrowed(session, actor, question, today))


def narrowed(
    session: Session, actor: Actor, question: Question, today: date
) -> ColumnElement[bool]:
    """What a question adds to the scope of who asks; only ever used beside `visible()`."""
    parts: list[ColumnElement[bool]] = [_view(session, actor, question.view, today)]
    if question.kinds:
        parts.append(Case.kind.in_(question.kinds))
    if question.states:
        parts.append(_in_states(question.states, actor))
    parts += _places(question)
    if question.holder is not None:
        parts.append(_held_by(question.holder, actor))
    parts += [_lacking(name, actor) for name in question.lacks]
    for column, value in (
        (Case.origin_org_id, question.origin),
        (Case.bureau_id, question.bureau),
        (Case.turn_org_id, question.turn),
        (Case.created_by_id, question.maker),
        (Case.unit_id, question.unit),
        (Case.channel, question.channel or None),
    ):
        if value is not None:
            parts.append(column == value)
    parts += _days(question, actor)
    if question.text:
        parts.append(found(session, actor, question.text))
    if question.unread:
        parts.append(unread(actor))
    parts += _past(question, actor, today)
    return and_(*parts)


def _places(question: Question) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if question.region:
        low, high = region_range(question.region)
        parts.append(Case.region_code.between(low, own_codes(low) if question.here else high))
    if question.not_in:
        parts.append(~Case.region_code.between(*region_range(question.not_in)))
    return parts


def _past(question: Question, actor: Actor, today: date) -> list[ColumnElement[bool]]:
    """What is asked of a case's history; the side it came from learns nothing by asking for it."""
    past = (question.took, question.stayed, question.clock, question.outcome, question.facts)
    if not any(past):
        return []
    parts: list[ColumnElement[bool]] = [inside(actor)]
    if question.took:
        parts.append(_took(question))
    if question.stayed:
        parts.append(_stayed(question))
    if question.clock or question.outcome:
        parts.append(_clock(question, today))
    told = [fact for name in question.facts if (fact := facts.get(name)) is not None]
    parts += [fact.holds(question.when_from, question.when_to) for fact in told]
    return parts


def soon_until(session: Session, today: date) -> date:
    """The last day that still counts as soon: as many working days off as rows turn amber."""
    most = default_rulebook().display.amber_most_wd
    calendar = calendar_store.load(session)
    day = today
    for _ in range(most):
        day = calendar.next_workday(day + timedelta(days=1))
    return day


def _view(session: Session, actor: Actor, view: str, today: date) -> ColumnElement[bool]:
    is_open = Case.closed_at.is_(None)
    match view:
        case "waiting":
            return and_(my_turn(actor), is_open)
        case "soon":
            return and_(due_between(actor, today, soon_until(session, today)), is_open)
        case "late":
            return and_(late(actor, today), is_open)
        case "others":
            return and_(Case.created_by_id == actor.user_id, in_other_hands(actor), is_open)
        case "unit":
            return and_(Case.turn_org_id.in_(actor.orgs()), is_open)
        case "closed":
            return Case.closed_at.is_not(None)
        case "all":
            return Case.id.is_not(None)
        case _:
            return is_open


def _held_by(user_id: int, actor: Actor) -> ColumnElement[bool]:
    # Who has a case inside another organisation is not for the side it came from.
    return and_(Case.assignee_id == user_id, in_own_hands_or_inside(actor))


def _lacking(name: str, actor: Actor) -> ColumnElement[bool]:
    column = known_holder(actor) if name == "holder" else _LACKED[name]
    lacking: ColumnElement[bool] = column.is_(None)
    return lacking


def _in_states(states: tuple[str, ...], actor: Actor) -> ColumnElement[bool]:
    by_kind: dict[str, set[str]] = {}
    for name in states:
        kind, _, state = name.partition(".")
        by_kind.setdefault(kind, set()).add(state)
    ways = (in_states(actor, flows.get(kind), wanted) for kind, wanted in by_kind.items())
    return or_(false(), *ways)


def _days(question: Question, actor: Actor) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if question.due_from is not None or question.due_to is not None:
        parts.append(due_between(actor, question.due_from, question.due_to))
    if question.opened_from is not None:
        parts.append(Case.opened_on >= question.opened_from)
    if question.opened_to is not None:
        parts.append(Case.opened_on <= question.opened_to)
    if question.closed_from is not None:
        parts.append(Case.closed_at >= office_day_bounds(question.closed_from)[0])
    if question.closed_to is not None:
        parts.append(Case.closed_at < office_day_bounds(question.closed_to)[1])
    return parts


def _took(question: Question) -> ColumnElement[bool]:
    by_kind: dict[str, set[str]] = {}
    for name in question.took:
        kind, _, step = name.partition(".")
        by_kind.setdefault(kind, set()).add(step)
    within: list[ColumnElement[bool]] = []
    if question.when_from is not None:
        within.append(Move.at >= office_day_bounds(question.when_from)[0])
    if question.when_to is not None:
        within.append(Move.at < office_day_bounds(question.when_to)[1])
    return or_(
        *(
            and_(
                Case.kind == kind,
                exists(
                    select(Move.id).where(Move.case_id == Case.id, Move.step.in_(steps), *within)
                ),
            )
            for kind, steps in by_kind.items()
        )
    )


def _stayed(question: Question) -> ColumnElement[bool]:
    by_kind: dict[str, set[str]] = {}
    for name in question.stayed:
        kind, _, state = name.partition(".")
        by_kind.setdefault(kind, set()).add(state)
    within: list[ColumnElement[bool]] = [Stay.to_on.is_not(None)]
    if question.when_from is not None:
        within.append(Stay.to_on >= question.when_from)
    if question.when_to is not None:
        within.append(Stay.to_on <= question.when_to)
    return or_(
        *(
            and_(
                Case.kind == kind,
                exists(
                    select(Stay.id).where(Stay.case_id == Case.id, Stay.state.in_(states), *within)
                ),
            )
            for kind, states in by_kind.items()
        )
    )


def _clock(question: Question, today: date) -> ColumnElement[bool]:
    parts = [Deadline.case_id == Case.id, *clock_ended(question, today)]
    if question.clock:
        parts.append(Deadline.rule_id.in_(question.clock))
    return exists(select(Deadline.id).where(*parts))


def clock_ended(question: Question, today: date) -> list[ColumnElement[bool]]:
    """What is asked of how a clock ended or stands; a condition on `deadlines`."""
    parts: list[ColumnElement[bool]] = []
    stopped = Deadline.state == DeadlineState.STOPPED.value
    held = Deadline.state == DeadlineState.SUSPENDED.value
    match question.outcome:
        # A clock without a due day is neither; a NULL compares as neither. Asking for it by name
        # would lead SQLite to an index of all clocks.
        case "kept":
            parts += [stopped, Deadline.stopped_on <= Deadline.due_on]
        case "missed":
            parts += [stopped, Deadline.stopped_on > Deadline.due_on]
        case "running":
            parts += [~stopped, or_(Deadline.due_on.is_(None), Deadline.due_on >= today)]
        case "over":
            parts += [~stopped, Deadline.due_on < today]
        case "held":
            parts.append(held)
        case _:
            pass
    if question.outcome in ("kept", "missed"):
        if question.when_from is not None:
            parts.append(Deadline.stopped_on >= question.when_from)
        if question.when_to is not None:
            parts.append(Deadline.stopped_on <= question.when_to)
    return parts
