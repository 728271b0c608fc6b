"""The test bench itself: what one test writes, the next one does not see."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from tests.helpers.databases import backend
from tracker.core.accounts.models import User
from tracker.core.audit.models import AuditRow
from tracker.core.clock import OFFICE_ZONE, at_office, office_date, utc_now
from tracker.core.db import db, transaction


def a_user(username: str = "gaowa") -> User:
    return User(username=username, name="高娃", created_at=at_office(date(2026, 3, 2)))


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_committed_rows_are_gone_in_the_next_test(session, nth):
    assert session.scalar(select(func.count()).select_from(User)) == 0, "the last test left rows"
    with transaction() as writer:
        writer.add(a_user())
    assert session.scalar(select(User.id)) == 1, "numbering begins again, too"


@pytest.mark.parametrize("nth", [1, 2])
def test_rows_that_nobody_may_delete_are_gone_too(session, nth):
    assert session.scalar(text("SELECT count(*) FROM audit_rows")) == 0
    with transaction() as writer:
        writer.add(
            AuditRow(
                at=utc_now(),
                tag="planted",
                object="nothing",
                result="done",
                details="{}",
                alg="none",
                salt="",
                canonical="",
                row_hash="",
            )
        )
    with pytest.raises(DBAPIError, match="append-only"), transaction() as writer:
        writer.execute(text("DELETE FROM audit_rows"))


def test_the_backend_is_the_one_asked_for(session):
    assert session.connection().dialect.name == backend()


def test_statements_are_counted(session, count_queries):
    with count_queries() as seen:
        session.execute(text("SELECT 1"))
        session.execute(text("SELECT 2"))
    assert seen.count >= 2
    assert "SELECT 2" in str(seen)
    session.execute(text("SELECT 3"))
    assert "SELECT 3" not in str(seen)


def test_a_request_does_not_share_the_tests_session(app, session):
    seen = []
    view = app.test_client_class(app)
    own = id(db.session())
    app.before_request_funcs.setdefault(None, []).append(lambda: seen.append(id(db.session())))
    try:
        view.get("/nowhere-at-all")
    finally:
        app.before_request_funcs[None].pop()
    assert seen
    assert seen[0] != own


def test_databases_of_ones_own(fresh_app, session):
    other = fresh_app()
    with other.app_context(), transaction() as writer:
        writer.add(a_user("other"))
    assert session.scalar(select(func.count()).select_from(User)) == 0


@pytest.mark.at_time("2026-03-02 10:00")
def test_time_stands_where_the_mark_says():
    assert utc_now().astimezone(OFFICE_ZONE).isoformat() == "2026-03-02T10:00:00+08:00"


def test_time_can_be_moved_during_a_test(at_time):
    at_time("2026-03-31 23:59")
    assert office_date(utc_now()).isoformat() == "2026-03-31"
    at_time("2026-04-01 00:00")
    assert office_date(utc_now()).isoformat() == "2026-04-01"
