"""Files of a case over the web: several at once, once per form key; downloads leave a trace."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, redirect, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.audit.service import record
from tracker.core.cases.attachments import Staged
from tracker.core.cases.means import means
from tracker.core.cases.models import Case
from tracker.core.cases.reads import file_of
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.errors import BadInput, StepRefused
from tracker.core.files.names import download_headers
from tracker.web.access import current_actor, request_id
from tracker.web.acting import staged_uploads
from tracker.web.errors import tell
from tracker.web.once import FIELD, body_hash, once, remember


def upload(here: str, hang: Callable[[Session, Actor, Staged], object]) -> ResponseReturnValue:
    """Store the files of this request and hang each on its case; back to `here` with a word."""
    try:
        staged = staged_uploads()
        if not staged:
            flash(gettext("没有选文件。"), "refusal")
            return redirect(here, 303)
        with transaction() as session:
            fresh = current_actor(session)
            key = request.form.get(FIELD, "")
            earlier = once(session, fresh.user_id, key, body_hash(request.form), utc_now())
            if earlier is None:
                for one in staged:
                    hang(session, fresh, one)
                remember(session, fresh.user_id, key, here)
                flash(gettext("已上传 %(n)s 份材料。", n=len(staged)))
    except BadInput as error:
        flash(tell(error.message), "refusal")
    except StepRefused as error:
        flash(" ".join(tell(r.why) for r in error.refusals), "refusal")
    return redirect(here, 303)


def download(session: Session, actor: Actor, case: Case, file_id: int) -> Response:
    """One file of a case that the actor may see, and the trace of its reading."""
    row = file_of(session, actor, case, file_id)
    note_reading(session, actor, case, "file", f"file:{file_id}")
    answer = send_file(means().files.open(row.store_id), mimetype=row.media_type)
    answer.headers.update(download_headers(row.name, row.media_type))
    return answer


def note_reading(session: Session, actor: Actor, case: Case, what: str, which: str) -> None:
    """Write into the audit that something of a case was taken out; its own row stays as it is."""
    record(
        session,
        tag=f"{case.kind}.{what}.read",
        at=utc_now(),
        actor_id=actor.user_id,
        object=f"{case.kind}:{case.id}/{which}",
        result="read",
        request_id=request_id(),
    )
