"""C0 and C1: the source, the five criteria, opening, declining, another organ's jurisdiction."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind, Step
from tracker.core.errors import N_
from tracker.workflows.penalties.flow.asks import (
    ACTS,
    SOURCES,
    TRANSFER,
    UNIT,
    officer,
    on,
)
from tracker.workflows.penalties.flow.states import BUREAU
from tracker.workflows.penalties.guards import team

# 统计执法监督检查办法 as circulated in 2017 (domain 3.2): all five must hold.
CRITERIA = {
    "actor": N_("有明确的行为人"),
    "conduct": N_("有违反统计法律、法规、规章的行为"),
    "liability": N_("依法应当追究责任"),
    "jurisdiction": N_("属于本机关职权范围，由本机关管辖"),
    "in_time": N_("没有超过追究时限"),
}
DECLINE_GROUNDS = {
    "no_actor": N_("没有明确的行为人"),
    "no_conduct": N_("没有违反统计法律、法规、规章的行为"),
    "no_liability": N_("依法不应当追究责任"),
    "out_of_time": N_("超过追究时限"),
    "decided": N_("已经作出处理"),
}
LEVELS = {"own": N_("归本级管辖"), "other": N_("归上级或者下级管辖")}
AREAS = {"own": N_("违法行为发生在本地"), "other": N_("违法行为发生在其他地方")}


def _criteria() -> tuple[Ask, ...]:
    found: list[Ask] = []
    for name, label in CRITERIA.items():
        found.append(Ask(name, label, AskKind.YES))
        found.append(Ask(f"{name}_why", N_("理由"), hint=label))
    return tuple(found)


# fmt: off
STEPS = (
    Step(
        "register", N_("登记案源"), N_("案源已登记。"), (), "source", (Role.REGISTRAR,), BUREAU,
        gives=("handler",), internal=True,
        asks=(
            *UNIT,
            Ask("source", N_("案件来源"), AskKind.CHOICE, choices=SOURCES),
            Ask("source_from", N_("来源单位和文号"), required=False),
            Ask("found_on", N_("发现违法行为的日期"), AskKind.DATE),
            Ask("act_from", N_("违法行为开始日期"), AskKind.DATE, required=False),
            Ask("act_to", N_("违法行为终了日期"), AskKind.DATE, required=False),
            officer("handler", N_("承办人")),
        ),
    ),
    Step(
        "take_over", N_("接收案源"), N_("案源已接收。"), (), "source",
        (Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD, Role.REGISTRAR), BUREAU,
        gives=("handler",), internal=True,
    ),
    Step(
        "spot", N_("当场处罚"), N_("已登记当场处罚，请签发决定书。"), (), "spot",
        (Role.INSPECTOR,), BUREAU, gives=("handler", "co_officer"), makes=("spot", "decision"),
        internal=True,
        asks=(
            *UNIT,
            Ask("act", N_("违法行为"), AskKind.CHOICE, choices=ACTS),
            Ask("act_to", N_("违法行为日期"), AskKind.DATE),
            Ask("warning", N_("警告"), AskKind.YES, required=False),
            Ask("fine", N_("罚款（元）"), AskKind.MONEY, required=False,
                hint=N_("警告或者小额罚款才能当场处罚")),
            officer("co_officer", N_("另一名执法人员")),
        ),
    ),
    Step(
        "propose_opening", N_("报请立案"), N_("已报单位负责人审批立案。"), ("source",), "opening",
        (Role.INSPECTOR,), BUREAU, part="handler", gives=("co_officer",), makes=("opening",),
        internal=True, hint=N_("五项条件逐项核对，都具备才立案"),
        asks=(
            *_criteria(),
            Ask("found_on", N_("发现违法行为的日期"), AskKind.DATE),
            Ask("act_to", N_("违法行为终了日期"), AskKind.DATE,
                hint=N_("连续或者继续的，写终了之日")),
            Ask("graver", N_("涉及公民生命健康安全、金融安全且有危害后果"), AskKind.YES,
                required=False, hint=N_("追究时限较长")),
            Ask("level", N_("级别管辖"), AskKind.CHOICE, choices=LEVELS),
            Ask("area", N_("地域管辖"), AskKind.CHOICE, choices=AREAS),
            officer("co_officer", N_("协办人"), hint=N_("执法人员不得少于两人")),
        ),
    ),
    Step(
        "propose_declining", N_("报请不予立案"), N_("已报单位负责人审批不予立案。"), ("source",),
        "declining", (Role.INSPECTOR,), BUREAU, part="handler", makes=("declining",),
        needs_note=True, internal=True,
        asks=(Ask("ground", N_("不予立案的理由"), AskKind.CHOICE, choices=DECLINE_GROUNDS),),
        hint=N_("符合条件而不立案要追究责任"),
    ),
    Step(
        "propose_transfer", N_("报请移送管辖"), N_("已报单位负责人审批移送管辖。"), ("source",),
        "moving", (Role.INSPECTOR,), BUREAU, part="handler", makes=("transfer",),
        needs_note=True, internal=True, asks=TRANSFER, hint=N_("不归本机关管辖的"),
    ),
    Step(
        "approve_opening", N_("批准立案"), N_("已立案，办案期限起算。"), ("opening",),
        "investigating", (Role.HEAD,), BUREAU, checks=("opening",),
        guards=(team.head_apart, team.both_certified), papers=("opening_approval",),
        starts=("T02", "T03"), tells=("handler", "co_officer"), internal=True,
        asks=(on(N_("立案日期"), required=False, hint=N_("不填为今天")),),
        hint=N_("办案人员不能审批"),
    ),
    Step(
        "return_opening", N_("退回案源"), N_("已退回承办人。"), ("opening",), "source",
        (Role.HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
        hint=N_("写明理由"),
    ),
    Step(
        "approve_declining", N_("批准不予立案"), N_("已批准不予立案。"), ("declining",),
        "declined", (Role.HEAD,), BUREAU, checks=("declining",), guards=(team.head_apart,),
        papers=("declining_approval",), tells=("handler",), internal=True,
        asks=(Ask("informed", N_("怎样告知来源单位或者举报人")),),
        hint=N_("须告知来源单位或者举报人"),
    ),
    Step(
        "return_declining", N_("退回案源"), N_("已退回承办人。"), ("declining",), "source",
        (Role.HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
        hint=N_("写明理由"),
    ),
    Step(
        "approve_transfer", N_("批准移送"), N_("已移送有管辖权的机关。"), ("moving",), "moved",
        (Role.HEAD,), BUREAU, checks=("transfer",), guards=(team.head_apart,),
        papers=("jurisdiction_transfer",), tells=("handler",), internal=True,
        asks=(on(N_("移送日期"), required=False, hint=N_("不填为今天")),),
    ),
    Step(
        "return_transfer", N_("退回案源"), N_("已退回承办人。"), ("moving",), "source",
        (Role.HEAD,), BUREAU, back=True, needs_note=True, tells=("handler",), internal=True,
        hint=N_("写明理由"),
    ),
)
# fmt: on
