"""Each named refusal becomes a page once, here. A page says what to do and shows a request id."""

from __future__ import annotations

import logging
from datetime import date, datetime

from flask import Flask, Response, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from tracker.core.clock import office_date, office_time, utc_now
from tracker.core.errors import (
    N_,
    BadInput,
    ChangedMeanwhile,
    NotVisible,
    Sentence,
    StepRefused,
    Unavailable,
)
from tracker.web import wording
from tracker.web.once import DifferentBody
from tracker.web.parked import show_form_again
from tracker.web.redirects import safe_next

log = logging.getLogger(__name__)

# title, sentence; by status
_WORDS: dict[int, tuple[str, str]] = {
    400: (N_("这次提交没有读懂"), N_("请返回上一页，检查后再提交。")),
    403: (N_("这次提交没有接受"), N_("请求不是从本系统的页面发出的。请回到首页，从页面上操作。")),
    404: (
        N_("没有这个页面"),
        N_("地址可能写错了，内容可能已经移走，或者不在您的查看范围内。"),
    ),
    405: (N_("这个地址不能直接打开"), N_("请回到首页，从页面上的按钮操作。")),
    409: (N_("这件事已经有了变化"), N_("请重新打开页面，看清现在的情况再操作。")),
    413: (N_("提交的内容太大"), N_("请减少附件的数量或大小，分几次提交。")),
    415: (N_("提交的格式不对"), N_("请回到首页，从页面上操作。")),
    422: (N_("这次提交和上一次的内容不同"), N_("同一张表单已经提交过。请重新打开页面再填写。")),
    429: (N_("操作太频繁"), N_("请稍等几分钟再试。")),
    500: (N_("页面出了问题"), N_("没有保存任何改动。请把下面的编号告诉管理员。")),
    503: (N_("系统正忙"), N_("没有保存任何改动。请过几秒钟再试一次。")),
}


def init_errors(app: Flask) -> None:
    """Register every answer to a refusal."""
    app.register_error_handler(NotVisible, _not_visible)
    app.register_error_handler(StepRefused, _step_refused)
    app.register_error_handler(ChangedMeanwhile, _changed)
    app.register_error_handler(BadInput, _bad_input)
    app.register_error_handler(DifferentBody, lambda _: page(422))
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(PoolTimeoutError, _unavailable)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)
    app.add_template_filter(tell, "tell")
    app.add_template_filter(_office_clock, "office_clock")


def tell(sentence: Sentence | str) -> str:
    """A sentence in the reader's language, with what fills its places translated too."""
    if isinstance(sentence, str):
        # The catalogue answers an empty text with its own head.
        return str(gettext(sentence)) if sentence else ""
    text = str(gettext(sentence.text)) if sentence.text else ""
    if not sentence.params:
        return text
    return text % {name: _filling(value) for name, value in sentence.params.items()}


def _filling(value: object) -> str:
    if isinstance(value, Sentence):
        return tell(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        locale = get_locale()
        language = str(locale.language) if locale else "zh"
        return wording.day_label(value, office_date(utc_now()), language)
    return str(value)


def _office_clock(moment: datetime) -> str:
    return f"{office_time(moment):%Y-%m-%d %H:%M}"


def page(status: int, *, bare: bool = False, **values: object) -> Response:
    """An error page; bare ones ask neither the database nor who is logged in."""
    title, sentence = _WORDS.get(status, _WORDS[500] if status >= 500 else _WORDS[400])
    words: dict[str, object] = {
        "title": tell(title),
        "sentence": tell(sentence),
        "request_id": g.get("request_id", ""),
        "refusals": [],
        "back": None,
    }
    words.update(values)
    html = _render(words, bare=bare or status >= 500)
    return Response(html, status, mimetype="text/html")


def _render(words: dict[str, object], *, bare: bool) -> str:
    env = current_app.jinja_env
    # Without context processors: they may ask the database that has just failed.
    template = env.get_template("errors/page.html")
    if bare or not current_user.is_authenticated:
        return template.render(layout="errors/bare.html", **words)
    context: dict[str, object] = {"layout": "base.html", **words}
    try:
        current_app.update_template_context(context)
        return template.render(context)
    except Exception:
        log.exception("the full error page failed")
        return template.render(layout="errors/bare.html", **words)


def _not_visible(_: NotVisible) -> ResponseReturnValue:
    return page(404)


def _step_refused(error: StepRefused) -> ResponseReturnValue:
    return page(
        409,
        title=gettext("现在还不能这样办"),
        sentence=gettext("没有保存任何改动。原因如下："),
        refusals=error.refusals,
        back=_back(),
    )


def _changed(error: ChangedMeanwhile) -> ResponseReturnValue:
    return page(409, sentence=tell(error.what), back=_back())


def _bad_input(error: BadInput) -> ResponseReturnValue:
    # A view that knows the form catches this and shows it at its field.
    return page(422, title=gettext("有一处要改"), sentence=tell(error.message), back=_back())


def _unavailable(error: Exception) -> ResponseReturnValue:
    log.error("unavailable: %s", type(error).__name__, exc_info=error)
    answer = page(503)
    answer.headers["Retry-After"] = "2"
    return answer


def _csrf(_: CSRFError) -> ResponseReturnValue:
    again = show_form_again()
    if again is not None:
        return again
    if request.endpoint == "login.do_login":
        flash(gettext("页面放得太久，请再登录一次。"), "warning")
        onward = safe_next(request.form.get("next"))
        kept = request.form.get("parked") or None
        return redirect(url_for("login.show_login", next=onward, parked=kept), 303)
    return page(
        400,
        title=gettext("页面放得太久"),
        sentence=gettext("没有保存任何改动。请重新打开页面再提交。"),
        back=_back(),
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    answer = page(error.code)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    retry = getattr(error, "retry_after", None)
    if retry is not None:
        answer.headers["Retry-After"] = str(retry)
    return answer


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.error("request %s failed", g.get("request_id", ""), exc_info=error)
    return page(500)


def _back() -> str | None:
    """The page the refused form stood on."""
    return safe_next(request.form.get("_page"))
