"""Why a report is made: what notices and laws ask, as data with its source, by place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.core.errors import N_, Sentence, SetupError, say
from tracker.core.rulebook.model import Source, Verified
from tracker.core.rulebook.pack import Fault, Pack, Shelf, choice, code_of, known_keys

_KEYS = ("report", "title", "source", "verified", "note")
_SOURCE_KEYS = ("instrument", "number", "article")


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that is asked at a place (a code's first digits, empty: everywhere)."""

    report: str
    title: str
    jurisdiction: str
    source: Source
    verified: Verified
    note: str = ""

    @property
    def words(self) -> Sentence:
        """Who says so, what, and what is not said."""
        said = say(N_("%(source)s：%(title)s。"), source=self.source.words, title=say(self.title))
        return (
            said
            if not self.note
            else say(N_("%(said)s（%(note)s）"), said=said, note=say(self.note))
        )


class Duties:
    """All duties of all packs."""

    def __init__(self, duties: tuple[Duty, ...]) -> None:
        self._duties = duties

    def all(self) -> tuple[Duty, ...]:
        """Every duty, in pack order."""
        return self._duties

    def of(self, report: str, region_code: str) -> tuple[Duty, ...]:
        """What asks for a report at a place, the most specific first."""
        found = [
            d for d in self._duties if d.report == report and region_code.startswith(d.jurisdiction)
        ]
        return tuple(sorted(found, key=lambda d: -len(d.jurisdiction)))


def read_duties(packs: Mapping[str, str], local: Mapping[str, str] | None = None) -> Duties:
    """The duties of pack texts by name; a faulty pack is a SetupError that names it."""
    found: list[Duty] = []
    chosen = [Pack(name, text) for name, text in packs.items()]
    chosen += [Pack(name, text, local=True) for name, text in (local or {}).items()]
    for pack in chosen:
        try:
            data = tomllib.loads(pack.text)
            known_keys(data, ("jurisdiction", "duty"))
            code = code_of(pack, data)
            found += [_duty(code, row) for row in data.get("duty", [])]
        except (tomllib.TOMLDecodeError, Fault, KeyError) as error:
            raise SetupError(
                say(N_("报表依据 %(pack)s 有错：%(why)s"), pack=pack.name, why=error)
            ) from error
    return Duties(tuple(found))


def _duty(code: str, row: Mapping[str, Any]) -> Duty:
    known_keys(row, _KEYS)
    known_keys(row["source"], _SOURCE_KEYS)
    return Duty(
        report=row["report"],
        title=row["title"],
        jurisdiction=code,
        source=Source(**row["source"]),
        verified=choice(Verified, row["verified"], "verified"),
        note=row.get("note", ""),
    )


def _unreadable(file: object, error: Exception) -> SetupError:
    return SetupError(say(N_("报表依据 %(pack)s 有错：%(why)s"), pack=file, why=error))


_shelf = Shelf(__package__, read_duties, _unreadable)
default_duties = _shelf.book
