"""The day table that ships with the product: notices of past years, the law for years to come."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files

from tracker.core.calendar.days import Calendar, Day, DayKind, DayStatus, each_day, plain_kind

# The day the newest notice in the table was published.
KNOWN_ON = date(2025, 11, 4)
SOURCE = "国务院办公厅2017年至2026年节假日安排通知；2027年起按全国年节及纪念日放假办法推算"
_DAY_FILES = ("days-2017-2026.csv", "days-2027-2032.csv")


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def packaged_days() -> list[Day]:
    """Every day of the shipped table, ordinary ones included."""
    special = {
        date.fromisoformat(row["on"]): (DayKind(row["kind"]), row["name"])
        for name in _DAY_FILES
        for row in _rows(name)
    }
    days: list[Day] = []
    for year in _rows("years.csv"):
        number = int(year["year"])
        status = DayStatus(year["status"])
        firm_until = date.fromisoformat(year["firm_until"]) if year["firm_until"] else None
        for on in each_day(date(number, 1, 1), date(number, 12, 31)):
            kind, name = special.get(on, (plain_kind(on), ""))
            # The next year's notice may still move the last days of this one.
            firm = firm_until is None or on <= firm_until
            days.append(
                Day(on, kind, name, status if firm else DayStatus.PROJECTED, year["source"])
            )
    return days


@cache
def packaged_calendar() -> Calendar:
    """The shipped table as a calendar, for work without a database."""
    return Calendar(packaged_days(), edition=0)
