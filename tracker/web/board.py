"""Cases by state: a page per kind, its states side by side, each leading to its list."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.core.cases.board import boards
from tracker.core.cases.flow import Flow, flows
from tracker.core.cases.unitbook import READING_ROLES
from tracker.core.db import db
from tracker.core.errors import NotVisible
from tracker.web.access import current_actor, needs
from tracker.web.shell import today

bp = Blueprint("board", __name__, url_prefix="/board")


@bp.get("/")
@needs(*READING_ROLES)
def show_first() -> ResponseReturnValue:
    """The board of the kind with the most open cases."""
    session, actor = db.session(), current_actor()
    found = boards(session, actor, known_kinds(), today())
    fullest = max(found.values(), key=lambda b: b.count)
    return redirect(url_for("board.show_board", kind=fullest.flow.kind))


@bp.get("/<kind>")
@needs(*READING_ROLES)
def show_board(kind: str) -> ResponseReturnValue:
    """The states of one kind with their counts; each count is the length of the list it opens."""
    known = known_kinds()
    if kind not in known:
        raise NotVisible(f"kind {kind}")
    found = boards(db.session(), current_actor(), known, today())
    return render_template("board/show.html", board=found[kind], kinds=list(found.values()))


def known_kinds() -> dict[str, Flow]:
    """Workflows whose pages are here."""
    pages = current_app.view_functions
    return {f.kind: f for f in flows.all() if f"{f.pages}.list_cases" in pages}
