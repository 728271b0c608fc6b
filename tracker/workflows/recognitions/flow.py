"""The recognition of a seriously dishonest enterprise as a table (domain 3.6, D0 to D9).

Notice, defence, decision; then every destination answers before the display counts; after it a
repair, or the end of the display, and every destination answers again.
"""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Flow, PaperUse, Side, State, Step
from tracker.core.errors import N_
from tracker.workflows.recognitions import guards
from tracker.workflows.recognitions.data import NAMES
from tracker.workflows.recognitions.guards import DISPLAY, HEARING, PUBLISH
from tracker.workflows.recognitions.guards import LONGER as LONGER_CLOCKS
from tracker.workflows.recognitions.models import GROUNDS, LONGER, SUBJECTS

BUREAU = Side.BUREAU
OFFICER, SUPERVISOR, HEAD = Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD
OPENERS = (OFFICER, SUPERVISOR, HEAD)
LETTER = "失信案"
NOTICE_PROOF, DECISION_PROOF = N_("告知书送达回证"), N_("决定书送达回证")
DEFENCE, APPLICATION = N_("陈述申辩材料"), N_("信用修复申请")
SHOWN = (*DISPLAY, *LONGER_CLOCKS)
DISPLAY_RUNS = N_("公示期从公示之日起算，随案计时")
HANDLER = Ask("handler", N_("承办人"), AskKind.PERSON, role=OFFICER)
USCC = Ask("uscc", N_("统一社会信用代码"), most=18)
ADDRESS = Ask("address", N_("住所"), most=200)
PERSON = Ask("person", N_("法定代表人（负责人）"), most=40)
RECEIPT = (
    Ask("destination", N_("去向"), AskKind.CHOICE, choices=NAMES),
    Ask("on", N_("日期"), AskKind.DATE),
    Ask("receipt", N_("回执编号或者网址"), most=120),
)

# One line of the table stays on as few lines of the file as it can be read on.
# fmt: off
STATES = (
    State(
        "candidate", N_("拟认定对象"), BUREAU, OFFICER, holder="handler", clock="OWN-RECOGNISE",
        stage=1, mark=N_("对象"), does=N_("核对认定情形，报批告知书"),
    ),
    State(
        "approving", N_("告知书报批"), BUREAU, SUPERVISOR, clock="OWN-RECOGNISECHECK",
        does=N_("批准告知书"),
    ),
    State(
        "notifying", N_("送达告知书"), BUREAU, OFFICER, holder="handler",
        clock="OWN-RECOGNISETELL", stage=2, mark=N_("告知"), does=N_("制作并送达告知书"),
        requires=("notice",),
    ),
    State(
        "defence", N_("陈述申辩"), BUREAU, OFFICER, holder="handler",
        clock="OWN-RECOGNISEREVIEW", stage=3, does=N_("听取陈述申辩并复核"),
    ),
    State(
        "deciding", N_("负责人决定"), BUREAU, HEAD, clock="OWN-RECOGNISEDECIDE", stage=4,
        mark=N_("决定"), does=N_("决定是否认定"),
    ),
    State(
        "serving", N_("送达决定书"), BUREAU, OFFICER, holder="handler",
        clock="OWN-RECOGNISESERVE", carries=PUBLISH, stage=5, mark=N_("送达"),
        does=N_("制作并送达决定书"), requires=("recognition",),
    ),
    State(
        "publishing", N_("公示和推送"), BUREAU, OFFICER, holder="handler",
        no_clock=N_("公示期限从决定之日起算，随案计时"), carries=PUBLISH, stage=6,
        mark=N_("公示推送"), does=N_("逐个去向推送并登记回执"), requires=("recognition",),
    ),
    State(
        "displayed", N_("公示中"), BUREAU, OFFICER, holder="handler", no_clock=DISPLAY_RUNS,
        carries=SHOWN, stage=7, does=N_("公示期满移除，或者办理信用修复"),
        requires=("recognition",),
    ),
    State(
        "lengthening", N_("延长公示报批"), BUREAU, HEAD, clock="OWN-DISPLAYASK", carries=SHOWN,
        does=N_("决定是否延长公示"),
    ),
    State(
        "repairing", N_("信用修复核实"), BUREAU, OFFICER, holder="handler", clock="OWN-REPAIR",
        carries=SHOWN, does=N_("核实是否改正"),
    ),
    State(
        "repair_checked", N_("信用修复决定"), BUREAU, HEAD, clock="OWN-REPAIRDECIDE",
        carries=SHOWN, does=N_("决定是否同意修复"),
    ),
    State(
        "removing", N_("移除"), BUREAU, OFFICER, holder="handler", clock="OWN-REMOVE",
        carries=SHOWN, stage=8, does=N_("逐个去向移除并登记回执"),
    ),
    State(
        "closing", N_("待办结"), BUREAU, SUPERVISOR, clock="OWN-REMOVECHECK",
        does=N_("核对移除回执并办结"),
    ),
    State("removed", N_("已移除"), final=True, stage=9, requires=("recognition", "removal")),
    State("not_recognised", N_("不予认定"), final=True),
)

STEPS = (
    # ------------------------------------------------------------ D0, D1: candidate and notice
    Step(
        "open", N_("登记拟认定对象"), N_("已登记。"), (), "candidate", OPENERS, BUREAU,
        gives=("handler",),
        asks=(
            Ask("unit_name", N_("企业名称"), most=120),
            USCC,
            Ask(
                "subject", N_("主体类型"), AskKind.CHOICE, choices=SUBJECTS,
                hint=N_("只认定企业，自然人不认定"),
            ),
            ADDRESS,
            PERSON,
            Ask("matter", N_("违法行为"), most=80),
            Ask("facts", N_("事实"), AskKind.LONG, most=4000),
            HANDLER,
        ),
    ),
    Step(
        "propose", N_("报批告知书"), N_("已报批。"), ("candidate",), "approving", (OFFICER,),
        BUREAU, part="handler", makes=("notice",),
        asks=(
            Ask("grounds", N_("认定情形"), AskKind.CHOICES, choices=GROUNDS),
            Ask("reasons", N_("拟认定的理由"), AskKind.LONG, most=2000),
            USCC,
            ADDRESS,
            PERSON,
        ),
        hint=N_("情形按2019年办法列出，令第35号原文未见，请查对"),
    ),
    Step(
        "drop", N_("不予认定"), N_("已决定不予认定。"), ("candidate", "approving"),
        "not_recognised", (SUPERVISOR,), BUREAU, needs_note=True, tells=("handler",),
        hint=N_("不够认定情形的，写明理由"),
    ),
    Step(
        "approve_notice", N_("批准告知"), N_("已批准告知。"), ("approving",), "notifying",
        (SUPERVISOR,), BUREAU, checks=("notice",), tells=("handler",),
    ),
    Step(
        "return_notice", N_("退回"), N_("已退回。"), ("approving",), "candidate", (SUPERVISOR,),
        BUREAU, back=True, needs_note=True, tells=("handler",),
    ),
    Step(
        "serve_notice", N_("登记告知书送达"), N_("告知书已送达，听取陈述申辩。"),
        ("notifying",), "defence", (OFFICER,), BUREAU, part="handler", starts=(HEARING,),
        papers=("dishonesty_notice",), proof=NOTICE_PROOF,
        asks=(Ask("on", N_("送达日期"), AskKind.DATE),),
    ),
    # ------------------------------------------------------------ D2, D3: defence and decision
    Step(
        "record_defence", N_("登记陈述申辩"), N_("陈述申辩已登记。"), ("defence",), None,
        (OFFICER,), BUREAU, part="handler", stops=(HEARING,), makes=("recognition",),
        asks=(
            Ask("on", N_("收到日期"), AskKind.DATE),
            Ask("statement", N_("陈述申辩的内容"), AskKind.LONG, most=4000),
        ),
        hint=N_("书面放弃的也登记"),
    ),
    Step(
        "conclude", N_("复核后报请决定"), N_("已报负责人决定。"), ("defence",), "deciding",
        (OFFICER,), BUREAU, part="handler", makes=("recognition",), guards=(guards.heard,),
        stops=(HEARING,), asks=(Ask("view", N_("复核意见"), AskKind.LONG, most=4000),),
    ),
    Step(
        "recognise", N_("决定认定"), N_("已决定认定，制作并送达决定书。"), ("deciding",),
        "serving", (HEAD,), BUREAU, checks=("notice", "recognition"), starts=PUBLISH,
        tells=("handler",), asks=(Ask("on", N_("决定日期"), AskKind.DATE),),
    ),
    Step(
        "reject", N_("决定不予认定"), N_("已决定不予认定。"), ("deciding",), "not_recognised",
        (HEAD,), BUREAU, checks=("recognition",), needs_note=True, tells=("handler",),
    ),
    Step(
        "return_decision", N_("退回复核"), N_("已退回复核。"), ("deciding",), "defence",
        (HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",),
    ),
    # ------------------------------------------------------------ D4, D5: served and pushed
    Step(
        "serve_decision", N_("登记决定书送达"), N_("决定书已送达，公示并推送。"), ("serving",),
        "publishing", (OFFICER,), BUREAU, part="handler", papers=("dishonesty_decision",),
        proof=DECISION_PROOF, asks=(Ask("on", N_("送达日期"), AskKind.DATE),),
    ),
    Step(
        "record_push", N_("登记推送回执"), N_("回执已登记。"), ("publishing",), None,
        (OFFICER,), BUREAU, part="handler", asks=RECEIPT, hint=N_("每个去向一份回执"),
    ),
    Step(
        "display", N_("进入公示期"), N_("各去向都有回执，公示期开始计时。"), ("publishing",),
        "displayed", (OFFICER,), BUREAU, part="handler", guards=(guards.all_pushed,),
        stops=("C01",), starts=DISPLAY, hint=N_("缺一份回执也不能进入"),
    ),
    # ------------------------------------------------------------ D6: displayed, or longer
    Step(
        "propose_longer", N_("报请延长公示"), N_("已报负责人决定。"), ("displayed",),
        "lengthening", (OFFICER,), BUREAU, part="handler", makes=("longer",),
        guards=(guards.not_extended_yet,), needs_note=True,
        asks=(Ask("reason", N_("情形"), AskKind.CHOICE, choices=LONGER),),
    ),
    Step(
        "extend_display", N_("决定延长公示"), N_("公示已延长。"), ("lengthening",), "displayed",
        (HEAD,), BUREAU, checks=("longer",), stops=DISPLAY, starts=LONGER_CLOCKS,
        tells=("handler",), hint=N_("从公示之日起重新计算"),
    ),
    Step(
        "keep_display", N_("不延长"), N_("公示不延长。"), ("lengthening",), "displayed",
        (HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",),
    ),
    Step(
        "expire", N_("公示期满"), N_("公示期满，逐个去向移除。"), ("displayed",), "removing",
        (OFFICER,), BUREAU, part="handler", guards=(guards.display_is_over,),
    ),
    # ------------------------------------------------------------ D7, D8: repair
    Step(
        "apply_repair", N_("登记信用修复申请"), N_("申请已登记。"), ("displayed",),
        "repairing", (OFFICER,), BUREAU, part="handler", guards=(guards.shown_long_enough,),
        proof=APPLICATION, asks=(Ask("on", N_("收到申请日期"), AskKind.DATE),),
    ),
    Step(
        "verify_repair", N_("核实完毕"), N_("已报负责人决定。"), ("repairing",),
        "repair_checked", (OFFICER,), BUREAU, part="handler", makes=("repair",),
        asks=(Ask("finding", N_("改正情况"), AskKind.LONG, most=2000),),
    ),
    Step(
        "grant_repair", N_("同意修复"), N_("同意修复，逐个去向移除。"), ("repair_checked",),
        "removing", (HEAD,), BUREAU, checks=("repair",), tells=("handler",),
    ),
    Step(
        "refuse_repair", N_("不同意修复"), N_("不同意修复，继续公示。"), ("repair_checked",),
        "displayed", (HEAD,), BUREAU, checks=("repair",), back=True, needs_note=True,
        tells=("handler",), hint=N_("写明理由并告知企业"),
    ),
    # ------------------------------------------------------------ D9: removed everywhere
    Step(
        "record_removal", N_("登记移除回执"), N_("回执已登记。"), ("removing",), None,
        (OFFICER,), BUREAU, part="handler", makes=("removal",), asks=RECEIPT,
        hint=N_("每个去向一份回执"),
    ),
    Step(
        "report_removed", N_("移除完毕"), N_("已送负责人办结。"), ("removing",), "closing",
        (OFFICER,), BUREAU, part="handler", makes=("removal",), guards=(guards.all_removed,),
        stops=SHOWN,
    ),
    Step(
        "close", N_("办结"), N_("已办结。"), ("closing",), "removed", (SUPERVISOR,), BUREAU,
        checks=("removal",), tells=("handler",),
    ),
    Step(
        "reassign", N_("改派"), N_("已改派。"),
        (
            "candidate", "notifying", "defence", "serving", "publishing", "displayed",
            "repairing", "removing",
        ),
        None, (SUPERVISOR,), BUREAU, gives=("handler",), asks=(HANDLER,), needs_note=True,
        tells=("handler",), hint=N_("原承办人随即看不到本件"),
    ),
)

# fmt: on
FLOW = Flow(
    kind="recognition",
    label=N_("严重失信认定"),
    version=1,
    states=STATES,
    steps=STEPS,
    papers=(
        PaperUse("dishonesty_notice", ("notifying",), (OFFICER,)),
        PaperUse("dishonesty_decision", ("serving",), (OFFICER, HEAD)),
    ),
    group=N_("案件"),
    icon="gavel",
)
