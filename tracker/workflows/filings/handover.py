"""The handover of a filing: its list, its three signatures, what the leaver still has in hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import Grant, User
from tracker.core.cases.leaving import InHand, in_hand
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.workflows.filings.change import outgoing
from tracker.workflows.filings.models import (
    ITEMS,
    SIGNERS,
    Filing,
    HandoverItem,
    HandoverSignature,
    HandoverWork,
)


def begin(session: Session, filing: Filing) -> None:
    """Lay out the list, every line open; what is there already stays."""
    there = {row.item for row in items(session, filing.id)}
    session.add_all(HandoverItem(case_id=filing.id, item=i) for i in ITEMS if i not in there)
    session.flush()


def items(session: Session, case_id: int) -> list[HandoverItem]:
    """The lines of the list in their order."""
    order = list(ITEMS)
    rows = session.scalars(select(HandoverItem).where(HandoverItem.case_id == case_id))
    return sorted(rows, key=lambda row: order.index(row.item))


def open_items(session: Session, case_id: int) -> list[str]:
    """The labels of the lines that nobody has settled."""
    return [ITEMS[row.item] for row in items(session, case_id) if not row.state]


def signatures(session: Session, case_id: int) -> dict[str, HandoverSignature]:
    """Who has signed, by part."""
    rows = session.scalars(
        select(HandoverSignature)
        .where(HandoverSignature.case_id == case_id)
        .order_by(HandoverSignature.id)
    )
    return {row.part: row for row in rows}


def unsigned(session: Session, case_id: int) -> list[str]:
    """The parts that have not signed, in their order."""
    there = signatures(session, case_id)
    return [part for part in SIGNERS if part not in there]


def work_of_leaver(session: Session, filing: Filing) -> Sequence[InHand]:
    """Open cases in which the leaver has a part or the turn, this one aside."""
    person = outgoing(session, filing)
    if person is None or person.user_id is None:
        return ()
    return in_hand(session, person.user_id, without=filing.id)


def seen_by(session: Session, actor: Actor, rows: Sequence[InHand]) -> list[InHand]:
    """Those of the cases that exist for the actor."""
    ids = [row.case.id for row in rows]
    seen = set(session.scalars(select(Case.id).where(Case.id.in_(ids), visible(actor))))
    return [row for row in rows if row.case.id in seen]


def colleagues(session: Session, filing: Filing, today: date) -> Sequence[User]:
    """Who has a role at the unit or at the bureau on a day, by name."""
    return session.scalars(
        select(User)
        .where(
            User.active,
            User.id.in_(
                select(Grant.user_id).where(
                    Grant.org_id.in_((filing.origin_org_id, filing.bureau_id or 0)),
                    Grant.valid_from <= today,
                    or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
                )
            ),
        )
        .order_by(User.name, User.id)
    ).all()


def handed_on(session: Session, case_id: int) -> list[tuple[Case, User]]:
    """The cases that went to others in the course of the handover, and to whom."""
    rows = session.execute(
        select(Case, User)
        .join(HandoverWork, HandoverWork.other_id == Case.id)
        .join(User, User.id == HandoverWork.to_id)
        .where(HandoverWork.case_id == case_id)
        .order_by(HandoverWork.id)
    )
    return [(case, to) for case, to in rows]
