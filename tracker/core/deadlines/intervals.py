"""Dates as sources give them: a day, a month, 中旬, a year: each is a span of days. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from tracker.core.errors import N_, BadInput, say

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
# Days of a month; 0 stands for its last day.
_IN_MONTH: dict[str, tuple[int, int]] = {
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 0),
    "月初": (1, 10),
    "初": (1, 10),
    "月中": (11, 20),
    "月底": (21, 0),
    "月末": (21, 0),
    "底": (21, 0),
}
# Where a source names a third of the month, a day beside it is only its token.
_THIRDS = ("上旬", "中旬", "下旬")
_IN_YEAR: dict[str, tuple[int, int]] = {
    "年初": (1, 3),
    "上半年": (1, 6),
    "下半年": (7, 12),
    "年底": (10, 12),
    "年末": (10, 12),
    "一季度": (1, 3),
    "二季度": (4, 6),
    "三季度": (7, 9),
    "四季度": (10, 12),
}
_MONTHS = re.compile(r"(\d{1,2})月?\s*[-—–~～至到、]\s*(\d{1,2})月")


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Both ends belong to it: the thing happened on one of these days."""

    earliest: date
    latest: date

    @property
    def exact(self) -> bool:
        """Whether it is a single day."""
        return self.earliest == self.latest

    def __str__(self) -> str:
        if self.exact:
            return str(self.earliest)
        return f"{self.earliest}～{self.latest}"


def read_interval(written: str | None, part: str | None = None) -> Interval | None:
    """The span a written date and its rougher word leave open; None when not even a year is known.

    "2018-02" is the whole month, with 中旬 its 11th to 20th day. BadInput when it is no date.
    """
    if not written:
        return None
    match = _WRITTEN.fullmatch(written.strip())
    if match is None:
        raise _unreadable(written)
    year, month, day = (int(g) if g else 0 for g in match.groups())
    part = (part or "").strip()
    try:
        if not month:
            return _in_year(year, part)
        if day and part not in _THIRDS:
            return Interval(date(year, month, day), date(year, month, day))
        return _in_month(year, month, part)
    except ValueError:
        raise _unreadable(written) from None


def _unreadable(written: str) -> BadInput:
    return BadInput(
        "date",
        say(N_("日期“%(written)s”读不懂，请写成 2018、2018-02 或 2018-02-15。"), written=written),
    )


def _in_month(year: int, month: int, part: str) -> Interval:
    several = _MONTHS.fullmatch(part)
    if several:
        return _months(year, int(several[1]), int(several[2]))
    first, last = _IN_MONTH.get(part, (1, 0))
    return Interval(date(year, month, first), date(year, month, last or monthrange(year, month)[1]))


def _in_year(year: int, part: str) -> Interval:
    several = _MONTHS.fullmatch(part)
    if several:
        return _months(year, int(several[1]), int(several[2]))
    first, last = _IN_YEAR.get(part, (1, 12))
    return _months(year, first, last)


def _months(year: int, first: int, last: int) -> Interval:
    return Interval(date(year, first, 1), date(year, last, monthrange(year, last)[1]))
