"""What a page or a read sends to the database, and how the database means to answer it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from tracker.core.db import db


@contextmanager
def statements(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Every statement with its parameters, as the driver gets them."""
    seen: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_rest: object) -> None:
        seen.append((statement, values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plans(app: Flask, read: Callable[[], object]) -> list[str]:
    """How the database answers each statement on cases that a read sends."""
    with statements(app) as seen:
        read()
    wanted = [s for s in seen if "FROM cases" in s[0]]
    assert wanted, "the read asked nothing about cases"
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return [
                "\n".join(
                    row[3]
                    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
                )
                for text, values in wanted
            ]
        # So few rows are quicker read whole; what matters is that no read must do so.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return [
            "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {text}", values))
            for text, values in wanted
        ]
