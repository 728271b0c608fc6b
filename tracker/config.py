"""Typed settings: defaults, `instance/config.toml`, `TRACKER_*`, the caller; the later one wins."""

from __future__ import annotations

import os
import secrets
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from tracker.core.errors import N_, SetupError, say

Mode = Literal["production", "demo", "test"]

ROOT = Path(__file__).resolve().parent.parent
_SECRET_FILE = "secret"  # noqa: S105 - the name of a file
_SHORTEST_SECRET = 32
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations. Law and time limits are not here."""

    instance_path: Path
    database_uri: str
    secret_key: str
    vault_key_path: Path
    files_path: Path
    mode: Mode = "production"
    https: bool = True
    server_name: str | None = None
    locale: str = "zh"
    session_idle_minutes: int = 30
    privileged_idle_minutes: int = 15
    session_absolute_minutes: int = 480
    max_upload_bytes: int = 50 * 1024 * 1024
    argon2_memory_kib: int = 64 * 1024
    argon2_time_cost: int = 3
    argon2_parallelism: int = 1

    @property
    def is_demo(self) -> bool:
        """Whether people and cases here are invented."""
        return self.mode == "demo"


# What a mode changes; the file, the environment and the caller still have the last word.
_BY_MODE: dict[Mode, dict[str, object]] = {
    "production": {},
    "demo": {"https": False},  # plain HTTP on the loopback address
    "test": {
        "https": False,
        "secret_key": "only-for-tests-" + "0" * _SHORTEST_SECRET,
        "argon2_memory_kib": 8,
        "argon2_time_cost": 1,
    },
}


def default_instance_path() -> Path:
    """Where this installation keeps its data: `TRACKER_INSTANCE`, else `instance/` in the tree."""
    return Path(os.environ.get("TRACKER_INSTANCE") or ROOT / "instance").resolve()


def load_settings(instance_path: Path | None = None, **overrides: object) -> Settings:
    """Read the settings of one installation; what is unfit raises SetupError with a sentence."""
    instance = (instance_path or default_instance_path()).resolve()
    chosen = {**_from_file(instance / "config.toml"), **_from_environment(), **overrides}
    mode = _mode(chosen.get("mode", "production"))
    values: dict[str, object] = {
        "database_uri": f"sqlite:///{instance / 'tracker.db'}",
        "vault_key_path": instance / "keys" / "vault.key",
        "files_path": instance / "files",
        **_BY_MODE[mode],
        **chosen,
        "mode": mode,
    }
    if "secret_key" not in values:
        values["secret_key"] = _read_secret(instance)
    typed = {name: _as_declared(name, value) for name, value in values.items()}
    if len(str(typed["secret_key"])) < _SHORTEST_SECRET:
        raise SetupError(say(N_("密钥太短：至少要%(n)s个字符。"), n=_SHORTEST_SECRET))
    return Settings(instance_path=instance, **typed)


def ensure_secret(instance_path: Path) -> None:
    """Create the key that signs cookies, readable by its owner only; an existing one is kept."""
    instance_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(
            instance_path / _SECRET_FILE,
            os.O_WRONLY | os.O_CREAT | os.O_EXCL,
            stat.S_IRUSR | stat.S_IWUSR,
        )
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))


def to_flask(settings: Settings) -> dict[str, Any]:
    """The same settings under the names Flask and its extensions look for."""
    config: dict[str, Any] = {
        "TRACKER_SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.mode == "test",
        "SQLALCHEMY_DATABASE_URI": settings.database_uri,
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes,
        "PREFERRED_URL_SCHEME": "https" if settings.https else "http",
        # A browser accepts the __Host- prefix over HTTPS only.
        "SESSION_COOKIE_NAME": "__Host-tracker" if settings.https else "tracker",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": settings.session_absolute_minutes * 60,
        # The token lives as long as the session does; a form left open over lunch still works.
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": settings.locale,
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    }
    if settings.server_name:
        config["SERVER_NAME"] = settings.server_name
        config["TRUSTED_HOSTS"] = [settings.server_name.rsplit(":", 1)[0]]
    return config


# ---------------------------------------------------------------- reading


# Derived, not set: the secret stays out of a file that people copy to each other.
_NOT_IN_FILE = {"instance_path", "secret_key"}


def _names() -> set[str]:
    return {f.name for f in fields(Settings)} - {"instance_path"}


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        values: Mapping[str, object] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(
            say(N_("配置文件%(path)s读不懂：%(why)s"), path=path, why=error)
        ) from error
    unknown = sorted(set(values) - (_names() - _NOT_IN_FILE))
    if unknown:
        raise SetupError(
            say(
                N_("配置文件%(path)s中有不认识的项：%(names)s。"),
                path=path,
                names="、".join(unknown),
            )
        )
    return dict(values)


def _from_environment() -> dict[str, object]:
    return {
        name: os.environ[variable]
        for name in sorted(_names())
        if (variable := f"TRACKER_{name.upper()}") in os.environ
    }


def _mode(value: object) -> Mode:
    for mode in get_args(Mode):
        if value == mode:
            return mode  # type: ignore[no-any-return]  # get_args is untyped
    raise SetupError(
        say(
            N_("运行方式%(mode)s不存在：请用%(known)s之一。"),
            mode=value,
            known="、".join(get_args(Mode)),
        )
    )


def _read_secret(instance: Path) -> str:
    path = instance / _SECRET_FILE
    try:
        secret = path.read_text("ascii").strip()
    except FileNotFoundError:
        raise SetupError(
            say(N_("没有密钥文件%(path)s：请先运行 tracker init，再启动服务。"), path=path)
        ) from None
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SetupError(
            say(N_("密钥文件%(path)s可被他人读取：请运行 chmod 600 %(path)s。"), path=path)
        )
    return secret


def _as_declared(name: str, value: object) -> Any:
    """A value as the field declares it; the environment knows text only."""
    declared = get_type_hints(Settings).get(name)
    try:
        if declared is bool:
            return _as_bool(value)
        if declared is int:
            number = int(str(value))
            if number <= 0:
                raise ValueError(name)
            return number
    except ValueError as error:
        raise SetupError(
            say(N_("设置%(name)s的值“%(value)s”不对。"), name=name, value=value)
        ) from error
    if declared is Path:
        return Path(str(value)).resolve()
    return value or None if name == "server_name" else value


def _as_bool(value: object) -> bool:
    text = str(value).lower()
    if text not in _TRUE | _FALSE:
        raise ValueError(text)
    return text in _TRUE
