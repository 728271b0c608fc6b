"""The answers to the questions of steps: kept with the move as JSON, read back with their types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.cases.models import Move

_MARK = "$"


def as_json(fields: Mapping[str, Any]) -> str:
    """Answers as they are kept: dates and decimals marked, empty ones left out."""
    given = {k: v for k, v in fields.items() if v not in (None, "", ())}
    if not given:
        return ""
    return json.dumps(given, ensure_ascii=False, sort_keys=True, default=_plain)


def from_json(text: str) -> dict[str, Any]:
    """The answers of one move."""
    found: dict[str, Any] = json.loads(text, object_hook=_typed) if text else {}
    return found


def answers(session: Session, case_id: int) -> dict[str, dict[str, Any]]:
    """What was answered at each step of a case, the latest time it was taken; one query."""
    rows = session.execute(
        select(Move.step, Move.data)
        .where(Move.case_id == case_id, Move.data != "")
        .order_by(Move.seq)
    ).all()
    return {step: from_json(data) for step, data in rows}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return {_MARK: "moment", "v": value.isoformat()}
    if isinstance(value, date):
        return {_MARK: "date", "v": value.isoformat()}
    if isinstance(value, Decimal):
        return {_MARK: "decimal", "v": str(value)}
    raise TypeError(f"an answer cannot be a {type(value).__name__}")


def _typed(value: dict[str, Any]) -> object:
    match value.get(_MARK):
        case "moment":
            return datetime.fromisoformat(value["v"])
        case "date":
            return date.fromisoformat(value["v"])
        case "decimal":
            return Decimal(value["v"])
    return value
