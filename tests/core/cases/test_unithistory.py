"""The history of a unit: cases as the reader sees them, and counts that give nothing away."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from tests.security.world import World
from tracker.core.cases import caps
from tracker.core.cases.models import Case, CasePerson
from tracker.core.cases.respondents import record_event
from tracker.core.cases.scope import RECUSED, visible
from tracker.core.cases.unithistory import history, open_cases
from tracker.core.db import transaction
from tracker.core.registers.models import Unit
from tracker.core.rulebook.loader import default_rulebook
from tracker.workflows.leads.models import Lead

UNIT = "示例煤业有限公司"
ON = date(2026, 3, 2)


@pytest.fixture
def world(session):
    with transaction():
        return World(session)


def _past(world, who, today=ON):
    session, actor = world.session, world.actor(who)
    unit = session.scalars(select(Unit)).one()
    rule = default_rulebook().rule("T31", today)
    return history(session, actor, unit, today, rule, visible(actor))


def _year(past, organ="东胜区统计局"):
    return next((y.count, y.exempt, y.most) for y in past.years if y.organ == organ)


@pytest.fixture
def lead(world):
    with transaction():
        return world.lead_about(UNIT, "triage")


def test_cases_and_counts_are_said_to_whom_they_concern(world, lead, session):
    bureau = world.orgs["bureau"]
    with transaction():
        record_event(session, lead, "inspection", date(2026, 1, 5), bureau)
        record_event(session, lead, "inspection", date(2026, 2, 5), bureau, exempt=True)
        record_event(session, lead, "inspection", date(2025, 12, 31), bureau)
        caps.set_cap(session, world.actor("head@bureau"), bureau, 2026, 1, "公告", now=world.now)
    past = _past(world, "head@bureau")
    assert [c.id for c in past.cases] == [lead.id]
    assert [(e.on.year, e.exempt, e.case) for e in past.events] == [
        (2026, True, lead), (2026, False, lead), (2025, False, lead),
    ]  # fmt: skip
    assert _year(past) == (1, 1, 1)
    assert past.years[0].full
    # Another inspector does not see the case, and must know that the year is used up.
    other = _past(world, "inspector@bureau")
    assert (other.cases, {e.case for e in other.events}) == ([], {None})
    assert _year(other) == (1, 1, 1)
    assert open_cases(session, visible(world.actor("head@bureau")), [lead.unit_id]) == {
        lead.unit_id: 1
    }


def test_a_restricted_case_is_not_even_counted_to_others(world, lead, session):
    with transaction():
        record_event(session, lead, "inspection", date(2026, 1, 5), world.orgs["bureau"])
        record_event(session, lead, "correction_order", date(2026, 1, 6), world.orgs["bureau"])
        session.execute(update(Case).where(Case.id == lead.id).values(restricted=True))
    for who in ("inspector@bureau", "registrar@city", "legal_reviewer@bureau", "head@city"):
        past = _past(world, who)
        assert (past.cases, past.events, past.orders) == ([], [], []), who
        assert all(y.count == 0 for y in past.years), who
    for who in ("handler", "head@bureau", "supervisor@bureau"):
        past = _past(world, who)
        assert ([c.id for c in past.cases], len(past.events)) == ([lead.id], 2), who
        assert _year(past) == (1, 0, None)


def test_recusal_and_clearance_hold_for_counts_too(world, lead, session):
    with transaction():
        record_event(session, lead, "inspection", date(2026, 1, 5), world.orgs["bureau"])
        user_id = world.people["inspector@bureau"]
        session.add(CasePerson(case_id=lead.id, user_id=user_id, part=RECUSED, since=world.now))
    assert _past(world, "inspector@bureau").events == []
    assert len(_past(world, "head@bureau").events) == 1
    with transaction():
        session.execute(update(Case).where(Case.id == lead.id).values(confidentiality=3))
    actor = world.actor("registrar@bureau")
    low = type(actor)(actor.user_id, actor.name, 2, actor.powers)
    unit = session.get_one(Unit, lead.unit_id)
    rule = default_rulebook().rule("T31", ON)
    past = history(session, low, unit, ON, rule, visible(low))
    assert (past.cases, past.events) == ([], [])


def test_orders_leave_the_rolling_year_one_by_one(world, lead, session):
    days = [date(2025, 3, 1), date(2025, 3, 2), date(2025, 9, 30), date(2026, 2, 10)]
    with transaction():
        for day in days:
            record_event(session, lead, "correction_order", day, world.orgs["bureau"])
    past = _past(world, "head@bureau")
    # On 2026-03-02 the order of 2025-03-02 counts for the last time, that of the day before not.
    assert [(o.on, o.counts_until) for o in past.orders] == [
        (date(2025, 3, 2), date(2026, 3, 2)),
        (date(2025, 9, 30), date(2026, 9, 30)),
        (date(2026, 2, 10), date(2027, 2, 10)),
    ]
    assert past.repeated.reached
    later = _past(world, "head@bureau", date(2026, 3, 3))
    assert (len(later.orders), later.repeated.reached) == (2, False)


def test_the_history_knows_leads_of_the_same_unit_only(world, lead, session):
    with transaction():
        other = world.lead_about("示例水泥有限公司", "triage")
    assert other.unit_id != lead.unit_id
    actor = world.actor("head@bureau")
    unit = session.get_one(Unit, other.unit_id)
    rule = default_rulebook().rule("T31", ON)
    past = history(session, actor, unit, ON, rule, visible(actor))
    assert [c.id for c in past.cases] == [other.id]
    assert isinstance(past.cases[0], Lead)
