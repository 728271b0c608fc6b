"""People who walk leads to and fro over HTTP and keep their own book of what was acknowledged."""

from __future__ import annotations

import http.client
import random
import secrets
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from tests.crash.server import Browser

# From here, one of these steps by this person; `receive` ends the walk.
WAYS = {
    "drafted": (("submit", "liaison0", "approval"),),
    "approval": (
        ("send_back", "approver0", "drafted"),
        ("approve", "approver0", "sent"),
        ("approve", "approver0", "sent"),
    ),
    "sent": (
        ("bounce", "registrar", "drafted"),
        ("bounce", "registrar", "drafted"),
        ("receive", "registrar", "registered"),
    ),
}


@dataclass
class Book:
    """What the server has acknowledged, by lead, in order; and what went wrong."""

    steps: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    broken: int = 0
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def count(self) -> int:
        """All acknowledged steps."""
        with self.lock:
            return sum(map(len, self.steps.values()))


class Walker(threading.Thread):
    """Walks its own leads until told to stop; a step without an answer is sent again as it was."""

    def __init__(
        self,
        book: Book,
        leads: list[int],
        browsers: dict[str, Browser],
        stop: threading.Event,
        seed: int,
    ) -> None:
        super().__init__(daemon=True)
        self._book, self._leads, self._browsers, self._stop_now = book, leads, browsers, stop
        self._random = random.Random(seed)  # noqa: S311 - repeats with its seed

    def run(self) -> None:
        """Walk one lead after the other."""
        try:
            for lead_id in self._leads:
                self._walk(lead_id)
        except Exception as error:  # noqa: BLE001 - the test reads it
            self._book.wrong.append(repr(error))

    def _walk(self, lead_id: int) -> None:
        state, version = "drafted", 1
        while state in WAYS and not self._stop_now.is_set():
            step, who, state = self._random.choice(WAYS[state])
            form = {
                "_once": secrets.token_urlsafe(24),
                "version": str(version),
                f"{step}-note": f"第 {version} 步",
            }
            status, page = self._send(who, f"/leads/{lead_id}/steps/{step}", form)
            if status != 303:
                self._book.wrong.append(f"lead {lead_id} {step} at {version}: {status} {page}")
                return
            with self._book.lock:
                self._book.steps[lead_id].append(step)
            version += 1

    def _send(self, who: str, address: str, form: dict[str, str]) -> tuple[int, str]:
        until = time.monotonic() + 60
        while True:
            try:
                return self._browsers[who].post(address, form)
            except (OSError, http.client.HTTPException):
                with self._book.lock:
                    self._book.broken += 1
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
