"""A table of penalty discretion, its rows, and what the statute itself allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tracker.core.benchmarks.bands import Boundary, Interval
from tracker.core.errors import N_, Sentence, say
from tracker.core.rulebook.model import Source, Verified


class Subject(StrEnum):
    """Who broke the law."""

    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
    ORGANISATION = "organisation"
    SELF_EMPLOYED = "self_employed"
    ORGAN = "organ"
    PERSON = "person"


SUBJECT_LABELS: dict[Subject, str] = {
    Subject.ENTERPRISE: N_("企业"),
    Subject.INSTITUTION: N_("事业单位"),
    Subject.ORGANISATION: N_("其他组织"),
    Subject.SELF_EMPLOYED: N_("个体工商户"),
    Subject.ORGAN: N_("国家机关"),
    Subject.PERSON: N_("自然人"),
}
ORGANISATIONS = (Subject.ENTERPRISE, Subject.INSTITUTION, Subject.ORGANISATION)


class Indicator(StrEnum):
    """The family of an indicator; tables set bands by it."""

    VALUE = "value"
    NON_VALUE = "non_value"
    POPULATION = "population"
    BIRTHS_DEATHS = "births_deaths"


INDICATOR_LABELS: dict[Indicator, str] = {
    Indicator.VALUE: N_("价值量指标"),
    Indicator.NON_VALUE: N_("非价值量指标"),
    Indicator.POPULATION: N_("总人口"),
    Indicator.BIRTHS_DEATHS: N_("出生、死亡人口"),
}


class Act(StrEnum):
    """What was done; the rows of the Statistics Law's own list."""

    UNTRUE = "untrue"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    INQUIRY = "inquiry"
    OBSTRUCTED = "obstructed"
    RECORDS = "records"
    LATE = "late"
    NO_LEDGER = "no_ledger"
    CENSUS = "census"
    LEADERS = "leaders"
    STATISTICS_BODY = "statistics_body"
    PUBLICATION = "publication"
    FOREIGN = "foreign"
    HONOURS = "honours"


ACT_LABELS: dict[Act, str] = {
    Act.UNTRUE: N_("提供不真实的统计资料"),
    Act.INCOMPLETE: N_("提供不完整的统计资料"),
    Act.REFUSED: N_("拒绝提供统计资料，或者经催报后仍未按时提供"),
    Act.INQUIRY: N_("拒绝答复或者不如实答复统计检查查询书"),
    Act.OBSTRUCTED: N_("拒绝、阻碍统计调查、统计检查"),
    Act.RECORDS: N_("转移、隐匿、篡改、毁弃或者拒绝提供原始记录和凭证等资料"),
    Act.LATE: N_("迟报统计资料"),
    Act.NO_LEDGER: N_("未按照规定设置原始记录、统计台账"),
    Act.CENSUS: N_("个人阻碍普查或者提供虚假普查资料"),
    Act.LEADERS: N_("负责人修改、编造统计资料，要求他人伪造，打击报复，或者失察"),
    Act.STATISTICS_BODY: N_("统计机构、有关部门擅自组织调查、伪造或者要求提供不真实资料"),
    Act.PUBLICATION: N_("违法公布、泄露、毁损统计资料"),
    Act.FOREIGN: N_("违法进行涉外统计调查"),
    Act.HONOURS: N_("以虚假统计资料骗取荣誉、物质利益或者职务晋升"),
}


@dataclass(frozen=True, slots=True)
class Statute:
    """What an article of the law sets for some acts and subjects; yuan."""

    source: Source
    acts: tuple[Act, ...]
    subjects: tuple[Subject, ...]
    verified: Verified
    # None: this article sets no fine, and `consequence` says what it sets.
    fine_max: Decimal | None = None
    aggravated_min: Decimal | None = None
    aggravated_max: Decimal | None = None
    consequence: str = ""

    def fine_range(self, *, aggravated: bool) -> tuple[Decimal, Decimal] | None:
        """The statutory range, the aggravated one where the article has one; None is no fine."""
        if self.fine_max is None:
            return None
        low, high = self.aggravated_min, self.aggravated_max
        if aggravated and low is not None and high is not None:
            return low, high
        return Decimal(0), self.fine_max


@dataclass(frozen=True, slots=True)
class Law:
    """One text of the Statistics Law, in force between two dates (None: not known or still)."""

    id: str
    title: str
    statutes: tuple[Statute, ...]
    verified: Verified
    valid_from: date | None = None
    valid_to: date | None = None
    # Tables made under an earlier text are not used for acts under this one.
    ends_older_tables: bool = False
    note: str = ""

    def valid_on(self, on: date) -> bool:
        """Whether this text is in force on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )

    def statute(self, act: Act, subject: Subject) -> Statute | None:
        """The article for an act of a subject; None when this text does not speak of it."""
        return next((s for s in self.statutes if act in s.acts and subject in s.subjects), None)


class TableKind(StrEnum):
    """What a table answers: a range of fines, whether to waive, or the statute's range alone."""

    FINE = "fine"
    WAIVER = "waiver"
    STATUTE = "statute"


@dataclass(frozen=True, slots=True)
class Fine:
    """A printed fine in yuan; `high` is None where the table prints no upper end."""

    low: Decimal
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A printed condition of repetition: so many times within so many years."""

    times: int
    years: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: when it holds, and what it sets for whom."""

    acts: tuple[Act, ...]
    kinds: tuple[Indicator, ...]
    fines: Mapping[Subject, Fine]
    ratio: Interval | None = None
    amount: Interval | None = None
    # A circumstance that only a human can see; its key is what the human chooses.
    case: str = ""
    text: str = ""
    grade: str = ""
    repeat: Repeat | None = None
    requires: str = ""
    incomplete: bool = False

    @property
    def label(self) -> Sentence:
        """The row's condition as the table prints it."""
        parts = [say(self.text)] if self.text else []
        if self.ratio is not None:
            parts.append(say("违法比例 %(band)s", band=self.ratio.printed))
        if self.amount is not None:
            parts.append(say("违法数额 %(band)s 元", band=self.amount.printed))
        if not parts:
            return say("不分档")
        found = parts[0]
        for other in parts[1:]:
            found = say("%(some)s，%(other)s", some=found, other=other)
        return found

    @property
    def band(self) -> Sentence:
        """The condition with the ends of its bands, e.g. 违法比例 30%–50%（含 30%、不含 50%）."""
        ends = [band.ends_words for band in (self.ratio, self.amount) if band is not None]
        if len(ends) == 2:
            return say(
                "%(band)s（%(ratio)s；%(amount)s）", band=self.label, ratio=ends[0], amount=ends[1]
            )
        return say("%(band)s（%(ends)s）", band=self.label, ends=ends[0]) if ends else self.label

    def speaks_of(self, act: Act, kind: Indicator | None) -> bool:
        """Whether the row is about an act and a family of indicators."""
        return act in self.acts and (not self.kinds or kind is None or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Table:
    """One published table; unknown dates are None."""

    id: str
    title: str
    kind: TableKind
    law: str
    source: Source
    verified: Verified
    rows: tuple[Row, ...]
    boundary: Boundary
    boundary_verified: Verified
    boundary_note: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    issued: date | None = None
    superseded: bool = False
    note: str = ""
    jurisdiction: str = ""
    place: str = ""
    pack: str = ""
    local: bool = False

    @property
    def acts(self) -> tuple[Act, ...]:
        """The acts the rows speak of, in the order of the law; none means all."""
        return tuple(act for act in Act if any(act in row.acts for row in self.rows))

    def applies_to(self, region_code: str) -> bool:
        """Whether the table reaches a region (its code, in full or as a prefix)."""
        return region_code.startswith(self.jurisdiction)

    @property
    def boundary_words(self) -> Sentence:
        """The rule of the table for the number that stands on a boundary."""
        rule = (
            say("“以上”含本数；一档“甲—乙”含甲、不含乙")
            if self.boundary is Boundary.INCLUDE
            else say("“以上”不含本数，“以下”含本数；一档“甲—乙”不含甲、含乙")
        )
        if self.boundary_note:
            rule = say("%(rule)s。%(note)s", rule=rule, note=say(self.boundary_note))
        if self.boundary_verified is Verified.UNVERIFIED:
            return say("%(rule)s（未核实）", rule=rule)
        return rule
