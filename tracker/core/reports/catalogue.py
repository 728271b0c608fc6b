"""Which reports there are: what each is for, for which periods, of what, and who makes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.errors import N_, NotVisible, say
from tracker.core.numbers.period import Period, read_period
from tracker.core.reports import enforcement, government, ledger, overdue, staffing, training
from tracker.core.reports.duties import default_duties
from tracker.core.reports.model import Label, Report, Section
from tracker.core.reports.scopes import (
    BODY_ROLES,
    Order,
    Scope,
    bureau_scopes,
    origin_scopes,
    place_scopes,
)

YEAR, QUARTER, TODAY = "year", "quarter", "today"
# How far back a report is offered: what the pages that its numbers open can show.
_YEARS, _QUARTERS = 2, 6
_MONTHS = 3
Scopes = Callable[[Session, Actor], list[Scope]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One report. `every` is the span it is made for, `title` is filled with place and period."""

    name: str
    label: str
    title: str
    what: str
    every: str
    scopes: Scopes
    sections: Callable[[Order], list[Section]]
    roles: tuple[Role, ...] = BODY_ROLES
    addressee: str = ""
    left_open: Sequence[Label] = ()


REPORTS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "government",
            N_("给政府的年度报告"),
            N_("关于%(place)s %(period)s统计工作情况的报告"),
            N_(
                "人员配备、培训、变动报备、线索、检查、处罚和时限，一年一份，供政府听取统计工作汇报。"
            ),
            YEAR,
            bureau_scopes,
            government.sections,
            addressee=N_("同级人民政府："),
            left_open=government.LEFT_OPEN,
        ),
        Kind(
            "ledger",
            N_("线索移送季度台账"),
            N_("%(place)s %(period)s统计违法线索移送台账"),
            N_("各部门移送了哪些线索，逐条列出办理和反馈；没有线索的季度是零报告。"),
            QUARTER,
            origin_scopes,
            ledger.sections,
            roles=(*BODY_ROLES, Role.DEPT_APPROVER),
        ),
        Kind(
            "training",
            N_("培训覆盖情况"),
            N_("%(place)s %(period)s统计人员培训情况"),
            N_("各地在岗统计人员缺哪些培训、学时够不够，全年办了哪些培训班，缺训人员名单。"),
            YEAR,
            place_scopes,
            training.sections,
        ),
        Kind(
            "staffing",
            N_("人员配备缺口"),
            N_("%(place)s %(period)s统计人员配备缺口情况"),
            N_("哪些单位达不到配备标准、缺几人、从何时起，这一季度补了多少。"),
            QUARTER,
            place_scopes,
            staffing.sections,
        ),
        Kind(
            "overdue",
            N_("逾期清单（报上级）"),
            N_("%(place)s逾期事项清单（%(period)s）"),
            N_("今天逾期的全部事项，按承办机构和类别汇总，逐件列出在谁手里、逾期几天。"),
            TODAY,
            bureau_scopes,
            overdue.sections,
            addressee=N_("上级统计机构："),
        ),
        Kind(
            "enforcement",
            N_("检查和处罚年度汇总"),
            N_("%(place)s %(period)s统计执法检查和行政处罚汇总"),
            N_("全年的检查、处罚、罚款缴纳、责任追究和信用惩戒，逐件列出处罚决定。"),
            YEAR,
            bureau_scopes,
            enforcement.sections,
        ),
    )
}


def offered(actor: Actor) -> list[Kind]:
    """The reports that somebody makes, in their order."""
    return [kind for kind in REPORTS.values() if any(actor.has(role) for role in kind.roles)]


def kind_of(actor: Actor, name: str) -> Kind:
    """A report by its name; NotVisible for who does not make it."""
    kind = REPORTS.get(name)
    if kind is None or kind not in offered(actor):
        raise NotVisible(f"report {name}")
    return kind


def periods(kind: Kind, today: date) -> list[Period]:
    """The periods a report is offered for, the present one first."""
    if kind.every == TODAY:
        return [_day(today)]
    if kind.every == YEAR:
        return [_named(str(today.year - n), today) for n in range(_YEARS)]
    quarter = today.year * 4 + (today.month - 1) // _MONTHS
    return [
        _named(f"{number // 4}Q{number % 4 + 1}", today)
        for number in range(quarter, quarter - _QUARTERS, -1)
    ]


def build(
    session: Session,
    actor: Actor,
    name: str,
    today: date,
    *,
    period: str = "",
    scope: str = "",
) -> Report:
    """A report, filled as its maker sees it today.

    What is not offered as a period or scope falls back to the first; NotVisible for who does not
    make this report.
    """
    kind = kind_of(actor, name)
    order = order_of(session, actor, kind, today, period=period, scope=scope)
    found = default_duties().of(name, order.scope.region)
    return Report(
        name=name,
        title=say(kind.title, place=order.scope.name, period=order.period.name),
        place=order.scope.name,
        house=order.scope.house,
        period=order.period,
        made_on=today,
        sections=kind.sections(order),
        asks=found,
        addressee=kind.addressee,
        left_open=kind.left_open,
    )


def order_of(
    session: Session, actor: Actor, kind: Kind, today: date, *, period: str = "", scope: str = ""
) -> Order:
    """What is asked for, by the words of an address; NotVisible where nothing is offered."""
    scopes = kind.scopes(session, actor)
    if not scopes:
        raise NotVisible(f"report {kind.name}")
    spans = periods(kind, today)
    return Order(
        session=session,
        actor=actor,
        today=today,
        period=next((p for p in spans if p.key == period), spans[0]),
        scope=next((s for s in scopes if s.key == scope), scopes[0]),
    )


def _named(key: str, today: date) -> Period:
    return read_period({"p": key}, today)


def _day(today: date) -> Period:
    return Period(today, today, say("%(day)s", day=today), today.isoformat())
