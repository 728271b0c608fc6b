"""Measure and print one table; every figure that matters is a ratio within this run."""

from __future__ import annotations

import argparse
import logging
import sys
from time import perf_counter

from tests.bench import instances
from tests.bench.measure import GROWTH, LIST, STEP, Bench, Cost, measure

_HEAD = f"{'':12}{'cases':>8}{'product':>10}{'raw SQL':>9}{'bare':>8}{'ratio':>8}{'growth':>8}"


def main() -> int:
    """Make the instances, measure, print; 1 only with --strict and a miss."""
    words = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    words.add_argument("--quick", action="store_true", help="1,000 and 10,000 cases, few repeats")
    words.add_argument("--strict", action="store_true", help="a missed goal is a failure")
    words.add_argument("--only", choices=("sqlite", "postgresql"), help="one database")
    asked = words.parse_args()
    logging.disable(logging.WARNING)
    counts = (1000, 10_000) if asked.quick else (1000, 100_000)
    repeats = 7 if asked.quick else 15
    missed: list[str] = []
    with instances.databases() as place:
        for kind in (asked.only,) if asked.only else ("sqlite", "postgresql"):
            begin = perf_counter()
            made = [instances.make(kind, count, place) for count in counts]
            if kind == "postgresql":
                instances.durable(place["server"])
            print(f"\n{kind}: made {counts} cases in {perf_counter() - begin:.0f} s")
            small, large = measure([Bench(i) for i in made], repeats)
            missed += _print(kind, counts, small, large)
    _verdict(missed)
    return 1 if asked.strict and missed else 0


def _print(kind: str, counts: tuple[int, int], small: list[Cost], large: list[Cost]) -> list[str]:
    """The table of one database; the goals that were missed."""
    print("milliseconds, medians; ratio = product / bare page, of a step / (raw SQL + bare page)")
    print(_HEAD)
    missed = []
    for before, after in zip(small, large, strict=True):
        growth = after.product / before.product
        for count, cost in zip(counts, (before, after), strict=True):
            base = cost.bare + (cost.raw if cost.name == "step" else 0.0)
            ratio, remarks = cost.product / base, []
            last = cost is after
            if cost.goal is not None:
                remarks.append(_judge(f"{cost.name} {ratio:.2f}", ratio, cost.goal))
            if last:
                remarks.append(_judge("growth", growth, GROWTH))
            missed += [f"{kind}, {count}: {cost.name}: {r}" for r in remarks if "MISS" in r]
            print(
                f"{cost.name:12}{count:>8}{cost.product:>10.1f}{cost.raw:>9.1f}{cost.bare:>8.1f}"
                f"{ratio:>8.2f}{f'{growth:.2f}' if last else '':>8}  {'; '.join(remarks)}"
            )
    return missed


def _judge(name: str, found: float, goal: float) -> str:
    return f"{name} <= {goal}: {'pass' if found <= goal else 'MISS'}"


def _verdict(missed: list[str]) -> None:
    print(f"\nGoals: growth <= {GROWTH}; list <= {LIST} bare; step <= {STEP} (raw SQL + bare).")
    print("\n".join(["Missed:", *missed]) if missed else "All met.")


if __name__ == "__main__":
    sys.exit(main())
