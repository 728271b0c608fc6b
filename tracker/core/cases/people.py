"""Answers the worker needs: who hears of a case, and whether a person may still see it.

People are found at the moment of delivery, never when a reminder is planned: the ledger holds an
audience. So a delegation, a case given to somebody else, one sent back, and a role that has ended
change who hears by themselves, and no row has to be planned anew for it.
"""

from __future__ import annotations

from datetime import date, datetime
from time import monotonic

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, load_actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Case
from tracker.core.cases.scope import may_see as actor_may_see
from tracker.core.clock import office_date, utc_now
from tracker.core.errors import NotVisible
from tracker.core.notices.people import holders, with_stand_ins

HANDLER, SUPERVISOR, HEAD = "handler", "supervisor", "head"
AUDIENCES = (HANDLER, SUPERVISOR, HEAD)
_RIGHTS_SECONDS = 1.0
_LEADERS = {SUPERVISOR: Role.SUPERVISOR, HEAD: Role.HEAD}


def may_see(session: Session, user_id: int, case_id: int, now: datetime | None = None) -> bool:
    """Whether a case exists for a user, by the rights the user has on the day."""
    try:
        actor = load_actor(session, user_id, office_date(now or utc_now()))
    except NotVisible:
        return False
    return actor_may_see(session, actor, case_id)


class Rights:
    """`may_see` for one run of the worker: a person's rights are read anew every second.

    Whoever loses a right within that second is treated as if the message had left before it.
    """

    def __init__(self, now: datetime) -> None:
        self._on = office_date(now)
        self._read: dict[int, tuple[float, Actor | None]] = {}

    def __call__(self, session: Session, user_id: int, case_id: int) -> bool:
        read_at, actor = self._read.get(user_id, (float("-inf"), None))
        if monotonic() - read_at > _RIGHTS_SECONDS:
            try:
                actor = load_actor(session, user_id, self._on)
            except NotVisible:
                actor = None
            self._read[user_id] = monotonic(), actor
        return actor is not None and actor_may_see(session, actor, case_id)


def recipients(session: Session, case_id: int, audience: str, on: date) -> dict[int, str]:
    """Who hears of a case on a day, and who stands in for them then: by id, with the name of whom.

    The handler is the person in whose hands the case is, else whoever holds the role whose turn
    it is. Supervisors and heads are those of the organisation where it lies; in a department its
    approver is both. Where an audience has nobody, the next one above hears, so that no reminder
    is lost in an empty chair.
    """
    return _hearers(session, session.get_one(Case, case_id), audience, on)


class Hearers:
    """`recipients` of many cases: asked once for all that lie with the same person or role."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[tuple[object, ...], dict[int, str]] = {}

    def of(self, case: Case, audience: str, on: date) -> dict[int, str]:
        """Who hears of a case on a day, as `recipients` says it."""
        lies = (case.closed_at, case.turn_org_id, case.turn_role, case.assignee_id, case.bureau_id)
        key = (case.kind, case.state, *lies, audience, on)
        if key not in self._found:
            self._found[key] = _hearers(self._session, case, audience, on)
        return self._found[key]


def _hearers(session: Session, case: Case, audience: str, on: date) -> dict[int, str]:
    if case.closed_at is not None or case.turn_org_id is None:
        return {}
    asked = AUDIENCES.index(audience) if audience in AUDIENCES else 0
    for level in AUDIENCES[asked:]:
        if level == HANDLER:
            found = _handlers(session, case, on)
        else:
            bodies = (case.bureau_id, case.above_org_id)
            role = _LEADERS[level] if case.turn_org_id in bodies else Role.DEPT_APPROVER
            found = holders(session, case.turn_org_id, role.value, on, case.kind)
        if found:
            return found
    return {}


def _handlers(session: Session, case: Case, on: date) -> dict[int, str]:
    if case.assignee_id is None:
        return holders(session, case.turn_org_id or 0, case.turn_role or "", on, case.kind)
    takers = flows.get(case.kind).takers(case.state)
    return with_stand_ins(
        session, [case.assignee_id], on, case.kind, [role.value for role in takers]
    )
