"""The day table that ships with the product: the law as the ground, and each notice as it came."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from tracker.core.calendar.days import (
    Calendar,
    Day,
    DayKind,
    DayStatus,
    each_day,
    firm_until,
    overlay,
    plain_kind,
)

# The one edition of version 0.1: all days in one piece, known on 2025-11-04.
FIRST_DIGEST = "e851bb5dcbe8254740191679e542f5765ceb39eba335825f2c78ac6ecbe061ee"


@dataclass(frozen=True, slots=True)
class Edition:
    """One act of making days known, as it ships."""

    key: str
    known_on: date
    source: str
    days: tuple[Day, ...]


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


@cache
def packaged_editions() -> tuple[Edition, ...]:
    """All shipped editions in the order they became known; the first is the ground."""
    law: dict[str, dict[date, str]] = {}
    for row in _rows("law-days.csv"):
        law.setdefault(row["edition"], {})[date.fromisoformat(row["on"])] = row["name"]
    told: dict[str, dict[date, tuple[DayKind, str]]] = {}
    for row in _rows("notice-days.csv"):
        named = DayKind(row["kind"]), row["name"]
        told.setdefault(row["edition"], {})[date.fromisoformat(row["on"])] = named
    found: list[Edition] = []
    ground: dict[date, str] = {}
    for row in _rows("editions.csv"):
        key, source = row["edition"], row["source"]
        if key in law:
            days = _revision(law[key], ground, source) if ground else _ground(law[key], source)
            ground = ground or law[key]
        elif row["year"]:
            first = min(ground).replace(month=1, day=1)
            whole = year_days(int(row["year"]), told[key], source)
            days = [d for d in whole if d.on >= first]
        else:
            days = [
                Day(on, kind, name, DayStatus.ANNOUNCED, source)
                for on, (kind, name) in told[key].items()
            ]
        found.append(Edition(key, date.fromisoformat(row["known_on"]), source, tuple(days)))
    return tuple(found)


def year_days(year: int, special: Mapping[date, tuple[DayKind, str]], source: str) -> list[Day]:
    """Every day a year's notice makes firm: since the last firm day of the year before."""
    last = max([firm_until(year), *special])
    return [
        Day(on, *(special.get(on) or (plain_kind(on), "")), DayStatus.ANNOUNCED, source)
        for on in each_day(firm_until(year - 1) + timedelta(days=1), last)
    ]


def statutory_days(year: int) -> dict[date, str]:
    """What the law in force gives everybody in a year, days in lieu left out; empty if unknown."""
    laws: dict[str, dict[date, str]] = {}
    for row in _rows("law-days.csv"):
        on = date.fromisoformat(row["on"])
        if on.year == year and row["ground"] == "statutory":
            laws.setdefault(row["edition"], {})[on] = row["name"]
    return laws[max(laws)] if laws else {}


def _ground(holidays: dict[date, str], source: str) -> Iterable[Day]:
    """Plain weeks and the statutory days, from the first year to the last."""
    for on in each_day(date(min(holidays).year, 1, 1), date(max(holidays).year, 12, 31)):
        kind = DayKind.HOLIDAY if on in holidays else plain_kind(on)
        yield Day(on, kind, holidays.get(on, ""), DayStatus.PROJECTED, source)


def _revision(new: dict[date, str], old: dict[date, str], source: str) -> Iterable[Day]:
    """The days of a later law, and what it no longer makes free."""
    for on in sorted({*new, *(d for d in old if d.year >= min(new).year)}):
        kind = DayKind.HOLIDAY if on in new else plain_kind(on)
        yield Day(on, kind, new.get(on, ""), DayStatus.PROJECTED, source)


@cache
def _calendar(count: int) -> Calendar:
    """The first so many editions over each other."""
    return Calendar(overlay(e.days for e in packaged_editions()[:count]), edition=0)


def packaged_calendar(known_on: date | None = None) -> Calendar:
    """The shipped table as known on a day (default: all of it), for work without a database."""
    editions = packaged_editions()
    if known_on is None:
        return _calendar(len(editions))
    # Before records began there is only the ground.
    return _calendar(max(1, bisect_right([e.known_on for e in editions], known_on)))
