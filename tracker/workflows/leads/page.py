"""What the pages of a lead show, assembled from reads; a template only lays it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.datastructures import MultiDict

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import ROLE_LABELS, Role
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases.custody import Custody, custody
from tracker.core.cases.flow import Side, State, Step
from tracker.core.cases.guards import Verdict, history, judge, part_holders, steps_for
from tracker.core.cases.links import Linked, links_of
from tracker.core.cases.models import Attachment, Move
from tracker.core.cases.scope import may_see
from tracker.core.deadlines.service import facts, of_case
from tracker.core.errors import NotVisible, Refusal, say
from tracker.core.registers.models import Organisation, Region
from tracker.core.registers.places import place_name
from tracker.core.reminders.plan import forecast
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.model import Rule
from tracker.core.vault import service as vault
from tracker.web.clockface import Clockface, clockfaces, faces_of
from tracker.web.errors import tell
from tracker.workflows.leads import queries
from tracker.workflows.leads.duplicates import likely_duplicates
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.forms import StepForm, period_label
from tracker.workflows.leads.models import CHANNELS, CONFIDENTIALITY, SURVEY_OWNERS, Lead
from tracker.workflows.leads.queries import VIEWS, Filters, Names
from tracker.workflows.leads.stepforms import NOTE_LABELS, blank_form

MAIN_LINE = tuple(
    s for s in sorted((s for s in FLOW.states if s.stage), key=lambda s: s.stage or 0)
)


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
class Node:
    """One station of the main line."""

    state: State
    label: str
    status: str
    on: date | None
    who: str


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


@dataclass(frozen=True, slots=True)
class Sealed:
    """The box of a confidential reporter: who may open it, who did; never what is inside."""

    kind: str
    readers: str
    may_open: bool
    may_ask: bool
    opened: tuple[tuple[datetime, str, str], ...]
    waiting: tuple[tuple[int, str, str, bool], ...]
    reply_wanted: bool


# ---------------------------------------------------------------- the lead page


def may(session: Session, actor: Actor, lead: Lead, step: str) -> bool:
    """Whether the actor may take a step now."""
    from tracker.core.clock import utc_now

    return judge(FLOW, FLOW.step(step), lead, actor, session=session, now=utc_now()).allowed


def still_visible(session: Session, actor: Actor, lead: Lead) -> bool:
    """Whether the lead still exists for somebody after their own step."""
    session.flush()
    return may_see(session, actor, lead.id)


def lead_page(
    session: Session, actor: Actor, lead: Lead, today: date, now: datetime
) -> LeadPage:
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
    return LeadPage(
        outside=from_outside,
        state=state,
        state_label=label_of(state, from_outside),
        place=place_name(session, lead.region_code),
        names=names,
        turn=_turn(lead, actor, names, from_outside),
        clock=clocks[0] if clocks else None,
        clocks=clocks,
        path=_path(lead, moves, names, from_outside),
        side_state=state if state.stage is None and not from_outside else None,
        branches=[] if from_outside else _branches(state),
        returns=_returns(moves, from_outside),
        actions=[Action(v.step, lead.version) for v in verdicts if v.allowed],
        not_now=_not_now(verdicts, lead, from_outside),
        custody=held,
        holdings=_holdings(held, org_names, names, lead, from_outside),
        segments=_segments(held, org_names, names, lead, from_outside),
        events=_events(session, lead, from_outside),
        files=queries.files_of(session, lead, from_outside=from_outside),
        can_attach=_can_attach(actor, lead, from_outside),
        links=[] if from_outside else links_of(session, lead.id, actor),
        duplicates=0 if from_outside or state.final else len(likely_duplicates(session, lead, actor)),
        sealed=None if from_outside else _sealed(session, actor, lead, now),
        stage_no=_stage_no(lead, moves),
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
    if from_outside and FLOW.state(lead.state).side is not Side.ORIGIN:
        running = []
    faces = faces_of(session, running, calendar, today)
    return sorted(faces, key=lambda f: (f.due is None, f.due or date.max))


def _turn(lead: Lead, actor: Actor, names: Names, from_outside: bool) -> Turn:  # noqa: FBT001
    state = FLOW.state(lead.state)
    if lead.turn_org_id is None:
        return Turn(tell("已经结束"), "", mine=False, since=None)
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


def _stage_no(lead: Lead, moves: list[Move]) -> int:
    state = FLOW.state(lead.state)
    if state.stage:
        return state.stage
    before = [FLOW.state(m.from_state).stage for m in moves if m.from_state]
    return next((s for s in reversed(before) if s), 1)


def _path(lead: Lead, moves: list[Move], names: Names, from_outside: bool) -> list[Node]:  # noqa: FBT001
    """The main line: a station is done when it was last left forwards."""
    here = _stage_no(lead, moves)
    state = FLOW.state(lead.state)
    visited = {m.to_state for m in moves}
    nodes = []
    for station in MAIN_LINE:
        left = next((m for m in reversed(moves) if m.from_state == station.name and m.to_state != station.name), None)
        hidden = from_outside and bool(station.outside)
        if state.final and station.name == lead.state:
            status = "current"
        elif station.stage == here and not state.final:
            status = "current"
        elif (station.stage or 0) < here or state.final:
            status = "done" if left is not None or station.name in visited else "skipped"
        else:
            status = "todo"
        on = None
        who = ""
        if status == "done" and left is not None and not hidden:
            from tracker.core.clock import office_date

            on, who = office_date(left.at), names.users.get(left.actor_id, "")
        nodes.append(Node(station, station.label, status, on, who))
    return nodes


def _branches(state: State) -> list[tuple[str, bool]]:
    """Ways out of the present state that leave the main line."""
    if state.name != "triage":
        return []
    found = [(label, False) for _name, label, _why in FLOW.not_yet]
    for step in FLOW.from_state(state.name):
        dest = FLOW.state(step.dest or state.name)
        if dest.stage is None and not step.back and step.dest is not None:
            found.append((step.label, True))
    return found


def _returns(moves: list[Move], from_outside: bool) -> list[tuple[int, int, str]]:  # noqa: FBT001
    """Ways back that were taken, as arcs between stations of the main line."""
    index = {s.name: i for i, s in enumerate(MAIN_LINE)}
    found = []
    for move in moves:
        step = FLOW.step(move.step)
        if not step.back or (from_outside and move.internal):
            continue
        start, end = index.get(move.from_state or ""), index.get(move.to_state)
        if start is not None and end is not None:
            found.append((start, end, f"{tell(step.label)}"))
    return found[-2:]


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
    org_id: int, user_id: int | None, org_names: dict[int, str], names: Names, lead: Lead, hide: bool  # noqa: FBT001
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
    held: Custody, org_names: dict[int, str], names: Names, lead: Lead, hide: bool  # noqa: FBT001
) -> list[Segment]:
    seen: dict[str, int] = {}
    found = []
    for stay in held.stays:
        label = _holder(stay.org_id, stay.user_id, org_names, names, lead, hide)
        kind = _kind(stay.org_id, label, lead, seen)
        found.append(Segment(label, stay.working_days, kind, stay.stopped_clock))
    return found


def _holdings(
    held: Custody, org_names: dict[int, str], names: Names, lead: Lead, hide: bool  # noqa: FBT001
) -> list[Holding]:
    seen: dict[str, int] = {}
    order: dict[str, tuple[int, list[tuple[str, int]]]] = {}
    for stay in held.stays:
        label = _holder(stay.org_id, stay.user_id, org_names, names, lead, hide)
        kind = _kind(stay.org_id, label, lead, seen)
        state = tell(label_of(FLOW.state(stay.state), hide))
        order.setdefault(label, (kind, []))[1].append((state, stay.working_days))
    return [
        Holding(label, kind, tuple(parts), sum(days for _s, days in parts))
        for label, (kind, parts) in order.items()
    ]


def _events(session: Session, lead: Lead, from_outside: bool) -> list[Event]:  # noqa: FBT001
    rows = queries.timeline(session, lead.id, from_outside=from_outside)
    behalf = {m.on_behalf_of_id for m, _ in rows if m.on_behalf_of_id}
    lent = dict(
        session.execute(select(User.id, User.name).where(User.id.in_(behalf))).all()
    )
    found = []
    for number, (row, who) in enumerate(rows):
        step = FLOW.step(row.step)
        glyph = "now" if number == 0 else "back" if step.back else "hold" if step.suspends else ""
        foreign = from_outside and row.org_id != lead.origin_org_id
        name = "" if foreign else who
        if row.on_behalf_of_id and not foreign:
            name = tell(say("%(who)s（代%(whom)s）", who=who, whom=lent[row.on_behalf_of_id]))
        note = row.note
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
        )
        
        .all()
    )


# ---------------------------------------------------------------- the sealed reporter


def vault_readers(session: Session, lead: Lead) -> list[int]:
    """The registrar who took the report, and the officers who have it now (实施条例 38)."""
    found = part_holders(session, lead.id, "registrar")
    for part in ("handler", "co_officer"):
        found += part_holders(session, lead.id, part)
    return list(dict.fromkeys(found))


def _sealed(session: Session, actor: Actor, lead: Lead, now: datetime) -> Sealed | None:
    if lead.reporter == "none":
        return None
    readers = vault_readers(session, lead)
    rows = [r for r in vault.reads(session, lead.id) if r.tag == "vault.open"]
    waiting = vault.waiting(session, lead.id)
    wanted = {r.actor_id for r in rows} | {w.requester_id for w in waiting} | set(readers)
    who = dict(
        session.execute(select(User.id, User.name).where(User.id.in_(wanted - {None})))
        
        .all()
    )
    decider = actor.has(Role.SUPERVISOR, lead.bureau_id) or actor.has(Role.HEAD, lead.bureau_id)
    return Sealed(
        kind=lead.reporter,
        readers="、".join(who.get(r, "") for r in readers),
        may_open=actor.user_id in readers or vault.has_view(session, lead.id, actor.user_id, now),
        may_ask=actor.user_id not in readers,
        opened=tuple((r.at, who.get(r.actor_id or 0, ""), r.reason or "") for r in rows[-3:]),
        waiting=tuple(
            (w.id, who.get(w.requester_id, ""), w.reason, decider and w.requester_id != actor.user_id)
            for w in waiting
        ),
        reply_wanted=lead.reply_wanted,
    )


# ---------------------------------------------------------------- step forms


def step_forms(
    session: Session,
    actor: Actor,
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
            found[name] = blank_form(session, lead, name, today(), actor, text)
        if name in NOTE_LABELS:
            found[name].note.label.text = tell(NOTE_LABELS[name])
    return found


# ---------------------------------------------------------------- list


def read_filters(args: Mapping[str, str]) -> Filters:
    """Filters from an address; what makes no sense is left out."""
    known = FLOW.state_map
    states = tuple(s for s in args.get("state", "").split(",") if s in known)
    view = args.get("view", "open")
    region = args.get("region", "")
    org = args.get("org", "")
    return Filters(
        view=view if view in VIEWS else "open",
        states=states,
        region=region if region.isdigit() and len(region) == 12 else "",
        org=int(org) if org.isdigit() and len(org) < 10 else None,
        channel=args.get("channel", "") if args.get("channel") in CHANNELS else "",
        text=args.get("q", "").strip()[:60],
    )


def list_context(
    session: Session,
    actor: Actor,
    filters: Filters,
    today: date,
    *,
    after: str | None,
    before: str | None,
) -> dict[str, Any]:
    """Everything the list page shows; the number of queries does not depend on its rows."""
    found = queries.list_leads(session, actor, filters, today, after=after, before=before)
    calendar = calendar_store.load(session)
    shown = [r for r in found.rows if not queries.outside(actor, r) or r.turn_org_id == r.origin_org_id]
    return {
        "page": found,
        "filters": filters,
        "views": VIEWS,
        "faces": clockfaces(session, shown, calendar, today),
        "held": {
            r.id: calendar.workdays_between(r.holder_since, today)
            for r in found.rows
            if r.closed_at is None
        },
        "states": FLOW.states,
        "state_labels": {
            r.id: label_of(FLOW.state(r.state), queries.outside(actor, r)) for r in found.rows
        },
        "outside": {r.id: queries.outside(actor, r) for r in found.rows},
        "channels": CHANNELS,
        "regions": _regions(session, actor),
        "senders": _senders(session, actor),
        "actor": actor,
        "may_write": any(
            actor.has(r) for r in (Role.LIAISON, Role.TOWNSHIP_CLERK, Role.REGISTRAR)
        ),
    }


def _regions(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Places below the actor's own, to narrow a list to."""
    codes = sorted({p.region_code for p in actor.powers})
    if not codes:
        return []
    own = codes[0]
    rows = session.execute(
        select(Region.code, Region.name).where(Region.parent_code == own).order_by(Region.code)
    ).all()
    return [(r.code, r.name) for r in rows if r.name not in ("市辖区", "县")]


def _senders(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Departments of the actor's places, to narrow a list to."""
    codes = {p.region_code for p in actor.powers}
    rows = session.execute(
        select(Organisation.id, Organisation.short_name)
        .where(Organisation.region_code.in_(codes), Organisation.kind == "department")
        .order_by(Organisation.id)
        .limit(40)
    )
    return [(r.id, r.short_name) for r in rows]


# ---------------------------------------------------------------- papers, why, duplicates


def paper(session: Session, lead: Lead) -> dict[str, Any]:
    """What the printable papers need: both organisations, the people, the files."""
    bureau = session.get(Organisation, lead.bureau_id) if lead.bureau_id else None
    return {
        "lead": lead,
        "origin": session.get_one(Organisation, lead.origin_org_id),
        "bureau": bureau,
        "received_by": session.get(User, lead.received_by_id) if lead.received_by_id else None,
        "files": queries.files_of(session, lead, from_outside=True),
        "place": place_name(session, lead.region_code),
        "period": period_label(lead.period),
        "channel": CHANNELS[lead.channel],
        "confidentiality": CONFIDENTIALITY[lead.confidentiality],
    }


def why(
    session: Session, actor: Actor, lead: Lead, deadline_id: int, today: date
) -> dict[str, Any]:
    """The working of one date, with the rule it follows."""
    deadline = next((d for d in of_case(session, lead.id) if d.id == deadline_id), None)
    from_outside = queries.outside(actor, lead)
    if deadline is None or (from_outside and deadline.responsible_role not in ("liaison", "dept_approver")):
        raise NotVisible(f"deadline {deadline_id}")
    calendar = calendar_store.load(session)
    face = faces_of(session, [deadline], calendar, today)[0]
    rule: Rule = default_rulebook().version(
        deadline.rule_id, deadline.rule_version, deadline.region_code
    )
    return {
        "lead": lead,
        "deadline": deadline,
        "face": face,
        "working": face.working,
        "rule": rule,
        "facts": facts(session, deadline.id),
        "reminders": [r for r in forecast(session, lead.id) if r.deadline_id == deadline.id],
        "calendar": calendar,
    }


def duplicates(session: Session, actor: Actor, lead: Lead) -> dict[str, Any]:
    """A lead beside those that look like it."""
    likely = likely_duplicates(session, lead, actor)
    full = session.scalars(
        select(Lead).where(Lead.id == lead.id).options(selectinload(Lead.indicators))
    ).one()
    return {
        "lead": full,
        "likely": likely,
        "names": queries.names_for(session, [lead, *(x.lead for x in likely)]),
        "may_confirm": actor.has(Role.REGISTRAR, lead.bureau_id) and lead.duplicates_seen_at is None,
        "period_label": period_label,
        "state_of": lambda x: FLOW.state(x.state),
        "channels": CHANNELS,
    }
