"""One rule of time: what starts it, how long, who must act, and on what legal ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.core.errors import N_, Sentence, say
from tracker.core.rulebook.measures import (
    Amount,
    Measure,
    Quota,
    Rate,
    Sample,
    Span,
    Threshold,
    Window,
)
from tracker.core.rulebook.reminders import Rung, RungKind
from tracker.core.rulebook.terms import Term, Unit

__all__ = [
    "FAMILY_LABELS",
    "OUTSIDE_LABELS",
    "ROLES",
    "SENSE_LABELS",
    "VERIFIED_LABELS",
    "Display",
    "Extension",
    "Family",
    "LawBy",
    "Rule",
    "Rung",
    "RungKind",
    "Sense",
    "Source",
    "Verified",
]


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


class Family(StrEnum):
    """What kind of work a rule belongs to."""

    CASES = "cases"
    LEADS = "leads"
    CREDIT = "credit"
    STAFF = "staff"
    RANDOM = "random"


FAMILY_LABELS: dict[Family, str] = {
    Family.CASES: N_("案件"),
    Family.LEADS: N_("线索移送"),
    Family.CREDIT: N_("信用"),
    Family.STAFF: N_("人员培训"),
    Family.RANDOM: N_("双随机"),
}


class Sense(StrEnum):
    """How a length is meant: act within it, only after it, so long before a day, or it lasts."""

    WITHIN = "within"
    AFTER = "after"
    BEFORE = "before"
    LASTS = "lasts"


SENSE_LABELS: dict[Sense, str] = {
    Sense.WITHIN: "%(term)s",
    Sense.AFTER: N_("满 %(term)s"),
    Sense.BEFORE: N_("至少提前 %(term)s"),
    Sense.LASTS: N_("持续 %(term)s"),
}


class LawBy(StrEnum):
    """Which date chooses the version of a rule: the start of its clock, or the act punished."""

    START = "start"
    ACT = "act"


PARTY = "party"

# Who must act: our own roles (their names are the accounts'), and those we only wait for.
ROLES = (
    "liaison", "dept_approver", "registrar", "inspector", "supervisor", "head", "legal_reviewer",
    "township_clerk", "trainer",
)  # fmt: skip
OUTSIDE_LABELS: dict[str, str] = {
    PARTY: N_("当事人"),
    "respondent": N_("统计调查对象"),
    "sanction_body": N_("有处分权的机关"),
    "public_security": N_("公安机关"),
    "court": N_("人民法院"),
    "review_organ": N_("复议机关"),
    "government": N_("人民政府"),
    "nbs": N_("国家统计局"),
    "inspected_place": N_("被督察地区"),
    "bureau": N_("统计机构"),
    "person": N_("本人"),
}


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

    @property
    def words(self) -> Sentence:
        """The bounds as people say them."""
        found = say(N_("可以延长"))
        if self.max_times is not None:
            found = say(N_("可以延长 %(n)s 次"), n=self.max_times)
        if self.max_length is not None:
            found = say(N_("%(so)s，每次最多 %(most)s"), so=found, most=self.max_length.phrase)
        if self.total_max is not None:
            found = say(N_("%(so)s，合计最多 %(most)s"), so=found, most=self.total_max.phrase)
        return found


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
    family: Family = Family.LEADS
    sense: Sense = Sense.WITHIN
    law_by: LawBy = LawBy.START
    start_day_counts: bool = False
    extension: Extension | None = None
    quota: Quota | None = None
    threshold: Threshold | None = None
    rate: Rate | None = None
    window: Window | None = None
    span: Span | None = None
    sample: Sample | None = None
    amount: Amount | None = None
    rungs: tuple[Rung, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    superseded_by: str = ""
    jurisdiction: str = ""
    place: str = ""
    pack: str = ""
    local: bool = False
    note: str = ""

    @property
    def row(self) -> str:
        """The row of the domain reference it stands in: T17A is one of the lengths of T17."""
        if self.id.startswith("OWN-"):
            return self.id
        return self.id.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or self.id

    @property
    def term(self) -> Term | None:
        """The length, or None where the law sets none or the date is given."""
        return None if self.length is None else Term(self.length, self.unit)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What it asks beside or in place of a length."""
        found = (
            *(self.window, self.quota, self.threshold, self.rate, self.span, self.sample),
            self.amount,
        )
        return tuple(m for m in found if m is not None)

    @property
    def lapses(self) -> bool:
        """Whether the limit is a right of the party: past its day it is gone, and nobody is late.

        A duty of the party, such as paying a fine, has reminders after its day; a right has none.
        """
        late = (RungKind.AFTER, RungKind.AFTER_EVERY)
        return self.responsible == PARTY and not any(r.kind in late for r in self.rungs)

    @property
    def length_words(self) -> Sentence:
        """How long, how often or how much, as people say it."""
        term = self.term
        parts = [m.words for m in self.measures]
        if self.extension is not None:
            parts.insert(0, self.extension.words)
        if term is not None:
            parts.insert(0, say(SENSE_LABELS[self.sense], term=term.phrase))
        if not parts and self.rungs:
            return say(N_("日期另行给定"))
        if not parts:
            return say(N_("没有规定天数"))
        first, *rest = parts
        for other in rest:
            first = say(N_("%(some)s；%(other)s"), some=first, other=other)
        return first

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
