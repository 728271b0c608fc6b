"""Documents of staff changes (domain 3.7)."""

from __future__ import annotations

from tracker.core.documents.kinds.common import (
    APPROVALS,
    BASIS,
    CASE_NUMBER,
    CONTACT,
    ISSUED,
    ORGAN,
    day,
    line,
    optional,
    table,
    text,
)
from tracker.core.documents.kinds.shape import Column, Kind, Layout
from tracker.core.errors import N_

_TO = line("addressee", N_("受文单位"))
_FILING_NUMBER = line("filing_number", N_("报备编号"))
_PLACE = line("place", N_("任职的地方或部门"))
_CHANGE = line("change", N_("变动类型"))
_MODE = line("mode", N_("报备方式"))
_MODE_SOURCE = text("mode_source", N_("报备方式的依据"))
_OUTGOING = line("outgoing", N_("变动人员"))
_INCOMING = optional(line("incoming", N_("接任人员")))
_EFFECTIVE_ON = day("effective_on", N_("变动生效日期"))

_CHANGE_BASIS = N_(
    "统计法实施条例第三十二条；重庆市统计管理条例第三十四条；吉政办函〔2022〕82号第一部分；"
    "鄂尔多斯市人民政府办公室文件（2022年7月1日）二（二）"
)
KINDS = (
    Kind(
        "staff_filing",
        N_("统计人员变动报备表"),
        None,
        Layout.FORM,
        (
            ORGAN,
            CASE_NUMBER,
            _CHANGE,
            _MODE,
            _MODE_SOURCE,
            _PLACE,
            optional(_OUTGOING),
            optional(line("outgoing_post", N_("变动人员岗位"))),
            optional(line("destination", N_("去向"))),
            _INCOMING,
            optional(line("incoming_post", N_("接任岗位"))),
            optional(line("induction", N_("接任人员岗前培训"))),
            text("reasons", N_("变动原因")),
            _EFFECTIVE_ON,
            optional(day("leave_to", N_("请假截止日期"))),
            optional(text("gap_plan", N_("补员安排"))),
            optional(day("gap_until", N_("补员期限"))),
            optional(text("norm_effect", N_("对配备标准的影响"))),
            optional(line("overseer", N_("监交人"))),
            APPROVALS,
            *ISSUED[1:],
        ),
        _CHANGE_BASIS,
    ),
    Kind(
        "consent_reply",
        N_("关于统计人员变动意见的复函"),
        "复字",
        Layout.LETTER,
        (
            _TO,
            _FILING_NUMBER,
            day("asked_on", N_("来函日期")),
            _CHANGE,
            _PLACE,
            optional(_OUTGOING),
            _INCOMING,
            _EFFECTIVE_ON,
            line("opinion", N_("意见"), hint=N_("同意、不同意")),
            optional(text("reasons", N_("理由"))),
            optional(text("demands", N_("有关要求"))),
            BASIS,
            CONTACT,
            *ISSUED,
        ),
        N_("统计法实施条例第三十二条第二款；重庆市统计管理条例第三十四条第二款"),
        body="""@ {addressee}：
你单位{asked_on}报送的统计人员变动报备（{filing_number}）收悉。根据{basis}，现函复如下：
# 一、变动事项
任职的地方或部门：{place}。变动类型：{change}。
变动人员：{outgoing}。
接任人员：{incoming}。
变动拟自{effective_on}起生效。
# 二、意见
我机关意见：{opinion}。
{reasons}
# 三、有关要求
{demands}
联系人和电话：{contact}。""",
    ),
    Kind(
        "filing_receipt",
        N_("统计人员变动备案回执"),
        "备字",
        Layout.RECEIPT,
        (
            _TO,
            _FILING_NUMBER,
            day("received_on", N_("收到日期")),
            _CHANGE,
            _PLACE,
            _MODE,
            _MODE_SOURCE,
            optional(_OUTGOING),
            _INCOMING,
            _EFFECTIVE_ON,
            text("completeness", N_("材料是否齐全")),
            optional(text("irregular", N_("未按规定事前报备的情况"))),
            optional(text("passed_on", N_("逐级上报情况"))),
            optional(text("next_steps", N_("后续要求"))),
            CONTACT,
            *ISSUED,
        ),
        _CHANGE_BASIS,
    ),
    Kind(
        "handover_list",
        N_("统计工作交接清单"),
        None,
        Layout.LIST,
        (
            ORGAN,
            CASE_NUMBER,
            _PLACE,
            _OUTGOING,
            _INCOMING,
            line("overseer", N_("监交人")),
            day("handed_on", N_("交接日期")),
            table(
                "items",
                N_("交接事项"),
                Column("no", N_("序号"), 1),
                Column("item", N_("事项"), 4),
                Column("state", N_("交接情况")),
                Column("detail", N_("说明"), 6),
            ),
            optional(
                table(
                    "work",
                    N_("未办结的线索和事项"),
                    Column("number", N_("编号"), 3),
                    Column("about", N_("事项"), 4),
                    Column("taken_by", N_("接办人")),
                )
            ),
            optional(
                table(
                    "signatures",
                    N_("签名"),
                    Column("part", N_("身份")),
                    Column("name", N_("姓名")),
                    Column("way", N_("签名方式"), 3),
                    Column("at", N_("签名时间"), 3),
                )
            ),
        ),
        N_("吉政办函〔2022〕82号第一部分、第五部分"),
        body="""= organ
= case_number
= place
= outgoing
= incoming
= overseer
= handed_on
= items
= work
= signatures""",
        closing=(
            "移交人签名：　　　　　　日期：　　　　　　",
            "接收人签名：　　　　　　日期：　　　　　　",
            "监交人签名：　　　　　　日期：　　　　　　",
        ),
        seal=False,
    ),
    Kind(
        "correction_order_staff",
        N_("统计人员变动责令改正通知书"),
        "人改字",
        Layout.LETTER,
        (
            _TO,
            _PLACE,
            day("found_on", N_("发现日期")),
            text("facts", N_("发现的情况")),
            text("demands", N_("改正要求")),
            day("due_on", N_("改正期限")),
            BASIS,
            optional(text("consequences", N_("逾期不改正的后果"))),
            CONTACT,
            *ISSUED,
        ),
        _CHANGE_BASIS,
        body="""@ {addressee}：
我机关于{found_on}发现{place}统计人员变动未按规定报备：
{facts}
根据{basis}，现责令你单位改正：
{demands}
请于{due_on}前改正，补报变动情况并书面反馈我机关。
{consequences}
联系人和电话：{contact}。""",
        basis_verified=False,
    ),
)
