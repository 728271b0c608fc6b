"""A table of discretion for the demo: acts under the law of 2024, for which none was published.

It is written as a bureau would write its own, into the folder `benchmarks` of the instance.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from tracker.demo.organisations import CHONGQING, JILIN, ORDOS

_HOMES = {
    "ordos": (ORDOS[:4], "鄂尔多斯市"),
    "jilin": (JILIN[:2], "吉林省"),
    "chongqing": (CHONGQING[:2], "重庆市"),
}


def enter(instance: Path) -> None:
    """Write the table of each home; what somebody else put into the folder stays."""
    folder = instance / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    text = files("tracker.demo").joinpath("data/benchmarks.toml").read_text("utf-8")
    for name, (code, place) in _HOMES.items():
        written = text.replace("{name}", name).replace("{code}", code).replace("{place}", place)
        (folder / f"demo-{name}.toml").write_text(written, "utf-8")
