"""What the procedure wants before a notice, a hearing and a decision."""

from __future__ import annotations

from decimal import Decimal

from tracker.core.cases.clocks import rule_for
from tracker.core.cases.flow import Context
from tracker.core.errors import Refusal, Sentence, say
from tracker.core.rulebook.loader import RuleMissing
from tracker.workflows.penalties.grading import review_by_amount
from tracker.workflows.penalties.guards.team import penalty_of
from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.rows import hearings_of
from tracker.workflows.penalties.standing import clock, running_clock


def why_review(penalty: Penalty) -> list[Sentence]:
    """Every ground on which this case needs a legal review (行政处罚法 58); empty without one."""
    fine = penalty.proposed_fine or Decimal(0)
    on = penalty.notice_on or penalty.filed_on
    by_amount = bool(fine and on and review_by_amount(penalty, fine, on))
    found = (
        (penalty.major_interest, say("涉及重大公共利益")),
        (penalty.hearing_held_on is not None, say("经过听证程序")),
        (penalty.complicated, say("案情疑难复杂、涉及多个法律关系")),
        (penalty.law_wants_review, say("法律法规规定应当审核")),
        (by_amount, say("罚款达到本地规定的数额")),
    )
    return [why for holds, why in found if holds]


def reviewed(context: Context) -> Refusal | None:
    """The legal review is done where it is required; a hearing makes it necessary anew."""
    penalty = penalty_of(context)
    grounds = why_review(penalty)
    if not grounds or penalty.reviewed_on is not None:
        return None
    return Refusal(
        say("须先经法制审核：%(why)s。", why=grounds[0]), instead=say("先办“送法制审核”")
    )


def discussed(context: Context) -> Refusal | None:
    """Complex and serious cases are discussed by the leaders (行政处罚法 57)."""
    penalty = penalty_of(context)
    if penalty.discussed_on is not None or not (penalty.complicated or penalty.major_interest):
        return None
    return Refusal(
        say("情节复杂或者重大的，须先由负责人集体讨论。"), instead=say("先办“提请集体讨论”")
    )


def is_penalty(context: Context) -> Refusal | None:
    """A penalty is proposed."""
    if penalty_of(context).outcome == "penalty":
        return None
    return Refusal(say("拟作的是不予处罚，不用事先告知。"))


def penalty_proposed(context: Context) -> Refusal | None:
    """What lies before the head is a penalty."""
    if penalty_of(context).outcome == "penalty":
        return None
    return Refusal(say("报请的是不予处罚。"), instead=say("请办“不予处罚”"))


def no_penalty_proposed(context: Context) -> Refusal | None:
    """What lies before the head is to punish nobody."""
    if penalty_of(context).outcome == "no_penalty":
        return None
    return Refusal(say("报请的是给予处罚。"), instead=say("请办“作出处罚决定”"))


def noticed(context: Context) -> Refusal | None:
    """The party has been told what is intended."""
    if penalty_of(context).noticed:
        return None
    return Refusal(say("还没有事先告知当事人。"))


def not_noticed(context: Context) -> Refusal | None:
    """The party has not been told yet."""
    if not penalty_of(context).noticed:
        return None
    return Refusal(say("已经告知当事人，走告知以后的一步。"))


def heard(context: Context) -> Refusal | None:
    """Told, and heard or silent until the time was over (行政处罚法 44, 45, 62)."""
    penalty = penalty_of(context)
    if penalty.noticed and penalty.notice_over_on is not None:
        return None
    return Refusal(say("没有告知当事人并听取陈述、申辩，不能作出处罚决定。"))


def notice_time_over(context: Context) -> Refusal | None:
    """The times for a hearing and for a statement are over, unless the party used them."""
    penalty = penalty_of(context)
    for rule_id in ("T05", "T07"):
        deadline = running_clock(context.session, penalty.id, rule_id)
        if deadline is not None and deadline.due_on and deadline.due_on >= context.today:
            return Refusal(
                say(
                    "“%(what)s”的期限到 %(on)s 才届满。",
                    what=deadline.label,
                    on=deadline.due_on,
                ),
                instead=say("当事人书面放弃的，办“当事人放弃”"),
            )
    return None


def hearing_open(context: Context) -> Refusal | None:
    """The party may ask for a hearing: the fine reaches the threshold, and nobody asked yet."""
    penalty = penalty_of(context)
    if not penalty.hearing_right:
        return Refusal(say("拟处罚款没有达到可以要求听证的数额。"))
    if clock(context.session, penalty.id, "T05") is None:
        return Refusal(say("听证期限没有起算。"))
    return None


def no_defence(context: Context) -> Refusal | None:
    """A notice is not taken back after the party has spoken (行政处罚法 45)."""
    if penalty_of(context).defended_on is None:
        return None
    return Refusal(say("当事人已经陈述、申辩，不能撤回告知再加重。"))


def may_postpone(context: Context) -> Refusal | None:
    """Only where a local rule allows it, and no more often than it says."""
    penalty = penalty_of(context)
    try:
        allowed = rule_for(penalty, "T06A", context.today).extension
    except RuleMissing:
        return Refusal(say("本地没有可以延期听证的规定。"))
    used = sum(1 for h in hearings_of(context.session, penalty.id) if h.postponed)
    if allowed is not None and allowed.max_times is not None and used >= allowed.max_times:
        return Refusal(say("听证已经延期 %(n)s 次，不能再延。", n=used))
    return None
