"""Insert a row unless its natural key is there already, on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.core.db import Model


def insert_once(
    session: Session, model: type[Model], values: Mapping[str, Any], key: Sequence[str]
) -> bool:
    """Whether this call added the row; False when a row with the same key columns exists."""
    # A plain insert would fail and take the whole transaction with it on PostgreSQL.
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        kind.insert(model)
        .values(**values)
        .on_conflict_do_nothing(index_elements=list(key))
        .returning(model.__table__.c[key[0]])
    )
    return session.execute(statement).first() is not None
