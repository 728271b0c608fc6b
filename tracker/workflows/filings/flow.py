"""The filing of a staff change as a table (domain 3.7, F0 to F6 and Fx).

A unit drafts and its head signs; the township between passes it on; the county bureau consents
before the change or files it after; then the handover, the training gate, and the report upward.
What is found without a filing is ordered to be filed and goes the same way.
"""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Flow, PaperUse, Side, State, Step
from tracker.core.errors import N_
from tracker.core.staff.models import DUTY_LABELS
from tracker.workflows.filings import guards
from tracker.workflows.filings.models import CHANGES, ENGAGEMENTS

UNIT, VIA, BUREAU, ABOVE = Side.ORIGIN, Side.VIA, Side.BUREAU, Side.ABOVE
CLERKS = (Role.TOWNSHIP_CLERK, Role.LIAISON)
APPROVER, REGISTRAR, SUPERVISOR = Role.DEPT_APPROVER, Role.REGISTRAR, Role.SUPERVISOR
UNIT_PEOPLE = (*CLERKS, APPROVER)
FINDERS = (REGISTRAR, SUPERVISOR, Role.INSPECTOR)
# The number of a filing in the series of the bureau that has it.
LETTER = "报备"
DUTIES = {duty.value: label for duty, label in DUTY_LABELS.items()}
# The two who hand over, as the case knows them by their accounts.
CONCERNED = ("outgoing", "incoming")

_MODE = Ask("mode_rule", N_("报备方式"), AskKind.CHOICE, required=False, picked=True,
            hint=N_("不选就按本地规定的方式"))  # fmt: skip
# fmt: off
_WHAT = (
    Ask("change", N_("变动类型"), AskKind.CHOICE, choices=CHANGES),
    Ask("holding", N_("变动人员"), AskKind.CHOICE, required=False, picked=True,
        hint=N_("离任、转岗或者请假的人；只有新任的不选")),
    Ask("effective_on", N_("生效日期"), AskKind.DATE,
        hint=N_("新情况的第一天；事前征求同意的，要晚于同意日期")),
    Ask("reason", N_("变动原因"), AskKind.LONG, most=1000),
    Ask("incoming", N_("接任人员"), AskKind.CHOICE, required=False, picked=True,
        hint=N_("名册里的人；名册里没有的，填下面的姓名和身份证号")),
    Ask("new_name", N_("接任人员姓名"), required=False, most=60,
        hint=N_("名册里没有这个人时填")),
    Ask("identity_number", N_("接任人员身份证号"), required=False, most=18,
        hint=N_("18 位；加密保存，页面上只显示首尾几位")),
    Ask("gap_plan", N_("补员安排"), AskKind.LONG, required=False, most=600,
        hint=N_("接任人员还没有定的，写明怎样补、谁先代办")),
    Ask("gap_until", N_("补员期限"), AskKind.DATE, required=False),
    Ask("duty", N_("接任岗位"), AskKind.CHOICE, required=False, choices=DUTIES,
        hint=N_("不选就和变动人员的岗位一样")),
    Ask("engagement", N_("接任人员用工"), AskKind.CHOICE, required=False, choices=ENGAGEMENTS,
        hint=N_("不选就和变动人员一样")),
    Ask("post_title", N_("职务名称"), required=False, most=60),
    Ask("place", N_("岗位所在地方"), AskKind.CHOICE, required=False, picked=True,
        hint=N_("不选就是变动人员的岗位，没有变动人员的就是本单位")),
    Ask("leave_to", N_("请假截止日期"), AskKind.DATE, required=False, hint=N_("长期请假时填")),
    Ask("destination", N_("去向"), required=False, most=200),
    Ask("overseer", N_("监交人"), required=False, most=60, hint=N_("不填就由本单位负责人监交")),
)
_FOUND = (
    Ask("unit", N_("单位"), AskKind.CHOICE, picked=True),
    Ask("change", N_("变动类型"), AskKind.CHOICE, choices=CHANGES),
    Ask("holding", N_("变动人员"), AskKind.CHOICE, required=False, picked=True,
        hint=N_("名册里登记的人；还不清楚是谁的不选")),
    Ask("effective_on", N_("实际变动日期"), AskKind.DATE),
    Ask("found_on", N_("发现日期"), AskKind.DATE),
    Ask("reason", N_("发现的情况"), AskKind.LONG, most=1000),
)

STATES = (
    State(
        "draft", N_("草拟"), UNIT, Role.TOWNSHIP_CLERK, holder="drafter", mark=N_("草拟"),
        clock="OWN-FILEDRAFT", stage=1, does=N_("填好变动报备表，报请签批"),
    ),
    State(
        "signing", N_("单位签批"), UNIT, APPROVER, mark=N_("签批"), clock="OWN-FILESIGN",
        stage=2, does=N_("核对并签批，报送上级"),
    ),
    State(
        "at_via", N_("乡镇（街道）转报"), VIA, Role.TOWNSHIP_CLERK, clock="OWN-FILEVIA",
        does=N_("签收并转报县级统计机构"), requires=("filing",),
    ),
    State(
        "arrived", N_("待签收"), BUREAU, REGISTRAR, mark=N_("送达"), clock="OWN-FILERECEIVE",
        stage=3, does=N_("核对材料，出具回执或者送请审核"), requires=("filing",),
    ),
    State(
        "opinion", N_("征求意见"), BUREAU, SUPERVISOR, clock="OWN-FILEOPINION",
        does=N_("答复同意或者不同意"), requires=("filing",),
    ),
    State(
        "handover", N_("工作交接"), UNIT, APPROVER, mark=N_("交接"), clock="OWN-HANDOVER",
        stage=4, does=N_("办完交接清单，三方签字"), requires=("filing",),
    ),
    State(
        "gate", N_("岗前培训"), BUREAU, Role.TRAINER, mark=N_("培训"), clock="OWN-INDUCTION",
        stage=5, does=N_("安排岗前培训，合格后确认上岗"), requires=("filing",),
    ),
    State(
        "closing", N_("待办结"), BUREAU, REGISTRAR, mark=N_("上岗"), clock="OWN-FILECLOSE",
        stage=6, does=N_("核对名册并办结，或者上报上级"), requires=("filing",),
    ),
    State(
        "at_above", N_("上级签收"), ABOVE, REGISTRAR, clock="OWN-FILEABOVE",
        does=N_("签收下级上报的变动"), requires=("filing",),
    ),
    State(
        "ordering", N_("下达整改通知"), BUREAU, SUPERVISOR, clock="OWN-FILEORDER",
        does=N_("核实并下达整改通知"),
    ),
    State(
        "rectifying", N_("补办报备"), UNIT, APPROVER, clock="OWN-FILERECTIFY",
        does=N_("按整改通知补办变动报备"),
    ),
    State("closed", N_("办结"), final=True, stage=7, mark=N_("办结"), requires=("filing",)),
    State("withdrawn", N_("已撤回"), final=True),
)

STEPS = (
    # ------------------------------------------------------------ F0, F1: the unit
    Step(
        "draft", N_("登记人员变动"), N_("变动已登记为草稿，核对后报请签批。"), (), "draft",
        CLERKS, UNIT, makes=("filing",), gives=("drafter",), asks=(*_WHAT, _MODE),
        hint=N_("乡镇（街道）、部门和园区的统计人员变动"),
    ),
    Step(
        "submit", N_("报请签批"), N_("已送单位负责人签批。"), ("draft",), "signing",
        CLERKS, UNIT, makes=("filing",), papers=("staff_filing",), guards=(guards.complete,),
        hint=N_("由本单位另一人签批"),
    ),
    Step(
        "edit", N_("修改内容"), N_("修改已保存，变动报备表要重新制作。"), ("draft",), None,
        CLERKS, UNIT, makes=("filing",), asks=(*_WHAT, _MODE),
    ),
    Step(
        "sign", N_("签批并报送"), N_("已签批，报送县级统计机构。"), ("signing",), "arrived",
        (APPROVER,), UNIT, checks=("filing",), tells=("drafter",),
        guards=(guards.goes_straight, guards.has_bureau, guards.not_oneself, guards.in_good_time),
    ),
    Step(
        "sign_via", N_("签批并报乡镇（街道）"), N_("已签批，报送乡镇（街道）转报。"),
        ("signing",), "at_via", (APPROVER,), UNIT, checks=("filing",), tells=("drafter",),
        guards=(guards.goes_through, guards.has_bureau, guards.not_oneself, guards.in_good_time),
    ),
    Step(
        "send_back", N_("退回修改"), N_("已退回经办人。"), ("signing",), "draft", (APPROVER,),
        UNIT, back=True, needs_note=True, tells=("drafter",), hint=N_("写明要改什么"),
    ),
    Step(
        "withdraw", N_("撤回"), N_("已撤回。"),
        ("draft", "signing", "at_via", "arrived", "opinion"), "withdrawn", UNIT_PEOPLE, UNIT,
        needs_note=True, tells=("drafter",), guards=(guards.regular,),
        hint=N_("同意或者备案以前可以撤回"),
    ),
    # ------------------------------------------------------------ the township between
    Step(
        "pass_on", N_("签收并转报"), N_("已签收，转报县级统计机构。"), ("at_via",), "arrived",
        UNIT_PEOPLE, VIA, tells=("drafter",), hint=N_("给下级出具签收编号"),
    ),
    Step(
        "correct_via", N_("退回补正"), N_("已退回下级补正。"), ("at_via",), "draft",
        UNIT_PEOPLE, VIA, back=True, needs_note=True, tells=("drafter",),
        hint=N_("写明要补什么"),
    ),
    # ------------------------------------------------------------ F2': filing after the change
    Step(
        "accept", N_("备案并出具回执"), N_("已备案，回执已出具，请单位办理交接。"), ("arrived",),
        "handover", (REGISTRAR,), BUREAU, papers=("filing_receipt",),
        guards=(guards.is_filing, guards.somebody_leaves, guards.not_oneself),
        gives=CONCERNED, tells=("drafter", *CONCERNED),
        hint=N_("只核对材料是否齐全"),
    ),
    Step(
        "accept_in", N_("备案新任并出具回执"), N_("已备案，回执已出具，等岗前培训。"), ("arrived",),
        "gate", (REGISTRAR,), BUREAU, papers=("filing_receipt",),
        guards=(guards.is_filing, guards.nobody_leaves, guards.not_oneself),
        gives=CONCERNED, tells=("drafter", *CONCERNED),
        hint=N_("只有新任的，不用交接"),
    ),
    Step(
        "ask_correction", N_("退回补正"), N_("已退回单位补正。"), ("arrived",), "draft",
        (REGISTRAR,), BUREAU, back=True, needs_note=True, tells=("drafter",),
        hint=N_("写明缺什么"),
    ),
    # ------------------------------------------------------------ F2: consent before the change
    Step(
        "refer", N_("登记并送请审核"), N_("已登记，送业务负责人审核。"), ("arrived",), "opinion",
        (REGISTRAR,), BUREAU, guards=(guards.is_consent,), tells=("drafter",),
        hint=N_("事前征求同意的，由业务负责人答复"),
    ),
    Step(
        "agree", N_("同意"), N_("已答复同意，请单位办理交接。"), ("opinion",), "handover",
        (SUPERVISOR,), BUREAU, papers=("consent_reply",),
        guards=(guards.somebody_leaves, guards.not_oneself),
        gives=CONCERNED, tells=("drafter", *CONCERNED),
        asks=(
            Ask("effective_on", N_("生效日期"), AskKind.DATE, hint=N_("要晚于今天的同意日期")),
        ),
    ),
    Step(
        "agree_in", N_("同意新任"), N_("已答复同意，等岗前培训。"), ("opinion",), "gate",
        (SUPERVISOR,), BUREAU, papers=("consent_reply",),
        guards=(guards.nobody_leaves, guards.not_oneself),
        gives=CONCERNED, tells=("drafter", *CONCERNED),
        asks=(
            Ask("effective_on", N_("生效日期"), AskKind.DATE, hint=N_("要晚于今天的同意日期")),
        ),
    ),
    Step(
        "disagree", N_("不同意"), N_("已答复不同意，理由已告知单位。"), ("opinion",), "draft",
        (SUPERVISOR,), BUREAU, back=True, needs_note=True, papers=("consent_reply",),
        tells=("drafter",), hint=N_("写明理由；单位可以修改后再报或者撤回"),
    ),
    # ------------------------------------------------------------ F3: handover
    Step(
        "close_handover", N_("交接办结"), N_("交接已办结，等岗前培训。"), ("handover",), "gate",
        UNIT_PEOPLE, UNIT, papers=("handover_list",), tells=("drafter", *CONCERNED),
        guards=(guards.somebody_comes, guards.list_complete, guards.three_signed,
                guards.nothing_in_hand),
        hint=N_("清单办完、三方签字、未办结事项都有人接办"),
    ),
    Step(
        "close_handover_gap", N_("交接办结，先由代管人接收"),
        N_("交接已办结，按补员安排补员。"), ("handover",), "closing", UNIT_PEOPLE, UNIT,
        papers=("handover_list",), tells=("drafter", "outgoing"),
        guards=(guards.nobody_comes, guards.list_complete, guards.three_signed,
                guards.nothing_in_hand),
        hint=N_("接任人员还没有定，由代管人接收"),
    ),
    Step(
        "cancel", N_("撤销变动"), N_("变动已撤销，名册恢复原状。"), ("handover",), "withdrawn",
        (APPROVER,), UNIT, needs_note=True, tells=("drafter", *CONCERNED),
        guards=(guards.regular,), hint=N_("交接办结以前，变动不再进行"),
    ),
    # ------------------------------------------------------------ F4, F5: trained, then in post
    Step(
        "confirm", N_("确认上岗"), N_("已确认上岗。"), ("gate",), "closing",
        (Role.TRAINER, SUPERVISOR), BUREAU, guards=(guards.inducted, guards.not_oneself),
        tells=("drafter", "incoming"),
        asks=(
            Ask("start_on", N_("上岗日期"), AskKind.DATE,
                hint=N_("岗前培训合格以后，不早于生效日期")),
        ),
    ),
    Step(
        "give_up", N_("不再上岗"), N_("已登记不再上岗，岗位仍然空缺。"), ("gate",), "closing",
        (SUPERVISOR,), BUREAU, needs_note=True, tells=("drafter", "incoming"),
        hint=N_("新任人员不来或者培训不合格；岗位另行报备"),
    ),
    # ------------------------------------------------------------ F6: closed, or reported upward
    Step(
        "close", N_("办结"), N_("已办结。"), ("closing",), "closed", (REGISTRAR,), BUREAU,
        tells=("drafter",),
    ),
    Step(
        "report_up", N_("上报上级统计机构"), N_("已上报，等上级签收。"), ("closing",), "at_above",
        (REGISTRAR,), BUREAU, guards=(guards.has_above,), hint=N_("可以不报；市级没有硬性要求"),
    ),
    Step(
        "receive_above", N_("签收"), N_("已签收并办结。"), ("at_above",), "closed",
        (REGISTRAR,), ABOVE, tells=("drafter",),
    ),
    Step(
        "correct_above", N_("退回补正"), N_("已退回下级补正。"), ("at_above",), "closing",
        (REGISTRAR,), ABOVE, back=True, needs_note=True, hint=N_("写明要补什么"),
    ),
    # ------------------------------------------------------------ Fx: moved without a filing
    Step(
        "find", N_("登记未经报备的变动"), N_("已登记，请业务负责人下达整改通知。"), (), "ordering",
        FINDERS, BUREAU, makes=("filing",), asks=_FOUND,
        hint=N_("发现有人员变动没有报备"),
    ),
    Step(
        "order", N_("下达整改通知"), N_("整改通知已下达，补办期限已起算。"), ("ordering",),
        "rectifying", (SUPERVISOR,), BUREAU, papers=("correction_order_staff",),
        gives=("drafter",), tells=("drafter",),
    ),
    Step(
        "drop_finding", N_("不属于未报备"), N_("已撤销登记。"), ("ordering",), "withdrawn",
        (SUPERVISOR,), BUREAU, needs_note=True, hint=N_("核实后不是未经报备的变动"),
    ),
    Step(
        "complete", N_("补填内容"), N_("补填的内容已保存。"), ("rectifying",), None, CLERKS,
        UNIT, makes=("filing",), gives=("drafter",), asks=_WHAT,
    ),
    Step(
        "rectify", N_("报送补办材料"), N_("补办材料已报送。"), ("rectifying",), "arrived",
        (APPROVER,), UNIT, checks=("filing",), papers=("staff_filing",), tells=("drafter",),
        guards=(guards.complete, guards.has_bureau, guards.not_oneself),
    ),
)
# fmt: on

PAPERS = (
    PaperUse("staff_filing", ("draft", "signing", "rectifying"), UNIT_PEOPLE, UNIT),
    PaperUse("filing_receipt", ("arrived",), (REGISTRAR,)),
    PaperUse("consent_reply", ("opinion",), (SUPERVISOR,)),
    PaperUse("handover_list", ("handover",), UNIT_PEOPLE, UNIT),
    PaperUse("correction_order_staff", ("ordering",), (SUPERVISOR,)),
)
FLOW = Flow(
    kind="filing",
    label=N_("人员变动报备"),
    version=1,
    states=STATES,
    steps=STEPS,
    papers=PAPERS,
    group=N_("人员"),
    icon="users",
    sees=(Role.INSPECTOR, Role.TRAINER),
)
