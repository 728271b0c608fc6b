"""The whole case file as one download."""

from __future__ import annotations

from flask import Response, send_file

from tracker.core.cases.bundle import bundle
from tracker.core.cases.models import Case
from tracker.core.clock import utc_now
from tracker.core.db import transaction
from tracker.core.files.names import download_headers
from tracker.web.access import current_actor
from tracker.web.desk.files import note_reading
from tracker.web.desk.reads import read_case
from tracker.web.desk.shape import Desk

_ZIP = "application/zip"


def bundle_answer(desk: Desk, case_id: int) -> Response:
    """The ZIP of a case, and the trace of its being taken out."""
    with transaction() as session:
        actor = current_actor(session)
        case: Case = read_case(desk, session, actor, case_id)
        name, stream = bundle(session, actor, case, utc_now())
        note_reading(session, actor, case, "bundle", "bundle")
    answer = send_file(stream, mimetype=_ZIP)
    answer.headers.update(download_headers(name, _ZIP))
    return answer
