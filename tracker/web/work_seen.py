"""A case page that was shown is a case that was read."""

from __future__ import annotations

import logging

from sqlalchemy import and_
from sqlalchemy.exc import OperationalError

from tracker.core.accounts.actor import Actor
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.core.cases.seen import has_read, note_read
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import Unavailable

log = logging.getLogger(__name__)


def note_shown(actor: Actor, case_id: int, version: int) -> None:
    """Note that the actor has the page of a case before them; call it once the page is made.

    It writes only when there is something new, and reading goes on while nothing can be written.
    """
    if has_read(db.session(), actor.user_id, case_id, version):
        return
    # The version that was shown: what moved meanwhile is unread again.
    shown = and_(Case.id == case_id, Case.version == version, visible(actor))
    try:
        with transaction() as session:
            note_read(session, actor.user_id, shown, utc_now())
    except (Unavailable, OperationalError):
        log.warning("that case %s was read was not noted", case_id)
