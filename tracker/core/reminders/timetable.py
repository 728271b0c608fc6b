"""How often each periodic job runs, and how much silence or disorder of the clock is too much.

The pages that say whether the worker lives read the same table as the worker itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

SWEEP, RECONCILE = "sweep_reminders", "reconcile"

# Seconds from one run to the next.
EVERY: dict[str, float] = {
    "deliver_notices": 2,
    "send_messages": 5,
    SWEEP: 15,
    RECONCILE: 3600,
    "post_expiries": 3600,
    "plan_years": 3600,
    "watch_norms": 3600,
    "index_files": 20,
    "clean": 3600,
}
_SHORTEST_SILENCE = timedelta(minutes=2)
_RUNS_MISSED = 3


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a wall clock may go back, or run ahead of the machine's own count."""

    back: timedelta = timedelta(seconds=120)
    ahead: timedelta = timedelta(minutes=10)


CLOCK = Tolerance()


def longest_silence(job: str) -> timedelta:
    """After so long without a sign of life a job counts as silent."""
    return max(_SHORTEST_SILENCE, _RUNS_MISSED * timedelta(seconds=EVERY[job]))
