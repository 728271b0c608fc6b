"""The quarterly ledger of leads: by sender, every lead of the quarter, and those still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select

from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case, Move
from tracker.core.cases.reads import Names, names_for, outside, shown_label, works_inside
from tracker.core.clock import office_date
from tracker.core.errors import N_, say
from tracker.core.numbers.counting import Change
from tracker.core.reports.counting import Line, by_house
from tracker.core.reports.model import CaseRef, Cell, Column, Section
from tracker.core.reports.scopes import Order
from tracker.core.reports.steps import ANSWERED, LEADS, RECEIVED

KIND = "lead"
_DAY = timedelta(days=1)
OPENED = N_("线索按登记日期归入季度；办理情况按今天计。点数字看清单。")


def sections(order: Order) -> list[Section]:
    """By sender, then every lead begun in the quarter, then older ones that are still open."""
    opened = order.opened(KIND)
    older: Change = {
        "kinds": (KIND,), "view": "open", "opened_to": order.period.first - _DAY,
    }  # fmt: skip
    return [
        _by_sender(order, opened, older),
        _every(order, N_("本季度登记的线索"), opened, N_("本季度没有登记线索（零报告）。")),
        _every(order, N_("以前登记、现在还在办的线索"), older, N_("没有以前留下的线索。")),
    ]


def _by_sender(order: Order, opened: Change, older: Change) -> Section:
    asked: list[Line] = [
        (N_("本季度登记"), opened),
        (N_("其中：在办"), {**opened, "view": "open"}),
        (N_("其中：已办结"), {**opened, "view": "closed"}),
    ]
    if works_inside(order.actor):
        # What was done with a lead is the bureau's own; its sender is told by the feedback.
        asked += order.lines(LEADS)
    asked.append((N_("以前登记还在办"), older))
    columns, rows, total = by_house(order, "origin", N_("移送单位"), asked)
    first = total[1]
    words = say(
        N_("本季度登记线索 %(n)s 条；以前登记、现在还在办的 %(m)s 条。"),
        n=getattr(first, "value", 0), m=getattr(total[-1], "value", 0),
    )  # fmt: skip
    return Section(
        N_("各单位移送情况"), columns, rows, total=total if rows else None, words=(words,),
        source=OPENED, empty=N_("本季度没有线索（零报告）。"),
    )  # fmt: skip


def _every(order: Order, title: str, change: Change, empty: str) -> Section:
    cases = order.session.scalars(
        select(Case)
        .where(order.counted.condition(change))
        .order_by(Case.origin_org_id, Case.opened_on, Case.id)
    ).all()
    names = names_for(order.session, cases)
    days = _days(order, [case.id for case in cases])
    calendar = calendar_store.load(order.session)
    rows = [_row(order, case, names, days.get(case.id, {}), calendar) for case in cases]
    columns = [
        Column(N_("编号"), 4),
        Column(N_("线索"), 6),
        Column(N_("移送单位"), 4),
        Column(N_("登记日期"), 4),
        Column(N_("接收日期"), 4, paper=False),
        Column(N_("现在"), 3),
        Column(N_("在谁手里"), 4, paper=False),
        Column(N_("反馈日期"), 4),
        Column(N_("用时（工作日）"), 2, numeric=True, paper=False),
    ]
    return Section(title, columns, rows, source=OPENED, empty=empty)


def _days(order: Order, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]]:
    """By case, the office's days on which it was last received and last answered."""
    found: dict[int, dict[str, date]] = {}
    for start in range(0, len(ids), 500):
        rows = order.session.execute(
            select(Move.case_id, Move.step, func.max(Move.at))
            .where(
                Move.case_id.in_(ids[start : start + 500]), Move.step.in_((*RECEIVED, *ANSWERED))
            )
            .group_by(Move.case_id, Move.step)
        )
        for case_id, step, at in rows:
            found.setdefault(case_id, {})[step] = office_date(at)
    return found


def _row(
    order: Order, case: Case, names: Names, days: Mapping[str, date], calendar: Calendar
) -> list[Cell]:
    beyond = outside(order.actor, case)
    received = next((days[step] for step in RECEIVED if step in days), None)
    answered = next((days[step] for step in ANSWERED if step in days), None)
    taken = (
        calendar.workdays_between(received, answered)
        if received is not None and answered is not None and answered >= received
        else None
    )
    flow = flows.get(case.kind)
    return [
        CaseRef(case.id, case.kind, case.number or ""),
        case.title,
        names.full_orgs.get(case.origin_org_id or 0, ""),
        case.opened_on,
        received,
        shown_label(flow.state(case.state), from_outside=beyond),
        holder(case, names, beyond=beyond),
        answered,
        taken,
    ]


def holder(case: Case, names: Names, *, beyond: bool) -> str:
    """The house whose turn it is, and the person as far as the reader's side may know."""
    if case.turn_org_id is None:
        return ""
    house = names.full_orgs.get(case.turn_org_id, "")
    own = beyond and case.turn_org_id == case.origin_org_id
    person = names.users.get(case.assignee_id or 0, "") if own or not beyond else ""
    return f"{house} {person}".strip()
