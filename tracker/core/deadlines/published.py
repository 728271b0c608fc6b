"""Published cases against their time limits: honest verdicts from dates that are partly vague.

A case is dated steps. A step starts a clock, another one ends it; where the end itself was not
published, a later step that presupposes it bounds it (what was published had been decided). A
verdict is given only when every day the sources leave open leads to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from tracker.core.calendar.days import Calendar, OutsideCalendar
from tracker.core.deadlines.facts import Fact, FactKind
from tracker.core.deadlines.intervals import Interval, read_interval
from tracker.core.deadlines.replay import add_months, replay
from tracker.core.errors import N_, BadInput, Sentence, say
from tracker.core.rulebook.loader import Rulebook, RuleMissing
from tracker.core.rulebook.model import Rule
from tracker.core.rulebook.terms import Term, Unit


class Verdict(StrEnum):
    """What can be said of a clock."""

    KEPT = "kept"
    BREACHED = "breached"
    UNLESS_EXTENDED = "breached unless extended"
    CANNOT_TELL = "cannot tell"
    OPEN = "open"


VERDICT_LABELS: dict[Verdict, str] = {
    Verdict.KEPT: N_("按期"),
    Verdict.BREACHED: N_("超期"),
    Verdict.UNLESS_EXTENDED: N_("未经批准延长即为超期"),
    Verdict.CANNOT_TELL: N_("无法判断"),
    Verdict.OPEN: N_("未见结果"),
}

_FILED = ("filing", "filed", "case_filed", "case_opened", "opened", "立案")
_DECIDED = ("decision", "penalty_decision", "decided", "no_penalty", "处罚决定")
_PUBLISHED = ("publish", "published", "publication", "disclosure", "公示")
_HANDED = ("handover", "handed_over", "proposal_sent", "sanction_proposal", "移送")
_RESULT = ("result", "result_received", "sanction_result", "discipline_result", "处理结果")
_SERVED = ("service", "served", "decision_served", "送达")
_EXTENDED = ("extension", "extended", "延长")
_FOUND = ("inspection", "inspection_start", "finding", "discovery", *_FILED)
_LEAD_IN = ("lead_received", "registered", "report_received")

_SANCTION_WORDS = ("处分", "责任", "追责", "问责", "党纪", "政务")
_LEAD_WORDS = ("线索",)
_CRIME_WORDS = ("公安", "犯罪", "司法")
_NATIONAL = ("国家统计局", "调查总队", "调查队")


@dataclass(frozen=True, slots=True)
class Timed:
    """One dated step of a case."""

    name: str
    text: str
    when: Interval


@dataclass(frozen=True, slots=True)
class Kind:
    """A clock that published steps can start and end; `implied`: steps that presuppose its end."""

    rule: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    implied: tuple[str, ...] = ()
    # The limit is a least distance: the end may not come before it.
    not_before: bool = False
    only: str = ""


KINDS: tuple[Kind, ...] = (
    Kind("T01", (*_HANDED, *_LEAD_IN), ("triage", *_FILED, "declined"), _PUBLISHED, only="lead"),
    Kind("T02", _FILED, (*_DECIDED, "withdrawn", "transferred"), (*_SERVED, *_PUBLISHED)),
    # Found in time, the act may still be punished.
    Kind("T12", ("missed_report", "act_end"), _FOUND, _PUBLISHED),
    Kind("T04", ("evidence_preserved",), ("evidence_disposed",)),
    Kind("T05", ("prior_notice", "notice_served"), ("hearing_request",)),
    Kind("T06", ("hearing_notice",), ("hearing",), not_before=True),
    Kind("T08", _DECIDED, _SERVED),
    Kind("T10", _SERVED, ("payment", "paid")),
    Kind("T15", ("review_applied",), ("review_accepted", "review_rejected"), ("review_decision",)),
    Kind("T16", ("application_copy_received",), ("reply",)),
    Kind("T17", ("review_accepted",), ("review_decision",)),
    Kind("T21", ("demand_served",), ("court_application",), not_before=True),
    Kind("T22", ("court_application",), ("court_accepted",)),
    Kind("T23", _DECIDED, _PUBLISHED, only="national"),
    Kind("T24", _DECIDED, _PUBLISHED, only="local"),
    Kind("T25", ("decision_changed",), ("publication_withdrawn",)),
    Kind("L04", _HANDED, _RESULT, ("discipline_publish", "closed"), only="sanction"),
    Kind("L05", ("proposal_notice",), _RESULT, ("discipline_publish",)),
    Kind("L06", ("crime_report",), ("head_decision",), ("crime_handover",)),
    Kind("L07", ("head_approved",), ("crime_handover",), ("crime_accepted",)),
    Kind("L09", ("crime_accepted",), ("police_decision", "police_opened", "police_refused")),
    Kind("L10", ("police_refused",), ("reconsideration_asked",), ("reconsideration_decided",)),
    Kind("L11", ("reconsideration_asked",), ("reconsideration_decided",)),
    Kind("L12", ("police_opened",), ("items_handed_over",)),
    Kind("L16", ("report_accepted",), ("verified", "report_answered")),
    Kind("C01", ("recognition",), _PUBLISHED),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One clock of a published case, with everything its verdict rests on."""

    rule: Rule
    start: Interval
    due: Interval | None
    # The last day with the longest extension the rule knows.
    most: Interval | None
    stop: Interval | None
    # The end is bounded by a later step, not published itself.
    implied: bool
    # The last day on which it is known that there was no end yet.
    not_yet: date | None
    verdict: Verdict
    days_over: tuple[int, int] | None
    notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A published indicator with its ratio computed again."""

    indicator: str
    reported: Decimal | None
    checked: Decimal | None
    ratio_pct: Decimal | None
    published_pct: Decimal | None
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What can be said of a published case."""

    case: str
    title: str
    clocks: tuple[Judged, ...]
    figures: tuple[Figure, ...]
    notes: tuple[Sentence, ...] = field(default=())


def judge_case(data: Any, book: Rulebook, calendar: Calendar) -> Replayed:
    """Every clock the steps of a case start, and every ratio; BadInput names what is unreadable."""
    if not isinstance(data, Mapping) or not isinstance(data.get("id"), str):
        raise BadInput("id", say(N_("不是案例文件：缺少 id。")))
    steps, undated = _steps(data.get("timeline") or [])
    clocks = [j for kind in KINDS for j in _clocks(kind, data, steps, book, calendar)]
    notes = [say(N_("步骤“%(step)s”没有年份，不参与计算。"), step=text) for text in undated]
    return Replayed(
        case=data["id"],
        title=str(data.get("title") or ""),
        clocks=tuple(sorted(clocks, key=lambda j: (j.start, j.rule.id))),
        figures=tuple(_figure(f) for f in data.get("figures") or []),
        notes=tuple(notes),
    )


# ---------------------------------------------------------------- steps


def _steps(rows: Iterable[Any]) -> tuple[list[Timed], list[str]]:
    found, undated = [], []
    for row in rows:
        if not isinstance(row, Mapping) or not isinstance(row.get("step"), str):
            raise BadInput("timeline", say(N_("时间线里有一步没有写 step。")))
        written = row.get("date")
        when = read_interval(None if written is None else str(written), row.get("part"))
        text = str(row.get("text") or row["step"])
        if when is None:
            undated.append(text)
        else:
            found.append(Timed(row["step"], text, when))
    return sorted(found, key=lambda s: (s.when, s.name)), undated


def _fits(kind: Kind, step: Timed, data: Mapping[str, Any]) -> bool:
    """Whether a step that may start several clocks starts this one, by what its text says."""
    if kind.only in ("lead", "sanction"):
        if any(w in step.text for w in _CRIME_WORDS):
            return False
        sanction = any(w in step.text for w in _SANCTION_WORDS)
        lead = step.name in _LEAD_IN or (not sanction and any(w in step.text for w in _LEAD_WORDS))
        return lead if kind.only == "lead" else not lead
    if kind.only in ("national", "local"):
        body = str(data.get("inspecting_authority") or "")
        return body.startswith(_NATIONAL) == (kind.only == "national")
    return True


def _clocks(
    kind: Kind,
    data: Mapping[str, Any],
    steps: Sequence[Timed],
    book: Rulebook,
    calendar: Calendar,
) -> Iterable[Judged]:
    for step in steps:
        if step.name not in kind.starts or not _fits(kind, step, data):
            continue
        try:
            rule = book.rule(kind.rule, step.when.earliest, _region(data))
        except RuleMissing:
            continue
        if rule.term is not None:
            yield _judge(kind, rule, step, steps, calendar)


def _region(data: Mapping[str, Any]) -> str:
    places = data.get("places") or [{}]
    return str(places[0].get("region_code") or "")


# ---------------------------------------------------------------- one clock


def _judge(
    kind: Kind, rule: Rule, started: Timed, steps: Sequence[Timed], calendar: Calendar
) -> Judged:
    after = [s for s in steps if s is not started and s.when.latest >= started.when.earliest]
    stop, implied = _stop(kind, started, after)
    not_yet = _not_yet(kind, after) if stop is None or implied else None
    notes: list[Sentence] = []
    due = _due(rule, started.when, calendar, notes)
    most = _most(rule, started.when, calendar)
    if most is not None and due is not None and any(s.name in _EXTENDED for s in after):
        notes.append(say(N_("材料写明延长过，但延长多久未见，到期日按可能的范围计。")))
        due = Interval(due.earliest, most.latest)
        most = None
    if implied:
        notes.append(say(N_("结束的日子没有公布，只知道不晚于后来公布的步骤。")))
    if rule.ours:
        notes.append(say(N_("期限是本系统默认值，不是法定期限。")))
    verdict, over = _verdict(kind, due, most, stop, not_yet, implied=implied)
    return Judged(
        rule, started.when, due, most, stop, implied, not_yet, verdict, over, tuple(notes)
    )


def _stop(kind: Kind, started: Timed, after: Sequence[Timed]) -> tuple[Interval | None, bool]:
    """When the clock ended; True beside it when only a later step bounds it."""
    for step in after:
        if step.name in kind.stops:
            return Interval(max(step.when.earliest, started.when.earliest), step.when.latest), False
    for step in after:
        if step.name in kind.implied:
            return Interval(started.when.earliest, step.when.latest), True
    return None, False


def _not_yet(kind: Kind, after: Sequence[Timed]) -> date | None:
    """The last day on which a source says that the result had not come."""
    if kind.only != "sanction":
        return None
    days = [
        s.when.earliest
        for s in after
        if s.name == "not_received" or (s.name == "status" and "未" in s.text)
    ]
    return max(days, default=None)


def _due(rule: Rule, start: Interval, calendar: Calendar, notes: list[Sentence]) -> Interval | None:
    ends = [_count(rule, day, calendar) for day in (start.earliest, start.latest)]
    first, last = ends
    if first is None or last is None:
        notes.append(say(N_("当时的工作日历没有收录，按工作日计的期限算不出来。")))
        return None
    if rule.roll and not (calendar.first <= first <= last <= calendar.last):
        notes.append(say(N_("当时的工作日历没有收录，期满日是休息日时的顺延没有计入。")))
    return Interval(first, last)


def _count(rule: Rule, day: date, calendar: Calendar, extra: Term | None = None) -> date | None:
    term = rule.term
    assert term is not None  # noqa: S101 - the caller has looked
    if term.unit is Unit.H:  # dates only: a day later for every 24 hours begun
        return day + timedelta(days=-(-term.count // 24))
    facts = [Fact(FactKind.START, day)]
    if extra is not None:
        facts.append(Fact(FactKind.EXTEND, day, term=extra))
    try:
        return replay(facts, term, rule.roll, calendar).due
    except OutsideCalendar:
        if term.unit is Unit.WD:
            return None
    end = day
    for piece in (term, extra):
        if piece is not None:
            end = _plain(end, piece)
    return end


def _plain(day: date, term: Term) -> date:
    """A term that counts calendar days or months, without rolling off a rest day."""
    if term.unit is Unit.CD:
        return day + timedelta(days=term.count)
    return add_months(day, term.count * (12 if term.unit is Unit.Y else 1))


def _most(rule: Rule, start: Interval, calendar: Calendar) -> Interval | None:
    """The last days with the longest extension there is."""
    allowed = rule.extension
    if allowed is None or rule.length is None:
        return None
    if allowed.total_max is not None:
        extra = allowed.total_max.count - rule.length
    elif allowed.max_length is not None and allowed.max_times is not None:
        extra = allowed.max_length.count * allowed.max_times
    else:
        return None
    if extra <= 0:
        return None
    longest = Term(extra, rule.unit)
    ends = [_count(rule, day, calendar, longest) for day in (start.earliest, start.latest)]
    if allowed.total_max is not None and rule.unit in (Unit.M, Unit.Y):
        # "At most a year in all" counts from the start, not from a shortened month's end.
        ends = [
            max(end, _plain(day, allowed.total_max))
            for end, day in zip(ends, (start.earliest, start.latest), strict=True)
            if end is not None
        ]
    first, last = ends
    return None if first is None or last is None else Interval(first, last)


def _verdict(
    kind: Kind,
    due: Interval | None,
    most: Interval | None,
    stop: Interval | None,
    not_yet: date | None,
    *,
    implied: bool,
) -> tuple[Verdict, tuple[int, int] | None]:
    if due is None:
        return (Verdict.OPEN if stop is None else Verdict.CANNOT_TELL), None
    if kind.not_before:
        return _least_distance(due, stop)
    # What is known at least: the end, or a day on which there was none yet.
    earliest = stop.earliest if stop is not None and not implied else None
    if not_yet is not None:
        earliest = not_yet + timedelta(days=1)
    latest = stop.latest if stop is not None else None
    if latest is not None and latest <= due.earliest:
        return Verdict.KEPT, None
    if earliest is None or earliest <= due.latest:
        return (Verdict.OPEN if latest is None else Verdict.CANNOT_TELL), None
    # A clock without an end is over by as much as it was on the last day we know of.
    seen = (
        Interval(not_yet, not_yet)
        if not_yet is not None and latest is None
        else Interval(earliest, latest or earliest)
    )
    over = ((seen.earliest - due.latest).days, (seen.latest - due.earliest).days)
    if most is None or earliest > most.latest:
        return Verdict.BREACHED, over
    return Verdict.UNLESS_EXTENDED, over


def _least_distance(due: Interval, stop: Interval | None) -> tuple[Verdict, tuple[int, int] | None]:
    """For what may not come before a day: too early is the breach."""
    if stop is None:
        return Verdict.OPEN, None
    if stop.earliest >= due.latest:
        return Verdict.KEPT, None
    if stop.latest < due.earliest:
        return Verdict.BREACHED, (
            (due.earliest - stop.latest).days,
            (due.latest - stop.earliest).days,
        )
    return Verdict.CANNOT_TELL, None


# ---------------------------------------------------------------- figures


def _figure(row: Any) -> Figure:
    if not isinstance(row, Mapping):
        raise BadInput("figures", say(N_("指标数据读不懂。")))
    reported, checked = _decimal(row.get("reported")), _decimal(row.get("checked"))
    published = _decimal(row.get("ratio_pct_published"))
    ratio = None
    if reported is not None and checked:
        ratio = (abs(reported - checked) / abs(checked) * 100).quantize(
            Decimal("0.01"), ROUND_HALF_UP
        )
    agrees = None
    if reported is not None and checked and published is not None:
        # As exact as it was printed: 18.5 has one decimal, so one decimal is compared.
        exact = abs(reported - checked) / abs(checked) * 100
        agrees = exact.quantize(_step(published), ROUND_HALF_UP) == published
    return Figure(str(row.get("indicator") or ""), reported, checked, ratio, published, agrees)


def _step(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(min(exponent, 0) if isinstance(exponent, int) else 0)


def _decimal(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except ArithmeticError as error:
        raise BadInput("figures", say(N_("“%(value)s”不是数字。"), value=value)) from error
