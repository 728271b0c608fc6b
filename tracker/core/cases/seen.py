"""What a person has read of the cases: the version that was on the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from tracker.core.cases.models import Case
from tracker.core.cases.workplace import CaseSeen


def unread_among(session: Session, user_id: int, cases: Iterable[Case]) -> set[int]:
    """The ids of those cases that the person has not read as they are now; one query."""
    versions = {case.id: case.version for case in cases}
    rows = session.execute(
        select(CaseSeen.case_id, CaseSeen.version).where(
            CaseSeen.user_id == user_id, CaseSeen.case_id.in_(versions)
        )
    )
    read = {case_id for case_id, version in rows if version >= versions[case_id]}
    return set(versions) - read


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
