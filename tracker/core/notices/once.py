"""Insert a row unless its natural key is there already, on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.core.db import Model


def insert_once(
    session: Session, model: type[Model], values: Mapping[str, Any], key: Sequence[str]
) -> bool:
    """Whether this call added the row; False when a row with the same key columns exists."""
    return insert_all_once(session, model, [values], key) == 1


def insert_all_once(
    session: Session, model: type[Model], rows: Sequence[Mapping[str, Any]], key: Sequence[str]
) -> int:
    """How many of some rows were added, in one statement; those whose key exists are left out."""
    if not rows:
        return 0
    # A plain insert would fail and take the whole transaction with it on PostgreSQL.
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        kind.insert(cast(Table, model.__table__))
        .on_conflict_do_nothing(index_elements=list(key))
        .returning(model.__table__.c[key[0]])
    )
    return len(session.execute(statement, [dict(row) for row in rows]).all())
