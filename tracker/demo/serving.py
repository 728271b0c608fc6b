"""The demo's two processes, web and worker, started and stopped together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tracker.config import ROOT, Settings
from tracker.core.errors import SetupError, say

_HOST = "127.0.0.1"
_DEFAULT_PORT = 8000
_START_SECONDS = 40.0
_STOP_SECONDS = 15.0
_TAIL = 2000


def serve(
    settings: Settings,
    port: int = _DEFAULT_PORT,
    *,
    logins: Sequence[dict[str, Any]] = (),
    echo: Callable[[str], None] = print,
    stop: threading.Event | None = None,
) -> None:
    """Run web and worker until Ctrl-C or a signal to stop; SetupError when they cannot start."""
    _refuse_taken(port)
    stop = stop or threading.Event()
    address = f"http://{_HOST}:{port}/"
    with ExitStack() as stack:
        stack.enter_context(_stopping(stop))
        web = stack.enter_context(_process(settings, port, _web(port), "demo-web.log"))
        worker = stack.enter_context(_process(settings, port, _worker(), "demo-worker.log"))
        _wait_until_up(settings, web, address, stop)
        if not stop.is_set():
            for line in welcome(address, logins):
                echo(line)
        while not stop.wait(0.5):
            for process, log in ((web, "demo-web.log"), (worker, "demo-worker.log")):
                if process.poll() is not None:
                    raise SetupError(_died(settings, log))
    echo(str(say("演示已停止。")))


def welcome(address: str, logins: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The address, and who one can be there."""
    yield ""
    yield str(say("演示网站：%(address)s   （按 Ctrl-C 停止）", address=address))
    if not logins:
        return
    yield str(say("所有账号的密码都是：%(password)s", password=logins[0]["password"]))
    yield ""
    yield from _listed([x for x in logins if not _home(x).isdigit()])
    if counties := [x for x in logins if _home(x).isdigit()]:
        yield ""
        yield str(say("县级统计局："))
        yield from _listed(counties)
    yield str(say("人员、电话都是虚构的；单位名称带“示例”的线索也是虚构的。"))


def _home(login: dict[str, Any]) -> str:
    """The end of an account name: a territory, or the code of a county."""
    return str(login["username"].rpartition(".")[2])


def _listed(logins: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The accounts of the first place, and how those of the others are called."""
    first = _home(logins[0])
    for login in logins:
        if _home(login) == first:
            remark = f"，{login['remark']}" if login["remark"] else ""
            yield f"  {login['username']:<20}{login['role']}（{login['organisation']}{remark}）"
    others = sorted({_home(login) for login in logins} - {first})
    if others:
        yield ""
        places = "、".join(f".{name}" for name in others)
        yield str(
            say("把 .%(first)s 换成 %(others)s，就是另外两地的人。", first=first, others=places)
        )


# ---------------------------------------------------------------- processes


def _web(port: int) -> list[str]:
    if sys.platform == "win32":  # gunicorn does not run there
        return [sys.executable, "-m", "flask", "--app", "wsgi", "run", "--port", str(port)]
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        str(ROOT / "tracker" / "gunicorn_conf.py"),
        "--access-logfile",
        os.devnull,
        "wsgi:app",
    ]


def _worker() -> list[str]:
    return [sys.executable, "-m", "tracker.cli", "worker"]


@contextmanager
def _process(
    settings: Settings, port: int, command: list[str], log: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A child with its output in a log of the instance; ended when the block is left."""
    with (settings.instance_path / log).open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own programs
            command,
            cwd=ROOT,
            env=_environment(settings, port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches us alone; we then tell the children in order.
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment(settings: Settings, port: int) -> dict[str, str]:
    """The same settings for the children; the secret is read from its own file."""
    return {
        **os.environ,
        "TRACKER_INSTANCE": str(settings.instance_path),
        "TRACKER_MODE": settings.mode,
        "TRACKER_DATABASE_URI": settings.database_uri,
        "TRACKER_FILES_PATH": str(settings.files_path),
        "TRACKER_VAULT_KEY_PATH": str(settings.vault_key_path),
        "TRACKER_HTTPS": "false",
        "TRACKER_BIND": f"{_HOST}:{port}",
        "TRACKER_WEB_WORKERS": "2",
    }


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        if sys.platform != "win32":  # a port just given back is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            raise SetupError(
                say(
                    "端口 %(port)s 已被占用，请换一个，例如：tracker demo --port %(other)s",
                    port=port,
                    other=port + 1,
                )
            ) from None


def _wait_until_up(
    settings: Settings,
    web: subprocess.Popen[bytes],
    address: str,
    stop: threading.Event,
) -> None:
    until = time.monotonic() + _START_SECONDS
    while not stop.wait(0.2):
        if web.poll() is not None or time.monotonic() > until:
            raise SetupError(_died(settings, "demo-web.log"))
        try:
            with urlopen(f"{address}livez", timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except (URLError, OSError):
            continue


def _died(settings: Settings, log: str) -> Any:
    path: Path = settings.instance_path / log
    tail = path.read_text("utf-8", "replace")[-_TAIL:] if path.exists() else ""
    return say("演示没有运行起来，记录在 %(path)s：\n%(tail)s", path=path, tail=tail)


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM set the event, where we may listen to signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {
        number: signal.signal(number, lambda _number, _frame: stop.set()) for number in numbers
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
