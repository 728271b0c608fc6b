"""What holds for every request: headers, where it came from, how large it is, what text may be."""

from __future__ import annotations

import json
import logging
import secrets
import unicodedata
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import IntegerConverter, Map

from tracker.config import Settings
from tracker.core.errors import BadInput, say
from tracker.web.access import csrf, public

log = logging.getLogger(__name__)
bp = Blueprint("security", __name__)

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "report-uri /csp-report",
    )
)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_REPORT_BYTES = 16 * 1024
_YEAR = 365 * 24 * 3600
# A column of whole numbers holds any number of fewer digits.
_DIGITS = 10


class RowId(IntegerConverter):
    """A row's number in an address; one that no column can hold is no page."""

    regex = r"[0-9]+"  # Werkzeug's own takes the digits of every script

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 2)


def init_security(app: Flask) -> None:
    """Limits, cookies, headers and the origin check; call it before `init_access`."""
    app.url_map.converters["int"] = RowId
    settings: Settings = app.config["TRACKER_SETTINGS"]
    https, config = settings.https, app.config
    # A little above the largest file: the form around it needs room too.
    config["MAX_CONTENT_LENGTH"] = settings.max_upload_bytes + 10 * 1024 * 1024
    config["MAX_FORM_MEMORY_SIZE"] = 2 * 1024 * 1024
    config["MAX_FORM_PARTS"] = 2000
    # Flask's own cookie carries the CSRF token and flashes; the login has a cookie of its own.
    config["SESSION_COOKIE_NAME"] = "__Host-tracker-form" if https else "tracker_form"
    config["SESSION_COOKIE_SECURE"] = https
    config["SESSION_COOKIE_HTTPONLY"] = True
    config["SESSION_COOKIE_SAMESITE"] = "Lax"
    config["SESSION_COOKIE_PATH"] = "/"
    config["WTF_CSRF_SSL_STRICT"] = False  # it wants a Referer, and our policy sends none
    # `access` asks for the token once the login is known, so that typed text can be kept.
    config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)
    app.register_blueprint(bp)
    app.before_request(_name_request)
    app.before_request(_limit_plain_forms)
    app.before_request(_check_origin)
    app.after_request(_set_headers)


def _is_https() -> bool:
    settings: Settings = current_app.config["TRACKER_SETTINGS"]
    return settings.https


def _name_request() -> None:
    g.request_id = secrets.token_hex(8)


def _limit_plain_forms() -> None:
    # Werkzeug holds multipart fields to MAX_FORM_MEMORY_SIZE, but not a plain form's body.
    if request.mimetype != "multipart/form-data":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def _check_origin() -> None:
    """Refuse a writing request another site sent; the CSRF token is the second lock, not the only.

    Under `no-referrer` browsers send ``Origin: null`` with our own forms, so Sec-Fetch-Site is
    asked first. Browsers leave that one out on plain http, where null therefore says nothing.
    """
    if request.method in _SAFE_METHODS or request.endpoint == "security.csp_report":
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin is None or (origin == "null" and not _is_https()):
        return
    if urlsplit(origin)[:2] != urlsplit(request.host_url)[:2]:
        abort(403)


def _set_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        # The address carries the version, so it may be kept for good; without one, briefly.
        keep = f"public, max-age={_YEAR}, immutable" if "v" in request.args else "max-age=300"
        headers["Cache-Control"] = keep
    else:
        headers["Cache-Control"] = "no-store"
    if _is_https():
        headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"
    return response


@bp.post("/csp-report")
@public
def csp_report() -> ResponseReturnValue:
    """Log what a browser refused to run; nothing of the page's content."""
    if (request.content_length or 0) > _REPORT_BYTES:
        abort(413)
    try:
        report = json.loads(request.get_data())["csp-report"]
        # No query strings: they may carry what was searched for.
        words = {
            name: str(report.get(name, "")).partition("?")[0][:200]
            for name in ("document-uri", "violated-directive", "blocked-uri")
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", 400
    log.warning("content policy: %s", json.dumps(words))
    return "", 204


# ---------------------------------------------------------------- text

# Marks that turn the direction of reading: a name can be made to read as another.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Without width and without meaning; word processors leave them when text is pasted.
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u2060\u00ad"))


# No language piles more; normalising a long pile takes quadratic time.
_MOST_MARKS = 16


def _has_piled_marks(text: str) -> bool:
    if text.isascii():
        return False
    pile = 0
    for char in text:
        pile = pile + 1 if unicodedata.combining(char) else 0
        if pile > _MOST_MARKS:
            return True
    return False


def row_id(raw: str) -> int:
    """A number that a row may have; ValueError for any other, also for one no column holds."""
    if not (raw.isascii() and raw.isdigit() and len(raw) < _DIGITS):
        raise ValueError(raw)
    return int(raw)


def clean_text(value: str, max_length: int, *, multiline: bool = False, field: str = "") -> str:
    """The text as it is stored: NFC, one kind of line end, no edges; refuses what must not be in.

    Every step is linear in the length of the text.
    """
    if _has_piled_marks(value):
        raise BadInput(field, say("文字里有看不见的控制字符，请删去后重新输入"))
    text = value.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > max_length:
        raise BadInput(
            field,
            say("最多 %(max)s 个字，现在有 %(now)s 个", max=max_length, now=len(text)),
        )
    allowed = "\n\t" if multiline else "\t"
    for char in text:
        if char in _BIDI:
            raise BadInput(field, say("文字里有改变阅读方向的隐藏字符，请删去后重新输入"))
        if char == "\n" and not multiline:
            raise BadInput(field, say("这里只能写一行"))
        if char not in allowed and unicodedata.category(char) in ("Cc", "Cs", "Cn", "Zl", "Zp"):
            raise BadInput(field, say("文字里有看不见的控制字符，请删去后重新输入"))
    return text if multiline else text.replace("\t", " ")
