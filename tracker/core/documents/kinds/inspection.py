"""Documents of plans, draws, inspections and what they end in (domain 3.1, 8.2)."""

from __future__ import annotations

from tracker.core.documents.kinds.common import (
    APPROVALS,
    BASIS,
    CASE_NUMBER,
    CONTACT,
    ENDED_AT,
    FACTS,
    FIGURES,
    ISSUED,
    OFFICERS,
    ORGAN,
    PARTY_ADDRESS,
    PARTY_BRIEF,
    PARTY_NAME,
    PARTY_PERSON,
    PARTY_USCC,
    PLACE,
    PROPOSAL,
    REASONS,
    RECORD_FOOT,
    REMEDIES,
    REMEDY_TEXT,
    STARTED_AT,
    day,
    line,
    lines,
    moment,
    money,
    optional,
    people,
    table,
    text,
)
from tracker.core.documents.kinds.shape import Column, Kind, Layout
from tracker.core.errors import N_

_RESULT = text("result", N_("检查结果"))
_REFUSAL = optional(text("refusal", N_("拒绝签名（盖章）的情况和见证人")))

KINDS = (
    Kind(
        "annual_plan",
        N_("年度统计执法检查计划"),
        "检字",
        Layout.LIST,
        (
            line("year", N_("年度")),
            text("aims", N_("总体要求")),
            BASIS,
            table(
                "items",
                N_("检查事项"),
                Column("item", N_("事项"), 4),
                Column("objects", N_("检查对象"), 3),
                Column("ratio", N_("抽取比例或数量")),
                Column("manner", N_("检查方式")),
                Column("months", N_("时间安排")),
            ),
            optional(line("cap", N_("对同一企业的年度检查频次上限"))),
            APPROVALS,
            *ISSUED,
        ),
        N_("国办发〔2024〕54号"),
        body="""{year}年度统计执法检查按本计划组织实施。
# 一、总体要求
{aims}
# 二、依据
{basis}
# 三、检查事项
= items
本年度对同一企业实施行政检查的频次上限为{cap}。
= approvals""",
    ),
    Kind(
        "draw_record",
        N_("“双随机”抽取记录"),
        None,
        Layout.LIST,
        (
            line("plan", N_("所属计划")),
            moment("drawn_at", N_("抽取时间")),
            PLACE,
            line("frame_version", N_("名录库版本")),
            line("frame_size", N_("名录库数量")),
            line("seed", N_("随机种子")),
            text("method", N_("抽取方法和分层")),
            table(
                "drawn",
                N_("抽取结果"),
                Column("no", N_("序号"), 1),
                Column("unit", N_("检查对象"), 4),
                Column("uscc", N_("统一社会信用代码"), 3),
                Column("officers", N_("检查人员"), 3),
            ),
            optional(text("recused", N_("回避和替换情况"))),
            people("drawers", N_("抽取人员"), least=2),
            people("monitor", N_("监督人员")),
            *ISSUED,
        ),
        N_("国家统计局统计执法“双随机”抽查办法（试行）第五条"),
        body="""= plan
= drawn_at
= place
= frame_version
= frame_size
= seed
= method
= drawn
= recused""",
        closing=("抽取人员签名：{drawers}", "监督人员签名：{monitor}"),
        basis_verified=False,
    ),
    Kind(
        "inspection_approval",
        N_("行政检查审批表"),
        None,
        Layout.FORM,
        (
            ORGAN,
            CASE_NUMBER,
            line("inspection_type", N_("检查类型"), hint=N_("日常、专项、线索核查")),
            PARTY_NAME,
            optional(PARTY_USCC),
            optional(PARTY_ADDRESS),
            REASONS,
            BASIS,
            lines("items", N_("检查事项")),
            day("from_on", N_("检查开始日期")),
            day("to_on", N_("检查结束日期")),
            OFFICERS,
            line("count_this_year", N_("本年度已检查次数")),
            optional(line("cap", N_("年度检查频次上限"))),
            PROPOSAL,
            APPROVALS,
            optional(text("urgent", N_("紧急情况和补办说明"))),
        ),
        N_("国办发〔2024〕54号"),
    ),
    Kind(
        "inspection_notice",
        N_("统计执法检查通知书"),
        "检通字",
        Layout.LETTER,
        (
            PARTY_NAME,
            BASIS,
            text("scope", N_("检查范围")),
            lines("content", N_("检查内容")),
            line("method", N_("检查方式")),
            day("from_on", N_("检查开始日期")),
            day("to_on", N_("检查结束日期")),
            OFFICERS,
            lines("papers", N_("需要准备的资料")),
            text("duties", N_("被检查对象的权利和义务")),
            CONTACT,
            *ISSUED,
        ),
        N_("统计法第三十八条；统计执法监督检查办法"),
        body="""@ {party_name}：
根据{basis}，我机关决定对你单位依法实施统计执法检查。现将有关事项通知如下：
# 一、检查机关
{organ}。
# 二、检查范围
{scope}
# 三、检查内容
{content}
# 四、检查方式和时间
检查方式：{method}。检查时间：{from_on}至{to_on}。
# 五、检查人员
{officers}
# 六、请准备的资料
{papers}
# 七、权利和义务
{duties}
检查人员未出示统计执法证件的，你单位有权拒绝检查。
联系人和电话：{contact}。""",
        basis_verified=False,
    ),
    Kind(
        "site_record",
        N_("现场检查笔录"),
        None,
        Layout.RECORD,
        (
            ORGAN,
            PARTY_NAME,
            optional(PARTY_USCC),
            optional(PARTY_PERSON),
            PLACE,
            STARTED_AT,
            ENDED_AT,
            OFFICERS,
            people("present", N_("在场人员")),
            line("recorder", N_("记录人")),
            text("findings", N_("检查情况")),
            optional(FIGURES),
            optional(lines("evidence", N_("现场取得的证据"))),
            _REFUSAL,
        ),
        N_("行政处罚法第四十二条、第五十五条"),
        body="""执法人员已向在场人员出示统计执法证件，说明来意，告知依法享有的权利和应当履行的义务，并询问是否申请回避。
# 检查情况
{findings}
= figures
# 现场取得的证据
{evidence}
# 拒绝签名的情况
{refusal}""",
        foot=RECORD_FOOT,
    ),
    Kind(
        "interview_record",
        N_("询问笔录"),
        None,
        Layout.RECORD,
        (
            ORGAN,
            line("matter", N_("询问事由")),
            people("interviewee", N_("被询问人")),
            optional(PARTY_NAME),
            optional(line("phone", N_("被询问人联系电话"))),
            PLACE,
            STARTED_AT,
            ENDED_AT,
            OFFICERS,
            line("recorder", N_("记录人")),
            table(
                "questions",
                N_("问答"),
                Column("question", N_("问"), 3),
                Column("answer", N_("答"), 4),
            ),
            _REFUSAL,
        ),
        N_("行政处罚法第四十二条、第五十五条"),
        body="""执法人员：我们是{organ}的执法人员，已向你出示统计执法证件。现依法就有关问题向你询问，你应当如实回答；对与案件无关的问题，你有权拒绝回答；你认为执法人员与案件有直接利害关系的，有权申请回避。
= questions
# 拒绝签名的情况
{refusal}""",
        foot=RECORD_FOOT,
    ),
    Kind(
        "inquiry",
        N_("统计检查查询书"),
        "查字",
        Layout.LETTER,
        (
            PARTY_NAME,
            BASIS,
            lines("questions", N_("查询事项")),
            day("reply_on", N_("答复期限")),
            text("liability", N_("不答复或者不如实答复的法律责任")),
            CONTACT,
            *ISSUED,
        ),
        N_("统计法第三十八条、第四十四条"),
        body="""@ {party_name}：
根据{basis}，现就下列事项向你单位查询：
{questions}
请于{reply_on}前据实书面答复，加盖公章后送交我机关。
{liability}
联系人和电话：{contact}。""",
    ),
    Kind(
        "preservation_notice",
        N_("证据先行登记保存通知书"),
        "存字",
        Layout.DECISION,
        (
            PARTY_NAME,
            REASONS,
            BASIS,
            table(
                "items",
                N_("登记保存清单"),
                Column("no", N_("序号"), 1),
                Column("name", N_("证据名称"), 4),
                Column("spec", N_("规格或特征"), 2),
                Column("quantity", N_("数量"), 1),
                Column("note", N_("备注"), 2),
            ),
            line("place", N_("保存地点")),
            line("keeper", N_("保管人")),
            day("from_on", N_("登记保存起始日期")),
            day("to_on", N_("处理决定期限")),
            line("approved_by", N_("批准的负责人")),
            day("approved_on", N_("批准日期")),
            OFFICERS,
            optional(text("disposal", N_("处理决定"))),
            *ISSUED,
        ),
        N_("行政处罚法第五十六条"),
        body="""@ {party_name}：
因{reasons}
根据{basis}，经{organ}负责人{approved_by}于{approved_on}批准，对下列证据先行登记保存：
= items
保存地点：{place}。保管人：{keeper}。登记保存自{from_on}起，我机关将在{to_on}前作出处理决定。
在此期间，当事人或者有关人员不得销毁或者转移证据。
处理决定：{disposal}
执法人员：{officers}。""",
        closing=("当事人（保管人）签名：　　　　　　日期：",),
    ),
    Kind(
        "correction_order",
        N_("责令改正通知书"),
        "改字",
        Layout.LETTER,
        (
            PARTY_NAME,
            optional(PARTY_USCC),
            FACTS,
            BASIS,
            lines("corrections", N_("改正内容")),
            day("correct_by", N_("改正期限")),
            line("recheck", N_("复查安排")),
            optional(FIGURES),
            *REMEDIES,
            CONTACT,
            *ISSUED,
        ),
        N_("行政处罚法第二十八条"),
        body="""@ {party_name}：
统一社会信用代码：{party_uscc}
经查，你单位存在下列行为：
{facts}
= figures
根据{basis}，现责令你单位于{correct_by}前改正下列事项，并将改正情况书面报告我机关：
{corrections}
复查安排：{recheck}。
"""
        + REMEDY_TEXT
        + """
联系人和电话：{contact}。""",
    ),
    Kind(
        "recheck_record",
        N_("复查记录"),
        None,
        Layout.RECORD,
        (
            ORGAN,
            PARTY_NAME,
            line("order_number", N_("责令改正通知书文号")),
            PLACE,
            STARTED_AT,
            ENDED_AT,
            OFFICERS,
            lines("required", N_("应改正事项")),
            text("findings", N_("复查情况")),
            optional(FIGURES),
            line("result", N_("复查结论")),
            _REFUSAL,
        ),
        N_("行政处罚法第二十八条"),
        body="""执法人员已出示统计执法证件。
# 应改正事项
{required}
# 复查情况
{findings}
= figures
# 复查结论
{result}
# 拒绝签名的情况
{refusal}""",
        foot=RECORD_FOOT,
    ),
    Kind(
        "inspection_feedback",
        N_("统计执法检查情况反馈"),
        "反字",
        Layout.LETTER,
        (
            PARTY_NAME,
            line("notice_number", N_("检查通知书文号")),
            day("from_on", N_("检查开始日期")),
            day("to_on", N_("检查结束日期")),
            _RESULT,
            optional(FIGURES),
            optional(text("advice", N_("建议"))),
            CONTACT,
            *ISSUED,
        ),
        N_("统计执法监督检查办法"),
        body="""@ {party_name}：
根据{notice_number}，我机关于{from_on}至{to_on}对你单位实施了统计执法检查。现将检查情况反馈如下：
{result}
= figures
建议：{advice}
联系人和电话：{contact}。""",
        basis_verified=False,
    ),
    Kind(
        "spot_decision",
        N_("当场行政处罚决定书"),
        "当罚字",
        Layout.DECISION,
        (
            *PARTY_BRIEF,
            PARTY_ADDRESS,
            text("facts", N_("违法行为")),
            BASIS,
            text("penalty", N_("处罚种类和内容")),
            optional(money("fine", N_("罚款数额"))),
            moment("made_at", N_("处罚时间")),
            PLACE,
            text("performance", N_("履行方式和期限")),
            *REMEDIES,
            OFFICERS,
            *ISSUED,
        ),
        N_("行政处罚法第五十一条、第五十二条"),
        body="""当事人：{party_name}
统一社会信用代码：{party_uscc}
地址（住所）：{party_address}
违法行为：{facts}
上述行为事实清楚、证据确凿。根据{basis}，决定当场给予下列行政处罚：{penalty}
罚款数额：{fine}。
处罚时间：{made_at}。处罚地点：{place}。
履行方式和期限：{performance}
执法人员已在作出处罚决定前告知当事人拟作出的处罚内容及事实、理由、依据，并告知当事人有权陈述和申辩。
"""
        + REMEDY_TEXT,
        closing=("执法人员签名：{officers}", "当事人签名：　　　　　　日期："),
    ),
    Kind(
        "service_proof",
        N_("送达回证"),
        None,
        Layout.RECEIPT,
        (
            ORGAN,
            line("served_title", N_("送达文书名称")),
            optional(line("served_number", N_("送达文书文号"))),
            line("recipient", N_("受送达人")),
            line("place", N_("送达地点")),
            line("manner", N_("送达方式")),
            moment("served_at", N_("送达时间")),
            people("servers", N_("送达人")),
            optional(line("received_by", N_("签收人"))),
            optional(line("relation", N_("代收人与受送达人的关系"))),
            optional(text("refusal", N_("拒收或者不能送达的事由"))),
            optional(line("witness", N_("见证人"))),
            optional(text("remark", N_("备注"))),
        ),
        N_("行政处罚法第六十一条；民事诉讼法第八十七条至第九十五条"),
        closing=("受送达人签名（盖章）：　　　　　　日期：", "见证人签名：　　　　　　日期："),
        seal=False,
    ),
)
