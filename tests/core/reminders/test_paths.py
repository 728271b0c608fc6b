"""Every way on which a case moves leaves the ledger as the clocks want it, in the same step."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.workflows.leads.walking import Office
from tracker.core.cases.people import recipients
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.reminders import plan
from tracker.core.reminders.models import Reminder
from tracker.core.reminders.reconcile import differences
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import Lead

pytestmark = pytest.mark.at_time("2026-03-02 09:00")


def sound(session: Session, office: Office, lead: Lead) -> None:
    """Planned is what the running clocks want, and nothing else."""
    assert list(differences(session, office.now)) == []
    running = {d.id: d.version for d in deadlines.running(session, lead.id) if d.due_on}
    for row in plan.forecast(session, lead.id):
        assert running.get(row.deadline_id) == row.deadline_version


@pytest.mark.parametrize("state", [s.name for s in FLOW.states])
def test_in_every_state_the_ledger_fits_the_clocks(session: Session, state: str):
    with transaction():
        office = Office(session)
        lead = office.lead(state)
        sound(session, office, lead)
        if FLOW.state(state).final:
            assert plan.forecast(session, lead.id) == []


def test_a_case_given_to_somebody_else_is_heard_of_by_them(session: Session):
    with transaction():
        office = Office(session)
        lead = office.lead("triage")
        rows = [(r.id, r.due_at) for r in plan.forecast(session, lead.id)]
        assert rows
        on = office_date(office.now)
        before = recipients(session, lead.id, "handler", on)
        office.take(
            lead, "supervisor@bureau", "reassign", handler=office.people["inspector@bureau"]
        )
        assert [(r.id, r.due_at) for r in plan.forecast(session, lead.id)] == rows
        now = recipients(session, lead.id, "handler", on)
        assert list(now) == [office.people["inspector@bureau"]]
        assert next(iter(before)) == office.people["handler"]
        sound(session, office, lead)


def test_a_case_sent_back_ends_one_clock_and_starts_another(session: Session):
    with transaction():
        office = Office(session)
        lead = office.lead("approval")
        [clock] = deadlines.running(session, lead.id)
        office.take(lead, "dept_approver@dept", "send_back")
        ended = session.scalars(select(Reminder).where(Reminder.deadline_id == clock.id)).all()
        assert {r.state for r in ended} == {"cancelled"}
        assert plan.forecast(session, lead.id)
        sound(session, office, lead)


def test_a_stopped_clock_that_goes_on_is_planned_for_its_new_date(session: Session, at_time: Clock):
    with transaction():
        office = Office(session)
        lead = office.lead("supplement")
        held = [d for d in deadlines.running(session, lead.id) if d.state == "suspended"]
        assert held
        sound(session, office, lead)
        office.take(lead, "drafter", "supply")
        for clock in held:
            again = session.get_one(Deadline, clock.id)
            rows = [r for r in plan.forecast(session, lead.id) if r.deadline_id == clock.id]
            assert {r.deadline_version for r in rows} == {again.version}
        sound(session, office, lead)
