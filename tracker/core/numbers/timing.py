"""Where time is spent: in whose hands cases are, how long states take, and how clocks end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from tracker.core.accounts.models import User
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases.asking import clock_ended
from tracker.core.cases.flow import Flow, State, flows
from tracker.core.cases.inside import in_own_hands_or_inside, inside, known_holder
from tracker.core.cases.models import Case, Stay
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import N_, say
from tracker.core.numbers.counting import OPEN, Change, Scope, count_by
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
from tracker.core.numbers.overview import house_names
from tracker.core.numbers.spread import Spread, spread
from tracker.core.numbers.standing import STANDING, line, standing, total
from tracker.core.rulebook.loader import RuleMissing, default_rulebook
from tracker.core.rulebook.model import Rule
from tracker.core.rulebook.terms import Unit as TermUnit

_HELD = (Column(N_("中位已持有"), Unit.DAYS), Column(N_("最久已持有"), Unit.DAYS))
_STAYED = (
    Column(N_("件数")),
    Column(N_("次数"), Unit.TIMES),
    Column(N_("中位"), Unit.DAYS),
    Column(N_("最慢一成"), Unit.DAYS),
    Column(N_("时限"), Unit.DAYS),
)
_ENDED = (
    Column(N_("按期办结"), tone=Tone.DONE),
    Column(N_("超期办结"), tone=Tone.LATE),
    Column(N_("按期比例"), Unit.SHARE),
    Column(N_("在期限内")),
    Column(N_("已经超期"), tone=Tone.LATE),
)
_NO_NAME = N_("只到岗位，还没有到人")


def timing(scope: Scope) -> Board:
    """The page of time: how long states take, and how clocks end."""
    return Board(blocks=[stays(scope, calendar_store.load(scope.session)), ends(scope)])


def hands(scope: Scope) -> Board:
    """The page of custody: which organisation has what, which person, since when."""
    calendar = calendar_store.load(scope.session)
    return Board(blocks=[houses(scope, calendar), people(scope, calendar)])


# ---------------------------------------------------------------- states


def stays(scope: Scope, calendar: Calendar) -> Block:
    """How long cases stayed in the states that they left in the period, the slowest first."""
    lasted = _lasted(scope, calendar)
    cases = _left(scope)
    rows = []
    for flow in flows.all():
        for state in flow.states:
            found = spread(lasted.get((flow.kind, state.name), ()))
            if found is not None:
                rows.append((found, _state_row(scope, flow, state, found, cases)))
    rows.sort(key=lambda pair: (-pair[0].slow, -pair[0].median))
    return Block(
        "stays",
        N_("卡在哪一步"),
        N_("步骤"),
        _STAYED,
        [row for _, row in rows],
        note=N_(
            "本期离开这一步的，用了几个工作日：圆点是中位，横线到最慢一成，虚线是时限。退回后再来的另算一次。"
        ),
        drawing=Drawing.DOTS,
        drawn=(2, 3, 4),
        empty=N_("本期没有离开任何一步的事项。"),
        wide=True,
        long=True,
    )


def _state_row(
    scope: Scope, flow: Flow, state: State, found: Spread, cases: Mapping[tuple[str, str], int]
) -> Row:
    here: Change = {"stayed": (f"{flow.kind}.{state.name}",), **scope.when}
    limit = _limit(state.clock, scope)
    over = isinstance(limit.value, int) and found.slow > limit.value
    label = say(N_("%(kind)s：%(state)s"), kind=say(flow.label), state=say(state.label))
    return Row(
        label,
        [
            Figure(cases.get((flow.kind, state.name), 0), scope.ask(here)),
            Figure(found.count),
            Figure(found.median),
            Figure(found.slow, over=over),
            limit,
        ],
    )


def _lasted(scope: Scope, calendar: Calendar) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Durations with how often each occurred, by kind and state; grouped by the database."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    query = (
        select(Case.kind, Stay.state, Stay.from_on, Stay.to_on, func.count())
        .join(Stay, Stay.case_id == Case.id)
        .where(scope.condition(), inside(scope.actor), _within(scope))
        .group_by(Case.kind, Stay.state, Stay.from_on, Stay.to_on)
    )
    for kind, state, first, last, often in scope.session.execute(query):
        if last is not None:
            found[kind, state].append((calendar.workdays_between(first, last), often))
    return found


def _left(scope: Scope) -> dict[tuple[str, str], int]:
    query = (
        select(Case.kind, Stay.state, func.count(Stay.case_id.distinct()))
        .join(Stay, Stay.case_id == Case.id)
        .where(scope.condition(), inside(scope.actor), _within(scope))
        .group_by(Case.kind, Stay.state)
    )
    return {(kind, state): n for kind, state, n in scope.session.execute(query)}


def _within(scope: Scope) -> ColumnElement[bool]:
    return and_(Stay.to_on >= scope.period.first, Stay.to_on <= scope.period.last)


def _limit(clock: str | None, scope: Scope) -> Figure:
    """The length of a state's clock, where it is one in working days."""
    rule = _rule(clock, scope) if clock else None
    if rule is None or rule.term is None:
        return missing(N_("无"))
    if rule.unit is not TermUnit.WD:
        return Figure(None, why=rule.term.phrase)
    return Figure(rule.term.count)


def _rule(rule_id: str, scope: Scope) -> Rule | None:
    try:
        return default_rulebook().rule(rule_id, scope.today, scope.base.region or _place(scope))
    except RuleMissing:
        return None


def _place(scope: Scope) -> str:
    return next((p.region_code for p in scope.actor.powers), "")


# ---------------------------------------------------------------- hands


def houses(scope: Scope, calendar: Calendar) -> Block:
    """Open cases by the organisation that has them, with how long it has had them."""
    asks = standing(scope, moving=False)
    found = count_by(scope, asks, Case.turn_org_id)
    names = house_names(scope.session, [key[0] for key in found])
    return _hands(
        scope, calendar, Case.turn_org_id, found,
        lambda org: (names.get(org, ""), {"turn": org}),
        ("houses", N_("在哪个单位手里"), N_("单位")),
    )  # fmt: skip


def people(scope: Scope, calendar: Calendar) -> Block:
    """Open cases by the person who has them in hand."""
    holder = known_holder(scope.actor)
    found = count_by(scope, standing(scope, moving=False), holder)
    ids = [key[0] for key in found if key[0] is not None]
    names: dict[int, str] = dict(
        scope.session.execute(select(User.id, User.name).where(User.id.in_(ids))).all()
    )
    return _hands(
        scope, calendar, holder, found,
        lambda who: (names[who], {"holder": who}) if who else (_NO_NAME, {"lacks": ("holder",)}),
        ("people", N_("在谁手里"), N_("人员")),
    )  # fmt: skip


def _hands(
    scope: Scope,
    calendar: Calendar,
    column: Any,
    found: Mapping[tuple[Any, ...], Mapping[str, int]],
    named: Callable[[Any], tuple[str, Change]],
    words: tuple[str, str, str],
) -> Block:
    asks = standing(scope, moving=False)
    since = _since(scope, calendar, column)
    rows = []
    for (key,), row in sorted(found.items(), key=lambda kv: (-kv[1]["open"], kv[0][0] or 0)):
        label, here = named(key)
        held = spread(since.get(key, ()))
        days = [Figure(held.median), Figure(held.longest)] if held else [Figure(0), Figure(0)]
        one = line(scope, label, row, asks, here)
        rows.append(Row(label, [*one.figures, *days], ask=one.ask))
    whole = total(scope, rows, asks)
    every = spread(pair for pairs in since.values() for pair in pairs)
    days = [Figure(every.median), Figure(every.longest)] if every else [Figure(0), Figure(0)]
    name, title, head = words
    return Block(
        name,
        title,
        head,
        (*STANDING[: len(asks)], *_HELD),
        rows,
        Row(whole.label, [*whole.figures, *days]),
        note=N_("持有从到手那天起算，单位是工作日。"),
        drawing=Drawing.STACK,
        drawn=(1, 2, 3),
        empty=N_("没有在办的事项。"),
        wide=True,
        long=True,
    )


def _since(scope: Scope, calendar: Calendar, column: Any) -> dict[Any, list[tuple[int, int]]]:
    """How long those open now have been in the present hands, by the holder."""
    found: dict[Any, list[tuple[int, int]]] = defaultdict(list)
    query = (
        select(column, Case.holder_since, func.count())
        .where(scope.condition(OPEN), in_own_hands_or_inside(scope.actor))
        .group_by(column, Case.holder_since)
    )
    for key, first, often in scope.session.execute(query):
        found[key].append((_held(calendar, first, scope.today), often))
    return found


def _held(calendar: Calendar, first: date, today: date) -> int:
    return calendar.workdays_between(min(first, today), today)


# ---------------------------------------------------------------- clocks


def ends(scope: Scope) -> Block:
    """How each clock ended in the period, and how those that run stand; counted in cases."""
    asks: dict[str, Change] = {
        "kept": {"outcome": "kept", **scope.when},
        "missed": {"outcome": "missed", **scope.when},
        "running": {"outcome": "running"},
        "over": {"outcome": "over"},
    }
    rows = []
    for rule_id, counted in _ended(scope, asks):
        kept, missed, running, over = (
            Figure(counted[name], scope.ask(ask, {"clock": (rule_id,)}))
            for name, ask in asks.items()
        )
        in_time = share(counted["kept"], counted["kept"] + counted["missed"])
        rows.append(
            Row(_clock_label(scope, rule_id), [kept, missed, in_time, running, over], note=rule_id)
        )
    return Block(
        "clocks",
        N_("按时限"),
        N_("时限"),
        _ENDED,
        rows,
        note=N_("按期、超期是本期停下的时限，其余是现在。同一件里同一个时限有几次的算一件。"),
        empty=N_("还没有时限。"),
        wide=True,
        long=True,
    )


def _ended(scope: Scope, asks: Mapping[str, Change]) -> list[tuple[str, dict[str, int]]]:
    sums = [
        func.count(case((and_(*_ending(scope, ask)), Deadline.case_id)).distinct())
        for ask in asks.values()
    ]
    query = (
        select(Deadline.rule_id, *sums)
        .join(Case, Case.id == Deadline.case_id)
        .where(scope.condition(), inside(scope.actor))
        .group_by(Deadline.rule_id)
        .order_by(Deadline.rule_id)
    )
    found = []
    for rule_id, *counts in scope.session.execute(query):
        if any(counts):
            found.append((rule_id, dict(zip(asks, counts, strict=True))))
    return sorted(found, key=lambda pair: (-pair[1]["over"], -pair[1]["missed"], pair[0]))


def _ending(scope: Scope, ask: Change) -> Sequence[ColumnElement[bool]]:
    return clock_ended(scope.ask(ask), scope.today)


def _clock_label(scope: Scope, rule_id: str) -> Any:
    rule = _rule(rule_id, scope)
    return rule.title if rule is not None else rule_id
