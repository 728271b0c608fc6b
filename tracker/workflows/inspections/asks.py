"""The questions of the steps of an inspection, each asked once."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Ask, AskKind
from tracker.core.errors import N_
from tracker.workflows.inspections.models import CHANNELS, EXEMPTIONS

METHODS = {
    "site": N_("现场检查"),
    "papers": N_("书面检查"),
    "online": N_("网络核查"),
    "mixed": N_("现场检查和书面检查"),
}
MANNERS = {
    "direct": N_("直接送达"),
    "left": N_("留置送达"),
    "post": N_("邮寄送达"),
    "electronic": N_("电子送达"),
}
SIGNED = {"yes": N_("已核对并签名"), "refused": N_("拒绝签名")}
OBSTRUCTIONS = {
    "refused": N_("拒绝检查、拒绝提供资料"),
    "delayed": N_("拖延"),
    "hidden": N_("转移、隐匿、毁弃资料"),
    "threat": N_("威胁、暴力阻碍"),
    "false": N_("提供不真实的资料"),
}
REPLIES = {
    "answered": N_("已据实答复"),
    "refused": N_("拒不答复"),
    "false": N_("答复不实"),
}
RECUSAL_GROUNDS = {
    "kin": N_("与当事人有近亲属关系"),
    "interest": N_("与检查有直接利害关系"),
    "other": N_("其他可能影响公正的关系"),
}
DECISIONS = {"yes": N_("应当回避"), "no": N_("不必回避")}
# All must hold before a case is opened (统计执法监督检查办法 as circulated 2017, domain 3.2).
CRITERIA = {
    "actor": N_("有明确的行为人"),
    "act": N_("有违反统计法律、法规、规章的行为"),
    "liability": N_("依法应当追究法律责任"),
    "jurisdiction": N_("属于本机关职权范围和管辖范围"),
    "limitation": N_("在追究时效以内"),
}
NEW_CHANNELS = {k: v for k, v in CHANNELS.items() if k not in ("random", "directed")}

ON = Ask("on", N_("日期"), AskKind.DATE)
PLACE = Ask("place", N_("地点"), most=120)
AT_SITE = (
    Ask("at", N_("进入现场的时间"), AskKind.MOMENT),
    PLACE,
    Ask("received_by", N_("接待人及职务"), most=80),
    Ask("shown", N_("已出示统计执法证"), AskKind.YES),
    Ask("told", N_("已告知权利义务和申请回避的权利"), AskKind.YES),
)
EXEMPT = (
    Ask("exemption", N_("年度上限"), AskKind.CHOICE, choices=EXEMPTIONS),
    Ask("exemption_basis", N_("不计入的依据"), required=False,
        hint=N_("上级部署写文号，有违法线索写线索编号"), most=200),
)  # fmt: skip
UNSIGNED = (
    Ask("signed", N_("签名"), AskKind.CHOICE, choices=SIGNED),
    Ask("refusal", N_("拒绝签名的情况"), AskKind.LONG, required=False, most=1000),
    Ask("witness", N_("见证人"), required=False, hint=N_("拒绝签名时要写"), most=60),
)
SERVICE = (
    ON,
    Ask("manner", N_("送达方式"), AskKind.CHOICE, choices=MANNERS),
    Ask("received_by", N_("签收人"), required=False, most=60),
    Ask("witness", N_("见证人"), required=False, hint=N_("留置送达时要写"), most=60),
)

ORDER = (
    Ask("unit_name", N_("检查对象"), most=120),
    Ask("uscc", N_("统一社会信用代码"), required=False, most=18),
    Ask("region_code", N_("所在地区代码"), required=False, hint=N_("空着就是本单位所在地区"),
        most=12),
    Ask("channel", N_("检查类型"), AskKind.CHOICE, choices=NEW_CHANNELS),
    Ask("matter", N_("检查事项"), most=120),
    Ask("reason", N_("检查理由"), AskKind.LONG, most=2000),
    Ask("source_paper", N_("来源文件"), hint=N_("写明文号、线索编号"), most=120),
)  # fmt: skip
TEAM = (
    Ask("handler", N_("主办人员"), AskKind.OFFICER, role=Role.INSPECTOR),
    Ask("co_officer", N_("协办人员"), AskKind.OFFICER, role=Role.INSPECTOR),
)
ONE_OFFICER = (Ask("officer", N_("执法检查人员"), AskKind.OFFICER, role=Role.INSPECTOR),)
CHECK = (
    Ask("scope", N_("检查范围"), AskKind.LONG, hint=N_("报表、指标和时期"), most=1000),
    Ask("content", N_("检查内容"), AskKind.LONG, hint=N_("一行一项"), most=2000),
    Ask("method", N_("检查方式"), AskKind.CHOICE, choices=METHODS),
    Ask("from_on", N_("检查开始日期"), AskKind.DATE),
    Ask("to_on", N_("检查结束日期"), AskKind.DATE),
    *EXEMPT,
)
URGENT = (
    *AT_SITE,
    Ask("makeup_by", N_("补办批准的期限"), AskKind.DATE,
        hint=N_("法律没有规定天数，由本单位定")),
    *EXEMPT,
)  # fmt: skip
SITE_RECORD = (
    Ask("started_at", N_("开始时间"), AskKind.MOMENT),
    Ask("ended_at", N_("结束时间"), AskKind.MOMENT),
    PLACE,
    Ask("present", N_("在场人员及职务"), hint=N_("几个人用顿号分开"), most=200),
    Ask("recorder", N_("记录人"), most=60),
    Ask("findings", N_("检查情况"), AskKind.LONG, most=8000),
    *UNSIGNED,
)
INTERVIEW = (
    Ask("person", N_("被询问人"), most=60),
    Ask("post", N_("单位和职务"), most=80),
    Ask("paper_no", N_("证件号"), required=False, most=40),
    Ask("started_at", N_("开始时间"), AskKind.MOMENT),
    Ask("ended_at", N_("结束时间"), AskKind.MOMENT),
    PLACE,
    Ask("recorder", N_("记录人"), most=60),
    Ask("talk", N_("问答"), AskKind.LONG, hint=N_("一行一句，问：开头是问，答：开头是答"),
        most=12_000),
    *UNSIGNED,
)  # fmt: skip
INQUIRY = (
    *SERVICE,
    Ask("questions", N_("查询事项"), AskKind.LONG, hint=N_("一行一项"), most=4000),
    Ask("reply_by", N_("答复期限"), AskKind.DATE),
)
REPLY = (ON, Ask("reply", N_("答复情况"), AskKind.CHOICE, choices=REPLIES))
OBSTRUCTION = (
    Ask("at", N_("时间"), AskKind.MOMENT),
    Ask("kind", N_("情形"), AskKind.CHOICE, choices=OBSTRUCTIONS),
    Ask("person", N_("行为人及职务"), most=80),
    Ask("what", N_("经过"), AskKind.LONG, most=4000),
    Ask("witness", N_("见证人"), most=60),
)
RECUSAL = (
    Ask("officer", N_("申请谁回避"), AskKind.PERSON, role=Role.INSPECTOR),
    Ask("ground", N_("理由种类"), AskKind.CHOICE, choices=RECUSAL_GROUNDS),
)
RECUSED = (
    Ask("decision", N_("决定"), AskKind.CHOICE, choices=DECISIONS),
    Ask("replacement", N_("接替人员"), AskKind.OFFICER, required=False, role=Role.INSPECTOR,
        hint=N_("决定回避时要选")),
)  # fmt: skip
CORRECTION = (
    Ask("facts", N_("查明的事实"), AskKind.LONG, most=4000),
    Ask("basis", N_("依据"), AskKind.LONG, hint=N_("写明法律名称和条款"), most=1000),
    Ask("corrections", N_("要改正什么"), AskKind.LONG, hint=N_("一行一项"), most=2000),
    Ask("correct_by", N_("改正期限"), AskKind.DATE),
)
SUSPICION = (
    Ask("matter", N_("案由"), hint=N_("例如：提供不真实的统计资料"), most=80),
    Ask("facts", N_("涉嫌违法的事实"), AskKind.LONG, most=4000),
    Ask("criteria", N_("立案条件"), AskKind.CHOICES, choices=CRITERIA,
        hint=N_("五项都具备才能立案")),
    Ask("act_from", N_("行为开始之日"), AskKind.DATE),
    Ask("act_to", N_("行为终了之日"), AskKind.DATE),
    Ask("found_on", N_("发现之日"), AskKind.DATE),
)  # fmt: skip
RECHECK = (
    Ask("at", N_("复查时间"), AskKind.MOMENT),
    PLACE,
    Ask("findings", N_("复查情况"), AskKind.LONG, most=4000),
    *UNSIGNED,
)
PUBLISHED = (ON, Ask("site", N_("公示网站和栏目"), most=120))
TOLD = (
    ON,
    Ask("manner", N_("告知方式"), AskKind.CHOICE, choices=MANNERS),
    Ask("result", N_("告知内容"), AskKind.LONG, most=4000),
)
