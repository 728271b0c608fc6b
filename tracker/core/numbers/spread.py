"""Median and slowest tenth of durations that come with how often each occurred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """How durations lie: how many there are, the middle one, the slowest tenth, the longest.

    The middle of an even number is the lower one, and nine tenths took no longer than `slow`: both
    are durations that did occur.
    """

    count: int
    median: int
    slow: int
    longest: int


def spread(durations: Iterable[tuple[int, int]]) -> Spread | None:
    """Of (duration, how often) in any order; None of nothing."""
    times: Counter[int] = Counter()
    for duration, often in durations:
        times[duration] += often
    count = times.total()
    if not count:
        return None
    return Spread(count, _at(times, -(-count // 2)), _at(times, -(-count * 9 // 10)), max(times))


def _at(times: Counter[int], rank: int) -> int:
    """The duration that stands at a rank, from 1, when all are put in order."""
    passed = 0
    for duration in sorted(times):
        passed += times[duration]
        if passed >= rank:
            return duration
    return max(times)
