"""Who is on the case, who must not be, and what waits for the head."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.roles import Role
from tracker.core.cases.evidence import evidence_of, why_not_settled
from tracker.core.cases.flow import Context
from tracker.core.cases.guards import names, part_holders, persons_of
from tracker.core.cases.models import CasePerson, Move
from tracker.core.deadlines import service as deadlines
from tracker.core.errors import Refusal, Sentence, say
from tracker.core.registers.officers import uncertified
from tracker.workflows.penalties.models import Penalty, PenaltySettings
from tracker.workflows.penalties.rows import pending_recusal
from tracker.workflows.penalties.standing import running_clock

TEAM = ("handler", "co_officer")


def penalty_of(context: Context) -> Penalty:
    """The case, as this workflow knows it."""
    return cast(Penalty, context.case)


def team_of(session: Session, case_id: int) -> list[int]:
    """Those who investigate now."""
    return [u for part in TEAM for u in part_holders(session, case_id, part)]


def ever_on_team(session: Session, case_id: int) -> list[int]:
    """Those who investigate or did so."""
    return list(
        session.scalars(
            select(CasePerson.user_id).where(
                CasePerson.case_id == case_id, CasePerson.part.in_(TEAM)
            )
        )
    )


def _acting(context: Context, roles: Collection[Role]) -> frozenset[int]:
    """Everyone who acts when the actor takes a step of these roles; one's own power goes first."""
    fit = [
        p for p in context.actor.powers if p.role in roles and p.org_id == context.case.bureau_id
    ]
    first = next(iter(sorted(fit, key=lambda p: p.on_behalf_of is not None)), None)
    return persons_of(context.actor.user_id, first.on_behalf_of if first else None)


def both_certified(context: Context) -> Refusal | None:
    """Two officers, both with a certificate valid today (行政处罚法 42; 统计法实施条例 36)."""
    officers = team_of(context.session, context.case.id)
    if len(set(officers)) < 2:
        return Refusal(say("办案须有两名执法人员，现在不足两人。"), instead=say("请负责人改派"))
    if bad := uncertified(context.session, officers, context.today):
        return Refusal(
            say("%(who)s 的统计执法证今天无效。", who=names(context.session, bad)),
            instead=say("请负责人改派持证人员"),
        )
    return None


def head_apart(context: Context) -> Refusal | None:
    """Whoever approves has not investigated the case, also by delegation."""
    return _apart(context, (Role.HEAD,), say("办案人员不能审批自己的案件，代行职务也不行。"))


def supervisor_apart(context: Context) -> Refusal | None:
    """Whoever confirms has not investigated the case."""
    return _apart(context, (Role.SUPERVISOR,), say("办案人员不能审批自己的案件，代行职务也不行。"))


def reviewer_apart(context: Context) -> Refusal | None:
    """The legal reviewer is not of the team (行政处罚法 58)."""
    return _apart(context, (Role.LEGAL_REVIEWER,), say("法制审核人员不能是本案的办案人员。"))


def presider_apart(context: Context) -> Refusal | None:
    """The presider of a hearing is not of the team (行政处罚法 64)."""
    return _apart(context, (Role.LEGAL_REVIEWER,), say("听证主持人不能是本案的调查人员。"))


def collector_apart(context: Context) -> Refusal | None:
    """Whoever decided or proposed the fine does not collect it (行政处罚法 67)."""
    penalty = penalty_of(context)
    acting = _acting(context, (Role.REGISTRAR,))
    barred = {*ever_on_team(context.session, penalty.id), penalty.decided_by_id}
    if acting.isdisjoint(barred - {None}):
        return None
    return Refusal(say("作出罚款决定的人员不能收缴罚款（罚缴分离）。"))


def _apart(context: Context, roles: Collection[Role], why: Sentence) -> Refusal | None:
    if _acting(context, roles).isdisjoint(ever_on_team(context.session, context.case.id)):
        return None
    return Refusal(why)


def on_team(context: Context) -> Refusal | None:
    """Somebody of the team, in person or by delegation."""
    team = team_of(context.session, context.case.id)
    fit = [
        p
        for p in context.actor.powers
        if p.role is Role.INSPECTOR
        and p.org_id == context.case.bureau_id
        and (p.on_behalf_of or context.actor.user_id) in team
    ]
    return None if fit else Refusal(say("这一步由本案的办案人员办理。"))


# ---------------------------------------------------------------- recusal


def recusal_waits(context: Context) -> Refusal | None:
    """There is a recusal to decide."""
    if pending_recusal(context.session, context.case.id) is not None:
        return None
    return Refusal(say("没有待决定的回避申请。"))


def no_recusal_waits(context: Context) -> Refusal | None:
    """Nothing is concluded while a recusal is undecided (行政处罚法 43)."""
    if pending_recusal(context.session, context.case.id) is None:
        return None
    return Refusal(say("有一件回避申请还没有决定。"), instead=say("请单位负责人先决定"))


# ---------------------------------------------------------------- extension of T02


def latest(session: Session, case_id: int, steps: Collection[str]) -> str | None:
    """Which of some steps was taken last."""
    return session.scalar(
        select(Move.step)
        .where(Move.case_id == case_id, Move.step.in_(steps))
        .order_by(Move.seq.desc())
        .limit(1)
    )


_EXTENSION = ("ask_extension", "approve_extension", "refuse_extension")


def may_be_extended(context: Context) -> Refusal | None:
    """T02 runs, has not run out, and its rule still allows an extension."""
    deadline = running_clock(context.session, context.case.id, "T02")
    if deadline is None:
        return Refusal(say("办案期限现在不走，没有可以延长的。"))
    return deadlines.why_not_extend(context.session, deadline, context.today)


def extension_not_asked(context: Context) -> Refusal | None:
    """One request at a time."""
    if latest(context.session, context.case.id, _EXTENSION) != "ask_extension":
        return None
    return Refusal(say("延长办案期限的申请正等着审批。"))


def extension_asked(context: Context) -> Refusal | None:
    """Somebody has asked for more time."""
    if latest(context.session, context.case.id, _EXTENSION) == "ask_extension":
        return None
    return Refusal(say("没有人申请延长办案期限。"), instead=say("由承办人先申请"))


# ---------------------------------------------------------------- inquiry, evidence, exits


def inquiry_out(context: Context) -> Refusal | None:
    """An inquiry was served and not answered."""
    if running_clock(context.session, context.case.id, "OWN-INQUIRY") is not None:
        return None
    return Refusal(say("没有等待答复的查询书。"))


def no_inquiry_out(context: Context) -> Refusal | None:
    """One inquiry at a time."""
    if running_clock(context.session, context.case.id, "OWN-INQUIRY") is None:
        return None
    return Refusal(say("上一份查询书还没有答复。"), instead=say("先登记答复情况"))


def evidence_there(context: Context) -> Refusal | None:
    """A report rests on evidence (行政处罚法 40, 46)."""
    if evidence_of(context.session, context.case.id):
        return None
    return Refusal(say("还没有登记任何证据。"), instead=say("在“证据”里登记"))


def evidence_settled(context: Context) -> Refusal | None:
    """Preserved evidence was approved and disposed of (行政处罚法 56)."""
    return why_not_settled(context.session, context.case.id)


def settings_of(session: Session, bureau_id: int | None) -> PenaltySettings:
    """What the bureau allows; without a row the product's defaults."""
    found = session.get(PenaltySettings, bureau_id) if bureau_id is not None else None
    return found or PenaltySettings(withdrawal=True, termination=False, suspension=False)


def _allowed(name: str) -> Callable[[Context], Refusal | None]:
    def guard(context: Context) -> Refusal | None:
        if getattr(settings_of(context.session, context.case.bureau_id), name):
            return None
        return Refusal(
            say("本单位没有启用这一步：它的法定情形未核实。"),
            instead=say("核对规定以后，由单位负责人在设置里启用"),
        )

    return guard


def exit_allowed(context: Context) -> Refusal | None:
    """The bureau allows withdrawing or terminating a case; the grounds were not verified."""
    found = settings_of(context.session, context.case.bureau_id)
    return None if found.withdrawal or found.termination else _allowed("withdrawal")(context)


suspension_allowed = _allowed("suspension")
