"""What the pages of a lead show, assembled from reads; a template only lays it out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import ROLE_LABELS
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases.custody import Custody, custody
from tracker.core.cases.flow import Side, State, Step
from tracker.core.cases.guards import Verdict, history, judge, steps_for
from tracker.core.cases.links import Linked, links_of
from tracker.core.cases.models import Attachment
from tracker.core.cases.scope import may_see
from tracker.core.errors import Refusal, say
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import place_name
from tracker.web.clockface import Clockface, faces_of
from tracker.web.errors import tell
from tracker.workflows.leads import queries
from tracker.workflows.leads.duplicates import likely_duplicates
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.forms import StepForm, period_label
from tracker.workflows.leads.models import CHANNELS, CONFIDENTIALITY, SURVEY_OWNERS, Lead
from tracker.workflows.leads.queries import Names
from tracker.workflows.leads.sealed import Sealed, sealed_box
from tracker.workflows.leads.stepforms import NOTE_LABELS, blank_form
from tracker.workflows.leads.way import Node, branches, inside_path, outside_path, ways_back

# Clocks that a department sees: its own.
OWN_CLOCKS = frozenset({"liaison", "dept_approver", "township_clerk"})


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
    """One line of the timeline."""

    at: datetime
    label: str
    note: str
    who: str
    glyph: str


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


@dataclass(slots=True)
class LeadPage:
    """Everything the page of a lead shows."""

    outside: bool
    state: State
    state_label: str
    place: str
    names: Names
    turn: Turn
    clock: Clockface | None
    clocks: list[Clockface]
    path: list[Node]
    side_state: State | None
    branches: list[tuple[str, bool]]
    returns: list[tuple[int, int, str]]
    actions: list[Action]
    not_now: list[NotNow]
    custody: Custody
    holdings: list[Holding]
    segments: list[Segment]
    events: list[Event]
    files: list[Attachment]
    can_attach: bool
    links: list[Linked]
    duplicates: int
    sealed: Sealed | None
    stage_no: int
    labels: dict[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- the lead page


def may(session: Session, actor: Actor, lead: Lead, step: str) -> bool:
    """Whether the actor may take a step now."""
    from tracker.core.clock import utc_now

    return judge(FLOW, FLOW.step(step), lead, actor, session=session, now=utc_now()).allowed


def still_visible(session: Session, actor: Actor, lead: Lead) -> bool:
    """Whether the lead still exists for somebody after their own step."""
    session.flush()
    return may_see(session, actor, lead.id)


def lead_page(session: Session, actor: Actor, lead: Lead, today: date, now: datetime) -> LeadPage:
    """Assemble the page of a lead for one actor."""
    from_outside = queries.outside(actor, lead)
    state = FLOW.state(lead.state)
    calendar = calendar_store.load(session)
    moves = history(session, lead.id)
    held = custody(session, lead, calendar, today)
    people = {m.actor_id for m in moves} | {s.user_id for s in held.stays if s.user_id}
    names = queries.names_for(session, [lead], people)
    org_names = _org_names(session, {s.org_id for s in held.stays})
    clocks = clocks_of(session, lead, calendar, today, from_outside=from_outside)
    verdicts = steps_for(FLOW, lead, actor, session=session, now=now)
    path = (outside_path if from_outside else inside_path)(lead, moves, names)
    return LeadPage(
        outside=from_outside,
        state=state,
        state_label=label_of(state, from_outside),
        place=place_name(session, lead.region_code),
        names=names,
        turn=_turn(lead, actor, names, from_outside),
        clock=clocks[0] if clocks else None,
        clocks=clocks,
        path=path,
        side_state=state if state.stage is None and not from_outside else None,
        branches=[] if from_outside else branches(state),
        returns=ways_back(moves, from_outside),
        actions=_actions(verdicts, lead),
        not_now=_not_now(verdicts, lead, from_outside),
        custody=held,
        holdings=_holdings(held, org_names, names, lead, from_outside),
        segments=_segments(held, org_names, names, lead, from_outside),
        events=_events(session, lead, from_outside),
        files=queries.files_of(session, lead, from_outside=from_outside),
        can_attach=_can_attach(actor, lead, from_outside),
        links=[] if from_outside else links_of(session, lead.id, actor),
        duplicates=0
        if from_outside or state.final
        else len(likely_duplicates(session, lead, actor)),
        sealed=None if from_outside else sealed_box(session, actor, lead, now),
        stage_no=1 + next((i for i, n in enumerate(path) if n.status == "current"), 0),
        labels={
            "channel": CHANNELS[lead.channel],
            "confidentiality": CONFIDENTIALITY[lead.confidentiality],
            "survey_owner": SURVEY_OWNERS[lead.survey_owner],
            "period": period_label(lead.period),
        },
    )


def label_of(state: State, from_outside: bool) -> str:  # noqa: FBT001 - reads as asked
    """A state's name, as far as the reader's side may know it."""
    return state.outside if from_outside and state.outside else state.label


def clocks_of(
    session: Session, lead: Lead, calendar: Calendar, today: date, *, from_outside: bool
) -> list[Clockface]:
    """The clocks that run now; from outside only those of the reader's own side."""
    running = queries.running_deadlines(session, [lead.id]).get(lead.id, [])
    if from_outside:
        own = FLOW.state(lead.state).side is Side.ORIGIN
        running = [d for d in running if own and d.responsible_role in OWN_CLOCKS]
    faces = faces_of(session, running, calendar, today)
    return sorted(faces, key=lambda f: (f.due is None, f.due or date.max))


def _turn(lead: Lead, actor: Actor, names: Names, from_outside: bool) -> Turn:  # noqa: FBT001
    state = FLOW.state(lead.state)
    if lead.turn_org_id is None:
        return Turn("—", "", mine=False, since=None)
    org = names.orgs.get(lead.turn_org_id, "")
    mine = lead.assignee_id == actor.user_id or (
        lead.assignee_id is None
        and state.role is not None
        and actor.has(state.role, lead.turn_org_id)
    )
    if from_outside and lead.turn_org_id != lead.origin_org_id:
        return Turn(org, "", mine=False, since=lead.holder_since)
    if lead.assignee_id is not None:
        name = names.users.get(lead.assignee_id, "")
    else:
        name = tell(ROLE_LABELS[state.role]) if state.role else ""
    return Turn(name, org, mine, lead.holder_since)


def _actions(verdicts: list[Verdict], lead: Lead) -> list[Action]:
    """What can be done, steps that move the lead before those that leave it where it is."""
    allowed = [v.step for v in verdicts if v.allowed]
    allowed.sort(key=lambda s: (s.dest is None and s.form != "lead", s.back))
    return [Action(step, lead.version) for step in allowed]


def _not_now(verdicts: list[Verdict], lead: Lead, from_outside: bool) -> list[NotNow]:  # noqa: FBT001
    """Steps of this state that the actor cannot take; from outside only the sender's own."""
    found = []
    for verdict in verdicts:
        if verdict.allowed or (from_outside and verdict.step.side is not Side.ORIGIN):
            continue
        if verdict.step.name == "report_up" and lead.channel != "handed_down":
            continue
        found.append(NotNow(verdict.step.label, verdict.refusals))
    if from_outside and lead.closed_at is None and FLOW.state(lead.state).side is Side.BUREAU:
        found += _too_late(lead)
    if not from_outside and lead.state == "triage":
        found += [NotNow(label, (Refusal(say(why)),)) for _name, label, why in FLOW.not_yet]
    return found


def _too_late(lead: Lead) -> list[NotNow]:
    if lead.state == "sent" or lead.received_at is None:
        return []
    return [
        NotNow(
            FLOW.step("withdraw").label,
            (
                Refusal(
                    say("统计机构已经接收并出具回执，接收后不能撤回。"),
                    instead=say("需要更正时等统计机构发函补充"),
                ),
            ),
        )
    ]


def _holder(
    org_id: int,
    user_id: int | None,
    org_names: dict[int, str],
    names: Names,
    lead: Lead,
    hide: bool,  # noqa: FBT001
) -> str:
    org = org_names.get(org_id, "")
    if user_id is None or (hide and org_id != lead.origin_org_id):
        return org
    return f"{org} {names.users.get(user_id, '')}"


def _kind(org_id: int, label: str, lead: Lead, seen: dict[str, int]) -> int:
    """A fixed tone for each holder: 2 the sender, 1 and 3 by turns inside the bureau."""
    if org_id == lead.origin_org_id and lead.origin_org_id != lead.bureau_id:
        return 2
    return seen.setdefault(label, 3 if len(seen) % 2 == 0 else 1)


def _segments(
    held: Custody,
    org_names: dict[int, str],
    names: Names,
    lead: Lead,
    hide: bool,  # noqa: FBT001
) -> list[Segment]:
    seen: dict[str, int] = {}
    found: list[Segment] = []
    for stay in held.stays:
        label = _holder(stay.org_id, stay.user_id, org_names, names, lead, hide)
        kind = _kind(stay.org_id, label, lead, seen)
        last = found[-1] if found else None
        if last and last.label == label and last.stopped == stay.stopped_clock:
            found[-1] = replace(last, days=last.days + stay.working_days)
        else:
            found.append(Segment(label, stay.working_days, kind, stay.stopped_clock))
    return found


def _holdings(
    held: Custody,
    org_names: dict[int, str],
    names: Names,
    lead: Lead,
    hide: bool,  # noqa: FBT001
) -> list[Holding]:
    seen: dict[str, int] = {}
    order: dict[str, tuple[int, list[tuple[str, int]]]] = {}
    for stay in held.stays:
        label = _holder(stay.org_id, stay.user_id, org_names, names, lead, hide)
        kind = _kind(stay.org_id, label, lead, seen)
        state = tell(label_of(FLOW.state(stay.state), hide))
        parts = order.setdefault(label, (kind, []))[1]
        if parts and parts[-1][0] == state:
            parts[-1] = (state, parts[-1][1] + stay.working_days)
        else:
            parts.append((state, stay.working_days))
    return [
        Holding(label, kind, tuple(parts), sum(days for _s, days in parts))
        for label, (kind, parts) in order.items()
    ]


def _events(session: Session, lead: Lead, from_outside: bool) -> list[Event]:  # noqa: FBT001
    rows = queries.timeline(session, lead.id, from_outside=from_outside)
    behalf = {m.on_behalf_of_id for m, _ in rows if m.on_behalf_of_id}
    lent = dict(session.execute(select(User.id, User.name).where(User.id.in_(behalf))).all())
    found = []
    for number, (row, who) in enumerate(rows):
        step = FLOW.step(row.step)
        glyph = "now" if number == 0 else "back" if step.back else "hold" if step.suspends else ""
        foreign = from_outside and row.org_id != lead.origin_org_id
        name = "" if foreign else who
        if row.on_behalf_of_id and not foreign:
            name = tell(say("%(who)s（代%(whom)s）", who=who, whom=lent[row.on_behalf_of_id]))
        # What a step of the other side asked for is for this reader; other remarks are its own.
        note = row.note if not foreign or step.needs_note else ""
        found.append(Event(row.at, tell(step.label), note, name, glyph))
    return found


def _can_attach(actor: Actor, lead: Lead, from_outside: bool) -> bool:  # noqa: FBT001
    if lead.closed_at is not None:
        return False
    if from_outside:
        return lead.turn_org_id == lead.origin_org_id
    return bool(actor.powers)


def _org_names(session: Session, ids: set[int]) -> dict[int, str]:
    return dict(
        session.execute(
            select(Organisation.id, Organisation.short_name).where(Organisation.id.in_(ids))
        ).all()
    )


# ---------------------------------------------------------------- step forms


def step_forms(
    session: Session,
    lead: Lead,
    shown: LeadPage,
    *,
    chosen: str | None,
    given: StepForm | None,
    parked: MultiDict[str, str] | None,
) -> dict[str, StepForm]:
    """A form for every step that can be taken; the one just sent comes back as it was."""
    from tracker.web.shell import today

    found: dict[str, StepForm] = {}
    for action in shown.actions:
        name = action.step.name
        if action.step.form == "lead":
            continue
        if name == chosen and given is not None:
            found[name] = given
        else:
            text = parked if name == chosen else None
            found[name] = blank_form(session, lead, name, today(), text)
        if name in NOTE_LABELS:
            found[name].note.label.text = tell(NOTE_LABELS[name])
    return found
