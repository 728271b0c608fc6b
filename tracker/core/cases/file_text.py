"""Reading what lies in the files of cases, in the background, so that they are found by it."""

from __future__ import annotations

from datetime import datetime
from time import monotonic

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.cases.indexing import mark
from tracker.core.cases.means import means
from tracker.core.cases.models import Attachment, Case
from tracker.core.cases.workplace import FileText
from tracker.core.db import db, transaction
from tracker.core.errors import NotVisible, Unavailable
from tracker.core.files.names import extension_of
from tracker.core.search.reading import kinds, read_apart

_READ, _NONE, _FAILED = "read", "none", "failed"


def unread(session: Session, most: int) -> list[Attachment]:
    """Files that nobody has looked into yet, the newest first."""
    query = (
        select(Attachment)
        .outerjoin(FileText, FileText.attachment_id == Attachment.id)
        .where(FileText.attachment_id.is_(None))
        .order_by(Attachment.id.desc())
        .limit(most)
    )
    return list(session.scalars(query))


def read_files(now: datetime, *, most: int, seconds: float) -> dict[str, int]:
    """Look into some files, each in a transaction of its own; how many of which outcome."""
    done: dict[str, int] = {}
    begun = monotonic()
    waiting = [(f.id, f.case_id, f.name, f.store_id) for f in unread(db.session(), most)]
    for file_id, case_id, name, store_id in waiting:
        if monotonic() - begun > seconds:
            break
        state, text = _look(name, store_id)
        with transaction() as session:
            if _keep(session, file_id, case_id, state, text, now):
                done[state] = done.get(state, 0) + 1
    return done


def _look(name: str, store_id: str) -> tuple[str, str]:
    extension = extension_of(name)
    if extension not in kinds():
        return _NONE, ""
    try:
        text = read_apart(means().files.path_of(store_id), extension)
    except (NotVisible, Unavailable):
        return _FAILED, ""
    if text is None:
        return _FAILED, ""
    return (_READ, text) if text else (_NONE, "")


def _keep(
    session: Session, file_id: int, case_id: int, state: str, text: str, now: datetime
) -> bool:
    """Write down what was read, unless another worker was quicker."""
    session.scalars(select(Case.id).where(Case.id == case_id).with_for_update()).first()
    if session.get(FileText, file_id) is not None or session.get(Attachment, file_id) is None:
        return False
    session.add(FileText(attachment_id=file_id, text=text, state=state, read_at=now))
    if text:
        mark(session, case_id)
    return True
