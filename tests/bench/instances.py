"""The product on a database of its own with a number of cases, and people logged in to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.bench.fill import fill
from tests.bench.office import Office, log_in, open_office
from tests.bench.rows import Leads
from tests.helpers import pg
from tests.helpers.databases import make_schema
from tracker.app import create_app
from tracker.config import load_settings
from tracker.core.calendar import store
from tracker.core.clock import office_date, utc_now
from tracker.core.db import db, transaction

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Instance:
    """One filled installation; `browser` gives somebody's client and CSRF token."""

    kind: str
    count: int
    app: Flask
    office: Office
    _browsers: dict[str, tuple[FlaskClient, str]] = field(default_factory=dict)

    def browser(self, part: str) -> tuple[FlaskClient, str]:
        """A logged-in client of one person, made once."""
        if part not in self._browsers:
            with self.app.app_context(), transaction() as session:
                raw_id = log_in(session, self.office.people[part], utc_now())
            client = self.app.test_client()
            client.set_cookie("tracker_session", raw_id)
            page = client.get("/me").text
            token = _TOKEN.search(page)
            assert token, "no form with a token on the page of one's own account"
            self._browsers[part] = (client, token[1])
        return self._browsers[part]

    @property
    def today(self) -> date:
        """Today at the office."""
        return office_date(utc_now())

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """A driver's cursor on a pooled connection of the product's own engine."""
        with self.app.app_context():
            raw = db.engine.raw_connection()
        try:
            yield raw.cursor()
        finally:
            raw.close()


@contextmanager
def databases() -> Iterator[dict[str, Any]]:
    """A directory and a durable server, gone afterwards."""
    with TemporaryDirectory(prefix="tracker-bench-", dir="/tmp") as name:
        directory = Path(name)
        directory.chmod(0o755)
        server = pg.start(directory)
        try:
            yield {"directory": directory, "server": server.url}
        finally:
            server.stop()


def durable(server_url: str) -> None:
    """Let the server wait for the disk, as a real one does; SQLite does so already."""
    with pg.connect(server_url) as connection:
        connection.execute("ALTER SYSTEM RESET ALL")
        connection.execute("SELECT pg_reload_conf()")


def make(kind: str, count: int, place: dict[str, Any]) -> Instance:
    """An installation with so many cases."""
    name = f"b_{kind}_{count}"
    instance = place["directory"] / name
    instance.mkdir(mode=0o700)
    if kind == "postgresql":
        url = pg.create_database(place["server"], name)
    else:
        url = f"sqlite:///{instance / 'tracker.db'}"
    make_schema(url)
    app = create_app(
        load_settings(instance, database_uri=url, secret_key="measured-only-" * 4, https=False)
    )
    now = utc_now()
    with app.app_context():
        with transaction() as session:
            office = open_office(session, now)
        calendar = store.load(db.session())
        db.session.remove()
        fill(db.engine, Leads(office, calendar, office_date(now)).rows(count))
    return Instance(kind, count, app, office)
