"""A bureau with as many leads as a test asks for, and its people logged in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.bench.fill import fill
from tests.bench.office import Office, log_in, open_office
from tests.bench.rows import Leads
from tracker.core.calendar import store
from tracker.core.clock import office_date, utc_now
from tracker.core.db import db, transaction


@dataclass
class Bureau:
    """The app, its people, and a browser for each."""

    app: Flask
    office: Office

    def browser(self, part: str) -> FlaskClient:
        """A client logged in as somebody."""
        with self.app.app_context(), transaction() as session:
            raw_id = log_in(session, self.office.people[part], utc_now())
        client = self.app.test_client()
        client.set_cookie("tracker_session", raw_id)
        return client


@pytest.fixture
def bureau(fresh_app: Callable[..., Flask]) -> Callable[..., Bureau]:
    def make(count: int, mix: dict[str, int] | None = None) -> Bureau:
        app, now = fresh_app(), utc_now()
        with app.app_context():
            with transaction() as session:
                office = open_office(session, now)
            calendar = store.load(db.session())
            db.session.remove()
            fill(db.engine, Leads(office, calendar, office_date(now), mix=mix).rows(count))
        return Bureau(app, office)

    return make
