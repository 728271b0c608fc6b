"""What must hold before a step of a session: each answers with a sentence, or None."""

from __future__ import annotations

from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.roles import Role
from tracker.core.audit.models import AuditRow
from tracker.core.cases.flow import Context
from tracker.core.clock import office_date
from tracker.core.errors import Refusal, say
from tracker.workflows.trainings.models import Enrolment, Training

# What is written into the audit when somebody ticks the list, or enters marks.
LIST_TAG, MARK_TAG = "training.attendance.set", "training.marks.set"
RECORDERS = (Role.REGISTRAR, Role.SUPERVISOR)


def _training(context: Context) -> Training:
    return cast(Training, context.case)


def complete(context: Context) -> Refusal | None:
    """A notice says when, where and by whom (domain 3.8, Y2)."""
    training = _training(context)
    if training.starts_at is None or training.enrol_by is None:
        return Refusal(say("还没有定培训时间和报名截止日。"), instead=say("先办“修改安排”"))
    if not (training.venue and training.teacher):
        return Refusal(say("还没有定地点和教师。"), instead=say("先办“修改安排”"))
    if training.enrol_by < context.today:
        return Refusal(say("报名截止日已经过了。"), instead=say("先办“修改安排”"))
    return None


def somebody_listed(context: Context) -> Refusal | None:
    """A session without people is called off, not closed."""
    if count_listed(context.session, context.case.id):
        return None
    return Refusal(say("名单上还没有人。"), instead=say("没有人参加的，办“取消培训”"))


def day_has_come(context: Context) -> Refusal | None:
    """Nobody signs in before the day."""
    starts_at = _training(context).starts_at
    if starts_at is not None and office_date(starts_at) <= context.today:
        return None
    return Refusal(say("还没有到培训的日子。"), instead=say("提前举办的，先办“调整安排”"))


def somebody_came(context: Context) -> Refusal | None:
    """There is nothing to record where nobody signed in."""
    came = context.session.scalar(
        select(func.count()).where(
            Enrolment.case_id == context.case.id,
            Enrolment.standing == "listed",
            Enrolment.signed_in_at.is_not(None),
        )
    )
    if came:
        return None
    return Refusal(say("还没有人签到。"), instead=say("用签到名单补登；没有举办的，办“取消培训”"))


def examined(context: Context) -> Refusal | None:
    """The way by the marks is for sessions with an examination."""
    if _training(context).pass_mark is not None:
        return None
    return Refusal(say("这期培训不考试。"))


def not_examined(context: Context) -> Refusal | None:
    """The way without marks is for sessions without an examination."""
    if _training(context).pass_mark is None:
        return None
    return Refusal(say("这期培训要考试，先登记成绩。"))


def others_entered(context: Context) -> Refusal | None:
    """Whoever ticked the list or entered a mark does not put the hours on file."""
    hands = entered_by(context.session, context.case.id)
    if not hands & _acting(context):
        return None
    return Refusal(say("登记签到或者成绩的人不能自己记入学时，代行职务也不行。"))


def entered_by(session: Session, case_id: int) -> set[int]:
    """Everybody who has entered attendance or marks, in person or for somebody."""
    rows = session.execute(
        select(AuditRow.actor_id, AuditRow.on_behalf_of_id).where(
            AuditRow.case_id == case_id, AuditRow.tag.in_((LIST_TAG, MARK_TAG))
        )
    )
    return {user_id for row in rows for user_id in row if user_id is not None}


def _acting(context: Context) -> set[int]:
    """The actor, and whoever lends the power where the actor has none of their own."""
    actor = context.actor
    fit = [p for p in actor.powers if p.role in RECORDERS and p.org_id == context.case.bureau_id]
    lenders = {p.on_behalf_of for p in fit if p.on_behalf_of is not None}
    own = any(p.on_behalf_of is None for p in fit)
    return {actor.user_id} if own else {actor.user_id, *lenders}


def count_listed(session: Session, case_id: int) -> int:
    """How many have a place."""
    return (
        session.scalar(
            select(func.count()).where(Enrolment.case_id == case_id, Enrolment.standing == "listed")
        )
        or 0
    )
