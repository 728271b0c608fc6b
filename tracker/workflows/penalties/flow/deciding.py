"""C8, C9 and C4n: the decision, no penalty, the decision on the spot, and their service."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Step
from tracker.core.errors import N_
from tracker.workflows.penalties.flow.asks import on, service
from tracker.workflows.penalties.flow.states import BUREAU
from tracker.workflows.penalties.guards import course, ending, team
from tracker.workflows.penalties.models import NO_PENALTY_GROUNDS

# What begins with the service of a decision.
FROM_SERVICE = ("T10", "T14", "T18", "T20")
FROM_DECISION = ("T23", "T24")

# fmt: off
STEPS = (
    Step(
        "propose_decision", N_("报请处罚决定"), N_("已报单位负责人审批。"), ("proposing",),
        "deciding", (Role.INSPECTOR,), BUREAU, part="handler", makes=("decision",),
        guards=(
            course.is_penalty, course.heard, course.reviewed, course.discussed,
            team.both_certified,
        ),
        internal=True,
        asks=(
            Ask("fine", N_("罚款（元）"), AskKind.MONEY, required=False,
                hint=N_("不能高于告知的数额")),
            Ask("notice_result", N_("告知和听取意见的情况"), AskKind.LONG, most=2000),
            Ask("range_reason", N_("在幅度以外的理由"), AskKind.LONG, required=False, most=2000),
        ),
    ),
    Step(
        "propose_no_penalty", N_("报请不予处罚"), N_("已报单位负责人审批。"),
        ("weighing", "proposing"), "deciding", (Role.INSPECTOR,), BUREAU, part="handler",
        makes=("decision",), guards=(course.reviewed, course.discussed), needs_note=True,
        internal=True,
        asks=(
            Ask("ground", N_("不予处罚的理由"), AskKind.CHOICE, choices=NO_PENALTY_GROUNDS),
        ),
        hint=N_("不予处罚也要教育当事人"),
    ),
    Step(
        "decide", N_("作出处罚决定"), N_("处罚决定已作出，送达期限起算。"), ("deciding",),
        "decided", (Role.HEAD,), BUREAU, checks=("report", "decision"),
        guards=(
            course.penalty_proposed, course.heard, course.reviewed, course.discussed,
            team.head_apart,
        ),
        papers=("decision_approval", "penalty_decision"), stops=("T02", "T03"),
        starts=("T08", *FROM_DECISION), tells=("handler", "co_officer"), internal=True,
        asks=(
            on(N_("决定日期"), required=False, hint=N_("不填为今天")),
            Ask("six_items", N_("决定书六项内容齐全，已加盖印章"), AskKind.YES),
        ),
        hint=N_("办案人员不能决定"),
    ),
    Step(
        "decide_no_penalty", N_("不予处罚"), N_("不予处罚决定已作出。"), ("deciding",),
        "unpunished", (Role.HEAD,), BUREAU, checks=("report", "decision"),
        guards=(course.no_penalty_proposed, course.reviewed, course.discussed, team.head_apart),
        papers=("no_penalty_decision",), stops=("T02", "T03"),
        tells=("handler", "co_officer"), internal=True,
        asks=(on(N_("决定日期"), required=False, hint=N_("不填为今天")),),
    ),
    Step(
        "return_decision", N_("退回重新拟定"), N_("已退回承办人。"), ("deciding",), "proposing",
        (Role.HEAD,), BUREAU, guards=(course.noticed,), back=True, needs_note=True,
        tells=("handler",), internal=True, hint=N_("写明理由"),
    ),
    Step(
        "return_no_penalty", N_("退回审理"), N_("已退回承办人。"), ("deciding",), "weighing",
        (Role.HEAD,), BUREAU, guards=(course.not_noticed,), back=True, needs_note=True,
        tells=("handler",), internal=True, hint=N_("写明理由"),
    ),
    Step(
        "serve_decision", N_("送达处罚决定书"), N_("决定书已送达，缴款和救济期限起算。"),
        ("decided",), "performing", (Role.INSPECTOR,), BUREAU, part="handler",
        guards=(ending.not_announced,), proof=N_("决定书送达回证"), stops=("T08",),
        starts=FROM_SERVICE, internal=True, asks=service(N_("决定书送达日期")),
        hint=N_("送达日期以回证签收为准"),
    ),
    Step(
        "announce_service", N_("公告送达"), N_("已公告，公告期起算。"), ("decided",), None,
        (Role.INSPECTOR,), BUREAU, part="handler", guards=(ending.not_announced,),
        proof=N_("公告"), stops=("T08",), starts=("T09",), internal=True,
        asks=(
            on(N_("发出公告的日期")),
            Ask("place", N_("在哪里公告"), most=120),
            Ask("cause", N_("为什么不能用其他方式送达"), AskKind.LONG, most=400),
        ),
        hint=N_("其他方式都无法送达时才用"),
    ),
    Step(
        "complete_announcement", N_("公告期满"), N_("公告期满，视为送达。"), ("decided",),
        "performing", (Role.INSPECTOR,), BUREAU, part="handler",
        guards=(ending.announcement_over,), stops=("T09",), starts=FROM_SERVICE, internal=True,
    ),
    Step(
        "serve_no_penalty", N_("送达不予处罚决定书"), N_("已送达，转报结。"), ("unpunished",),
        "finishing", (Role.INSPECTOR,), BUREAU, part="handler", proof=N_("决定书送达回证"),
        internal=True,
        asks=(
            *service(N_("送达日期")),
            Ask("education", N_("教育当事人的情况"), AskKind.LONG, most=2000),
        ),
    ),
    Step(
        "file_spot", N_("交付并报备"), N_("已交付当事人，报备。"), ("spot",), "spot_filing",
        (Role.INSPECTOR,), BUREAU, part="handler", makes=("spot", "decision"),
        guards=(team.both_certified,), papers=("spot_decision",),
        proof=N_("当场处罚决定书签收联"), starts=("T13", *FROM_SERVICE, *FROM_DECISION),
        internal=True,
        asks=(
            on(N_("作出并交付的日期")),
            Ask("place", N_("地点"), most=120),
            Ask("recipient", N_("签收人"), most=80),
            Ask("collected", N_("当场收缴（元）"), AskKind.MONEY, required=False,
                hint=N_("没有当场收缴的不填")),
        ),
    ),
    Step(
        "accept_filing", N_("准予备案"), N_("当场处罚已备案。"), ("spot_filing",), "performing",
        (Role.SUPERVISOR,), BUREAU, checks=("spot", "decision"),
        guards=(team.supervisor_apart,), tells=("handler",), internal=True,
    ),
)
# fmt: on
