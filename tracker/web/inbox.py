"""The in-app inbox."""

from __future__ import annotations

from itertools import chain

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.notices.models import Notice
from tracker.core.notices.service import inbox, mark_read, members
from tracker.web.access import current_actor, logged_in
from tracker.web.shell import case_url

bp = Blueprint("inbox", __name__, url_prefix="/notices")
_PAGE = 30


@bp.get("/")
@logged_in
def show_inbox() -> ResponseReturnValue:
    """Notices, newest first."""
    after = request.args.get("after", type=int)
    if after is not None and not 0 <= after < 2**31:
        after = None
    notices, groups, cases, more = read(after, _PAGE)
    return render_template("inbox.html", notices=notices, groups=groups, cases=cases, after=more)


def read(
    after: int | None, most: int
) -> tuple[list[Notice], dict[str, list[Notice]], dict[int, Case], int | None]:
    """One's notices, those behind the groups among them, their cases, and where the next begin."""
    session, actor = db.session(), current_actor()
    rows = inbox(session, actor.user_id, after, most + 1)
    groups = members(session, actor.user_id, (n.group_key for n in rows if n.group_key))
    wanted = {n.case_id for n in (*rows, *chain(*groups.values())) if n.case_id}
    cases = {
        c.id: c for c in session.scalars(select(Case).where(Case.id.in_(wanted), visible(actor)))
    }
    # What one may no longer see is not told again either.
    told = {
        key: [n for n in group if n.case_id is None or n.case_id in cases]
        for key, group in groups.items()
    }
    shown = [
        n
        for n in rows[:most]
        if (told[n.group_key] if n.group_key else n.case_id is None or n.case_id in cases)
    ]
    return shown, told, cases, rows[most - 1].id if len(rows) > most else None


@bp.post("/read")
@logged_in
def read_all() -> ResponseReturnValue:
    """Mark one notice, or all, as read."""
    with transaction() as session:
        mark_read(session, current_actor(session).user_id, utc_now())
    return redirect(url_for("inbox.show_inbox"), 303)


@bp.get("/<int:notice_id>")
@logged_in
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Go to what a notice is about; opening it there marks nothing (GET changes nothing)."""
    session, actor = db.session(), current_actor()
    notice = session.get(Notice, notice_id)
    if notice is not None and notice.user_id == actor.user_id and notice.case_id:
        case = session.scalars(
            select(Case).where(Case.id == notice.case_id, visible(actor))
        ).one_or_none()
        if case is not None:
            return redirect(case_url(case), 303)
    return redirect(url_for("inbox.show_inbox"), 303)
