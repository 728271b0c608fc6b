"""What is late today, to be told to the body above: by bureau and kind, then one by one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tracker.core.cases.asking import asked
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.cases.reads import names_for, outside, running_deadlines, shown_label
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import N_, say
from tracker.core.numbers.counting import Change, count_by
from tracker.core.reports.counting import Line, by_house
from tracker.core.reports.enforcement import BUREAU
from tracker.core.reports.ledger import holder
from tracker.core.reports.model import CaseRef, Cell, Column, Section
from tracker.core.reports.scopes import Order
from tracker.core.reports.steps import ANSWER_CLOCKS, NOW

_LATE: Change = {"view": "late"}
_IN_PARTS = 500


def sections(order: Order) -> list[Section]:
    """By bureau and kind, every late case, and proposals of sanctions without an answer."""
    unanswered: Change = {
        "kinds": ("sanction",), "clock": ANSWER_CLOCKS, "outcome": "over", "view": "open",
    }  # fmt: skip
    return [
        _by_bureau(order),
        _every(order, N_("逾期事项"), _LATE, N_("今天没有逾期的事项。")),
        _every(
            order,
            N_("处分处理建议逾期没有收到书面结果"),
            unanswered,
            N_("没有逾期没有收到结果的建议。"),
            ANSWER_CLOCKS,
        ),
    ]


def _by_bureau(order: Order) -> Section:
    kinds = [kind for (kind,) in count_by(order.counted, {"n": _LATE}, Case.kind)]
    lines: list[Line] = [(N_("合计"), _LATE)]
    lines += [
        (flow.label, {**_LATE, "kinds": (flow.kind,)}) for flow in flows.all() if flow.kind in kinds
    ]
    columns, rows, total = by_house(order, "bureau", BUREAU, lines)
    words = say(N_("今天逾期的事项 %(n)s 件。"), n=getattr(total[1], "value", 0))
    return Section(
        N_("各单位逾期情况"), columns, rows, total=total if rows else None, words=(words,),
        source=NOW, empty=N_("今天没有逾期的事项。"),
    )  # fmt: skip


def _every(
    order: Order, title: str, change: Change, empty: str, rules: tuple[str, ...] = ()
) -> Section:
    where = asked(order.session, order.actor, order.counted.ask(change), order.today)
    cases = order.session.scalars(
        select(Case).where(where).order_by(Case.bureau_id, Case.due_order, Case.id)
    ).all()
    names = names_for(order.session, cases)
    clocks: dict[int, list[Deadline]] = {}
    for start in range(0, len(cases), _IN_PARTS):
        clocks |= running_deadlines(
            order.session, [case.id for case in cases[start : start + _IN_PARTS]]
        )
    rows: list[list[Cell]] = []
    for case in cases:
        beyond = outside(order.actor, case)
        late = _clock(clocks.get(case.id, []), order.today, rules)
        due = case.next_due_on if late is None else late.due_on
        rows.append(
            [
                CaseRef(case.id, case.kind, case.number or ""),
                case.title,
                names.full_orgs.get(case.bureau_id or 0, ""),
                shown_label(flows.get(case.kind).state(case.state), from_outside=beyond),
                holder(case, names, beyond=beyond),
                "" if late is None else late.label,
                due,
                (order.today - due).days if due is not None else None,
                "",
            ]
        )
    columns = [
        Column(N_("编号"), 4),
        Column(N_("事项"), 5),
        Column(N_("承办机构"), 4, paper=False),
        Column(N_("到哪一步"), 3, paper=False),
        Column(N_("在谁手里"), 4),
        Column(N_("超过的期限"), 3, paper=False),
        Column(N_("期限"), 4),
        Column(N_("逾期天数"), 2, numeric=True),
        Column(N_("原因和办结打算"), 4),
    ]
    return Section(
        title,
        columns,
        rows,
        source=N_("逾期天数按日历日计；“原因和办结打算”由承办单位填写。"),
        empty=empty,
    )


def _clock(found: list[Deadline], today: date, rules: tuple[str, ...]) -> Deadline | None:
    """The clock that has been over longest, of some rules where they are named."""
    over = [
        clock
        for clock in found
        if clock.due_on is not None
        and clock.due_on < today
        and (not rules or clock.rule_id in rules)
    ]
    return min(over, key=lambda clock: (clock.due_on or today, clock.id), default=None)
