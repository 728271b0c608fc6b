"""What each step of a penalty case needs besides the move itself: checked, then written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracker.core.cases.engine import Taking
from tracker.core.cases.taking import Asked
from tracker.workflows.penalties.takings import (
    closing,
    deciding,
    hearing,
    investigating,
    opening,
    performing,
    remedies,
    weighing,
)

TAKINGS: dict[str, Callable[[Asked[Any]], Taking]] = {
    **opening.TAKINGS,
    **investigating.TAKINGS,
    **weighing.TAKINGS,
    **hearing.TAKINGS,
    **deciding.TAKINGS,
    **performing.TAKINGS,
    **remedies.TAKINGS,
    **closing.TAKINGS,
}
