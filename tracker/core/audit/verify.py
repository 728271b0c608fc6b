"""Check the audit table against itself: `python -m tracker.core.audit.verify DATABASE-URL`.

Reads only, and knows nothing of the application: SQL, `hashing.py` and this page are all there is.
It finds rows that were edited, removed, added or exchanged. It cannot find a row that was forged
with a new hash by somebody who owns the database: that takes a copy of the hashes kept elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection

from tracker.core.audit.hashing import FIELDS, canonical, row_hash
from tracker.core.db import engine_options

_PAGE = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, of what kind, and in words."""

    row_id: int | None
    case_id: int | None
    kind: str
    message: str

    def __str__(self) -> str:
        where = f"row {self.row_id}" if self.row_id is not None else "table"
        return where + (f", case {self.case_id}" if self.case_id else "") + f": {self.message}"


def verify(connection: Connection, case_id: int | None = None) -> list[Finding]:
    """Everything that is wrong with the table, or with the rows of one case."""
    return list(findings(connection, case_id))


def findings(connection: Connection, case_id: int | None = None) -> Iterator[Finding]:
    """The same, as it is found. Give it a fresh connection, so that it sees one moment."""
    if connection.dialect.name == "postgresql" and not connection.in_transaction():
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    yield from _rows(connection, case_id)
    yield from _counters(connection, case_id)
    yield from _counted_cases(connection, case_id)
    if case_id is None and connection.dialect.name == "sqlite":
        yield from _numbers(connection)


def _rows(connection: Connection, case_id: int | None) -> Iterator[Finding]:
    """Each row by itself: the hash is that of the text, the text is that of the columns."""
    # at as text on SQLite, as a moment on PostgreSQL; canonical() takes either.
    names = ", ".join(f'"{name}"' for name in FIELDS)
    where = " WHERE case_id = :case" if case_id else ""
    query = f"SELECT {names}, alg, salt, canonical, row_hash FROM audit_rows{where} ORDER BY id"  # noqa: S608 - constants
    for row in _stream(connection, query, case_id):
        try:
            hash_holds = row_hash(row["alg"], row["salt"], row["canonical"]) == row["row_hash"]
            text_holds = canonical(row) == row["canonical"]
        except ValueError as error:
            yield Finding(row["id"], row["case_id"], "unreadable", f"cannot be checked ({error})")
            continue
        if not hash_holds:
            yield Finding(row["id"], row["case_id"], "hash", "the hash does not fit the text")
        if not text_holds:
            yield Finding(row["id"], row["case_id"], "columns", "the columns differ from the text")


def _counters(connection: Connection, case_id: int | None) -> Iterator[Finding]:
    """Inside a case the numbers run 1, 2, 3 without a hole."""
    which = "= :case" if case_id else "IS NOT NULL"
    query = f"SELECT id, case_id, n FROM audit_rows WHERE case_id {which} ORDER BY case_id, n"  # noqa: S608 - constants
    case, expected = None, 1
    for row in _stream(connection, query, case_id):
        if row["case_id"] != case:
            case, expected = row["case_id"], 1
        if row["n"] > expected:
            missing = f"{expected}" if row["n"] == expected + 1 else f"{expected}-{row['n'] - 1}"
            yield Finding(
                row["id"], case, "gap", f"number {missing} of the case is missing before it"
            )
        elif row["n"] < expected:
            yield Finding(row["id"], case, "twice", f"number {row['n']} of the case is there twice")
        expected = row["n"] + 1


def _counted_cases(connection: Connection, case_id: int | None) -> Iterator[Finding]:
    """The counter on the case is the highest number, and every row's case exists."""
    counted = """
SELECT c.id AS case_id, c.audit_n AS counted, COALESCE(m.n, 0) AS found FROM cases c
LEFT JOIN (SELECT case_id, MAX(n) AS n FROM audit_rows GROUP BY case_id) m ON m.case_id = c.id
WHERE c.audit_n <> COALESCE(m.n, 0)"""
    if case_id:
        counted += " AND c.id = :case"
    for row in _stream(connection, counted, case_id):
        yield Finding(
            None,
            row["case_id"],
            "count",
            f"the case counts {row['counted']} rows, the highest number found is {row['found']}",
        )
    one = " AND case_id = :case" if case_id else ""
    orphans = f"""
SELECT case_id, MAX(id) AS id FROM audit_rows WHERE case_id IS NOT NULL{one}
AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = audit_rows.case_id) GROUP BY case_id"""  # noqa: S608 - constants
    for row in _stream(connection, orphans, case_id):
        yield Finding(row["id"], row["case_id"], "case", "its case does not exist")


def _numbers(connection: Connection) -> Iterator[Finding]:
    """SQLite gives row numbers without holes, because a roll-back takes the number back."""
    expected = 1
    for row in _stream(connection, "SELECT id FROM audit_rows ORDER BY id", None):
        if row["id"] != expected:
            span = f"{expected}-{row['id'] - 1}"
            yield Finding(row["id"], None, "missing", f"rows {span} are missing")
        expected = row["id"] + 1
    if not connection.execute(
        text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")
    ).scalar():
        return
    given = connection.execute(
        text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_rows'")
    ).scalar()
    if given is not None and int(given) >= expected:
        yield Finding(None, None, "missing", f"rows {expected}-{given} at the end are missing")


def _stream(connection: Connection, query: str, case_id: int | None) -> Iterator[dict[str, Any]]:
    result = connection.execution_options(yield_per=_PAGE).execute(
        text(query), {"case": case_id} if case_id else {}
    )
    for row in result.mappings():
        yield dict(row)


def main(url: str) -> int:
    """Print every finding; 0 if there is none."""
    # The product's own driver: two SQLite libraries in one process undo each other's locks.
    engine = create_engine(url, **engine_options(url))
    wrong = 0
    with engine.connect() as connection:
        for finding in findings(connection):
            wrong += 1
            sys.stdout.write(f"{finding}\n")
    engine.dispose()
    sys.stdout.write("audit rows hold\n" if not wrong else f"{wrong} findings\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
