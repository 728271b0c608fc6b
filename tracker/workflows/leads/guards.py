"""What must hold before a step of the lead handoff: each answers with a sentence, or None."""

from __future__ import annotations

from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Context
from tracker.core.cases.guards import names, part_holders, persons_of
from tracker.core.cases.models import Attachment
from tracker.core.cases.opening import openings
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import Refusal, say
from tracker.core.registers.models import Organisation
from tracker.core.registers.officers import uncertified
from tracker.workflows.leads.models import CASE_KIND, Lead
from tracker.workflows.leads.parties import recipient


def _lead(context: Context) -> Lead:
    return cast(Lead, context.case)


def complete(context: Context) -> Refusal | None:
    """A lead goes to approval with at least one indicator and one evidence file (domain L0)."""
    lead = _lead(context)
    files = context.session.scalar(
        select(func.count()).select_from(Attachment).where(Attachment.case_id == lead.id)
    )
    if not all((lead.matter, lead.found_in, lead.facts)):
        return Refusal(
            say("还没有写清涉嫌什么、在哪里发现、情况怎样。"), instead=say("点“修改内容”补上")
        )
    if lead.indicators and files:
        return None
    missing = (
        say("指标") if files else say("证据材料") if lead.indicators else say("指标和证据材料")
    )
    return Refusal(
        say("还没有%(what)s，不能提交审批。", what=missing),
        instead=say("点“修改内容”补上"),
    )


def has_recipient(context: Context) -> Refusal | None:
    """There is a statistics body of the same level (统计法 37), or a survey team, to send to."""
    if recipient(context.session, _lead(context)) is not None:
        return None
    return Refusal(
        say("系统里没有可以接收这条线索的统计机构。"), say("系统管理员"), say("请先登记该机构")
    )


def duplicates_looked_at(context: Context) -> Refusal | None:
    """Likely duplicates are compared before a lead is given to an officer."""
    from tracker.workflows.leads.duplicates import likely_duplicates

    lead = _lead(context)
    if lead.duplicates_seen_at is not None:
        return None
    count = len(likely_duplicates(context.session, lead, context.actor))
    if not count:
        return None
    return Refusal(
        say("有 %(n)s 条疑似重复的线索还没有比对。", n=count),
        instead=say("先打开“疑似重复”逐条比对"),
    )


def sent_by_department(context: Context) -> Refusal | None:
    """Only a department can be asked for more material; other channels have no sender to ask."""
    lead = _lead(context)
    kind = context.session.scalar(
        select(Organisation.kind).where(Organisation.id == lead.origin_org_id)
    )
    if kind in ("department", "township"):
        return None
    return Refusal(say("这条线索不是部门移送的，没有可以发函的部门。"), instead=say("请直接核查"))


def both_certified(context: Context) -> Refusal | None:
    """Two officers, both with a certificate valid today (行政处罚法 42; 统计执法证管理办法)."""
    session, lead = context.session, _lead(context)
    officers = part_holders(session, lead.id, "handler") + part_holders(
        session, lead.id, "co_officer"
    )
    if len(set(officers)) < 2:
        return Refusal(say("核查须有两名执法人员，现在不足两人。"), instead=say("请负责人改派"))
    if bad := uncertified(session, officers, context.today):
        return Refusal(
            say("%(who)s 的统计执法证今天无效。", who=names(session, bad)),
            instead=say("请负责人改派持证人员"),
        )
    return None


def not_an_officer(context: Context) -> Refusal | None:
    """Who verifies asks for more time; somebody else grants it, also by delegation."""
    session, lead = context.session, _lead(context)
    officers = part_holders(session, lead.id, "handler") + part_holders(
        session, lead.id, "co_officer"
    )
    granting = (Role.SUPERVISOR, Role.HEAD)
    powers = [p for p in context.actor.powers if p.role in granting and p.org_id == lead.bureau_id]
    # The door takes one's own power before one held for somebody else.
    behalf = [p.on_behalf_of for p in sorted(powers, key=lambda p: p.on_behalf_of is not None)]
    if persons_of(context.actor.user_id, behalf[0] if behalf else None).isdisjoint(officers):
        return None
    return Refusal(say("核查人员不能批准延长自己的期限，代行职务也不行。"))


def verifying_may_go_on(context: Context) -> Refusal | None:
    """The verification has not run out, and its rule still allows an extension."""
    deadline = verifying_clock(context.session, _lead(context))
    if deadline is None:
        return Refusal(say("核查期限现在不走，没有可以延长的。"))
    return deadlines.why_not_extend(context.session, deadline, context.today)


def verifying_clock(session: Session, lead: Lead) -> Deadline | None:
    """The clock of the verification, while it runs."""
    running = deadlines.running(session, lead.id)
    return next((d for d in running if d.rule_id == "L16"), None)


def found_true(context: Context) -> Refusal | None:
    """After a verification a case is opened only on what it found to be so (domain 3.3, L6)."""
    if _lead(context).found:
        return None
    return Refusal(say("核查没有查实，不能报请立案。"), instead=say("请审定结果，转反馈"))


def cases_can_be_opened(_context: Context) -> Refusal | None:
    """There is a workflow of penalty cases to open one in."""
    if openings.has(CASE_KIND):
        return None
    return Refusal(say("处罚案件流程没有启用。"), say("系统管理员"))


def owes_report_up(context: Context) -> Refusal | None:
    """A result report goes up once, and only for leads handed down (domain 3.3)."""
    lead = _lead(context)
    if lead.channel != "handed_down":
        return Refusal(say("不是上级转办的线索，不用向上级报告。"))
    if lead.reported_up_at is not None:
        return Refusal(say("已经向上级报告过结果。"))
    return None


def report_up_made(context: Context) -> Refusal | None:
    """A lead handed down is closed only after its superior has the result."""
    lead = _lead(context)
    if lead.channel != "handed_down" or lead.reported_up_at is not None:
        return None
    handler = part_holders(context.session, lead.id, "handler")
    return Refusal(
        say("上级转办的线索，还没有向%(who)s报告结果。", who=lead.superior_name or ""),
        names(context.session, handler),
        say("先办“向上级报告结果”"),
    )
