"""Rows into a database as fast as it takes them: executemany on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine

from tests.bench.rows import COLUMNS, Row

_SERIALS = tuple(t for t in COLUMNS if t not in ("leads", "cases_fts"))


def fill(engine: Engine, rows: dict[str, list[Row]]) -> None:
    """Write the rows of all tables; numbering goes on behind them."""
    if engine.dialect.name == "sqlite":
        _fill_sqlite(engine, rows)
    else:
        _fill_postgresql(engine, rows)


def _fill_sqlite(engine: Engine, rows: dict[str, list[Row]]) -> None:
    raw = engine.raw_connection()
    cursor: Any = raw.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.execute("BEGIN IMMEDIATE")
    for table, columns in COLUMNS.items():
        names = ", ".join(columns).replace("case_id", "rowid") if table == "cases_fts" else None
        marks = ", ".join("?" * len(columns))
        cursor.executemany(
            f"INSERT INTO {table} ({names or ', '.join(columns)}) VALUES ({marks})",  # noqa: S608
            (tuple(map(as_text, row)) for row in rows[table]),
        )
    cursor.execute("COMMIT")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def as_text(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


def _fill_postgresql(engine: Engine, rows: dict[str, list[Row]]) -> None:
    raw = engine.raw_connection()
    connection: Any = raw.driver_connection
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, columns in COLUMNS.items():
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in _vectors(rows[table]) if table == "cases_fts" else rows[table]:
                    copy.write_row(row)
        for table in _SERIALS:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "  # noqa: S608
                f"coalesce((SELECT max(id) FROM {table}), 1))"
            )
    raw.close()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
        plain.exec_driver_sql("VACUUM ANALYZE")


def _vectors(rows: Iterable[Row]) -> Iterable[Row]:
    return ((n, *map(_vector, words)) for n, *words in rows)


def _vector(words: str) -> str:
    return " ".join(f"'{token}'" for token in sorted(set(words.split())))
