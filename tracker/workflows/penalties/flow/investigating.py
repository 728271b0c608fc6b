"""C2: the team, recusal, inquiries, more time, the side exits, and the report that ends it."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Step
from tracker.core.errors import N_
from tracker.workflows.penalties.flow.asks import ACTS, TRANSFER, officer, on, service
from tracker.workflows.penalties.flow.states import BUREAU, LIMITED
from tracker.workflows.penalties.grading import table_choices
from tracker.workflows.penalties.guards import course, team
from tracker.workflows.penalties.models import NO_PENALTY_GROUNDS, OUTCOMES

RECUSAL_BY = {"self": N_("本人回避"), "party": N_("当事人申请")}
YES_NO = {"yes": N_("同意"), "no": N_("不同意")}
EXITS = {"withdraw": N_("撤案"), "terminate": N_("终止")}
ANSWERS = {
    "answered": N_("如实答复"),
    "untrue": N_("不如实答复"),
    "refused": N_("拒绝答复"),
}
PROPOSED = (
    Ask("warning", N_("警告"), AskKind.YES, required=False),
    Ask("circular", N_("通报批评"), AskKind.YES, required=False),
    Ask("fine", N_("拟罚款（元）"), AskKind.MONEY, required=False, hint=N_("不罚款的不填")),
    Ask("range_reason", N_("在幅度以外的理由"), AskKind.LONG, required=False, most=2000,
        hint=N_("拟罚款不在基准幅度以内的必须写")),
)  # fmt: skip
REPORT = (
    Ask("outcome", N_("处理建议"), AskKind.CHOICE, choices=OUTCOMES),
    Ask("act", N_("违法行为"), AskKind.CHOICE, choices=ACTS),
    Ask("act_from", N_("违法行为开始日期"), AskKind.DATE, required=False),
    Ask("act_to", N_("违法行为终了日期"), AskKind.DATE, hint=N_("适用哪一版统计法看这一天")),
    Ask("table", N_("裁量基准"), AskKind.CHOICE, choices=table_choices),
    Ask("table_case", N_("基准里的情形"), required=False, most=60,
        hint=N_("基准按情形分档的才填")),
    Ask("aggravated", N_("情节严重（统计法实施条例第五十条）"), AskKind.YES, required=False),
    Ask("aggravated_why", N_("认定情节严重的理由"), AskKind.LONG, required=False, most=2000),
    *PROPOSED,
    Ask("ground", N_("不予处罚的理由"), AskKind.CHOICE, required=False,
        choices=NO_PENALTY_GROUNDS, hint=N_("建议不予处罚的必须选")),
    Ask("major_interest", N_("涉及重大公共利益"), AskKind.YES, required=False),
    Ask("complicated", N_("情节复杂或者重大违法"), AskKind.YES, required=False,
        hint=N_("须法制审核并集体讨论")),
    Ask("law_wants_review", N_("法律法规规定应当法制审核"), AskKind.YES, required=False),
)  # fmt: skip

# fmt: off
STEPS = (
    Step(
        "ask_recusal", N_("申请回避"), N_("已报单位负责人决定。"), LIMITED, None,
        (Role.INSPECTOR,), BUREAU, guards=(team.on_team, team.no_recusal_waits),
        makes=("recusal",), internal=True,
        asks=(
            officer("person", N_("回避的人")),
            Ask("asked_by", N_("由谁提出"), AskKind.CHOICE, choices=RECUSAL_BY),
            Ask("reason", N_("回避的理由"), AskKind.LONG, most=400),
        ),
        hint=N_("与本案有直接利害关系或者其他关系，可能影响公正执法的"),
    ),
    Step(
        "decide_recusal", N_("决定回避"), N_("回避申请已决定。"), LIMITED, None,
        (Role.HEAD,), BUREAU, checks=("recusal",),
        guards=(team.recusal_waits, team.head_apart), gives=("handler", "co_officer"),
        tells=("handler", "co_officer"), internal=True,
        asks=(
            Ask("granted", N_("决定"), AskKind.CHOICE, choices=YES_NO),
            officer("replacement", N_("接替的人"), required=False, hint=N_("同意回避的必须选")),
        ),
        hint=N_("回避的人随即看不到本案"),
    ),
    Step(
        "reassign", N_("改派承办"), N_("已改派。"), ("source", "investigating"), None,
        (Role.SUPERVISOR,), BUREAU, gives=("handler",), needs_note=True, tells=("handler",),
        internal=True, asks=(officer("handler", N_("新的承办人")),),
        hint=N_("原承办人随即看不到本案"),
    ),
    Step(
        "reassign_partner", N_("改派协办"), N_("已改派协办人。"), ("investigating",), None,
        (Role.SUPERVISOR,), BUREAU, gives=("co_officer",), needs_note=True,
        tells=("handler", "co_officer"), internal=True,
        asks=(officer("co_officer", N_("新的协办人")),),
    ),
    Step(
        "serve_inquiry", N_("送达查询书"), N_("查询书已送达，答复期限起算。"),
        ("investigating",), None, (Role.INSPECTOR,), BUREAU, part="handler",
        guards=(team.no_inquiry_out,), papers=("inquiry",), proof=N_("查询书送达回证"),
        starts=("OWN-INQUIRY",), internal=True,
        asks=(*service(N_("送达日期")), Ask("reply_on", N_("要求答复的日期"), AskKind.DATE)),
    ),
    Step(
        "inquiry_answered", N_("登记查询答复"), N_("答复情况已登记。"), ("investigating",), None,
        (Role.INSPECTOR,), BUREAU, part="handler", guards=(team.inquiry_out,),
        stops=("OWN-INQUIRY",), internal=True,
        asks=(on(N_("日期")), Ask("answer", N_("答复情况"), AskKind.CHOICE, choices=ANSWERS)),
    ),
    Step(
        "ask_extension", N_("申请延长办案期限"), N_("已报单位负责人审批延期。"), LIMITED, None,
        (Role.INSPECTOR,), BUREAU, part="handler", makes=("extension",),
        guards=(team.may_be_extended, team.extension_not_asked), internal=True,
        asks=(
            Ask("months", N_("延长几个月"), AskKind.COUNT),
            Ask("reason", N_("延长的理由"), AskKind.LONG, most=1000),
        ),
        hint=N_("届满以前申请；次数和长短按规则"),
    ),
    Step(
        "approve_extension", N_("批准延期"), N_("办案期限已延长。"), LIMITED, None,
        (Role.HEAD,), BUREAU, checks=("extension",),
        guards=(team.extension_asked, team.may_be_extended, team.head_apart),
        papers=("extension_approval",), extends=("T02",), tells=("handler",), internal=True,
        hint=N_("届满以前批准"),
    ),
    Step(
        "refuse_extension", N_("不批准延期"), N_("没有批准延期。"), LIMITED, None,
        (Role.HEAD,), BUREAU, checks=("extension",), guards=(team.extension_asked,),
        needs_note=True, tells=("handler",), internal=True,
    ),
    Step(
        "propose_move", N_("报请移送管辖"), N_("已报单位负责人审批移送管辖。"),
        ("investigating",), "moving_case", (Role.INSPECTOR,), BUREAU, part="handler",
        makes=("transfer",), needs_note=True, internal=True, asks=TRANSFER,
        hint=N_("其他机关先立案或者上级指定的"),
    ),
    Step(
        "approve_move", N_("批准移送"), N_("已移送有管辖权的机关。"), ("moving_case",), "moved",
        (Role.HEAD,), BUREAU, checks=("transfer",), guards=(team.head_apart,),
        papers=("jurisdiction_transfer",), stops=("T02", "T03"), tells=("handler",),
        internal=True, asks=(on(N_("移送日期"), required=False, hint=N_("不填为今天")),),
    ),
    Step(
        "return_move", N_("退回调查"), N_("已退回调查。"), ("moving_case",), "investigating",
        (Role.HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
        hint=N_("写明理由"),
    ),
    Step(
        "propose_withdrawal", N_("报请撤案"), N_("已报单位负责人审批。"), ("investigating",),
        "withdrawing", (Role.INSPECTOR,), BUREAU, part="handler",
        makes=("withdrawal", "closing"), guards=(team.exit_allowed, team.evidence_settled),
        needs_note=True, internal=True,
        asks=(Ask("exit", N_("怎样了结"), AskKind.CHOICE, choices=EXITS),),
        hint=N_("法定情形未核实，由本单位的设置决定"),
    ),
    Step(
        "approve_withdrawal", N_("批准撤案"), N_("已撤案，转归档。"), ("withdrawing",),
        "archiving", (Role.HEAD,), BUREAU, checks=("withdrawal", "closing"),
        guards=(team.head_apart,), papers=("closing_report",), stops=("T02", "T03"),
        tells=("handler",), internal=True,
        asks=(on(N_("批准日期"), required=False, hint=N_("不填为今天")),),
    ),
    Step(
        "return_withdrawal", N_("退回调查"), N_("已退回调查。"), ("withdrawing",),
        "investigating", (Role.HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",),
        internal=True, hint=N_("写明理由"),
    ),
    Step(
        "suspend_case", N_("中止调查"), N_("已中止，办案期限照走。"), ("investigating",),
        "suspended", (Role.HEAD,), BUREAU, guards=(team.suspension_allowed, team.head_apart),
        needs_note=True, tells=("handler",), internal=True,
        hint=N_("法定情形未核实；中止不停办案期限"),
    ),
    Step(
        "resume_case", N_("恢复调查"), N_("已恢复调查。"), ("suspended",), "investigating",
        (Role.HEAD,), BUREAU, back=True, tells=("handler",), internal=True,
    ),
    Step(
        "submit_report", N_("提交调查终结报告"), N_("调查终结报告已送审批。"),
        ("investigating",), "reporting", (Role.INSPECTOR,), BUREAU, part="handler",
        makes=("report",), papers=("investigation_report",),
        guards=(
            team.both_certified, team.no_recusal_waits, team.evidence_there,
            team.evidence_settled,
        ),
        internal=True, asks=REPORT, hint=N_("写明事实、证据、适用的法律和拟定的档次"),
    ),
    Step(
        "approve_report", N_("批准终结"), N_("调查终结，转审理。"), ("reporting",), "weighing",
        (Role.SUPERVISOR,), BUREAU, checks=("report",), guards=(team.supervisor_apart,),
        tells=("handler",), internal=True, hint=N_("办案人员不能审批"),
    ),
    Step(
        "return_report", N_("退回补充调查"), N_("已退回调查。"), ("reporting",), "investigating",
        (Role.SUPERVISOR,), BUREAU, back=True, needs_note=True, tells=("handler",),
        internal=True, hint=N_("写明还要查什么"),
    ),
    Step(
        "reinvestigate", N_("退回补充调查"), N_("已退回调查。"), ("weighing",), "investigating",
        (Role.SUPERVISOR,), BUREAU, guards=(course.not_noticed,), back=True, needs_note=True,
        tells=("handler",), internal=True, hint=N_("写明还要查什么"),
    ),
)
# fmt: on
