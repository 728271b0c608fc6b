"""What a person has read of the cases: the version that was on the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, literal, select
from sqlalchemy import case as when
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.inside import inside
from tracker.core.cases.models import Case, Move
from tracker.core.cases.reads import told_outside
from tracker.core.cases.workplace import CaseSeen


def unread(actor: Actor) -> ColumnElement[bool]:
    """The condition that an actor has not read a case as far as its side may know it.

    From outside only the steps that are told there count: a house's own work leaves no mark.
    """
    told = (
        select(func.max(Move.seq))
        .where(Move.case_id == Case.id, told_outside())
        .correlate(Case)
        .scalar_subquery()
    )
    known = when((inside(actor), Case.version), else_=func.coalesce(told, 0))
    return ~exists(
        select(CaseSeen.case_id).where(
            CaseSeen.user_id == actor.user_id,
            CaseSeen.case_id == Case.id,
            CaseSeen.version >= known,
        )
    )


def unread_among(session: Session, actor: Actor, cases: Iterable[Case]) -> set[int]:
    """The ids of those cases that the actor has not read as they are now; one query."""
    shown = Case.id.in_([case.id for case in cases])
    return set(session.scalars(select(Case.id).where(shown, unread(actor))))


def has_read(session: Session, user_id: int, case_id: int, version: int) -> bool:
    """Whether a person has read a case up to a version."""
    seen = session.scalar(
        select(CaseSeen.version).where(CaseSeen.user_id == user_id, CaseSeen.case_id == case_id)
    )
    return seen is not None and seen >= version


def note_read(session: Session, user_id: int, where: ColumnElement[bool], now: datetime) -> int:
    """Note that a person has read the cases that meet a condition, as they are; how many.

    The condition must hold what the person may see: nothing is asked here.
    """
    new = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    rows = select(literal(user_id), Case.id, Case.version, literal(now, CaseSeen.at.type))
    statement = new(CaseSeen).from_select(
        ["user_id", "case_id", "version", "at"], rows.where(where)
    )
    noted = statement.on_conflict_do_update(
        index_elements=["user_id", "case_id"],
        set_={"version": statement.excluded.version, "at": statement.excluded.at},
        where=CaseSeen.version < statement.excluded.version,
    ).returning(CaseSeen.case_id)
    return len(session.scalars(noted).all())
