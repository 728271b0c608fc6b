"""Adding a file to a case: asked whether one may, hung, and written into the audit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.audit.service import record
from tracker.core.cases.attachments import Staged, hang
from tracker.core.cases.models import Attachment, Case
from tracker.core.errors import Refusal, StepRefused, say


def may_attach(actor: Actor, case: Case) -> bool:
    """Whether somebody of the bureau that has an open case may add a file to it."""
    return case.closed_at is None and case.bureau_id in actor.within(case.kind).orgs()


def attach(
    session: Session,
    actor: Actor,
    case: Case,
    staged: Staged,
    *,
    now: datetime,
    label: str = "",
    internal: bool = False,
    request_id: str | None = None,
) -> Attachment:
    """Hang a stored file on an open case that was read, locked, through `get_visible`."""
    if case.closed_at is not None:
        raise StepRefused([Refusal(say("已经办结，不能再加材料。"))], "attach")
    row = hang(
        session,
        case.id,
        staged,
        actor_id=actor.user_id,
        now=now,
        label=label,
        internal=internal,
    )
    record(
        session,
        tag=f"{case.kind}.file.add",
        at=now,
        actor_id=actor.user_id,
        case_id=case.id,
        object=f"{case.kind}:{case.id}",
        request_id=request_id,
        details={"sha256": staged.sha256, "size": staged.size, "type": staged.media_type},
    )
    return row
