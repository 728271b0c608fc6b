"""Parts that every case page shows: whose turn, what can be done, who had it, what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import ROLE_LABELS
from tracker.core.calendar.days import Calendar
from tracker.core.cases.custody import Custody
from tracker.core.cases.flow import Flow, State, Step
from tracker.core.cases.guards import Verdict
from tracker.core.cases.models import Case, Move
from tracker.core.cases.reads import Names
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import Refusal, say
from tracker.web import drawing
from tracker.web.clockface import Clockface, faces_of
from tracker.web.errors import tell


@dataclass(frozen=True, slots=True)
class Action:
    """A step the actor may take now."""

    step: Step
    version: int


@dataclass(frozen=True, slots=True)
class NotNow:
    """A step that cannot be taken, and why."""

    label: str
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is."""

    name: str
    org: str
    mine: bool
    since: date | None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline; `said` are the answers given at the step, label and text."""

    at: datetime
    label: str
    note: str
    who: str
    glyph: str
    said: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """One line of the custody table: a holder, its stays, and their sum."""

    label: str
    kind: int
    parts: tuple[tuple[str, int], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One stay in the custody bar."""

    label: str
    days: int
    kind: int
    stopped: bool


@dataclass(frozen=True, slots=True)
class Hands:
    """Who had a case: the stays for the bar, their sums for the table."""

    custody: Custody
    segments: Sequence[Segment]
    holdings: Sequence[Holding]


# ---------------------------------------------------------------- turn and steps


def is_mine(state: State, case: Case, actor: Actor) -> bool:
    """Whether it is the actor's turn."""
    return case.assignee_id == actor.user_id or (
        case.assignee_id is None
        and state.role is not None
        and case.turn_org_id is not None
        and actor.has(state.role, case.turn_org_id)
    )


def turn_of(
    state: State, case: Case, actor: Actor, names: Names, *, told_since: date | None = None
) -> Turn:
    """Whose turn it is.

    `told_since` is the last day an outside reader was told of: such a reader learns no name
    inside the other side's house, and not since when it has the case.
    """
    if case.turn_org_id is None:
        return Turn("—", "", mine=False, since=None)
    org = names.orgs.get(case.turn_org_id, "")
    if told_since is not None and case.turn_org_id != case.origin_org_id:
        return Turn(org, "", mine=False, since=told_since)
    if case.assignee_id is not None:
        name = names.users.get(case.assignee_id, "")
    else:
        name = tell(ROLE_LABELS[state.role]) if state.role else ""
    return Turn(name, org, is_mine(state, case, actor), case.holder_since)


def actions_of(
    verdicts: Iterable[Verdict], case: Case, *, first: Callable[[Step], bool] = lambda _: False
) -> list[Action]:
    """What can be done, steps that move the case before those that leave it where it is."""
    allowed = [v.step for v in verdicts if v.allowed]
    allowed.sort(key=lambda s: (s.dest is None and not first(s), s.back))
    return [Action(step, case.version) for step in allowed]


def not_now_of(verdicts: Iterable[Verdict]) -> list[NotNow]:
    """Steps of this state that the actor cannot take, but for those of other sorts of cases."""
    return [
        NotNow(v.step.label, v.refusals)
        for v in verdicts
        if not v.allowed and not any(r.moot for r in v.refusals)
    ]


def faces_sorted(
    session: Session, deadlines: Sequence[Deadline], calendar: Calendar, today: date
) -> list[Clockface]:
    """The faces of some clocks, the nearest date first; lapsed and standing ones last."""
    faces = faces_of(session, deadlines, calendar, today)
    return sorted(faces, key=lambda f: (f.status.lapsed, f.due is None, f.due or date.max))


# ---------------------------------------------------------------- who had it


def hands_of(
    flow: Flow,
    case: Case,
    held: Custody,
    names: Names,
    *,
    hide: bool = False,
    label_of: Callable[[State], str] = lambda state: state.label,
) -> Hands:
    """Who had a case for how long; `hide` names only houses on the other side."""
    seen: dict[str, int] = {}
    segments: list[Segment] = []
    order: dict[str, tuple[int, list[tuple[str, int]]]] = {}
    for stay in held.stays:
        label = _holder(stay.org_id, stay.user_id, names, case, hide=hide)
        kind = _tone(stay.org_id, label, case, seen)
        last = segments[-1] if segments else None
        if last and last.label == label and last.stopped == stay.stopped_clock:
            segments[-1] = replace(last, days=last.days + stay.working_days)
        else:
            segments.append(Segment(label, stay.working_days, kind, stay.stopped_clock))
        state = tell(label_of(flow.state(stay.state)))
        parts = order.setdefault(label, (kind, []))[1]
        if parts and parts[-1][0] == state:
            parts[-1] = (state, parts[-1][1] + stay.working_days)
        else:
            parts.append((state, stay.working_days))
    holdings = [
        Holding(label, kind, tuple(parts), sum(days for _s, days in parts))
        for label, (kind, parts) in order.items()
    ]
    return Hands(held, segments, holdings)


def _holder(org_id: int, user_id: int | None, names: Names, case: Case, *, hide: bool) -> str:
    org = names.orgs.get(org_id, "")
    if user_id is None or (hide and org_id != case.origin_org_id):
        return org
    return f"{org} {names.users.get(user_id, '')}"


def _tone(org_id: int, label: str, case: Case, seen: dict[str, int]) -> int:
    """A fixed tone for each holder: 2 the sender, 1 and 3 by turns inside the bureau."""
    if org_id == case.origin_org_id and case.origin_org_id != case.bureau_id:
        return 2
    return seen.setdefault(label, 3 if len(seen) % 2 == 0 else 1)


def custody_svg(hands: Hands) -> Markup:
    """The stays in order, as wide as their days."""
    pieces = [drawing.Piece(s.days, s.kind, s.stopped) for s in hands.segments]
    words = gettext("经手时间，共 %(n)s 个工作日", n=hands.custody.total)
    return drawing.custody_bar(pieces, words=words, uid="custody-hatch")


# ---------------------------------------------------------------- what happened


def events_of(
    session: Session,
    flow: Flow,
    rows: Sequence[tuple[Move, str]],
    *,
    own_side: Callable[[Move], bool] = lambda _: True,
    said: Callable[[Move], tuple[tuple[str, str], ...]] = lambda _: (),
) -> list[Event]:
    """The timeline; of the other side's steps neither names nor their own remarks are shown."""
    behalf = {m.on_behalf_of_id for m, _ in rows if m.on_behalf_of_id}
    lent = dict(session.execute(select(User.id, User.name).where(User.id.in_(behalf))).all())
    found = []
    for number, (row, who) in enumerate(rows):
        step = flow.step(row.step)
        glyph = "now" if number == 0 else "back" if step.back else "hold" if step.suspends else ""
        own = own_side(row)
        name = who if own else ""
        if row.on_behalf_of_id and own:
            name = tell(say("%(who)s（代%(whom)s）", who=who, whom=lent[row.on_behalf_of_id]))
        # What a step of the other side asked for is for this reader; other remarks are its own.
        note = row.note if own or step.needs_note else ""
        found.append(Event(row.at, tell(step.label), note, name, glyph, said(row) if own else ()))
    return found
