"""A worker that is killed around the moment of sending: `python -m tests.channels.killed`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.channels.rows import channels_at, send
from tracker.app import create_app
from tracker.config import load_settings
from tracker.core.notices import sending


def main(instance: str, url: str, port: str, moment: str) -> int:
    """Die before the message leaves, or before it is marked."""
    app = create_app(load_settings(Path(instance), mode="test", database_uri=url))

    def die(*_args: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(sending, {"before": "send_letter", "after": "mark"}[moment], die)
    with app.app_context():
        send(channels_at(int(port)))
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
