"""Saved views of the work list: keep one, name it, share it, order them, forget one."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.cases.tally import tally
from tracker.core.cases.views import (
    START,
    ViewData,
    change_view,
    delete_view,
    houses,
    move_view,
    save_view,
    set_start,
    views_of,
)
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import BadInput
from tracker.web.access import current_actor, logged_in
from tracker.web.errors import tell
from tracker.web.once import FIELD, body_hash, once, remember
from tracker.web.security import clean_text
from tracker.web.shell import today
from tracker.web.work import bp
from tracker.web.work_look import look_of, read_look

# Longer than a name may be: how long it may be, the view itself says.
_LONGEST_NAME = 200


@bp.get("/views")
@logged_in
def list_views() -> ResponseReturnValue:
    """The person's own views, and those that colleagues share."""
    session, actor = db.session(), current_actor()
    views = views_of(session, actor)
    looks = {view.id: look_of(view.args) for view in views}
    owners = session.execute(
        select(User.id, User.name).where(User.id.in_({v.owner_id for v in views}))
    )
    questions = {view_id: look.question for view_id, look in looks.items()}
    return render_template(
        "work/views.html",
        own=[v for v in views if v.owner_id == actor.user_id],
        shared=[v for v in views if v.owner_id != actor.user_id],
        looks=looks,
        owners=dict(owners.all()),
        counts=tally(session, actor, questions, today()),
        houses=houses(actor),
        start=START,
    )


@bp.post("/views")
@logged_in
def save_named() -> ResponseReturnValue:
    """Keep how the list is looked at now under a name."""
    look = read_look(request.form)

    def work(session: Session, actor: Actor) -> str:
        data = ViewData(_name(), look.address, _org())
        save_view(session, actor, data, utc_now())
        flash(gettext("视图“%(name)s”存好了。", name=data.name.strip()))
        return url_for("work.list_work", **look.args())

    return _done(work, url_for("work.list_work", **look.args()))


@bp.post("/views/<int:view_id>")
@logged_in
def rename_view(view_id: int) -> ResponseReturnValue:
    """Rename a view, or share it otherwise."""

    def work(session: Session, actor: Actor) -> str:
        change_view(session, actor, view_id, _name(), _org())
        flash(gettext("视图已改。"))
        return url_for("work.list_views")

    return _done(work, url_for("work.list_views"))


@bp.post("/views/<int:view_id>/place")
@logged_in
def place_view(view_id: int) -> ResponseReturnValue:
    """Move a view up or down, or let the list begin with it."""
    where = request.form.get("where", "")

    def work(session: Session, actor: Actor) -> str:
        if where in ("up", "down"):
            move_view(session, actor, view_id, -1 if where == "up" else 1)
        elif where == "start":
            set_start(session, actor, view_id)
        elif where == "usual":
            set_start(session, actor, None)
        return url_for("work.list_views")

    return _done(work, url_for("work.list_views"))


@bp.post("/views/<int:view_id>/delete")
@logged_in
def drop_view(view_id: int) -> ResponseReturnValue:
    """Forget a view."""

    def work(session: Session, actor: Actor) -> str:
        delete_view(session, actor, view_id)
        flash(gettext("视图已删除，事项不受影响。"))
        return url_for("work.list_views")

    return _done(work, url_for("work.list_views"))


def _name() -> str:
    return clean_text(request.form.get("name", ""), _LONGEST_NAME, field="name")


def _org() -> int | None:
    return request.form.get("org", type=int)


def _done(work: Callable[[Session, Actor], str], back: str) -> ResponseReturnValue:
    """Do it once per form key; what is wrong is said on the page one comes from."""
    try:
        with transaction() as session:
            actor = current_actor(session)
            key = request.form.get(FIELD, "")
            sent = body_hash(request.form)
            earlier = once(session, actor.user_id, key, sent, utc_now())
            location = earlier or work(session, actor)
            if earlier is None:
                remember(session, actor.user_id, key, location)
    except BadInput as error:
        flash(tell(error.message), "refusal")
        location = back
    return redirect(location, 303)
