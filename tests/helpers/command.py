"""Run `tracker ...` inside the test, as a terminal would see it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tracker import cli


def at_instance(
    monkeypatch: pytest.MonkeyPatch, instance: Path, database_uri: str | None = None
) -> None:
    """Let commands find this instance and database, and nothing of the machine's own settings."""
    for name in [n for n in os.environ if n.startswith("TRACKER_") and "TEST" not in n]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TRACKER_INSTANCE", str(instance))
    if database_uri is not None:
        monkeypatch.setenv("TRACKER_MODE", "test")
        monkeypatch.setenv("TRACKER_DATABASE_URI", database_uri)


def tracker(capfd: pytest.CaptureFixture[str], *args: str) -> tuple[Any, str, str]:
    """The exit code, what was printed, and what was said on the side; never a traceback."""
    code: Any = 0
    try:
        cli.main(args)
    except SystemExit as ended:
        code = ended.code or 0
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err
    return code, out, err
