"""Who may open a page. A view without a declared rule stops the start; a stranger sees nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, Request, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf import CSRFProtect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.core.accounts.actor import Actor, hold_rights, load_actor
from tracker.core.accounts.roles import ADMIN_ROLES, Role
from tracker.core.accounts.sessions import Limits, find_session, needs_touch, touch
from tracker.core.cases.flow import flows
from tracker.core.clock import office_date, utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import N_, NotVisible, SetupError, Unavailable, say

log = logging.getLogger(__name__)
csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., Any])
_WITH_A_BORROWED_PASSWORD = frozenset(
    {"login.show_password", "login.change_password", "login.logout"}
)


# ---------------------------------------------------------------- rules


@dataclass(frozen=True, slots=True)
class Rule:
    """What a view asks of the person: nothing, a login, or one of some roles."""

    strangers: bool = False
    roles: frozenset[Role] = frozenset()


def rule(wanted: Rule) -> Callable[[View], View]:
    """Declare who may use a view. Write it under the route decorator."""

    def mark(view: View) -> View:
        view.__access__ = wanted  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Anyone, logged in or not."""
    return rule(Rule(strangers=True))(view)


def logged_in(view: View) -> View:
    """Anyone with an account; which rows they see is decided below the view."""
    return rule(Rule())(view)


def needs(*roles: Role) -> Callable[[View], View]:
    """Only who holds one of the roles, own or lent, in whatever organisation."""
    if not roles:
        raise ValueError("needs() without a role: use @logged_in")
    return rule(Rule(roles=frozenset(roles)))


def polling(view: View) -> View:
    """A view the page asks by itself: it does not keep a login alive."""
    view.__polls__ = True  # type: ignore[attr-defined]
    return view


def check_all_routes(app: Flask) -> None:
    """Refuse to start while any endpoint says nothing about who may use it."""
    unruled = sorted(
        {
            r.endpoint
            for r in app.url_map.iter_rules()
            if not _is_static(r.endpoint) and _rule_of(app, r.endpoint) is None
        }
    )
    if unruled:
        raise SetupError(
            say(
                N_("这些页面没有写明谁可以打开：%(names)s。请加 @public、@logged_in 或 @needs。"),
                names="、".join(unruled),
            )
        )


def _is_static(endpoint: str) -> bool:
    return endpoint.rpartition(".")[2] == "static"


def _rule_of(app: Flask, endpoint: str) -> Rule | None:
    found = getattr(app.view_functions[endpoint], "__access__", None)
    return found if isinstance(found, Rule) else None


def opens(endpoint: str) -> bool:
    """Whether there is such a page, and its rule lets the person of this request in."""
    if endpoint not in current_app.view_functions:
        return False
    wanted = _rule_of(current_app, endpoint)
    if wanted is None or not current_user.is_authenticated:
        return False
    return not wanted.roles or any(current_user.actor.has(role) for role in wanted.roles)


# ---------------------------------------------------------------- the person of this request


class CurrentUser(UserMixin):
    """What `current_user` is: plain values of the person and of this login."""

    def __init__(
        self, actor: Actor, *, session_id: int, privileged: bool, must_change: bool
    ) -> None:
        self.actor = actor
        self.id = actor.user_id
        self.name = actor.name
        self.session_id = session_id
        self.privileged = privileged
        self.must_change = must_change


def current_actor(session: Session | None = None) -> Actor:
    """Who is asking; with a session, read again in it, which is what a writing view does.

    On the pages of a workflow with the powers that hold for its cases.
    """
    if not current_user.is_authenticated:
        raise NotVisible("nobody is logged in")
    actor: Actor = current_user.actor
    if session is not None:
        hold_rights(session, actor.user_id)
        actor = load_actor(session, actor.user_id, office_date(utc_now()))
    kind = next((flow.kind for flow in flows.all() if flow.pages == request.blueprint), None)
    return actor if kind is None else actor.within(kind)


def request_id() -> str:
    """The number shown on error pages and kept in the audit rows of this request."""
    found: str = g.get("request_id", "")
    return found


def cookie_name() -> str:
    """The login cookie; browsers accept the __Host- prefix over https only."""
    return "__Host-tracker" if settings().https else "tracker_session"


def settings() -> Settings:
    """The settings of the running app."""
    found: Settings = current_app.config["TRACKER_SETTINGS"]
    return found


def limits() -> Limits:
    """How long a login lasts here."""
    chosen = settings()
    return Limits(
        idle=timedelta(minutes=chosen.session_idle_minutes),
        idle_privileged=timedelta(minutes=chosen.privileged_idle_minutes),
        absolute=timedelta(minutes=chosen.session_absolute_minutes),
    )


def holds_admin_role(actor: Actor) -> bool:
    """Whether shorter limits hold for this person."""
    return any(power.role in ADMIN_ROLES for power in actor.powers)


def _load_from_cookie(req: Request) -> CurrentUser | None:
    raw_id = req.cookies.get(cookie_name(), "")
    if not raw_id:
        return None
    now = utc_now()
    found = find_session(db.session(), raw_id, now, limits())
    if found is None:
        return None
    row, user = found
    session_id, privileged, must_change = row.id, row.privileged, user.must_change
    user_id, due = user.id, needs_touch(row, now)
    if due and not _polls(req):
        try:
            with transaction() as session:
                touch(session, session_id, now)
        except (Unavailable, OperationalError):
            # Reading must go on while nothing can be written; the next visit tries again.
            log.warning("the visit of login %s was not noted", session_id)
    try:
        actor = load_actor(db.session(), user_id, office_date(now))
    except NotVisible:
        return None
    return CurrentUser(actor, session_id=session_id, privileged=privileged, must_change=must_change)


def _polls(req: Request) -> bool:
    view = current_app.view_functions.get(req.endpoint or "")
    return bool(getattr(view, "__polls__", False))


# ---------------------------------------------------------------- at the door


def init_access(app: Flask) -> None:
    """Know the person and hold every route to its rule; call it after `init_security`."""
    manager = LoginManager()
    manager.session_protection = None  # it guards Flask's own session, which holds no login
    manager.request_loader(_load_from_cookie)
    manager.init_app(app)
    app.before_request(_enforce)


def _enforce() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint is None or _is_static(endpoint):
        return None
    wanted = _rule_of(current_app, endpoint)
    if wanted is None:
        raise NotVisible(endpoint)
    if not wanted.strangers:
        refused = _refuse(wanted, endpoint)
        if refused is not None:
            return refused
    if endpoint != "security.csp_report" and current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()
    return None


def may_open(endpoint: str) -> bool:
    """Whether the person asking is let in at a page, named as for `url_for`; for its links."""
    if endpoint.startswith("."):
        endpoint = f"{request.blueprint}{endpoint}"
    wanted = _rule_of(current_app, endpoint)
    if wanted is None or not (wanted.strangers or current_user.is_authenticated):
        return False
    return not wanted.roles or any(current_actor().has(role) for role in wanted.roles)


def _refuse(wanted: Rule, endpoint: str) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        from tracker.web.parked import ask_to_log_in

        return ask_to_log_in()
    if current_user.must_change and endpoint not in _WITH_A_BORROWED_PASSWORD:
        flash(gettext("请先设置自己的新密码，然后继续。"), "warning")
        return redirect(url_for("login.show_password"), 303)
    # Not visible is the same as not existing, for pages as for rows.
    if wanted.roles and not any(current_actor().has(role) for role in wanted.roles):
        raise NotVisible(endpoint)
    return None
