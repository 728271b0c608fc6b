"""C10 and C11: payment, instalments, demand, and the court."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Step
from tracker.core.errors import N_
from tracker.workflows.penalties.flow.asks import MONEY_BACK, on, service
from tracker.workflows.penalties.flow.states import BUREAU, STANDING
from tracker.workflows.penalties.guards import ending, team
from tracker.workflows.penalties.rows import PAYMENT_WAYS

_WAYS = {key: label for key, label in PAYMENT_WAYS.items() if key != "spot"}
_COURT = ("T22", "T22A", "T22B")

# fmt: off
STEPS = (
    Step(
        "hand_in", N_("上交当场收缴的罚款"), N_("已收到上交的罚款，缴付银行的期限起算。"),
        ("spot_filing", "performing"), None, (Role.REGISTRAR,), BUREAU,
        guards=(ending.collected, team.collector_apart), stops=("T13",), starts=("T13A",),
        internal=True, asks=(on(N_("上交日期")),),
    ),
    Step(
        "bank_in", N_("缴付银行"), N_("已缴付银行。"), ("spot_filing", "performing"), None,
        (Role.REGISTRAR,), BUREAU, guards=(ending.handed_in, team.collector_apart),
        proof=N_("缴款凭证"), stops=("T13A",), internal=True,
        asks=(on(N_("缴付日期")), MONEY_BACK),
    ),
    Step(
        "record_payment", N_("登记缴款"), N_("缴款已登记。"), STANDING, None,
        (Role.REGISTRAR,), BUREAU, guards=(ending.owes, team.collector_apart),
        proof=N_("缴款凭证"), internal=True,
        asks=(
            on(N_("缴款日期")),
            Ask("amount", N_("金额（元）"), AskKind.MONEY),
            Ask("way", N_("缴款方式"), AskKind.CHOICE, choices=_WAYS),
            MONEY_BACK,
        ),
        hint=N_("作出决定的人员不能收缴"),
    ),
    Step(
        "ask_instalments", N_("申请分期或者延期缴纳"), N_("已报单位负责人审批。"),
        ("performing",), None, (Role.INSPECTOR,), BUREAU, part="handler", makes=("plan",),
        guards=(ending.owes, ending.plan_not_asked), internal=True,
        asks=(
            on(N_("当事人申请日期")),
            Ask("reason", N_("申请理由"), AskKind.LONG, most=1000),
            Ask("plan", N_("缴纳安排"), AskKind.LONG, most=2000,
                hint=N_("每行一期：日期和金额，例如 2026-06-30 20000；合计等于罚款")),
        ),
    ),
    Step(
        "approve_instalments", N_("批准分期或者延期"), N_("缴纳安排已批准。"), ("performing",),
        None, (Role.HEAD,), BUREAU, checks=("plan",),
        guards=(ending.plan_asked, team.head_apart), papers=("instalment_approval",),
        stops=("T10",), starts=("OWN-INSTALMENT", "T20"), tells=("handler",), internal=True,
    ),
    Step(
        "refuse_instalments", N_("不批准分期或者延期"), N_("没有批准。"), ("performing",), None,
        (Role.HEAD,), BUREAU, checks=("plan",), guards=(ending.plan_asked,), needs_note=True,
        tells=("handler",), internal=True,
    ),
    Step(
        "complete_performance", N_("履行完毕"), N_("处罚决定已履行完毕。"),
        ("performing", "demanded", "court", "court_trial"), "finishing", (Role.REGISTRAR,),
        BUREAU,
        guards=(
            ending.settled, ending.nothing_collected_open, ending.no_remedy_open,
            team.collector_apart,
        ),
        stops=("T10", "OWN-INSTALMENT", "T20", "T21", *_COURT), tells=("handler",),
        internal=True, hint=N_("罚款和加处罚款都缴清；没有罚款的直接办"),
    ),
    Step(
        "serve_demand", N_("送达催告书"), N_("催告书已送达，催告期起算。"), ("performing",),
        "demanded", (Role.INSPECTOR,), BUREAU, part="handler", makes=("demand",),
        guards=(ending.overdue, ending.no_remedy_open), papers=("demand",),
        proof=N_("催告书送达回证"), starts=("T21",), internal=True,
        asks=service(N_("催告书送达日期")),
    ),
    Step(
        "apply_court", N_("申请强制执行"), N_("已向法院申请强制执行。"), ("demanded",), "court",
        (Role.HEAD,), BUREAU, checks=("demand",),
        guards=(ending.owes, ending.no_remedy_open, ending.court_window_open, team.head_apart),
        papers=("court_application",), stops=("T20", "T21", "T14", "T18", "T19"),
        starts=("T22",), tells=("handler",), internal=True,
        asks=(
            on(N_("申请送达法院的日期"), required=False, hint=N_("不填为今天")),
            Ask("court", N_("受理的法院"), most=120),
            Ask("good_cause", N_("逾期申请的正当理由"), AskKind.LONG, required=False, most=1000),
        ),
        hint=N_("申请期限的起止见“强制执行”"),
    ),
    Step(
        "court_accepts", N_("法院受理"), N_("法院已受理。"), ("court",), "court_trial",
        (Role.INSPECTOR,), BUREAU, part="handler", stops=("T22",), starts=("T22A",),
        internal=True,
        asks=(on(N_("受理日期")), Ask("court_no", N_("法院案号"), required=False, most=80)),
    ),
    Step(
        "court_hears", N_("法院听取意见"), N_("法院听取意见，裁定期限改算。"), ("court_trial",),
        None, (Role.INSPECTOR,), BUREAU, part="handler", guards=(ending.court_heard_not,),
        stops=("T22A",), starts=("T22B",), internal=True, asks=(on(N_("通知日期")),),
    ),
    Step(
        "court_rules", N_("法院准予执行"), N_("法院已裁定准予执行。"), ("court_trial",),
        "finishing", (Role.INSPECTOR,), BUREAU, part="handler", proof=N_("法院裁定书"),
        stops=("T22A", "T22B", "T10", "OWN-INSTALMENT"), internal=True,
        asks=(on(N_("收到裁定日期")), Ask("court_no", N_("裁定书文号"), most=80)),
    ),
    Step(
        "court_refuses", N_("法院不予受理或者不予执行"), N_("已登记，可以向上一级法院提出。"),
        ("court", "court_trial"), "court_refused", (Role.INSPECTOR,), BUREAU, part="handler",
        proof=N_("法院裁定书"), stops=_COURT, starts=("T22C",), needs_note=True,
        tells=("handler",), internal=True, asks=(on(N_("收到裁定日期")),),
    ),
    Step(
        "court_object", N_("向上一级法院提出"), N_("已向上一级法院提出。"), ("court_refused",),
        "court_objection", (Role.HEAD,), BUREAU, stops=("T22C",), needs_note=True,
        tells=("handler",), internal=True, asks=(on(N_("提出日期")),),
    ),
    Step(
        "accept_refusal", N_("不再提出"), N_("已登记，转报结。"), ("court_refused",),
        "finishing", (Role.HEAD,), BUREAU, stops=("T22C", "T10", "OWN-INSTALMENT"),
        needs_note=True, tells=("handler",), internal=True,
    ),
    Step(
        "objection_upheld", N_("上一级法院支持"), N_("已登记，转法院审查执行。"),
        ("court_objection",), "court_trial", (Role.INSPECTOR,), BUREAU, part="handler",
        proof=N_("法院裁定书"), starts=("T22A",), internal=True,
        asks=(on(N_("收到裁定日期")),),
    ),
    Step(
        "objection_rejected", N_("上一级法院驳回"), N_("已登记，转报结。"), ("court_objection",),
        "finishing", (Role.INSPECTOR,), BUREAU, part="handler", proof=N_("法院裁定书"),
        stops=("T10", "OWN-INSTALMENT"), internal=True, asks=(on(N_("收到裁定日期")),),
    ),
)
# fmt: on
