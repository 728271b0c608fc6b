"""The questions that the steps of a session ask."""

from __future__ import annotations

from tracker.core.cases.flow import Ask, AskKind
from tracker.core.errors import N_
from tracker.core.staff.models import TRAINING_LABELS
from tracker.workflows.trainings.models import AUDIENCES

TOPICS: dict[str, str] = {kind.value: label for kind, label in TRAINING_LABELS.items()}
TITLE = Ask("title", N_("培训名称"), most=100)
SUBJECT = (
    Ask("topic", N_("培训类别"), AskKind.CHOICE, choices=TOPICS),
    Ask("audience", N_("培训对象"), AskKind.CHOICE, choices=AUDIENCES),
    Ask("content", N_("培训内容"), AskKind.LONG, most=2000),
)
WHERE = (
    Ask("venue", N_("地点"), most=120, hint=N_("线上培训写会议号或者网址")),
    Ask("online", N_("线上培训"), AskKind.YES, required=False),
    Ask("teacher", N_("教师"), most=60),
)
TIMES = (
    Ask("starts_at", N_("开始时间"), AskKind.MOMENT),
    Ask("ends_at", N_("结束时间"), AskKind.MOMENT),
    Ask("enrol_by", N_("报名截止日"), AskKind.DATE),
)
QUOTA = Ask("quota", N_("名额"), AskKind.COUNT, hint=N_("报满以后的排队，有人退出依次递补"))
SIZE = (
    Ask("hours", N_("学时"), AskKind.NUMBER),
    QUOTA,
    Ask("pass_mark", N_("合格分数"), AskKind.COUNT, required=False,
        hint=N_("满分 100 分；不考试就空着")),
)  # fmt: skip
DETAILS = (TITLE, *SUBJECT, *WHERE, *TIMES, *SIZE)
CHANGES = (*WHERE, *TIMES, QUOTA)
ABSENT = Ask(
    "absent", N_("没有成绩的按缺考处理"), AskKind.YES, required=False,
    hint=N_("缺考的不合格，不记学时"),
)  # fmt: skip
SUMMARY = Ask("summary", N_("培训总结"), AskKind.LONG, most=4000)
