"""What every write of the register has in common: the person, the checks, the audit row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.audit.service import record
from tracker.core.errors import BadInput, NotVisible, say
from tracker.core.registers.models import Region
from tracker.core.staff.models import Person


def within(field: str, text: str, most: int) -> str:
    """Text without blanks around it; BadInput when it is longer than its column."""
    text = text.strip()
    if len(text) > most:
        raise BadInput(field, say("最多 %(most)s 个字。", most=most))
    return text


def known_place(session: Session, code: str) -> None:
    """BadInput when the register of places has no such code, old or new."""
    if session.get(Region, code) is None:
        raise BadInput("region_code", say("没有区划代码“%(code)s”，请核对 12 位代码。", code=code))


def person_of(session: Session, person_id: int) -> Person:
    """A person by id; NotVisible when there is none."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotVisible(f"person {person_id}")
    return person


def note(
    session: Session,
    tag: str,
    what: str,
    actor_id: int,
    now: datetime,
    request_id: str | None,
    details: Mapping[str, Any],
) -> None:
    """Audit one write of the register; never with a name, a telephone or a number."""
    record(
        session,
        tag=tag,
        at=now,
        actor_id=actor_id,
        object=what,
        request_id=request_id,
        details=details,
    )
