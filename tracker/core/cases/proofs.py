"""Files that prove a step: each proves the step it came with, not the next one like it."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.cases.flow import Flow
from tracker.core.cases.models import Attachment, Move


def proofs_there(session: Session, flow: Flow, case_id: int) -> frozenset[str]:
    """The labels under which a file lies that has come since a step was last proved with one."""
    newest = session.execute(
        select(Attachment.label, func.max(Attachment.added_at))
        .where(Attachment.case_id == case_id, Attachment.label != "")
        .group_by(Attachment.label)
    ).all()
    taken = session.execute(
        select(Move.step, func.max(Move.at)).where(Move.case_id == case_id).group_by(Move.step)
    ).all()
    used = {
        label: [at for step, at in taken if flow.step(step).proof == label] for label, _at in newest
    }
    return frozenset(label for label, at in newest if not used[label] or at >= max(used[label]))
