"""The demo's office for tests: prepared once per state of the source, a copy for each that looks.

`python -m tests.helpers.demo FOLDER` prepares one. Preparing takes most of a minute; what it made
is kept under build/demo/ and used again until something changes that a demo is made of. While
working on such a thing, TRACKER_TEST_DEMO=FOLDER names a prepared one to use whatever has changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from tests.helpers.databases import ROOT
from tracker.config import Settings, ensure_secret, load_settings
from tracker.core.benchmarks.loader import use_folder as use_benchmarks
from tracker.core.cases import means as means_module
from tracker.core.cases.means import set_means
from tracker.core.clock import at_office, utc_now

# The demo's last act is before this moment, and everybody who looks, looks at it an hour later.
NOW = at_office(date(2026, 11, 22), 8)
LOOKED_AT = "2026-11-22 09:00"
_KEPT = ROOT / "build" / "demo"
_KEEP = 2
# What the rows of a demo do not depend on.
_ONLY_SHOWN = ("tracker/web/", "tracker/static/", "tracker/translations/", "tracker/commands/")


def demo_settings(instance: Path) -> Settings:
    """The settings of a demo in a folder, with passwords that cost little."""
    ensure_secret(instance)
    return load_settings(instance, mode="demo", argon2_memory_kib=8, argon2_time_cost=1)


@dataclass(frozen=True)
class DemoOffice:
    """A demo of one's own to look at: where it lies, and who can log in."""

    settings: Settings
    result: dict[str, Any]

    @property
    def instance(self) -> Path:
        """The folder of the instance."""
        return self.settings.instance_path

    @property
    def database(self) -> Path:
        """The file of its database."""
        return self.instance / "tracker.db"

    @property
    def accounts(self) -> list[str]:
        """The names one can log in with, such as `supervisor.150602`."""
        return [login["username"] for login in self.result["logins"]]


# ---------------------------------------------------------------- preparing


@cache
def _source() -> str:
    """A name for the state of everything that the rows of a demo are made of."""
    found = hashlib.sha256(NOW.isoformat().encode())
    tops = (ROOT / "tracker", ROOT / "migrations", Path(__file__))
    files = [p for top in tops for p in ([top] if top.is_file() else top.rglob("*"))]
    for path in sorted(files):
        name = path.relative_to(ROOT).as_posix()
        shown = name.startswith(_ONLY_SHOWN) or path.name == "views.py"
        if path.is_file() and not shown and "__pycache__" not in path.parts:
            found.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def prepared() -> Path:
    """A finished demo of today's source, which nobody may change: see `copied`."""
    if named := os.environ.get("TRACKER_TEST_DEMO"):
        return Path(named)
    _KEPT.mkdir(parents=True, exist_ok=True)
    folder = _KEPT / _source()
    with (_KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _make(folder)
        os.utime(folder)
        kept = sorted((p for p in _KEPT.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
        for old in kept[:-_KEEP]:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def _make(folder: Path) -> None:
    draft = folder.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    own = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    made = subprocess.run(
        [sys.executable, "-m", "tests.helpers.demo", str(draft)],
        cwd=ROOT, env=own, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    draft.rename(folder)


def copied(folder: Path) -> DemoOffice:
    """A copy of the prepared demo in a new folder."""
    from tracker.demo import run

    shutil.copytree(prepared(), folder)
    settings = demo_settings(folder)
    return DemoOffice(settings, run._result(settings))


def _paper() -> bytes:
    """A document of one line: what papers look like is tested elsewhere."""
    import docx

    out = io.BytesIO()
    paper = docx.Document()
    paper.add_paragraph("示例文书")
    paper.save(out)
    return out.getvalue()


def main(folder: Path) -> None:
    """Prepare the demo in a folder that does not exist yet."""
    from tracker.core.documents import service
    from tracker.demo import run

    paper = _paper()
    setattr(service, "render_docx", lambda *_args, **_more: paper)  # noqa: B010 - for this process
    run.prepare(demo_settings(folder), now=NOW)


# ---------------------------------------------------------------- looking


def make_app(office: DemoOffice) -> Flask:
    """The product over the demo, without forms' tokens; used inside `in_use` only."""
    from tracker.app import create_app
    from tracker.core.db import db

    with put_back():
        app = create_app(office.settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        event.listen(db.engine, "connect", _do_not_wait_for_the_disk)
    return app


def _do_not_wait_for_the_disk(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def put_back() -> Iterator[None]:
    """What the process held before: files and keys; tables of discretion are the shipped ones."""
    before = list(means_module._current)
    try:
        yield
    finally:
        if before:
            set_means(before[0])
        else:
            means_module._current.clear()
        use_benchmarks(None)


@contextmanager
def in_use(app: Flask, office: DemoOffice) -> Iterator[Flask]:
    """The process holds the demo's files, keys and tables; afterwards its rows are as before."""
    from tracker.core.db import db
    from tracker.core.files.store import FileStore

    kept = office.instance / "as-prepared.db"
    if not kept.exists():
        shutil.copyfile(office.database, kept)
    with put_back():
        settings = office.settings
        set_means(means_module.Means(FileStore(settings.files_path), settings.vault_key_path))
        use_benchmarks(settings.instance_path / "benchmarks")
        try:
            yield app
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
            for tail in ("-wal", "-shm"):
                Path(f"{office.database}{tail}").unlink(missing_ok=True)
            shutil.copyfile(kept, office.database)


def log_in(app: Flask, client: FlaskClient, username: str, *, language: str = "zh") -> FlaskClient:
    """A client that is logged in as somebody of the demo, and reads in a language."""
    from tracker.core.accounts.models import User
    from tracker.core.accounts.sessions import open_session
    from tracker.core.db import transaction

    with app.app_context(), transaction() as session:
        user_id = session.scalars(select(User.id).where(User.username == username)).one()
        raw = open_session(session, user_id, privileged=False, user_agent="t", now=utc_now())
    client.set_cookie("tracker_session", raw)
    client.set_cookie("lang", language)
    return client


if __name__ == "__main__":
    main(Path(sys.argv[1]))
