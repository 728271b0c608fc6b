"""The record of a draw: self-contained, sealed, and replayed by anybody who holds it.

A record is JSON. Each of its parts has a digest in `seals`, and `seal` is the digest of those: the
one line that is read out, printed and kept in the audit. A changed part is named by its digest; a
forger who writes all digests anew still has to meet the seal, and the draw itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from tracker.core.clock import OFFICE_ZONE
from tracker.core.errors import N_, BadInput, say
from tracker.workflows.plans.draw import (
    ALGORITHM,
    Frame,
    Level,
    OfficerEntry,
    OfficerPassed,
    PassedOver,
    PlaceDrawn,
    PlaceStage,
    Recusal,
    Result,
    Shortage,
    Stratum,
    Task,
    Terms,
    UnitDrawn,
    UnitEntry,
    canonical,
    digest,
    rows,
)

FORM = "tracker.draw/1"
T = TypeVar("T")

# What each part of a record is called when it does not hold.
PARTS: dict[str, str] = {
    "head": N_("编号、计划或算法"),
    "drawn_at": N_("抽取时间"),
    "seed": N_("种子"),
    "people": N_("抽取人或监督人"),
    "frame": N_("名录"),
    "excluded": N_("抽取前剔除的对象"),
    "terms": N_("抽取数量或检查期间"),
    "recusals": N_("回避声明"),
    "result": N_("抽取结果"),
}
_PARTS_OF: dict[str, tuple[str, ...]] = {
    "head": ("form", "algorithm", "number", "plan"),
    "seed": ("seed", "seed_source"),
    "people": ("drawers", "monitor"),
}


@dataclass(frozen=True, slots=True)
class PlanHead:
    """Which plan of which organ a draw belongs to."""

    organ: str
    title: str
    year: int


@dataclass(frozen=True, slots=True)
class Witness:
    """A drawer or the monitor: user id as text, and name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A unit left out before the draw, and why (`reason` is a code, `detail` the figures)."""

    key: str
    name: str
    uscc: str
    reason: str
    detail: str


@dataclass(frozen=True)
class DrawRecord:
    """Everything needed to draw again; `drawn_at` is aware."""

    number: str
    plan: PlanHead
    drawn_at: datetime
    seed: str
    seed_source: str
    drawers: tuple[Witness, Witness]
    monitor: Witness
    frame: Frame
    excluded: tuple[Exclusion, ...]
    terms: Terms
    recusals: tuple[Recusal, ...]
    result: Result
    algorithm: str = ALGORITHM

    def data(self) -> dict[str, Any]:
        """The record as JSON data, with its digests and seal."""
        plain: dict[str, Any] = {
            "form": FORM,
            "algorithm": self.algorithm,
            "number": self.number,
            "plan": rows([self.plan])[0],
            "drawn_at": self.drawn_at.astimezone(OFFICE_ZONE).isoformat(timespec="seconds"),
            "seed": self.seed,
            "seed_source": self.seed_source,
            "drawers": rows(self.drawers),
            "monitor": rows([self.monitor])[0],
            "frame": {
                "version": self.frame.version,
                "units": rows(self.frame.units),
                "officers": rows(self.frame.officers),
            },
            "excluded": rows(self.excluded),
            "terms": _terms_data(self.terms),
            "recusals": rows(self.recusals),
            "result": _result_data(self.result),
        }
        seals = seals_of(plain)
        return {**plain, "seals": seals, "seal": digest(seals)}

    @property
    def text(self) -> str:
        """The canonical JSON text: what is stored, printed from and handed out."""
        return canonical(self.data())

    @property
    def seal(self) -> str:
        """64 hex digits that stand for the whole record."""
        return str(self.data()["seal"])


def _result_data(result: Result) -> dict[str, Any]:
    return {
        "places": rows(result.places),
        "units": rows(result.units),
        "short": rows(result.short),
        "passed": rows(result.passed),
        "teams": result.teams,
        "reserve": result.reserve,
        "tasks": rows(result.tasks),
    }


def _terms_data(terms: Terms) -> dict[str, Any]:
    return {
        "stages": rows(terms.stages),
        "strata": rows(terms.strata),
        "teams": terms.teams,
        "team_size": terms.team_size,
        "first_day": terms.first_day.isoformat(),
        "last_day": terms.last_day.isoformat(),
    }


def seals_of(plain: Mapping[str, Any]) -> dict[str, str]:
    """The digest of every part of a record's data."""
    return {
        part: digest([plain.get(name) for name in _PARTS_OF.get(part, (part,))]) for part in PARTS
    }


# ---------------------------------------------------------------- reading


def parse(data: object) -> DrawRecord:
    """A record from JSON data of anybody's. Raises BadInput("record") when it is none."""
    try:
        canonical(data).encode()  # what cannot be written down has no digest
        return _parse(_Reader(data))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise BadInput("record", say("这不是完整的抽取记录（%(why)s）。", why=error)) from error


class _Reader:
    """Fields of a JSON object, each asked for with its type; anything else is a TypeError."""

    def __init__(self, data: object) -> None:
        if not isinstance(data, dict):
            raise TypeError("object")
        self.raw: dict[str, Any] = data

    def _typed(self, name: str, kind: type[T]) -> T:
        value = self.raw[name]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise TypeError(name)
        return value

    def text(self, name: str) -> str:
        return self._typed(name, str)

    def count(self, name: str) -> int:
        value = self._typed(name, int)
        if not 0 <= value <= 1_000_000:
            raise ValueError(name)
        return value

    def day(self, name: str) -> date:
        return date.fromisoformat(self.text(name))

    def lists(self, name: str) -> list[Any]:
        return self._typed(name, list)

    def texts(self, name: str) -> list[str]:
        return _texts(self.raw[name])

    def one(self, name: str) -> _Reader:
        return _Reader(self.raw[name])

    def many(self, name: str) -> list[_Reader]:
        return [_Reader(row) for row in self._typed(name, list)]

    def words(self, make: Callable[..., T], *names: str) -> T:
        return make(*(self.text(name) for name in names))


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise TypeError("list of texts")
    return value


def _parse(read: _Reader) -> DrawRecord:
    if read.text("form") != FORM:
        raise ValueError("form")
    at = datetime.fromisoformat(read.text("drawn_at"))
    if at.tzinfo is None:
        raise ValueError("drawn_at")
    first, second = (w.words(Witness, "key", "name") for w in read.many("drawers"))
    plan = read.one("plan")
    return DrawRecord(
        number=read.text("number"),
        plan=PlanHead(plan.text("organ"), plan.text("title"), plan.count("year")),
        drawn_at=at,
        seed=read.text("seed"),
        seed_source=read.text("seed_source"),
        drawers=(first, second),
        monitor=read.one("monitor").words(Witness, "key", "name"),
        frame=parse_frame(read.raw["frame"]),
        excluded=tuple(
            row.words(Exclusion, "key", "name", "uscc", "reason", "detail")
            for row in read.many("excluded")
        ),
        terms=_parse_terms(read.one("terms")),
        recusals=tuple(
            row.words(Recusal, "officer", "unit", "reason", "declared_at")
            for row in read.many("recusals")
        ),
        result=_parse_result(read.one("result")),
        algorithm=read.text("algorithm"),
    )


def parse_frame(data: object) -> Frame:
    """Both lists of a frame from JSON data; TypeError, KeyError or ValueError when it is none."""
    read = _Reader(data)
    return Frame(
        tuple(
            row.words(UnitEntry, "key", "name", "uscc", "region", "stratum")
            for row in read.many("units")
        ),
        tuple(
            OfficerEntry(
                row.text("key"),
                row.text("name"),
                row.text("certificate"),
                row.day("valid_from"),
                row.day("valid_to"),
                row.text("office"),
            )
            for row in read.many("officers")
        ),
    )


def _parse_terms(read: _Reader) -> Terms:
    return Terms(
        tuple(PlaceStage(Level(r.text("level")), r.count("count")) for r in read.many("stages")),
        tuple(
            Stratum(r.text("code"), r.text("label"), r.count("count")) for r in read.many("strata")
        ),
        read.count("teams"),
        read.count("team_size"),
        read.day("first_day"),
        read.day("last_day"),
    )


def _parse_result(read: _Reader) -> Result:
    return Result(
        tuple(
            PlaceDrawn(Level(r.text("level")), r.text("within"), tuple(r.texts("drawn")))
            for r in read.many("places")
        ),
        tuple(
            UnitDrawn(r.text("unit"), r.text("stratum"), r.count("rank"))
            for r in read.many("units")
        ),
        tuple(
            Shortage(r.text("stratum"), r.count("wanted"), r.count("had"))
            for r in read.many("short")
        ),
        tuple(
            OfficerPassed(r.text("officer"), PassedOver(r.text("reason")))
            for r in read.many("passed")
        ),
        tuple(tuple(_texts(team)) for team in read.lists("teams")),
        tuple(read.texts("reserve")),
        tuple(
            Task(
                r.text("unit"),
                r.count("team"),
                tuple(r.texts("officers")),
                tuple(r.texts("recused")),
            )
            for r in read.many("tasks")
        ),
    )
