"""A template database once a run, a copy for each worker, and the way back after each test."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine, make_url

from tests.helpers import pg

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "migrations"

# Set once by the process that starts the run; xdist's workers inherit them.
_RUN_DIRECTORY = "TRACKER_TEST_RUN_DIRECTORY"
_SERVER = "TRACKER_TEST_SERVER"
_TEMPLATE = "template_tracker"


def backend() -> str:
    """Which database this run is on: `sqlite` or `postgresql`."""
    chosen = os.environ.get("TRACKER_TEST_DB", "sqlite")
    if chosen not in ("sqlite", "postgresql"):
        raise ValueError(f"TRACKER_TEST_DB={chosen!r}: say sqlite or postgresql")
    return chosen


def begin_run() -> Callable[[], None]:
    """Make the run's directory and server; gives what ends them. Workers call nothing."""
    directory = Path(tempfile.mkdtemp(prefix="tracker-test-", dir="/tmp"))
    directory.chmod(0o755)
    os.environ[_RUN_DIRECTORY] = str(directory)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        if backend() == "postgresql":
            server = pg.start(directory)
            stack.callback(server.stop)
            os.environ[_SERVER] = server.url
        return stack.pop_all().close


def run_directory() -> Path:
    """The directory of this run, shared by its workers."""
    return Path(os.environ[_RUN_DIRECTORY])


def alembic_config(url: str, versions: Path | None = None) -> Config:
    """Alembic's settings for one database; `versions` replaces the product's own migrations."""
    config = Config(MIGRATIONS / "alembic.ini")
    config.attributes["url"] = url
    if versions:
        config.set_main_option("version_locations", str(versions))
    return config


class Databases:
    """Makes databases of the run's kind, drops them, and puts one back to its template."""

    def __init__(self, kind: str, worker: str, fill: Callable[[str], None]) -> None:
        self.kind = kind
        self._worker = worker
        self._fill = fill
        self._numbers = count(1)

    def create(self, *, empty: bool = False) -> str:
        """The address of a new database: the template's copy, or without any table."""
        name = f"t_{self._worker}_{next(self._numbers)}"
        if not empty:
            self._template()
        if self.kind == "postgresql":
            return pg.create_database(os.environ[_SERVER], name, None if empty else _TEMPLATE)
        path = run_directory() / f"{name}.db"
        if not empty:
            shutil.copyfile(self._template_file, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove a database made by `create`."""
        if self.kind == "postgresql":
            pg.drop_database(url)
            return
        path = Path(make_url(url).database or "")
        for end in ("", "-wal", "-shm", ".writer"):
            Path(f"{path}{end}").unlink(missing_ok=True)

    def restore(self, engine: Engine) -> None:
        """Undo everything that was committed since the database was created."""
        if self.kind == "postgresql":
            pg.restore_contents(engine.url.render_as_string(hide_password=False))
            return
        engine.dispose()
        path = Path(engine.url.database or "")
        for end in ("-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        # A new file: whoever still holds the old one open keeps the old one.
        copy = path.with_suffix(".new")
        shutil.copyfile(self._template_file, copy)
        copy.replace(path)

    @property
    def _template_file(self) -> Path:
        return run_directory() / f"{_TEMPLATE}.db"

    def _template(self) -> None:
        """Build the template once, whichever worker comes first."""
        ready = run_directory() / "template-ready"
        with (run_directory() / "template-lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if ready.exists():
                return
            if self.kind == "postgresql":
                url = pg.create_database(os.environ[_SERVER], _TEMPLATE)
                self._build(url)
                pg.keep_contents(url)
            else:
                url = f"sqlite:///{self._template_file}"
                self._build(url)
                _fold_wal(url)
            ready.touch()

    def _build(self, url: str) -> None:
        make_schema(url)
        self._fill(url)


def make_schema(url: str) -> None:
    """All tables, as the migrations make them."""
    if any((MIGRATIONS / "versions").glob("*.py")):
        command.upgrade(alembic_config(url), "heads")
        return
    from tracker.app import import_models
    from tracker.core.db import db

    import_models()
    engine = create_engine(url)
    db.metadata.create_all(engine)
    engine.dispose()


def _fold_wal(url: str) -> None:
    """One file holds everything: a copy must not miss what is still in the write-ahead log."""
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
