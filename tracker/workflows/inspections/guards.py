"""What must hold before a step of an inspection: each answers with a sentence, or None."""

from __future__ import annotations

from datetime import date
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.roles import Role
from tracker.core.cases import evidence
from tracker.core.cases.answers import answers
from tracker.core.cases.caps import cap_of
from tracker.core.cases.evidence import team_of
from tracker.core.cases.figures import figures_of
from tracker.core.cases.flow import Context
from tracker.core.cases.guards import names, persons_of
from tracker.core.cases.opening import openings
from tracker.core.cases.respondents import inspections_in_year
from tracker.core.clock import office_date
from tracker.core.deadlines import service as deadlines
from tracker.core.errors import Refusal, say
from tracker.core.registers.officers import uncertified
from tracker.workflows.inspections.models import Inspection, InspectionLine

PENALTY = "penalty"
_REASSIGN = "请业务负责人改派"


def _task(context: Context) -> Inspection:
    return cast(Inspection, context.case)


# ---------------------------------------------------------------- who checks


def unfit_on(session: Session, case_id: int, day: date) -> Refusal | None:
    """Why the team may not check on a day: fewer than two, or a certificate not valid then.

    Source: 行政处罚法 42; 统计法实施条例 36.
    """
    team = team_of(session, case_id)
    if len(team) < 2:
        return Refusal(say("检查须有两名执法人员，现在不足两人。"), instead=say(_REASSIGN))
    if bad := uncertified(session, team, day):
        return Refusal(
            say("%(who)s 的统计执法证在 %(on)s 无效。", who=names(session, bad), on=day),
            instead=say(_REASSIGN),
        )
    return None


def team_fit(context: Context) -> Refusal | None:
    """Two officers, each with a certificate valid today."""
    return unfit_on(context.session, context.case.id, context.today)


def two_officers(context: Context) -> Refusal | None:
    """Two officers; their certificates are asked for on the day of the fact."""
    if len(team_of(context.session, context.case.id)) >= 2:
        return None
    return Refusal(say("检查须有两名执法人员，现在不足两人。"), instead=say(_REASSIGN))


def on_the_team(context: Context) -> Refusal | None:
    """Records are made by the officers of the task."""
    if evidence.on_the_team(context.session, context.actor, context.case):
        return None
    return Refusal(say("这一步由本件的检查人员办理。"))


def not_of_the_team(context: Context) -> Refusal | None:
    """Nobody approves a check that they carry out, also for somebody else."""
    team = set(team_of(context.session, context.case.id))
    bureau = context.case.bureau_id
    heads = [p for p in context.actor.powers if p.role is Role.HEAD and p.org_id == bureau]
    who = context.actor.user_id
    if any(team.isdisjoint(persons_of(who, p.on_behalf_of)) for p in heads):
        return None
    return Refusal(say("检查人员不能审批自己的检查，代行职务也不行。"))


# ---------------------------------------------------------------- the yearly cap


def within_cap(context: Context) -> Refusal | None:
    """The organ's published cap for the unit is not reached, or does not bind this check.

    Source: 国办发〔2024〕54号 (T28): checks ordered from above do not count; above the cap only on
    suspicion. Where nobody has published a cap there is none to keep.
    """
    task = _task(context)
    if task.exemption != "none" or task.unit_id is None or task.bureau_id is None:
        return None
    year = context.today.year
    cap = cap_of(context.session, task.bureau_id, year)
    if cap is None:
        return None
    done = inspections_in_year(context.session, task.unit_id, task.bureau_id, year, but=task.id)
    if done < cap:
        return None
    return Refusal(
        say(
            "本单位 %(year)s 年对该企业的检查已有 %(done)s 次，公布的上限是 %(cap)s 次。",
            year=year,
            done=done,
            cap=cap,
        ),
        instead=say("只有上级部署或者有违法线索的检查可以例外，提请审批时写明依据"),
    )


# ---------------------------------------------------------------- approval, recusal


def approval_owed(context: Context) -> Refusal | None:
    """Approval is made up only for what was urgent, and once."""
    task = _task(context)
    if not task.urgent:
        return Refusal(say("这次检查事先经过批准，不用补办。"))
    if task.approved_at is not None:
        return Refusal(say("检查批准已经补办。"))
    return None


def approved(context: Context) -> Refusal | None:
    """No result without approval; in an urgent check it is made up before (司法部 Q&A, T29)."""
    if _task(context).approved_at is not None:
        return None
    return Refusal(
        say("紧急检查还没有补办负责人批准，不能认定结果。"),
        instead=say("请单位负责人先办“补办检查批准”"),
    )


def recusal_asked(context: Context) -> Refusal | None:
    """There is a request to decide, and it is not about the one who decides (行政处罚法 43)."""
    task = _task(context)
    if task.recusal_of_id is None:
        return Refusal(say("没有待决定的回避申请。"))
    if context.actor.user_id == task.recusal_of_id:
        return Refusal(say("不能决定自己的回避。"))
    return None


def no_recusal_asked(context: Context) -> Refusal | None:
    """One request at a time."""
    if _task(context).recusal_of_id is None:
        return None
    return Refusal(say("已有一件回避申请等负责人决定。"), say("单位负责人"))


def recusal_decided(context: Context) -> Refusal | None:
    """The check goes on while a recusal is undecided, but it has no result before that."""
    task = _task(context)
    if task.recusal_of_id is None:
        return None
    return Refusal(
        say("%(who)s 的回避还没有决定。", who=names(context.session, [task.recusal_of_id])),
        say("单位负责人"),
    )


# ---------------------------------------------------------------- on site and result


def site_recorded(context: Context) -> Refusal | None:
    """The record of the site is signed, or the refusal to sign is noted with a witness."""
    if "record_site" in answers(context.session, context.case.id):
        return None
    return Refusal(say("还没有现场检查笔录。"), instead=say("先办“记现场检查笔录”"))


def figures_complete(context: Context) -> Refusal | None:
    """Every indicator has its due figure, or it is noted that the unit withheld the papers."""
    session, task = context.session, _task(context)
    rows = figures_of(session, task.id)
    if not rows:
        return None if task.obstructed else Refusal(say("指标核对表还是空的。"))
    withheld = set(
        session.scalars(
            select(InspectionLine.line).where(
                InspectionLine.case_id == task.id, InspectionLine.withheld
            )
        )
    )
    open_rows = [r.name for r in rows if r.due is None and r.line not in withheld]
    if not open_rows or task.obstructed:
        return None
    return Refusal(
        say("%(what)s 还没有填应报数。", what="、".join(open_rows[:3])),
        instead=say("在“现场核对”里填写"),
    )


def not_obstructed(context: Context) -> Refusal | None:
    """A check that was refused or obstructed does not end without a finding (统计法 44)."""
    if not _task(context).obstructed:
        return None
    return Refusal(
        say("已记录对方拒绝、阻碍检查，不能按未发现问题结束。"),
        instead=say("责令改正或者转立案"),
    )


def inquiry_waits(context: Context) -> Refusal | None:
    """An answer is noted only while one is waited for."""
    running = deadlines.running(context.session, context.case.id)
    if any(d.rule_id == "OWN-INQUIRY" for d in running):
        return None
    return Refusal(say("没有等待答复的查询书。"))


def no_inquiry_waits(context: Context) -> Refusal | None:
    """One inquiry at a time, so that an answer belongs to its question."""
    return None if inquiry_waits(context) else Refusal(say("已发的查询书还没有答复。"))


def penalties_open(context: Context) -> Refusal | None:  # noqa: ARG001 - a guard's signature
    """There is a workflow for penalty cases to open one in."""
    if openings.has(PENALTY):
        return None
    return Refusal(say("处罚案件的流程还没有启用。"))


# ---------------------------------------------------------------- the end


def not_published(context: Context) -> Refusal | None:
    """A result is published once."""
    if _task(context).published_on is None:
        return None
    return Refusal(say("检查结果已经公示。"))


def published(context: Context) -> Refusal | None:
    """A task is closed only after its result is published (domain 3.1, I8)."""
    if _task(context).published_on is not None:
        return None
    return Refusal(say("检查结果还没有公示。"), instead=say("先办“登记结果公示”"))


def evidence_settled(context: Context) -> Refusal | None:
    """Everything that was preserved has been decided on (行政处罚法 56)."""
    return evidence.why_not_settled(context.session, context.case.id)


def on_or_after_approval(task: Inspection, day: date) -> bool:
    """Whether a day is not before the head's approval."""
    return task.approved_at is None or day >= office_date(task.approved_at)
