"""Where a penalty case waits, for whom, and which clock runs meanwhile."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Side, State
from tracker.core.errors import N_

BUREAU = Side.BUREAU
# Where the case limit T02 runs, and can be extended.
LIMITED = (
    "investigating", "reporting", "weighing", "reviewing", "discussing", "noticed", "arranging",
    "summoned", "hearing", "proposing", "deciding",
)  # fmt: skip
# Where the decision stands and is being performed: money, remedies and publication go on here.
STANDING = ("performing", "demanded", "court", "court_trial", "court_refused", "court_objection",
            "finishing")  # fmt: skip
# The review organ's own limit is written down while the case goes its way.
_CARRIED = ("T17",)

# fmt: off
STATES = (
    State(
        "source", N_("案源"), BUREAU, Role.INSPECTOR, holder="handler", clock="T01", stage=1,
        does=N_("核对立案条件"),
    ),
    State(
        "opening", N_("立案审批"), BUREAU, Role.HEAD, clock="T01", stage=2, mark=N_("立案"),
        does=N_("审批立案"),
    ),
    State(
        "declining", N_("不予立案审批"), BUREAU, Role.HEAD, clock="T01",
        does=N_("审批不予立案"),
    ),
    State(
        "moving", N_("移送管辖审批（立案前）"), BUREAU, Role.HEAD, clock="T01",
        does=N_("审批移送管辖"),
    ),
    State(
        "investigating", N_("调查"), BUREAU, Role.INSPECTOR, holder="handler", clock="T02",
        stage=3, does=N_("两名执法人员调查取证"), requires=("opening",),
    ),
    State(
        "moving_case", N_("移送管辖审批"), BUREAU, Role.HEAD, clock="T02",
        does=N_("审批移送管辖"), requires=("opening",),
    ),
    State(
        "withdrawing", N_("撤案审批"), BUREAU, Role.HEAD, clock="T02",
        does=N_("审批撤案"), requires=("opening",),
    ),
    State(
        "suspended", N_("中止"), BUREAU, Role.HEAD, clock="T02",
        does=N_("中止情形消除后恢复调查；办案期限照走"), requires=("opening",),
    ),
    State(
        "reporting", N_("调查终结审批"), BUREAU, Role.SUPERVISOR, clock="T02", stage=4,
        mark=N_("调查终结"), does=N_("审批调查终结报告"), requires=("opening",),
    ),
    State(
        "weighing", N_("审理"), BUREAU, Role.INSPECTOR, holder="handler", clock="T02", stage=5,
        does=N_("法制审核、集体讨论，送达事先告知书"), requires=("opening", "report"),
    ),
    State(
        "reviewing", N_("法制审核"), BUREAU, Role.LEGAL_REVIEWER, clock="T02",
        does=N_("写法制审核意见"), requires=("opening", "report"),
    ),
    State(
        "discussing", N_("集体讨论"), BUREAU, Role.HEAD, clock="T02",
        does=N_("负责人集体讨论"), requires=("opening", "report"),
    ),
    State(
        "noticed", N_("事先告知"), BUREAU, Role.INSPECTOR, holder="handler", clock="T02",
        stage=6, does=N_("等当事人陈述、申辩或者要求听证"), requires=("opening", "report"),
    ),
    State(
        "arranging", N_("听证准备"), BUREAU, Role.SUPERVISOR, clock="T02",
        does=N_("确定听证日期和主持人"), requires=("opening", "report"),
    ),
    State(
        "summoned", N_("送达听证通知"), BUREAU, Role.INSPECTOR, holder="handler", clock="T02",
        does=N_("按时送达听证通知书"), requires=("opening", "report"),
    ),
    State(
        "hearing", N_("听证"), BUREAU, Role.LEGAL_REVIEWER, holder="presider", clock="T02",
        does=N_("主持听证"), requires=("opening", "report"),
    ),
    State(
        "proposing", N_("拟定处罚决定"), BUREAU, Role.INSPECTOR, holder="handler", clock="T02",
        does=N_("拟定处罚决定，报请审批"), requires=("opening", "report"),
    ),
    State(
        "deciding", N_("处罚决定审批"), BUREAU, Role.HEAD, clock="T02", stage=7,
        mark=N_("处罚决定"), does=N_("审批处罚决定"), requires=("opening", "report"),
    ),
    State(
        "unpunished", N_("送达不予处罚决定"), BUREAU, Role.INSPECTOR, holder="handler",
        no_clock=N_("不予处罚决定书的送达没有规定天数"), does=N_("送达不予处罚决定书并教育"),
        requires=("opening", "report", "decision"),
    ),
    State(
        "decided", N_("送达处罚决定"), BUREAU, Role.INSPECTOR, holder="handler", clock="T08",
        stage=8, mark=N_("送达"), does=N_("送达处罚决定书"),
        requires=("opening", "report", "decision"),
    ),
    State(
        "spot", N_("当场处罚"), BUREAU, Role.INSPECTOR, holder="handler",
        no_clock=N_("当场作出，当场交付"), does=N_("当场交付处罚决定书"),
    ),
    State(
        "spot_filing", N_("当场处罚备案"), BUREAU, Role.SUPERVISOR,
        no_clock=N_("法律没有规定备案的天数（行政处罚法第五十二条第三款）"),
        does=N_("核对当场处罚决定并备案"),
    ),
    State(
        "performing", N_("履行"), BUREAU, Role.REGISTRAR, carries=_CARRIED, stage=9,
        no_clock=N_("缴款期限自送达起算，已在走"), does=N_("登记缴款，办结履行"),
        requires=("decision",),
    ),
    State(
        "demanded", N_("催告"), BUREAU, Role.HEAD, clock="T21", carries=_CARRIED,
        does=N_("催告期满仍不履行的，申请强制执行"), requires=("decision",),
    ),
    State(
        "court", N_("法院受理审查"), BUREAU, Role.INSPECTOR, holder="handler", clock="T22",
        carries=_CARRIED, does=N_("登记法院是否受理"), requires=("decision", "demand"),
    ),
    State(
        "court_trial", N_("法院审查执行"), BUREAU, Role.INSPECTOR, holder="handler",
        clock="T22A", carries=_CARRIED, does=N_("登记法院的裁定"),
        requires=("decision", "demand"),
    ),
    State(
        "court_refused", N_("法院不予受理或者不予执行"), BUREAU, Role.HEAD, clock="T22C",
        carries=_CARRIED, does=N_("决定是否向上一级法院提出"), requires=("decision", "demand"),
    ),
    State(
        "court_objection", N_("上一级法院审查"), BUREAU, Role.INSPECTOR, holder="handler",
        carries=_CARRIED, no_clock=N_("上一级法院的裁定期限没有收录"),
        does=N_("登记上一级法院的裁定"), requires=("decision", "demand"),
    ),
    State(
        "finishing", N_("公示和报结"), BUREAU, Role.INSPECTOR, holder="handler",
        carries=_CARRIED, stage=10, mark=N_("公示"),
        no_clock=N_("公示期限自决定起算，已在走"), does=N_("公示处罚决定，报请结案"),
        requires=("decision",),
    ),
    State(
        "closing", N_("结案审批"), BUREAU, Role.HEAD, clock="OWN-CLOSECASE", stage=11,
        mark=N_("结案"), does=N_("审批结案"), requires=("decision",),
    ),
    State(
        "archiving", N_("立卷归档"), BUREAU, Role.REGISTRAR, clock="OWN-ARCHIVE", stage=12,
        mark=N_("归档"), does=N_("核对案卷目录并归档"), requires=("closing",),
    ),
    State("archived", N_("已归档"), final=True, stage=13, requires=("closing",)),
    State("declined", N_("不予立案"), final=True, requires=("declining",)),
    State("moved", N_("已移送管辖"), final=True, requires=("transfer",)),
)
# fmt: on
