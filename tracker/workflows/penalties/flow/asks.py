"""Questions that several steps of a penalty case ask."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.benchmarks.model import ACT_LABELS, Act
from tracker.core.cases.flow import Ask, AskKind
from tracker.core.errors import N_
from tracker.core.registers.models import SUBJECT_LABELS
from tracker.workflows.penalties.rows import MANNERS

SUBJECTS = {s.value: label for s, label in SUBJECT_LABELS.items()}
# What a respondent is punished for; the rest of the law's list leads to other procedures.
ACTS = {
    act.value: ACT_LABELS[act]
    for act in (
        *(Act.UNTRUE, Act.INCOMPLETE, Act.REFUSED, Act.INQUIRY, Act.OBSTRUCTED, Act.RECORDS),
        *(Act.LATE, Act.NO_LEDGER, Act.CENSUS),
    )
}
SOURCES = {
    "report": N_("公众举报"),
    "department": N_("部门移送"),
    "handed_down": N_("上级交办"),
    "random": N_("随机抽查"),
    "directed": N_("专项检查"),
    "focused": N_("重点检查"),
    "inspection": N_("执法检查"),
    "media": N_("媒体反映"),
    "monitoring": N_("数据监测"),
    "bureau": N_("其他统计机构移送"),
}
_WITHOUT_NOTICE = {key: label for key, label in MANNERS.items() if key != "public"}


def on(label: str, *, required: bool = True, hint: str = "") -> Ask:
    """The day of the fact."""
    return Ask("on", label, AskKind.DATE, required=required, hint=hint)


def officer(name: str, label: str, *, required: bool = True, hint: str = "") -> Ask:
    """An inspector of the bureau with a certificate."""
    return Ask(name, label, AskKind.OFFICER, required=required, hint=hint, role=Role.INSPECTOR)


def service(day: str) -> tuple[Ask, ...]:
    """How a paper was served, on which day, and what that manner wants beside (民诉法 87 to 92)."""
    return (
        on(day),
        Ask("manner", N_("送达方式"), AskKind.CHOICE, choices=_WITHOUT_NOTICE),
        Ask("recipient", N_("受送达人或者签收人"), most=80),
        Ask("place", N_("送达地点"), most=120),
        Ask(
            "witness", N_("见证人"), required=False, most=80,
            hint=N_("拒绝签收、留置送达的必须写"),
        ),
        Ask("refusal", N_("拒收的情况"), required=False),
        Ask(
            "consented", N_("当事人已书面同意电子送达"), AskKind.YES, required=False,
            hint=N_("电子送达的必须勾选"),
        ),
    )  # fmt: skip


UNIT = (
    Ask("unit_name", N_("当事人名称"), most=120),
    Ask("uscc", N_("统一社会信用代码"), required=False, most=18),
    Ask("subject", N_("当事人类型"), AskKind.CHOICE, choices=SUBJECTS,
        hint=N_("国家机关和自然人不罚款")),
    Ask("address", N_("地址（住所）"), required=False),
    Ask("legal_person", N_("法定代表人（负责人）"), required=False, most=60),
    Ask("phone", N_("联系电话"), required=False, most=40),
    Ask("matter", N_("案由"), most=80, hint=N_("例如：提供不真实的统计资料")),
    Ask("facts", N_("主要事实"), AskKind.LONG, most=4000),
)  # fmt: skip

TRANSFER_GROUNDS = {
    "first_opened": N_("其他有管辖权的机关先立案"),
    "designated": N_("上级机关指定管辖"),
    "level": N_("级别管辖不归本机关"),
    "area": N_("地域管辖不归本机关"),
}
TRANSFER = (
    Ask("ground", N_("移送的理由"), AskKind.CHOICE, choices=TRANSFER_GROUNDS),
    Ask("to_organ", N_("移送给"), most=120),
    Ask("document", N_("指定管辖的文号"), required=False, hint=N_("指定管辖的必须写")),
)
MONEY_BACK = Ask("voucher", N_("缴款凭证号"), most=80)
