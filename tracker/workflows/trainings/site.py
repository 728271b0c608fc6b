"""Signing in with a code: the screen of the room, the sheet for the wall, the trainee's phone."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.scope import get_visible
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import NotVisible
from tracker.core.staff.models import Person
from tracker.web.access import current_actor, logged_in, request_id
from tracker.web.acting import guarded
from tracker.web.errors import tell
from tracker.web.shell import today
from tracker.workflows.trainings import content, lines, queries, window
from tracker.workflows.trainings.asks import TOPICS
from tracker.workflows.trainings.forms import ListForm
from tracker.workflows.trainings.models import Training

_QUIET_ZONE = 4
_LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class Square:
    """A code as a drawing: its width in modules, and the path of the dark ones."""

    width: int
    path: str


def square(text: str) -> Square:
    """The QR code of a text, with the margin that readers need."""
    matrix = segno.make(text, error="m", micro=False).matrix
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            end = x
            while end < len(row) and row[end]:
                end += 1
            runs.append(f"M{x + _QUIET_ZONE} {y + _QUIET_ZONE}h{end - x}v1h-{end - x}z")
            x = end
    return Square(len(matrix) + 2 * _QUIET_ZONE, "".join(runs))


def add_sign_views(bp: Blueprint) -> None:
    """The pages of signing in."""

    @bp.get("/<int:case_id>/code")
    @logged_in
    def show_code(case_id: int) -> ResponseReturnValue:
        """The code of this minute in large, for the screen of the room; it renews itself."""
        training, now = _organised(case_id), utc_now()
        code = window.screen_code(training.sign_key, training.id, now)
        counts = queries.counts_of(training, queries.lines_of(db.session(), training))
        body = render_template(
            "trainings/code.html",
            case=training,
            counts=counts,
            square=square(_address(training, code)),
        )
        seconds = int(window.SCREEN_LASTS.total_seconds()) // 2
        return Response(body, headers={"Refresh": str(seconds)})

    @bp.get("/<int:case_id>/code/poster")
    @logged_in
    def show_poster(case_id: int) -> ResponseReturnValue:
        """The code of this day on paper."""
        training, now = _organised(case_id), utc_now()
        code = window.poster_code(training.sign_key, training.id, now)
        return render_template(
            "trainings/poster.html",
            case=training,
            day=today(),
            square=square(_address(training, code)),
        )

    @bp.get("/<int:case_id>/sign")
    @logged_in
    def show_sign(case_id: int) -> ResponseReturnValue:
        """What the code leads to: one button, for whoever is logged in."""
        return _sign_page(case_id, request.args.get("t", "")[:_LONGEST_CODE])

    @bp.post("/<int:case_id>/sign")
    @logged_in
    def sign_now(case_id: int) -> ResponseReturnValue:
        """Sign in or out, with the code of the room, for oneself."""
        code = request.form.get("t", "")[:_LONGEST_CODE]

        def work(session: Session, fresh: Actor) -> str:
            row = lines.sign(session, fresh, case_id, code, now=utc_now(), request_id=request_id())
            flash(gettext("已签退。") if row.signed_out_at else gettext("已签到。"))
            return url_for(".show_sign", case_id=case_id, t=code)

        return guarded(work, lambda: _sign_page(case_id, code, 409), ListForm())

    @bp.get("/mine")
    @logged_in
    def show_mine() -> ResponseReturnValue:
        """The trainings of whoever is logged in."""
        return render_template(
            "trainings/mine.html",
            mine=queries.mine(db.session(), current_actor().user_id, today()),
            topics=TOPICS,
            year=today().year,
        )


def _organised(case_id: int) -> Training:
    """A session that is being held by the actor's own bureau; for others it has no code."""
    training = get_visible(db.session(), Training, current_actor(), case_id)
    if not current_actor().has(Role.TRAINER, training.bureau_id) or training.state != "running":
        raise NotVisible("code")
    return training


def _address(training: Training, code: str) -> str:
    return url_for(".show_sign", case_id=training.id, t=code, _external=True)


def _sign_page(case_id: int, code: str, status: int = 200) -> ResponseReturnValue:
    session, now = db.session(), utc_now()
    found = lines.own_row(session, current_actor().user_id, case_id)
    if found is None:
        # Whoever stands in the room learns why; for anybody else there is no such page.
        training = session.get(Training, case_id)
        if training is None or not window.holds(training.sign_key, case_id, code, now):
            raise NotVisible(f"training {case_id}")
        body = render_template(
            "trainings/sign.html", case=training, row=None, person=None, why=None, code="",
            half=None,
        )  # fmt: skip
        return Response(body, 403)
    training, row = found
    why = lines.why_no_signature(training, row, code, now)
    body = render_template(
        "trainings/sign.html",
        case=training,
        row=row,
        person=session.get_one(Person, row.person_id),
        why=tell(why.why) if why else "",
        code=code,
        half=content.leaves_from(training),
    )
    return Response(body, status)
