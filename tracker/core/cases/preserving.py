"""Registration of evidence for preservation: approved by the head, one clock an item.

Source: 行政处罚法 56 and 85 (rule T04: seven working days), made-up approval T30. Every verb takes
a case that was read, locked, through `get_visible`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, Power
from tracker.core.accounts.roles import Role
from tracker.core.cases import clocks
from tracker.core.cases.evidence import (
    DISPOSALS,
    KEEPING_LABELS,
    Keeping,
    Preservation,
    audit,
    item_of,
    refuse_closed,
    required,
    team_of,
    team_power,
)
from tracker.core.cases.guards import names, persons_of
from tracker.core.cases.models import Case
from tracker.core.clock import office_date
from tracker.core.deadlines import service as deadlines
from tracker.core.errors import N_, BadInput, Refusal, StepRefused, say
from tracker.core.registers.officers import uncertified
from tracker.core.rulebook.loader import RuleMissing

PRESERVED, MADE_UP, MADE_UP_ELSEWHERE = "T04", "T30", "OWN-MAKEUP"


def ask_preservation(
    session: Session,
    actor: Actor,
    case: Case,
    item_ids: Sequence[int],
    reason: str,
    *,
    now: datetime,
    request_id: str | None = None,
) -> list[Preservation]:
    """The team asks the head to let items be registered for preservation (行政处罚法 56)."""
    return _ask(session, actor, case, item_ids, reason, now, request_id)


def preserve_at_once(
    session: Session,
    actor: Actor,
    case: Case,
    item_ids: Sequence[int],
    reason: str,
    *,
    kept_at: str,
    keeper: str,
    at: datetime,
    now: datetime,
    request_id: str | None = None,
) -> list[Preservation]:
    """In an emergency items are kept first: approval is made up within hours of that moment.

    The hours are those of T30 where the place has that rule, else the product's own default.
    """
    if at > now:
        raise BadInput("at", say("日期不能晚于今天。"))
    made = _ask(session, actor, case, item_ids, reason, now, request_id, urgent=True)
    for row in made:
        _keep(session, actor, case, row, kept_at, keeper, office_date(at), now)
        row.approval_deadline_id = clocks.begin(
            session,
            case,
            _making_up(case, office_date(at)),
            on=office_date(at),
            at=at,
            actor_id=actor.user_id,
            now=now,
            label=f"补办登记保存审批：{row.item.name}"[:120],
        ).id
    session.flush()
    return made


def decide_preservation(
    session: Session,
    actor: Actor,
    case: Case,
    item_id: int,
    *,
    approve: bool,
    now: datetime,
    request_id: str | None = None,
) -> Preservation:
    """The head lets an item be preserved, or not; whoever asked cannot decide.

    Refusing what was kept in an emergency releases it at once.
    """
    row = _preservation(session, case, item_id)
    power = _leading(session, actor, case, row, (Role.HEAD,), "decide_preservation")
    if not row.awaits_approval:
        raise StepRefused([Refusal(say("这件证据的登记保存已经审批过。"))], "decide_preservation")
    row.decided_by_id, row.decided_at, row.refused = actor.user_id, now, not approve
    today = office_date(now)
    _stop(session, case, row.approval_deadline_id, today, actor, now)
    if not approve and row.kept_on is not None:
        _dispose(session, actor, case, row, "released", N_("负责人未批准登记保存"), today, now)
    session.flush()
    details = {"item": item_id, "approved": approve, "urgent": row.urgent}
    audit(session, actor, case, "decide", now, request_id, details, power.on_behalf_of)
    return row


def keep(
    session: Session,
    actor: Actor,
    case: Case,
    item_id: int,
    *,
    kept_at: str,
    keeper: str,
    on: date,
    now: datetime,
    request_id: str | None = None,
) -> Preservation:
    """The team registers an approved item on the spot; the item's own clock T04 starts."""
    row = _preservation(session, case, item_id)
    power = team_power(session, actor, case, "keep")
    if row.keeping is not Keeping.APPROVED or row.decided_at is None:
        raise StepRefused(
            [
                Refusal(
                    say("这件证据现在是“%(state)s”。", state=say(KEEPING_LABELS[row.keeping])),
                    instead=say("先经负责人批准；情况紧急的先保存后补批"),
                )
            ],
            "keep",
        )
    if on < office_date(row.decided_at):
        raise BadInput("on", say("登记保存不能早于负责人批准之日。"))
    _keep(session, actor, case, row, kept_at, keeper, on, now)
    details = {"item": item_id, "on": str(on)}
    audit(session, actor, case, "keep", now, request_id, details, power.on_behalf_of)
    return row


def dispose(
    session: Session,
    actor: Actor,
    case: Case,
    item_id: int,
    disposal: str,
    reason: str,
    *,
    on: date,
    now: datetime,
    request_id: str | None = None,
) -> Preservation:
    """Somebody in charge decides what becomes of a preserved item; that stops its clock."""
    row = _preservation(session, case, item_id)
    power = _leading(session, actor, case, row, (Role.SUPERVISOR, Role.HEAD), "dispose")
    if disposal not in DISPOSALS:
        raise BadInput("disposal", say("请选处理决定。"))
    if row.keeping is not Keeping.KEPT or row.kept_on is None:
        raise StepRefused(
            [Refusal(say("这件证据现在是“%(state)s”。", state=say(KEEPING_LABELS[row.keeping])))],
            "dispose",
        )
    if on < row.kept_on or on > office_date(now):
        raise BadInput("on", say("处理决定的日期要在登记保存之日到今天之间。"))
    reason = required("reason", reason, N_("请写明理由。"))
    _dispose(session, actor, case, row, disposal, reason, on, now)
    session.flush()
    details = {"item": item_id, "disposal": disposal, "on": str(on)}
    audit(session, actor, case, "dispose", now, request_id, details, power.on_behalf_of)
    return row


def _ask(
    session: Session,
    actor: Actor,
    case: Case,
    item_ids: Sequence[int],
    reason: str,
    now: datetime,
    request_id: str | None,
    *,
    urgent: bool = False,
) -> list[Preservation]:
    power = team_power(session, actor, case, "preserve")
    refuse_closed(case)
    reason = required("reason", reason, N_("请写明理由。"))
    items = [item_of(session, case, item_id) for item_id in dict.fromkeys(item_ids)]
    if not items:
        raise BadInput("items", say("请选要登记保存的证据。"))
    for item in items:
        old = item.preservation
        if old is not None and old.keeping is not Keeping.REFUSED:
            raise BadInput("items", say("《%(name)s》已经申请过登记保存。", name=item.name))
        if old is not None:
            item.preservation = None
    session.flush()
    made = []
    for item in items:
        item.preservation = Preservation(
            reason=reason,
            urgent=urgent,
            asked_by_id=actor.user_id,
            asked_for_id=power.on_behalf_of,
            asked_at=now,
        )
        made.append(item.preservation)
    session.flush()
    details = {"items": [i.id for i in items], "urgent": urgent}
    audit(session, actor, case, "ask", now, request_id, details, power.on_behalf_of)
    return made


def _keep(
    session: Session,
    actor: Actor,
    case: Case,
    row: Preservation,
    kept_at: str,
    keeper: str,
    on: date,
    now: datetime,
) -> None:
    if on > office_date(now):
        raise BadInput("on", say("日期不能晚于今天。"))
    team = team_of(session, case.id)
    if len(set(team)) < 2:
        raise StepRefused([Refusal(say("登记保存须有两名执法人员，现在不足两人。"))], "keep")
    if bad := uncertified(session, team, on):
        raise StepRefused(
            [Refusal(say("%(who)s 的统计执法证在当天无效。", who=names(session, bad)))], "keep"
        )
    row.kept_at = required("kept_at", kept_at, N_("请写保存地点。"))
    row.keeper = required("keeper", keeper, N_("请写保管人。"))
    started = clocks.begin(
        session,
        case,
        PRESERVED,
        on=on,
        actor_id=actor.user_id,
        now=now,
        label=f"处理登记保存的证据：{row.item.name}"[:120],
    )
    row.kept_on, row.deadline_id = on, started.id
    session.flush()


def _dispose(
    session: Session,
    actor: Actor,
    case: Case,
    row: Preservation,
    disposal: str,
    reason: str,
    on: date,
    now: datetime,
) -> None:
    row.disposal, row.disposal_reason = disposal, reason
    row.disposed_on, row.disposed_by_id = on, actor.user_id
    _stop(session, case, row.deadline_id, on, actor, now)


def _stop(
    session: Session, case: Case, deadline_id: int | None, on: date, actor: Actor, now: datetime
) -> None:
    for deadline in deadlines.running(session, case.id):
        if deadline.id == deadline_id:
            clocks.end(session, case, deadline, on=on, actor_id=actor.user_id, now=now)


def _making_up(case: Case, on: date) -> str:
    """The rule of the hours in which approval is made up where the case belongs."""
    try:
        clocks.rule_for(case, MADE_UP, on)
    except RuleMissing:
        return MADE_UP_ELSEWHERE
    return MADE_UP


def _leading(
    session: Session, actor: Actor, case: Case, row: Preservation, roles: Sequence[Role], step: str
) -> Power:
    """The power to decide; nobody has it for what they asked for or their own team's work."""
    askers = persons_of(row.asked_by_id, row.asked_for_id) | set(team_of(session, case.id))
    here = actor.within(case.kind).powers
    leading = [p for p in here if p.role in roles and p.org_id == case.bureau_id]
    if not leading:
        raise StepRefused([Refusal(say("这一步由本单位负责人办理。"))], step)
    own_first = sorted(leading, key=lambda p: p.on_behalf_of is not None)
    for power in own_first:
        if askers.isdisjoint(persons_of(actor.user_id, power.on_behalf_of)):
            return power
    raise StepRefused([Refusal(say("经办人不能复核自己办的事，代行职务也不行。"))], step)


def _preservation(session: Session, case: Case, item_id: int) -> Preservation:
    row = item_of(session, case, item_id).preservation
    if row is None:
        raise StepRefused([Refusal(say("这件证据没有申请登记保存。"))], "preservation")
    return row
