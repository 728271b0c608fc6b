from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.web.small_site import log_in, open_site, token_in
from tracker.config import Settings
from tracker.core.errors import BadInput
from tracker.web.security import clean_text

pytestmark = pytest.mark.once


@pytest.fixture
def site(
    fresh_db_url: Callable[..., str], test_settings: Callable[..., Settings]
) -> Iterator[Flask]:
    with open_site(test_settings(fresh_db_url())) as app:
        yield app


@pytest.fixture
def secure(
    fresh_db_url: Callable[..., str], test_settings: Callable[..., Settings]
) -> Iterator[Flask]:
    with open_site(test_settings(fresh_db_url(), https=True)) as app:
        yield app


def addresses(app):
    return sorted({r.rule for r in app.url_map.iter_rules() if not r.arguments})


def test_every_route_carries_the_headers(secure):
    client = secure.test_client()
    for path in [*addresses(secure), "/no-such-page", "/static/conftest.py?v=1"]:
        with client.get(path, base_url="https://localhost") as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert len(headers["X-Request-Id"]) == 16
        kept = "immutable" if path.startswith("/static") else "no-store"
        assert kept in headers["Cache-Control"], path


def test_cookies_are_bound_to_the_host_over_https(secure):
    client = secure.test_client()
    page = client.get("/login", base_url="https://localhost").text
    answer = client.post(
        "/login",
        base_url="https://localhost",
        headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        data={"username": "gaowa", "password": "Grassland-Horse-88", "csrf_token": token_in(page)},
    )
    assert answer.status_code == 303
    for line in answer.headers.getlist("Set-Cookie"):
        assert line.startswith("__Host-tracker"), line
        assert "Secure" in line
        assert "HttpOnly" in line
        assert "SameSite" in line
        assert "Domain" not in line


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_a_token(site, headers):
    client = site.test_client()
    log_in(client)
    form = {"csrf_token": token_in(client.get("/leads/new").text), "reason": "x"}
    assert client.post("/leads/new", data=form, headers=headers).status_code == 403
    assert client.post("/leads/new", data=form).status_code == 303


def test_without_a_token_nothing_is_accepted(site):
    client = site.test_client()
    log_in(client)
    for rule in site.url_map.iter_rules():
        if "POST" in rule.methods and rule.endpoint not in ("security.csp_report", "static"):
            path = rule.rule.replace("<int:", "<").split("<")[0] + ("1" if rule.arguments else "")
            path = (
                path
                if not rule.rule.endswith(("end", "revoke"))
                else (path + "/" + rule.rule.rsplit("/", 1)[1])
            )
            assert client.post(path, data={"reason": "x"}).status_code in (303, 400), path
    assert client.get("/").status_code == 200  # not even the logout


def test_bodies_have_limits(site):
    client = site.test_client()
    log_in(client)
    parts = {f"f{n}": "x" for n in range(2001)}
    answer = client.post("/leads/new", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert "太大" in answer.text
    large = client.post("/leads/new", data={"reason": "x" * (2 * 1024 * 1024 + 1)})
    assert large.status_code == 413


def test_the_policy_report_is_logged_without_what_was_searched(site, caplog):
    body = '{"csp-report": {"document-uri": "http://x/search?q=王小明", "blocked-uri": "a\\nb"}}'
    assert site.test_client().post("/csp-report", data=body).status_code == 204
    assert "王小明" not in caplog.text
    assert "a\\nb" in caplog.text
    for broken in ("", "[]", "{", "x" * 20000):
        assert site.test_client().post("/csp-report", data=broken).status_code in (400, 413)


@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        ("step", 409, "还没有送达"),
        ("changed", 409, "高娃 已经提交"),
        ("hidden", 404, "没有这个页面"),
        ("busy", 503, "系统正忙"),
        ("broken", 500, "页面出了问题"),
    ],
)
def test_refusals_have_a_page_that_betrays_nothing(site, what, status, words):
    client = site.test_client()
    log_in(client)
    token = token_in(client.get("/leads/new").text)
    answer = client.post(f"/refused/{what}", data={"csrf_token": token, "_page": "/leads/new"})
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    for secret in ("SELECT", "/srv", "secret row", "Traceback"):
        assert secret not in answer.text
    assert (answer.headers.get("Retry-After") == "2") is (status == 503)
    assert ('href="/leads/new"' in answer.text) is (status == 409)


def test_a_wrong_method_says_which_are_right(site):
    answer = site.test_client().post("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_text_is_kept_as_meant():
    assert clean_text("  e\u0301te\u0301\ufeff ", 10) == "été"
    assert clean_text("一\r\n二", 10, multiline=True) == "一\n二"
    assert clean_text("𠮷野家", 3) == "𠮷野家"


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\x1bb", "a\u202eb", "a\u2066b", "a\nb", "a\u2028b", "x" * 11, "\ud800"]
)
def test_text_with_tricks_is_refused(text):
    with pytest.raises(BadInput):
        clean_text(text, 10)


def test_the_longest_text_is_judged_quickly():
    import time

    for text in ("a" + "\u0301\u0327" * 20_000, ("e" + "\u0301\u0327" * 8) * 500, "统" * 9000):
        began = time.perf_counter()
        with contextlib.suppress(BadInput):
            clean_text(text, 10_000)
        assert time.perf_counter() - began < 0.05
