"""The yearly inspection plan as a table (domain 3.1, I0 to I2).

Read it from top to bottom: an inspector drafts, the head approves, two people draw under the eyes
of a monitor, the tasks are opened, and at the end of the year the plan is summed up and closed.
"""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Flow, PaperUse, Side, State, Step
from tracker.core.errors import N_
from tracker.workflows.plans import guards
from tracker.workflows.plans.items import ITEMS, STRATA
from tracker.workflows.plans.models import DIRECTED

BUREAU = Side.BUREAU
INSPECTOR, SUPERVISOR, HEAD = (Role.INSPECTOR,), (Role.SUPERVISOR,), (Role.HEAD,)
DRAWERS = (Role.INSPECTOR,)

# fmt: off
CONTENT = (
    Ask("year", N_("年度"), most=4, hint=N_("四位数字")),
    Ask("title", N_("计划名称"), required=False, most=80, hint=N_("一年有几份计划时填，便于区分")),
    Ask("aims", N_("总体要求"), AskKind.LONG, most=2000),
    Ask("basis", N_("依据"), AskKind.LONG, most=2000, hint=N_("写明文件名称和文号")),
    Ask("items", N_("检查事项"), AskKind.CHOICES, choices=ITEMS,
        hint=N_("只能选已公布的随机抽查事项")),
    Ask("check_from", N_("检查开始日期"), AskKind.DATE),
    Ask("check_to", N_("检查结束日期"), AskKind.DATE),
    *(
        Ask(f"count_{code}", kind.label, AskKind.COUNT, required=False,
            hint=N_("抽取个数，不抽就空着"))
        for code, kind in STRATA.items()
    ),
    Ask("counties", N_("先抽几个县（市、区）"), AskKind.COUNT, required=False,
        hint=N_("不分阶段抽取就空着")),
    Ask("townships", N_("每县再抽几个乡镇（街道）"), AskKind.COUNT, required=False,
        hint=N_("不分阶段抽取就空着")),
    Ask("teams", N_("检查组数"), AskKind.COUNT),
    Ask("team_size", N_("每组人数"), AskKind.COUNT, hint=N_("执法人员不少于两人")),
)
OBJECTS = (
    Ask("region_code", N_("按地区：区划代码"), required=False, most=12,
        hint=N_("6、9 或 12 位；空着就是本单位管辖的全部地区")),
    Ask("stratum", N_("按类别"), AskKind.CHOICE, required=False,
        choices={code: kind.label for code, kind in STRATA.items()}),
    Ask("above", N_("只加联网直报单位"), AskKind.YES, required=False),
    Ask("one", N_("或者加一个单位"), required=False, most=120,
        hint=N_("名录库里的名称或统一社会信用代码")),
    Ask("list", N_("或者粘贴名单"), AskKind.LONG, required=False, most=200_000,
        hint=N_("每行一家：单位名称、统一社会信用代码、区划代码、类别，用制表符或逗号隔开；有一行不对就都不加")),
)

STATES = (
    State(
        "drafted", N_("计划草拟"), BUREAU, Role.INSPECTOR, holder="drafter", mark=N_("草拟"),
        stage=1, does=N_("列检查对象和检查人员，提交审批"),
        no_clock=N_("草拟没有法定天数，全年的日期从批准起算"),
    ),
    State(
        "approval", N_("计划审批"), BUREAU, Role.HEAD, mark=N_("审批"), clock="OWN-PLAN",
        stage=2, does=N_("审批年度检查计划"),
    ),
    State(
        "approved", N_("待抽取"), BUREAU, Role.INSPECTOR, holder="drafter", mark=N_("批准"),
        clock="OWN-LOTS", stage=3, does=N_("定抽取人员，冻结名录"), requires=("plan",),
    ),
    State(
        "drawing", N_("随机抽取"), BUREAU, Role.INSPECTOR, holder="drawer", clock="OWN-LOTS",
        mark=N_("抽取"), stage=4, does=N_("当众产生种子并抽取"), requires=("plan",),
    ),
    State(
        "second", N_("第二抽取人确认"), BUREAU, Role.INSPECTOR, holder="second",
        clock="OWN-WITNESS", does=N_("核对重演结果并确认"),
    ),
    State(
        "monitoring", N_("监督确认"), BUREAU, Role.SUPERVISOR, holder="monitor",
        clock="OWN-WITNESS", stage=5, mark=N_("监督"), does=N_("核对抽取过程并确认"),
    ),
    State(
        "checking", N_("检查进行"), BUREAU, Role.INSPECTOR, holder="drafter", stage=6,
        mark=N_("检查"), does=N_("跟进检查任务，年底总结"), requires=("plan", "draw"),
        no_clock=N_("检查任务各有期限，全年的日期见时限"),
    ),
    State(
        "closing", N_("待办结"), BUREAU, Role.SUPERVISOR, clock="OWN-SUMMARY", stage=7,
        mark=N_("总结"), does=N_("核对总结并办结"),
    ),
    State("closed", N_("办结"), final=True, stage=8, requires=("plan", "draw", "summary")),
    State("dropped", N_("已作废"), final=True),
)

STEPS = (
    # ------------------------------------------------------------ I0: the draft
    Step(
        "draft", N_("起草检查计划"), N_("检查计划已建立。"), (), "drafted", INSPECTOR, BUREAU,
        makes=("plan",), gives=("drafter",), internal=True, asks=CONTENT,
    ),
    Step(
        "edit", N_("修改计划内容"), N_("修改已保存。"), ("drafted",), None, INSPECTOR, BUREAU,
        part="drafter", makes=("plan",), internal=True, asks=CONTENT,
        hint=N_("事项、数量、分组和时间"),
    ),
    Step(
        "add_objects", N_("添加检查对象"), N_("检查对象已添加。"), ("drafted",), None, INSPECTOR,
        BUREAU, part="drafter", makes=("plan",), internal=True, asks=OBJECTS,
        hint=N_("按地区和类别、逐个或粘贴名单"),
    ),
    Step(
        "remove_object", N_("移出检查对象"), N_("已移出名单。"), ("drafted",), None, INSPECTOR,
        BUREAU, part="drafter", makes=("plan",), internal=True, hint=N_("从名单里去掉一个单位"),
        asks=(Ask("object", N_("检查对象"), most=120, hint=N_("单位名称或统一社会信用代码")),),
    ),
    Step(
        "add_officers", N_("添加检查人员"), N_("检查人员已添加。"), ("drafted",), None, INSPECTOR,
        BUREAU, part="drafter", makes=("plan",), internal=True, hint=N_("从持有执法证的人员里选"),
        asks=(
            Ask("all", N_("全部持证人员"), AskKind.YES, required=False),
            Ask("officer", N_("或者加一名"), AskKind.OFFICER, required=False,
                role=Role.INSPECTOR),
        ),
    ),
    Step(
        "remove_officer", N_("移出检查人员"), N_("已移出名单。"), ("drafted",), None, INSPECTOR,
        BUREAU, part="drafter", makes=("plan",), internal=True, hint=N_("从名单里去掉一人"),
        asks=(Ask("officer", N_("检查人员"), AskKind.OFFICER, role=Role.INSPECTOR),),
    ),
    Step(
        "list_directed", N_("列入专项检查"), N_("已列入计划。"),
        ("drafted", "approved", "checking"), None, INSPECTOR, BUREAU, part="drafter", internal=True,
        hint=N_("专项、重点检查和线索核查不抽取，只列出"),
        asks=(
            Ask("kind", N_("种类"), AskKind.CHOICE, choices=DIRECTED),
            Ask("target", N_("检查对象或范围")),
            Ask("reason", N_("理由"), most=400),
            Ask("months", N_("时间"), most=40, hint=N_("例如 3 月至 5 月")),
        ),
    ),
    Step(
        "submit", N_("提交审批"), N_("已提交负责人审批。"), ("drafted",), "approval", INSPECTOR,
        BUREAU, part="drafter", makes=("plan",), internal=True,
        guards=(guards.complete, guards.officers_enough),
        hint=N_("由单位负责人审批，起草人不能审批"),
    ),
    Step(
        "drop", N_("作废草稿"), N_("检查计划已作废。"), ("drafted",), "dropped", INSPECTOR, BUREAU,
        part="drafter", needs_note=True, internal=True, hint=N_("作废后不能恢复"),
    ),
    # ------------------------------------------------------------ I1: approval
    Step(
        "approve", N_("批准计划"), N_("检查计划已批准。"), ("approval",), "approved", HEAD, BUREAU,
        checks=("plan",), tells=("drafter",), internal=True, hint=N_("批准后冻结名录、组织抽取"),
    ),
    Step(
        "send_back", N_("退回修改"), N_("已退回起草人。"), ("approval",), "drafted", HEAD, BUREAU,
        back=True, needs_note=True, tells=("drafter",), internal=True, hint=N_("写明要改什么"),
    ),
    Step(
        "amend", N_("调整计划"), N_("已转回草拟，调整后须重新审批。"), ("approved",), "drafted",
        INSPECTOR, BUREAU, part="drafter", back=True, needs_note=True, internal=True,
        hint=N_("增减对象、人员或数量，须重新审批"),
    ),
    Step(
        "call_off", N_("取消计划"), N_("检查计划已取消。"), ("approved",), "dropped", HEAD, BUREAU,
        needs_note=True, tells=("drafter",), internal=True,
        hint=N_("抽取以前可以取消"),
    ),
    Step(
        "hand_on", N_("改由他人承办"), N_("已改由他人承办。"), ("drafted", "approved", "checking"),
        None, SUPERVISOR, BUREAU, gives=("drafter",), needs_note=True, tells=("drafter",),
        internal=True, hint=N_("原承办人随即看不到本计划"),
        asks=(Ask("drafter", N_("承办人"), AskKind.PERSON, role=Role.INSPECTOR),),
    ),
    # ------------------------------------------------------------ I2: the draw
    Step(
        "recuse", N_("登记回避声明"), N_("回避声明已登记。"), ("approved", "drawing"), None,
        INSPECTOR, BUREAU, part="drafter", internal=True,
        hint=N_("检查人员与某个对象有利害关系"),
        asks=(
            Ask("officer", N_("检查人员"), AskKind.OFFICER, role=Role.INSPECTOR),
            Ask("unit", N_("回避的单位"), hint=N_("名单里的单位名称或统一社会信用代码")),
            Ask("reason", N_("回避理由"), AskKind.LONG, most=400),
        ),
    ),
    Step(
        "freeze", N_("冻结名录"), N_("名录已冻结，可以抽取。"), ("approved",), "drawing", INSPECTOR,
        BUREAU, part="drafter", gives=("drawer", "second", "monitor"), internal=True,
        tells=("second", "monitor"),
        papers=("annual_plan",), hint=N_("定两名抽取人和一名监督人，名录从此不变"),
        asks=(
            Ask("drawer", N_("抽取人"), AskKind.PERSON, role=Role.INSPECTOR),
            Ask("second", N_("第二抽取人"), AskKind.PERSON, role=Role.INSPECTOR),
            Ask("monitor", N_("监督人"), AskKind.PERSON, role=Role.SUPERVISOR,
                hint=N_("不能是抽取人，也不参加抽取")),
            Ask("first_day", N_("本轮检查开始日期"), AskKind.DATE),
            Ask("last_day", N_("本轮检查结束日期"), AskKind.DATE,
                hint=N_("执法证须在此期间每天有效")),
        ),
    ),
    Step(
        "unfreeze", N_("放弃冻结的名录"), N_("名录已放开，须重新冻结。"), ("drawing",), "approved",
        INSPECTOR, BUREAU, part="drawer", back=True, needs_note=True, tells=("drafter",),
        internal=True, hint=N_("抽取以前名录有变化时用"),
    ),
    Step(
        "draw_lots", N_("抽取"), N_("已抽取，等第二抽取人确认。"), ("drawing",), "second",
        DRAWERS, BUREAU, part="drawer", makes=("draw",), guards=(guards.frame_still_holds,),
        tells=("drafter", "monitor"), internal=True,
        hint=N_("录入当众产生的种子，一次有效"),
        asks=(
            Ask("seed", N_("种子"), most=80,
                hint=N_("例如当众掷骰六次的点数，或当天公布的开奖号码")),
            Ask("seed_source", N_("种子怎么产生的"), most=200),
            Ask("place", N_("抽取地点"), most=120),
        ),
    ),
    Step(
        "recuse_drawn", N_("抽中人员回避"), N_("已由下一名抽中人员替换。"), ("second",), None,
        DRAWERS, BUREAU, part="drawer", makes=("draw",), internal=True,
        hint=N_("种子不变，下一名抽中的人接替"),
        asks=(
            Ask("officer", N_("检查人员"), AskKind.OFFICER, role=Role.INSPECTOR),
            Ask("unit", N_("回避的单位"), hint=N_("名单里的单位名称或统一社会信用代码")),
            Ask("reason", N_("回避理由"), AskKind.LONG, most=400),
        ),
    ),
    Step(
        "confirm_draw", N_("确认抽取结果"), N_("已确认，等监督人确认。"), ("second",),
        "monitoring", DRAWERS, BUREAU, part="second", checks=("draw",),
        guards=(guards.replays_the_same,), internal=True, hint=N_("按记录重演一遍，结果须相同"),
    ),
    Step(
        "refuse_draw", N_("不确认，作废重抽"), N_("本次抽取已作废，编号保留。"), ("second",),
        "approved", DRAWERS, BUREAU, part="second", back=True, needs_note=True,
        tells=("drafter", "drawer"), internal=True, hint=N_("写明哪里不对"),
    ),
    Step(
        "witness", N_("监督确认"), N_("抽取结果已确认，检查任务已下达。"), ("monitoring",),
        "checking", SUPERVISOR, BUREAU, part="monitor", checks=("draw",),
        guards=(guards.replays_the_same, guards.nobody_drawn_meanwhile), internal=True,
        tells=("drafter", "drawer"), hint=N_("确认后按抽取结果下达检查任务"),
    ),
    Step(
        "reject_draw", N_("不确认，作废重抽"), N_("本次抽取已作废，编号保留。"), ("monitoring",),
        "approved", SUPERVISOR, BUREAU, part="monitor", back=True, needs_note=True,
        tells=("drafter", "drawer"), internal=True, hint=N_("写明哪里不对"),
    ),
    # ------------------------------------------------------------ the year and its end
    Step(
        "summarise", N_("提交年度总结"), N_("总结已提交，等负责人办结。"), ("checking",),
        "closing", INSPECTOR, BUREAU, part="drafter", makes=("summary",), internal=True,
        guards=(guards.tasks_ended,), papers=("draw_record",),
        hint=N_("全部检查任务办结以后提交"),
        asks=(Ask("summary", N_("年度总结"), AskKind.LONG, most=4000),),
    ),
    Step(
        "close", N_("办结计划"), N_("检查计划已办结。"), ("closing",), "closed", SUPERVISOR, BUREAU,
        checks=("summary",), tells=("drafter",), internal=True,
        hint=N_("办结后本单位登记员等也能看到"),
    ),
    Step(
        "return_summary", N_("退回重写总结"), N_("已退回承办人。"), ("closing",), "checking",
        SUPERVISOR, BUREAU, back=True, needs_note=True, tells=("drafter",), internal=True,
        hint=N_("写明哪里不妥"),
    ),
)

PAPERS = (
    PaperUse("annual_plan", ("approved",), INSPECTOR),
    PaperUse("draw_record", ("checking",), INSPECTOR),
)
# fmt: on
FLOW = Flow(
    kind="plan",
    label=N_("检查计划"),
    version=1,
    states=STATES,
    steps=STEPS,
    papers=PAPERS,
    area="plans",
    group=N_("检查"),
    icon="clipboard",
)
