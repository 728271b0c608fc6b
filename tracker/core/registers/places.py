"""Places by their 12-digit code: ranges, ancestors, readable names, the shipped register."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tracker.core.errors import N_, BadInput, Sentence, say
from tracker.core.registers.models import Region, RegionLevel

_WIDTHS = (2, 4, 6, 9, 12)
_DIGITS = 12
_CITY = 4
# Rows of the code set that group places and are none themselves.
_NO_PLACES = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
_FILES = ("regions-all-county.csv", "regions.csv")
_CHANGES = "region-changes.csv"


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


def own_codes(code: str) -> str:
    """The last code that is still the place itself and none below it.

    Of a city that takes in 市辖区 (01), a row of the code set that stands for no place of its own.
    """
    head = prefix(code)
    wider = next((w for w in _WIDTHS if w > len(head)), _DIGITS)
    own = head.ljust(wider, "0") if len(head) != _CITY else head + "01"
    return own.ljust(_DIGITS, "9") if wider < _DIGITS else own.ljust(_DIGITS, "0")


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
        for row in _rows(name):
            if row["code"] not in seen:
                seen.add(row["code"])
                yield {
                    "code": row["code"],
                    "name": row["name"],
                    "level": row["level"],
                    "parent_code": row["parent_code"] or None,
                }
    for code, name in _new_places().items():
        if code not in seen:
            level, parent = RegionLevel.COUNTY.value, ancestors(code)[1]
            yield {"code": code, "name": name, "level": level, "parent_code": parent}


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8-sig")
    yield from csv.DictReader(text.splitlines())


def seed_regions(session: Session) -> int:
    """Load the shipped register; adds what is missing and answers how many rows that was."""
    known = set(session.scalars(select(Region.code)))
    rows = [row for row in shipped_regions() if row["code"] not in known]
    if rows:
        session.execute(insert(Region), rows)
    return len(rows)


# ---------------------------------------------------------------- codes that have changed


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a county-level code: its old name, and the code and name it has now."""

    code: str
    name: str
    new_code: str
    new_name: str
    kind: str

    @property
    def words(self) -> Sentence:
        """The change in a sentence."""
        text = _WORDS[self.kind]
        return say(text, name=self.name, new=self.new_name, code=self.new_code[:6])


_WORDS = {
    "renamed": N_("原%(name)s，2026年资料中改为%(new)s（%(code)s）。"),
    "merged": N_("原%(name)s，2026年资料中并入%(new)s（%(code)s）。"),
}


def current_code(code: str) -> str:
    """The code that a place has now; its own where nothing is known of a change.

    Changes are known of counties only: a township of a county that has changed keeps its code.
    """
    found = _changes().get(code)
    return code if found is None else found.new_code


def former_codes(code: str) -> tuple[str, ...]:
    """The codes that have become this one, without itself."""
    return tuple(old for old, change in _changes().items() if change.new_code == code)


def note_of(code: str) -> Sentence | None:
    """What is known of a change of this code or of the county it lies in; None without one."""
    for place in ancestors(code):
        if place in _changes():
            return _changes()[place].words
    return None


@cache
def _changes() -> dict[str, Change]:
    """By the old code, those changes that lead to a new one."""
    found: dict[str, Change] = {}
    for row in _rows(_CHANGES):
        if row["change"] in _WORDS:
            new, _, new_name = row["name_2026_06"].partition(" ")
            old = row["code6"].ljust(_DIGITS, "0")
            found[old] = Change(
                old, row["name_2023_06"], new.ljust(_DIGITS, "0"), new_name, row["change"]
            )
    return found


def _new_places() -> dict[str, str]:
    """Codes and names of county-level places that are in the later sources only."""
    found = {change.new_code: change.new_name for change in _changes().values()}
    for row in _rows(_CHANGES):
        if row["change"] == "new":
            found[row["code6"].ljust(_DIGITS, "0")] = row["name_2026_06"]
    return found
