"""Every workflow of the product: proved, labelled, clocked, and its buttons keep their word."""

from __future__ import annotations

from contextlib import suppress
from typing import cast

import pytest
from sqlalchemy import String

from tests.workflows.leads.walking import Office
from tracker.app import register_flows
from tracker.core.accounts.roles import ROLE_LABELS
from tracker.core.cases.clocks import Extending
from tracker.core.cases.engine import Taking, move
from tracker.core.cases.flow import flows
from tracker.core.cases.guards import steps_for
from tracker.core.cases.models import Case, Move, Stay
from tracker.core.cases.verify import verify
from tracker.core.db import transaction
from tracker.core.errors import StepRefused
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.terms import Term, Unit
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import Lead

register_flows()
ALL = pytest.mark.parametrize("flow", flows.all(), ids=lambda flow: flow.kind)

# Those who come near a lead; the whole matrix is in tests/workflows/leads/test_matrix.py.
PEOPLE = (
    "drafter", "drafter's deputy", "handler", "co_officer", "liaison@dept", "dept_approver@dept",
    "registrar@bureau", "supervisor@bureau", "head@bureau", "supervisor@foreign bureau",
)  # fmt: skip


def test_there_are_flows():
    assert flows.all(), "no workflow is registered: the tests below look at nothing"


@ALL
def test_a_flow_is_proved(flow):
    found = verify(flow)
    assert not found, "\n".join(
        f"[{f.rule}] {f.message}\n    " + "\n    ".join(f.path) for f in found
    )


@ALL
def test_names_fit_their_columns(flow):
    room = {
        column.key: cast(String, column.type).length or 0
        for column in (
            Case.__table__.c.kind,
            Case.__table__.c.state,
            Case.__table__.c.turn_role,
            Stay.__table__.c.state,
            Move.__table__.c.step,
        )
    }
    assert len(flow.kind) <= room["kind"]
    for state in flow.states:
        assert len(state.name) <= room["state"], state.name
        assert state.role is None or len(state.role.value) <= room["turn_role"]
    for step in flow.steps:
        assert len(step.name) <= room["step"], step.name
        assert step.name.isidentifier(), "a step's name is part of the audit tag"


@ALL
def test_everything_people_read_is_there(flow):
    assert flow.label
    for state in flow.states:
        assert state.label, state.name
        assert state.final or state.does, f"{state.name}: say what its holder is asked to do"
        assert state.role is None or ROLE_LABELS[state.role]
    labels = {state.label for state in flow.states}
    assert len(labels) == len(flow.states), "two states with one label cannot be told apart"
    for step in flow.steps:
        assert step.label, step.name
        assert step.done.endswith("。"), f"{step.name}: `done` is a whole sentence"
    for state in flow.states:
        offered = [step.label for step in flow.from_state(state.name)]
        assert len(set(offered)) == len(offered), f"{state.name}: two buttons with one label"


@ALL
def test_clocks_are_rules_that_hold_everywhere(flow):
    rules = {rule.id for rule in default_rulebook().all() if not rule.jurisdiction}
    named = {state.clock for state in flow.states if state.clock}
    for step in flow.steps:
        named |= {*step.starts, *step.stops, *step.suspends, *step.resumes, *step.extends}
    assert named <= rules


@ALL
def test_states_on_the_main_line_are_drawn_in_order(flow):
    stages = [state.stage for state in flow.states if state.stage is not None]
    assert stages == sorted(set(stages)), "a place on the drawing is taken twice or out of order"


class _Undo(Exception):
    """Takes back a step that was only tried."""


def _may_move(session, office, lead_id, version, step, actor):
    """What the door says, without leaving a trace."""
    more = Extending(Term(1, Unit.CD), "试办", "试〔2026〕1号", office.people["handler"])
    with suppress(_Undo), session.begin_nested():
        lead = session.get_one(Lead, lead_id)
        try:
            move(
                session, lead, step, actor, seen=version, now=office.now,
                prepare=lambda: Taking(note="试办", extending=more),
            )  # fmt: skip
        except StepRefused:
            return False
        raise _Undo
    return True


@pytest.mark.once
@pytest.mark.parametrize("state", [s.name for s in FLOW.states if not s.final])
def test_a_button_keeps_its_word(session, state):
    """`steps_for` offers exactly what `move` accepts, to everybody near the case."""
    with transaction():
        office = Office(session)
        lead = office.lead(at=state)
        lead_id, version = lead.id, lead.version
        for name in PEOPLE:
            actor = office.actor(name)
            lead = session.get_one(Lead, lead_id, populate_existing=True)
            verdicts = steps_for(FLOW, lead, actor, session=session, now=office.now)
            offered = {v.step.name for v in verdicts if v.allowed}
            assert {v.step.name for v in verdicts} == {s.name for s in FLOW.from_state(state)}
            accepted = {
                step.name
                for step in FLOW.steps
                if step.source and _may_move(session, office, lead_id, version, step.name, actor)
            }
            assert accepted == offered, name
