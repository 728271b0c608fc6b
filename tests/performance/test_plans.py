"""Lists walk an index in their own order: no scan of all cases, no sorting of what is not shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.helpers.databases import backend
from tests.performance.conftest import Bureau
from tests.performance.looking import plans
from tracker.core.accounts.actor import load_actor
from tracker.core.cases.worklist import waiting_by_kind, waiting_for_me
from tracker.core.clock import office_date, utc_now
from tracker.core.db import db
from tracker.workflows.leads.queries import Filters, list_leads

# Enough that PostgreSQL, which weighs by size, prefers an index at all.
MANY = 1500


@pytest.fixture
def filled(bureau: Callable[..., Bureau]) -> Bureau:
    return bureau(MANY)


def read(bureau: Bureau, part: str, filters: Filters | None, after: str | None = None) -> list[str]:
    """The plans of one person's list, or of what waits for them."""
    today = office_date(utc_now())

    def run() -> None:
        with bureau.app.app_context():
            session = db.session()
            actor = load_actor(session, bureau.office.people[part], today)
            if filters is None:
                waiting_for_me(session, actor)
                waiting_by_kind(session, actor)
            else:
                list_leads(session, actor, filters, today, after=after)

    return plans(bureau.app, run)


LISTS: tuple[tuple[str, Filters | None, str], ...] = (
    ("inspector1", None, "ix_cases_turn_person"),
    ("supervisor", Filters(), "ix_cases_scope_open"),
    ("registrar", Filters(), "ix_cases_bureau_open"),
    ("supervisor", Filters(states=("verifying",)), "ix_cases_scope_state"),
    ("registrar", Filters(states=("verifying",)), "ix_cases_bureau_state"),
    ("liaison0", Filters(), "ix_cases_origin_open"),
    ("head", Filters(view="late"), "ix_cases_scope_open"),
)


def test_every_list_walks_its_index(filled: Bureau) -> None:
    for part, filters, index in LISTS:
        walks_its_index(filled, part, filters, index)


def walks_its_index(filled: Bureau, part: str, filters: Filters | None, index: str) -> None:
    """One person's list, on either database."""
    found = read(filled, part, filters)
    if backend() == "sqlite":
        for plan in found:
            assert index in plan, plan
            assert "SCAN cases" not in plan, plan
            # Of what waits, only the few that each way gave are sorted, behind their union; a
            # department sorts its own cases anew, by the due dates that it may know.
            few = int(filters is None and plan is found[0])
            most = 1 if part.startswith("liaison") else few
            assert few <= plan.count("TEMP B-TREE FOR ORDER BY") <= most, plan
            assert "MULTI-INDEX OR" not in plan, plan
    else:
        assert "Seq Scan on cases" not in found[0], found[0]
        assert "ix_cases_" in found[0], found[0]


def test_the_next_page_begins_where_the_last_one_ended(filled: Bureau) -> None:
    found = read(filled, "supervisor", Filters(), "2026-01-01.7")[0]
    if backend() == "sqlite":
        assert "ix_cases_scope_open" in found
        assert "(due_order,id)>(?,?)" in found.replace(" ", "") or "due_order>?" in found, found
        assert "TEMP B-TREE FOR ORDER BY" not in found, found
    else:
        assert "Seq Scan on cases" not in found, found
