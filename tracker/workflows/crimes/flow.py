"""The transfer of a suspected crime as a table (domain 3.5, X0 to X7; 国务院令第310号).

A team of two reports, the head decides in three days, public security has it within a day, decides
in three, and a refusal can be contested twice. The penalty case and its clocks go on meanwhile.
"""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Flow, PaperUse, Side, State, Step
from tracker.core.errors import N_
from tracker.workflows.crimes import guards
from tracker.workflows.crimes.models import ENCLOSURES, MAY_BE_MISSING

BUREAU = Side.BUREAU
OFFICER, SUPERVISOR, HEAD = Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD
OPENERS = (OFFICER, SUPERVISOR, HEAD)
LEADERS = (SUPERVISOR, HEAD)
LETTER = "移罪案"
RECEIPT, OPENED, NOT_OPENED = N_("移送回执"), N_("立案通知书"), N_("不予立案通知书")
FORWARDED, HANDED = N_("转送通知"), N_("涉案物品和材料交接单")
REVIEW, ADVICE = N_("复议申请书"), N_("建议立案监督的函")
# Hours and days that a step starts, from the moment it happened.
STEP_STARTS = N_("期限从上一步的时刻起算")

ON = Ask("on", N_("日期"), AskKind.DATE)
TEAM = (
    Ask("handler", N_("主办人"), AskKind.OFFICER, role=OFFICER),
    Ask("co_officer", N_("协办人"), AskKind.OFFICER, role=OFFICER),
)
ORGAN = Ask("organ", N_("公安机关"), most=120)
IMPOSED = Ask("imposed", N_("已作出的行政处罚"), AskKind.LONG, required=False, most=1000)

# One line of the table stays on as few lines of the file as it can be read on.
# fmt: off
STATES = (
    State(
        "team", N_("指定专案组"), BUREAU, SUPERVISOR, clock="OWN-CRIMETEAM", stage=1,
        does=N_("立即指定两名以上执法人员"),
    ),
    State(
        "reporting", N_("书面报告"), BUREAU, OFFICER, holder="handler", clock="OWN-CRIMEREPORT",
        stage=2, does=N_("核实情况，写移送报告"),
    ),
    State(
        "cosigning", N_("报告会签"), BUREAU, OFFICER, holder="co_officer",
        clock="OWN-CRIMECOSIGN", does=N_("会签移送报告"),
    ),
    State(
        "deciding", N_("负责人决定"), BUREAU, HEAD, no_clock=STEP_STARTS, carries=("L06",),
        stage=3, does=N_("批准或者不批准移送"), requires=("report",),
    ),
    State(
        "handing", N_("移送公安机关"), BUREAU, OFFICER, holder="handler", no_clock=STEP_STARTS,
        carries=("L07",), stage=4, mark=N_("移送"), does=N_("移送公安机关"),
        requires=("report",),
    ),
    State(
        "receipt", N_("待签收"), BUREAU, OFFICER, holder="handler", no_clock=STEP_STARTS,
        carries=("L07",), stage=5, mark=N_("签收"), does=N_("取得移送回执"),
    ),
    State(
        "police", N_("公安机关审查"), BUREAU, OFFICER, holder="handler", no_clock=STEP_STARTS,
        carries=("L09",), stage=6, mark=N_("审查"), does=N_("登记公安机关的决定"),
    ),
    State(
        "forwarding", N_("公安机关转送"), BUREAU, OFFICER, holder="handler",
        no_clock=STEP_STARTS, carries=("L08",), does=N_("登记转送通知"),
    ),
    State(
        "declined", N_("不予立案"), BUREAU, HEAD, no_clock=STEP_STARTS, carries=("L10",),
        does=N_("决定是否提请复议或者建议立案监督"),
    ),
    State(
        "reviewing", N_("公安机关复议"), BUREAU, OFFICER, holder="handler",
        no_clock=STEP_STARTS, carries=("L11",), does=N_("登记复议决定"),
    ),
    State(
        "upheld", N_("复议维持"), BUREAU, HEAD, no_clock=STEP_STARTS, carries=("L11A",),
        does=N_("决定是否建议立案监督"),
    ),
    State(
        "prosecutor", N_("检察机关立案监督"), BUREAU, OFFICER, holder="handler",
        no_clock=N_("检察机关的办理期限不由本机关计算"), does=N_("登记立案监督的结果"),
    ),
    State(
        "items", N_("移交物品和材料"), BUREAU, OFFICER, holder="handler", no_clock=STEP_STARTS,
        carries=("L12",), stage=7, mark=N_("移交"), does=N_("移交并办结交接手续"),
    ),
    State(
        "closing", N_("待办结"), BUREAU, SUPERVISOR, clock="OWN-CRIMECLOSE",
        does=N_("核对交接并办结"),
    ),
    State(
        "closed", N_("已立案并移交"), final=True, stage=8, mark=N_("办结"),
        requires=("report", "handover"),
    ),
    State("not_opened", N_("未立案，行政处罚继续"), final=True, requires=("report",)),
    State("not_approved", N_("不批准移送"), final=True, requires=("report",)),
)

STEPS = (
    # ------------------------------------------------------------ X0, X1: the team and its report
    Step(
        "open", N_("登记涉嫌犯罪移送"), N_("已登记，等待指定专案组。"), (), "team", OPENERS,
        BUREAU, gives=("proposer",),
        asks=(
            Ask("unit_name", N_("当事人名称"), most=120),
            Ask("uscc", N_("统一社会信用代码"), required=False, most=18),
            Ask("matter", N_("案由"), most=80),
            Ask("facts", N_("发现的情况"), AskKind.LONG, most=4000),
            IMPOSED,
        ),
    ),
    Step(
        "name_team", N_("指定专案组"), N_("专案组已指定。"), ("team",), "reporting", LEADERS,
        BUREAU, gives=("handler", "co_officer"), asks=TEAM, tells=("handler", "co_officer"),
        hint=N_("两名以上持证执法人员"),
    ),
    Step(
        "report", N_("提交移送报告"), N_("报告已送会签。"), ("reporting",), "cosigning",
        (OFFICER,), BUREAU, part="handler", makes=("report",), guards=(guards.team_of_two,),
        proof=ENCLOSURES["survey_report"],
        asks=(
            Ask("offence", N_("涉嫌的罪名和条款"), most=200),
            Ask("summary", N_("核实的情况和移送理由"), AskKind.LONG, most=4000),
            IMPOSED,
        ),
    ),
    Step(
        "cosign", N_("会签并报负责人"), N_("报告已送负责人，决定期限已起算。"), ("cosigning",),
        "deciding", (OFFICER,), BUREAU, part="co_officer", checks=("report",),
        guards=(guards.team_of_two,), starts=("L06",),
        asks=(Ask("on", N_("负责人收到报告日期"), AskKind.DATE),),
    ),
    Step(
        "disagree", N_("退回修改报告"), N_("已退回主办人。"), ("cosigning",), "reporting",
        (OFFICER,), BUREAU, part="co_officer", back=True, needs_note=True, tells=("handler",),
    ),
    # ------------------------------------------------------------ X2: the head decides
    Step(
        "approve", N_("批准移送"), N_("已批准，移送期限已起算。"), ("deciding",), "handing",
        (HEAD,), BUREAU, checks=("report",), stops=("L06",), starts=("L07",),
        tells=("handler", "co_officer"),
        asks=(Ask("at", N_("批准时间"), AskKind.MOMENT, hint=N_("移送期限从这一刻起算")),),
    ),
    Step(
        "refuse", N_("不批准移送"), N_("已决定不移送，理由已记录。"), ("deciding",),
        "not_approved", (HEAD,), BUREAU, checks=("report",), stops=("L06",), needs_note=True,
        tells=("handler", "co_officer"), asks=(ON,), hint=N_("理由记录在案"),
    ),
    # ------------------------------------------------------------ X3, X4: handed over and signed
    Step(
        "declare_none", N_("声明没有的材料"), N_("已写明没有的材料。"), ("handing",), None,
        (OFFICER,), BUREAU, part="handler", needs_note=True,
        asks=(
            Ask("papers", N_("没有的材料"), AskKind.CHOICES, choices=MAY_BE_MISSING),
        ),
        hint=N_("写明为什么没有"),
    ),
    Step(
        "hand_over", N_("移送"), N_("已移送，等待签收。"), ("handing",), "receipt", (OFFICER,),
        BUREAU, part="handler", papers=("crime_transfer",), guards=(guards.papers_complete,),
        asks=(ORGAN, Ask("at", N_("移送时间"), AskKind.MOMENT)),
    ),
    Step(
        "sign", N_("登记移送回执"), N_("已签收，等公安机关决定。"), ("receipt",), "police",
        (OFFICER,), BUREAU, part="handler", stops=("L07",), starts=("L09",), proof=RECEIPT,
        asks=(Ask("at", N_("签收时间"), AskKind.MOMENT),),
    ),
    # ------------------------------------------------------------ X5: public security decides
    Step(
        "not_theirs", N_("不属该机关管辖"), N_("已登记，等公安机关转送。"),
        ("police",), "forwarding", (OFFICER,), BUREAU, part="handler", stops=("L09",),
        starts=("L08",),
        asks=(Ask("at", N_("公安机关收到案件的时间"), AskKind.MOMENT),),
        hint=N_("转送期限从收到案件之时起算"),
    ),
    Step(
        "forwarded", N_("登记转送通知"), N_("已转送，等新的公安机关决定。"),
        ("forwarding",), "police", (OFFICER,), BUREAU, part="handler", stops=("L08",),
        starts=("L09",), proof=FORWARDED,
        asks=(ORGAN, Ask("on", N_("接受移送日期"), AskKind.DATE)),
    ),
    Step(
        "police_opens", N_("公安机关立案"), N_("已立案，请移交物品和材料。"),
        ("police", "prosecutor"), "items", (OFFICER,), BUREAU, part="handler", stops=("L09",),
        starts=("L12",), proof=OPENED,
        asks=(
            Ask("on", N_("收到通知日期"), AskKind.DATE),
            Ask("document", N_("通知书文号"), most=80),
        ),
    ),
    Step(
        "police_declines", N_("公安机关不予立案"), N_("不予立案，可以在期限内提请复议。"),
        ("police",), "declined", (OFFICER,), BUREAU, part="handler", stops=("L09",),
        starts=("L10",), proof=NOT_OPENED,
        asks=(
            Ask("on", N_("收到通知日期"), AskKind.DATE),
            Ask("reason", N_("不予立案的理由"), AskKind.LONG, most=1000),
        ),
    ),
    # ------------------------------------------------------------ X6b: contested
    Step(
        "ask_review", N_("提请复议"), N_("已提请复议，等公安机关决定。"), ("declined",),
        "reviewing", (HEAD,), BUREAU, stops=("L10",), starts=("L11",), proof=REVIEW,
        tells=("handler",), asks=(Ask("on", N_("公安机关收到日期"), AskKind.DATE),),
    ),
    Step(
        "ask_prosecutor", N_("建议立案监督"), N_("已建议检察机关立案监督。"),
        ("declined", "upheld"), "prosecutor", (HEAD,), BUREAU, stops=("L10", "L11A"),
        proof=ADVICE, tells=("handler",), asks=(Ask("on", N_("送出日期"), AskKind.DATE),),
    ),
    Step(
        "review_opens", N_("复议决定立案"), N_("决定立案，请移交物品和材料。"),
        ("reviewing",), "items", (OFFICER,), BUREAU, part="handler", stops=("L11",),
        starts=("L12",), proof=OPENED, asks=(Ask("on", N_("收到决定日期"), AskKind.DATE),),
    ),
    Step(
        "review_upholds", N_("复议维持不予立案"), N_("维持不予立案，可以在期限内建议立案监督。"),
        ("reviewing",), "upheld", (OFFICER,), BUREAU, part="handler", stops=("L11",),
        starts=("L11A",), asks=(Ask("on", N_("收到决定日期"), AskKind.DATE),),
    ),
    Step(
        "supervision_fails", N_("立案监督后仍不立案"), N_("仍不立案，行政处罚继续。"),
        ("prosecutor",), "not_opened", (OFFICER,), BUREAU, part="handler", needs_note=True,
        asks=(Ask("on", N_("收到通知日期"), AskKind.DATE),),
    ),
    Step(
        "accept", N_("不再争议"), N_("接受不予立案，行政处罚继续。"), ("declined", "upheld"),
        "not_opened", (HEAD,), BUREAU, stops=("L10", "L11A"), needs_note=True,
        tells=("handler", "co_officer"), hint=N_("案件依法继续作行政处罚"),
    ),
    # ------------------------------------------------------------ X6a: items handed over
    Step(
        "hand_items", N_("移交物品和材料"), N_("已移交，送负责人办结。"), ("items",), "closing",
        (OFFICER,), BUREAU, part="handler", makes=("handover",), stops=("L12",), proof=HANDED,
        asks=(Ask("on", N_("交接日期"), AskKind.DATE),),
    ),
    Step(
        "close", N_("办结"), N_("已办结。"), ("closing",), "closed", (SUPERVISOR,), BUREAU,
        checks=("handover",), tells=("handler", "co_officer"),
    ),
    Step(
        "change_team", N_("调整专案组"), N_("专案组已调整。"),
        (
            "reporting", "cosigning", "handing", "receipt", "police", "forwarding", "reviewing",
            "prosecutor", "items",
        ),
        None, LEADERS, BUREAU, gives=("handler", "co_officer"), asks=TEAM, needs_note=True,
        tells=("handler", "co_officer"), hint=N_("不能少于两人"),
    ),
)

# fmt: on
FLOW = Flow(
    kind="crime",
    label=N_("涉嫌犯罪移送"),
    version=1,
    states=STATES,
    steps=STEPS,
    papers=(PaperUse("crime_transfer", ("handing",), (OFFICER,)),),
    group=N_("案件"),
    icon="gavel",
)
