"""The one way of the kit to a case."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.flow import Side
from tracker.core.cases.models import Case
from tracker.core.cases.reads import outside
from tracker.core.cases.scope import get_visible
from tracker.core.errors import NotVisible
from tracker.web.desk.shape import Desk


def read_case(
    desk: Desk, session: Session, actor: Actor, case_id: int, *, lock: bool = False
) -> Case:
    """The case if it exists for the actor; NotVisible otherwise.

    For the side it came from it exists only where the table has a step for that side.
    """
    case: Case = get_visible(session, desk.model, actor, case_id, lock=lock)
    inside_only = all(step.side is Side.BUREAU for step in desk.flow.steps)
    if inside_only and not desk.flow.invites and outside(actor, case):
        raise NotVisible(f"case {case_id}")
    return case
