"""The yearly report to the government: people, training, changes, leads, checks, penalties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracker.core.cases.channels import channels
from tracker.core.cases.models import Case
from tracker.core.errors import N_, say
from tracker.core.numbers.counting import count_by
from tracker.core.numbers.figures import Figure
from tracker.core.reports import people
from tracker.core.reports.counting import Line, lines, listed
from tracker.core.reports.enforcement import decisions, money_of
from tracker.core.reports.model import Cell, Label, Section, register
from tracker.core.reports.scopes import Order
from tracker.core.reports.steps import (
    ANSWER_CLOCKS,
    CHANGES,
    CHECKS,
    GAPS,
    LEADS,
    NOW,
    ONWARD,
    PENALTIES,
    STEPS,
    TRAININGS,
)

# Left to whoever drafts: nothing in the product says it.
LEFT_OPEN = (
    N_("统计经费和工作条件保障情况（由起草人补写）"),
    N_("需要政府研究解决的困难和问题（由起草人补写）"),
    N_("下一步工作打算（由起草人补写）"),
)


def sections(order: Order) -> list[Section]:
    """All sections, in the order of the notices."""
    return [
        people.norms_by_place(order, people.norms_here(order)),
        _training(order),
        _changes(order),
        _leads(order),
        _checks(order),
        _penalties(order),
        _onward(order),
        _time(order),
    ]


def _counted(
    order: Order,
    title: str,
    asked: Sequence[Line],
    words: str,
    *,
    source: str = STEPS,
    beneath: Sequence[Line] = (),
    **more: Cell,
) -> Section:
    """A list of figures, told in a sentence too: `words` names them n0, n1 and so on.

    `beneath` stand under the first figure, as its parts.
    """
    found = lines(order, asked)
    told = {f"n{n}": figure.value for n, (_label, figure) in enumerate(found)}
    rows = [*found[:1], *lines(order, beneath), *found[1:]]
    return listed(title, rows, source, words=(say(words, **told, **more),))


def _training(order: Order) -> Section:
    region, year = order.scope.region, order.period.first.year
    total = people.trained(order).total
    held = lines(order, order.lines([TRAININGS]))
    lacking = [
        (label, people.lacks(total, region, year, kind))
        for kind, label in (
            ("induction", N_("没有岗前培训的人")),
            ("general", N_("还没有参加年度综合培训的人")),
            ("hours", N_("继续教育学时不足的人")),
        )
    ]
    shown = Figure(total.people, url=register("coverage", region=region, year=year))
    words = say(
        N_("全年办完培训班 %(held)s 期；在岗统计人员 %(all)s 人，没有岗前培训的 %(none)s 人。"),
        held=held[0][1].value, all=total.people, none=lacking[0][1].value,
    )  # fmt: skip
    rows: list[tuple[Label, Cell]] = [*held, (N_("在岗统计人员"), shown), *lacking]
    return listed(N_("统计人员培训"), rows, people.TRAINING_SOURCE, words=(words,))


def _changes(order: Order) -> Section:
    gaps: list[Line] = [(N_("新立的人员缺口"), order.opened("vacancy"))]
    return _counted(
        order,
        N_("统计人员变动报备"),
        [*order.lines(CHANGES), *gaps, *order.lines(GAPS[:1])],
        N_("事前征得同意 %(n0)s 件，备案 %(n1)s 件；发现没有报备的变动 %(n2)s 件。"),
    )


def _leads(order: Order) -> Section:
    opened = order.opened("lead")
    ways = count_by(order.counted, {"n": opened}, Case.channel)
    by_channel: list[Line] = [
        (
            say(N_("其中：%(channel)s"), channel=say(channels.label(name) or name)),
            {**opened, "channel": name},
        )
        for (name,) in sorted(ways)
    ]
    return _counted(
        order,
        N_("统计违法线索"),
        [
            (N_("登记的线索"), opened),
            *order.lines(LEADS),
            (N_("现在在办"), order.now("lead")),
        ],
        N_("登记线索 %(n0)s 条，批准立案 %(n2)s 条，已反馈 %(n5)s 条，现在在办 %(n6)s 条。"),
        beneath=by_channel,
    )


def _checks(order: Order) -> Section:
    return _counted(
        order,
        N_("统计执法检查"),
        order.lines(CHECKS),
        N_("批准检查 %(n0)s 件，进入现场 %(n1)s 件，责令改正 %(n3)s 件，转立案 %(n4)s 件。"),
    )


def _penalties(order: Order) -> Section:
    fine, paid = money_of(order, decisions(order))
    section = _counted(
        order,
        N_("统计行政处罚"),
        order.lines(PENALTIES),
        N_(
            "立案 %(n0)s 件，作出处罚决定 %(n1)s 件，罚款 %(fine)s 元，已缴 %(paid)s 元；"
            "不予处罚 %(n2)s 件。"
        ),
        fine=_yuan(fine),
        paid=_yuan(paid),
    )
    return replace(
        section, rows=[*section.rows, [N_("罚款（元）"), fine], [N_("已缴（元）"), paid]]
    )


def _yuan(figure: Figure) -> str:
    return f"{figure.value or 0:,.2f}".removesuffix(".00")


def _onward(order: Order) -> Section:
    over = {"kinds": ("sanction",), "clock": ANSWER_CLOCKS, "outcome": "over"}
    return _counted(
        order,
        N_("责任追究和信用惩戒"),
        [*order.lines(ONWARD), (N_("处分处理结果逾期没有收到"), over)],
        N_("送出处分处理建议 %(n0)s 件，逾期没有收到结果 %(n5)s 件；认定严重失信 %(n4)s 件。"),
    )


def _time(order: Order) -> Section:
    return _counted(
        order,
        N_("办理时限"),
        [
            (N_("现在在办的全部事项"), {"view": "open"}),
            (N_("已经逾期"), {"view": "late"}),
            (N_("快到期"), {"view": "soon"}),
            (N_("期内办结"), order.counted.closed),
        ],
        N_("现在在办 %(n0)s 件，其中逾期 %(n1)s 件；期内办结 %(n3)s 件。"),
        source=NOW,
    )
