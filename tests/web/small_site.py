"""A site with the doors of the product and a few rooms, so that each rule shows by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from flask import Flask, get_flashed_messages, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import column as col
from sqlalchemy import insert, table
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

from tracker.config import Settings, to_flask
from tracker.core.accounts import people
from tracker.core.accounts.models import User
from tracker.core.accounts.passwords import Passwords
from tracker.core.accounts.roles import Role
from tracker.core.clock import utc_now
from tracker.core.db import db, init_db, transaction
from tracker.core.errors import ChangedMeanwhile, NotVisible, Refusal, StepRefused, Unavailable, say
from tracker.web.access import (
    check_all_routes,
    init_access,
    logged_in,
    needs,
    polling,
    public,
)
from tracker.web.errors import init_errors
from tracker.web.login import init_login
from tracker.web.parked import page_field, parked_fields
from tracker.web.security import init_security

GOOD = "Grassland-Horse-88"
_TOP = Path(__file__).resolve().parents[2]
_BASE = (
    "<title>{% block title %}{% endblock %}</title>{% block content %}{% endblock %}"
    "{% for text in get_flashed_messages() %}<p>{{ text }}</p>{% endfor %}"
)
_FORM = (
    '<form method=post>{{ fields.get("reason", "") if fields else "" }}'
    '<input name=csrf_token value="{{ csrf_token() }}"><input name=_page value="{{ page }}">'
    "{% for t in get_flashed_messages() %}{{ t }}{% endfor %}</form>"
)


def make_site(settings: Settings) -> Flask:
    app = Flask(
        "small",
        template_folder=str(_TOP / "templates"),
        static_folder=str(_TOP / "tests"),
        static_url_path="/static",
    )
    app.config.update(to_flask(settings))
    init_db(app)
    Babel(app)
    of_product = app.jinja_loader
    assert of_product is not None
    app.jinja_loader = ChoiceLoader([DictLoader({"base.html": _BASE}), of_product])
    init_security(app)
    init_access(app)
    init_errors(app)
    init_login(app)
    _rooms(app)
    check_all_routes(app)
    return app


def _rooms(app: Flask) -> None:
    @app.get("/")
    @logged_in
    def home() -> str:
        return "home " + " ".join(map(str, get_flashed_messages()))

    @app.get("/poll")
    @polling
    @logged_in
    def poll() -> str:
        return "polled"

    @app.get("/healthz")
    @public
    def healthz() -> str:
        return "ok"

    @app.get("/delegations", endpoint="delegations.show_delegations")
    @logged_in
    def delegations() -> str:
        return "delegations"

    @app.get("/inspectors")
    @needs(Role.INSPECTOR)
    def inspectors() -> str:
        return "inspectors"

    @app.get("/leads/new")
    @logged_in
    def new_lead() -> str:
        return render_template_string(_FORM, fields=parked_fields(), page=page_field())

    @app.post("/leads/new")
    @logged_in
    def add_lead() -> ResponseReturnValue:
        return redirect("/?saved=" + str(len(request.form.get("reason", ""))), 303)

    @app.post("/refused/<what>")
    @logged_in
    def refused(what: str) -> str:
        errors: dict[str, Exception] = {
            "step": StepRefused([Refusal(say("还没有送达"), say("等%(who)s", who="高娃"))]),
            "changed": ChangedMeanwhile(say("%(who)s 已经提交", who="高娃")),
            "hidden": NotVisible("secret row 77"),
            "busy": Unavailable("database at /srv/x"),
            "broken": RuntimeError("SELECT password FROM users"),
        }
        raise errors[what]


def a_person(
    session: Session, username: str = "gaowa", *, password: str | None = GOOD, org: int = 1
) -> int:
    user = people.create_user(session, username, "高娃", now=utc_now())
    user.active = True
    if password:
        people.change_password(session, user.id, _hasher().hash(password), utc_now())
    return user.id


def the_person(session: Session, username: str = "gaowa") -> User:
    user = people.find_user(session, username)
    assert user is not None
    return user


def give_role(session: Session, user_id: int, role: Role, org: int) -> None:
    people.grant_role(session, user_id, org, role, valid_from=date(2020, 1, 1), now=utc_now())


def an_organisation(session: Session, org_id: int, name: str = "某市统计局") -> int:
    columns = {
        "id": org_id,
        "name": name,
        "short_name": name[:4],
        "kind": "bureau",
        "region_code": "150100000000",
        "doc_prefix": "某统",
        "active": True,
        "is_demo": False,
    }
    session.execute(insert(table("organisations", *map(col, columns))).values(**columns))
    return org_id


def _hasher() -> Passwords:
    return Passwords(memory_kib=8, time_cost=1)


@contextmanager
def open_site(settings: Settings) -> Iterator[Flask]:
    """The site with one person, gaowa; its connections are closed afterwards."""
    app = make_site(settings)
    with app.app_context(), transaction() as session:
        a_person(session)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def log_in(
    client: Client, username: str = "gaowa", password: str = GOOD, **form: str
) -> TestResponse:
    page = client.get("/login").text
    return client.post(
        "/login",
        data={"username": username, "password": password, "csrf_token": token_in(page), **form},
    )


def token_in(page: str) -> str:
    found = re.search(r'name="?csrf_token"? value="([^"]+)"', page)
    assert found, page
    return found[1]
