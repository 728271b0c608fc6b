from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.web.small_site import GOOD, a_person, log_in, open_site, the_person, token_in
from tracker.config import Settings
from tracker.core.accounts import people
from tracker.core.accounts.models import LoginAttempt, ParkedForm, UserSession
from tracker.core.audit.models import AuditRow
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction

pytestmark = pytest.mark.once

COOKIE = "tracker_session"


@pytest.fixture
def site(
    fresh_db_url: Callable[..., str], test_settings: Callable[..., Settings]
) -> Iterator[Flask]:
    with open_site(test_settings(fresh_db_url())) as app:
        yield app


def cookie(client) -> str:
    found = client.get_cookie(COOKIE)
    return found.value if found else ""


def test_a_right_password_opens_and_a_wrong_one_does_not(site):
    client = site.test_client()
    assert client.get("/").headers["Location"] == "/login"
    wrong = log_in(client, password="Wrong-Horse-88")
    assert wrong.status_code == 401
    assert "账号或密码不对" in wrong.text
    assert log_in(client).headers["Location"] == "/"
    assert client.get("/").text.startswith("home")


def test_a_stranger_and_a_wrong_password_get_the_same_page(site):
    pages = []
    for name in ("gaowa", "nobody"):
        page = log_in(site.test_client(), name, "Wrong-Horse-88").text
        pages.append(page.replace(name, "x").replace(token_in(page), ""))
    assert pages[0] == pages[1]


def test_after_logout_the_old_cookie_is_dead(site):
    client = site.test_client()
    log_in(client)
    old = cookie(client)
    out = client.post("/logout", data={"csrf_token": token_in(client.get("/leads/new").text)})
    assert out.headers["Clear-Site-Data"] == '"cache"'
    client.set_cookie(COOKIE, old)
    assert client.get("/").headers["Location"] == "/login"


def test_a_planted_id_never_becomes_logged_in(site):
    client = site.test_client()
    planted = "A" * 43
    client.set_cookie(COOKIE, planted)
    log_in(client)
    assert cookie(client) != planted
    thief = site.test_client()
    thief.set_cookie(COOKIE, planted)
    assert thief.get("/").status_code == 303


def test_the_database_holds_no_raw_id(site):
    client = site.test_client()
    log_in(client)
    raw = cookie(client)
    device = client.get_cookie("tracker_device").value
    with site.app_context():
        for name in ("user_sessions", "login_attempts", "audit_rows"):
            rows = str(db.session.execute(text(f"SELECT * FROM {name}")).all())  # noqa: S608
            assert raw not in rows
            assert device not in rows


def test_login_renews_the_id_and_the_token(site):
    client = site.test_client()
    log_in(client)
    first = cookie(client)
    page = client.get("/leads/new").text
    # A second login from the same browser, as after a change of mind.
    with site.app_context():
        before = db.session.scalars(select(UserSession.id)).all()
    client.delete_cookie(COOKIE)
    log_in(client)
    assert cookie(client) != first
    assert token_in(client.get("/leads/new").text) != token_in(page)
    with site.app_context():
        assert db.session.scalar(select(func.count(UserSession.id))) == len(before) + 1


def test_idle_ends_a_login_and_polling_does_not_keep_it(site, at_time):
    at_time("2026-05-11 09:00")
    client = site.test_client()
    log_in(client)
    for minute in range(5, 30, 5):
        at_time(f"2026-05-11 09:{minute:02d}")
        assert client.get("/poll").status_code == 200
    at_time("2026-05-11 09:31")
    assert client.get("/poll").status_code == 303


def test_work_keeps_a_login_until_the_absolute_end(site, at_time):
    at_time("2026-05-11 09:00")
    client = site.test_client()
    log_in(client)
    for half_hour in range(1, 18):
        hour, rest = divmod(half_hour * 25, 60)
        at_time(f"2026-05-11 {9 + hour:02d}:{rest:02d}")
        assert client.get("/").status_code == 200, half_hour
    at_time("2026-05-11 16:50")
    client.get("/")
    at_time("2026-05-11 17:00")
    assert client.get("/").status_code == 303


def test_disabling_ends_every_login_at_the_next_request(site):
    browsers = [site.test_client() for _ in range(2)]
    for client in browsers:
        log_in(client)
    with site.app_context(), transaction() as session:
        people.set_active(session, the_person(session).id, utc_now(), active=False)
    assert [client.get("/").status_code for client in browsers] == [303, 303]
    assert log_in(site.test_client()).status_code == 401


def test_a_third_login_ends_the_oldest(site):
    browsers = [site.test_client() for _ in range(3)]
    for client in browsers:
        log_in(client)
    assert [client.get("/").status_code for client in browsers] == [303, 200, 200]


def test_a_hundred_wrong_tries_evaluate_five_and_the_known_device_still_gets_in(site, monkeypatch):
    owner = site.test_client()
    log_in(owner)
    evaluated = []
    hasher = site.extensions["tracker.passwords"]
    verify = hasher.verify

    def counted(stored, typed):
        evaluated.append(typed)
        return verify(stored, typed)

    monkeypatch.setattr(hasher, "verify", counted)
    thief = site.test_client()
    codes = [log_in(thief, password=f"Guess-Horse-{n}").status_code for n in range(100)]
    assert len(evaluated) == 5
    assert codes[:5] == [401] * 5
    assert set(codes[5:]) == {429}
    assert log_in(site.test_client()).status_code == 429  # right, but from a strange device
    owner.delete_cookie(COOKIE)
    assert log_in(owner).status_code == 303


def test_attempts_are_audited_without_the_name_that_was_typed(site):
    log_in(site.test_client(), "nobody@Secret-1", "Wrong-Horse-88")
    log_in(site.test_client())
    with site.app_context():
        rows = db.session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
        assert [r.tag for r in rows] == ["login.failed", "login.ok"]
        assert "Secret" not in str([(r.object, r.canonical) for r in rows])
        assert all(r.request_id and r.origin for r in rows)
        assert db.session.scalar(select(func.count(LoginAttempt.id))) == 2


def test_a_borrowed_password_opens_only_the_page_to_change_it(site):
    with site.app_context(), transaction() as session:
        the_person(session).must_change = True
    client = site.test_client()
    log_in(client)
    assert client.get("/").headers["Location"] == "/me/password"
    page = client.get("/me/password").text
    new = "Birch-Forest-2049x"
    form = {"csrf_token": token_in(page), "password_now": GOOD, "password_new": GOOD}
    assert "最近 5 次" in client.post("/me/password", data=form | {"password_again": GOOD}).text
    changed = client.post("/me/password", data=form | {"password_new": new, "password_again": new})
    assert changed.headers["Location"] == "/me"
    assert client.get("/").status_code == 200
    assert log_in(site.test_client(), password=new).status_code == 303


def test_an_old_password_must_be_changed(site, at_time):
    with site.app_context():
        set_on = the_person(db.session()).created_at
    at_time(f"{set_on.year + 1}-05-11 09:00")
    client = site.test_client()
    assert log_in(client).status_code == 303
    assert client.get("/").headers["Location"] == "/me/password"


def test_no_remember_me_cookie_and_the_login_cookie_is_closed(site):
    answer = log_in(site.test_client())
    cookies = answer.headers.getlist("Set-Cookie")
    assert not any("remember" in c for c in cookies)
    mine = next(c for c in cookies if c.startswith(COOKIE))
    assert "HttpOnly" in mine
    assert "SameSite=Lax" in mine
    assert "Expires" not in mine
    assert "Max-Age" not in mine


def test_next_leads_to_a_page_of_ours_only(site):
    assert log_in(site.test_client(), next="/inspectors?x=1").headers["Location"] == (
        "/inspectors?x=1"
    )
    assert log_in(site.test_client(), next="/\t/evil.example").headers["Location"] == "/"


# ---------------------------------------------------------------- typed text


def an_expired_browser(site, at_time):
    at_time("2026-05-11 09:00")
    client = site.test_client()
    log_in(client)
    form = {
        "csrf_token": token_in(client.get("/leads/new").text),
        "_page": "/leads/new",
        "reason": "举报人王小明的话",
        "password_now": "x",
    }
    at_time("2026-05-11 12:00")
    return client, form


def test_a_form_sent_too_late_comes_back_filled_after_login(site, at_time):
    client, form = an_expired_browser(site, at_time)
    late = client.post("/leads/new", data=form)
    assert late.status_code == 401
    assert "您填的内容都在" in late.text
    kept = late.text.split('name="parked" value="')[1].split('"')[0]
    with site.app_context():
        row = db.session.scalars(select(ParkedForm)).one()
        # The database alone does not give the words back.
        assert "王小明".encode() not in row.sealed
        assert kept not in row.id_hash
    answer = log_in(client, next="/leads/new", parked=kept)
    assert answer.headers["Location"] == f"/leads/new?parked={kept}"
    assert "举报人王小明的话" in client.get(answer.headers["Location"]).text


def test_another_person_does_not_get_the_text(site, at_time):
    with site.app_context(), transaction() as session:
        a_person(session, "batu")
    client, form = an_expired_browser(site, at_time)
    late = client.post("/leads/new", data=form)
    kept = late.text.split('name="parked" value="')[1].split('"')[0]
    answer = log_in(client, "batu", next="/leads/new", parked=kept)
    assert answer.headers["Location"] == "/leads/new"
    assert "王小明" not in client.get(f"/leads/new?parked={kept}").text


def test_a_stranger_writes_nothing(site):
    answer = site.test_client().post("/leads/new", data={"reason": "x", "_page": "/leads/new"})
    assert answer.status_code == 401
    with site.app_context():
        assert db.session.scalar(select(func.count(ParkedForm.id))) == 0


def test_a_worn_out_token_shows_the_form_again_with_its_text(site):
    client = site.test_client()
    log_in(client)
    form = {"csrf_token": "stale", "_page": "/leads/new", "reason": "还没有保存的话"}
    answer = client.post("/leads/new", data=form)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "还没有保存的话" in page
    assert "页面放得太久" in page
    again = form | {"csrf_token": token_in(page)}
    assert client.post("/leads/new", data=again).headers["Location"] == "/?saved=7"


def test_another_persons_token_is_refused(site):
    with site.app_context(), transaction() as session:
        a_person(session, "batu")
    mine, theirs = site.test_client(), site.test_client()
    log_in(mine)
    log_in(theirs, "batu")
    token = token_in(theirs.get("/leads/new").text)
    assert mine.post("/leads/new", data={"csrf_token": token, "reason": "x"}).status_code == 400


def test_my_page_lists_logins_and_ends_another(site):
    here, there = site.test_client(), site.test_client()
    log_in(here)
    log_in(there)
    page = here.get("/me").text
    assert "就是这里" in page
    ending = page.split('action="/me/sessions/')[1].split('"')[0]
    here.post(f"/me/sessions/{ending}", data={"csrf_token": token_in(page)})
    assert there.get("/").status_code == 303
    assert here.get("/").status_code == 200


def test_language_and_colours_are_chosen_from_a_list(site):
    client = site.test_client()
    log_in(client)
    token = token_in(client.get("/me").text)
    client.post("/me/display", data={"csrf_token": token, "lang": "en", "theme": "<x>"})
    assert client.get_cookie("lang").value == "en"
    assert client.get_cookie("theme") is None
