"""A training session as a table (domain 3.8, Y2 to Y7): notice, enrolment, sign-in, marks, hours.

The list of people, their signatures and marks are kept by verbs of their own (`lines.py`);
whoever entered any of it does not put the hours on file.
"""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Flow, PaperUse, Side, State, Step
from tracker.core.errors import N_
from tracker.workflows.trainings import guards
from tracker.workflows.trainings.asks import ABSENT, CHANGES, DETAILS, SUMMARY

BUREAU = Side.BUREAU
TRAINER, REGISTRAR = Role.TRAINER, Role.REGISTRAR
OPENERS = (TRAINER,)
LETTER = "训"
CERTIFICATE_LETTER = "训证"
ENROL_CLOCK, HOLD_CLOCK = "OWN-TRAINENROL", "OWN-TRAINHOLD"

# One line of the table stays on as few lines of the file as it can be read on.
# fmt: off
STATES = (
    State(
        "preparing", N_("准备"), BUREAU, TRAINER, clock="OWN-TRAINPREPARE", stage=1,
        does=N_("定下安排，发出培训通知"),
    ),
    State(
        "enrolling", N_("报名"), BUREAU, TRAINER, clock=ENROL_CLOCK, stage=2,
        does=N_("核对名单，截止报名"),
    ),
    State(
        "ready", N_("待举办"), BUREAU, TRAINER, clock=HOLD_CLOCK, stage=3,
        does=N_("按通知的时间举办培训"),
    ),
    State(
        "running", N_("培训和签到"), BUREAU, TRAINER, carries=(HOLD_CLOCK,), stage=4,
        no_clock=N_("举办的期限从培训通知算起"), does=N_("组织签到和签退，结束培训"),
    ),
    State(
        "marking", N_("登记成绩"), BUREAU, TRAINER, clock="OWN-TRAINMARK", stage=5,
        does=N_("核对签到，登记成绩和补考成绩"),
    ),
    State(
        "recording", N_("记入学时"), BUREAU, REGISTRAR, clock="OWN-TRAINRECORD", stage=6,
        does=N_("核对后把学时记入个人档案"),
    ),
    State(
        "closing", N_("总结"), BUREAU, TRAINER, clock="OWN-TRAINCLOSE", stage=7,
        does=N_("写培训总结，归档"), requires=("result",),
    ),
    State("closed", N_("已办结"), final=True, stage=8, mark=N_("办结"), requires=("result",)),
    State("cancelled", N_("已取消"), final=True),
)

STEPS = (
    # ------------------------------------------------------------ Y2: what, when, where, for whom
    Step(
        "open", N_("新建培训班"), N_("培训班已建立，定下安排后发通知。"), (), "preparing", OPENERS,
        BUREAU, internal=True, gives=("organiser",), asks=DETAILS,
    ),
    Step(
        "edit", N_("修改安排"), N_("安排已修改。"), ("preparing",), None, OPENERS, BUREAU,
        internal=True, asks=DETAILS,
    ),
    Step(
        "announce", N_("发出培训通知"), N_("通知已发出，应训人员已列入名单。"), ("preparing",),
        "enrolling", OPENERS, BUREAU, papers=("training_notice",), guards=(guards.complete,),
        hint=N_("通知各单位，自动列出应训人员"),
    ),
    # ------------------------------------------------------------ Y3: the list
    Step(
        "relist", N_("补列应训人员"), N_("名单已按登记册补列。"), ("enrolling",), None, OPENERS,
        BUREAU, internal=True, hint=N_("通知发出以后新来的人员"),
    ),
    Step(
        "change", N_("调整安排"), N_("安排已调整，各单位已通知。"), ("enrolling", "ready"), None,
        OPENERS, BUREAU, asks=CHANGES, needs_note=True, hint=N_("改时间、地点、教师或者名额"),
    ),
    Step(
        "close_enrolment", N_("截止报名"), N_("报名已截止。"), ("enrolling",), "ready", OPENERS,
        BUREAU, guards=(guards.somebody_listed,),
    ),
    Step(
        "reopen_enrolment", N_("重新开放报名"), N_("报名已重新开放。"), ("ready",), "enrolling",
        OPENERS, BUREAU, back=True, needs_note=True, guards=(guards.complete,),
    ),
    # ------------------------------------------------------------ Y4: signed in and out
    Step(
        "start", N_("开始签到"), N_("签到已开始，请出示签到码。"), ("ready",), "running", OPENERS,
        BUREAU, guards=(guards.day_has_come,),
    ),
    Step(
        "new_code", N_("更换签到码"), N_("签到码已更换，旧码作废。"), ("running",), None, OPENERS,
        BUREAU, internal=True, hint=N_("旧码被转发时用"),
    ),
    Step(
        "finish", N_("结束培训，登记成绩"), N_("培训已结束，请登记成绩。"), ("running",), "marking",
        OPENERS, BUREAU, makes=("result",),
        guards=(guards.examined, guards.somebody_came),
    ),
    Step(
        "finish_plain", N_("结束培训（不考试）"), N_("培训已结束，送登记员记入学时。"),
        ("running",), "recording", OPENERS, BUREAU, makes=("result",),
        guards=(guards.not_examined, guards.somebody_came),
    ),
    # ------------------------------------------------------------ Y5: marks and one resit
    Step(
        "submit_marks", N_("成绩登记完毕"), N_("成绩已送登记员核对。"), ("marking",), "recording",
        OPENERS, BUREAU, makes=("result",), papers=("mark_sheet",), asks=(ABSENT,),
        guards=(guards.examined, guards.somebody_came),
    ),
    Step(
        "submit_list", N_("签到核对完毕"), N_("名单已送登记员核对。"), ("marking",), "recording",
        OPENERS, BUREAU, makes=("result",), guards=(guards.not_examined, guards.somebody_came),
    ),
    # ------------------------------------------------------------ Y6: on file, by other eyes
    Step(
        "record", N_("记入个人档案"), N_("学时已记入个人档案。"), ("recording",), "closing",
        guards.RECORDERS, BUREAU, checks=("result",), papers=("attendance_sheet",),
        guards=(guards.somebody_came, guards.others_entered), tells=("organiser",),
        hint=N_("合格的记学时，同时编号发证"),
    ),
    Step(
        "send_back", N_("退回核对"), N_("已退回培训管理员核对。"), ("recording",), "marking",
        guards.RECORDERS, BUREAU, back=True, internal=True, needs_note=True, tells=("organiser",),
    ),
    # ------------------------------------------------------------ Y7: summed up
    Step(
        "close", N_("总结并办结"), N_("培训班已办结。"), ("closing",), "closed", OPENERS, BUREAU,
        internal=True, papers=("training_summary",), asks=(SUMMARY,),
    ),
    Step(
        "cancel", N_("取消培训"), N_("培训已取消，各单位已通知。"),
        ("preparing", "enrolling", "ready", "running"), "cancelled", OPENERS, BUREAU, back=True,
        needs_note=True,
    ),
)
# fmt: on

PAPERS = (
    PaperUse("training_notice", ("preparing", "enrolling", "ready"), (TRAINER,)),
    PaperUse(
        "attendance_sheet", ("running", "marking", "recording"), (TRAINER, REGISTRAR), inner=True
    ),
    PaperUse("mark_sheet", ("marking",), (TRAINER,), inner=True),
    PaperUse("training_certificate", ("closing",), (TRAINER, REGISTRAR), inner=True),
    PaperUse("training_summary", ("closing",), (TRAINER,), inner=True),
)

FLOW = Flow(
    kind="training",
    label=N_("培训班"),
    version=1,
    states=STATES,
    steps=STEPS,
    papers=PAPERS,
    group=N_("培训"),
    icon="book",
    sees=(TRAINER, Role.INSPECTOR),
    invites=True,
)
