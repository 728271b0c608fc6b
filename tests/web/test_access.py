from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.web.small_site import (
    a_person,
    an_organisation,
    give_role,
    log_in,
    open_site,
    the_person,
)
from tracker.config import Settings
from tracker.core.accounts.roles import Role
from tracker.core.db import transaction
from tracker.core.errors import SetupError
from tracker.web.access import check_all_routes, needs

pytestmark = pytest.mark.once


@pytest.fixture
def site(
    fresh_db_url: Callable[..., str], test_settings: Callable[..., Settings]
) -> Iterator[Flask]:
    with open_site(test_settings(fresh_db_url())) as app:
        yield app


def test_a_route_without_a_rule_stops_the_start(site):
    site.add_url_rule("/planted", "planted", lambda: "open to all")
    with pytest.raises(SetupError, match="planted"):
        check_all_routes(site)
    # And should it get that far, nobody opens it.
    assert site.test_client().get("/planted").status_code == 404


def test_needs_names_a_role():
    with pytest.raises(ValueError, match="logged_in"):
        needs()


def test_a_stranger_is_asked_to_log_in_and_comes_back(site):
    client = site.test_client()
    assert client.get("/healthz").text == "ok"
    assert client.get("/inspectors?a=1").headers["Location"] == "/login?next=/inspectors?a%3D1"


def test_a_page_for_others_looks_like_no_page(site):
    client = site.test_client()
    log_in(client)
    hidden, nothing = client.get("/inspectors"), client.get("/no-such-page")
    assert hidden.status_code == nothing.status_code == 404

    def without_id(answer):
        return answer.text.replace(answer.headers["X-Request-Id"], "")

    assert without_id(hidden) == without_id(nothing)
    assert hidden.headers["X-Request-Id"] != nothing.headers["X-Request-Id"]


def test_the_role_opens_the_page_and_losing_it_closes_it(site):
    with site.app_context(), transaction() as session:
        an_organisation(session, 900)
        user_id = the_person(session).id
        give_role(session, user_id, Role.INSPECTOR, 900)
    client = site.test_client()
    log_in(client)
    assert client.get("/inspectors").text == "inspectors"


def test_an_htmx_request_of_a_stranger_sends_the_page_to_login(site):
    answer = site.test_client().get(
        "/poll", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/leads/new"}
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/leads/new"


def test_a_visit_is_written_at_most_once_a_minute(site, at_time, count_writes):
    at_time("2026-05-11 09:00")
    client = site.test_client()
    log_in(client)
    with count_writes(site) as writes:
        for second in (10, 20, 59):
            at_time(f"2026-05-11 09:00:{second:02d}")
            client.get("/")
        assert writes == []
        at_time("2026-05-11 09:01:01")
        client.get("/")
        assert len(writes) == 1


@pytest.fixture
def count_writes():
    from contextlib import contextmanager

    from sqlalchemy import event

    from tracker.core.db import db

    @contextmanager
    def counting(app):
        seen = []

        def note(_conn, _cursor, statement, *_rest):
            if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        yield seen
        event.remove(engine, "before_cursor_execute", note)

    return counting


def test_two_people_share_no_rights(site):
    with site.app_context(), transaction() as session:
        an_organisation(session, 901)
        give_role(session, a_person(session, "batu"), Role.INSPECTOR, 901)
    mine, theirs = site.test_client(), site.test_client()
    log_in(mine)
    log_in(theirs, "batu")
    assert theirs.get("/inspectors").status_code == 200
    assert mine.get("/inspectors").status_code == 404
