"""The work list: all cases of all workflows one may see, as the address asks."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import and_
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.asking import asked
from tracker.core.cases.channels import channels
from tracker.core.cases.export import sheet_columns
from tracker.core.cases.grouping import keys_of
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.core.cases.seen import note_read
from tracker.core.cases.views import houses, start_view
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.web.access import current_actor, logged_in
from tracker.web.case_sheets import CaseSheet, sheet_of_cases
from tracker.web.redirects import safe_next
from tracker.web.security import row_id
from tracker.web.shell import today
from tracker.web.work_look import look_of, read_look
from tracker.web.work_page import work_context

bp = Blueprint("work", __name__, url_prefix="/work")
_MOST_CHOSEN = 200


@bp.get("/")
@logged_in
def list_work() -> ResponseReturnValue:
    """The list; everything that narrows it stands in the address."""
    actor, look = current_actor(), read_look(request.args)
    return render_template(
        "work/list.html",
        **work_context(db.session(), actor, look, today(), request.args),
        bare={"view": look.question.view} if look.question.view != "open" else {},
        houses_to_share=houses(actor),
        channel_of=channels.of,
    )


@bp.get("/start")
@logged_in
def open_start() -> ResponseReturnValue:
    """The list as the person wants it to begin: a saved view, else all that is open."""
    view = start_view(db.session(), current_actor())
    return redirect(url_for("work.list_work", **look_of(view.args).args() if view else {}))


@bp.get("/export")
@logged_in
def export_work() -> ResponseReturnValue:
    """Exactly the cases the list shows with this address, on all its pages, in its columns."""
    look = read_look(request.args)

    def sheet(session: Session, actor: Actor) -> CaseSheet:
        return CaseSheet(
            name=gettext("全部事项"),
            where=asked(session, actor, look.question, today()),
            columns=sheet_columns(look.columns),
            asked=look.args(),
            order=keys_of(session, actor, look.group, today()),
        )

    return sheet_of_cases(sheet, url_for("work.list_work", **look.args()))


@bp.post("/read")
@logged_in
def mark_read() -> ResponseReturnValue:
    """Note the chosen cases as read, or all that the address asks for."""
    look = read_look(request.form)
    with transaction() as session:
        actor = current_actor(session)
        if request.form.get("all") == "1":
            where = asked(session, actor, look.question, today())
        else:
            chosen = request.form.getlist("case_id", type=row_id)[:_MOST_CHOSEN]
            where = and_(Case.id.in_(chosen), visible(actor))
        count = note_read(session, actor.user_id, where, utc_now())
    flash(gettext("已标为已读：%(n)s 件。", n=count))
    back = safe_next(request.form.get("_page"))
    return redirect(back or url_for("work.list_work", **look.args()), 303)


# The pages of saved views add themselves to this blueprint.
from tracker.web import work_views  # noqa: E402, F401
