"""Type letters of official numbers: packaged ones, and what a bureau set instead."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.audit.service import record
from tracker.core.documents.kinds import kind_of
from tracker.core.documents.models import NumberLetter
from tracker.core.errors import BadInput, say

_LETTERS = re.compile(r"[\u4e00-\u9fff]{1,8}")


def letter_of(session: Session, org_id: int, kind_id: str) -> str | None:
    """The type letters of a kind in one bureau; None when its papers bear no number."""
    packaged = kind_of(kind_id).letter
    if packaged is None:
        return None
    own = session.get(NumberLetter, (org_id, kind_id))
    return own.letter if own else packaged


def own_letters(session: Session, org_id: int) -> dict[str, str]:
    """What one bureau set instead of the packaged letters, by kind."""
    rows = session.scalars(select(NumberLetter).where(NumberLetter.org_id == org_id))
    return {row.kind: row.letter for row in rows}


def set_letter(
    session: Session, *, org_id: int, kind_id: str, letter: str, by: int, now: datetime
) -> None:
    """Number a kind with a bureau's own letters from now on; issued numbers stay as they are."""
    letter = letter.strip()
    if kind_of(kind_id).letter is None:
        raise BadInput("letter", say("这种文书不编文号。"))
    if not _LETTERS.fullmatch(letter):
        raise BadInput("letter", say("文号字样只能用一至八个汉字。"))
    before = letter_of(session, org_id, kind_id)
    own = session.get(NumberLetter, (org_id, kind_id))
    if own is None:
        session.add(
            NumberLetter(org_id=org_id, kind=kind_id, letter=letter, set_by_id=by, set_at=now)
        )
    else:
        own.letter, own.set_by_id, own.set_at = letter, by, now
    record(
        session,
        tag="document.letter.set",
        at=now,
        object=f"number letter {kind_id}",
        actor_id=by,
        details={"org": org_id, "before": before, "after": letter},
    )
