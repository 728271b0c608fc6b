"""The inspection of one unit as a table (domain 3.1, I2' to I8).

Read it from top to bottom: a task is ordered or drawn, the head approves the check, the notice is
served, two officers go on site, the result is found and checked by somebody else, an order to
correct or a penalty case follows where it must, the unit is told, the result published.
"""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Flow, PaperUse, Side, State, Step
from tracker.core.errors import N_
from tracker.workflows.inspections import asks, guards

BUREAU = Side.BUREAU
INSPECTOR, SUPERVISOR, HEAD = (Role.INSPECTOR,), (Role.SUPERVISOR,), (Role.HEAD,)
UNANNOUNCED = ("ordered", "preparing", "approval", "notice")
WITH_A_TEAM = (
    "preparing", "approval", "notice", "served", "onsite", "result", "serving", "correcting",
    "feedback",
)  # fmt: skip
NOTICE_PROOF = N_("检查通知书送达回证")
ORDER_PROOF = N_("责令改正通知书送达回证")

# One line of the table stays on as few lines of the file as it can be read on.
# fmt: off
STATES = (
    State(
        "ordered", N_("待派员"), BUREAU, Role.SUPERVISOR, mark=N_("下达"), clock="OWN-TEAM",
        stage=1, does=N_("派出两名执法检查人员"),
    ),
    State(
        "preparing", N_("检查准备"), BUREAU, Role.INSPECTOR, holder="handler", mark=N_("准备"),
        clock="OWN-PREPARE", stage=2, does=N_("写明检查内容，提请审批"),
    ),
    State(
        "approval", N_("检查审批"), BUREAU, Role.HEAD, mark=N_("审批"), clock="OWN-CHECK",
        stage=3, does=N_("审批这次检查"),
    ),
    State(
        "notice", N_("待送通知"), BUREAU, Role.INSPECTOR, holder="handler", mark=N_("通知"),
        clock="OWN-NOTICE", stage=4, does=N_("签发并送达检查通知书"), requires=("check",),
    ),
    State(
        "served", N_("待进场"), BUREAU, Role.INSPECTOR, holder="handler", clock="OWN-VISIT",
        does=N_("两名执法人员持证进入现场"), requires=("check",),
    ),
    State(
        "onsite", N_("现场检查"), BUREAU, Role.INSPECTOR, holder="handler", mark=N_("现场"),
        clock="OWN-SITE", stage=5, does=N_("核对指标，做笔录，取证"),
    ),
    State(
        "result", N_("结果认定"), BUREAU, Role.INSPECTOR, holder="handler", mark=N_("结果"),
        clock="OWN-RESULT", stage=6, does=N_("提出检查结果"),
    ),
    State(
        "confirming", N_("结果审核"), BUREAU, Role.SUPERVISOR, clock="OWN-REVIEW",
        does=N_("审核检查结果"),
    ),
    State(
        "ordering", N_("责令改正审批"), BUREAU, Role.HEAD, clock="OWN-ORDER",
        does=N_("审批责令改正"),
    ),
    State(
        "serving", N_("待送责令改正"), BUREAU, Role.INSPECTOR, holder="handler",
        clock="OWN-SERVE", does=N_("签发并送达责令改正通知书"), requires=("outcome",),
    ),
    State(
        "correcting", N_("改正和复查"), BUREAU, Role.INSPECTOR, holder="handler",
        mark=N_("改正"), clock="OWN-CORRECT", stage=7, does=N_("到期复查改正情况"),
        requires=("outcome",),
    ),
    State(
        "suspicion", N_("待立案"), BUREAU, Role.HEAD, clock="T01", does=N_("决定是否立案"),
    ),
    State(
        "feedback", N_("反馈单位"), BUREAU, Role.INSPECTOR, holder="handler", mark=N_("反馈"),
        clock="OWN-FEEDBACK", stage=8, does=N_("把检查情况告知单位"), requires=("outcome",),
    ),
    State(
        "closing", N_("待归档"), BUREAU, Role.SUPERVISOR, clock="OWN-REVIEW",
        does=N_("核对公示和案卷，归档"), requires=("outcome",),
    ),
    State("closed", N_("已归档"), final=True, stage=9, requires=("outcome", "feedback")),
    State("withdrawn", N_("已撤销"), final=True),
)

STEPS = (
    # ------------------------------------------------------------ I2': where tasks come from
    Step(
        "order", N_("登记检查任务"), N_("检查任务已登记。"), (), "ordered", SUPERVISOR, BUREAU,
        makes=("check",), internal=True, asks=asks.ORDER,
        hint=N_("专项、重点、个案检查，写明理由和来源"),
    ),
    Step(
        "direct", N_("转来核查"), N_("核查任务已登记。"), (), "ordered",
        (Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD), BUREAU, internal=True,
    ),
    Step(
        "draw", N_("随机抽取"), N_("检查任务已生成。"), (), "preparing",
        (Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD), BUREAU, gives=("handler", "co_officer"),
        internal=True,
    ),
    Step(
        "assign", N_("派出检查人员"), N_("检查人员已派出。"), ("ordered",), "preparing",
        SUPERVISOR, BUREAU, gives=("handler", "co_officer"), internal=True, asks=asks.TEAM,
        tells=("handler", "co_officer"), hint=N_("两名都要有当天有效的统计执法证"),
    ),
    # ------------------------------------------------------------ I3: approval comes first
    Step(
        "submit_check", N_("提请检查审批"), N_("已提请单位负责人审批。"), ("preparing",),
        "approval", INSPECTOR, BUREAU, part="handler", makes=("check",), internal=True,
        guards=(guards.team_fit,), asks=asks.CHECK, hint=N_("批准以前不能通知被检查单位"),
    ),
    Step(
        "approve_check", N_("批准检查"), N_("检查已批准。"), ("approval",), "notice", HEAD,
        BUREAU, checks=("check",), internal=True, tells=("handler", "co_officer"),
        guards=(guards.not_of_the_team, guards.within_cap, guards.team_fit),
        hint=N_("核对年度检查次数"),
    ),
    Step(
        "return_check", N_("退回准备"), N_("已退回检查人员。"), ("approval",), "preparing",
        HEAD, BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
        hint=N_("写明要改什么"),
    ),
    Step(
        "refuse_check", N_("不批准检查"), N_("检查没有批准，任务已撤销。"), ("approval",),
        "withdrawn", HEAD, BUREAU, needs_note=True, tells=("handler", "co_officer"),
        internal=True, hint=N_("写明理由"),
    ),
    Step(
        "withdraw", N_("撤销任务"), N_("检查任务已撤销。"), UNANNOUNCED, "withdrawn", SUPERVISOR,
        BUREAU, needs_note=True, tells=("handler", "co_officer"), internal=True,
        hint=N_("通知送达以前可以撤销"),
    ),
    # ------------------------------------------------------------ I4, I5: notice and site
    Step(
        "serve_notice", N_("登记通知送达"), N_("检查通知已送达。"), ("notice",), "served",
        INSPECTOR, BUREAU, part="handler", internal=True, asks=asks.SERVICE,
        guards=(guards.team_fit,), papers=("inspection_approval", "inspection_notice"),
        proof=NOTICE_PROOF, hint=N_("送达以后本件不再只限检查组和审批人"),
    ),
    Step(
        "enter_site", N_("进入现场"), N_("已记下进入现场。"), ("served",), "onsite", INSPECTOR,
        BUREAU, part="handler", internal=True, asks=asks.AT_SITE, tells=("co_officer",),
        guards=(guards.two_officers, guards.within_cap), hint=N_("两人都出示统计执法证"),
    ),
    Step(
        "enter_urgent", N_("紧急进入现场"), N_("已记下紧急检查，请补办批准。"),
        ("preparing", "approval", "notice"), "onsite", INSPECTOR, BUREAU, part="handler",
        makes=("check",), starts=("T29",), needs_note=True, internal=True, asks=asks.URGENT,
        tells=("co_officer",), guards=(guards.two_officers,),
        hint=N_("情况紧急来不及报批时，先检查后补办"),
    ),
    Step(
        "approve_afterwards", N_("补办检查批准"), N_("检查批准已补办。"), ("onsite", "result"),
        None, HEAD, BUREAU, checks=("check",), stops=("T29",), internal=True,
        tells=("handler", "co_officer"),
        guards=(guards.approval_owed, guards.not_of_the_team, guards.within_cap),
        hint=N_("紧急检查的事后批准"),
    ),
    Step(
        "refuse_afterwards", N_("不予补批，终止检查"), N_("检查没有获得批准，已终止。"),
        ("onsite", "result"), "withdrawn", HEAD, BUREAU, needs_note=True, internal=True,
        tells=("handler", "co_officer"),
        guards=(guards.approval_owed, guards.not_of_the_team, guards.evidence_settled),
        hint=N_("写明理由；登记保存的证据要先处理"),
    ),
    Step(
        "record_site", N_("记现场检查笔录"), N_("现场检查笔录已记。"), ("onsite",), None,
        INSPECTOR, BUREAU, guards=(guards.on_the_team,), internal=True, asks=asks.SITE_RECORD,
        hint=N_("逐页核对签名；拒绝签名的记明情况和见证人"),
    ),
    Step(
        "record_interview", N_("记询问笔录"), N_("询问笔录已记。"), ("onsite", "result"), None,
        INSPECTOR, BUREAU, guards=(guards.on_the_team,), internal=True, asks=asks.INTERVIEW,
        hint=N_("询问个别进行，两名执法人员在场"),
    ),
    Step(
        "send_inquiry", N_("登记查询书送达"), N_("查询书已送达。"), ("onsite", "result"), None,
        INSPECTOR, BUREAU, guards=(guards.on_the_team, guards.no_inquiry_waits),
        papers=("inquiry",), starts=("OWN-INQUIRY",), internal=True, asks=asks.INQUIRY,
        hint=N_("单位须在答复期限内据实书面答复"),
    ),
    Step(
        "take_reply", N_("登记查询答复"), N_("查询答复已登记。"),
        ("onsite", "result"), None, INSPECTOR, BUREAU, stops=("OWN-INQUIRY",), internal=True,
        guards=(guards.on_the_team, guards.inquiry_waits), asks=asks.REPLY,
        hint=N_("拒不答复、答复不实也要记明"),
    ),
    Step(
        "note_obstruction", N_("记拒绝、阻碍检查"), N_("拒绝、阻碍检查的情况已记。"),
        ("served", "onsite", "result"), None, INSPECTOR, BUREAU, guards=(guards.on_the_team,),
        internal=True, asks=asks.OBSTRUCTION, hint=N_("写明经过和见证人，本身可以立案"),
    ),
    Step(
        "finish_site", N_("结束现场检查"), N_("现场检查已结束。"), ("onsite",), "result",
        INSPECTOR, BUREAU, part="handler", starts=("R06",), papers=("site_record",),
        internal=True, asks=(asks.ON,), guards=(guards.site_recorded,), tells=("co_officer",),
        hint=N_("公示期限从这一天起算"),
    ),
    # ------------------------------------------------------------ I6, I7: what was found
    Step(
        "back_to_site", N_("再次进入现场"), N_("已回到现场检查。"), ("result",), "onsite",
        INSPECTOR, BUREAU, part="handler", back=True, needs_note=True, internal=True,
        tells=("co_officer",), hint=N_("写明还要查什么"),
    ),
    Step(
        "propose_clean", N_("提出结果：未发现问题"), N_("已送负责人审核。"), ("result",),
        "confirming", INSPECTOR, BUREAU, part="handler", makes=("outcome",), needs_note=True,
        internal=True, hint=N_("写明核对了什么"),
        guards=(guards.approved, guards.recusal_decided, guards.figures_complete,
                guards.not_obstructed),
    ),
    Step(
        "propose_order", N_("提出结果：责令改正"), N_("已报单位负责人审批。"), ("result",),
        "ordering", INSPECTOR, BUREAU, part="handler", makes=("outcome",), internal=True,
        asks=asks.CORRECTION, hint=N_("不是处罚；计入一年内责令改正的次数"),
        guards=(guards.approved, guards.recusal_decided, guards.figures_complete),
    ),
    Step(
        "propose_case", N_("提出结果：转立案"), N_("已报单位负责人决定立案。"), ("result",),
        "suspicion", INSPECTOR, BUREAU, part="handler", makes=("outcome",), internal=True,
        asks=asks.SUSPICION, hint=N_("五项立案条件逐项核对"),
        guards=(guards.approved, guards.recusal_decided, guards.figures_complete),
    ),
    Step(
        "confirm_result", N_("审核同意"), N_("检查结果已审核，转反馈。"), ("confirming",),
        "feedback", SUPERVISOR, BUREAU, checks=("outcome",), internal=True, tells=("handler",),
        hint=N_("检查人员不能审核自己的结果"),
    ),
    Step(
        "return_result", N_("退回重新认定"), N_("已退回检查人员。"), ("confirming",), "result",
        SUPERVISOR, BUREAU, back=True, needs_note=True, internal=True, tells=("handler",),
        hint=N_("写明理由"),
    ),
    Step(
        "approve_order", N_("批准责令改正"), N_("已批准责令改正。"), ("ordering",), "serving",
        HEAD, BUREAU, checks=("outcome",), internal=True, tells=("handler",),
        hint=N_("计入一年内责令改正的次数"),
    ),
    Step(
        "return_order", N_("退回重新认定"), N_("已退回检查人员。"), ("ordering",), "result",
        HEAD, BUREAU, back=True, needs_note=True, internal=True, tells=("handler",),
        hint=N_("写明理由"),
    ),
    Step(
        "open_penalty", N_("批准立案"), N_("已立案，检查转反馈。"), ("suspicion",), "feedback",
        HEAD, BUREAU, checks=("outcome",), internal=True, tells=("handler", "co_officer"),
        guards=(guards.penalties_open,), hint=N_("新立一件处罚案件，带上单位、事实和指标"),
    ),
    Step(
        "return_suspicion", N_("不立案，退回重新认定"), N_("已退回检查人员。"), ("suspicion",),
        "result", HEAD, BUREAU, back=True, needs_note=True, internal=True, tells=("handler",),
        hint=N_("写明哪一项条件不具备"),
    ),
    # ------------------------------------------------------------ I7b, I7d: order and recheck
    Step(
        "serve_order", N_("登记责令改正送达"), N_("责令改正通知书已送达。"), ("serving",),
        "correcting", INSPECTOR, BUREAU, part="handler", papers=("correction_order",),
        proof=ORDER_PROOF, internal=True, asks=asks.SERVICE, hint=N_("改正期限从通知书"),
    ),
    Step(
        "recheck_passed", N_("复查：已改正"), N_("复查结果已送审核。"), ("correcting",),
        "confirming", INSPECTOR, BUREAU, part="handler", makes=("outcome",),
        papers=("recheck_record",), internal=True, asks=asks.RECHECK,
        guards=(guards.two_officers,), hint=N_("两人复查，做复查记录"),
    ),
    Step(
        "recheck_failed", N_("复查：没有改正"), N_("已回到结果认定。"), ("correcting",), "result",
        INSPECTOR, BUREAU, part="handler", makes=("outcome",), papers=("recheck_record",),
        internal=True, asks=asks.RECHECK, back=True, guards=(guards.two_officers,),
        hint=N_("再责令改正，或者转立案"),
    ),
    # ------------------------------------------------------------ I8: told, published, closed
    Step(
        "give_feedback", N_("告知检查情况"), N_("已告知单位，送负责人归档。"), ("feedback",),
        "closing", INSPECTOR, BUREAU, part="handler", makes=("feedback",),
        papers=("inspection_feedback",), internal=True, asks=asks.TOLD,
        hint=N_("只写检查情况，不写线索来源"),
    ),
    Step(
        "publish", N_("登记结果公示"), N_("检查结果公示已登记。"),
        ("correcting", "feedback", "closing"), None, (Role.INSPECTOR, Role.SUPERVISOR), BUREAU,
        stops=("R06",), internal=True, asks=asks.PUBLISHED, guards=(guards.not_published,),
        hint=N_("公示哪一天、在哪里"),
    ),
    Step(
        "close", N_("归档"), N_("检查任务已归档。"), ("closing",), "closed", SUPERVISOR, BUREAU,
        checks=("feedback",), papers=("file_index",), internal=True,
        guards=(guards.published, guards.evidence_settled), tells=("handler",),
        hint=N_("公示和案卷都齐了才能归档"),
    ),
    Step(
        "return_feedback", N_("退回重新告知"), N_("已退回检查人员。"), ("closing",), "feedback",
        SUPERVISOR, BUREAU, back=True, needs_note=True, internal=True, tells=("handler",),
        hint=N_("写明哪里不妥"),
    ),
    # ------------------------------------------------------------ who checks
    Step(
        "reassign", N_("改派主办"), N_("已改派主办人员。"), WITH_A_TEAM, None, SUPERVISOR, BUREAU,
        gives=("handler",), needs_note=True, internal=True, tells=("handler", "co_officer"),
        asks=asks.ONE_OFFICER, hint=N_("原主办人员随即看不到本件"),
    ),
    Step(
        "reassign_partner", N_("改派协办"), N_("已改派协办人员。"), WITH_A_TEAM, None, SUPERVISOR,
        BUREAU, gives=("co_officer",), needs_note=True, internal=True,
        tells=("handler", "co_officer"), asks=asks.ONE_OFFICER,
        hint=N_("原协办人员随即看不到本件"),
    ),
    Step(
        "ask_recusal", N_("登记回避申请"), N_("回避申请已报单位负责人。"), WITH_A_TEAM, None,
        (Role.INSPECTOR, Role.SUPERVISOR), BUREAU, makes=("recusal",), needs_note=True,
        internal=True, asks=asks.RECUSAL, guards=(guards.no_recusal_asked,),
        hint=N_("自行回避或者当事人申请；决定以前检查不停"),
    ),
    Step(
        "decide_recusal", N_("决定回避"), N_("回避已决定。"), WITH_A_TEAM, None, HEAD, BUREAU,
        checks=("recusal",), needs_note=True, internal=True, asks=asks.RECUSED,
        guards=(guards.recusal_asked,), tells=("handler", "co_officer"),
        hint=N_("决定回避的人随即看不到本件，由接替人员继续"),
    ),
)

PAPERS = (
    PaperUse("inspection_approval", ("preparing", "approval", "notice", "onsite", "result"),
             (Role.INSPECTOR, Role.HEAD)),
    PaperUse("inspection_notice", ("notice", "onsite"), INSPECTOR),
    PaperUse("service_proof", ("notice", "served", "onsite", "result", "serving", "correcting"),
             INSPECTOR),
    PaperUse("site_record", ("onsite", "result"), INSPECTOR),
    PaperUse("interview_record", ("onsite", "result"), INSPECTOR),
    PaperUse("inquiry", ("onsite", "result"), INSPECTOR),
    PaperUse("preservation_notice", ("onsite", "result", "confirming"), INSPECTOR),
    PaperUse("correction_order", ("ordering", "serving"), (Role.INSPECTOR, Role.HEAD)),
    PaperUse("recheck_record", ("correcting",), INSPECTOR),
    PaperUse("inspection_feedback", ("feedback",), INSPECTOR),
    PaperUse("file_index", ("feedback", "closing"), (Role.INSPECTOR, Role.SUPERVISOR)),
)
# fmt: on
FLOW = Flow(
    kind="inspection",
    label=N_("检查任务"),
    version=1,
    states=STATES,
    steps=STEPS,
    papers=PAPERS,
    group=N_("检查"),
    icon="clipboard",
)
