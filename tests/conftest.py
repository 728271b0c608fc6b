"""What tests share: the app, a database put back after each test, a clock that stands still."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from tests.helpers import databases, demo
from tracker.config import Settings, load_settings
from tracker.core.calendar import store as calendar_store
from tracker.core.cases.means import Means, set_means
from tracker.core.clock import OFFICE_ZONE, utc_now
from tracker.core.db import db, transaction
from tracker.core.files.store import FileStore
from tracker.core.registers.places import seed_regions

# Files whose tests share what takes long to make: the demo, papers turned into pages.
_SHARING = {
    "tests/test_demo.py": "demo",
    "tests/web/test_crawl.py": "demo",
    "tests/web/test_dashboards.py": "demo",
    "tests/core/documents/test_layout.py": "layout",
}
_ON_A_DATABASE = {"_worker_app", "all_databases"}
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def template_data() -> None:
    """What every test finds in its database: the calendar and the register of places."""
    with transaction() as session:
        calendar_store.seed(session, utc_now())
        seed_regions(session)


# ---------------------------------------------------------------- the run


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.add_cleanup(databases.begin_run())


def pytest_report_header() -> str:
    return f"database: {databases.backend()}"


class _Together(LoadScopeScheduling):
    """One test at a time to whoever is free; what shares something dear goes to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return _SHARING.get(nodeid.partition("::")[0], nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Together:
    """Who runs what, with -n: xdist 3.8's own groups are lost on pytest 9.2."""
    return _Together(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What this run leaves out, and what may take longer.

    Without chromium the browser tests, unless CI asks for all of them; on PostgreSQL, the second
    database of a full run, the tests that touch none or only walk pages (`once`).
    """
    for item in items:  # whoever comes first waits until the demo is prepared
        if "demo_office" in _fixtures(item) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(600))
    out: list[pytest.Item] = []
    if not os.environ.get("TRACKER_REQUIRE_BROWSER") and not any(map(shutil.which, _CHROMIUM)):
        out += [item for item in items if item.get_closest_marker("browser")]
    if databases.backend() == "postgresql":
        out += [
            item
            for item in items
            if item.get_closest_marker("once") or not _ON_A_DATABASE & set(_fixtures(item))
        ]
    if out:
        left = set(map(id, out))
        items[:] = [item for item in items if id(item) not in left]
        config.hook.pytest_deselected(items=out)


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


# ---------------------------------------------------------------- app and database


class IsolatedClient(FlaskClient):
    """A client whose requests share nothing with the test's own app context.

    Otherwise a request would use the test's session and `g` (where Flask-Login keeps the user),
    and pass or fail for reasons no real request has. Afterwards the test's session forgets what
    it read, so that a look at a row shows what the request did.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # Read to its end, as a browser does: what was opened for an answer is closed.
        response = Context().run(super().open, *args, **{"buffered": True, **kwargs})
        if has_app_context():
            db.session.rollback()
        return response


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """The name of this xdist worker; `main` without xdist."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture(scope="session")
def test_settings(worker: str) -> Callable[..., Settings]:
    """Settings of mode `test` for a database; what is named replaces the rest."""

    def make(database_uri: str, **overrides: object) -> Settings:
        instance = databases.run_directory() / f"instance-{worker}"
        instance.mkdir(exist_ok=True)
        return load_settings(
            instance, **{"mode": "test", "database_uri": database_uri, **overrides}
        )

    return make


@pytest.fixture(scope="session")
def all_databases(worker: str, test_settings: Callable[..., Settings]) -> databases.Databases:
    """The maker of databases of the chosen backend; tests use `fresh_db_url`."""

    def fill(url: str) -> None:
        app = _make_app(test_settings(url))
        with app.app_context():
            template_data()
            db.session.remove()
            db.engine.dispose()

    return databases.Databases(databases.backend(), worker, fill)


@pytest.fixture(scope="session")
def _worker_app(
    all_databases: databases.Databases, test_settings: Callable[..., Settings]
) -> Iterator[Flask]:
    url = all_databases.create()
    app = _make_app(test_settings(url))
    yield app
    with app.app_context():
        db.engine.dispose()
    all_databases.drop(url)


@pytest.fixture
def app(_worker_app: Flask, all_databases: databases.Databases) -> Iterator[Flask]:
    """The product on this worker's database. CSRF tokens are not asked for: see `csrf`."""
    settings: Settings = _worker_app.config["TRACKER_SETTINGS"]
    # Another test may have made an app with files of its own.
    set_means(Means(FileStore(settings.files_path), settings.vault_key_path))
    yield _worker_app
    with _worker_app.app_context():
        db.session.remove()
        all_databases.restore(db.engine)
    shutil.rmtree(settings.files_path, ignore_errors=True)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The session of an app context; `transaction()` inside the test writes through the same."""
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> IsolatedClient:
    """A browser without a screen, not logged in."""
    return IsolatedClient(app, app.response_class, use_cookies=True)


@pytest.fixture
def csrf(app: Flask) -> Iterator[None]:
    """Forms without a token are refused during this test, as in production."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def fresh_db_url(all_databases: databases.Databases) -> Iterator[Callable[..., str]]:
    """Make databases for this test alone: `fresh_db_url()`, or `fresh_db_url(empty=True)`."""
    made: list[str] = []

    def make(*, empty: bool = False) -> str:
        made.append(all_databases.create(empty=empty))
        return made[-1]

    yield make
    for url in made:
        all_databases.drop(url)


@pytest.fixture
def fresh_app(
    fresh_db_url: Callable[..., str], test_settings: Callable[..., Settings]
) -> Iterator[Callable[..., Flask]]:
    """Make an app on a database of its own: for threads, processes, and what must not be undone."""
    made: list[Flask] = []

    def make(url: str | None = None, **overrides: object) -> Flask:
        made.append(_make_app(test_settings(url or fresh_db_url(), **overrides)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _make_app(settings: Settings) -> Flask:
    from tracker.app import create_app

    app = create_app(settings)
    app.test_client_class = IsolatedClient
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            # Tests survive no power cut, so they need not wait for the disk.
            event.listen(db.engine, "connect", _do_not_wait_for_the_disk)
    return app


def _do_not_wait_for_the_disk(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


# ---------------------------------------------------------------- the demo


@pytest.fixture(scope="session")
def demo_office(worker: str) -> demo.DemoOffice:
    """The files of the demo, prepared: the copy of this worker."""
    return demo.copied(databases.run_directory() / f"demo-{worker}")


@pytest.fixture(scope="session")
def _demo_product(demo_office: demo.DemoOffice) -> Flask:
    app = demo.make_app(demo_office)
    app.test_client_class = IsolatedClient
    return app


@pytest.fixture
def demo_app(_demo_product: Flask, demo_office: demo.DemoOffice) -> Iterator[Flask]:
    """The product over the demo at `demo.LOOKED_AT`; what a test writes is gone in the next."""
    clock = Clock()
    clock(demo.LOOKED_AT)
    with demo.in_use(_demo_product, demo_office):
        yield _demo_product
    clock.stop()


@pytest.fixture
def demo_client(demo_app: Flask) -> Callable[..., IsolatedClient]:
    """`demo_client("head.ordos")` is that person's browser; `language="en"` reads English."""

    def of(username: str, *, language: str = "zh") -> IsolatedClient:
        client = IsolatedClient(demo_app, demo_app.response_class, use_cookies=True)
        demo.log_in(demo_app, client, username, language=language)
        return client

    return of


# ---------------------------------------------------------------- looking on


@dataclass
class Queries:
    """The SQL statements sent while somebody looked on."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        return "\n".join(f"{n}. {text}" for n, text in enumerate(self.statements, 1))


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[Queries]]:
    """`with count_queries() as seen: ...`, then `seen.count <= 12, str(seen)`."""

    @contextmanager
    def looking() -> Iterator[Queries]:
        seen = Queries()

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: object) -> None:
            seen.statements.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return looking


# ---------------------------------------------------------------- time


class Clock:
    """The machine's clock under a test's control; it stands still until it is set again."""

    def __init__(self) -> None:
        self._traveller: time_machine.travel | None = None

    def __call__(self, text: str) -> datetime:
        """Set the clock to an office wall-clock time and give that moment."""
        self.stop()
        moment = datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)
        self._traveller = time_machine.travel(moment.timestamp(), tick=False)
        self._traveller.start()
        return moment

    def stop(self) -> None:
        if self._traveller:
            self._traveller.stop()
            self._traveller = None


@pytest.fixture
def at_time() -> Iterator[Clock]:
    """`at_time("2026-03-02 10:00")` sets the clock, as often as a test needs."""
    clock = Clock()
    yield clock
    clock.stop()


@pytest.fixture(autouse=True)
def _marked_time(request: pytest.FixtureRequest) -> Iterator[None]:
    marker = request.node.get_closest_marker("at_time")
    if marker is None:
        yield
        return
    clock = Clock()
    clock(marker.args[0])
    yield
    clock.stop()


@pytest.fixture
def root() -> Path:
    """The top of the source tree."""
    return databases.ROOT
