"""What somebody who leaves still has in hand, and handing it to another person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import Grant, User
from tracker.core.audit.service import record
from tracker.core.cases.evidence import TEAM
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case, CasePerson, Stay
from tracker.core.cases.scope import RECUSED
from tracker.core.clock import office_date
from tracker.core.errors import BadInput, Sentence, say


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


class Takers:
    """Who could take over some cases, and why somebody cannot; read once for all of them."""

    def __init__(
        self, session: Session, rows: Sequence[InHand], user_ids: Collection[int], now: datetime
    ) -> None:
        today = office_date(now)
        self._people = {
            user.id: user for user in session.scalars(select(User).where(User.id.in_(user_ids)))
        }
        self._grants: dict[int, set[tuple[int, str]]] = {}
        for user_id, org_id, role in session.execute(
            select(Grant.user_id, Grant.org_id, Grant.role).where(
                Grant.user_id.in_(user_ids),
                Grant.valid_from <= today,
                or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
            )
        ):
            self._grants.setdefault(user_id, set()).add((org_id, role))
        self._parts: dict[tuple[int, int], set[str]] = {}
        for case_id, user_id, part in session.execute(
            select(CasePerson.case_id, CasePerson.user_id, CasePerson.part).where(
                CasePerson.case_id.in_([row.case.id for row in rows]),
                CasePerson.user_id.in_(user_ids),
                CasePerson.ended_at.is_(None),
            )
        ):
            self._parts.setdefault((case_id, user_id), set()).add(part)

    def why_not(self, row: InHand, user_id: int) -> Sentence | None:
        """The reason why a person cannot take over a case; None when nothing stands against it."""
        case, to = row.case, self._people.get(user_id)
        if to is None or not to.active:
            return say("请选另一名在用账号的人员。")
        if to.clearance < case.confidentiality:
            return say("%(who)s 的涉密权限不够办“%(what)s”。", who=to.name, what=case.title)
        held = self._parts.get((case.id, user_id), set())
        if not self._has_post(row, user_id) or RECUSED in held:
            return say(
                "%(who)s 不能接办“%(what)s”：岗位不对或者已经回避。", who=to.name, what=case.title
            )
        # Two officers work a case (行政处罚法 42): one person does not take both places.
        if held & set(TEAM) and set(row.parts) & set(TEAM):
            return say(
                "%(who)s 已经是“%(what)s”的承办人，同一件要有两名承办人。",
                who=to.name,
                what=case.title,
            )
        return None

    def _has_post(self, row: InHand, user_id: int) -> bool:
        case, grants = row.case, self._grants.get(user_id, set())
        if row.turn:
            takers = flows.get(case.kind).takers(case.state)
            return any(case.turn_org_id == org and role in takers for org, role in grants)
        orgs = {case.origin_org_id, case.via_org_id, case.bureau_id, case.turn_org_id}
        return any(org in orgs for org, _ in grants)


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
    takers = Takers(session, rows, [to_id], now)
    if to_id == from_id:
        raise BadInput("to", say("请选另一名在用账号的人员。"))
    for row in rows:
        if (why := takers.why_not(row, to_id)) is not None:
            raise BadInput("to", why)
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
