"""What the forms of a sanction proposal are filled with at first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.clock import office_date
from tracker.workflows.sanctions.models import Sanction

_RESULTS = ("record_result", "explain")


def prefill(
    _session: Session, case: Sanction | None, step: str, _actor: Actor, now: datetime
) -> Mapping[str, Any]:
    """Today, the addressee so far, and the first person of whom nothing is known."""
    found: dict[str, Any] = {"on": office_date(now)}
    if case is None:
        return found
    found |= {"addressee_kind": case.addressee_kind or "", "addressee": case.addressee or ""}
    if step in _RESULTS:
        found["line"] = next((p.line for p in case.persons if not p.answered), None)
    return found
