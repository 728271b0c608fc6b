"""Fields that several kinds share, under one name each, and builders for the others."""

from __future__ import annotations

from dataclasses import replace

from tracker.core.documents.kinds.shape import Column, Field, FieldKind
from tracker.core.errors import N_


def line(name: str, label: str, *, hint: str = "") -> Field:
    """A required single line."""
    return Field(name, label, FieldKind.LINE, hint=hint)


def text(name: str, label: str, *, hint: str = "") -> Field:
    """A required text of several paragraphs."""
    return Field(name, label, FieldKind.TEXT, hint=hint)


def lines(name: str, label: str) -> Field:
    """A required list of single lines, numbered in print."""
    return Field(name, label, FieldKind.LINES)


def table(name: str, label: str, *columns: Column) -> Field:
    """A required table of at least one row."""
    return Field(name, label, FieldKind.TABLE, columns=columns)


def money(name: str, label: str) -> Field:
    """A required amount in yuan, two places."""
    return Field(name, label, FieldKind.MONEY)


def day(name: str, label: str) -> Field:
    """A required date."""
    return Field(name, label, FieldKind.DATE)


def moment(name: str, label: str) -> Field:
    """A required date with its time of day in Beijing."""
    return Field(name, label, FieldKind.MOMENT)


def people(name: str, label: str, *, least: int = 1) -> Field:
    """A required list of persons: name, number of the paper shown, post."""
    return Field(name, label, FieldKind.PEOPLE, least=least)


def optional(field: Field) -> Field:
    """The same field where the kind can do without it."""
    return replace(field, required=False)


# ---------------------------------------------------------------- the organ and its case

ORGAN = replace(line("organ", N_("机关名称")), filled=True)
DATED = replace(day("dated", N_("成文日期")), filled=True)
ISSUED = (ORGAN, DATED)
CASE_NUMBER = line("case_number", N_("案件编号"))
MATTER = line("matter", N_("案由"))
SOURCE = line("source", N_("案件来源"))
# 行政处罚法（2021）第四十二条：执法人员不得少于两人。
OFFICERS = people("officers", N_("执法人员及执法证号"), least=2)
HANDLERS = people("handlers", N_("承办人"), least=2)
CONTACT = line("contact", N_("联系人和电话"))
ORGAN_ADDRESS = line("organ_address", N_("机关地址"))

# ---------------------------------------------------------------- the party

PARTY_NAME = line("party_name", N_("当事人名称（姓名）"))
PARTY_USCC = line("party_uscc", N_("统一社会信用代码"))
PARTY_ADDRESS = line("party_address", N_("当事人地址（住所）"))
PARTY_PERSON = line("party_person", N_("法定代表人（负责人）"))
PARTY_PHONE = line("party_phone", N_("当事人联系电话"))
PARTY = (PARTY_NAME, optional(PARTY_USCC), PARTY_ADDRESS, optional(PARTY_PERSON))
PARTY_BRIEF = (PARTY_NAME, optional(PARTY_USCC))

# ---------------------------------------------------------------- what is said of it

FACTS = text("facts", N_("事实"))
EVIDENCE = lines("evidence", N_("证据"))
REASONS = text("reasons", N_("理由"))
BASIS = text("basis", N_("依据"))
COURSE = text("course", N_("办理经过"))
GRADE = text("grade", N_("裁量档次和理由"))
PROPOSAL = text("proposal", N_("承办意见"))
DISSENT = text("dissent", N_("不同意见"))
PENALTY = text("penalty", N_("处罚种类和内容"))
FINE = money("fine", N_("罚款数额"))
DECISION_NUMBER = line("decision_number", N_("处罚决定书文号"))
DECISION_DATE = day("decision_date", N_("处罚决定日期"))

FIGURES = table(
    "figures",
    N_("指标核对表"),
    Column("indicator", N_("指标"), 4),
    Column("unit", N_("计量单位")),
    Column("period", N_("报告期")),
    Column("reported", N_("上报数")),
    Column("due", N_("应报数")),
    Column("difference", N_("差额")),
    Column("ratio", N_("差错率")),
)

# ---------------------------------------------------------------- approvals, rights

APPROVALS = optional(
    table(
        "approvals",
        N_("审批意见"),
        Column("step", N_("环节")),
        Column("opinion", N_("意见"), 4),
        Column("name", N_("签名")),
        Column("on", N_("日期")),
    )
)
PLACE = line("place", N_("地点"))
STARTED_AT = moment("started_at", N_("开始时间"))
ENDED_AT = moment("ended_at", N_("结束时间"))
# 行政处罚法（2021）第五十九条第一款第五项：申请行政复议、提起行政诉讼的途径和期限。
REVIEW_ORGAN = line("review_organ", N_("行政复议机关"))
REVIEW_LIMIT = line("review_limit", N_("申请行政复议的期限"), hint=N_("如：60日"))
COURT = line("court", N_("有管辖权的人民法院"))
SUIT_LIMIT = line("suit_limit", N_("提起行政诉讼的期限"), hint=N_("如：6个月"))
REMEDIES = (REVIEW_ORGAN, REVIEW_LIMIT, COURT, SUIT_LIMIT)
REMEDY_TEXT = (
    "如不服本决定，可以自收到本决定书之日起{review_limit}内向{review_organ}申请行政复议，"
    "也可以自收到本决定书之日起{suit_limit}内依法向{court}提起行政诉讼。"
)
RECORD_FOOT = (
    "以上内容我已看过（已向我宣读），与实际情况相符。　　被询问人（当事人）签名：　　　　　　"
    "执法人员签名：　　　　　　　　　　　日期：　　　　"
)
