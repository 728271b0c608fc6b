"""Documents of training: the year's plan, a session, what became of both (domain 3.8)."""

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
    moment,
    money,
    optional,
    table,
    text,
)
from tracker.core.documents.kinds.shape import Column, Kind, Layout
from tracker.core.errors import N_

_COURSE = line("course", N_("培训班名称"))
_TOPIC = line("topic", N_("培训类别"))
_AUDIENCE = line("audience", N_("培训对象"))
_STARTS_AT = moment("starts_at", N_("培训开始时间"))
_ENDS_AT = moment("ends_at", N_("培训结束时间"))
_VENUE = line("venue", N_("培训地点或网址"))
_TEACHER = line("teacher", N_("授课人"))
_HOURS = line("hours", N_("学时"))
_COUNTS = line("counts", N_("人数合计"))
_NO = Column("no", N_("序号"), 1)
_NAME = Column("name", N_("姓名"))
_UNIT = Column("unit", N_("单位"), 4)

_BASIS_OF_TRAINING = N_(
    "吉政办函〔2022〕82号第七部分；鄂尔多斯市人民政府办公室文件（2022年7月1日）二（三）；"
    "渝府办发〔2020〕91号第三、第四部分"
)

KINDS = (
    Kind(
        "training_plan",
        N_("年度统计培训计划"),
        "培计字",
        Layout.LIST,
        (
            line("year", N_("年度")),
            text("needs", N_("培训需求")),
            BASIS,
            table(
                "items",
                N_("培训安排"),
                _NO,
                Column("topic", N_("类别")),
                Column("course", N_("名称"), 4),
                Column("audience", N_("对象"), 3),
                Column("month", N_("月份")),
                Column("times", N_("期数")),
                Column("hours", N_("学时")),
                Column("people", N_("人数")),
                Column("budget", N_("经费（元）")),
                Column("purpose", N_("服务的重点工作"), 3),
            ),
            optional(money("budget", N_("经费合计"))),
            APPROVALS,
            *ISSUED,
        ),
        _BASIS_OF_TRAINING,
        body="""{year}年度统计培训按本计划组织实施。
# 一、培训需求
{needs}
# 二、依据
{basis}
# 三、培训安排
= items
经费合计：{budget}。
= approvals""",
    ),
    Kind(
        "training_year_summary",
        N_("年度统计培训总结"),
        "培总字",
        Layout.LIST,
        (
            line("year", N_("年度")),
            table(
                "done",
                N_("计划与实际"),
                _NO,
                Column("course", N_("名称"), 4),
                Column("topic", N_("类别")),
                Column("times_planned", N_("计划期数")),
                Column("times_held", N_("实际期数")),
                Column("people_planned", N_("计划人数")),
                Column("people_trained", N_("实际人数")),
                Column("hours", N_("实际学时")),
            ),
            optional(
                table(
                    "coverage",
                    N_("培训覆盖"),
                    Column("topic", N_("类别"), 4),
                    Column("should", N_("应训人数")),
                    Column("had", N_("已训人数")),
                    Column("missing", N_("未训人数")),
                )
            ),
            text("evaluation", N_("评估")),
            optional(text("problems", N_("未完成的事项和原因"))),
            optional(text("next_year", N_("下一年度打算"))),
            optional(money("spent", N_("实际经费"))),
            APPROVALS,
            *ISSUED,
        ),
        _BASIS_OF_TRAINING,
        body="""# 一、计划与实际
{year}年度统计培训实施情况如下：
= done
实际经费：{spent}。
# 二、培训覆盖
= coverage
# 三、评估
{evaluation}
# 四、未完成的事项和原因
{problems}
# 五、下一年度打算
{next_year}
= approvals""",
    ),
    Kind(
        "training_notice",
        N_("统计培训通知"),
        "培通字",
        Layout.LETTER,
        (
            line("addressee", N_("受文单位")),
            _COURSE,
            _TOPIC,
            text("content", N_("培训内容")),
            _AUDIENCE,
            line("quota", N_("名额")),
            line("manner", N_("培训方式"), hint=N_("线下、线上")),
            _VENUE,
            _STARTS_AT,
            _ENDS_AT,
            _HOURS,
            _TEACHER,
            day("enrol_by", N_("报名截止日期")),
            optional(line("exam", N_("考核方式和合格线"))),
            optional(
                table(
                    "must",
                    N_("应当参加的人员"),
                    _NO,
                    _NAME,
                    _UNIT,
                    Column("why", N_("原因"), 3),
                )
            ),
            optional(text("demands", N_("有关要求"))),
            BASIS,
            CONTACT,
            *ISSUED,
        ),
        _BASIS_OF_TRAINING,
        body="""@ {addressee}：
根据{basis}，我机关决定举办{course}。现将有关事项通知如下：
# 一、培训内容
类别：{topic}。
{content}
# 二、培训对象和名额
培训对象：{audience}。名额：{quota}。
= must
# 三、时间、地点和方式
时间：{starts_at}至{ends_at}。学时：{hours}。
方式：{manner}。地点或网址：{venue}。
授课人：{teacher}。
# 四、报名和考核
请于{enrol_by}前报名。
考核：{exam}。
{demands}
联系人和电话：{contact}。""",
    ),
    Kind(
        "attendance_sheet",
        N_("统计培训签到表"),
        None,
        Layout.LIST,
        (
            ORGAN,
            CASE_NUMBER,
            _COURSE,
            _STARTS_AT,
            _ENDS_AT,
            _VENUE,
            _TEACHER,
            _HOURS,
            table(
                "people",
                N_("签到签退"),
                _NO,
                _NAME,
                _UNIT,
                Column("signed_in", N_("签到时间"), 3),
                Column("signed_out", N_("签退时间"), 3),
                Column("way", N_("方式")),
                Column("signature", N_("签名")),
            ),
            _COUNTS,
        ),
        _BASIS_OF_TRAINING,
        body="""= organ
= case_number
= course
= starts_at
= ends_at
= venue
= teacher
= hours
= people
= counts""",
        closing=("组织者签名：　　　　　　",),
        seal=False,
    ),
    Kind(
        "mark_sheet",
        N_("统计培训成绩表"),
        None,
        Layout.LIST,
        (
            ORGAN,
            CASE_NUMBER,
            _COURSE,
            day("held_on", N_("考试日期")),
            line("pass_mark", N_("合格线")),
            table(
                "marks",
                N_("成绩"),
                _NO,
                _NAME,
                _UNIT,
                Column("score", N_("成绩")),
                Column("resit", N_("补考成绩")),
                Column("outcome", N_("结果")),
            ),
            _COUNTS,
            line("marked_by", N_("评分人")),
        ),
        _BASIS_OF_TRAINING,
        body="""= organ
= case_number
= course
= held_on
= pass_mark
= marks
= counts""",
        closing=("评分人：{marked_by}　　签名：　　　　　　",),
        seal=False,
    ),
    Kind(
        "training_certificate",
        N_("统计培训结业证书（名单）"),
        "培证字",
        Layout.LIST,
        (
            _COURSE,
            _TOPIC,
            day("from_on", N_("培训开始日期")),
            day("to_on", N_("培训结束日期")),
            _HOURS,
            table(
                "people",
                N_("结业人员"),
                _NO,
                _NAME,
                _UNIT,
                Column("hours", N_("学时")),
                Column("score", N_("成绩")),
                Column("certificate_no", N_("证书编号"), 4),
            ),
            *ISSUED,
        ),
        _BASIS_OF_TRAINING,
        body="""下列人员于{from_on}至{to_on}参加{course}（{topic}，{hours}学时），考勤和考核符合要求，准予结业。
= people""",
    ),
    Kind(
        "training_summary",
        N_("统计培训班总结"),
        None,
        Layout.FORM,
        (
            ORGAN,
            CASE_NUMBER,
            _COURSE,
            _TOPIC,
            _AUDIENCE,
            _STARTS_AT,
            _ENDS_AT,
            _VENUE,
            _TEACHER,
            _HOURS,
            line("listed", N_("报名人数")),
            line("came", N_("实到人数")),
            line("passed", N_("合格人数")),
            text("evaluation", N_("总结和评估")),
            optional(text("absent", N_("缺席和未合格人员"))),
            APPROVALS,
            *ISSUED[1:],
        ),
        _BASIS_OF_TRAINING,
    ),
)
