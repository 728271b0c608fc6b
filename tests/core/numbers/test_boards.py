"""Figures over a small office, typed by hand from how its leads were walked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from tests.security.world import NEXT_COUNTY, World
from tests.workflows.leads.walking import HERE, a_lead_data
from tracker.core.cases.asking import Question, asked
from tracker.core.cases.models import Case
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.numbers.counting import Scope
from tracker.core.numbers.explore import DIMENSIONS, MEASURES, explore
from tracker.core.numbers.figures import Board
from tracker.core.numbers.overview import overview
from tracker.core.numbers.period import read_period
from tracker.core.numbers.places import places
from tracker.core.numbers.timing import hands, timing
from tracker.workflows.leads.numbers import OFFER

WALKED = ("drafted", "sent", "triage", "verifying", "closing", "closed")


class Office:
    """A world with a lead in each of six states, one in the next county, one of the public."""

    def __init__(self, session):
        self.world, self.session = World(session), session
        for n, at in enumerate(WALKED):
            self.world.lead_about(f"示例企业{n}", at)
        report = a_lead_data(unit_name="示例水泥有限公司", channel="report")
        self.next = self.world.intake_at("county", report)
        self.next.region_code = NEXT_COUNTY
        session.flush()

    def scope(self, who, **asks):
        today = office_date(self.world.now)
        base = Question(**asks)
        return Scope(self.session, self.world.actor(who), today, base, read_period({}, today))

    def holds(self, scope, board):
        """Every figure with a question is the number of cases that the question finds."""
        checked = 0
        rows = [r for b in board.blocks for r in (*b.rows, *([b.total] if b.total else []))]
        figures = [f for row in rows for f in row.figures] + [k.figure for k in board.keys]
        for figure in figures:
            if figure.ask is not None:
                where = asked(self.session, scope.actor, figure.ask, scope.today)
                query = select(func.count()).select_from(Case.__table__).where(where)
                assert self.session.scalar(query) == figure.value, figure.ask.args()
                checked += 1
        assert checked
        return checked


@pytest.fixture
def office(session):
    with transaction():
        yield Office(session)


def values(row):
    return [figure.value for figure in row.figures]


def block(board, name):
    return next(b for b in board.blocks if b.name == name)


def the_overview_counts_what_is_open_and_what_the_year_brought(office):
    scope = office.scope("supervisor@bureau")
    board = overview(scope)
    # Drafts are the department's own; the closed one is no longer open; another county's is not
    # this bureau's to see.
    (leads,) = block(board, "kinds").rows
    assert (leads.figures[0].value, leads.figures[4].value, leads.figures[5].value) == (4, 5, 1)
    assert sum(values(leads)[1:4]) == 4
    assert [key.figure.value for key in board.keys][:1] == [4]
    assert sum(values(row)[0] for row in block(board, "months").rows) == 5
    city = overview(office.scope("supervisor@city"))
    assert block(city, "kinds").total.figures[0].value == 5
    # A department's page: its own six, five of them open, and not who has them in the bureau.
    own = overview(office.scope("dept_approver@dept"))
    assert values(block(own, "kinds").rows[0])[0] == 5
    assert {b.name for b in own.blocks} == {"kinds", "months", "states"}
    assert sum(values(row)[0] for row in block(own, "states").rows) < 5
    for one, seen in ((scope, board), (office.scope("dept_approver@dept"), own)):
        office.holds(one, seen)


def places_add_up_to_the_whole_whatever_code_a_case_bears(office):
    scope = office.scope("supervisor@city")
    (table,) = places(scope).blocks
    by_name = {row.label: values(row)[0] for row in table.rows if values(row)[0]}
    assert by_name == {"东胜区": 4, "康巴什区": 1}
    office.next.region_code = "150600000000"
    office.session.flush()
    assert {values(r)[0]: str(r.label) for r in places(scope).blocks[0].rows}[1] == "鄂尔多斯市本级"
    # A unit from elsewhere, checked here all the same.
    office.next.region_code = "220102000000"
    office.session.flush()
    board = places(scope)
    assert [values(r)[0] for r in board.blocks[0].rows if r.label == "其他地方"] == [1]
    assert values(board.blocks[0].total)[0] == 5
    office.holds(scope, board)
    # Drilled down, the townships of a county and the county itself.
    below = office.scope("supervisor@city", region=HERE)
    (inside,) = places(below).blocks
    assert values(inside.total)[0] == 4
    office.holds(below, places(below))


def time_and_hands_and_departments_open_what_they_count(office):
    scope = office.scope("supervisor@bureau")
    for page in (timing, hands, OFFER.fill):
        office.holds(scope, page(scope))
    stays = {str(r.label): values(r) for r in block(timing(scope), "stays").rows}
    # Five were sent and received at once on one day; two of them were triaged to a verification.
    assert stays["线索：待接收"][0] == 4
    answers = block(OFFER.fill(scope), "answers")
    assert values(answers.total)[:2] == [5, 2]
    results = block(OFFER.fill(scope), "results")
    assert sum(values(row)[0] for row in results.rows) == values(results.total)[0] == 5


def every_measure_by_every_dimension_opens_what_it_counts(office):
    scope = office.scope("supervisor@city")
    asks = [(of, "kind") for of in MEASURES] + [("all", by) for by in DIMENSIONS]
    for of, by in asks:
        found = explore(scope, of, by, "state" if by == "place" else "")
        assert sum(values(r)[-1] for r in found.rows) == values(found.total)[-1]
        if values(found.total)[-1]:
            office.holds(scope, Board(blocks=[found]))


def an_empty_period_counts_nothing_and_divides_by_nothing(office):
    scope = office.scope("supervisor@bureau")
    scope = replace(scope, period=read_period({"p": "2019"}, scope.today))
    (leads,) = block(overview(scope), "kinds").rows
    assert values(leads)[4:] == [0, 0]
    assert block(timing(scope), "stays").rows == []
    share = block(OFFER.fill(scope), "answers").total.figures[2]
    assert share.value is None
    assert str(share.why) == "不计算"
    assert scope.period.last == date(2019, 12, 31)


CHECKS = (
    the_overview_counts_what_is_open_and_what_the_year_brought,
    places_add_up_to_the_whole_whatever_code_a_case_bears,
    time_and_hands_and_departments_open_what_they_count,
    every_measure_by_every_dimension_opens_what_it_counts,
    an_empty_period_counts_nothing_and_divides_by_nothing,
)


@pytest.mark.at_time("2026-03-04 10:00")
def test_boards(office):
    """One office for all of them: walking its leads costs more than asking."""
    for check in CHECKS:
        savepoint = office.session.begin_nested()
        check(office)
        savepoint.rollback()
        office.session.expire_all()
