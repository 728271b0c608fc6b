"""State by step by person: who may do what with a plan, written by hand from domain 3.1 and 3.9.

The table is not made from `flow.py`; what it does not name must be refused to everybody.
"""

from __future__ import annotations

import pytest

from tests.workflows.plans.walking import CAST, CONTENT, DEPUTIES, ORGS, PlanOffice, Tasks, roles_at
from tracker.core.cases import guards
from tracker.core.cases.flow import flows
from tracker.core.cases.guards import history, judge, taken
from tracker.core.cases.scope import may_see
from tracker.core.cases.verify import verify
from tracker.core.db import transaction
from tracker.core.errors import StepRefused
from tracker.workflows.plans import service
from tracker.workflows.plans.flow import FLOW
from tracker.workflows.plans.models import Plan

flows.add(FLOW)
EVERYBODY = (*(f"{r.value}@{o}" for o in ORGS for r in roles_at(o)), *CAST, *DEPUTIES)

NEAR = (*CAST, "head@bureau", "supervisor@bureau")

DRAFTER = {"drafter", "drafter's deputy"}  # who is also a head, and so is the deputy
DRAWER = {"drawer", "drawer's deputy"}  # who is also a supervisor
SUPERVISORS = {"supervisor@bureau", "monitor"} | DRAWER
HEADS = {"head@bureau"} | DRAFTER
APPROVERS = SUPERVISORS | HEADS

MAY: dict[str, dict[str, set[str]]] = {
    "drafted": {
        "edit": DRAFTER,
        "add_objects": DRAFTER,
        "remove_object": DRAFTER,
        "add_officers": DRAFTER,
        "remove_officer": DRAFTER,
        "list_directed": DRAFTER,
        "submit": DRAFTER,
        "drop": DRAFTER,
        "hand_on": SUPERVISORS,
    },
    "approval": {"approve": {"head@bureau"}, "send_back": HEADS},
    "approved": {
        "recuse": DRAFTER,
        "freeze": DRAFTER,
        "amend": DRAFTER,
        "list_directed": DRAFTER,
        "call_off": HEADS,
        "hand_on": SUPERVISORS,
    },
    "drawing": {"draw_lots": DRAWER, "unfreeze": DRAWER, "recuse": DRAFTER},
    "second": {
        "confirm_draw": {"second"},
        "refuse_draw": {"second"},
        "recuse_drawn": DRAWER,
    },
    "monitoring": {"witness": {"monitor"}, "reject_draw": {"monitor"}},
    "checking": {
        "summarise": DRAFTER,
        "list_directed": DRAFTER,
        "hand_on": SUPERVISORS,
    },
    "closing": {"close": SUPERVISORS, "return_summary": SUPERVISORS},
    "closed": {},
    "dropped": {},
}
# Beside the approvers: whoever has a part by then. Nobody of a department, a town, another bureau.
# When all is over the bureau's own people know too.
SEE: dict[str, set[str]] = {
    **dict.fromkeys(("drafted", "approval", "approved", "dropped"), APPROVERS),
    **dict.fromkeys(
        ("drawing", "second", "monitoring", "checking", "closing"), APPROVERS | {"second"}
    ),
    "closed": APPROVERS | {"second", "registrar@bureau", "legal_reviewer@bureau"},
}


def test_the_table_names_every_state_and_step():
    assert set(MAY) == set(FLOW.state_map)
    named = {step for steps in MAY.values() for step in steps}
    assert set(FLOW.step_map) - named == {"draft"}


def test_the_flow_is_proved():
    assert not verify(FLOW)


def test_who_may_do_what_and_who_knows_of_it(session, monkeypatch):
    # Whom a refusal names is a query each time, and not what is asked here.
    monkeypatch.setattr(guards, "_holders", lambda *_args, **_kwargs: None)
    Tasks().install(monkeypatch)
    with transaction():
        office = PlanOffice(session)
        plan, other = office.draft(), office.plan("dropped")
        wrong = wrong_about(office, other)
        for who, step, inputs in office.way("closed"):
            if FLOW.step(step).dest:  # everything that the next step asks for is there
                for kind in ("annual_plan", "draw_record"):
                    office.paper(plan, kind)
                wrong += wrong_about(office, plan)
            plan = office.take(plan, who, step, **inputs)
        wrong += wrong_about(office, plan)
    assert plan.state == "closed"
    assert not wrong, "\n".join(wrong)


def wrong_about(office: PlanOffice, plan: Plan) -> list[str]:
    """Where the product and the tables differ about a plan in its present state."""
    found, state, session = [], plan.state, office.session
    actors = {name: office.actor(name) for name in EVERYBODY}
    past = taken(history(session, plan.id))
    for step in FLOW.steps:
        expected = MAY[state].get(step.name, set())
        # A step of another state is refused before it is asked who one is: those near it will do.
        asked = actors if expected or state in step.source else dict.fromkeys(NEAR)
        for name in asked:
            actor = actors[name]
            verdict = judge(FLOW, step, plan, actor, session=session, now=office.now, past=past)
            if verdict.allowed != (name in expected):
                found.append(f"{state}: {step.name} by {name}: {verdict.allowed}")
            assert all(str(refusal.why) for refusal in verdict.refusals)
    seen = {name for name, actor in actors.items() if may_see(session, actor, plan.id)}
    if seen != SEE[state]:
        found.append(f"{state}: seen by {sorted(seen ^ SEE[state])}")
    return found


def test_who_may_open_a_plan(session):
    with transaction():
        office = PlanOffice(session)
    opened = set()
    for name in EVERYBODY:
        try:
            with transaction():
                office.draft(name)
            opened.add(name)
        except StepRefused:
            pass
    inspectors = {"inspector@bureau", "officer1", "officer2", "second"}
    assert opened == inspectors | DRAFTER | DRAWER
    for name in ("inspector@dept", "inspector@town", "registrar@bureau"):
        with pytest.raises(StepRefused), transaction():
            service.open_new(session, office.actor(name), "draft", CONTENT, now=office.now)
    with transaction():
        foreign = office.actor("inspector@foreign bureau")
        plan = service.open_new(session, foreign, "draft", CONTENT, now=office.now)
    assert plan.bureau_id == office.orgs["foreign bureau"]
