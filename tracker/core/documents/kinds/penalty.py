"""Documents of a penalty case from its opening to the decision (domain 3.2, 8.2)."""

from __future__ import annotations

from tracker.core.documents.kinds.common import (
    APPROVALS,
    BASIS,
    CASE_NUMBER,
    CONTACT,
    COURSE,
    DISSENT,
    ENDED_AT,
    EVIDENCE,
    FACTS,
    FIGURES,
    FINE,
    GRADE,
    HANDLERS,
    ISSUED,
    MATTER,
    OFFICERS,
    ORGAN,
    ORGAN_ADDRESS,
    PARTY,
    PARTY_ADDRESS,
    PARTY_NAME,
    PENALTY,
    PLACE,
    PROPOSAL,
    REASONS,
    RECORD_FOOT,
    REMEDIES,
    REMEDY_TEXT,
    SOURCE,
    STARTED_AT,
    day,
    line,
    lines,
    moment,
    optional,
    people,
    text,
)
from tracker.core.documents.kinds.shape import Kind, Layout
from tracker.core.errors import N_

_PARTY_TEXT = """当事人：{party_name}
统一社会信用代码：{party_uscc}
地址（住所）：{party_address}
法定代表人（负责人）：{party_person}
"""
_PRESIDER = people("presider", N_("听证主持人"))

KINDS = (
    Kind(
        "opening_approval",
        N_("立案审批表"),
        "立字",
        Layout.FORM,
        (
            ORGAN,
            CASE_NUMBER,
            SOURCE,
            MATTER,
            *PARTY,
            text("facts", N_("主要事实和立案理由")),
            BASIS,
            lines("criteria", N_("立案条件核对")),
            HANDLERS,
            PROPOSAL,
            APPROVALS,
        ),
        N_("行政处罚法第五十四条第二款；统计执法监督检查办法"),
        basis_verified=False,
    ),
    Kind(
        "declining_approval",
        N_("不予立案审批表"),
        None,
        Layout.FORM,
        (
            ORGAN,
            CASE_NUMBER,
            SOURCE,
            PARTY_NAME,
            optional(PARTY_ADDRESS),
            FACTS,
            text("reasons", N_("不予立案的理由")),
            BASIS,
            line("informed", N_("告知线索来源方的情况")),
            PROPOSAL,
            APPROVALS,
        ),
        N_("统计执法监督检查办法"),
        basis_verified=False,
    ),
    Kind(
        "extension_approval",
        N_("延长办理期限审批表"),
        None,
        Layout.FORM,
        (
            ORGAN,
            CASE_NUMBER,
            MATTER,
            PARTY_NAME,
            day("opened_on", N_("立案日期")),
            day("due_on", N_("原办理期限届满日")),
            line("asked", N_("申请延长的期限"), hint=N_("如：3个月")),
            day("new_due_on", N_("延长后届满日")),
            text("reasons", N_("延长的理由")),
            HANDLERS,
            PROPOSAL,
            line("approved_by", N_("批准人")),
            APPROVALS,
        ),
        N_("统计执法监督检查办法；行政处罚法第六十条"),
        basis_verified=False,
    ),
    Kind(
        "investigation_report",
        N_("调查终结报告"),
        None,
        Layout.DECISION,
        (
            CASE_NUMBER,
            MATTER,
            SOURCE,
            *PARTY,
            COURSE,
            FACTS,
            optional(FIGURES),
            EVIDENCE,
            BASIS,
            GRADE,
            text("proposal", N_("处理建议")),
            optional(DISSENT),
            HANDLERS,
            *ISSUED,
        ),
        N_("行政处罚法第五十七条"),
        body="""案件编号：{case_number}。案由：{matter}。案件来源：{source}。
# 一、当事人情况
"""
        + _PARTY_TEXT
        + """# 二、调查经过
{course}
# 三、查明的事实
{facts}
= figures
# 四、证据
{evidence}
# 五、法律适用
{basis}
# 六、裁量
{grade}
# 七、处理建议
{proposal}
# 八、不同意见
{dissent}""",
        closing=("承办人签名：{handlers}",),
        seal=False,
    ),
    Kind(
        "legal_review",
        N_("法制审核意见表"),
        "法审字",
        Layout.FORM,
        (
            ORGAN,
            CASE_NUMBER,
            PARTY_NAME,
            MATTER,
            line("review_reason", N_("审核情形")),
            text("subject_opinion", N_("主体和权限")),
            text("jurisdiction_opinion", N_("管辖")),
            text("facts_opinion", N_("事实")),
            text("evidence_opinion", N_("证据")),
            text("law_opinion", N_("法律适用")),
            text("procedure_opinion", N_("程序")),
            text("discretion_opinion", N_("裁量")),
            text("papers_opinion", N_("文书")),
            text("opinion", N_("审核意见")),
            people("reviewer", N_("审核人")),
            day("reviewed_on", N_("审核日期")),
        ),
        N_("行政处罚法第五十八条"),
    ),
    Kind(
        "discussion_record",
        N_("集体讨论记录"),
        None,
        Layout.RECORD,
        (
            ORGAN,
            CASE_NUMBER,
            PARTY_NAME,
            MATTER,
            PLACE,
            STARTED_AT,
            ENDED_AT,
            line("presided_by", N_("主持人")),
            people("members", N_("出席人员"), least=2),
            optional(people("observers", N_("列席人员"))),
            line("recorder", N_("记录人")),
            text("report", N_("承办人汇报")),
            text("discussion", N_("讨论情况")),
            optional(DISSENT),
            text("decision", N_("讨论决定")),
        ),
        N_("行政处罚法第五十七条第二款"),
        body="""# 一、承办人汇报
{report}
# 二、讨论情况
{discussion}
# 三、不同意见
{dissent}
# 四、讨论决定
{decision}""",
        foot=(
            "出席人员签名：　　　　　　　　　　　　　　　　　　　　"
            "记录人签名：　　　　　　　日期：　　　　"
        ),
    ),
    Kind(
        "prior_notice",
        N_("行政处罚事先告知书"),
        "告字",
        Layout.DECISION,
        (
            *PARTY,
            text("penalty", N_("拟作出的处罚内容")),
            optional(FINE),
            FACTS,
            optional(FIGURES),
            EVIDENCE,
            REASONS,
            BASIS,
            line("defence_days", N_("陈述申辩期限（工作日）")),
            optional(line("hearing_days", N_("要求听证的期限（工作日）"))),
            ORGAN_ADDRESS,
            CONTACT,
            *ISSUED,
        ),
        N_("行政处罚法第四十四条、第四十五条、第六十三条、第六十四条"),
        body="""@ {party_name}：
"""
        + _PARTY_TEXT
        + """经查，你（单位）存在下列违法事实：
{facts}
= figures
上述事实有下列证据证明：
{evidence}
处罚理由：{reasons}
根据{basis}，我机关拟对你（单位）作出下列行政处罚：{penalty}
拟罚款数额：{fine}。
根据《中华人民共和国行政处罚法》第四十四条、第四十五条，你（单位）有权进行陈述和申辩。请自收到本告知书之日起{defence_days}个工作日内向我机关提出；逾期未提出的，视为放弃陈述和申辩。我机关不会因你（单位）陈述、申辩而给予更重的处罚。
根据《中华人民共和国行政处罚法》第六十三条、第六十四条，你（单位）有权要求听证。要求听证的，应当自收到本告知书之日起{hearing_days}个工作日内提出；逾期未提出的，视为放弃听证。当事人不承担组织听证的费用。
机关地址：{organ_address}。联系人和电话：{contact}。""",
    ),
    Kind(
        "defence_record",
        N_("陈述申辩笔录"),
        None,
        Layout.RECORD,
        (
            ORGAN,
            PARTY_NAME,
            line("notice_number", N_("事先告知书文号")),
            people("speaker", N_("陈述申辩人")),
            PLACE,
            STARTED_AT,
            ENDED_AT,
            OFFICERS,
            line("recorder", N_("记录人")),
            text("statement", N_("陈述申辩内容")),
            optional(lines("handed_in", N_("提交的材料"))),
            optional(text("review", N_("复核意见"))),
        ),
        N_("行政处罚法第四十五条"),
        body="""# 陈述申辩内容
{statement}
# 提交的材料
{handed_in}
# 复核意见
{review}""",
        foot=RECORD_FOOT,
    ),
    Kind(
        "hearing_notice",
        N_("行政处罚听证通知书"),
        "听字",
        Layout.LETTER,
        (
            PARTY_NAME,
            MATTER,
            moment("hearing_at", N_("听证时间")),
            line("place", N_("听证地点")),
            line("openness", N_("是否公开举行")),
            _PRESIDER,
            optional(line("recorder", N_("听证记录人"))),
            lines("matters", N_("听证事项")),
            text("rights", N_("当事人的权利和义务")),
            CONTACT,
            *ISSUED,
        ),
        N_("行政处罚法第六十四条"),
        body="""@ {party_name}：
根据你（单位）的要求，我机关决定就{matter}一案举行听证。现将有关事项通知如下：
# 一、听证时间
{hearing_at}
# 二、听证地点
{place}
# 三、听证方式
{openness}
# 四、听证事项
{matters}
# 五、听证主持人
{presider}
记录人：{recorder}
# 六、权利和义务
{rights}
你（单位）可以亲自参加听证，也可以委托一至二人代理；认为主持人与本案有直接利害关系的，有权申请回避。无正当理由拒不出席听证或者未经许可中途退出听证的，视为放弃听证权利。
联系人和电话：{contact}。""",
    ),
    Kind(
        "hearing_record",
        N_("听证笔录"),
        None,
        Layout.RECORD,
        (
            ORGAN,
            PARTY_NAME,
            MATTER,
            PLACE,
            STARTED_AT,
            ENDED_AT,
            _PRESIDER,
            line("recorder", N_("记录人")),
            people("investigators", N_("调查人员"), least=2),
            people("present", N_("当事人（代理人）及其他参加人")),
            text("accusation", N_("调查人员提出的事实、证据和处罚建议")),
            text("defence", N_("当事人的申辩和质证")),
            optional(text("final", N_("最后陈述"))),
        ),
        N_("行政处罚法第六十四条第八项"),
        body="""听证主持人核对了参加人身份，宣布了案由和听证纪律，告知了当事人的权利和义务。
# 一、调查人员提出的事实、证据和处罚建议
{accusation}
# 二、当事人的申辩和质证
{defence}
# 三、最后陈述
{final}""",
        foot=(
            "以上笔录经核对无误。　　当事人（代理人）签名：　　　　　　调查人员签名：　　　　　　"
            "主持人签名：　　　　　　日期：　　　　"
        ),
    ),
    Kind(
        "decision_approval",
        N_("行政处罚决定审批表"),
        None,
        Layout.FORM,
        (
            ORGAN,
            CASE_NUMBER,
            MATTER,
            *PARTY,
            FACTS,
            BASIS,
            GRADE,
            PENALTY,
            optional(FINE),
            text("notice_result", N_("告知、陈述申辩和听证情况")),
            optional(line("legal_review", N_("法制审核情况"))),
            optional(line("discussion", N_("集体讨论情况"))),
            HANDLERS,
            PROPOSAL,
            APPROVALS,
        ),
        N_("行政处罚法第五十七条"),
    ),
    Kind(
        "penalty_decision",
        N_("行政处罚决定书"),
        "罚字",
        Layout.DECISION,
        (
            *PARTY,
            FACTS,
            optional(FIGURES),
            EVIDENCE,
            optional(text("notice_result", N_("告知、陈述申辩和听证情况"))),
            BASIS,
            optional(GRADE),
            PENALTY,
            optional(FINE),
            text("performance", N_("履行方式和期限")),
            optional(text("surcharge", N_("逾期不缴纳罚款的后果"))),
            *REMEDIES,
            *ISSUED,
        ),
        N_("行政处罚法第五十九条；统计执法监督检查办法第三十九条"),
        body=_PARTY_TEXT
        + """# 一、违反法律、法规、规章的事实
{facts}
= figures
# 二、证据
{evidence}
# 三、告知和听取意见的情况
{notice_result}
# 四、处罚的种类和依据
{grade}
根据{basis}，我机关决定对当事人作出下列行政处罚：{penalty}
罚款数额：{fine}。
# 五、履行方式和期限
{performance}
{surcharge}
# 六、申请行政复议、提起行政诉讼的途径和期限
"""
        + REMEDY_TEXT
        + """
行政复议、行政诉讼期间，本决定不停止执行，法律另有规定的除外。""",
    ),
    Kind(
        "no_penalty_decision",
        N_("不予行政处罚决定书"),
        "不罚字",
        Layout.DECISION,
        (
            *PARTY,
            FACTS,
            EVIDENCE,
            text("reasons", N_("不予处罚的理由")),
            BASIS,
            optional(text("education", N_("教育和改正情况"))),
            *REMEDIES,
            *ISSUED,
        ),
        N_("行政处罚法第三十三条、第五十七条第一款"),
        body=_PARTY_TEXT
        + """# 一、查明的事实
{facts}
# 二、证据
{evidence}
# 三、不予处罚的理由和依据
{reasons}
根据{basis}，我机关决定对当事人不予行政处罚。
# 四、教育和改正情况
{education}
# 五、申请行政复议、提起行政诉讼的途径和期限
"""
        + REMEDY_TEXT,
    ),
)
