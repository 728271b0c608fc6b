"""What somebody who leaves still has in hand, and handing it to another person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import Grant, User
from tracker.core.audit.service import record
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case, CasePerson, Stay
from tracker.core.cases.scope import RECUSED
from tracker.core.clock import office_date
from tracker.core.errors import BadInput, say


@dataclass(frozen=True, slots=True)
class InHand:
    """An open case that a person has a part in; `turn` says that it waits for that person."""

    case: Case
    parts: tuple[str, ...]
    turn: bool


def in_hand(session: Session, user_id: int, *, without: int | None = None) -> list[InHand]:
    """Open cases in which a person has a part or the turn, the most urgent first.

    `without` is a case that does not count: the one by which the person leaves.
    """
    parts: dict[int, list[str]] = {}
    for case_id, part in session.execute(
        select(CasePerson.case_id, CasePerson.part)
        .join(Case, Case.id == CasePerson.case_id)
        .where(
            CasePerson.user_id == user_id,
            CasePerson.ended_at.is_(None),
            CasePerson.part != RECUSED,
            Case.closed_at.is_(None),
        )
    ):
        parts.setdefault(case_id, []).append(part)
    cases = session.scalars(
        select(Case)
        .where(
            or_(Case.id.in_(parts), Case.assignee_id == user_id),
            Case.closed_at.is_(None),
            Case.id != (without or 0),
        )
        .order_by(Case.due_order, Case.id)
    )
    return [
        InHand(case, tuple(sorted(parts.get(case.id, ()))), case.assignee_id == user_id)
        for case in cases
    ]


def hand_to(
    session: Session,
    rows: Sequence[InHand],
    from_id: int,
    to_id: int,
    actor: Actor,
    *,
    now: datetime,
    reason: str,
    request_id: str | None = None,
) -> int:
    """Put another person into every part somebody has in these cases; how many cases that were.

    What was done stays with whoever did it, so four eyes go on to follow the person. BadInput
    when the other one has no account in use, no role at that house, or not the clearance.
    """
    to = session.get(User, to_id)
    if to is None or not to.active or to_id == from_id:
        raise BadInput("to", say("请选另一名在用账号的人员。"))
    for row in rows:
        _refuse_unfit(session, row, to, now)
    for row in rows:
        _hand_one(session, row, from_id, to_id, now)
        row.case.version += 1
        row.case.audit_n += 1
        record(
            session,
            tag="case.handed_over",
            at=now,
            actor_id=actor.user_id,
            case_id=row.case.id,
            n=row.case.audit_n,
            object=f"{row.case.kind}:{row.case.id}",
            reason=reason,
            request_id=request_id,
            details={"from": from_id, "to": to_id, "parts": list(row.parts)},
        )
    session.flush()
    return len(rows)


def _refuse_unfit(session: Session, row: InHand, to: User, now: datetime) -> None:
    case, today = row.case, office_date(now)
    if to.clearance < case.confidentiality:
        raise BadInput(
            "to", say("%(who)s 的涉密权限不够办“%(what)s”。", who=to.name, what=case.title)
        )
    orgs = {case.origin_org_id, case.via_org_id, case.bureau_id, case.turn_org_id} - {None}
    wanted = Grant.role.in_(_takers(case)) if row.turn else Grant.id.is_not(None)
    there = session.scalar(
        select(Grant.id)
        .where(
            Grant.user_id == to.id,
            Grant.org_id == case.turn_org_id if row.turn else Grant.org_id.in_(orgs),
            wanted,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
        )
        .limit(1)
    )
    recused = session.scalar(
        select(CasePerson.id)
        .where(
            CasePerson.case_id == case.id,
            CasePerson.user_id == to.id,
            CasePerson.part == RECUSED,
            CasePerson.ended_at.is_(None),
        )
        .limit(1)
    )
    if there is None or recused is not None:
        raise BadInput(
            "to",
            say("%(who)s 不能接办“%(what)s”：岗位不对或者已经回避。", who=to.name, what=case.title),
        )


def _takers(case: Case) -> set[str]:
    """The roles of the step that ends the turn: a township's clerk where a liaison may, too."""
    flow = flows.get(case.kind)
    state = flow.state(case.state)
    ends = (
        step.by
        for step in flow.from_state(state.name)
        if step.side is state.side
        and step.dest not in (None, state.name)
        and state.role in step.by
        and step.part in (None, state.holder)
    )
    return {role.value for role in next(ends, ())}


def _hand_one(session: Session, row: InHand, from_id: int, to_id: int, now: datetime) -> None:
    case, today = row.case, office_date(now)
    held = set(
        session.scalars(
            select(CasePerson.part).where(
                CasePerson.case_id == case.id,
                CasePerson.user_id == to_id,
                CasePerson.ended_at.is_(None),
            )
        )
    )
    session.execute(
        update(CasePerson)
        .where(
            CasePerson.case_id == case.id,
            CasePerson.user_id == from_id,
            CasePerson.part != RECUSED,
            CasePerson.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    for part in row.parts:
        if part not in held:
            session.add(CasePerson(case_id=case.id, user_id=to_id, part=part, since=now))
    if not row.turn:
        return
    case.assignee_id, case.holder_since = to_id, today
    stay = session.scalars(
        select(Stay).where(Stay.case_id == case.id, Stay.to_on.is_(None))
    ).one_or_none()
    if stay is not None:
        stay.to_on = today
        session.add(
            Stay(
                case_id=case.id,
                seq=stay.seq + 1,
                org_id=stay.org_id,
                user_id=to_id,
                state=stay.state,
                from_on=today,
                stopped_clock=stay.stopped_clock,
            )
        )
