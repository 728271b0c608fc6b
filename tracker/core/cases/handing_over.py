"""Handing over, in one act, everything that somebody who leaves has in hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.people import get_user
from tracker.core.accounts.roles import ADMIN_ROLES, Role
from tracker.core.audit.service import record
from tracker.core.cases.arranging import houses_led, may_arrange, people_led
from tracker.core.cases.leaving import InHand, Takers, hand_to, in_hand
from tracker.core.cases.models import Case, CasePerson
from tracker.core.cases.scope import RECUSED, visible
from tracker.core.clock import office_date
from tracker.core.errors import BadInput, NotVisible, Sentence, say
from tracker.core.notices import service as notices
from tracker.core.registers.models import Organisation


@dataclass(frozen=True, slots=True)
class Leaver:
    """A person of the house, with how many open cases they have in hand."""

    user_id: int
    name: str
    active: bool
    cases: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A role that only one person holds: who leaves leaves it empty, with what waits at it."""

    org_id: int
    org_name: str
    role: Role
    cases: int


@dataclass(frozen=True, slots=True)
class Planned:
    """One case with who is to take it over, and why that one cannot; no taker: it stays."""

    row: InHand
    to_id: int | None = None
    why_not: Sentence | None = None

    @property
    def goes(self) -> bool:
        """Whether it will be handed over."""
        return self.to_id is not None and self.why_not is None


@dataclass(frozen=True, slots=True)
class Choice:
    """Who takes what: for one case, else for its kind, else for all; 0 for a case lets it stay."""

    everything: int | None = None
    kinds: Mapping[str, int] = field(default_factory=dict)
    cases: Mapping[int, int] = field(default_factory=dict)

    def of(self, row: InHand) -> int | None:
        """The person who takes a case; None when nobody was chosen."""
        to_id = self.cases.get(row.case.id, self.kinds.get(row.case.kind, self.everything))
        return to_id or None


# ---------------------------------------------------------------- what there is


def leavers(session: Session, actor: Actor, today: date) -> list[Leaver]:
    """The people for whom an actor arranges, those with the most in hand first; two queries."""
    ids = people_led(actor, today)
    parts = (
        select(CasePerson.user_id.label("who"), CasePerson.case_id)
        .join(Case, Case.id == CasePerson.case_id)
        .where(
            CasePerson.user_id.in_(ids),
            CasePerson.ended_at.is_(None),
            CasePerson.part != RECUSED,
            Case.closed_at.is_(None),
        )
    )
    turns = select(Case.assignee_id, Case.id).where(
        Case.assignee_id.in_(ids), Case.closed_at.is_(None)
    )
    held = parts.union(turns).subquery()
    count = select(held.c.who, func.count().label("n")).group_by(held.c.who).subquery()
    rows = session.execute(
        select(User.id, User.name, User.active, func.coalesce(count.c.n, 0).label("n"))
        .outerjoin(count, count.c.who == User.id)
        .where(User.id.in_(ids), or_(User.active, count.c.n > 0))
        .order_by(func.coalesce(count.c.n, 0).desc(), User.name, User.id)
    )
    return [Leaver(*row) for row in rows]


def work_of(
    session: Session, actor: Actor, user_id: int, now: datetime, *, lock: bool = False
) -> tuple[User, list[InHand], int]:
    """The person, the cases in hand that the actor may see, and how many others there are.

    NotVisible for a person for whom the actor does not arrange.
    """
    if not may_arrange(session, actor, user_id, office_date(now)):
        raise NotVisible("no such person")
    rows = in_hand(session, user_id)
    seen = select(Case.id).where(Case.id.in_([row.case.id for row in rows]), visible(actor))
    if lock:
        seen = seen.order_by(Case.id).with_for_update(of=Case)
    ids = set(session.scalars(seen))
    if lock:  # read again what may have moved before the lock was there
        session.expire_all()
        rows = in_hand(session, user_id)
    mine = [row for row in rows if row.case.id in ids]
    return get_user(session, user_id), mine, len(rows) - len(mine)


def colleagues_of(session: Session, actor: Actor, user_id: int, today: date) -> list[User]:
    """Who may take over: active people of those houses of the leaver for which the actor arranges.

    Administrators never.
    """
    theirs, there = aliased(Grant), aliased(Grant)
    houses = select(theirs.org_id).where(
        theirs.user_id == user_id, theirs.org_id.in_(houses_led(actor))
    )
    same = select(there.user_id).where(
        there.org_id.in_(houses),
        there.role.not_in([role.value for role in ADMIN_ROLES]),
        there.valid_from <= today,
        or_(there.valid_to.is_(None), there.valid_to >= today),
    )
    return list(
        session.scalars(
            select(User)
            .where(User.active, User.id != user_id, User.id.in_(same))
            .order_by(User.name, User.id)
        )
    )


def empty_desks(session: Session, actor: Actor, user_id: int, today: date) -> list[Desk]:
    """Roles in the actor's houses that nobody but this person holds, with what waits there."""
    found = []
    valid = (Grant.valid_from <= today, or_(Grant.valid_to.is_(None), Grant.valid_to >= today))
    held = session.execute(
        select(Grant.org_id, Grant.role, Organisation.name)
        .join(Organisation, Organisation.id == Grant.org_id)
        .where(Grant.user_id == user_id, Grant.org_id.in_(houses_led(actor)), *valid)
        .order_by(Grant.id)
    ).all()
    for org_id, role, name in held:
        other = session.scalar(
            select(Grant.id)
            .join(User, User.id == Grant.user_id)
            .where(Grant.org_id == org_id, Grant.role == role, Grant.user_id != user_id)
            .where(User.active, *valid)
            .limit(1)
        )
        if other is not None:
            continue
        waiting = session.scalar(
            select(func.count(Case.id)).where(
                Case.turn_org_id == org_id,
                Case.turn_role == role,
                Case.assignee_id.is_(None),
                Case.closed_at.is_(None),
                visible(actor),
            )
        )
        found.append(Desk(org_id, name, Role(role), waiting or 0))
    return found


# ---------------------------------------------------------------- planning and doing


def plan(
    session: Session,
    actor: Actor,
    rows: Sequence[InHand],
    user_id: int,
    choice: Choice,
    now: datetime,
) -> list[Planned]:
    """Each case with its taker and why that one cannot; the same answer as the door's."""
    offered = {person.id for person in colleagues_of(session, actor, user_id, office_date(now))}
    wanted = {to_id for row in rows if (to_id := choice.of(row)) is not None} & offered
    takers = Takers(session, rows, wanted, now)
    found = []
    for row in rows:
        to_id = choice.of(row)
        why = takers.why_not(row, to_id) if to_id is not None else None
        found.append(Planned(row, to_id, why))
    return found


def hand_over(
    session: Session,
    actor: Actor,
    user_id: int,
    choice: Choice,
    *,
    reason: str,
    now: datetime,
    request_id: str | None = None,
) -> list[Planned]:
    """Hand over in one act what can be; the answer says for every case what became of it.

    BadInput without a reason or when nothing can be handed over; NotVisible as `work_of`.
    """
    if not reason.strip():
        raise BadInput("reason", say("要写明原因，例如：调出、退休、长期病假"))
    leaver, rows, _ = work_of(session, actor, user_id, now, lock=True)
    planned = plan(session, actor, rows, user_id, choice, now)
    by_taker: dict[int, list[InHand]] = {}
    for one in planned:
        if one.goes and one.to_id is not None:
            by_taker.setdefault(one.to_id, []).append(one.row)
    if not by_taker:
        raise BadInput("all", say("没有可以交接的事项：请选接办的人，并看每件后面的原因。"))
    for to_id, given in by_taker.items():
        hand_to(
            session, given, user_id, to_id, actor,
            now=now, reason=reason.strip(), request_id=request_id,
        )  # fmt: skip
        notices.queue(
            session,
            case_id=None,
            sentence=say(
                "%(who)s把%(from)s手里的 %(n)s 件事项交给您接办，请在“等我办”里查看。",
                **{"who": actor.name, "from": leaver.name, "n": len(given)},
            ),
            now=now,
            source_key=f"handover:{user_id}:{to_id}:{now.isoformat()}",
            to_user_ids=[to_id],
        )
    record(
        session,
        tag="work.handed_over",
        at=now,
        actor_id=actor.user_id,
        object=f"user:{user_id}",
        reason=reason.strip(),
        request_id=request_id,
        details={
            "to": {str(to_id): len(given) for to_id, given in by_taker.items()},
            "left": sum(not one.goes for one in planned),
        },
    )
    return planned
