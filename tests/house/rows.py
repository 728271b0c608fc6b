"""Rows for tables of which only the columns are known, to see whether migrations keep them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Inspector,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    Time,
    TypeDecorator,
)

_VALUES: tuple[tuple[type, Any], ...] = (
    (Boolean, False),
    (DateTime, datetime(2026, 3, 2, 1, 0, tzinfo=UTC)),
    (Date, date(2026, 3, 2)),
    (Time, time(9, 0)),
    (Integer, 1),
    (Numeric, Decimal(1)),
    (LargeBinary, b"x"),
    (JSON, {}),
)


def blind_value(column: Column[Any]) -> Any:
    """Something of the column's type."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return next((value for known, value in _VALUES if isinstance(kind, known)), "a")


def fill(connection: Connection) -> set[str]:
    """Put a row into every empty table that takes one; gives the tables that hold rows now.

    A table whose CHECK constraints want more than one of some words stays empty.
    """
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        if _count(connection, table):
            continue
        row = {
            column.name: _reference(connection, column)
            if column.foreign_keys
            else _allowed(inspect(connection), column) or blind_value(column)
            for column in table.columns
            if not column.nullable and (column.server_default is None or column.primary_key)
        }
        try:
            with connection.begin_nested():
                connection.execute(insert(table).values(row))
        except DBAPIError:
            continue
    return {name for name, count in counts(connection).items() if count}


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table holds; what SQLite keeps behind a virtual table is left out."""
    metadata = MetaData()
    metadata.reflect(connection)
    hidden: set[str] = set()
    if connection.dialect.name == "sqlite":
        shadows = "SELECT name FROM pragma_table_list WHERE type = 'shadow'"
        hidden = set(connection.execute(text(shadows)).scalars())
    tables = metadata.sorted_tables
    return {table.name: _count(connection, table) for table in tables if table.name not in hidden}


def _allowed(inspector: Inspector, column: Column[Any]) -> str | None:
    """What a CHECK constraint wants: the first of the words it lists, or a text of its length."""
    for check in inspector.get_check_constraints(column.table.name):
        rule = check["sqltext"]
        listed = re.search(rf"\b{column.name}\b[^']*?\b(?:IN|ANY)\b[^']*'([^']+)'", rule)
        if listed:
            return listed[1]
        length = re.search(rf"\blength\W+{column.name}\b\D*? = (\d+)", rule)
        if length:
            return "1" * int(length[1])
    return None


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _reference(connection: Connection, column: Column[Any]) -> Any:
    (key,) = column.foreign_keys
    return connection.scalar(select(key.column).limit(1))
