"""What somebody has read: up to a version, for that person alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import and_, select

from tests.workflows.leads.walking import Office
from tracker.core.cases.asking import Question, asked
from tracker.core.cases.models import Case
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
    me, other = office.people["handler"], office.people["supervisor@bureau"]
    one = Case.id == lead.id

    def unread(who):
        return unread_among(session, who, [lead])

    def asked_unread(who):
        question = Question(unread=True)
        where = asked(session, office.actor(who), question, office_date(office.now))
        return set(session.scalars(select(Case.id).where(where)))

    assert unread(me) == {lead.id} == asked_unread("handler")
    assert note_read(session, me, one, office.now) == 1
    assert unread(me) == set() == asked_unread("handler")
    assert unread(other) == {lead.id} == asked_unread("supervisor@bureau")
    assert has_read(session, me, lead.id, lead.version)
    # Again, and only what is new is written.
    assert note_read(session, me, one, office.now + timedelta(hours=1)) == 0
    officers = {n: office.people[n] for n in ("handler", "co_officer")}
    office.take(lead, "handler", "verify", **officers)
    assert unread(me) == {lead.id} == asked_unread("handler")
    assert not has_read(session, me, lead.id, lead.version)
    assert note_read(session, me, one, office.now) == 1
    assert unread(me) == set()


def test_only_what_the_condition_holds_is_noted(office):
    session = office.session
    mine, hidden = office.lead("triage"), office.lead("drafted")
    actor = office.actor("supervisor@bureau")
    where = and_(Case.id.in_([mine.id, hidden.id]), visible(actor))
    assert note_read(session, actor.user_id, where, office.now) == 1
    assert unread_among(session, actor.user_id, [mine, hidden]) == {hidden.id}
    assert unread_among(session, actor.user_id, []) == set()
