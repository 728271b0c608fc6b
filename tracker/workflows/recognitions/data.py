"""Where recognitions are pushed to, read from `destinations.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from tracker.core.errors import N_, SetupError, say

# The shipped names, so that they can be shown in English as well.
_NAMES = (
    N_("本机关网站"),
    N_("信用中国网站"),
    N_("国家企业信用信息公示系统"),
    N_("全国信用信息共享平台"),
)


@dataclass(frozen=True, slots=True)
class Destination:
    """One place a recognition is pushed to; `publishes`: its day starts the display."""

    id: str
    name: str
    publishes: bool = False


def read_destinations(text: str) -> tuple[Destination, ...]:
    """The destinations of a TOML text; SetupError when none, or several, publish."""
    rows = tomllib.loads(text).get("destination", [])
    found = tuple(Destination(r["id"], r["name"], r.get("publishes", False)) for r in rows)
    if sum(d.publishes for d in found) != 1 or len({d.id for d in found}) != len(found):
        raise SetupError(say("推送去向要各有名称，并且正好有一个写明 publishes。"))
    return found


DESTINATIONS = read_destinations(
    files(__package__).joinpath("destinations.toml").read_text(encoding="utf-8")
)
NAMES = {d.id: d.name for d in DESTINATIONS}
PUBLISHING = next(d.id for d in DESTINATIONS if d.publishes)
