"""Respondent units and officers: find again, record once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.core.errors import BadInput
from tracker.core.registers.models import Officer, Unit
from tracker.core.registers.names import name_key
from tracker.core.registers.uscc import check_uscc, clean_uscc


def find_unit(session: Session, name: str, uscc: str | None, region_code: str) -> Unit | None:
    """The unit with this credit code, or without one of this name in this place."""
    if uscc:
        found = session.scalars(select(Unit).where(Unit.uscc == clean_uscc(uscc))).first()
        if found is not None:
            return found
    by_name = select(Unit).where(Unit.name_key == name_key(name), Unit.region_code == region_code)
    if uscc:
        # Another code is another unit, whatever it calls itself.
        by_name = by_name.where(Unit.uscc.is_(None))
    return session.scalars(by_name.order_by(Unit.id)).first()


def record_unit(session: Session, name: str, uscc: str | None, region_code: str) -> Unit:
    """The unit as it is known, added when it is new; a code learnt later is filled in."""
    if uscc and (problem := check_uscc(uscc)) is not None:
        raise BadInput("uscc", problem)
    unit = find_unit(session, name, uscc, region_code)
    if unit is None:
        unit = _add(session, name, uscc, region_code)
    if uscc and unit.uscc is None:
        unit.uscc = clean_uscc(uscc)
    session.flush()
    return unit


def certificate_on(session: Session, user_id: int, on: date) -> Officer | None:
    """The enforcement certificate a user holds on a day."""
    return session.scalars(
        select(Officer)
        .where(
            Officer.user_id == user_id,
            Officer.valid_from <= on,
            Officer.valid_to >= on,
        )
        .order_by(Officer.valid_from.desc())
    ).first()


def _add(session: Session, name: str, uscc: str | None, region_code: str) -> Unit:
    """A new unit; whoever else adds the same code at this moment makes it for both."""
    unit = Unit(
        name=name.strip(),
        name_key=name_key(name),
        uscc=clean_uscc(uscc) if uscc else None,
        region_code=region_code,
    )
    try:
        with session.begin_nested():
            session.add(unit)
    except IntegrityError:
        known = find_unit(session, name, uscc, region_code)
        if known is None:
            raise
        return known
    return unit
