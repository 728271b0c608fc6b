"""Settings: where they come from, and which are refused."""

from __future__ import annotations

import os
import stat

import pytest

from tracker.config import ensure_secret, load_settings, to_flask
from tracker.core.errors import SetupError


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch):
    for name in [name for name in os.environ if name.startswith("TRACKER_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def instance(tmp_path):
    ensure_secret(tmp_path)
    return tmp_path


def test_defaults_are_those_of_production(instance):
    settings = load_settings(instance)
    assert settings.mode == "production"
    assert settings.https
    assert settings.database_uri == f"sqlite:///{instance / 'tracker.db'}"
    assert settings.vault_key_path == instance / "keys" / "vault.key"
    assert settings.argon2_memory_kib == 65536
    assert (settings.session_idle_minutes, settings.privileged_idle_minutes) == (30, 15)


def test_the_later_source_wins(instance, monkeypatch):
    (instance / "config.toml").write_text(
        'session_idle_minutes = 20\nlocale = "en"\nserver_name = "a"\n', "utf-8"
    )
    monkeypatch.setenv("TRACKER_LOCALE", "zh")
    monkeypatch.setenv("TRACKER_HTTPS", "no")
    settings = load_settings(instance, server_name="b")
    assert settings.session_idle_minutes == 20
    assert settings.locale == "zh"
    assert settings.https is False
    assert settings.server_name == "b"


@pytest.mark.parametrize("text", ["secret_key = 'x'", "no_such = 1", "= broken", "mode = 'fast'"])
def test_an_unfit_file_is_refused(instance, text):
    (instance / "config.toml").write_text(text, "utf-8")
    with pytest.raises(SetupError):
        load_settings(instance)


@pytest.mark.parametrize(
    ("name", "value"), [("HTTPS", "perhaps"), ("MAX_UPLOAD_BYTES", "-1"), ("SECRET_KEY", "short")]
)
def test_an_unfit_environment_is_refused(instance, monkeypatch, name, value):
    monkeypatch.setenv(f"TRACKER_{name}", value)
    with pytest.raises(SetupError):
        load_settings(instance)


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path):
    ensure_secret(tmp_path / "new")
    file = tmp_path / "new" / "secret"
    first = file.read_text("ascii")
    ensure_secret(tmp_path / "new")
    assert file.read_text("ascii") == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_a_secret_only_tests_run(tmp_path):
    for mode in ("production", "demo"):
        with pytest.raises(SetupError, match="tracker init"):
            load_settings(tmp_path, mode=mode)
    assert load_settings(tmp_path, mode="test").secret_key


def test_a_secret_that_others_can_read_is_refused(instance):
    (instance / "secret").chmod(0o644)
    with pytest.raises(SetupError, match="chmod 600"):
        load_settings(instance)


def test_cookies_follow_https(instance):
    production = to_flask(load_settings(instance, server_name="tracker.example:8443"))
    assert production["SESSION_COOKIE_NAME"] == "__Host-tracker"
    assert production["SESSION_COOKIE_SECURE"]
    assert production["TRUSTED_HOSTS"] == ["tracker.example"]
    demo = to_flask(load_settings(instance, mode="demo"))
    assert demo["SESSION_COOKIE_NAME"] == "tracker"
    assert not demo["SESSION_COOKIE_SECURE"]
