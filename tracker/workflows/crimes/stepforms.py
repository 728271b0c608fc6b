"""What the forms of a transfer are filled with at first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.clock import office_date
from tracker.workflows.crimes.models import Crime


def prefill(
    _session: Session, case: Crime | None, step: str, _actor: Actor, now: datetime
) -> Mapping[str, Any]:
    """Now and today; public security had the case when it signed for it."""
    found: dict[str, Any] = {"on": office_date(now), "at": now.replace(second=0, microsecond=0)}
    if case is None:
        return found
    found["organ"] = "" if step == "forwarded" else case.organ or ""
    found |= {"offence": case.offence or "", "imposed": case.imposed}
    if step == "not_theirs" and case.signed_at is not None:
        found["at"] = case.signed_at
    return found
