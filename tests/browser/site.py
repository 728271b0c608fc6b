"""The product on a port of its own, served as it is served to people."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.helpers.databases import ROOT
from tests.helpers.demo import copied

_START_SECONDS = 90.0
# One process is enough for one browser, and the machine has few cores.
_SERVER = [
    sys.executable, "-m", "gunicorn", "--config", "tracker/gunicorn_conf.py",
    "--workers", "1", "--access-logfile", os.devnull,
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """A running site, the leads it began with, and a way to do what only time does."""

    address: str
    leads: dict[str, int]
    environment: dict[str, str]
    database: Path

    def lead(self, name: str) -> str:
        """The path of a lead's page."""
        return f"/leads/{self.leads[name]}"

    def worker_once(self) -> None:
        """Let the worker do each of its jobs once."""
        subprocess.run(
            [sys.executable, "-m", "tracker.cli", "worker", "--once"],
            cwd=ROOT, env=self.environment, check=True, capture_output=True,
        )  # fmt: skip

    def expire_logins(self, username: str) -> None:
        """End every login of a person, as half an hour of silence does."""
        self._write(
            "UPDATE user_sessions SET ended_at = created_at, end_reason = 'idle' "
            "WHERE user_id = (SELECT id FROM users WHERE username = ?)",
            username,
        )

    def days_pass(self, filing: int, days: int) -> None:
        """Let some days go by between the consent to a change and the change itself."""
        back = f"-{days} days"
        for table, column, key in (
            ("filings", "effective_on", "id"),
            ("filings", "consented_on", "id"),
            ("filings", "filed_on", "id"),
            ("staff_holdings", "since", "opened_by_id"),
        ):
            self._write(
                f"UPDATE {table} SET {column} = date({column}, ?) WHERE {key} = ?",  # noqa: S608 - our own names
                back, str(filing),
            )  # fmt: skip

    def count_leads(self, unit: str) -> int:
        """How many leads there are about a unit."""
        with closing(sqlite3.connect(self.database)) as connection:
            row = connection.execute("SELECT count(*) FROM leads WHERE unit_name = ?", (unit,))
            return int(row.fetchone()[0])

    def sign_key(self, training: int) -> str:
        """What the codes of a session are signed with: a test cannot scan them."""
        with closing(sqlite3.connect(self.database)) as connection:
            row = connection.execute("SELECT sign_key FROM trainings WHERE id = ?", (training,))
            return str(row.fetchone()[0])

    def _write(self, statement: str, *values: str) -> None:
        with closing(sqlite3.connect(self.database, timeout=10)) as connection, connection:
            connection.execute(statement, values)


@contextmanager
def running(instance: Path) -> Iterator[Site]:
    """Fill an instance, serve it on a free port of the loopback address, and end it."""
    environment = _environment(instance)
    filled = subprocess.run(
        [sys.executable, "-m", "tests.browser.office"],
        cwd=ROOT, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert filled.returncode == 0, filled.stderr
    leads = json.loads(filled.stdout.splitlines()[-1])
    with serving(instance, environment, "wsgi:app") as address:
        yield Site(address, leads, environment, instance / "tracker.db")


@contextmanager
def running_demo(instance: Path) -> Iterator[Site]:
    """Serve a copy of the demo in a new folder, at the moment it was prepared for, and end it."""
    copied(instance)
    environment = _environment(instance) | {"TRACKER_MODE": "demo"}
    with serving(instance, environment, "tests.browser.demo:app") as address:
        yield Site(address, {}, environment, instance / "tracker.db")


def _environment(instance: Path) -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")
    } | {
        "TRACKER_INSTANCE": str(instance),
        "TRACKER_HTTPS": "false",
        "TRACKER_ARGON2_MEMORY_KIB": "8",
        "TRACKER_ARGON2_TIME_COST": "1",
    }


@contextmanager
def serving(instance: Path, environment: dict[str, str], app: str) -> Iterator[str]:
    """Serve an instance on a free port of the loopback address; gives the address."""
    port = _free_port()
    log = instance / "web.log"
    with log.open("wb") as output:
        web = subprocess.Popen(
            [*_SERVER, "--bind", f"127.0.0.1:{port}", app],
            cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, web, log)
            yield address
        finally:
            web.terminate()
            web.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, web: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and web.poll() is None:
        try:
            with urlopen(f"{address}/livez", timeout=2):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the site did not start:\n{log.read_text('utf-8')[-3000:]}")
