"""What somebody has read: up to a version, for that person alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import and_, select

from tests.workflows.leads.walking import Office
from tracker.core.cases.asking import Question, asked
from tracker.core.cases.models import Case, Move
from tracker.core.cases.reads import held_since
from tracker.core.cases.scope import visible
from tracker.core.cases.seen import has_read, note_read, unread_among
from tracker.core.clock import office_date
from tracker.core.db import transaction


@pytest.fixture
def office(session):
    with transaction():
        yield Office(session)


def test_a_case_is_read_until_it_moves_on(office):
    session, lead = office.session, office.lead("triage")
    me = office.people["handler"]
    one = Case.id == lead.id

    def unread(who):
        return unread_among(session, office.actor(who), [lead])

    def asked_unread(who):
        question = Question(unread=True)
        where = asked(session, office.actor(who), question, office_date(office.now))
        return set(session.scalars(select(Case.id).where(where)))

    assert unread("handler") == {lead.id} == asked_unread("handler")
    assert note_read(session, me, one, office.now) == 1
    assert unread("handler") == set() == asked_unread("handler")
    assert unread("supervisor@bureau") == {lead.id} == asked_unread("supervisor@bureau")
    assert has_read(session, me, lead.id, lead.version)
    # Again, and only what is new is written.
    assert note_read(session, me, one, office.now + timedelta(hours=1)) == 0
    officers = {n: office.people[n] for n in ("handler", "co_officer")}
    office.take(lead, "handler", "verify", **officers)
    assert unread("handler") == {lead.id} == asked_unread("handler")
    assert not has_read(session, me, lead.id, lead.version)
    assert note_read(session, me, one, office.now) == 1
    assert unread("handler") == set()


def test_only_what_the_condition_holds_is_noted(office):
    session = office.session
    mine, hidden = office.lead("triage"), office.lead("drafted")
    actor = office.actor("supervisor@bureau")
    where = and_(Case.id.in_([mine.id, hidden.id]), visible(actor))
    assert note_read(session, actor.user_id, where, office.now) == 1
    assert unread_among(session, actor, [mine, hidden]) == {hidden.id}
    assert unread_among(session, actor, []) == set()


def test_a_house_at_work_leaves_no_mark_outside(office):
    """The sender's side: what the bureau does inside is neither unread nor a day in its hands."""
    session, lead = office.session, office.lead("triage")
    sender, house = office.actor("drafter"), office.actor("handler")

    def marks(actor):
        return unread_among(session, actor, [lead])

    for actor in (sender, house):
        note_read(session, actor.user_id, Case.id == lead.id, office.now)
    told = held_since(session, sender, [lead])[lead.id]
    office.now += timedelta(days=4)
    officers = {n: office.people[n] for n in ("handler", "co_officer")}
    office.take(lead, "handler", "verify", **officers)
    last = session.scalars(select(Move).where(Move.case_id == lead.id).order_by(Move.seq)).all()[-1]
    assert last.internal
    assert marks(house) == {lead.id}
    assert marks(sender) == set()
    assert held_since(session, house, [lead])[lead.id] == office_date(office.now)
    assert held_since(session, sender, [lead])[lead.id] == told < office_date(office.now)
    # What is told to the sender is unread there again.
    for who, step, inputs in (
        ("handler", "submit_findings", {"found": True}),
        ("co_officer", "countersign", {}),
        ("supervisor@bureau", "confirm_result", {}),
        ("handler", "give_feedback", {"feedback_sender": "已查实"}),
    ):
        office.take(lead, who, step, **inputs)
    assert marks(sender) == {lead.id}
