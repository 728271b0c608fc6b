"""What the form of a step begins with: what the case knows, so that nobody types it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.guards import part_holders
from tracker.core.clock import office_date
from tracker.workflows.penalties.flow import FLOW
from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.standing import ledger_of

_SERVED = frozenset(s.name for s in FLOW.steps if any(a.name == "manner" for a in s.asks))
# Steps whose day is usually the day they are written down.
_TODAY = frozenset(s.name for s in FLOW.steps if any(a.name == "on" for a in s.asks))


def prefill(
    session: Session, case: Penalty | None, step: str, _actor: Actor, now: datetime
) -> Mapping[str, Any]:
    """Sensible answers by name; empty for a form that begins empty."""
    found: dict[str, Any] = {"on": office_date(now)} if step in _TODAY else {}
    if case is None:
        return found
    if step in _SERVED:
        found |= {
            "manner": "direct",
            "recipient": case.legal_person or case.unit_name,
            "place": case.address,
        }
    if step in _FILLED:
        found |= _FILLED[step](session, case, now)
    return {k: v for k, v in found.items() if v not in (None, "")}


def _opening(session: Session, case: Penalty, _now: datetime) -> dict[str, Any]:
    partner = part_holders(session, case.id, "co_officer")
    return {
        "found_on": case.found_on,
        "act_to": case.act_to,
        "level": "own",
        "area": "own",
        "co_officer": partner[0] if partner else None,
    }


def _report(_session: Session, case: Penalty, _now: datetime) -> dict[str, Any]:
    return {
        "outcome": case.outcome or "penalty",
        "act": case.act,
        "act_from": case.act_from,
        "act_to": case.act_to,
        "table": case.table_id or "statute",
        "table_case": case.table_case,
        "aggravated": case.aggravated or None,
        "warning": True if case.act is None else case.warning or None,
        "circular": case.circular or None,
        "fine": case.proposed_fine or None,
        "range_reason": case.range_reason,
        "major_interest": case.major_interest or None,
        "complicated": case.complicated or None,
        "law_wants_review": case.law_wants_review or None,
    }


def _decision(_session: Session, case: Penalty, _now: datetime) -> dict[str, Any]:
    return {"fine": case.proposed_fine or None, "range_reason": case.range_reason}


def _payment(session: Session, case: Penalty, now: datetime) -> dict[str, Any]:
    account = ledger_of(session, case, office_date(now))
    return {"amount": account.balance if account else None, "way": "bank"}


def _closing(_session: Session, case: Penalty, _now: datetime) -> dict[str, Any]:
    reason = "performed" if case.performed_on else "court_ruled" if case.court_ruled_on else ""
    if case.outcome == "no_penalty":
        reason = "no_penalty"
    return {"reason": "revoked" if case.revoked else reason}


def _site(_session: Session, case: Penalty, _now: datetime) -> dict[str, Any]:
    return {"site": case.site}


_FILLED = {
    "propose_opening": _opening,
    "submit_report": _report,
    "propose_decision": _decision,
    "record_payment": _payment,
    "propose_closing": _closing,
    "publish": _site,
}
