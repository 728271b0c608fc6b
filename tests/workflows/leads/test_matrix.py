"""State by step by person: who may do what, written down by hand from the office's rules.

The table below is not made from `flow.py`: it says what domain 3.3 allows, and everything that it
does not name must be refused, with a reason, to everybody.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflows.leads.walking import CAST, DEPUTIES, Office, a_lead_data, open_nothing
from tracker.core.accounts.roles import Role
from tracker.core.cases import guards
from tracker.core.cases.guards import history, judge, taken
from tracker.core.cases.opening import openings
from tracker.core.db import transaction
from tracker.core.errors import StepRefused
from tracker.workflows.leads import service
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import CASE_KIND

ORGS = ("dept", "bureau", "foreign dept", "foreign bureau")
EVERYBODY = (*(f"{r.value}@{o}" for o in ORGS for r in Role), *CAST, *DEPUTIES)

# The drafter is a liaison and an approver of the department; so is whoever stands in.
DRAFTER = {"drafter", "drafter's deputy"}
# The handler is an inspector, a supervisor and a head; so is whoever stands in.
HANDLER = {"handler", "handler's deputy"}
WRITERS = {"liaison@dept", "township_clerk@dept"} | DRAFTER
DEPARTMENT = WRITERS | {"dept_approver@dept"}
REGISTRAR = {"registrar@bureau"}
SUPERVISORS = {"supervisor@bureau", "co_officer"} | HANDLER
HEADS = {"head@bureau"} | HANDLER
# Both officers are supervisors, and may not grant themselves time.
OTHER_LEADERS = {"supervisor@bureau", "head@bureau"}
LINKERS = {"registrar@bureau", "inspector@bureau"} | SUPERVISORS

MAY: dict[str, dict[str, set[str]]] = {
    "drafted": {"submit": DRAFTER, "edit": DRAFTER, "withdraw": DEPARTMENT},
    "approval": {
        "approve": {"dept_approver@dept"},  # the drafter is one, and did the work
        "send_back": {"dept_approver@dept"} | DRAFTER,
        "withdraw": DEPARTMENT,
    },
    "sent": {"receive": REGISTRAR, "bounce": REGISTRAR, "withdraw": DEPARTMENT},
    "registered": {"assign": REGISTRAR, "merge": REGISTRAR, "link": LINKERS},
    "triage": {
        "verify": HANDLER,
        "propose_case": HANDLER,
        "hand_inside": HANDLER,
        "propose_referral": HANDLER,
        "propose_refusal": HANDLER,
        "merge_at_triage": HANDLER,
        "ask_supplement": HANDLER,
        "link": LINKERS,
        "reassign": SUPERVISORS,
    },
    "supplement": {"supply": WRITERS, "stop_waiting": HANDLER},
    "verifying": {
        "submit_findings": HANDLER,
        "link": LINKERS,
        "reassign": SUPERVISORS,
        "reassign_partner": SUPERVISORS,
        "extend_verifying": OTHER_LEADERS,
    },
    "countersign": {
        "countersign": {"co_officer"},
        "disagree": {"co_officer"},
        "reassign_partner": SUPERVISORS,
        "extend_verifying": OTHER_LEADERS,
    },
    "result": {
        "confirm_result": {"supervisor@bureau"},  # both officers are, and both did the work
        "propose_case_found": {"supervisor@bureau"},
        "return_result": SUPERVISORS,
    },
    "inside": {
        "confirm_inside": {"supervisor@bureau", "co_officer"},
        "return_inside": SUPERVISORS,
    },
    "opening": {"approve_case": {"head@bureau"}, "return_case": HEADS},
    "opening_found": {"approve_case": {"head@bureau"}, "return_case_found": HEADS},
    "refer": {"approve_referral": {"head@bureau"}, "return_referral": HEADS},
    "refuse": {"approve_refusal": {"head@bureau"}, "return_refusal": HEADS},
    "feedback": {"give_feedback": HANDLER, "reassign": SUPERVISORS},
    "closing": {
        "close": {"supervisor@bureau", "co_officer"},
        "return_feedback": SUPERVISORS,
    },
    "closed": {},
    "merged": {},
    "withdrawn": {},
}


def test_the_table_names_every_state_and_step() -> None:
    assert set(MAY) == set(FLOW.state_map)
    named = {step for steps in MAY.values() for step in steps}
    assert set(FLOW.step_map) - named == {"draft", "intake", "report_up"}


@pytest.mark.once
@pytest.mark.parametrize("state", MAY)
def test_who_may_do_what(session, monkeypatch, state):
    # Whom a refusal names is a query each time, and not what is asked here.
    monkeypatch.setattr(guards, "_holders", lambda *_args, **_kwargs: None)
    monkeypatch.setitem(openings._openers, CASE_KIND, open_nothing)
    with transaction():
        office = Office(session)
        lead = office.lead(at=state)
    past = taken(history(session, lead.id))
    actors = {name: office.actor(name) for name in EVERYBODY}
    wrong = []
    for step in FLOW.steps:
        expected = MAY[state].get(step.name, set())
        for name, actor in actors.items():
            verdict = judge(FLOW, step, lead, actor, session=session, now=office.now, past=past)
            if verdict.allowed != (name in expected):
                wrong.append(f"{step.name} by {name}: {verdict.allowed}, not {name in expected}")
            assert verdict.allowed == (verdict.power is not None and not verdict.refusals)
            assert all(str(refusal.why) for refusal in verdict.refusals)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", ["draft", "intake"])
def test_who_may_open_a_lead(session, kind):
    may = {
        "draft": {"liaison@dept", "township_clerk@dept", "drafter", "drafter's deputy"},
        "intake": {"registrar@bureau"},
    }[kind]
    opened = set()
    with transaction():
        office = Office(session)
    org = office.orgs["dept" if kind == "draft" else "bureau"]
    make = {"draft": service.draft, "intake": service.intake}[kind]
    data = a_lead_data(channel="department" if kind == "draft" else "report")
    for name in EVERYBODY:
        try:
            with transaction():
                make(session, office.actor(name), data, now=office.now, org_id=org)
            opened.add(name)
        except StepRefused:
            pass
    assert opened == may


def test_a_lead_handed_down_is_reported_up_before_it_is_closed(session):
    def may(office, lead, who, step):
        return judge(
            FLOW, FLOW.step(step), lead, office.actor(who), session=session, now=office.now
        ).allowed

    with transaction():
        office = Office(session)
        registrar = office.actor("registrar@bureau")
        data = a_lead_data(
            channel="handed_down", superior_name="市统计局", superior_due_on=date(2026, 4, 30)
        )
        lead = service.intake(
            session, registrar, data, now=office.now, org_id=office.orgs["bureau"]
        )
        office.take(lead, "registrar@bureau", "assign", handler=office.people["handler"])
        office.take(lead, "handler", "hand_inside", handed_to="工业科")
        office.take(lead, "co_officer", "confirm_inside")
        reporters = {name for name in EVERYBODY if may(office, lead, name, "report_up")}
        assert reporters == {"inspector@bureau"} | SUPERVISORS
        office.take(lead, "handler", "give_feedback", feedback_sender="已转办")
        assert not may(office, lead, "supervisor@bureau", "close")
        office.take(lead, "handler", "report_up")
        assert not may(office, lead, "handler", "report_up")
        assert may(office, lead, "supervisor@bureau", "close")
