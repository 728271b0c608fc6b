"""Documents after the decision, and of what a case leads to (domain 3.2 to 3.6, 8.2)."""

from __future__ import annotations

from tracker.core.documents.kinds.common import (
    APPROVALS,
    BASIS,
    CASE_NUMBER,
    CONTACT,
    COURSE,
    DECISION_DATE,
    DECISION_NUMBER,
    EVIDENCE,
    FACTS,
    HANDLERS,
    ISSUED,
    MATTER,
    ORGAN,
    ORGAN_ADDRESS,
    PARTY,
    PARTY_NAME,
    PARTY_PERSON,
    PARTY_USCC,
    PROPOSAL,
    REASONS,
    REMEDIES,
    REMEDY_TEXT,
    day,
    line,
    lines,
    money,
    optional,
    table,
    text,
)
from tracker.core.documents.kinds.shape import Column, Kind, Layout
from tracker.core.errors import N_

_TO = line("addressee", N_("受文机关"))
_ATTACHED = lines("attached", N_("附件"))

KINDS = (
    Kind(
        "instalment_approval",
        N_("延期（分期）缴纳罚款审批表"),
        None,
        Layout.FORM,
        (
            ORGAN,
            CASE_NUMBER,
            PARTY_NAME,
            DECISION_NUMBER,
            DECISION_DATE,
            money("fine", N_("罚款数额")),
            day("asked_on", N_("申请日期")),
            text("reasons", N_("申请理由")),
            table(
                "plan",
                N_("缴纳安排"),
                Column("no", N_("期次"), 1),
                Column("due", N_("缴纳期限"), 3),
                Column("amount", N_("金额（元）"), 3),
            ),
            HANDLERS,
            PROPOSAL,
            APPROVALS,
        ),
        N_("行政处罚法第六十六条第二款"),
    ),
    Kind(
        "demand",
        N_("履行行政处罚决定催告书"),
        "催字",
        Layout.LETTER,
        (
            PARTY_NAME,
            DECISION_NUMBER,
            DECISION_DATE,
            day("served_on", N_("决定书送达日期")),
            text("obligation", N_("应履行的义务")),
            optional(money("fine", N_("罚款数额"))),
            optional(money("surcharge", N_("加处罚款数额"))),
            line("within", N_("履行期限"), hint=N_("如：自收到之日起10个工作日内")),
            line("manner", N_("履行方式")),
            text("rights", N_("陈述和申辩的权利")),
            BASIS,
            CONTACT,
            *ISSUED,
        ),
        N_("行政强制法第五十四条、第三十五条"),
        body="""@ {party_name}：
我机关于{decision_date}作出{decision_number}行政处罚决定，已于{served_on}送达。你（单位）至今未履行下列义务：
{obligation}
未缴罚款：{fine}。
加处罚款：{surcharge}。
根据{basis}，请你（单位）{within}履行上述义务。履行方式：{manner}。
{rights}
逾期仍未履行的，我机关将依法申请人民法院强制执行。
联系人和电话：{contact}。""",
    ),
    Kind(
        "court_application",
        N_("强制执行申请书"),
        "执字",
        Layout.DECISION,
        (
            line("court", N_("受理的人民法院")),
            ORGAN_ADDRESS,
            line("organ_head", N_("申请机关负责人")),
            *PARTY,
            DECISION_NUMBER,
            DECISION_DATE,
            day("served_on", N_("决定书送达日期")),
            text("obligation", N_("申请执行的标的")),
            FACTS,
            BASIS,
            text("demanded", N_("催告情况和当事人意见")),
            lines("attached", N_("提交的材料")),
            CONTACT,
            *ISSUED,
        ),
        N_("行政强制法第五十三条至第五十五条"),
        body="""@ {court}：
申请人：{organ}
地址：{organ_address}
负责人：{organ_head}
被申请人：{party_name}
统一社会信用代码：{party_uscc}
地址（住所）：{party_address}
法定代表人（负责人）：{party_person}
# 一、申请执行的标的
{obligation}
# 二、行政处罚决定及事实、理由和依据
我机关于{decision_date}作出{decision_number}行政处罚决定，已于{served_on}送达被申请人。
{facts}
{basis}
被申请人在法定期限内不申请行政复议、不提起行政诉讼，又不履行行政处罚决定。
# 三、催告情况和当事人意见
{demanded}
# 四、提交的材料
{attached}
联系人和电话：{contact}。""",
        closing=("申请机关负责人签名：　　　　　　",),
    ),
    Kind(
        "crime_transfer",
        N_("涉嫌犯罪案件移送书"),
        "移罪字",
        Layout.LETTER,
        (
            _TO,
            PARTY_NAME,
            MATTER,
            FACTS,
            text("crime", N_("涉嫌的罪名和依据")),
            BASIS,
            line("survey_report", N_("涉嫌犯罪案件情况的调查报告")),
            line("item_list", N_("涉案物品清单")),
            line("expert_report", N_("有关检验报告或者鉴定结论"), hint=N_("没有的，写明“无”")),
            line("other_papers", N_("其他有关涉嫌犯罪的材料")),
            text("warned", N_("已作出的行政处罚")),
            CONTACT,
            *ISSUED,
        ),
        N_("行政执法机关移送涉嫌犯罪案件的规定（国务院令第310号）第六条"),
        body="""@ {addressee}：
我机关在办理{party_name}{matter}一案中，发现下列行为涉嫌犯罪：
{facts}
涉嫌的罪名和依据：{crime}
根据{basis}，现将该案移送你机关，请依法审查，并将是否立案的决定书面通知我机关。
已作出的行政处罚：{warned}
附件：
1. 涉嫌犯罪案件情况的调查报告：{survey_report}
2. 涉案物品清单：{item_list}
3. 有关检验报告或者鉴定结论：{expert_report}
4. 其他有关涉嫌犯罪的材料：{other_papers}
联系人和电话：{contact}。""",
    ),
    Kind(
        "sanction_proposal",
        N_("统计违纪违法责任人处分处理建议书"),
        "建字",
        Layout.LETTER,
        (
            _TO,
            line("unit_name", N_("责任人所在单位")),
            FACTS,
            table(
                "persons",
                N_("责任人"),
                Column("name", N_("姓名")),
                Column("post", N_("职务"), 3),
                Column("rank", N_("职级")),
                Column("responsibility", N_("责任类型"), 2),
                Column("proposal", N_("处分处理建议"), 3),
            ),
            EVIDENCE,
            BASIS,
            line("reply_within", N_("反馈处理结果的期限"), hint=N_("如：6个月")),
            optional(_ATTACHED),
            CONTACT,
            *ISSUED,
        ),
        N_("统计违纪违法责任人处分处理建议办法"),
        body="""@ {addressee}：
我机关在统计执法检查中查明，{unit_name}存在下列统计违纪违法行为：
{facts}
上述事实有下列证据证明：
{evidence}
根据{basis}，建议对下列责任人给予处分处理：
= persons
请在收到本建议书之日起{reply_within}内，将处分处理结果书面告知我机关。
附件：{attached}
联系人和电话：{contact}。""",
        basis_verified=False,
    ),
    Kind(
        "chaser",
        N_("催办函"),
        "催办字",
        Layout.LETTER,
        (
            _TO,
            line("about", N_("催办事项")),
            line("sent_number", N_("原文号")),
            day("sent_on", N_("原发出日期")),
            day("due_on", N_("应办结日期")),
            text("request", N_("催办要求")),
            CONTACT,
            *ISSUED,
        ),
        N_("统计违纪违法责任人处分处理建议办法"),
        body="""@ {addressee}：
我机关于{sent_on}以{sent_number}向你机关发出{about}，应于{due_on}前办结并书面反馈，至今未收到结果。
{request}
联系人和电话：{contact}。""",
        basis_verified=False,
    ),
    Kind(
        "jurisdiction_transfer",
        N_("案件移送函"),
        "移字",
        Layout.LETTER,
        (
            _TO,
            PARTY_NAME,
            MATTER,
            FACTS,
            text("reasons", N_("移送的理由")),
            BASIS,
            _ATTACHED,
            CONTACT,
            *ISSUED,
        ),
        N_("行政处罚法第二十二条至第二十五条"),
        body="""@ {addressee}：
我机关在办理{party_name}{matter}一案中查明：
{facts}
移送理由：{reasons}
根据{basis}，现将该案移送你机关处理，请将受理情况告知我机关。
附件：
{attached}
联系人和电话：{contact}。""",
    ),
    Kind(
        "closing_report",
        N_("结案报告"),
        None,
        Layout.FORM,
        (
            ORGAN,
            CASE_NUMBER,
            MATTER,
            PARTY_NAME,
            day("opened_on", N_("立案日期")),
            COURSE,
            text("decision", N_("处理决定")),
            optional(DECISION_NUMBER),
            text("performance", N_("执行情况")),
            text("publication", N_("公示情况")),
            text("archive", N_("归档情况")),
            line("closing_reason", N_("结案情形")),
            HANDLERS,
            PROPOSAL,
            APPROVALS,
        ),
        N_("统计执法监督检查办法"),
        basis_verified=False,
    ),
    Kind(
        "publication_record",
        N_("行政处罚决定公示记录"),
        None,
        Layout.FORM,
        (
            ORGAN,
            PARTY_NAME,
            PARTY_USCC,
            PARTY_PERSON,
            DECISION_NUMBER,
            FACTS,
            BASIS,
            line("category", N_("处罚类别")),
            text("penalty", N_("处罚内容")),
            DECISION_DATE,
            day("shown_until", N_("公示截止日期")),
            day("published_on", N_("公示日期")),
            line("site", N_("公示网站和地址")),
            optional(
                table(
                    "receipts",
                    N_("推送回执"),
                    Column("destination", N_("推送去向"), 3),
                    Column("on", N_("日期")),
                    Column("receipt", N_("回执"), 3),
                )
            ),
            optional(text("withdrawal", N_("撤回和说明"))),
        ),
        N_("国家统计局行政处罚信息公示办法（国统字〔2023〕49号）第六条；行政处罚法第四十八条"),
    ),
    Kind(
        "dishonesty_notice",
        N_("统计严重失信企业认定告知书"),
        "信告字",
        Layout.DECISION,
        (
            *PARTY,
            FACTS,
            REASONS,
            BASIS,
            text("consequences", N_("认定后的公示和惩戒措施")),
            line("defence_days", N_("陈述申辩期限（工作日）")),
            ORGAN_ADDRESS,
            CONTACT,
            *ISSUED,
        ),
        N_("统计严重失信企业信用管理办法（国家统计局令第35号）"),
        body="""@ {party_name}：
经查，你单位存在下列行为：
{facts}
拟认定理由：{reasons}
根据{basis}，我机关拟认定你单位为统计严重失信企业。认定后将采取下列措施：
{consequences}
你单位有权进行陈述和申辩。请自收到本告知书之日起{defence_days}个工作日内向我机关提出；逾期未提出的，视为放弃。
统一社会信用代码：{party_uscc}
地址（住所）：{party_address}
法定代表人（负责人）：{party_person}
机关地址：{organ_address}。联系人和电话：{contact}。""",
        basis_verified=False,
    ),
    Kind(
        "dishonesty_decision",
        N_("统计严重失信企业认定决定书"),
        "信字",
        Layout.DECISION,
        (
            *PARTY,
            FACTS,
            REASONS,
            BASIS,
            line("display_period", N_("公示期限")),
            text("repair", N_("信用修复的条件和途径")),
            *REMEDIES,
            *ISSUED,
        ),
        N_("统计严重失信企业信用管理办法（国家统计局令第35号）"),
        body="""当事人：{party_name}
统一社会信用代码：{party_uscc}
地址（住所）：{party_address}
法定代表人（负责人）：{party_person}
# 一、认定的事实
{facts}
# 二、认定的理由和依据
{reasons}
根据{basis}，我机关决定认定当事人为统计严重失信企业。
# 三、公示
公示期限：{display_period}。
# 四、信用修复
{repair}
# 五、申请行政复议、提起行政诉讼的途径和期限
"""
        + REMEDY_TEXT,
        basis_verified=False,
    ),
    Kind(
        "file_index",
        N_("案卷目录"),
        None,
        Layout.LIST,
        (
            ORGAN,
            CASE_NUMBER,
            MATTER,
            PARTY_NAME,
            table(
                "items",
                N_("卷内文件"),
                Column("no", N_("序号"), 1),
                Column("title", N_("文件名称"), 5),
                Column("number", N_("文号"), 3),
                Column("on", N_("日期"), 2),
                Column("pages", N_("页号"), 1),
                Column("note", N_("备注"), 2),
            ),
            optional(line("archived_by", N_("立卷人"))),
        ),
        N_("行政处罚案卷目录（石家庄市新华区统计局，2025年7月21日公布）"),
        body="""= organ
= case_number
= matter
= party_name
= items""",
        closing=("立卷人：{archived_by}",),
        seal=False,
    ),
)
