"""One search interface over FTS5 on SQLite and a token vector on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, column, false, select, table, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.core.search.bigrams import query_parts, tokens

_FTS = table("cases_fts", column("case_id"), column("rowid"))

DDL = {
    "sqlite": (
        "CREATE VIRTUAL TABLE cases_fts USING fts5(tokens, tokenize = 'unicode61')",
        "DROP TABLE cases_fts",
    ),
    "postgresql": (
        "CREATE TABLE cases_fts (case_id integer PRIMARY KEY, tokens tsvector NOT NULL);"
        "CREATE INDEX ix_cases_fts_tokens ON cases_fts USING gin (tokens)",
        "DROP TABLE cases_fts",
    ),
}


def create_index(execute: Callable[[str], object], dialect: str) -> None:
    """Create the search table; called by a migration."""
    for statement in DDL[dialect][0].split(";"):
        execute(statement)


def drop_index(execute: Callable[[str], object], dialect: str) -> None:
    """Drop the search table; called by a migration."""
    execute(DDL[dialect][1])


def index_case(session: Session, case_id: int, *texts: str | None) -> None:
    """Make a case findable by some texts, in the caller's transaction; replaces what was there."""
    words = tokens("\n".join(t for t in texts if t))
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DELETE FROM cases_fts WHERE rowid = :id"), {"id": case_id})
        session.execute(
            text("INSERT INTO cases_fts (rowid, tokens) VALUES (:id, :tokens)"),
            {"id": case_id, "tokens": " ".join(words)},
        )
        return
    session.execute(
        text(
            "INSERT INTO cases_fts (case_id, tokens) VALUES (:id, array_to_tsvector(:tokens)) "
            "ON CONFLICT (case_id) DO UPDATE SET tokens = excluded.tokens"
        ),
        {"id": case_id, "tokens": sorted(set(words))},
    )


def matching(
    session: Session, case_id: InstrumentedAttribute[int], query: str
) -> ColumnElement[bool]:
    """The condition that a case holds every word of a query; nothing matches an empty one."""
    parts = query_parts(query)
    if not parts:
        return false()
    return case_id.in_(_hits(session, parts))


def _hits(session: Session, parts: list[tuple[str, bool]]) -> Select[tuple[int]]:
    if session.get_bind().dialect.name == "sqlite":
        # Tokens are letters, figures and Chinese characters only, so quoting is complete.
        match = " AND ".join(f'"{token}"{"*" if begin else ""}' for token, begin in parts)
        condition = text("cases_fts MATCH :fts_query").bindparams(fts_query=match)
        return select(_FTS.c.rowid).where(condition)
    ts = " & ".join(f"'{token}'{':*' if begin else ''}" for token, begin in parts)
    condition = text("cases_fts.tokens @@ CAST(:fts_query AS tsquery)").bindparams(fts_query=ts)
    return select(_FTS.c.case_id).where(condition)
