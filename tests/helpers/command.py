"""Run `tracker ...` inside the test, as a terminal would see it."""

from __future__ import annotations

from typing import Any

import pytest

from tracker import cli


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
