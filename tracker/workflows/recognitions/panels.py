"""What the page of a recognition shows of its own: destinations, receipts, and the display."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.clock import office_date
from tracker.core.deadlines.service import rule_of
from tracker.core.errors import N_
from tracker.web.desk.shape import Cell, Shown
from tracker.workflows.recognitions.data import DESTINATIONS
from tracker.workflows.recognitions.guards import display_clock, earliest_repair
from tracker.workflows.recognitions.models import GROUNDS, Recognition


def context(session: Session, _actor: Actor, case: Recognition, now: datetime) -> Mapping[str, Any]:
    """Each destination with its receipts, the rule of the display, the earliest repair."""
    clock = display_clock(session, case.id)
    published, gone = case.receipts_for("publish"), case.receipts_for("remove")
    last = earliest_repair(session, case)
    return {
        "destinations": [(d, published.get(d.id), gone.get(d.id)) for d in DESTINATIONS],
        "decided": case.decided_on,
        "lacking": sum(d.id not in published for d in DESTINATIONS),
        "grounds": [GROUNDS[g] for g in case.grounds.split(",") if g],
        "display_rule": rule_of(clock) if clock is not None else None,
        "shown_until": clock.due_on if clock is not None else None,
        "repair_after": last,
        "repair_open": last is not None and office_date(now) > last,
    }


def facts(_session: Session, case: Recognition) -> Sequence[tuple[str, Shown]]:
    """What stands in the head."""
    found: list[tuple[str, Shown]] = [(N_("企业"), case.unit_name)]
    if case.uscc:
        found.append((N_("统一社会信用代码"), case.uscc))
    return [*found, (N_("行为"), case.matter)]


def cell(_session: Session, case: Recognition) -> Cell:
    """How many destinations have answered."""
    purpose = "remove" if case.receipts_for("remove") else "publish"
    label = N_("移除回执") if purpose == "remove" else N_("推送回执")
    return Cell(label, f"{len(case.receipts_for(purpose))} / {len(DESTINATIONS)}")
