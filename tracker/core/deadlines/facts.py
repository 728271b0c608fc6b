"""What happened to a clock, and whether the story holds together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tracker.core.errors import N_, BadInput, say
from tracker.core.rulebook.terms import Term, Unit


class FactKind(StrEnum):
    """What can happen to a clock."""

    START = "start"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    STOP = "stop"
    SET_DUE = "set_due"


FACT_LABELS: dict[FactKind, str] = {
    FactKind.START: N_("起算"),
    FactKind.SUSPEND: N_("中止"),
    FactKind.RESUME: N_("恢复"),
    FactKind.EXTEND: N_("延长"),
    FactKind.STOP: N_("结束"),
    FactKind.SET_DUE: N_("改定日期"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to a clock, on the day it counts from."""

    kind: FactKind
    on: date
    at: datetime | None = None
    term: Term | None = None
    due: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A suspension: from its first day up to, not including, the day of resumption."""

    begin: date
    end: date | None = None
    begin_at: datetime | None = None
    end_at: datetime | None = None

    def covers(self, on: date) -> bool:
        """Whether the clock stands still on a day."""
        return self.begin <= on and (self.end is None or on < self.end)


@dataclass(frozen=True, slots=True)
class Story:
    """The facts of one clock, read and found consistent."""

    start: date
    start_at: datetime | None
    terms: tuple[Term, ...]
    given: date | None
    spans: tuple[Span, ...]
    stopped_on: date | None

    @property
    def held(self) -> Span | None:
        """The suspension that is still open."""
        return self.spans[-1] if self.spans and self.spans[-1].end is None else None

    @property
    def closed(self) -> tuple[Span, ...]:
        """The suspensions that are over."""
        return tuple(s for s in self.spans if s.end is not None)


def _no(text: str) -> BadInput:
    return BadInput("on", say(text))


class _Reader:
    """Takes the facts one by one and refuses what cannot follow."""

    def __init__(self, start: Fact, term: Term | None) -> None:
        self.start = start
        self.term = term
        self.terms = [] if term is None else [term]
        self.given = start.due
        self.spans: list[Span] = []
        self.stopped_on: date | None = None

    @property
    def held(self) -> bool:
        return bool(self.spans) and self.spans[-1].end is None

    def take(self, fact: Fact) -> None:
        if self.stopped_on is not None:
            raise _no(N_("这项期限已经结束，不能再改。"))
        if fact.on < self.start.on:
            raise _no(N_("日期早于期限的起算日。"))
        match fact.kind:
            case FactKind.START:
                raise _no(N_("这项期限已经起算过。"))
            case FactKind.SUSPEND:
                self.suspend(fact)
            case FactKind.RESUME:
                self.resume(fact)
            case FactKind.EXTEND:
                self.extend(fact)
            case FactKind.SET_DUE:
                self.set_due(fact)
            case _:  # STOP
                self.stopped_on = fact.on

    def suspend(self, fact: Fact) -> None:
        if self.term is None:
            raise _no(N_("日期由上级或文件给定，不能中止，只能改定日期。"))
        if self.held:
            raise _no(N_("这项期限已经中止。"))
        last = self.spans[-1].end if self.spans else None
        if last is not None and fact.on < last:
            raise _no(N_("中止日期早于上一次恢复的日期。"))
        self.spans.append(Span(fact.on, None, fact.at))

    def resume(self, fact: Fact) -> None:
        if not self.held:
            raise _no(N_("这项期限没有中止，无需恢复。"))
        span = self.spans.pop()
        if fact.on < span.begin:
            raise _no(N_("恢复日期早于中止日期。"))
        self.spans.append(Span(span.begin, fact.on, span.begin_at, fact.at))

    def extend(self, fact: Fact) -> None:
        if fact.term is None:
            raise BadInput("term", say(N_("延长期限时必须写明延长多久。")))
        if self.term is not None and (fact.term.unit is Unit.H) != (self.term.unit is Unit.H):
            raise BadInput(
                "term", say(N_("按小时计算的期限只能按小时延长，其他期限不能按小时延长。"))
            )
        self.terms.append(fact.term)

    def set_due(self, fact: Fact) -> None:
        if self.term is not None:
            raise _no(N_("这项期限按规则计算，不能直接改定日期。"))
        if fact.due is None:
            raise BadInput("due", say(N_("请填写改定后的日期。")))
        # A new date stands for itself: what was extended before is in it.
        self.given = fact.due
        self.terms = []


def read_story(facts: Sequence[Fact], term: Term | None) -> Story:
    """The story the facts tell; the first must be the start."""
    if not facts or facts[0].kind is not FactKind.START:
        raise _no(N_("期限还没有起算。"))
    reader = _Reader(facts[0], term)
    if (term is None) != (reader.given is not None):
        raise BadInput("due", say(N_("没有法定长度的期限必须给定日期，有长度的期限不能给定日期。")))
    for fact in facts[1:]:
        reader.take(fact)
    if (
        term is not None
        and term.unit is Unit.H
        and any(f.at is None for f in facts if f.kind not in (FactKind.STOP, FactKind.EXTEND))
    ):
        raise BadInput("at", say(N_("按小时计算的期限必须写明时刻。")))
    return Story(
        start=facts[0].on,
        start_at=facts[0].at,
        terms=tuple(reader.terms),
        given=reader.given,
        spans=tuple(reader.spans),
        stopped_on=reader.stopped_on,
    )
