"""Which characters of a text a query has found, and the stretch around the first of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracker.core.search.bigrams import fold, query_runs
from tracker.core.search.pinyin import spoken

Piece = tuple[str, bool]


def pieces(text: str, query: str, *, name: bool = False, around: int | None = None) -> list[Piece]:
    """A text in stretches, each with whether it was looked for.

    With `around` only so many characters on both sides of the first find, and dots where it was
    cut. A `name` that was found as it is spoken is marked whole.
    """
    marked = _marks(text, query)
    if name and not any(marked) and _is_spoken(text, query):
        marked = [True] * len(text)
    begin, end = 0, len(text)
    if around is not None:
        first = next((i for i, on in enumerate(marked) if on), 0)
        begin, end = max(0, first - around // 3), min(len(text), first + around)
    found = list(_stretches(text[begin:end], marked[begin:end]))
    if begin:
        found.insert(0, ("…", False))
    if end < len(text):
        found.append(("…", False))
    return found


def _marks(text: str, query: str) -> list[bool]:
    """A mark for every character; a run that stands nowhere whole is looked for by its pairs."""
    folded = "".join((fold(c) or " ")[0] for c in text)
    marked = [False] * len(text)
    for run in query_runs(query):
        needles = [run]
        if not run[0].isascii() and run not in folded:
            needles = [run[i : i + 2] for i in range(len(run) - 1)]
        for needle in needles:
            if len(needle) == 1 and needle.isascii() and len(query_runs(query)) > 1:
                whole = rf"(?<![0-9a-z]){re.escape(needle)}"
            else:
                whole = re.escape(needle)
            for found in re.finditer(whole, folded):
                marked[found.start() : found.end()] = [True] * (found.end() - found.start())
    return marked


def _is_spoken(name: str, query: str) -> bool:
    ways = spoken(name)
    return any(way.startswith(run) for run in query_runs(query) if run.isascii() for way in ways)


def _stretches(text: str, marked: list[bool]) -> Iterator[Piece]:
    begin = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or marked[end] != marked[begin]:
            yield text[begin:end], marked[begin]
            begin = end
