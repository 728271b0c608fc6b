"""Cases that are passed on level by level, have guests, or are open to further roles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflows.leads.walking import Office
from tracker.core.accounts.roles import ADMIN_ROLES, Role
from tracker.core.cases.flow import Side, flows
from tracker.core.cases.guards import side_org
from tracker.core.cases.models import CaseGuest
from tracker.core.cases.people import recipients
from tracker.core.cases.reads import outside
from tracker.core.cases.scope import may_see
from tracker.core.clock import office_date
from tracker.core.db import transaction

FOREIGN = "foreign dept"


@pytest.fixture
def office(session):
    with transaction():
        yield Office(session)


def seen_by(office, case, *names):
    return {n for n in names if may_see(office.session, office.actor(n), case.id)}


def with_flow(monkeypatch, **changes):
    """Leads, and nothing else, with a table that says something more."""
    monkeypatch.setattr(flows, "_flows", {"lead": replace(flows.get("lead"), **changes)})


def test_the_houses_of_a_way_see_the_case_and_nobody_else_there(office, monkeypatch):
    steps = flows.get("lead").steps
    further = tuple(replace(steps[-1], name=s.value, side=s) for s in (Side.VIA, Side.ABOVE))
    with_flow(monkeypatch, steps=(*steps, *further))
    case = office.lead(at="triage")
    there = [f"{role.value}@{org}" for role in Role for org in (FOREIGN, "foreign bureau")]
    assert seen_by(office, case, *there) == set()
    case.via_org_id = office.orgs[FOREIGN]
    case.above_org_id = office.orgs["foreign bureau"]
    office.session.flush()
    assert seen_by(office, case, *there) == {
        f"liaison@{FOREIGN}",
        f"dept_approver@{FOREIGN}",
        f"township_clerk@{FOREIGN}",
        "registrar@foreign bureau",
    }
    assert side_org(case, Side.VIA) == office.orgs[FOREIGN]
    assert side_org(case, Side.ABOVE) == office.orgs["foreign bureau"]
    assert outside(office.actor(f"township_clerk@{FOREIGN}"), case)
    assert not outside(office.actor("registrar@foreign bureau"), case)


def test_whoever_it_lies_with_above_is_reminded_with_that_bureaus_leaders(office):
    case = office.lead(at="triage")
    case.above_org_id = case.turn_org_id = office.orgs["foreign bureau"]
    case.turn_role, case.assignee_id = Role.REGISTRAR.value, None
    office.session.flush()
    on = office_date(office.now)
    assert list(recipients(office.session, case.id, "handler", on)) == [
        office.people["registrar@foreign bureau"]
    ]
    heads = recipients(office.session, case.id, "head", on)
    assert list(heads) == [office.people["head@foreign bureau"]]


def test_guests_see_a_case_where_its_workflow_invites(office, monkeypatch):
    case = office.lead(at="triage")
    office.session.add(CaseGuest(case_id=case.id, org_id=office.orgs[FOREIGN]))
    office.session.flush()
    there = {f"{role.value}@{FOREIGN}" for role in Role}
    with_flow(monkeypatch, invites=False)
    assert seen_by(office, case, *there) == set()
    with_flow(monkeypatch, invites=True)
    administrators = {f"{role.value}@{FOREIGN}" for role in ADMIN_ROLES}
    assert seen_by(office, case, *there) == there - administrators
    assert outside(office.actor(f"head@{FOREIGN}"), case)
    case.confidentiality = 3
    liaison = office.actor(f"liaison@{FOREIGN}")
    office.session.flush()
    assert not may_see(office.session, replace(liaison, clearance=2), case.id)


def test_a_workflow_opens_its_cases_to_further_roles_of_the_bureau(office, monkeypatch):
    case = office.lead(at="triage")
    everywhere = ("trainer@bureau", "inspector@bureau", "trainer@foreign bureau")
    assert seen_by(office, case, *everywhere) == set()
    with_flow(monkeypatch, sees=(Role.TRAINER,))
    assert seen_by(office, case, *everywhere) == {"trainer@bureau"}
    assert not outside(office.actor("trainer@bureau"), case)
