"""The training year as a table (domain 3.8, Y0 to Y7; the sessions are cases of their own).

Read it from top to bottom: the trainer writes down needs and plans the year's trainings, the head
approves them with their budget, sessions are opened line by line, and after the year the trainer
sets what was planned beside what was done, which another person checks.
"""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Flow, PaperUse, Side, State, Step
from tracker.core.errors import N_
from tracker.core.staff.models import AUDIENCES, TRAINING_LABELS
from tracker.workflows.programmes import guards

BUREAU = Side.BUREAU
TRAINER, SUPERVISOR, HEAD = (Role.TRAINER,), (Role.SUPERVISOR,), (Role.HEAD,)

# fmt: off
LINE = (
    Ask("kind", N_("培训种类"), AskKind.CHOICE,
        choices={kind.value: label for kind, label in TRAINING_LABELS.items()}),
    Ask("title", N_("培训名称"), most=120),
    Ask("audience", N_("培训对象"), AskKind.CHOICE, choices=AUDIENCES),
    Ask("month", N_("月份"), AskKind.COUNT, hint=N_("1 至 12，首期开班的月份")),
    Ask("times", N_("期数"), AskKind.COUNT),
    Ask("hours", N_("每期学时"), AskKind.NUMBER),
    Ask("people", N_("每期人数"), AskKind.COUNT),
    Ask("budget", N_("经费"), AskKind.MONEY, required=False, hint=N_("本项各期合计")),
    Ask("purpose", N_("为哪项工作"), required=False, most=200,
        hint=N_("例如经济普查、新的报表制度，没有就空着")),
)
WHICH = Ask("line", N_("培训项目"), AskKind.CHOICE, picked=True)
NEEDS = Ask("needs", N_("培训需求"), AskKind.LONG, most=4000,
            hint=N_("新任人员、学时不足和尚未覆盖的培训，见“培训需求”"))

STATES = (
    State(
        "drafting", N_("拟订计划"), BUREAU, Role.TRAINER, clock="OWN-PLANDRAFT", stage=1,
        mark=N_("拟订"), does=N_("写明需求，列出培训项目，报请审批"),
    ),
    State(
        "approving", N_("审批计划"), BUREAU, Role.HEAD, clock="OWN-PLANAPPROVE", stage=2,
        mark=N_("审批"), does=N_("审批年度培训计划和经费"),
    ),
    State(
        "running", N_("组织实施"), BUREAU, Role.TRAINER, stage=3, mark=N_("实施"),
        does=N_("按计划开班"), requires=("plan",),
        no_clock=N_("各期培训各有期限，全年的日期见时限"),
    ),
    State(
        "summing", N_("年度总结"), BUREAU, Role.TRAINER, clock="OWN-PLANSUM", stage=4,
        mark=N_("总结"), does=N_("对照计划写年度总结"), requires=("plan",),
    ),
    State(
        "checking", N_("审核总结"), BUREAU, Role.SUPERVISOR, clock="OWN-PLANCHECK", stage=5,
        mark=N_("审核"), does=N_("核对总结并办结"), requires=("plan",),
    ),
    State("closed", N_("办结"), final=True, stage=6, requires=("plan", "summary")),
)

STEPS = (
    # ------------------------------------------------------------ Y0: needs and plan
    Step(
        "draft", N_("建立年度培训计划"), N_("年度培训计划已建立。"), (), "drafting", TRAINER,
        BUREAU, makes=("plan",), internal=True,
        asks=(Ask("year", N_("年度"), AskKind.CHOICE, picked=True),),
    ),
    Step(
        "write_needs", N_("写明培训需求"), N_("培训需求已保存。"), ("drafting",), None, TRAINER,
        BUREAU, makes=("plan",), internal=True, asks=(NEEDS,),
        hint=N_("按名册上的情况填好，可以修改"),
    ),
    Step(
        "add_line", N_("增加培训项目"), N_("培训项目已增加。"), ("drafting",), None, TRAINER,
        BUREAU, makes=("plan",), internal=True, asks=LINE,
        hint=N_("种类、对象、期数、学时、人数和经费"),
    ),
    Step(
        "change_line", N_("修改培训项目"), N_("修改已保存。"), ("drafting",), None, TRAINER, BUREAU,
        makes=("plan",), internal=True, asks=(WHICH, *LINE), guards=(guards.has_lines,),
        hint=N_("在“培训项目”里点“修改”，会填好原来的内容"),
    ),
    Step(
        "remove_line", N_("删去培训项目"), N_("培训项目已删去。"), ("drafting",), None, TRAINER,
        BUREAU, makes=("plan",), internal=True, asks=(WHICH,), guards=(guards.has_lines,),
        hint=N_("已经开班的项目不能删"),
    ),
    Step(
        "submit", N_("报请审批"), N_("已报请负责人审批。"), ("drafting",), "approving", TRAINER,
        BUREAU, makes=("plan",), internal=True,
        guards=(guards.has_lines, guards.needs_written, guards.general_planned),
        hint=N_("由单位负责人审批，拟订人不能审批"),
    ),
    # ------------------------------------------------------------ Y1: approval
    Step(
        "approve", N_("批准计划"), N_("年度培训计划已批准。"), ("approving",), "running", HEAD,
        BUREAU, checks=("plan",), internal=True, papers=("training_plan",),
        hint=N_("批准以后按计划开班"),
        asks=(
            Ask("budget", N_("批准的经费"), AskKind.MONEY, hint=N_("不少于各项经费合计")),
        ),
    ),
    Step(
        "send_back", N_("退回修改"), N_("已退回修改。"), ("approving",), "drafting", HEAD, BUREAU,
        back=True, needs_note=True, internal=True, hint=N_("写明要改什么"),
    ),
    # ------------------------------------------------------------ Y2 to Y6: the year
    Step(
        "open_session", N_("开班"), N_("培训班已建立，见“关联”。"), ("running",), None, TRAINER,
        BUREAU, internal=True, asks=(WHICH,), guards=(guards.has_lines,),
        hint=N_("按计划里的一项建立一期培训班"),
    ),
    Step(
        "record_general", N_("登记已办的全员培训"), N_("已登记，全年的任务已经完成。"),
        ("running",), None, TRAINER, BUREAU, internal=True, needs_note=True,
        guards=(guards.general_wanting,), proof=N_("培训通知或者签到表"),
        hint=N_("没有在本系统开班的，凭通知或者签到表登记"),
        asks=(Ask("on", N_("举办日期"), AskKind.DATE),),
    ),
    Step(
        "amend", N_("调整计划"), N_("已转回拟订，调整后须重新审批。"), ("running",), "drafting",
        TRAINER, BUREAU, back=True, needs_note=True, internal=True,
        hint=N_("增减项目、人数或经费，须重新审批"),
    ),
    Step(
        "finish", N_("结束全年培训"), N_("全年培训已结束，请写总结。"), ("running",), "summing",
        TRAINER, BUREAU, internal=True, guards=(guards.sessions_over, guards.duty_met),
        hint=N_("各期培训都办结以后"),
    ),
    # ------------------------------------------------------------ Y7: the end of the year
    Step(
        "summarise", N_("报送总结"), N_("总结已报送审核。"), ("summing",), "checking", TRAINER,
        BUREAU, makes=("summary",), internal=True, hint=N_("对照计划写明完成情况"),
        asks=(
            Ask("summary", N_("年度总结"), AskKind.LONG, most=4000),
            Ask("undone", N_("未完成的事项和原因"), AskKind.LONG, required=False, most=2000),
            Ask("next_year", N_("下一年度打算"), AskKind.LONG, required=False, most=2000),
            Ask("spent", N_("实际经费"), AskKind.MONEY, required=False),
        ),
    ),
    Step(
        "reopen", N_("继续培训"), N_("已转回组织实施。"), ("summing",), "running", TRAINER, BUREAU,
        back=True, needs_note=True, internal=True, hint=N_("还要补办培训时用"),
    ),
    Step(
        "close", N_("审核办结"), N_("年度培训计划已办结。"), ("checking",), "closed", SUPERVISOR,
        BUREAU, checks=("summary",), internal=True, papers=("training_year_summary",),
        hint=N_("撰写总结的人不能审核"),
    ),
    Step(
        "return_summary", N_("退回重写总结"), N_("总结已退回。"), ("checking",), "summing",
        SUPERVISOR, BUREAU, back=True, needs_note=True, internal=True, hint=N_("写明哪里不妥"),
    ),
)

PAPERS = (
    PaperUse("training_plan", ("approving", "running"), (Role.TRAINER, Role.HEAD)),
    PaperUse("training_year_summary", ("checking",), (Role.TRAINER, Role.SUPERVISOR)),
)
# fmt: on
FLOW = Flow(
    kind="programme",
    label=N_("年度培训计划"),
    version=1,
    states=STATES,
    steps=STEPS,
    papers=PAPERS,
    group=N_("培训"),
    icon="book",
    sees=(Role.TRAINER, Role.INSPECTOR),
)
