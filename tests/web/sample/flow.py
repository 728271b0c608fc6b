"""Opened by an inspector, worked on, decided by a head, served, closed."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Flow, PaperUse, Side, State, Step

BUREAU = Side.BUREAU
INSPECTOR, HEAD = (Role.INSPECTOR,), (Role.HEAD,)
MANNERS = {"hand": "直接送达", "post": "邮寄送达"}
ALL_KINDS = (
    Ask("where", "地点", most=20, hint="写到门牌"),
    Ask("findings", "检查情况", AskKind.LONG),
    Ask("day", "检查日期", AskKind.DATE),
    Ask("began", "开始时间", AskKind.MOMENT),
    Ask("fine", "拟罚款", AskKind.MONEY),
    Ask("ratio", "差错率", AskKind.NUMBER),
    Ask("times", "次数", AskKind.COUNT),
    Ask("manner", "方式", AskKind.CHOICE, choices=MANNERS),
    Ask("points", "要点", AskKind.CHOICES, choices={"a": "甲项", "b": "乙项", "c": "丙项"}),
    Ask("shown", "已出示证件", AskKind.YES),
    Ask("boss", "审批人", AskKind.PERSON, role=Role.HEAD),
    Ask("partner", "协办人员", AskKind.OFFICER, role=Role.INSPECTOR),
    Ask("remark", "备注", required=False),
    Ask("urgent", "加急", AskKind.YES, required=False),
)

# fmt: off
STATES = (
    State("working", "调查", BUREAU, Role.INSPECTOR, holder="handler", clock="L16", stage=1),
    State("deciding", "审批", BUREAU, Role.HEAD, no_clock="由负责人掌握", stage=2),
    State("serving", "送达", BUREAU, Role.INSPECTOR, holder="handler", clock="T01", stage=3),
    State("done", "办结", final=True, stage=4),
    State("dropped", "终止", final=True),
)
STEPS = (
    Step("start", "登记样案", "已登记。", (), "working", INSPECTOR, BUREAU, gives=("handler",),
         asks=(Ask("title", "案名", most=40), Ask("found", "发现日期", AskKind.DATE))),
    Step("report", "报送审批", "已报送。", ("working",), "deciding", INSPECTOR, BUREAU,
         part="handler", asks=ALL_KINDS),
    Step("drop", "终止", "已终止。", ("working",), "dropped", INSPECTOR, BUREAU, part="handler",
         needs_note=True),
    Step("decide", "批准", "已批准。", ("deciding",), "serving", HEAD, BUREAU,
         papers=("correction_order",)),
    Step("return", "退回", "已退回。", ("deciding",), "working", HEAD, BUREAU, back=True),
    Step("serve", "登记送达", "已送达。", ("serving",), "done", INSPECTOR, BUREAU, part="handler",
         proof="送达回证", asks=(Ask("on", "送达日期", AskKind.DATE),)),
)
# fmt: on
FLOW = Flow(
    kind="sample",
    label="样案",
    version=1,
    states=STATES,
    steps=STEPS,
    papers=(
        PaperUse("correction_order", ("deciding", "working"), (Role.INSPECTOR, Role.HEAD)),
        PaperUse("recheck_record", ("serving",), INSPECTOR),
    ),
    group="样案",
    icon="clipboard",
)
