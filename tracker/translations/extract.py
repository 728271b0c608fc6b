"""What pybabel finds outside code and pages: texts of the rule packs, names of the holidays."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import IO, Any

_ADDRESS = re.compile(r"[a-z_]+\.[a-z_]+\?")  # a page with what is asked of it
_HAN = re.compile(r"[\u4e00-\u9fff]")
Found = tuple[int, str, str, list[str]]
_SHOWN = ("title", "start", "stop", "note")
_SHOWN_OF_SOURCE = ("instrument", "number", "article")
_SHOWN_OF_BENCHMARK = (
    *_SHOWN_OF_SOURCE,
    "title",
    "note",
    "boundary_note",
    "text",
    "grade",
    "requires",
    "consequence",
)


def extract_rulepack(
    file: IO[bytes],
    _keywords: Sequence[str],
    _comment_tags: Sequence[str],
    options: Any,  # noqa: ARG001 - babel passes it by this name
) -> Iterator[Found]:
    """Every text of a rule that a page shows."""
    for row in tomllib.loads(file.read().decode("utf-8")).get("rule", []):
        source = row.get("source", {})
        texts = [row.get(key, "") for key in _SHOWN] + [source.get(k, "") for k in _SHOWN_OF_SOURCE]
        yield from ((0, "gettext", text, []) for text in texts if text)


def extract_benchmarks(
    file: IO[bytes],
    _keywords: Sequence[str],
    _comment_tags: Sequence[str],
    options: Any,  # noqa: ARG001 - babel passes it by this name
) -> Iterator[Found]:
    """Every text of a benchmark table, its rows and the statutes that a page shows."""
    yield from _named(tomllib.loads(file.read().decode("utf-8")), _SHOWN_OF_BENCHMARK)


def extract_names(
    file: IO[bytes],
    _keywords: Sequence[str],
    _comment_tags: Sequence[str],
    options: Any,  # noqa: ARG001 - babel passes it by this name
) -> Iterator[Found]:
    """Every name of a thing in a small list, such as the places a recognition is pushed to."""
    yield from _named(tomllib.loads(file.read().decode("utf-8")), ("name",))


def extract_manual(
    file: IO[bytes],
    _keywords: Sequence[str],
    _comment_tags: Sequence[str],
    options: Any,  # noqa: ARG001 - babel passes it by this name
) -> Iterator[Found]:
    """Every Chinese text of the manual's data; what has none is a name or an address."""
    yield from _chinese(tomllib.loads(file.read().decode("utf-8")))


def _chinese(value: Any) -> Iterator[Found]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _chinese(item)
    elif isinstance(value, str) and _HAN.search(value) and not _ADDRESS.match(value):
        yield 0, "gettext", value, []


def _named(value: Any, keys: Sequence[str]) -> Iterator[Found]:
    """Every text below some keys, however deep."""
    if isinstance(value, list):
        for item in value:
            yield from _named(item, keys)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in keys and isinstance(item, str) and item:
                yield 0, "gettext", item, []
            else:
                yield from _named(item, keys)


def extract_editions(
    file: IO[bytes],
    _keywords: Sequence[str],
    _comment_tags: Sequence[str],
    options: Any,  # noqa: ARG001 - babel passes it by this name
) -> Iterator[Found]:
    """Where each shipped edition of the calendar comes from."""
    yield from _column(file, "source")


def extract_days(
    file: IO[bytes],
    _keywords: Sequence[str],
    _comment_tags: Sequence[str],
    options: Any,  # noqa: ARG001 - babel passes it by this name
) -> Iterator[Found]:
    """Every name of a day in the working calendar, once."""
    yield from _column(file, "name")


def _column(file: IO[bytes], name: str) -> Iterator[Found]:
    """Every text of a column, once."""
    rows = csv.DictReader(io.StringIO(file.read().decode("utf-8")))
    yield from ((0, "gettext", text, []) for text in sorted({row[name] for row in rows} - {""}))
