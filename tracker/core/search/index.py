"""One search interface over FTS5 on SQLite and a token vector on PostgreSQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, column, false, select, table, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.core.search.bigrams import query_parts, tokens

# `shared` is what everybody who sees a case may find it by; `house` has that and what only those
# who read it from the inside may: names of officers, internal papers. Migrations make the table.
_FTS = table("cases_fts", column("case_id"), column("rowid"))


def index_case(session: Session, case_id: int, *texts: str | None) -> None:
    """Make a case findable by some texts, in the caller's transaction; replaces what was there."""
    words = tokens("\n".join(t for t in texts if t))
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DELETE FROM cases_fts WHERE rowid = :id"), {"id": case_id})
        session.execute(
            text("INSERT INTO cases_fts (rowid, shared, house) VALUES (:id, :tokens, :tokens)"),
            {"id": case_id, "tokens": " ".join(words)},
        )
        return
    session.execute(
        text(
            "INSERT INTO cases_fts (case_id, shared, house) "
            "VALUES (:id, array_to_tsvector(:tokens), array_to_tsvector(:tokens)) "
            "ON CONFLICT (case_id) DO UPDATE SET shared = excluded.shared, house = excluded.house"
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
        condition = text("cases_fts MATCH :fts_query").bindparams(
            fts_query="{shared} : (" + match + ")"
        )
        return select(_FTS.c.rowid).where(condition)
    ts = " & ".join(f"'{token}'{':*' if begin else ''}" for token, begin in parts)
    condition = text("cases_fts.shared @@ CAST(:fts_query AS tsquery)").bindparams(fts_query=ts)
    return select(_FTS.c.case_id).where(condition)
