"""Enforcement certificates: who may check a unit on a day (统计法实施条例 36)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.registers.models import Officer


def certificates(session: Session, user_ids: Sequence[int], today: date) -> dict[int, str]:
    """Certificate numbers valid on a day, by user."""
    rows = session.execute(
        select(Officer.user_id, Officer.certificate_no).where(
            Officer.user_id.in_(user_ids),
            Officer.valid_from <= today,
            Officer.valid_to >= today,
        )
    )
    return {row.user_id: row.certificate_no for row in rows}


def uncertified(session: Session, user_ids: Sequence[int], today: date) -> list[int]:
    """Those of some users who hold no certificate valid on a day."""
    valid = certificates(session, user_ids, today)
    return [u for u in user_ids if u not in valid]
