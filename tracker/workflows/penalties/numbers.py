"""Figures of penalties: decisions and their kinds, fines and where they lie, what was paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker.core.benchmarks.model import ACT_LABELS
from tracker.core.cases.facts import Fact
from tracker.core.cases.models import Case
from tracker.core.errors import N_
from tracker.core.numbers.counting import Change, Scope, amounts, count
from tracker.core.numbers.figures import (
    Block,
    Board,
    Column,
    Drawing,
    Figure,
    Key,
    Row,
    Tone,
    Unit,
    share,
)
from tracker.core.numbers.offered import Offer
from tracker.core.numbers.period import months_until
from tracker.core.registers.models import SUBJECT_LABELS
from tracker.workflows.penalties.flow import FLOW
from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.rows import Payment

_p = Penalty.__table__
_paid = Payment.__table__


def _state(states: Sequence[str]) -> ColumnElement[bool]:
    return _p.c.id.in_(select(Case.__table__.c.id).where(Case.__table__.c.state.in_(states)))


_FINED = and_(_p.c.outcome == "penalty", _p.c.decision_fine > 0)
_ROOM = _p.c.range_max - _p.c.range_min
_RANGED = and_(_FINED, _p.c.range_min.is_not(None), _p.c.range_max > _p.c.range_min)
_INSIDE = and_(_RANGED, _p.c.decision_fine >= _p.c.range_min, _p.c.decision_fine <= _p.c.range_max)
# Where a fine lies in the range that was proposed: three parts of the same width.
_FIRST, _SECOND = _p.c.range_min + _ROOM / 3, _p.c.range_min + _ROOM * 2 / 3
_DONE = or_(_p.c.performed_on.is_not(None), _p.c.revoked)
_KINDS = {
    "fined": (N_("罚款"), _FINED),
    "warned": (N_("警告"), and_(_p.c.outcome == "penalty", _p.c.warning)),
    "circular": (N_("通报批评"), and_(_p.c.outcome == "penalty", _p.c.circular)),
    "unpunished": (N_("不予处罚"), _p.c.outcome == "no_penalty"),
}
_WHERE = {
    "low": (N_("幅度内，下三分之一"), and_(_INSIDE, _p.c.decision_fine <= _FIRST)),
    "middle": (
        N_("幅度内，中三分之一"),
        and_(_INSIDE, _p.c.decision_fine > _FIRST, _p.c.decision_fine <= _SECOND),
    ),
    "high": (N_("幅度内，上三分之一"), and_(_INSIDE, _p.c.decision_fine > _SECOND)),
    "outside": (N_("幅度以外，写明理由"), and_(_RANGED, ~_INSIDE)),
    "no_range": (
        N_("没有幅度可比"),
        and_(
            _FINED,
            or_(
                _p.c.range_min.is_(None),
                _p.c.range_max.is_(None),
                _p.c.range_max <= _p.c.range_min,
            ),
        ),
    ),
}
# What became of a fine: each stands in exactly one of these.
_COURT_STATES = ("court", "court_trial", "court_refused", "court_objection")
_PAYING = {
    "settled": (N_("已履行或者已撤销"), _DONE),
    "in_court": (N_("法院执行中"), and_(~_DONE, _state(_COURT_STATES))),
    "demanded": (N_("已催告"), and_(~_DONE, _state(("demanded",)))),
    "unpaid": (
        N_("未履行，还没有催告"),
        and_(~_DONE, ~_state((*_COURT_STATES, "demanded"))),
    ),
}


# ---------------------------------------------------------------- what is told of a case


def _fact(name: str, label: str, condition: ColumnElement[bool]) -> Fact:
    ids = select(_p.c.id).where(condition).correlate(None)
    return Fact(FLOW.kind, name, label, lambda _first, _last: Case.id.in_(ids))


def _dated(name: str, label: str, day: ColumnElement[date | None]) -> Fact:
    def holds(first: date | None, last: date | None) -> ColumnElement[bool]:
        parts: list[ColumnElement[bool]] = [day.is_not(None)]
        parts += [day >= first] if first is not None else []
        parts += [day <= last] if last is not None else []
        return Case.id.in_(select(_p.c.id).where(*parts).correlate(None))

    return Fact(FLOW.kind, name, label, holds)


FACTS = (
    _dated("filed", N_("已立案"), _p.c.filed_on),
    _dated("decided", N_("已作出决定"), _p.c.decided_on),
    *(_fact(n, label, where) for n, (label, where) in {**_KINDS, **_WHERE, **_PAYING}.items()),
    *(_fact(f"act_{a.value}", label, _p.c.act == a.value) for a, label in ACT_LABELS.items()),
    _fact("punished", N_("给予行政处罚"), _p.c.outcome == "penalty"),
    _fact("act_none", N_("没有写明违法行为"), _p.c.act.is_(None)),
    *(_fact(f"of_{s.value}", name, _p.c.subject == s.value) for s, name in SUBJECT_LABELS.items()),
)


def _fill(scope: Scope) -> Board:
    cases = scope.within(kinds=(FLOW.kind,))
    return Board(
        _keys(cases),
        [
            _table(cases, _KIND_WORDS, {n: (n,) for n in _KINDS}, apart=False),
            _table(cases, _ACT_WORDS, _acts()),
            _table(cases, _PAYING_WORDS, {n: ("fined", n) for n in _PAYING}, of=("fined",)),
            _table(cases, _WHERE_WORDS, {n: (n,) for n in _WHERE}, of=("fined",)),
            _table(
                cases, _SUBJECT_WORDS, {f"of_{s.value}": (f"of_{s.value}",) for s in SUBJECT_LABELS}
            ),
            _months(cases),
        ],
    )


OFFER = Offer("penalties", N_("处罚"), _fill)


# ---------------------------------------------------------------- the page

_ALL = "all"
_COLUMNS = (
    Column(N_("件数")),
    Column(N_("占比"), Unit.SHARE),
    Column(N_("罚款（元）"), Unit.MONEY),
    Column(N_("已缴（元）"), Unit.MONEY),
)
_Words = tuple[str, str, str, str]
_KIND_WORDS = (
    "kinds",
    N_("处罚种类"),
    N_("种类"),
    N_("一件可以并处几种，各行加起来可以多于合计。"),
)
_ACT_WORDS = ("acts", N_("违法行为"), N_("行为"), "")
_PAYING_WORDS = ("paying", N_("罚款缴纳"), N_("到哪一步"), N_("已缴含加处罚款，不论哪天缴的。"))
_WHERE_WORDS = ("where", N_("裁量"), N_("罚款在建议幅度的位置"), N_("幅度按案件里提出的裁量幅度。"))
_SUBJECT_WORDS = ("subjects", N_("当事人"), N_("类型"), "")


def _keys(scope: Scope) -> list[Key]:
    asks = {
        "filed": _asking(scope, "filed"),
        "decided": _asking(scope, "decided"),
        "fined": _asking(scope, "decided", "fined"),
        "unpaid": _asking(scope, "decided", "fined", "unpaid"),
    }
    found = count(scope, asks)
    fines = amounts(scope, {"fined": asks["fined"]}, _p.c.decision_fine, _p)["fined"]
    name = scope.period.name
    return [
        Key(N_("立案"), found["filed"], note=name),
        Key(N_("作出决定"), found["decided"], note=name),
        Key(N_("罚款的"), found["fined"], note=name),
        Key(N_("罚款金额"), Figure(fines), note=N_("元"), unit=Unit.MONEY),
        Key(N_("未履行，还没有催告"), found["unpaid"], Tone.SOON, note=name),
    ]


def _asking(scope: Scope, *names: str) -> Change:
    return {"facts": tuple(f"{FLOW.kind}.{name}" for name in names), **scope.when}


def _acts() -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in (*(f"act_{act.value}" for act in ACT_LABELS), "act_none")}


def _table(
    scope: Scope,
    words: _Words,
    parts: Mapping[str, tuple[str, ...]],
    *,
    of: tuple[str, ...] = (),
    apart: bool = True,
) -> Block:
    """Decisions of the period by something; `of` says of which, `apart` that a case is in one."""
    whole = {_ALL: _asking(scope, "decided", *of)}
    asks = whole | {n: _asking(scope, "decided", *facts) for n, facts in parts.items()}
    found = count(scope, asks)
    fines = amounts(scope, asks, _p.c.decision_fine, _p)
    paid = amounts(scope, asks, _collected(), _p)
    everything = found[_ALL].value
    labels = {fact.name: fact.label for fact in FACTS}
    rows = [
        _line(labels[n], found[n], everything, fines[n], paid[n])
        for n in parts
        if found[n].value or not apart
    ]
    name, title, head, note = words
    total = _line(N_("合计"), found[_ALL], everything, fines[_ALL], paid[_ALL])
    return Block(
        name,
        title,
        head,
        _COLUMNS,
        rows,
        total,
        note=note,
        drawing=Drawing.BAR,
        drawn=(0,),
        empty=N_("本期没有这样的决定。"),
    )


def _line(label: str, found: Figure, everything: object, fine: Decimal, paid: Decimal) -> Row:
    whole = everything if isinstance(everything, int) else 0
    part = found.value if isinstance(found.value, int) else 0
    return Row(label, [found, share(part, whole), Figure(fine), Figure(paid)])


def _collected() -> ColumnElement[Decimal | None]:
    return (
        select(func.coalesce(func.sum(_paid.c.amount), 0))
        .where(_paid.c.case_id == _p.c.id)
        .scalar_subquery()
    )


def _months(scope: Scope) -> Block:
    """Cases filed and decided, month by month."""
    spans = months_until(min(scope.period.last, scope.today))
    asks: dict[str, Change] = {}
    for n, span in enumerate([*spans, None]):
        first, last = (span.first, span.last) if span else (spans[0].first, spans[-1].last)
        days = {"when_from": first, "when_to": last}
        asks[f"filed{n}"] = {"facts": ("penalty.filed",), **days}
        asks[f"decided{n}"] = {"facts": ("penalty.decided",), **days}
    found = count(scope, asks)
    names = ("filed", "decided")
    rows = [
        Row(span.name, [found[f"{name}{n}"] for name in names], key=span.key)
        for n, span in enumerate(spans)
    ]
    return Block(
        "months",
        N_("逐月趋势"),
        N_("月份"),
        (Column(N_("立案")), Column(N_("决定"), tone=Tone.DONE)),
        rows,
        Row(N_("合计"), [found[f"{name}{len(spans)}"] for name in names]),
        drawing=Drawing.LINES,
        drawn=(0, 1),
    )
