"""What the pages of a lead show, assembled from reads; a template only lays it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tracker.core.accounts.actor import Actor
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases.custody import custody
from tracker.core.cases.flow import Side, State
from tracker.core.cases.guards import Verdict, history, judge, steps_for
from tracker.core.cases.links import Linked, links_of
from tracker.core.cases.models import Attachment
from tracker.core.cases.reads import (
    Names,
    files_of,
    held_since,
    names_for,
    outside,
    running_deadlines,
    timeline,
)
from tracker.core.cases.scope import may_see
from tracker.core.clock import utc_now
from tracker.core.errors import Refusal, say
from tracker.core.registers.places import place_name
from tracker.web.clockface import Clockface
from tracker.web.desk.parts import (
    Action,
    Event,
    Hands,
    NotNow,
    Turn,
    actions_of,
    custody_svg,
    events_of,
    faces_sorted,
    hands_of,
    not_now_of,
    turn_of,
)
from tracker.web.desk.way import Way, doers, way_svg
from tracker.web.errors import tell
from tracker.web.shell import today as office_today
from tracker.workflows.leads.duplicates import likely_duplicates
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.forms import StepForm, period_label
from tracker.workflows.leads.models import (
    CHANNELS,
    CONFIDENTIALITY,
    SURVEY_OWNERS,
    Lead,
    LeadIndicator,
)
from tracker.workflows.leads.sealed import Sealed, sealed_box
from tracker.workflows.leads.stepforms import NOTE_LABELS, blank_form
from tracker.workflows.leads.way import way

# Clocks that a department sees: its own.
OWN_CLOCKS = frozenset({"liaison", "dept_approver", "township_clerk"})


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
    way: Way
    path_svg: Markup
    actions: list[Action]
    not_now: list[NotNow]
    hands: Hands
    custody_svg: Markup
    events: list[Event]
    files: list[Attachment]
    can_attach: bool
    links: list[Linked]
    duplicates: int
    sealed: Sealed | None
    labels: dict[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- the lead page


def may(session: Session, actor: Actor, lead: Lead, step: str) -> bool:
    """Whether the actor may take a step now."""
    return judge(FLOW, FLOW.step(step), lead, actor, session=session, now=utc_now()).allowed


def still_visible(session: Session, actor: Actor, lead: Lead) -> bool:
    """Whether the lead still exists for somebody after their own step."""
    session.flush()
    return may_see(session, actor, lead.id)


def lead_page(session: Session, actor: Actor, lead: Lead, today: date, now: datetime) -> LeadPage:
    """Assemble the page of a lead for one actor."""
    from_outside = outside(actor, lead)
    state = FLOW.state(lead.state)
    calendar = calendar_store.load(session)
    moves = history(session, lead.id)
    held = custody(session, lead, calendar, today)
    people = doers(moves) | {s.user_id for s in held.stays if s.user_id}
    names = names_for(session, [lead], people, {s.org_id for s in held.stays})
    clocks = clocks_of(session, lead, calendar, today, from_outside=from_outside)
    verdicts = steps_for(FLOW, lead, actor, session=session, now=now)
    told_since = held_since(session, actor, [lead])[lead.id] if from_outside else None
    turn = turn_of(state, lead, actor, names, told_since=told_since)
    shown_way = way(lead, moves, names, from_outside=from_outside)
    hands = hands_of(
        FLOW,
        lead,
        held,
        names,
        hide=from_outside,
        label_of=lambda s: label_of(s, from_outside),
    )
    return LeadPage(
        outside=from_outside,
        state=state,
        state_label=label_of(state, from_outside),
        place=place_name(session, lead.region_code),
        names=names,
        turn=turn,
        clock=clocks[0] if clocks else None,
        clocks=clocks,
        way=shown_way,
        path_svg=way_svg(shown_way, mine=turn.mine),
        actions=actions_of(verdicts, lead, first=lambda s: s.form == "lead"),
        not_now=_not_now(verdicts, lead, from_outside),
        hands=hands,
        custody_svg=custody_svg(hands),
        events=_events(session, lead, from_outside),
        files=files_of(session, lead, from_outside=from_outside),
        can_attach=_can_attach(actor, lead, from_outside),
        links=[] if from_outside else links_of(session, lead.id, actor),
        duplicates=0
        if from_outside or state.final
        else len(likely_duplicates(session, lead, actor)),
        sealed=None if from_outside else sealed_box(session, actor, lead, now),
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
    running = running_deadlines(session, [lead.id]).get(lead.id, [])
    if from_outside:
        own = FLOW.state(lead.state).side is Side.ORIGIN
        running = [d for d in running if own and d.responsible_role in OWN_CLOCKS]
    return faces_sorted(session, running, calendar, today)


def _not_now(verdicts: list[Verdict], lead: Lead, from_outside: bool) -> list[NotNow]:  # noqa: FBT001
    """Steps of this state that the actor cannot take; from outside only the sender's own."""
    kept = [
        v
        for v in verdicts
        if (not from_outside or v.step.side is Side.ORIGIN)
        and (v.step.name != "report_up" or lead.channel == "handed_down")
    ]
    found = not_now_of(kept)
    if from_outside and lead.closed_at is None and FLOW.state(lead.state).side is Side.BUREAU:
        found += _too_late(lead)
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


def _events(session: Session, lead: Lead, from_outside: bool) -> list[Event]:  # noqa: FBT001
    rows = timeline(session, lead.id, from_outside=from_outside)
    own = lead.origin_org_id
    return events_of(
        session, FLOW, rows, own_side=lambda move: not from_outside or move.org_id == own
    )


def _can_attach(actor: Actor, lead: Lead, from_outside: bool) -> bool:  # noqa: FBT001
    if lead.closed_at is not None:
        return False
    if from_outside:
        return lead.turn_org_id == lead.origin_org_id
    return bool(actor.powers)


def worst(lead: Lead) -> LeadIndicator | None:
    """The indicator with the largest ratio; without any, the first that has a difference."""
    rated = [i for i in lead.indicators if i.ratio is not None]
    if rated:
        return max(rated, key=lambda i: i.ratio or 0)
    return next((i for i in lead.indicators if i.difference is not None), None)


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
    found: dict[str, StepForm] = {}
    for action in shown.actions:
        name = action.step.name
        if action.step.form == "lead":
            continue
        if name == chosen and given is not None:
            found[name] = given
        else:
            text = parked if name == chosen else None
            found[name] = blank_form(session, lead, name, office_today(), text)
        if name in NOTE_LABELS:
            found[name].note.label.text = tell(NOTE_LABELS[name])
    return found
