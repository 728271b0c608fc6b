"""A gap against a staffing norm as a table: it is filled, or excused with reasons (domain 3.7 F5).

Most are opened and closed by the watch over the register; a person may do either by hand.
"""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Flow, Side, State, Step
from tracker.core.errors import N_
from tracker.workflows.vacancies import guards

BUREAU, ORIGIN = Side.BUREAU, Side.ORIGIN
SUPERVISOR, HEAD = Role.SUPERVISOR, Role.HEAD
OPENERS = (SUPERVISOR,)
OF_THE_PLACE = (Role.TOWNSHIP_CLERK, Role.LIAISON, Role.DEPT_APPROVER)
LETTER = "缺"
OPEN = ("short", "planned")

PLAN = (
    Ask("plan", N_("怎样补齐"), AskKind.LONG, most=1000),
    Ask("until", N_("计划补齐日期"), AskKind.DATE),
)

# One line of the table stays on as few lines of the file as it can be read on.
# fmt: off
STATES = (
    State(
        "short", N_("人员不足"), BUREAU, SUPERVISOR, clock="OWN-GAP", stage=1, mark=N_("发现"),
        does=N_("督促补齐，或者确定补缺计划"), outside=N_("人员不足，请补齐"),
    ),
    State(
        "planned", N_("按计划补缺"), BUREAU, SUPERVISOR, clock="OWN-GAPPLAN", stage=2,
        mark=N_("计划"), does=N_("督促落实补缺计划"), outside=N_("请按计划补齐"),
    ),
    State("filled", N_("已补齐"), final=True, stage=3, mark=N_("补齐"), outside=N_("已补齐")),
    State("excused", N_("说明理由，不再催补"), final=True, outside=N_("不再催补")),
)

STEPS = (
    Step(
        "open", N_("登记人员缺口"), N_("已登记，补缺期限已起算。"), (), "short", OPENERS, BUREAU,
        asks=(Ask("subject", N_("单位"), AskKind.CHOICE, picked=True),),
    ),
    Step(
        "set_plan", N_("确定补缺计划"), N_("补缺计划已确定。"), ("short",), "planned",
        (SUPERVISOR,), BUREAU, asks=PLAN, hint=N_("写明由谁补、哪一天补齐"),
    ),
    Step(
        "change_plan", N_("调整补缺计划"), N_("补缺计划已调整。"), ("planned",), None,
        (SUPERVISOR,), BUREAU, asks=PLAN, needs_note=True,
    ),
    Step(
        "urge", N_("催办"), N_("已通知该单位。"), OPEN, None, (SUPERVISOR,), BUREAU,
        guards=(guards.place_is_here,), hint=N_("通知该单位怎样补齐"),
    ),
    Step(
        "reply", N_("答复补缺情况"), N_("已答复统计机构。"), OPEN, None, OF_THE_PLACE, ORIGIN,
        asks=(Ask("answer", N_("补缺情况"), AskKind.LONG, most=1000),),
    ),
    Step(
        "fill", N_("已补齐"), N_("已补齐，缺口已了结。"), OPEN, "filled", (SUPERVISOR,), BUREAU,
        guards=(guards.norm_met,), hint=N_("登记里的在岗人员达到标准"),
    ),
    Step(
        "excuse", N_("不再催补"), N_("理由已记录，不再催补。"), OPEN, "excused", (HEAD,), BUREAU,
        needs_note=True, hint=N_("理由记录在案；缺口扩大的，会重新登记"),
    ),
)

# fmt: on
FLOW = Flow(
    kind="vacancy",
    label=N_("人员缺口"),
    version=1,
    states=STATES,
    steps=STEPS,
    area="vacancies",
    group=N_("人员"),
    icon="users",
    sees=(Role.INSPECTOR, Role.TRAINER),
)
