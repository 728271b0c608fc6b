"""What a rule may ask that is no single length of time: counts, rates, windows, spans, sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tracker.core.errors import N_, Sentence, say
from tracker.core.rulebook.terms import Term, Unit


class Thing(StrEnum):
    """What is counted."""

    TIMES = "times"
    HOURS = "hours"
    TRAINING = "training"
    GROUPS = "groups"
    COUNTIES = "counties"
    TOWNSHIPS = "townships"
    FIRMS = "firms"
    INDUSTRY = "industry"
    TRADE = "trade"
    PROJECTS = "projects"


_COUNTED: dict[Thing, str] = {
    Thing.TIMES: N_("%(n)s 次"),
    Thing.HOURS: N_("%(n)s 学时"),
    Thing.TRAINING: N_("%(n)s 小时培训"),
    Thing.GROUPS: N_("%(n)s 个检查组"),
    Thing.COUNTIES: N_("%(n)s 个县（市、区）"),
    Thing.TOWNSHIPS: N_("%(n)s 个乡镇（街道）"),
    Thing.FIRMS: N_("%(n)s 家企业"),
    Thing.INDUSTRY: N_("%(n)s 家工业企业"),
    Thing.TRADE: N_("%(n)s 家批零住餐和服务业企业"),
    Thing.PROJECTS: N_("%(n)s 个投资项目"),
}


def counted(n: int, of: Thing) -> Sentence:
    """A number of things."""
    return say(_COUNTED[of], n=n)


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day that comes every year."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> YearDay:
        """Read "06-30"."""
        found = date.fromisoformat(f"2001-{text}")  # no leap year: the day must exist every year
        return cls(found.month, found.day)

    def of_year(self, year: int) -> date:
        """The day in one year."""
        return date(year, self.month, self.day)

    @property
    def words(self) -> Sentence:
        """The day as people say it."""
        return say(N_("%(month)s 月 %(day)s 日"), month=self.month, day=self.day)


@dataclass(frozen=True, slots=True)
class Quota:
    """At least or at most so many in each period; `by` is the last day for it.

    With none of them: a cap that each body publishes itself.
    """

    per: Term
    least: int | None = None
    most: int | None = None
    of: Thing = Thing.TIMES
    by: YearDay | None = None

    @property
    def words(self) -> Sentence:
        """The duty or the cap as people say it."""
        per, by = _every(self.per), self.by
        if self.least is not None:
            found = say(N_("%(per)s至少 %(n)s"), per=per, n=counted(self.least, self.of))
        elif self.most is not None:
            found = say(N_("%(per)s最多 %(n)s"), per=per, n=counted(self.most, self.of))
        elif by is None:
            found = say(N_("%(per)s不超过已公布的上限"), per=per)
        else:
            found = per
        return found if by is None else say(N_("%(what)s，最迟 %(by)s"), what=found, by=by.words)


def _every(per: Term) -> Sentence:
    if per == Term(1, Unit.Y):
        return say(N_("每年"))
    if per == Term(3, Unit.M):
        return say(N_("每季度"))
    return say(N_("每 %(per)s"), per=per.phrase)


@dataclass(frozen=True, slots=True)
class Threshold:
    """So many within a rolling period have an effect."""

    n: int
    within: Term
    of: Thing = Thing.TIMES

    @property
    def words(self) -> Sentence:
        """The threshold as people say it."""
        return say(
            N_("%(within)s内满 %(n)s"), within=self.within.phrase, n=counted(self.n, self.of)
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """So many per cent for each unit of time; `cap` is the most, in per cent of the same sum."""

    percent: int
    per: Unit
    cap: int | None = None

    @property
    def words(self) -> Sentence:
        """The rate as people say it."""
        each = say(
            N_("每 %(per)s按罚款数额的百分之 %(n)s"), per=Term(1, self.per).phrase, n=self.percent
        )
        if self.cap is None:
            return each
        return say(N_("%(each)s，合计不超过罚款数额的百分之 %(cap)s"), each=each, cap=self.cap)


@dataclass(frozen=True, slots=True)
class Window:
    """Open after one length and closed after another, both from the same day S: (S+a, S+b]."""

    opens: Term
    closes: Term

    @property
    def words(self) -> Sentence:
        """The window as people say it."""
        return say(
            N_("决定书送达满 %(opens)s后、%(closes)s内"),
            opens=self.opens.phrase,
            closes=self.closes.phrase,
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Not shorter, not longer; neither: for ever."""

    least: Term | None = None
    most: Term | None = None

    @property
    def words(self) -> Sentence:
        """The span as people say it."""
        if self.least is not None and self.most is not None:
            return say(N_("%(least)s至 %(most)s"), least=self.least.phrase, most=self.most.phrase)
        if self.least is not None:
            return say(N_("不少于 %(least)s"), least=self.least.phrase)
        if self.most is not None:
            return say(N_("不超过 %(most)s"), most=self.most.phrase)
        return say(N_("永久"))


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a sample: so many of a thing, or at least so many."""

    of: Thing
    n: int
    least: bool = False

    @property
    def words(self) -> Sentence:
        """The line as people say it."""
        n = counted(self.n, self.of)
        return say(N_("至少 %(n)s"), n=n) if self.least else n


@dataclass(frozen=True, slots=True)
class Sample:
    """What a check consists of."""

    parts: tuple[Part, ...]

    @property
    def words(self) -> Sentence:
        """The parts in their order."""
        first, *rest = (part.words for part in self.parts)
        for other in rest:
            first = say(N_("%(some)s，%(other)s"), some=first, other=other)
        return first


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in yuan from which on, or up to which, something holds; both ends take the sum."""

    least: int | None = None
    most: int | None = None

    def holds(self, yuan: Decimal) -> bool:
        """Whether a sum reaches it, or stays within it."""
        if self.least is not None:
            return yuan >= self.least
        return self.most is not None and yuan <= self.most

    @property
    def words(self) -> Sentence:
        """The sum as people say it."""
        if self.least is not None:
            return say(N_("%(n)s 元以上（含）"), n=f"{self.least:,}")
        return say(N_("%(n)s 元以下（含）"), n=f"{self.most:,}")


Measure = Quota | Threshold | Rate | Window | Span | Sample | Amount
