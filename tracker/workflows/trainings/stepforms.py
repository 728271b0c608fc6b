"""What the forms of a session are filled with at first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.workflows.trainings.asks import DETAILS
from tracker.workflows.trainings.models import Training


def prefill(
    _session: Session, case: Training | None, step: str, _actor: Actor, _now: datetime
) -> Mapping[str, Any]:
    """The session as it stands, where it is changed."""
    if case is None or step not in ("edit", "change"):
        return {}
    return {ask.name: getattr(case, ask.name) for ask in DETAILS}
