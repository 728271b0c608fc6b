"""Nothing typed is lost: a form sent too late is kept, and shown again filled."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import (
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from tracker.core.accounts import parked
from tracker.core.accounts.sessions import person_of_dead_session
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.web.access import cookie_name
from tracker.web.redirects import own_path, safe_next

PAGE_FIELD = "_page"
_NEVER = frozenset({"csrf_token", PAGE_FIELD, "_once"})


def page_of_form() -> str | None:
    """The page the form stood on, as its hidden field says; a path of ours or nothing."""
    return safe_next(request.form.get(PAGE_FIELD))


def parked_fields() -> MultiDict[str, str] | None:
    """For the GET view of a form: what the person had typed before, or None.

    Reading does not use it up; it goes by itself after a day.
    """
    raw_id = request.args.get("parked", "")
    if not raw_id or not current_user.is_authenticated:
        return None
    fields = parked.fields_of(db.session(), raw_id, current_user.id, request.path, utc_now())
    return None if fields is None else MultiDict(fields)


def with_parked(page: str, raw_id: str | None) -> str:
    """The page's address that shows the form filled."""
    if raw_id is None:
        return page
    return page + ("&" if "?" in page else "?") + urlencode({"parked": raw_id})


def ask_to_log_in() -> ResponseReturnValue:
    """The answer to a stranger: a redirect for a GET, the login page itself for a POST."""
    if request.method in ("GET", "HEAD"):
        return _to_login(_asked_page(), None)
    page = page_of_form()
    raw_id = _park_for_dead_session(page)
    if request.headers.get("HX-Request"):
        return _to_login(page or _asked_page(), raw_id)
    message = gettext("登录已过期，请重新登录。")
    if raw_id is not None:
        message = gettext("登录已过期，请重新登录。您填的内容都在。")
    answer: Response = make_response(
        render_template(
            "login/login.html", next=page or "", parked=raw_id or "", message=message, username=""
        ),
        401,
    )
    return answer


def _asked_page() -> str:
    if request.headers.get("HX-Request"):  # a fragment is not a page to come back to
        current = request.headers.get("HX-Current-URL", "")
        path = current[len(request.host_url) - 1 :] if current.startswith(request.host_url) else ""
        return safe_next(path) or "/"
    return safe_next(own_path(request.full_path)) or "/"


def _to_login(page: str, raw_id: str | None) -> ResponseReturnValue:
    where = url_for("login.show_login", next=page if page != "/" else None, parked=raw_id)
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": where}
    return redirect(where, 303)


def _park_for_dead_session(page: str | None) -> str | None:
    """Keep the form only when the dead login says whose it is: strangers write nothing."""
    cookie = request.cookies.get(cookie_name(), "")
    if page is None or not cookie:
        return None
    person = person_of_dead_session(db.session(), cookie)
    return None if person is None else _park(person.id, page)


def show_form_again() -> ResponseReturnValue | None:
    """After a worn-out token: back to the page, filled. None when the form names no page."""
    page = page_of_form()
    if page is None or not current_user.is_authenticated:
        return None
    raw_id = _park(current_user.id, page)
    flash(gettext("页面放得太久，请再点一次提交；您填的内容都在。"), "warning")
    where = with_parked(page, raw_id)
    if request.headers.get("HX-Request"):
        return "", 403, {"HX-Redirect": where}
    return redirect(where, 303)


def _park(user_id: int, page: str) -> str | None:
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in _NEVER and "password" not in name.lower()
    ]
    try:
        with transaction() as session:
            return parked.park(session, user_id, page, fields, utc_now())
    except Exception:
        # The person must reach the login page even when the text cannot be kept.
        current_app.logger.exception("a form could not be kept")
        return None


def page_field() -> str:
    """The value for the hidden field `_page`: this page, without an old parked form."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "parked"]
    return request.path + ("?" + urlencode(kept) if kept else "")
