"""`instance/channels.toml`: which ways out are open, and under which addresses.

No file, no channel. Whatever is unfit is refused with a sentence, before anything is sent.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

from tracker.core.errors import N_, SetupError, say

FILE = "channels.toml"
CHANNEL_LABELS: dict[str, str] = {
    "email": N_("电子邮件"),
    "wecom": N_("企业微信机器人"),
    "dingtalk": N_("钉钉机器人"),
    "feishu": N_("飞书机器人"),
    "sms": N_("短信"),
}
# So many steps of one sending may each take the whole time-out before a claim counts as dead.
_STEPS_PER_SENDING = 20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Email:
    """A mail server that takes our mail."""

    host: str
    sender: str
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    # Empty: any address; else only addresses below these domains.
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wecom:
    """A group robot of WeCom."""

    address: str
    key: str = field(repr=False)
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Dingtalk:
    """A group robot of DingTalk that wants signed messages."""

    address: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Feishu:
    """A group robot of Feishu that wants signed messages."""

    address: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Sms:
    """A gateway for short messages: what it wants to be sent, and how it says yes."""

    address: str = field(repr=False)
    # Values may hold {phone}, {text} and {id}.
    fields: dict[str, str] = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    format: Literal["json", "form"] = "json"
    # A field of the JSON answer and what it must hold; without it any 2xx is a yes.
    ok_field: str = ""
    ok_value: str = "0"
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Channels:
    """What is configured."""

    # Where people reach the product: the beginning of every link that leaves.
    public_address: str = ""
    timeout_seconds: float = 10.0
    # A message claimed so long ago and not marked belongs to a worker that is gone.
    claim_seconds: int = 600
    email: Email | None = None
    wecom: Wecom | None = None
    dingtalk: Dingtalk | None = None
    feishu: Feishu | None = None
    sms: Sms | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The channels that are set up."""
        return tuple(name for name in CHANNEL_LABELS if getattr(self, name) is not None)

    @property
    def host(self) -> str:
        """The host part of message ids."""
        return urlsplit(self.public_address).hostname or "tracker.invalid"

    def link(self, path: str) -> str:
        """A page of ours as it is reached from outside."""
        return self.public_address.rstrip("/") + path


_TABLES: dict[str, type] = {
    "email": Email,
    "wecom": Wecom,
    "dingtalk": Dingtalk,
    "feishu": Feishu,
    "sms": Sms,
}


def load_channels(instance_path: Path) -> Channels:
    """The channels of one installation; SetupError when the file is unfit."""
    path = instance_path / FILE
    if not path.exists():
        return Channels()
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SetupError(
            say(
                N_("外发渠道文件%(path)s可被他人读取：请运行 chmod 600 %(path)s。"),
                path=path,
            )
        )
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # Without the parser's words: they may quote a password.
        raise SetupError(
            say(N_("外发渠道文件%(path)s读不懂：请按 TOML 格式改正。"), path=path)
        ) from error
    return read_channels(values)


def read_channels(values: Mapping[str, object]) -> Channels:
    """The same from a mapping."""
    built = {
        name: _typed(_TABLES[name], name, value) if name in _TABLES else value
        for name, value in values.items()
    }
    channels: Channels = _typed(Channels, "", built)
    if channels.names or channels.public_address:
        _check_address("public_address", channels.public_address)
    for name in channels.names:
        address = getattr(getattr(channels, name), "address", None)
        if address is not None:
            _check_address(f"{name}.address", address)
    if channels.timeout_seconds <= 0:
        raise _wrong("timeout_seconds")
    if channels.claim_seconds < _STEPS_PER_SENDING * channels.timeout_seconds:
        raise SetupError(
            say(
                N_("外发渠道设置 claim_seconds 至少是 timeout_seconds 的%(n)s倍。"),
                n=_STEPS_PER_SENDING,
            )
        )
    return channels


def _typed(kind: type[T], name: str, values: object) -> T:
    """Build a table, refusing what it does not know and naming what it lacks."""
    if not isinstance(values, Mapping):
        raise _wrong(name)
    prefix = f"{name}." if name else ""
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]  # a dataclass by construction
    unknown = sorted(prefix + str(key) for key in values if key not in known)
    if unknown:
        raise SetupError(
            say(N_("外发渠道设置中有不认识的项：%(names)s。"), names="、".join(unknown))
        )
    missing = sorted(
        prefix + key
        for key, f in known.items()
        if key not in values and f.default is MISSING and f.default_factory is MISSING
    )
    if missing:
        raise SetupError(say(N_("外发渠道设置缺少：%(names)s。"), names="、".join(missing)))
    hints = get_type_hints(kind)
    return kind(**{key: _value(prefix + key, hints[key], v) for key, v in values.items()})


def _value(name: str, declared: Any, value: Any) -> Any:
    """One value as its field declares it."""
    found = _converted(declared, value)
    if found is None:
        raise _wrong(name)
    return found


def _converted(declared: Any, value: Any) -> Any:
    if isinstance(value, bool):
        return None
    if declared is str:
        return value if isinstance(value, str) and "\n" not in value else None
    if declared is int:
        return value if isinstance(value, int) and value > 0 else None
    if declared is float:
        return float(value) if isinstance(value, int | float) else None
    if get_origin(declared) is Literal:
        return value if value in get_args(declared) else None
    if get_origin(declared) is tuple:
        return tuple(value) if _all_text(value, list) else None
    if get_origin(declared) is dict:
        return dict(value) if _all_text(value, dict) else None
    return value  # a table, built before


def _all_text(value: Any, kind: type[list[Any]] | type[dict[Any, Any]]) -> bool:
    if not isinstance(value, kind):
        return False
    parts: list[Any] = [*value, *value.values()] if isinstance(value, dict) else list(value)
    return all(isinstance(part, str) and "\n" not in part for part in parts)


def _check_address(name: str, address: str) -> None:
    try:
        parts = urlsplit(address)
        fit = parts.scheme in ("http", "https") and bool(parts.hostname)
        fit = fit and parts.username is None and not parts.fragment and parts.port != 0
    except ValueError:
        fit = False
    if not fit or any(c.isspace() or not c.isascii() for c in address):
        raise SetupError(
            say(N_("外发渠道设置 %(name)s 要填以 http:// 或 https:// 开头的地址。"), name=name)
        )


def _wrong(name: str) -> SetupError:
    # Without the value: it may be a password.
    return SetupError(say(N_("外发渠道设置 %(name)s 的值不合格式。"), name=name))
