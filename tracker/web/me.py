"""One's own page: logins, password, language and colours, who stands in for whom."""

from __future__ import annotations

from typing import Literal

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from tracker.core.accounts import delegations, people
from tracker.core.accounts.lockout import begin_attempt, succeed
from tracker.core.accounts.passwords import LONGEST, context_words, password_faults, was_used
from tracker.core.accounts.roles import ROLE_LABELS
from tracker.core.accounts.sessions import end_session, live_sessions
from tracker.core.cases.lending import scope_words
from tracker.core.clock import office_date, utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import NotVisible, Sentence, say
from tracker.web.access import current_actor, limits, logged_in, settings
from tracker.web.login import address, bp, device, note_access, passwords
from tracker.web.parked import page_of_form

_LANGUAGES = ("zh", "en")
_THEMES = ("auto", "light", "dark")
_YEAR_SECONDS = 365 * 24 * 3600

Faults = dict[str, list[Sentence]]


def chosen_language() -> str:
    """The language this browser asked for, else the installation's."""
    wanted = request.cookies.get("lang", "")
    return wanted if wanted in _LANGUAGES else settings().locale


def chosen_theme() -> Literal["auto", "light", "dark"]:
    """The colours this browser asked for."""
    wanted = request.cookies.get("theme", "")
    return "dark" if wanted == "dark" else "light" if wanted == "light" else "auto"


@bp.get("/me")
@logged_in
def show_me() -> ResponseReturnValue:
    """The page itself."""
    now, session = utc_now(), db.session()
    today = office_date(now)
    actor = current_actor()
    return render_template(
        "login/me.html",
        actor=actor,
        role_labels=ROLE_LABELS,
        scope_words=scope_words,
        sessions=live_sessions(session, actor.user_id, now, limits()),
        this_session=current_user.session_id,
        lent=delegations.delegations_of(session, actor.user_id, today),
        language=chosen_language(),
        theme=chosen_theme(),
    )


@bp.post("/me/sessions/<int:session_id>/end")
@logged_in
def end_one(session_id: int) -> ResponseReturnValue:
    """End another login of one's own."""
    now = utc_now()
    user_id = current_user.id
    with transaction() as session:
        if not end_session(session, session_id, "by_owner", now, user_id=user_id):
            raise NotVisible("no such login of this person")
        note_access(session, "session.end", f"session:{session_id}", now, user_id)
    flash(gettext("那次登录已经结束。"), "info")
    return redirect(url_for("login.show_me"), 303)


@bp.post("/me/display")
@logged_in
def choose_display() -> ResponseReturnValue:
    """Language and colours live in the browser: they say nothing about the person."""
    response = make_response(redirect(page_of_form() or url_for("login.show_me"), 303))
    for name, known in (("lang", _LANGUAGES), ("theme", _THEMES)):
        value = request.form.get(name, "")
        if value in known:
            response.set_cookie(
                name,
                value,
                max_age=_YEAR_SECONDS,
                path="/",
                secure=settings().https,
                httponly=True,
                samesite="Lax",
            )
    return response


# ---------------------------------------------------------------- password


@bp.get("/me/password")
@logged_in
def show_password() -> ResponseReturnValue:
    """The form for a new password."""
    return render_template("login/password.html", faults={}, must_change=current_user.must_change)


@bp.post("/me/password")
@logged_in
def change_password() -> ResponseReturnValue:
    """Show the old one, choose a new one; every other login of this person ends."""
    now, user_id = utc_now(), current_user.id
    present = request.form.get("password_now", "")[: LONGEST + 1]
    new = request.form.get("password_new", "")[: LONGEST + 1]
    with transaction() as session:
        user = people.get_user(session, user_id)
        stored, username = user.password_hash, user.username
        faults = _faults_of_new(new, context_words(user))
        attempt = begin_attempt(session, username, device(), address(), now)
    if attempt.id is None:
        faults["password_now"] = [say("试的次数太多，请过一会儿再试")]
    elif not passwords().verify(stored, present):
        faults["password_now"] = [say("现在的密码不对")]
    else:
        # Whatever is wrong with the new one, this was no failed guess at the old.
        with transaction() as session:
            succeed(session, attempt.id, device())
    if not faults and was_used(db.session(), passwords(), user_id, new):
        faults["password_new"] = [say("不能用最近 5 次用过的密码")]
    if faults:
        html = render_template(
            "login/password.html", faults=faults, must_change=current_user.must_change
        )
        return html, 422
    hashed = passwords().hash(new)
    with transaction() as session:
        people.change_password(session, user_id, hashed, now, keep_session=current_user.session_id)
        note_access(session, "password.change", f"user:{user_id}", now, user_id)
    flash(gettext("密码已更换，其他地方的登录都已结束。"), "success")
    return redirect(url_for("login.show_me"), 303)


def _faults_of_new(new: str, context: list[str]) -> Faults:
    faults: Faults = {}
    wrong = password_faults(new, context)
    if wrong:
        faults["password_new"] = wrong
    if new != request.form.get("password_again", ""):
        faults["password_again"] = [say("两次填的新密码不一样")]
    return faults
