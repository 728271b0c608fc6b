"""What is asked of a table, and what comes out with its working."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from tracker.core.benchmarks.model import (
    SUBJECT_LABELS,
    Act,
    Indicator,
    Law,
    Row,
    Statute,
    Subject,
    Table,
)
from tracker.core.errors import N_, Sentence, say


@dataclass(frozen=True, slots=True)
class Question:
    """Who did what and when; `case` is the table's circumstance that a human saw."""

    subject: Subject
    act: Act | None = None
    act_date: date | None = None
    decision_date: date | None = None
    aggravated: bool = False
    case: str = ""

    @property
    def subject_words(self) -> Sentence:
        """Who, as people say it."""
        return say(SUBJECT_LABELS[self.subject])


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator: reported (None: not reported at all) and due, in units of so many yuan."""

    kind: Indicator
    reported: Decimal | None
    due: Decimal
    unit: Decimal = Decimal(1)
    name: str = ""

    @property
    def difference(self) -> Decimal:
        """违法数额: |reported - due|; not reported counts 0 (湖南 2021、益阳 2020 各第三条)."""
        return abs((self.reported or Decimal(0)) - self.due)

    @property
    def exact_ratio(self) -> Fraction | None:
        """违法比例: difference ÷ |due|; None when 0 was due."""
        return None if self.due == 0 else Fraction(self.difference) / abs(Fraction(self.due))

    @property
    def yuan(self) -> Fraction | None:
        """The difference in yuan; None for an indicator without money."""
        if self.kind is not Indicator.VALUE:
            return None
        return Fraction(self.difference) * Fraction(self.unit)


class Outcome(StrEnum):
    """What kind of answer it is."""

    RANGE = "range"
    STATUTORY = "statutory"
    UNKNOWN = "unknown"
    NOT_FINED = "not_fined"
    NO_DIFFERENCE = "no_difference"
    WAIVED = "waived"
    NOT_WAIVED = "not_waived"


OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.RANGE: N_("裁量基准的幅度"),
    Outcome.STATUTORY: N_("法定的幅度"),
    Outcome.UNKNOWN: N_("表上这一档的原文没有收录"),
    Outcome.NOT_FINED: N_("不罚款"),
    Outcome.NO_DIFFERENCE: N_("没有差额"),
    Outcome.WAIVED: N_("数值符合不予处罚的条件"),
    Outcome.NOT_WAIVED: N_("不符合这份不予处罚清单"),
}


class Mark(StrEnum):
    """What a reader must know before relying on the answer."""

    SUPERSEDED = "superseded"
    UNVERIFIED = "unverified"
    QUOTED = "quoted"
    BOUNDARY_UNVERIFIED = "boundary_unverified"
    INCOMPLETE = "incomplete"
    NO_ACT_DATE = "no_act_date"
    OUTSIDE_VALIDITY = "outside_validity"
    NEWER_TABLE = "newer_table"
    LAW_UNVERIFIED = "law_unverified"
    GRAVEST_UNVERIFIED = "gravest_unverified"


MARK_LABELS: dict[Mark, str] = {
    Mark.SUPERSEDED: N_("已失效或者被取代，不作依据"),
    Mark.UNVERIFIED: N_("表未核实，使用前请查对原文"),
    Mark.QUOTED: N_("表据官方引述"),
    Mark.BOUNDARY_UNVERIFIED: N_("各档两端的归属未核实"),
    Mark.INCOMPLETE: N_("表没有收录完整"),
    Mark.NO_ACT_DATE: N_("没有填行为日期，没有核对适用哪一版法律"),
    Mark.OUTSIDE_VALIDITY: N_("行为日期不在表的有效期内"),
    Mark.NEWER_TABLE: N_("表按新法制定，行为适用旧法，请人工核对"),
    Mark.LAW_UNVERIFIED: N_("法律的施行日期未核实"),
    Mark.GRAVEST_UNVERIFIED: N_("多项指标从重取一，依据未核实"),
}


@dataclass(frozen=True, slots=True)
class Graded:
    """A proposed range in yuan with its working; both ends None when there is no range."""

    table: Table
    question: Question
    act: Act
    outcome: Outcome
    figure: Figure | None
    difference: Decimal | None
    ratio: Decimal | None
    ratio_text: str
    row: Row | None
    fine_min: Decimal | None
    fine_max: Decimal | None
    law: Law | None
    statute: Statute | None
    aggravated: bool
    working: tuple[Sentence, ...]
    marks: tuple[Mark, ...]

    @property
    def band(self) -> Sentence | None:
        """The band with its ends, e.g. 违法比例 30%–50%（含 30%、不含 50%）."""
        return None if self.row is None else self.row.band

    @property
    def boundary(self) -> Sentence:
        """Which side of a boundary takes the number, in this table."""
        return self.table.boundary_words

    @property
    def has_range(self) -> bool:
        """Whether a range of fines is proposed."""
        return self.fine_min is not None

    def allows(self, fine: Decimal) -> bool:
        """Whether a fine in yuan lies in the range; without a range only no fine does."""
        if self.fine_min is None:
            return fine == 0
        return self.fine_min <= fine and (self.fine_max is None or fine <= self.fine_max)


@dataclass(frozen=True, slots=True)
class GradedAll:
    """Several indicators of one act, and the gravest, which decides."""

    items: tuple[Graded, ...]
    gravest: Graded
