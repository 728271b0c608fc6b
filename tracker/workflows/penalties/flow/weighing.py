"""C4 to C6: legal review, collective discussion, the prior notice and what the party answers."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Step
from tracker.core.errors import N_
from tracker.workflows.penalties.flow.asks import on, service
from tracker.workflows.penalties.flow.states import BUREAU
from tracker.workflows.penalties.guards import course, team

_OPINION = Ask("opinion", N_("审核意见"), AskKind.LONG, most=2000)
_TALK = (
    on(N_("讨论日期")),
    Ask("present", N_("出席人数"), AskKind.COUNT),
    Ask("in_favour", N_("同意人数"), AskKind.COUNT),
    Ask("conclusion", N_("讨论决定"), AskKind.LONG, most=2000),
)

# fmt: off
STEPS = (
    Step(
        "send_to_review", N_("送法制审核"), N_("已送法制审核。"), ("weighing", "proposing"),
        "reviewing", (Role.INSPECTOR,), BUREAU, part="handler", internal=True,
        hint=N_("重大公共利益、经过听证、复杂或者法律规定的，决定以前必须审核"),
    ),
    Step(
        "pass_review", N_("审核通过"), N_("法制审核通过。"), ("reviewing",), "weighing",
        (Role.LEGAL_REVIEWER,), BUREAU, checks=("report",),
        guards=(team.reviewer_apart, course.not_noticed), papers=("legal_review",),
        tells=("handler",), internal=True, asks=(_OPINION,),
        hint=N_("审核人员不能是办案人员"),
    ),
    Step(
        "pass_review_heard", N_("审核通过，转决定"), N_("法制审核通过。"), ("reviewing",),
        "proposing", (Role.LEGAL_REVIEWER,), BUREAU, checks=("report",),
        guards=(team.reviewer_apart, course.noticed), papers=("legal_review",),
        tells=("handler",), internal=True, asks=(_OPINION,),
    ),
    Step(
        "object_review", N_("审核不通过，补充调查"), N_("已退回调查。"), ("reviewing",),
        "investigating", (Role.LEGAL_REVIEWER,), BUREAU,
        guards=(team.reviewer_apart, course.not_noticed), back=True, needs_note=True,
        tells=("handler",), internal=True, hint=N_("写明问题和意见"),
    ),
    Step(
        "object_review_heard", N_("审核不通过，重新拟定"), N_("已退回重新拟定。"), ("reviewing",),
        "proposing", (Role.LEGAL_REVIEWER,), BUREAU,
        guards=(team.reviewer_apart, course.noticed), back=True, needs_note=True,
        tells=("handler",), internal=True, hint=N_("写明问题和意见"),
    ),
    Step(
        "send_to_discussion", N_("提请集体讨论"), N_("已提请集体讨论。"),
        ("weighing", "proposing"), "discussing", (Role.INSPECTOR,), BUREAU, part="handler",
        guards=(course.reviewed,), internal=True, hint=N_("情节复杂或者重大违法的"),
    ),
    Step(
        "conclude_discussion", N_("登记讨论决定"), N_("集体讨论已记录。"), ("discussing",),
        "weighing", (Role.HEAD,), BUREAU, checks=("report",),
        guards=(course.not_noticed, team.head_apart), papers=("discussion_record",),
        tells=("handler",), internal=True, asks=_TALK,
    ),
    Step(
        "conclude_discussion_heard", N_("登记讨论决定，转决定"), N_("集体讨论已记录。"),
        ("discussing",), "proposing", (Role.HEAD,), BUREAU, checks=("report",),
        guards=(course.noticed, team.head_apart), papers=("discussion_record",),
        tells=("handler",), internal=True, asks=_TALK,
    ),
    Step(
        "serve_notice", N_("送达事先告知书"), N_("告知书已送达，期限起算。"), ("weighing",),
        "noticed", (Role.INSPECTOR,), BUREAU, part="handler",
        guards=(course.is_penalty, course.not_noticed, course.reviewed, course.discussed),
        papers=("prior_notice",), proof=N_("告知书送达回证"), starts=("T05", "T07"),
        internal=True,
        asks=(
            *service(N_("告知书送达日期")),
            Ask("defence_days", N_("陈述申辩的期限（工作日）"), AskKind.COUNT,
                hint=N_("法律没有规定天数，按告知书写的填")),
        ),
    ),
    Step(
        "retract_notice", N_("撤回告知，补充调查"), N_("告知已撤回，转调查。"), ("noticed",),
        "investigating", (Role.HEAD,), BUREAU, guards=(course.no_defence, team.head_apart),
        back=True, stops=("T05", "T07"), needs_note=True, tells=("handler",), internal=True,
        hint=N_("当事人申辩以后不能撤回再加重"),
    ),
    Step(
        "record_defence", N_("登记陈述申辩"), N_("陈述申辩已逐条复核。"), ("noticed",), None,
        (Role.INSPECTOR,), BUREAU, part="handler", papers=("defence_record",), stops=("T07",),
        internal=True,
        asks=(
            on(N_("收到日期")),
            Ask("points", N_("逐条复核"), AskKind.LONG, most=4000,
                hint=N_("每行一条：采纳或者不采纳：意见；理由")),
            Ask("lower_to", N_("采纳后拟罚款（元）"), AskKind.MONEY, required=False,
                hint=N_("只能减，不能加")),
        ),
    ),
    Step(
        "request_hearing", N_("登记听证要求"), N_("已登记，转听证准备。"), ("noticed",),
        "arranging", (Role.INSPECTOR,), BUREAU, part="handler", guards=(course.hearing_open,),
        stops=("T05",), tells=("handler",), internal=True,
        asks=(on(N_("收到日期"), hint=N_("逾期提出的视为放弃")), Ask("asked_by", N_("提出人"))),
    ),
    Step(
        "waive", N_("当事人放弃"), N_("已登记放弃。"), ("noticed",), "proposing",
        (Role.INSPECTOR,), BUREAU, part="handler", stops=("T05", "T07"),
        proof=N_("放弃陈述申辩和听证的声明"), internal=True, asks=(on(N_("声明日期")),),
        hint=N_("要有当事人的书面声明"),
    ),
    Step(
        "lapse", N_("告知期满"), N_("告知期满，转拟定决定。"), ("noticed",), "proposing",
        (Role.INSPECTOR,), BUREAU, part="handler", guards=(course.notice_time_over,),
        stops=("T05", "T07"), internal=True, hint=N_("听证和陈述申辩的期限都已届满"),
    ),
)
# fmt: on
