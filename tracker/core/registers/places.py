"""Places by their 12-digit code: ranges, ancestors, readable names, the shipped register."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tracker.core.errors import N_, BadInput, say
from tracker.core.registers.models import Region, RegionLevel

_WIDTHS = (2, 4, 6, 9, 12)
_DIGITS = 12
# Rows of the code set that group places and are none themselves.
_NO_PLACES = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
# Villages are in the files; nothing in the product names one yet.
_LOADED = {RegionLevel.PROVINCE, RegionLevel.CITY, RegionLevel.COUNTY, RegionLevel.TOWNSHIP}
_FILES = ("regions-all-county.csv", "regions.csv")


def prefix(code: str) -> str:
    """The digits of a code that say something; empty for the whole country."""
    if not (code.isascii() and (code.isdigit() or not code) and len(code) <= _DIGITS):
        raise BadInput("region_code", say(N_("区划代码“%(code)s”不是 12 位数字。"), code=code))
    bare = code.rstrip("0")
    if not bare:
        return ""
    width = next(w for w in _WIDTHS if w >= len(bare))
    return bare.ljust(width, "0")


def region_range(code: str) -> tuple[str, str]:
    """The first and last 12-digit code of a place and all below it; both belong to it."""
    head = prefix(code)
    return head.ljust(_DIGITS, "0"), head.ljust(_DIGITS, "9")


def contains(outer: str, inner: str) -> bool:
    """Whether a place lies in (or is) another."""
    low, high = region_range(outer)
    return low <= inner.ljust(_DIGITS, "0") <= high


def ancestors(code: str) -> list[str]:
    """The codes of a place and all above it, itself first, its province last."""
    head = prefix(code)
    return [head[:w].ljust(_DIGITS, "0") for w in reversed(_WIDTHS) if w <= len(head)]


# ---------------------------------------------------------------- names


def place_name(source: Session | Mapping[str, str], code: str, *, full: bool = False) -> str:
    """A place as people write it, e.g. 鄂尔多斯市东胜区; `full` puts the province before a city."""
    if isinstance(source, Session):
        return place_names(source, [code], full=full)[code]
    return _path(source, code, full=full)


def place_names(session: Session, codes: Iterable[str], *, full: bool = False) -> dict[str, str]:
    """The names of many places in one query."""
    wanted = set(codes)
    needed = {ancestor for code in wanted for ancestor in ancestors(code)}
    found = session.execute(select(Region.code, Region.name).where(Region.code.in_(needed)))
    names: dict[str, str] = {code: name for code, name in found}  # noqa: C416 - rows are no pairs to mypy
    return {code: _path(names, code, full=full) for code in wanted}


def _path(names: Mapping[str, str], code: str, *, full: bool) -> str:
    chain = ancestors(code)[::-1]
    if not chain:
        return "全国"
    parts = [names[c] for c in chain if c in names and names[c] not in _NO_PLACES]
    if not parts or chain[-1] not in names:
        # An unknown code is shown as it is, behind what is known of it.
        parts.append(code)
    city = names.get(chain[1], "") if len(chain) > 1 else ""
    if not full and city and city not in _NO_PLACES:
        parts = parts[1:]
    return "".join(parts)


# ---------------------------------------------------------------- the shipped register


def shipped_regions() -> Iterator[dict[str, str | None]]:
    """All rows to load, each code once, parents before children."""
    seen: set[str] = set()
    for name in _FILES:
        text = files(__package__).joinpath("data", name).read_text(encoding="utf-8-sig")
        for row in csv.DictReader(text.splitlines()):
            if row["level"] in _LOADED and row["code"] not in seen:
                seen.add(row["code"])
                yield {
                    "code": row["code"],
                    "name": row["name"],
                    "level": row["level"],
                    "parent_code": row["parent_code"] or None,
                }


def seed_regions(session: Session) -> int:
    """Load the shipped register; adds what is missing and answers how many rows that was."""
    known = set(session.scalars(select(Region.code)))
    rows = [row for row in shipped_regions() if row["code"] not in known]
    if rows:
        session.execute(insert(Region), rows)
    return len(rows)
