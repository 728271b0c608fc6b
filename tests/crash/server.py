"""A real web server in a process group of its own, to be killed without a word."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode

from tests.helpers.databases import ROOT
from tracker.config import Settings

_START_SECONDS = 90.0
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def environment_of(settings: Settings) -> dict[str, str]:
    """What a process of the product needs to find an installation: as in production, over HTTP."""
    return {
        **os.environ,
        "TRACKER_INSTANCE": str(settings.instance_path),
        "TRACKER_MODE": "production",
        "TRACKER_HTTPS": "false",
        "TRACKER_SECRET_KEY": settings.secret_key,
        "TRACKER_DATABASE_URI": settings.database_uri,
        "TRACKER_FILES_PATH": str(settings.files_path),
        "TRACKER_VAULT_KEY_PATH": str(settings.vault_key_path),
    }


class Server:
    """gunicorn on a free port of the loopback address."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self._settings, self._log = settings, log
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start, and wait until it answers."""
        environment = {
            **environment_of(self._settings),
            "TRACKER_BIND": f"127.0.0.1:{self.port}",
            "TRACKER_WEB_WORKERS": "2",
        }
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "tracker/gunicorn_conf.py",
                 "--access-logfile", os.devnull, "wsgi:app"],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + _START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()[-2000:]
            assert time.monotonic() < until, self._log.read_text()[-2000:]
            time.sleep(0.05)

    def kill(self) -> None:
        """`kill -9` to the master and all workers at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Browser:
    """One person's browser: keeps the login, the form's cookie and its token over crashes."""

    def __init__(self, port: int, login: str) -> None:
        self._port = port
        self._cookies = {"tracker_session": login}
        self._token = ""

    def post(self, address: str, form: dict[str, str]) -> tuple[int, str]:
        """Status and page of one sending; OSError or HTTPException when nobody answered."""
        if not self._token:
            status, page = self._send("GET", "/me", None)
            found = _TOKEN.search(page)
            assert found, f"{status}: {page[:2000]}"
            self._token = found[1]
        return self._send("POST", address, {**form, "csrf_token": self._token})

    def _send(self, method: str, address: str, form: dict[str, str] | None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, address, urlencode(form) if form else None, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        for value in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = value.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return answer.status, page
