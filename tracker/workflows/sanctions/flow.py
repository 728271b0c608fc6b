"""The sanction proposal as a table (domain 3.4, S0 to S8).

The team drafts, legal review and the leaders' discussion pass it, the head sends it, the recipient
signs, six months run, and it is closed when something is known of every person.
"""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Flow, PaperUse, Side, State, Step
from tracker.core.errors import N_
from tracker.workflows.sanctions import guards
from tracker.workflows.sanctions.models import (
    ADDRESSEES,
    RANKS,
    RESPONSIBILITIES,
    RESULT_KINDS,
)

BUREAU = Side.BUREAU
OFFICER, SUPERVISOR, HEAD, LAWYER = (
    Role.INSPECTOR,
    Role.SUPERVISOR,
    Role.HEAD,
    Role.LEGAL_REVIEWER,
)
OPENERS = (OFFICER, SUPERVISOR, HEAD)
LEADERS = (SUPERVISOR, HEAD)
LETTER = "处分案"
RECEIPT, REPLY, MORE_TIME = N_("建议书回执"), N_("处理结果书面材料"), N_("延期说明")
# The months run from the day of the receipt, so a step starts them and no state does.
MONTHS_RUN = N_("反馈期限从对方收到之日起算，随案计时")
WAITS = ("waiting", "overdue")
RECORDS = (*WAITS, "correcting")

LINE = Ask("line", N_("第几位责任人"), AskKind.COUNT, hint=N_("责任人表里的序号"))
HANDLER = Ask("handler", N_("承办人"), AskKind.PERSON, role=OFFICER)
TO_WHOM = (
    Ask(
        "addressee_kind",
        N_("送给"),
        AskKind.CHOICE,
        choices=ADDRESSEES,
        hint=N_("按干部管理权限"),
    ),
    Ask("addressee", N_("受文机关名称"), most=120),
)

# One line of the table stays on as few lines of the file as it can be read on.
# fmt: off
STATES = (
    State(
        "drafted", N_("起草"), BUREAU, OFFICER, holder="handler", clock="OWN-PROPOSAL", stage=1,
        does=N_("写清每一位责任人"),
    ),
    State(
        "legal", N_("法制审核"), BUREAU, LAWYER, clock="OWN-PROPOSALLAW", stage=2,
        does=N_("法制审核"),
    ),
    State(
        "discussing", N_("集体讨论"), BUREAU, HEAD, clock="OWN-PROPOSALTALK", stage=3,
        does=N_("集体讨论"),
    ),
    State(
        "approved", N_("待送出"), BUREAU, HEAD, clock="OWN-PROPOSALSEND", stage=4,
        mark=N_("送出"), does=N_("签发并送出建议书"), requires=("proposal",),
    ),
    State(
        "sent", N_("待回执"), BUREAU, OFFICER, holder="handler", clock="OWN-PROPOSALSIGN",
        stage=5, mark=N_("回执"), does=N_("取得回执"), requires=("proposal",),
    ),
    State(
        "waiting", N_("等待处理结果"), BUREAU, OFFICER, holder="handler", no_clock=MONTHS_RUN,
        carries=("L04",), stage=6, mark=N_("处理结果"), does=N_("催办并登记处理结果"),
    ),
    State(
        "overdue", N_("逾期督办"), BUREAU, OFFICER, holder="handler", no_clock=MONTHS_RUN,
        carries=("L04",), does=N_("继续催办并登记处理结果"),
    ),
    State(
        "checking", N_("核对结果"), BUREAU, SUPERVISOR, clock="OWN-RESULTCHECK", stage=7,
        does=N_("逐人核对处理结果"),
    ),
    State(
        "correcting", N_("更正结果"), BUREAU, OFFICER, holder="handler", clock="OWN-RESULTMEND",
        does=N_("更正后再提交"),
    ),
    State(
        "closing", N_("通报办结"), BUREAU, HEAD, clock="OWN-RESULTCLOSE", stage=8,
        does=N_("决定是否通报并办结"), requires=("results",),
    ),
    State("closed", N_("办结"), final=True, stage=9, requires=("proposal", "results")),
    State("dropped", N_("不予建议"), final=True, requires=("proposal",)),
)

STEPS = (
    # ------------------------------------------------------------ S0: the persons
    Step(
        "open", N_("登记处分处理建议"), N_("已登记，可以填写责任人。"), (), "drafted", OPENERS,
        BUREAU, makes=("proposal",), gives=("handler",),
        asks=(
            Ask("unit_name", N_("责任人所在单位"), most=120),
            Ask("uscc", N_("统一社会信用代码"), required=False, most=18),
            Ask("matter", N_("违纪违法行为"), most=80),
            Ask("facts", N_("查明的事实"), AskKind.LONG, most=4000),
            HANDLER,
        ),
    ),
    Step(
        "add_person", N_("加一位责任人"), N_("责任人已加上。"), ("drafted",), None, (OFFICER,),
        BUREAU, part="handler", makes=("proposal",), internal=True,
        asks=(
            Ask("name", N_("姓名"), most=40),
            Ask("post", N_("单位和职务"), most=80),
            Ask("rank", N_("职级"), AskKind.CHOICE, choices=RANKS),
            Ask("responsibility", N_("责任类型"), AskKind.CHOICE, choices=RESPONSIBILITIES),
            Ask("facts", N_("本人的事实"), AskKind.LONG, most=2000),
            Ask("evidence", N_("证据"), AskKind.LONG, most=2000),
            Ask("article", N_("依据的条款"), most=120),
            Ask("proposal", N_("建议的处分处理"), most=120),
        ),
        hint=N_("公职人员逐一填写"),
    ),
    Step(
        "drop_person", N_("去掉一位责任人"), N_("责任人已去掉。"), ("drafted",), None, (OFFICER,),
        BUREAU, part="handler", makes=("proposal",), asks=(LINE,), needs_note=True,
        guards=(guards.has_persons,), internal=True,
    ),
    Step(
        "submit", N_("提交法制审核"), N_("已提交法制审核。"), ("drafted",), "legal", (OFFICER,),
        BUREAU, part="handler", makes=("proposal",), guards=(guards.has_persons,), asks=TO_WHOM,
        internal=True,
    ),
    # ------------------------------------------------------------ S1: review and discussion
    Step(
        "pass_review", N_("审核通过"), N_("法制审核通过，送集体讨论。"), ("legal",),
        "discussing", (LAWYER,), BUREAU, checks=("proposal",), papers=("legal_review",),
        tells=("handler",), internal=True,
    ),
    Step(
        "return_review", N_("退回起草"), N_("已退回起草。"), ("legal",), "drafted", (LAWYER,),
        BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
    ),
    Step(
        "pass_discussion", N_("讨论通过"), N_("讨论通过，可以送出。"), ("discussing",),
        "approved", (HEAD,), BUREAU, checks=("proposal",), papers=("discussion_record",),
        tells=("handler",), internal=True, asks=(Ask("on", N_("讨论日期"), AskKind.DATE),),
    ),
    Step(
        "return_discussion", N_("退回起草"), N_("已退回起草。"), ("discussing",), "drafted",
        (HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
    ),
    Step(
        "drop", N_("不予建议"), N_("已决定不提出建议。"), ("discussing",), "dropped", (HEAD,),
        BUREAU, checks=("proposal",), papers=("discussion_record",), needs_note=True,
        tells=("handler",), internal=True, hint=N_("集体讨论认为不应当给予处分处理的"),
    ),
    # ------------------------------------------------------------ S2, S3: sent and received
    Step(
        "send", N_("送出建议书"), N_("建议书已送出，等回执。"), ("approved",), "sent", (HEAD,),
        BUREAU, checks=("proposal",), papers=("sanction_proposal",), tells=("handler",),
        asks=(Ask("on", N_("送出日期"), AskKind.DATE),),
    ),
    Step(
        "readdress", N_("改送其他机关"), N_("已改受文机关，请重新制作建议书。"), ("sent",),
        "approved", (HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",),
        checks=("proposal",), asks=TO_WHOM, hint=N_("对方没有管理权限、退回的；原建议书作废"),
    ),
    Step(
        "record_receipt", N_("登记回执"), N_("回执已登记，反馈期限开始计时。"), ("sent",),
        "waiting", (OFFICER,), BUREAU, part="handler", starts=("L04",), proof=RECEIPT,
        asks=(Ask("on", N_("对方收到日期"), AskKind.DATE),), hint=N_("期限从这一天起算"),
    ),
    # ------------------------------------------------------------ S4, S5, S7: the months
    Step(
        "chase", N_("催办"), N_("催办已登记。"), WAITS, None, (OFFICER,), BUREAU, part="handler",
        guards=(guards.chaser_issued,),
        asks=(
            Ask("on", N_("催办日期"), AskKind.DATE),
            Ask("answer", N_("对方答复"), AskKind.LONG, required=False, most=1000),
        ),
        hint=N_("每次发一份催办函"),
    ),
    Step(
        "extend", N_("登记延期"), N_("期限已延长。"), ("waiting",), None, LEADERS, BUREAU,
        guards=(guards.not_the_handler, guards.months_may_grow), extends=("L04",),
        needs_note=True, proof=MORE_TIME, tells=("handler",),
        asks=(
            Ask("months", N_("延长几个月"), AskKind.COUNT),
            Ask("document", N_("延期说明文号"), most=80),
        ),
        hint=N_("对方书面说明特殊情况；连同延长合计不超过一年"),
    ),
    Step(
        "report_overdue", N_("报告上级"), N_("已报告上级，转督办。"), WAITS, "overdue", LEADERS,
        BUREAU, guards=(guards.months_are_over,), needs_note=True, tells=("handler",),
        asks=(
            Ask("superior", N_("报告给"), most=120),
            Ask("on", N_("报告日期"), AskKind.DATE),
            Ask("document", N_("督办报告文号"), most=80),
        ),
        hint=N_("超过期限没有结果的"),
    ),
    Step(
        "report_government", N_("报告同级人民政府"), N_("已报告同级人民政府。"), WAITS, None,
        LEADERS, BUREAU, guards=(guards.local_limit_is_over,), needs_note=True,
        tells=("handler",),
        asks=(
            Ask("on", N_("报告日期"), AskKind.DATE),
            Ask("document", N_("报告文号"), most=80),
        ),
        hint=N_("地方条例规定的期限已过的"),
    ),
    # ------------------------------------------------------------ S6: results per person
    Step(
        "record_result", N_("登记处理结果"), N_("处理结果已登记。"), RECORDS, None, (OFFICER,),
        BUREAU, part="handler", makes=("results",), internal=True,
        asks=(
            LINE,
            Ask("kind", N_("种类"), AskKind.CHOICE, choices=RESULT_KINDS),
            Ask("level", N_("档次"), hint=N_("如：警告、记过、诫勉"), most=40),
            Ask("decided_on", N_("决定日期"), AskKind.DATE),
            Ask("document", N_("决定文号"), most=80),
        ),
    ),
    Step(
        "explain", N_("登记没有结果的理由"), N_("理由已登记。"), RECORDS, None, (OFFICER,),
        BUREAU, part="handler", makes=("results",), asks=(LINE,), needs_note=True, internal=True,
        hint=N_("对方书面说明不给予处分处理的"),
    ),
    Step(
        "strike", N_("删去一位的结果"), N_("已删去，可以重新登记。"), RECORDS, None, (OFFICER,),
        BUREAU, part="handler", makes=("results",), asks=(LINE,), needs_note=True, internal=True,
    ),
    Step(
        "finish", N_("结果齐全，送核对"), N_("已送核对，期限停止。"), WAITS, "checking",
        (OFFICER,), BUREAU, part="handler", makes=("results",), guards=(guards.all_answered,),
        stops=("L04",), proof=REPLY, internal=True,
        asks=(Ask("on", N_("收到书面结果日期"), AskKind.DATE),),
    ),
    Step(
        "confirm_results", N_("核对无误"), N_("已核对，送负责人办结。"), ("checking",),
        "closing", (SUPERVISOR,), BUREAU, checks=("results",), tells=("handler",), internal=True,
    ),
    Step(
        "return_results", N_("退回更正"), N_("已退回更正。"), ("checking",), "correcting",
        (SUPERVISOR,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
    ),
    Step(
        "resubmit", N_("更正后再提交"), N_("已送核对。"), ("correcting",), "checking",
        (OFFICER,), BUREAU, part="handler", makes=("results",), guards=(guards.all_answered,),
        internal=True,
    ),
    # ------------------------------------------------------------ S8: circular and end
    Step(
        "circulate", N_("登记通报"), N_("通报已登记。"), ("closing",), None, (HEAD,), BUREAU,
        asks=(
            Ask("on", N_("通报日期"), AskKind.DATE),
            Ask("document", N_("通报文号"), most=80),
            Ask("scope", N_("通报范围"), most=120),
        ),
    ),
    Step(
        "close", N_("办结"), N_("已办结。"), ("closing",), "closed", (HEAD,), BUREAU,
        checks=("proposal", "results"), guards=(guards.all_answered,), tells=("handler",),
    ),
    Step(
        "reassign", N_("改派"), N_("已改派。"), ("drafted", "sent", *RECORDS), None,
        (SUPERVISOR,), BUREAU, gives=("handler",), asks=(HANDLER,), needs_note=True,
        tells=("handler",), internal=True, hint=N_("原承办人随即看不到本件"),
    ),
)

# fmt: on
FLOW = Flow(
    kind="sanction",
    label=N_("处分处理建议"),
    version=1,
    states=STATES,
    steps=STEPS,
    papers=(
        PaperUse("legal_review", ("legal",), (LAWYER,)),
        PaperUse("discussion_record", ("discussing",), (OFFICER, HEAD)),
        PaperUse("sanction_proposal", ("approved",), (OFFICER, HEAD)),
        PaperUse("chaser", WAITS, (OFFICER,)),
    ),
    group=N_("案件"),
    icon="gavel",
)
