"""What must hold before a step of a sanction proposal: each answers with a sentence, or None."""

from __future__ import annotations

from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Context
from tracker.core.cases.guards import names, part_holders, persons_of
from tracker.core.cases.models import Move
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.documents.models import Document, DocumentState
from tracker.core.errors import Refusal, say
from tracker.workflows.sanctions.models import Sanction

MONTHS, LOCAL = "L04", "L05"


def _sanction(context: Context) -> Sanction:
    return cast(Sanction, context.case)


def running_clock(session: Session, case_id: int, rule_id: str) -> Deadline | None:
    """A clock of the case that still runs, by its rule."""
    return next((d for d in deadlines.running(session, case_id) if d.rule_id == rule_id), None)


def has_persons(context: Context) -> Refusal | None:
    """A proposal names at least one person (domain S0)."""
    if _sanction(context).persons:
        return None
    return Refusal(say("还没有写责任人。"), instead=say("先办“加一位责任人”"))


def all_answered(context: Context) -> Refusal | None:
    """Of every person a result is known, or a written reason why there is none (domain S6)."""
    open_ones = [p.name for p in _sanction(context).persons if not p.answered]
    if not open_ones:
        return None
    return Refusal(
        say("还没有处理结果或者书面理由：%(who)s。", who="、".join(open_ones)),
        instead=say("逐人登记处理结果，或者登记没有结果的理由"),
    )


def chaser_issued(context: Context) -> Refusal | None:
    """Every chaser is a letter of its own: one has been issued that was not recorded yet."""
    session, case_id = context.session, context.case.id
    letters = select(func.count()).where(
        Document.case_id == case_id,
        Document.kind == "chaser",
        Document.state == DocumentState.ISSUED.value,
    )
    chased = select(func.count()).where(Move.case_id == case_id, Move.step == "chase")
    if (session.scalar(letters) or 0) > (session.scalar(chased) or 0):
        return None
    return Refusal(say("这次催办还没有催办函。"), instead=say("在“文书”里制作并签发"))


def not_the_handler(context: Context) -> Refusal | None:
    """Whoever waits for the result does not also accept more time for it."""
    holders = part_holders(context.session, context.case.id, "handler")
    granting = (Role.SUPERVISOR, Role.HEAD)
    powers = [
        p for p in context.actor.powers if p.role in granting and p.org_id == context.case.bureau_id
    ]
    # The door takes one's own power before one held for somebody else.
    behalf = [p.on_behalf_of for p in sorted(powers, key=lambda p: p.on_behalf_of is not None)]
    if persons_of(context.actor.user_id, behalf[0] if behalf else None).isdisjoint(holders):
        return None
    return Refusal(say("承办人不能自己认可延期，代行职务也不行。"), names(context.session, holders))


def months_may_grow(context: Context) -> Refusal | None:
    """The months have not run out, and the rule leaves room (at most a year in all)."""
    clock = running_clock(context.session, context.case.id, MONTHS)
    if clock is None:
        return Refusal(say("期限现在不走，没有可以延长的。"))
    refusal = deadlines.why_not_extend(context.session, clock, context.today)
    if refusal is None and deadlines.longest_extension(context.session, clock) is None:
        return Refusal(say("连同延长已经到最长期限，不能再延长。"), instead=say("逾期后报告上级"))
    return refusal


def months_are_over(context: Context) -> Refusal | None:
    """Only what is overdue is reported upward (domain S7)."""
    return _not_over(running_clock(context.session, context.case.id, MONTHS), context)


def local_limit_is_over(context: Context) -> Refusal | None:
    """A province's own shorter limit has passed (山东省统计管理条例 20)."""
    clock = running_clock(context.session, context.case.id, LOCAL)
    if clock is None:
        return Refusal(say("本地没有另外规定期限。"))
    return _not_over(clock, context)


def _not_over(clock: Deadline | None, context: Context) -> Refusal | None:
    if clock is None or clock.due_on is None:
        return Refusal(say("期限现在不走。"))
    if clock.due_on >= context.today:
        return Refusal(say("期限到 %(due)s，还没有逾期。", due=clock.due_on))
    return None
