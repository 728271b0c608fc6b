"""Checks, penalties and what follows from them, by bureau, with every decision."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.core.cases.asking import asked
from tracker.core.errors import N_, say
from tracker.core.numbers.counting import Change
from tracker.core.numbers.figures import Figure
from tracker.core.reports import supply
from tracker.core.reports.counting import TOTAL, by_house
from tracker.core.reports.model import CaseRef, Cell, Column, Section
from tracker.core.reports.scopes import Order
from tracker.core.reports.steps import CHECKS, DECIDED, ONWARD, PENALTIES, STEPS, Measures

BUREAU = N_("承办机构")


def sections(order: Order) -> list[Section]:
    """Checks, penalties, the money of the decisions, what follows, and every decision."""
    found = decisions(order)
    return [
        _by_bureau(order, N_("统计执法检查"), CHECKS),
        _by_bureau(order, N_("统计行政处罚"), PENALTIES),
        _money(order, found),
        _by_bureau(order, N_("责任追究和信用惩戒"), ONWARD),
        _decisions(found),
    ]


def decided(order: Order) -> Change:
    """Cases in which a penalty was decided in the period."""
    return order.during(DECIDED)


def decisions(order: Order) -> Sequence[supply.Fined]:
    """The decisions of those cases."""
    question = order.counted.ask(decided(order))
    where = asked(order.session, order.actor, question, order.today)
    return supply.fined(order.session, "penalty", where)


def money_of(order: Order, found: Sequence[supply.Fined], **also: object) -> list[Figure]:
    """Fined and paid in yuan; both open the list of the cases they are added up from."""
    question = order.counted.ask(decided(order), also)
    return [Figure(amount, ask=question) for amount in supply.money(found)]


def _by_bureau(order: Order, title: str, measures: Measures) -> Section:
    columns, rows, total = by_house(order, "bureau", BUREAU, order.lines(measures))
    return Section(
        title, columns, rows, total=total if rows else None, source=STEPS,
        empty=N_("这一时期没有。"),
    )  # fmt: skip


def _money(order: Order, found: Sequence[supply.Fined]) -> Section:
    columns, houses, total = by_house(order, "bureau", BUREAU, order.lines([DECIDED]))
    columns += [
        Column(N_("罚款（元）"), 3, numeric=True),
        Column(N_("已缴（元）"), 3, numeric=True),
    ]
    rows: list[list[Cell]] = []
    for name, figure in houses:
        bureau = figure.ask.bureau if isinstance(figure, Figure) and figure.ask else None
        own = [one for one in found if one.bureau_id == bureau]
        rows.append([name, figure, *money_of(order, own, bureau=bureau)])
    return Section(
        N_("罚款和缴纳"),
        columns,
        rows,
        total=[TOTAL, *total[1:], *money_of(order, found)] if rows else None,
        source=N_("罚款按现在的数计，复议、诉讼改变的从其结果；已缴含加处罚款。"),
        empty=N_("这一时期没有。"),
    )


def _decisions(found: Sequence[supply.Fined]) -> Section:
    rows: list[list[Cell]] = [
        [
            CaseRef(one.case_id, "penalty", one.number),
            one.unit,
            one.matter,
            one.decided_on,
            one.penalties,
            one.fine,
            one.paid,
        ]
        for one in found
    ]
    columns = [
        Column(N_("编号"), 4),
        Column(N_("当事人"), 4),
        Column(N_("案由"), 4),
        Column(N_("决定日期"), 4),
        Column(N_("处罚"), 2),
        Column(N_("罚款（元）"), 3, numeric=True),
        Column(N_("已缴（元）"), 3, numeric=True),
    ]
    return Section(
        N_("处罚决定"),
        columns,
        rows,
        words=(say(N_("期内作出处罚决定 %(n)s 件。"), n=len(found)),),
        source=STEPS,
        empty=N_("这一时期没有处罚决定。"),
    )
