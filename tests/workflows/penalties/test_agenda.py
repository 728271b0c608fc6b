"""Hearings stand in the calendar, for those who see the case, on the day they are set for."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from tests.workflows.penalties.walking import Office
from tracker.app import register_flows
from tracker.core.cases.agenda import agenda
from tracker.core.cases.scope import visible
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.workflows.penalties.rows import Hearing


def test_a_hearing_is_on_its_day_and_one_that_was_postponed_is_not(session):
    register_flows()
    with transaction():
        office = Office(session)
        case = office.case("summoned")
    row = session.scalars(select(Hearing)).one()
    day = office_date(row.hearing_at)

    def entries(who, first=day, last=day):
        actor = office.actor(who)
        found = agenda.entries(session, actor, visible(actor), first, last)
        return [(e.at, str(e.label)) for e in found if e.case.id == case.id and e.kind == "event"]

    shown = [(row.hearing_at, "听证，三楼会议室")]
    for who in ("handler", "supervisor@bureau", "head@bureau"):
        assert entries(who) == shown, who
    assert entries("handler", date(2026, 1, 1), day - timedelta(days=1)) == []
    assert entries("handler", day + timedelta(days=1), date(2026, 12, 31)) == []
    assert entries("inspector@bureau") == []
    with transaction():
        row.postponed = True
    assert entries("handler") == []
