"""Coming in and going out. The cookie holds a random id; what it means is in the database."""

from __future__ import annotations

import logging
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import (
    session as form_session,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from tracker.core.accounts import parked, people
from tracker.core.accounts.actor import load_actor
from tracker.core.accounts.lockout import account_hash, begin_attempt, succeed
from tracker.core.accounts.models import User
from tracker.core.accounts.passwords import LONGEST, Passwords, password_age
from tracker.core.accounts.sessions import end_session, find_session, open_session
from tracker.core.audit.service import record
from tracker.core.clock import office_date, utc_now
from tracker.core.db import transaction
from tracker.web.access import (
    cookie_name,
    holds_admin_role,
    limits,
    public,
    request_id,
    settings,
)
from tracker.web.parked import with_parked
from tracker.web.redirects import safe_next

log = logging.getLogger(__name__)
bp = Blueprint("login", __name__)

# MLPS 8.1.4.1a asks for regular change; the profile's figures (security.md 4.4).
_ROTATE, _WARN = timedelta(days=90), timedelta(days=14)
_DEVICE_SECONDS = 180 * 24 * 3600
_LONGEST_NAME = 64


def init_login(app: Flask) -> None:
    """Add the pages of this module and of `me`."""
    # `me` adds its pages to this blueprint when it is imported.
    import tracker.web.me  # noqa: F401

    app.register_blueprint(bp)


def passwords() -> Passwords:
    """The hasher of this app, made once: its dummy hash costs as much as a real one."""
    made = current_app.extensions.get("tracker.passwords")
    if not isinstance(made, Passwords):
        chosen = settings()
        made = Passwords(
            memory_kib=chosen.argon2_memory_kib,
            time_cost=chosen.argon2_time_cost,
            parallelism=chosen.argon2_parallelism,
        )
        current_app.extensions["tracker.passwords"] = made
    return made


def device() -> str:
    """What this browser is known by, or nothing."""
    return request.cookies.get(_device_cookie(), "")[:64]


def _device_cookie() -> str:
    return "__Host-tracker-device" if settings().https else "tracker_device"


def address() -> str:
    """Where the request came from."""
    return request.remote_addr or ""


# ---------------------------------------------------------------- pages


@bp.get("/login")
@public
def show_login() -> ResponseReturnValue:
    """The form; someone already in goes on to where they wanted."""
    onward = safe_next(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(with_parked(onward or "/", request.args.get("parked")), 303)
    return _page(next_=onward, parked_id=request.args.get("parked", ""))


@bp.post("/login")
@public
def do_login() -> ResponseReturnValue:
    """One try: counted first, then the password is looked at, then a new login is opened."""
    username = request.form.get("username", "").replace("\x00", "").strip()[:_LONGEST_NAME]
    password = request.form.get("password", "")[: LONGEST + 1]
    now = utc_now()
    with transaction() as session:
        attempt = begin_attempt(session, username, device(), address(), now)
        user = people.find_user(session, username)
        stored = user.password_hash if user is not None else None
    if attempt.id is None:
        log.warning("login refused while locked, from %s", address())
        return _locked(username, attempt.until or now, now)
    right = passwords().verify(stored, password)
    rehashed = None
    if right and stored is not None and passwords().needs_rehash(stored):
        rehashed = passwords().hash(password)
    with transaction() as session:
        user = people.find_user(session, username)
        # The password may have been changed or the account closed while we were computing.
        if not right or user is None or not user.active or user.password_hash != stored:
            note_access(session, "login.failed", f"account:{account_hash(username)[:16]}", now)
            opened = None
        else:
            opened = _open(session, user, attempt.id, rehashed, now)
    if opened is None:
        return _page(message=gettext("账号或密码不对。"), username=username, status=401)
    return _go_on(opened)


@bp.post("/logout")
@public
def logout() -> ResponseReturnValue:
    """End this login here and on the server."""
    if current_user.is_authenticated:
        now = utc_now()
        user_id, session_id = current_user.id, current_user.session_id
        with transaction() as session:
            end_session(session, session_id, "logout", now, user_id=user_id)
            note_access(session, "login.logout", f"user:{user_id}", now, user_id)
    form_session.clear()
    flash(gettext("您已退出。"), "info")
    response = make_response(redirect(url_for("login.show_login"), 303))
    response.delete_cookie(
        cookie_name(), path="/", secure=settings().https, httponly=True, samesite="Lax"
    )
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


# ---------------------------------------------------------------- steps


@dataclass(frozen=True, slots=True)
class _Opened:
    raw_id: str
    device: str
    onward: str
    days_left: int | None


def _open(
    session: Session, user: User, attempt_id: int, rehashed: str | None, now: datetime
) -> _Opened:
    known = device() or secrets.token_urlsafe(32)
    succeed(session, attempt_id, known)
    if rehashed is not None:
        user.password_hash = rehashed
    days_left = _days_left(session, user, now)
    before = find_session(session, request.cookies.get(cookie_name(), ""), now, limits())
    if before is not None:  # renewed, not doubled
        end_session(session, before[0].id, "renewed", now)
    actor = load_actor(session, user.id, office_date(now))
    raw_id = open_session(
        session,
        user.id,
        privileged=holds_admin_role(actor),
        user_agent=request.user_agent.string,
        now=now,
        limits=limits(),
    )
    note_access(session, "login.ok", f"user:{user.id}", now, user.id)
    return _Opened(raw_id, known, _onward(session, user.id, now), days_left)


def _onward(session: Session, user_id: int, now: datetime) -> str:
    """Where they wanted to go, with their text if it is theirs."""
    page = safe_next(request.form.get("next")) or "/"
    raw_id = request.form.get("parked", "")
    kept = parked.whose(session, raw_id, now)
    if kept is None or kept[0] != user_id:
        return page
    flash(gettext("您填的内容都在，请检查后再提交。"), "info")
    return with_parked(kept[1], raw_id)


def _days_left(session: Session, user: User, now: datetime) -> int | None:
    """Days until the password must be changed, if soon; an old one opens only the change page."""
    age = password_age(session, user.id, now)
    if age is None or user.must_change:
        return None
    if age >= _ROTATE:
        user.must_change = True
        return None
    left = _ROTATE - age
    return math.ceil(left / timedelta(days=1)) if left <= _WARN else None


def _go_on(opened: _Opened) -> Response:
    flashes = form_session.get("_flashes", [])
    # A new login, a new CSRF token: the one the stranger's page carried ends here.
    form_session.clear()
    form_session["_flashes"] = flashes
    if opened.days_left is not None:
        flash(gettext("密码还有 %(n)s 天到期，请提前更换。", n=opened.days_left), "warning")
    response: Response = make_response(redirect(opened.onward, 303))
    secure = settings().https
    response.set_cookie(
        cookie_name(), opened.raw_id, path="/", secure=secure, httponly=True, samesite="Lax"
    )
    response.set_cookie(
        _device_cookie(),
        opened.device,
        max_age=_DEVICE_SECONDS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="Strict",
    )
    return response


def _locked(username: str, until: datetime, now: datetime) -> Response:
    minutes = max(1, math.ceil((until - now) / timedelta(minutes=1)))
    answer = _page(
        message=gettext("试的次数太多，%(n)s 分钟后可以再试；着急时请安全管理员解锁。", n=minutes),
        username=username,
        status=429,
    )
    answer.headers["Retry-After"] = str(minutes * 60)
    return answer


def _page(
    *,
    next_: str | None = None,
    parked_id: str = "",
    message: str = "",
    username: str = "",
    status: int = 200,
) -> Response:
    if request.method == "POST":
        next_, parked_id = safe_next(request.form.get("next")), request.form.get("parked", "")
    html = render_template(
        "login/login.html",
        next=next_ or "",
        parked=parked_id[:64],
        message=message,
        username=username,
    )
    return make_response(html, status)


def note_access(
    session: Session, tag: str, what: str, now: datetime, actor_id: int | None = None
) -> None:
    """An audit row about coming in, going out, or one's own account."""
    record(
        session,
        tag=tag,
        at=now,
        object=what,
        actor_id=actor_id,
        request_id=request_id(),
        origin=address(),
        result="failed" if tag == "login.failed" else "done",
    )
