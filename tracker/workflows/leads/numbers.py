"""Figures of leads: what departments handed over, what became of it, how soon it was answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases.facts import Fact
from tracker.core.cases.models import Case, Stay
from tracker.core.clock import office_date
from tracker.core.errors import N_
from tracker.core.numbers.counting import LATE, OPEN, Change, Scope, count, count_by
from tracker.core.numbers.figures import (
    Block,
    Board,
    Column,
    Drawing,
    Figure,
    Row,
    Tone,
    Unit,
    missing,
    share,
)
from tracker.core.numbers.offered import Offer
from tracker.core.numbers.overview import house_names
from tracker.core.numbers.spread import spread
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import OUTCOMES, Lead

_CAME, _ANSWERED = ("lead.approve", "lead.intake"), ("lead.give_feedback",)
_ASKED, _SUPPLIED, _WAITING = ("lead.ask_supplement",), ("lead.supply",), ("lead.supplement",)
_SUPPLEMENT = "supplement"
_FEEDBACK_CLOCK, _SUPPLY_CLOCK = ("OWN-FEEDBACK",), ("OWN-SUPPLY",)
_NONE = "none"
_leads = Lead.__table__
# No more answers than this are read for a median; the newest count.
_MOST = 50_000


# ---------------------------------------------------------------- what is told of a lead


def _fact(name: str, label: str, condition: ColumnElement[bool]) -> Fact:
    ids = select(_leads.c.id).where(condition).correlate(None)
    return Fact(FLOW.kind, name, label, lambda _first, _last: Case.id.in_(ids))


FACTS = (
    *(_fact(name, label, _leads.c.outcome == name) for name, label in OUTCOMES.items()),
    _fact(_NONE, N_("还没有处理结果"), _leads.c.outcome.is_(None)),
    _fact("answered", N_("已答复"), _leads.c.feedback_at.is_not(None)),
)


def _fill(scope: Scope) -> Board:
    calendar = calendar_store.load(scope.session)
    leads = scope.within(kinds=(FLOW.kind,))
    return Board(blocks=[_answers(leads, calendar), _supplements(leads, calendar), _results(leads)])


OFFER = Offer("leads", N_("部门线索"), _fill)


# ---------------------------------------------------------------- handed over and answered

_ANSWER_COLUMNS = (
    Column(N_("本期收到")),
    Column(N_("其中已答复"), tone=Tone.DONE),
    Column(N_("答复比例"), Unit.SHARE),
    Column(N_("现在在办")),
    Column(N_("现在逾期"), tone=Tone.LATE),
    Column(N_("本期答复")),
    Column(N_("中位用时"), Unit.DAYS),
    Column(N_("最慢一成"), Unit.DAYS),
    Column(N_("反馈按期")),
    Column(N_("反馈超期"), tone=Tone.LATE),
)


def _answers(scope: Scope, calendar: Calendar) -> Block:
    asks: dict[str, Change] = {
        "came": {"took": _CAME, **scope.when},
        "answered": {"took": _CAME, **scope.when, "facts": ("lead.answered",)},
        "open": OPEN,
        "late": LATE,
        "told": {"took": _ANSWERED, **scope.when},
        "kept": {"clock": _FEEDBACK_CLOCK, "outcome": "kept", **scope.when},
        "missed": {"clock": _FEEDBACK_CLOCK, "outcome": "missed", **scope.when},
    }
    lasted = _answer_days(scope, calendar, asks["told"])
    return Block(
        "answers",
        N_("移送和答复"),
        N_("移送部门"),
        _ANSWER_COLUMNS,
        *_by_house(scope, asks, lasted, _answer_line),
        note=N_("用时从部门移送（本局登记的从登记）到送出反馈，单位是工作日。"),
        drawing=Drawing.BAR,
        drawn=(0,),
        empty=N_("没有线索。"),
        wide=True,
        long=True,
    )


def _answer_line(found: Mapping[str, Figure], days: Sequence[Figure]) -> list[Figure]:
    part = share(_n(found["answered"]), _n(found["came"]))
    now = (found["open"], found["late"], found["told"])
    return [found["came"], found["answered"], part, *now, *days, found["kept"], found["missed"]]


def _answer_days(
    scope: Scope, calendar: Calendar, told: Change
) -> dict[int | None, list[tuple[int, int]]]:
    query = (
        select(Case.origin_org_id, _leads.c.sent_at, Case.opened_at, _leads.c.feedback_at)
        .join(_leads, _leads.c.id == Case.id)
        .where(scope.condition(told), _leads.c.feedback_at.is_not(None))
        .order_by(_leads.c.feedback_at.desc())
        .limit(_MOST)
    )
    found: dict[int | None, list[tuple[int, int]]] = defaultdict(list)
    for org, sent, opened, answered in scope.session.execute(query):
        found[org].append((_days(calendar, sent or opened, answered), 1))
    return found


def _days(calendar: Calendar, first: datetime, last: datetime) -> int:
    return calendar.workdays_between(office_date(first), office_date(last))


# ---------------------------------------------------------------- asked back

_SUPPLEMENT_COLUMNS = (
    Column(N_("本期发函")),
    Column(N_("本期复函"), tone=Tone.DONE),
    Column(N_("现在未复")),
    Column(N_("未复已逾期"), tone=Tone.LATE),
    Column(N_("中位用时"), Unit.DAYS),
    Column(N_("最慢一成"), Unit.DAYS),
    Column(N_("复函按期")),
    Column(N_("复函超期"), tone=Tone.LATE),
)


def _supplements(scope: Scope, calendar: Calendar) -> Block:
    asks: dict[str, Change] = {
        "asked": {"took": _ASKED, **scope.when},
        "supplied": {"took": _SUPPLIED, **scope.when},
        "waiting": {"states": _WAITING, **OPEN},
        "late": {"states": _WAITING, **LATE},
        "kept": {"clock": _SUPPLY_CLOCK, "outcome": "kept", **scope.when},
        "missed": {"clock": _SUPPLY_CLOCK, "outcome": "missed", **scope.when},
    }
    return Block(
        "supplements",
        N_("补充材料的复函"),
        N_("移送部门"),
        _SUPPLEMENT_COLUMNS,
        *_by_house(scope, asks, _supply_days(scope, calendar), _supply_line),
        note=N_("用时是材料在移送部门手里的工作日，按本期复函或者不再等待的算。"),
        drawing=Drawing.BAR,
        drawn=(4,),
        empty=N_("没有发函补充材料。"),
        wide=True,
    )


def _supply_line(found: Mapping[str, Figure], days: Sequence[Figure]) -> list[Figure]:
    now = (found["asked"], found["supplied"], found["waiting"], found["late"])
    return [*now, *days, found["kept"], found["missed"]]


def _supply_days(scope: Scope, calendar: Calendar) -> dict[int | None, list[tuple[int, int]]]:
    query = (
        select(Case.origin_org_id, Stay.from_on, Stay.to_on, func.count())
        .join(Stay, Stay.case_id == Case.id)
        .where(
            scope.condition(),
            Stay.state == _SUPPLEMENT,
            Stay.to_on.between(scope.period.first, scope.period.last),
        )
        .group_by(Case.origin_org_id, Stay.from_on, Stay.to_on)
    )
    found: dict[int | None, list[tuple[int, int]]] = defaultdict(list)
    for org, first, last, often in scope.session.execute(query):
        if last is not None:
            found[org].append((calendar.workdays_between(first, last), often))
    return found


# ---------------------------------------------------------------- by the house it came from


def _by_house(
    scope: Scope,
    asks: Mapping[str, Change],
    lasted: Mapping[int | None, list[tuple[int, int]]],
    line: Callable[[Mapping[str, Figure], Sequence[Figure]], list[Figure]],
) -> tuple[list[Row], Row]:
    found = count_by(scope, asks, Case.origin_org_id)
    names = house_names(scope.session, [key[0] for key in found])
    rows = []
    first = next(iter(asks))
    for (org,), counted in sorted(found.items(), key=lambda kv: (-kv[1][first], kv[0][0])):
        here = {"origin": org}
        figures = {n: Figure(counted[n], scope.ask(ask, here)) for n, ask in asks.items()}
        rows.append(
            Row(names.get(org, ""), line(figures, _spread(lasted.get(org))), ask=scope.ask(here))
        )
    every = {
        n: Figure(sum(counted[n] for counted in found.values()), scope.ask(ask))
        for n, ask in asks.items()
    }
    whole = [pair for pairs in lasted.values() for pair in pairs]
    return rows, Row(N_("合计"), line(every, _spread(whole)))


def _spread(days: Sequence[tuple[int, int]] | None) -> list[Figure]:
    found = spread(days or ())
    if found is None:
        return [missing(N_("不计算")), missing(N_("不计算"))]
    return [Figure(found.median), Figure(found.slow)]


def _n(figure: Figure) -> int:
    return figure.value if isinstance(figure.value, int) else 0


# ---------------------------------------------------------------- what became of them


def _results(scope: Scope) -> Block:
    came: Change = {"took": _CAME, **scope.when}
    names = {**OUTCOMES, _NONE: N_("还没有处理结果")}
    asks: dict[str, Change] = {n: {**came, "facts": (f"lead.{n}",)} for n in names}
    found = count(scope, {"came": came, **asks})
    everything = _n(found["came"])
    rows = [
        Row(label, [found[name], share(_n(found[name]), everything)])
        for name, label in names.items()
    ]
    return Block(
        "results",
        N_("本期收到的线索怎样处理"),
        N_("处理结果"),
        (Column(N_("件数")), Column(N_("占比"), Unit.SHARE)),
        rows,
        Row(N_("合计"), [found["came"], share(everything, everything)]),
        drawing=Drawing.BAR,
        drawn=(0,),
    )
