"""What the page of a case shows, assembled from its table and its rows; a template lays it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from tracker.core.accounts.actor import Actor
from tracker.core.calendar import store as calendar_store
from tracker.core.cases.answers import from_json
from tracker.core.cases.attaching import may_attach
from tracker.core.cases.custody import custody
from tracker.core.cases.flow import AskKind, Flow, State
from tracker.core.cases.guards import history, steps_for
from tracker.core.cases.links import Linked, links_of
from tracker.core.cases.models import Attachment, Case, Move
from tracker.core.cases.proofs import proofs_there
from tracker.core.cases.reads import Names, files_of, names_for, outside, timeline
from tracker.core.deadlines.service import of_case
from tracker.web import wording
from tracker.web.clockface import Clockface
from tracker.web.desk.clocks import Clocks, clocks_of
from tracker.web.desk.forms import AskForm, Staff, form_of, spoken
from tracker.web.desk.papers import PaperPanel, paper_panel
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
from tracker.web.desk.shape import Cell, Desk, Shown
from tracker.web.desk.way import Way, doers, way_of, way_svg
from tracker.web.shell import local_date, local_time, locale
from tracker.web.shell import today as office_today


@dataclass(slots=True)
class CasePage:
    """Everything the page of a case shows."""

    state: State
    names: Names
    turn: Turn
    clock: Clockface | None
    clocks: Clocks | None
    way: Way
    path_svg: Markup
    actions: list[Action]
    not_now: list[NotNow]
    papers: PaperPanel | None
    hands: Hands
    custody_svg: Markup
    events: list[Event]
    files: list[Attachment]
    can_attach: bool
    links: list[Linked]
    facts: Sequence[tuple[str, Shown]] = ()
    cell: Cell | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def case_page(session: Session, desk: Desk, actor: Actor, case: Case, now: datetime) -> CasePage:
    """Assemble the page of a case for one actor; the number of queries is fixed by the table."""
    today, flow = office_today(), desk.flow
    state = flow.state(case.state)
    calendar = calendar_store.load(session)
    moves = history(session, case.id)
    held = custody(session, case, calendar, today)
    people = doers(moves) | {s.user_id for s in held.stays if s.user_id}
    people |= _named(flow, moves)
    names = names_for(session, [case], people, {s.org_id for s in held.stays})
    faces = faces_sorted(session, of_case(session, case.id), calendar, today)
    live = [f for f in faces if f.working.stopped_on is None]
    verdicts = steps_for(flow, case, actor, session=session, now=now)
    turn, beyond = turn_of(state, case, actor, names), outside(actor, case)
    way = way_of(flow, case, moves, names)
    hands = hands_of(flow, case, held, names)
    return CasePage(
        state=state,
        names=names,
        turn=turn,
        clock=live[0] if live else None,
        clocks=clocks_of(faces, calendar, today, locale()),
        way=way,
        path_svg=way_svg(way, mine=turn.mine),
        actions=actions_of(verdicts, case),
        not_now=not_now_of(verdicts),
        papers=paper_panel(session, flow, case, actor),
        hands=hands,
        custody_svg=custody_svg(hands),
        events=events_of(
            session,
            flow,
            timeline(session, case.id, from_outside=beyond),
            said=lambda move: _said(flow, move, names),
        ),
        files=files_of(session, case, from_outside=beyond),
        can_attach=may_attach(actor, case),
        links=links_of(session, case.id, actor),
        facts=desk.facts(session, case) if desk.facts else (),
        cell=desk.cell(session, case) if desk.cell else None,
        more=desk.panels(session, actor, case, now) if desk.panels else {},
    )


# ---------------------------------------------------------------- answers told


def _named(flow: Flow, moves: Sequence[Move]) -> set[int]:
    """The people named in the answers of a history."""
    found: set[int] = set()
    for move in moves:
        given = from_json(move.data)
        for ask in flow.step(move.step).asks:
            value = given.get(ask.name)
            if ask.kind in (AskKind.PERSON, AskKind.OFFICER) and isinstance(value, int):
                found.add(value)
    return found


def _said(flow: Flow, move: Move, names: Names) -> tuple[tuple[str, str], ...]:
    return spoken(flow, move.step, from_json(move.data), names.users, told)


def told(value: object) -> str:
    """A stored answer as people read it."""
    if isinstance(value, bool):
        return str(gettext("是") if value else gettext("否"))
    if isinstance(value, datetime):
        return local_time(value)
    if isinstance(value, date):
        return local_date(value)
    if isinstance(value, Decimal | int):
        return wording.number(value)
    return str(value)


# ---------------------------------------------------------------- forms


def sent_form() -> MultiDict[str, str]:
    """Text and files of this request, as a form reads them."""
    return CombinedMultiDict([request.files, request.form])  # type: ignore[list-item]


def step_forms(
    session: Session,
    desk: Desk,
    case: Case,
    shown: CasePage,
    actor: Actor,
    now: datetime,
    *,
    chosen: str | None,
    given: AskForm | None,
    parked: MultiDict[str, str] | None,
) -> dict[str, AskForm]:
    """A form for every step that can be taken; the one just sent comes back as it was."""
    staff = staff_of(session, desk, actor, case, case.bureau_id or 0)
    there = proofs_there(session, desk.flow, case.id)
    found: dict[str, AskForm] = {}
    for action in shown.actions:
        step = action.step
        if step.name == chosen and given is not None:
            found[step.name] = given
            continue
        sent = parked if step.name == chosen else None
        filled = desk.prefill(session, case, step.name, actor, now) if desk.prefill else None
        found[step.name] = form_of(
            step, staff, sent=sent, filled=filled, proof_there=step.proof in there
        )
    return found


def staff_of(session: Session, desk: Desk, actor: Actor, case: Case | None, org_id: int) -> Staff:
    """What the forms of a case, or of a new one, offer."""
    picks = desk.picks
    if picks is None:
        return Staff(session, org_id, office_today())
    return Staff(session, org_id, office_today(), lambda name: picks(session, actor, case, name))


def posted_form(session: Session, desk: Desk, actor: Actor, case: Case, step_name: str) -> AskForm:
    """The form of a step as it was sent with this request."""
    step = desk.flow.step(step_name)
    there = step.proof in proofs_there(session, desk.flow, case.id) if step.proof else False
    staff = staff_of(session, desk, actor, case, case.bureau_id or 0)
    return form_of(step, staff, sent=sent_form(), proof_there=there)
