"""Two addresses for machines: does the web process live, and is the whole installation well?"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.reminders.heartbeat import health
from tracker.web.access import public

bp = Blueprint("health", __name__)


@bp.get("/livez")
@public
def livez() -> ResponseReturnValue:
    """This process answers; what it needs is not asked."""
    return {"ok": True}


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """503 while the database is away, a job is silent or failed, or a clock is not believed.

    Names of jobs and of states only: it is read by strangers.
    """
    try:
        found = health(db.session(), utc_now())
    except SQLAlchemyError:
        return {"ok": False, "database": "away", "jobs": {}, "clock_holds": 0}, 503
    answer = {
        "ok": found.ok,
        "database": "ok",
        "jobs": {sign.job: sign.state for sign in found.signs},
        "clock_holds": found.holds,
    }
    return answer, 200 if found.ok else 503
