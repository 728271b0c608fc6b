"""One rule of time: what starts it, how long, who must act, and on what legal ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.core.errors import N_, Sentence, say
from tracker.core.rulebook.terms import Term, Unit


class Verified(StrEnum):
    """Whether the text of the provision was read."""

    READ = "V"
    QUOTED = "V-ex"
    UNVERIFIED = "U"


VERIFIED_LABELS: dict[Verified, str] = {
    Verified.READ: N_("已核对原文"),
    Verified.QUOTED: N_("据官方引述"),
    Verified.UNVERIFIED: N_("未核实"),
}


class RungKind(StrEnum):
    """Where a reminder stands relative to its clock."""

    AFTER_START = "after_start"
    BEFORE = "before"
    ON_DUE = "on_due"
    AFTER_EVERY = "after_every"


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder: n units after the start, n before the due day, on it, or every n past it."""

    kind: RungKind
    n: int = 0
    unit: Unit = Unit.WD
    to: tuple[str, ...] = ("holder",)

    @property
    def key(self) -> str:
        """A short stable name, unique within a rule."""
        return (
            self.kind.value if self.kind is RungKind.ON_DUE else f"{self.kind}:{self.n}{self.unit}"
        )


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands: instrument, document number, article."""

    instrument: str
    number: str = ""
    article: str = ""

    @property
    def words(self) -> Sentence:
        """The same, to be shown in the reader's language."""
        found = say(self.instrument)
        if self.number:
            found = say("%(title)s（%(number)s）", title=found, number=say(self.number))
        if self.article:
            found = say("%(title)s%(article)s", title=found, article=say(self.article))
        return found

    def __str__(self) -> str:
        number = f"（{self.number}）" if self.number else ""
        return f"{self.instrument}{number}{self.article}"


@dataclass(frozen=True, slots=True)
class Extension:
    """How often and how far a limit may be extended; None is no bound of this kind."""

    max_times: int | None = None
    max_length: Term | None = None
    total_max: Term | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of one rule in one jurisdiction."""

    id: str
    version: int
    title: str
    unit: Unit
    length: int | None
    start: str
    roll: bool
    responsible: str
    source: Source
    verified: Verified
    ours: bool
    stop: str
    start_day_counts: bool = False
    extension: Extension | None = None
    rungs: tuple[Rung, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    jurisdiction: str = ""
    note: str = ""

    @property
    def term(self) -> Term | None:
        """The length, or None where the law sets none or the date is given."""
        return None if self.length is None else Term(self.length, self.unit)

    def valid_on(self, on: date) -> bool:
        """Whether this version is in force on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )

    def applies_to(self, region_code: str) -> bool:
        """Whether this version reaches a region (its code, in full or as a prefix)."""
        return region_code.startswith(self.jurisdiction)

    @property
    def ground(self) -> Sentence:
        """The ground of the rule, said openly when it is our own or was not verified."""
        if self.ours and self.unit is Unit.NONE:
            return say(N_("法律没有规定天数"))
        if self.ours:
            return say(N_("本系统默认值，非法定期限，可调整"))
        if self.verified is Verified.UNVERIFIED:
            return say(N_("%(source)s（未核实，使用前请查对原文）"), source=self.source.words)
        return self.source.words


@dataclass(frozen=True, slots=True)
class Display:
    """When a clock turns amber: both thresholds must be reached. Ours, to be confirmed by users."""

    amber_share: int
    amber_most_wd: int
