"""Clocks count from the day of the fact; several of one rule run side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.workflows.leads.walking import Office
from tracker.core.calendar import store
from tracker.core.cases import clocks
from tracker.core.cases.attachments import hang, stage
from tracker.core.cases.clocks import When
from tracker.core.cases.engine import Taking, move
from tracker.core.cases.flow import flows
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.errors import BadInput
from tracker.core.reminders.models import Reminder
from tracker.web.desk.parts import faces_sorted
from tracker.workflows.leads.flow import FLOW


class Desk(Office):
    """An office with one lead that is being verified."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.case = self.lead(at="verifying")


@pytest.fixture
def office(session):
    with transaction():
        yield Desk(session)


@pytest.fixture
def with_step(monkeypatch):
    """The lead's table with one step changed."""

    def change(name, **changes):
        steps = tuple(replace(s, **changes) if s.name == name else s for s in FLOW.steps)
        monkeypatch.setitem(flows._flows, "lead", replace(FLOW, steps=steps))

    return change


def link(office, **taking):
    """Take a step that leaves the lead where it is."""
    return move(
        office.session,
        office.case,
        "link",
        office.actor("handler"),
        seen=office.case.version,
        now=office.now,
        prepare=lambda: Taking(**taking),
    )


def running(office, rule_id):
    found = deadlines.running(office.session, office.case.id)
    return [d for d in found if d.rule_id == rule_id]


def test_a_clock_counts_from_the_day_of_the_fact(office, with_step):
    with_step("link", starts=("T05", "T10"))
    link(office, when=When(on=date(2026, 2, 27), without=frozenset({"T10"})))
    (hearing,) = running(office, "T05")
    # Saturday 28 February 2026 is worked: 28, 2, 3, 4, 5.
    assert (hearing.started_on, hearing.due_on) == (date(2026, 2, 27), date(2026, 3, 5))
    assert running(office, "T10") == []
    with_step("link", stops=("T05",))
    link(office, when=When(on=date(2026, 3, 2)))
    assert running(office, "T05") == []
    assert deadlines.facts(office.session, hearing.id)[-1].on == date(2026, 3, 2)


def test_what_was_done_before_the_clock_began_ends_it_on_its_first_day(office, with_step):
    with_step("link", starts=("T05",))
    link(office)
    (hearing,) = running(office, "T05")
    with_step("link", stops=("T05",))
    link(office, when=When(on=date(2026, 2, 1)))
    assert deadlines.facts(office.session, hearing.id)[-1].on == hearing.started_on


def test_nothing_is_recorded_before_it_has_happened(office):
    for when in (
        When(on=office.now.date() + timedelta(days=1)),
        When(at=office.now + timedelta(minutes=1)),
    ):
        with pytest.raises(BadInput):
            link(office, when=when)


def test_what_is_a_partys_right_makes_no_case_late(office, with_step):
    with_step("link", starts=("T14",))
    before = office.case.next_due_on
    link(office, when=When(on=date(2025, 12, 1)))
    (review,) = running(office, "T14")
    assert review.due_on is not None
    assert review.due_on < office.now.date()
    assert office.case.next_due_on == before
    face = next(
        f
        for f in faces_sorted(
            office.session, [review], store.load(office.session), office.now.date()
        )
    )
    assert (face.status.lapsed, face.status.over, face.tone) == (True, False, "done")
    # A fine that is not paid is late: paying it is a duty.
    with_step("link", starts=("T10",))
    link(office, when=When(on=date(2025, 12, 1)))
    (payment,) = running(office, "T10")
    assert office.case.next_due_on == payment.due_on


def test_an_hour_clock_counts_from_the_moment(office, with_step):
    with_step("link", starts=("L07",))
    friday = datetime(2026, 2, 27, 17, 0, tzinfo=OFFICE_ZONE)
    link(office, when=When(on=friday.date(), at=friday))
    (clock,) = running(office, "L07")
    assert clock.due_at == friday + timedelta(hours=24)


def test_items_of_one_rule_have_clocks_of_their_own(office):
    case, who = office.case, office.people["handler"]
    first, second = (
        clocks.begin(
            office.session, case, "T04", on=date(2026, 3, 2), actor_id=who, now=office.now,
            label=f"处理先行登记保存的证据：{name}",
        )
        for name in ("账册", "硬盘")
    )  # fmt: skip
    assert {d.id for d in running(office, "T04")} == {first.id, second.id}
    assert first.due_on == date(2026, 3, 11)
    clocks.end(office.session, case, first, on=date(2026, 3, 2), actor_id=who, now=office.now)
    assert [d.id for d in running(office, "T04")] == [second.id]
    states = dict(
        office.session.execute(
            select(Reminder.deadline_id, Reminder.state).where(
                Reminder.deadline_id.in_([first.id, second.id])
            )
        ).all()
    )
    assert states[first.id] == "cancelled"
    assert states[second.id] == "planned"


def test_an_end_stops_every_clock_of_a_rule(office):
    who = office.people["handler"]
    for name in ("账册", "硬盘"):
        clocks.begin(
            office.session, office.case, "T04", on=date(2026, 3, 2), actor_id=who,
            now=office.now, label=name,
        )  # fmt: skip
    for person, step, inputs in office._way("closed")[len(office._way("verifying")) :]:
        office.take(office.case, person, step, **inputs)
    assert office.case.closed_at is not None
    assert deadlines.running(office.session, office.case.id) == []


def test_the_paper_that_proves_a_step_comes_with_it(office, with_step):
    with_step("link", proof="送达回证")
    with pytest.raises(BadInput) as refused:
        link(office)
    assert refused.value.field_name == "files"
    hang(
        office.session, office.case.id, stage("a.txt", BytesIO(b"x")),
        actor_id=office.people["handler"], now=office.now, label="送达回证", internal=True,
    )  # fmt: skip
    link(office)
    assert office.case.version
