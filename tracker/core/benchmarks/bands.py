"""Bands of numbers as tables print them, and which side of each boundary takes the number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from unicodedata import normalize

from tracker.core.errors import Sentence, say


class Boundary(StrEnum):
    """Whether 以上 takes the number itself; a band "a–b" then takes a, not b."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


_SCALES = {"%": Decimal(100), "‰": Decimal(1000), "": Decimal(1)}
_NUMBER = r"(\d+(?:\.\d+)?)\s*([%‰]?)"
_SIGNED = re.compile(rf"(≤|<|≥|>|不超过|不满|超过)\s*{_NUMBER}")
_WORDED = re.compile(rf"{_NUMBER}\s*(以上|以下)")
_RANGE = re.compile(rf"{_NUMBER}\s*(?:[-–—~至]|以上)\s*(不满|不超过)?{_NUMBER}\s*(?:以下)?")
_SIGNS = {
    "≤": ("high", True),
    "不超过": ("high", True),
    "<": ("high", False),
    "不满": ("high", False),
    "≥": ("low", True),
    ">": ("low", False),
    "超过": ("low", False),
}


@dataclass(frozen=True, slots=True)
class End:
    """One end of a band; `included` is None until the table's rule decides it."""

    at: Decimal
    unit: str
    included: bool | None

    @property
    def words(self) -> str:
        """The number as printed: 5%, 10‰, 2000000."""
        return f"{(self.at * _SCALES[self.unit]).normalize():,f}{self.unit}"


@dataclass(frozen=True, slots=True)
class Interval:
    """A band; an end that is None is open. Ratios are numbers (0.05), amounts are yuan."""

    low: End | None
    high: End | None
    printed: str

    def holds(self, number: Fraction) -> bool:
        """Whether a number falls into the band, compared unrounded."""
        if self.low is not None:
            low = Fraction(self.low.at)
            if number < low or (number == low and not self.low.included):
                return False
        if self.high is not None:
            high = Fraction(self.high.at)
            if number > high or (number == high and not self.high.included):
                return False
        return True

    @property
    def ends_words(self) -> Sentence:
        """Which ends belong to the band, e.g. 含 30%、不含 50%."""
        parts = [_end_words(end) for end in (self.low, self.high) if end is not None]
        if len(parts) == 2:
            return say("%(low)s、%(high)s", low=parts[0], high=parts[1])
        return parts[0]


def _end_words(end: End) -> Sentence:
    return say("含 %(n)s", n=end.words) if end.included else say("不含 %(n)s", n=end.words)


def parse(printed: str, boundary: Boundary) -> Interval:
    """A band from its print: ≤5%, 5%–15%, 20%以上, 超过10%; ValueError when it is none.

    The inner ends of "a–b" stay undecided: see `decide`.
    """
    text = normalize("NFKC", printed).strip().replace(",", "")
    if match := _SIGNED.fullmatch(text):
        side, included = _SIGNS[match[1]]
        return _one_ended(side, _end(match[2], match[3], included=included), printed)
    if match := _WORDED.fullmatch(text):
        above = match[3] == "以上"
        included = (boundary is Boundary.INCLUDE) or not above
        end = _end(match[1], match[2], included=included)
        return _one_ended("low" if above else "high", end, printed)
    if match := _RANGE.fullmatch(text):
        word = match[3]
        high_in = None if word is None else word == "不超过"
        low = _end(match[1], match[2] or match[5], included=None)
        high = _end(match[4], match[5], included=high_in)
        if low.at < high.at:
            return Interval(low, high, printed)
    raise ValueError(printed)


def _end(number: str, unit: str, *, included: bool | None) -> End:
    return End(Decimal(number) / _SCALES[unit], unit, included)


def _one_ended(side: str, end: End, printed: str) -> Interval:
    return Interval(end, None, printed) if side == "low" else Interval(None, end, printed)


def decide(bands: Sequence[Interval], boundary: Boundary) -> list[Interval]:
    """Give every undecided end: what a neighbour's sign leaves, else the table's rule."""
    low_side = {e.at: e.included for b in bands if (e := b.low) and e.included is not None}
    high_side = {e.at: e.included for b in bands if (e := b.high) and e.included is not None}
    takes_low = boundary is Boundary.INCLUDE
    return [
        replace(
            band,
            low=_decided(band.low, high_side, default=takes_low),
            high=_decided(band.high, low_side, default=not takes_low),
        )
        for band in bands
    ]


def _decided(end: End | None, beside: Mapping[Decimal, bool], *, default: bool) -> End | None:
    if end is None or end.included is not None:
        return end
    taken = beside.get(end.at)
    return replace(end, included=default if taken is None else not taken)


def break_in(bands: Iterable[Interval]) -> Interval | None:
    """The first band that leaves a gap or overlaps with the one before; None when all is covered.

    The bands must run from nothing up without an upper end.
    """
    ordered = sorted(bands, key=lambda b: (b.low is not None, b.low.at if b.low else 0))
    before: Interval | None = None
    for band in ordered:
        if not _joins(before, band):
            return band
        before = band
    return before if before is not None and before.high is not None else None


def _joins(before: Interval | None, band: Interval) -> bool:
    if before is None:
        return band.low is None
    return (
        before.high is not None
        and band.low is not None
        and before.high.at == band.low.at
        and before.high.included is not band.low.included
    )
