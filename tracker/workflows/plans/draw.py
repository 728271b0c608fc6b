"""The double-random draw: objects in stages and strata, officers in teams. Nothing else goes in.

Everything is ranked by SHA-256 of ``algorithm|seed|stage|stratum|key`` (UTF-8, lower-case hex) and
the first are taken, so ``printf '…' | sha256sum`` in any shell gives the same ranks. An item's
rank depends on nothing but its key: adding others to the frame cannot move it.

Stages and random officers: 国家统计局统计执法“双随机”抽查办法（试行）第五条.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any

from tracker.core.errors import N_, BadInput, say

ALGORITHM = "sha256-v1"
SHORTEST_SEED, LONGEST_SEED = 6, 80
# Inspections are made by at least two officers: 行政处罚法 42.
FEWEST_OFFICERS = 2
_SEPARATOR = "|"


class Level(StrEnum):
    """A stage of places; its value is part of what is hashed."""

    COUNTY = "county"
    TOWNSHIP = "township"


LEVEL_LABELS: dict[Level, str] = {
    Level.COUNTY: N_("县（市、区）"),
    Level.TOWNSHIP: N_("乡镇（街道）"),
}
_DIGITS = {Level.COUNTY: 6, Level.TOWNSHIP: 9}
_CODE_DIGITS = 12


class PassedOver(StrEnum):
    """Why an officer of the frame does not take part in the draw."""

    CERTIFICATE = "certificate"
    MONITOR = "monitor"


PASSED_LABELS: dict[PassedOver, str] = {
    PassedOver.CERTIFICATE: N_("执法证在检查期间无效"),
    PassedOver.MONITOR: N_("是本次抽取的监督人员"),
}


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A respondent unit in the frame of objects."""

    key: str
    name: str
    uscc: str
    region: str
    stratum: str

    def place(self, level: Level) -> str:
        """The code of the county or township it lies in; empty when its code does not say."""
        digits = _DIGITS[level]
        head = self.region[:digits]
        above = digits - 2 if level is Level.COUNTY else _DIGITS[Level.COUNTY]
        return "" if not head[above:].strip("0") else head.ljust(_CODE_DIGITS, "0")


@dataclass(frozen=True, slots=True)
class OfficerEntry:
    """An enforcement officer in the frame of inspectors, with the certificate."""

    key: str
    name: str
    certificate: str
    valid_from: date
    valid_to: date
    office: str

    def certified(self, first: date, last: date) -> bool:
        """Whether the certificate is valid on every day of a period."""
        return self.valid_from <= first and last <= self.valid_to

    def overlaps(self, first: date, last: date) -> bool:
        """Whether the certificate is valid on some day of a period."""
        return self.valid_from <= last and first <= self.valid_to


@dataclass(frozen=True)
class Frame:
    """Both frames in their order; the version names exactly this content."""

    units: tuple[UnitEntry, ...]
    officers: tuple[OfficerEntry, ...]

    @cached_property
    def version(self) -> str:
        """SHA-256 of the canonical JSON of both lists."""
        return digest({"units": rows(self.units), "officers": rows(self.officers)})


@dataclass(frozen=True, slots=True)
class PlaceStage:
    """One stage of places: how many at this level, within each place drawn before."""

    level: Level
    count: int


@dataclass(frozen=True, slots=True)
class Stratum:
    """A kind of objects, and how many of it are wanted."""

    code: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What is to be drawn: places, objects by stratum, teams, and the days of the checks."""

    stages: tuple[PlaceStage, ...]
    strata: tuple[Stratum, ...]
    teams: int
    team_size: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Recusal:
    """An officer who keeps away from a unit, why, and when it was said."""

    officer: str
    unit: str
    reason: str
    declared_at: str


@dataclass(frozen=True, slots=True)
class PlaceDrawn:
    """Places drawn at one level within one place (empty: within the whole frame)."""

    level: Level
    within: str
    drawn: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitDrawn:
    """An object drawn: its stratum and its rank there, from 1."""

    unit: str
    stratum: str
    rank: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """A stratum that held fewer objects than wanted; all of them were taken."""

    stratum: str
    wanted: int
    had: int


@dataclass(frozen=True, slots=True)
class OfficerPassed:
    """An officer of the frame who was left out of the whole draw."""

    officer: str
    reason: PassedOver


@dataclass(frozen=True, slots=True)
class Task:
    """Who checks a drawn object: team (from 1), officers, and whom recusal passed over."""

    unit: str
    team: int
    officers: tuple[str, ...]
    recused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All that a draw decides."""

    places: tuple[PlaceDrawn, ...]
    units: tuple[UnitDrawn, ...]
    short: tuple[Shortage, ...]
    passed: tuple[OfficerPassed, ...]
    teams: tuple[tuple[str, ...], ...]
    reserve: tuple[str, ...]
    tasks: tuple[Task, ...]


# ---------------------------------------------------------------- ranks and versions


def canonical(data: object) -> str:
    """The one JSON text of some data: sorted names, no blanks, characters as they are."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(data: object) -> str:
    """SHA-256 of the canonical JSON, as 64 lower-case hex digits."""
    return sha256(canonical(data).encode()).hexdigest()


def rows(entries: Iterable[Any]) -> list[dict[str, Any]]:
    """Entries as plain JSON objects; dates as ISO text."""
    return [
        {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(entry).items()}
        for entry in entries
    ]


def clean_seed(text: str) -> str:
    """A seed as it is hashed: full-width digits made plain, trimmed. Raises BadInput("seed")."""
    seed = unicodedata.normalize("NFKC", text).strip()
    if not SHORTEST_SEED <= len(seed) <= LONGEST_SEED:
        raise BadInput(
            "seed",
            say("种子要有 %(least)s 至 %(most)s 个字符。", least=SHORTEST_SEED, most=LONGEST_SEED),
        )
    if _SEPARATOR in seed or not seed.isprintable():
        raise BadInput("seed", say("种子里不能有竖线、换行或看不见的字符。"))
    return seed


def rank_hash(seed: str, stage: str, stratum: str, key: str) -> str:
    """What an item is ranked by."""
    return sha256(_SEPARATOR.join((ALGORITHM, seed, stage, stratum, key)).encode()).hexdigest()


def ranked(seed: str, stage: str, stratum: str, keys: Iterable[str]) -> list[str]:
    """Keys in the order in which they are drawn."""
    return sorted(set(keys), key=lambda key: rank_hash(seed, stage, stratum, key))


# ---------------------------------------------------------------- the draw


def draw(
    frame: Frame, terms: Terms, recusals: Sequence[Recusal], monitor: str, seed: str
) -> Result:
    """Draw places, objects and officers. Raises BadInput when the terms cannot be met."""
    _check(frame, terms)
    places, units = _in_drawn_places(frame.units, terms.stages, seed)
    drawn: list[UnitDrawn] = []
    short: list[Shortage] = []
    for stratum in terms.strata:
        order = ranked(seed, "unit", stratum.code, _keys(units, stratum.code))
        chosen = order[: stratum.count]
        drawn += [UnitDrawn(key, stratum.code, n) for n, key in enumerate(chosen, start=1)]
        if len(chosen) < stratum.count:
            short.append(Shortage(stratum.code, stratum.count, len(chosen)))
    if not drawn:
        raise BadInput("units", say("名录里没有可以抽取的检查对象。"))
    passed = tuple(_passed(frame.officers, terms, monitor))
    teams, reserve = _teams(frame.officers, passed, terms, seed)
    tasks = tuple(_tasks([d.unit for d in drawn], teams, reserve, recusals))
    return Result(tuple(places), tuple(drawn), tuple(short), passed, teams, reserve, tasks)


def _check(frame: Frame, terms: Terms) -> None:
    for field, entries in (("units", frame.units), ("officers", frame.officers)):
        keys = [entry.key for entry in entries]
        if len(set(keys)) != len(keys) or any(_SEPARATOR in key for key in keys):
            raise BadInput(field, say("名录里有重复的条目。"))
    if terms.team_size < FEWEST_OFFICERS:
        raise BadInput("team_size", say("每组至少 %(n)s 名执法人员。", n=FEWEST_OFFICERS))
    if terms.teams < 1 or any(s.count < 0 for s in terms.strata):
        raise BadInput("strata", say("数量要填大于零的整数。"))


def _keys(units: Sequence[UnitEntry], stratum: str) -> list[str]:
    return [unit.key for unit in units if unit.stratum == stratum]


def _in_drawn_places(
    units: Sequence[UnitEntry], stages: Sequence[PlaceStage], seed: str
) -> tuple[list[PlaceDrawn], list[UnitEntry]]:
    """The stages one inside the other, and the objects that lie in what they drew."""
    found: list[PlaceDrawn] = []
    groups: dict[str, list[UnitEntry]] = {"": list(units)}
    for stage in stages:
        inner: dict[str, list[UnitEntry]] = {}
        for within, members in groups.items():
            there = {place for unit in members if (place := unit.place(stage.level))}
            drawn = ranked(seed, stage.level.value, within, there)[: stage.count]
            found.append(PlaceDrawn(stage.level, within, tuple(drawn)))
            for code in drawn:
                inner[code] = [unit for unit in members if unit.place(stage.level) == code]
        groups = inner
    return found, [unit for members in groups.values() for unit in members]


def _passed(
    officers: Sequence[OfficerEntry], terms: Terms, monitor: str
) -> Iterable[OfficerPassed]:
    for officer in officers:
        if officer.key == monitor:
            yield OfficerPassed(officer.key, PassedOver.MONITOR)
        elif not officer.certified(terms.first_day, terms.last_day):
            yield OfficerPassed(officer.key, PassedOver.CERTIFICATE)


def _teams(
    officers: Sequence[OfficerEntry], passed: Sequence[OfficerPassed], terms: Terms, seed: str
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Teams in the order of the draw, and everybody behind them in that order."""
    out = {p.officer for p in passed}
    order = ranked(seed, "officer", "", [o.key for o in officers if o.key not in out])
    wanted = terms.teams * terms.team_size
    if len(order) < wanted:
        raise BadInput(
            "officers",
            say(
                "要抽 %(wanted)s 名执法人员，执法证在检查期间有效的只有 %(had)s 名。",
                wanted=wanted,
                had=len(order),
            ),
        )
    size = terms.team_size
    teams = tuple(tuple(order[n : n + size]) for n in range(0, wanted, size))
    return teams, tuple(order[wanted:])


def _tasks(
    units: Sequence[str],
    teams: Sequence[tuple[str, ...]],
    reserve: Sequence[str],
    recusals: Sequence[Recusal],
) -> Iterable[Task]:
    """Units go to the teams in turn; whoever is recused is replaced by the next drawn."""
    apart = {(r.officer, r.unit) for r in recusals}
    others = [officer for team in teams for officer in team]
    for n, unit in enumerate(units):
        team = teams[n % len(teams)]
        next_drawn = [*team, *reserve, *(o for o in others if o not in team)]
        fit = [o for o in next_drawn if (o, unit) not in apart][: len(team)]
        if len(fit) < FEWEST_OFFICERS:
            raise BadInput(
                "officers", say("回避以后，有的检查对象不足 %(n)s 名执法人员。", n=FEWEST_OFFICERS)
            )
        last = next_drawn.index(fit[-1])
        recused = tuple(o for o in next_drawn[:last] if (o, unit) in apart)
        yield Task(unit, n % len(teams) + 1, tuple(fit), recused)
