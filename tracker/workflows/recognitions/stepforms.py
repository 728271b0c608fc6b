"""What the forms of a recognition are filled with at first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.clock import office_date
from tracker.workflows.recognitions.data import DESTINATIONS
from tracker.workflows.recognitions.models import Recognition

_PURPOSES = {"record_push": "publish", "record_removal": "remove"}


def prefill(
    _session: Session, case: Recognition | None, step: str, _actor: Actor, now: datetime
) -> Mapping[str, Any]:
    """Today, what is known of the enterprise, and the first destination without a receipt."""
    found: dict[str, Any] = {"on": office_date(now), "subject": "enterprise"}
    if case is None:
        return found
    found |= {"uscc": case.uscc or "", "address": case.address, "person": case.person}
    found |= {"reasons": case.reasons, "grounds": [g for g in case.grounds.split(",") if g]}
    if step in _PURPOSES:
        there = case.receipts_for(_PURPOSES[step])
        found["destination"] = next((d.id for d in DESTINATIONS if d.id not in there), "")
    return found
