"""The span of days that figures are told for: a year, a quarter, a month, twelve months, or own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.core.errors import N_, Sentence, say

_DAY = timedelta(days=1)
_WRITTEN = re.compile(r"(20\d\d)(?:(Q)([1-4])|-(\d\d))?")
_LAST_TWELVE = "last12"
_YEAR = 12
# Own days reach no further back than this; what is older is asked year by year.
_FIRST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from first to last, both included; `key` is how an address names it, or empty."""

    first: date
    last: date
    name: Sentence
    key: str = ""

    @property
    def args(self) -> dict[str, str]:
        """The address's arguments."""
        if self.key:
            return {"p": self.key}
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def read_period(args: Mapping[str, str], today: date) -> Period:
    """The period an address asks for; this year when it asks for none or for nonsense."""
    first, last = _day(args.get("from", "")), _day(args.get("to", ""))
    if first and last and _FIRST <= first <= last and last.year <= today.year + 1:
        return Period(first, last, say(N_("%(first)s 至 %(last)s"), first=first, last=last))
    found = _named(args.get("p", ""), today)
    return found if found is not None else _year(today.year)


def choices(today: date) -> list[Period]:
    """What is offered beside own days, the usual first."""
    month = today.replace(day=1)
    quarter = (month.month - 1) // 3 + 1
    before = month - _DAY
    return [
        _year(today.year),
        _quarter(today.year, quarter),
        _month(month),
        _month(before.replace(day=1)),
        _last_twelve(today),
        _year(today.year - 1),
    ]


def months_until(last: date, count: int = _YEAR) -> list[Period]:
    """So many months in a row, the last of them with that day in it."""
    found = [_month(last.replace(day=1))]
    while len(found) < count:
        found.append(_month((found[-1].first - _DAY).replace(day=1)))
    return found[::-1]


def _named(key: str, today: date) -> Period | None:
    if key == _LAST_TWELVE:
        return _last_twelve(today)
    match = _WRITTEN.fullmatch(key)
    if match is None or int(match[1]) > today.year + 1:
        return None
    year = int(match[1])
    if match[2]:
        return _quarter(year, int(match[3]))
    if match[4]:
        return _month(date(year, int(match[4]), 1)) if 1 <= int(match[4]) <= _YEAR else None
    return _year(year)


def _year(year: int) -> Period:
    return Period(
        date(year, 1, 1), date(year, 12, 31), say(N_("%(year)s 年"), year=year), str(year)
    )


def _quarter(year: int, number: int) -> Period:
    first = date(year, 3 * number - 2, 1)
    name = say(N_("%(year)s 年第 %(n)s 季度"), year=year, n=number)
    return Period(first, _end(first, 3), name, f"{year}Q{number}")


def _month(first: date) -> Period:
    name = say(N_("%(year)s 年 %(month)s 月"), year=first.year, month=first.month)
    return Period(first, _end(first, 1), name, f"{first:%Y-%m}")


def _last_twelve(today: date) -> Period:
    return Period(
        months_until(today)[0].first, _end(today.replace(day=1), 1), say(N_("近 12 个月")),
        _LAST_TWELVE,
    )  # fmt: skip


def _end(first: date, months: int) -> date:
    past = first.month - 1 + months
    return date(first.year + past // _YEAR, past % _YEAR + 1, 1) - _DAY


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None
