"""How a writing view answers: once per form key, and with the text kept on every refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.audit.service import record
from tracker.core.cases.attachments import Staged, stage
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.errors import BadInput, ChangedMeanwhile, StepRefused
from tracker.web.access import current_actor, request_id
from tracker.web.errors import tell
from tracker.web.once import FIELD, body_hash, once, remember


def guarded(
    work: Callable[[Session, Actor], str],
    again: Callable[[], ResponseReturnValue],
    form: Any,
) -> ResponseReturnValue:
    """Do the work once per form key; on a refusal show the same page with the text kept."""
    try:
        with transaction() as session:
            fresh = current_actor(session)
            key = request.form.get(FIELD, "")
            earlier = once(session, fresh.user_id, key, body_hash(request.form), utc_now())
            if earlier is not None:
                return redirect(earlier, 303)
            location = work(session, fresh)
            remember(session, fresh.user_id, key, location)
        return redirect(location, 303)
    except BadInput as error:
        field = getattr(form, error.field_name, None) or next(iter(form))
        field.errors = [*field.errors, tell(error.message)]
        return again()
    except (StepRefused, ChangedMeanwhile) as error:
        return _refused(error, again)


def _refused(
    error: StepRefused | ChangedMeanwhile, again: Callable[[], ResponseReturnValue]
) -> ResponseReturnValue:
    """The page as it is now, the reasons on top, the form still filled."""
    if isinstance(error, ChangedMeanwhile):
        flash(tell(error.what), "refusal")
    else:
        note_refusal(error)
        for refusal in error.refusals:
            parts = [tell(refusal.why)]
            if refusal.who:
                parts.append(gettext("可以办的人：%(who)s。", who=tell(refusal.who)))
            if refusal.instead:
                parts.append(tell(refusal.instead))
            flash(" ".join(parts), "refusal")
    answer = again()
    if isinstance(answer, Response):
        answer.status_code = 409
    return answer


def note_refusal(error: StepRefused) -> None:
    """Write a refusal into the audit; the refused transaction has rolled back its own rows."""
    with transaction() as session:
        record(
            session,
            tag="step.refused",
            at=utc_now(),
            actor_id=current_actor().user_id,
            object=f"{request.endpoint}:{error.step}"[:120],
            result="refused",
            reason="；".join(str(r.why) for r in error.refusals),
            request_id=request_id(),
            details={"path": request.path},
        )


def staged_uploads(name: str = "files") -> list[Staged]:
    """Check and store the files of this request; BadInput names the first that is refused."""
    uploads = request.files.getlist(name)
    return [stage(u.filename, u.stream, field=name) for u in uploads if u.filename]
