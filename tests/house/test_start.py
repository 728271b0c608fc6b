"""Starting: a clean installation comes up, an unfit one says what to do."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys

import pytest
from flask import Flask

from tests.helpers.databases import ROOT
from tracker.config import ensure_secret
from tracker.core.db import db
from tracker.core.errors import SetupError


@pytest.fixture
def instance(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("TRACKER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path))
    return tmp_path


def test_wsgi_starts_with_a_clean_configuration(instance):
    ensure_secret(instance)
    app = runpy.run_path(str(ROOT / "wsgi.py"))["app"]
    assert isinstance(app, Flask)
    assert not app.debug
    assert not app.testing
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    with app.app_context():
        db.engine.dispose()


def test_production_without_a_secret_refuses(instance):
    with pytest.raises(SetupError, match="tracker init"):
        runpy.run_path(str(ROOT / "wsgi.py"))


def test_gunicorn_accepts_its_settings(instance):
    ensure_secret(instance)
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--check-config", "wsgi:app"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    settings = runpy.run_path(str(ROOT / "tracker" / "gunicorn_conf.py"))
    assert settings["control_socket_disable"], "a service user has no home for the socket"
    assert not settings["preload_app"], "database connections do not survive a fork"
