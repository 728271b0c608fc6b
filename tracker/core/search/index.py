"""One search interface over FTS5 on SQLite and a token vector on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, column, false, func, select, table, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.core.search.bigrams import Part, query_parts

# `shared` is what everybody who sees a case may find it by; `house` has that and what only those
# who read it from the inside may: names of officers, internal papers. Migrations make the table.
_FTS = table("cases_fts", column("case_id"), column("rowid"))
# Stands in every row that this way of making tokens has written; another way has another mark,
# and the rows without it are made anew in the background. No query has this letter.
MARK = "ж1"


@dataclass(frozen=True, slots=True)
class IndexRow:
    """The tokens of one case; those of `shared` are among those of `house`."""

    case_id: int
    shared: Sequence[str]
    house: Sequence[str]


def write_rows(session: Session, rows: Iterable[IndexRow]) -> None:
    """Make cases findable, in the caller's transaction; replaces what was there."""
    rows = list(rows)
    if not rows:
        return
    if session.get_bind().dialect.name == "sqlite":
        session.execute(
            text("DELETE FROM cases_fts WHERE rowid = :id"), [{"id": r.case_id} for r in rows]
        )
        session.execute(
            text("INSERT INTO cases_fts (rowid, shared, house) VALUES (:id, :shared, :house)"),
            [
                {
                    "id": r.case_id,
                    "shared": " ".join([*r.shared, MARK]),
                    "house": " ".join([*r.house, MARK]),
                }
                for r in rows
            ],
        )
        return
    session.execute(
        text(
            "INSERT INTO cases_fts (case_id, shared, house) "
            "VALUES (:id, array_to_tsvector(:shared), array_to_tsvector(:house)) "
            "ON CONFLICT (case_id) DO UPDATE SET shared = excluded.shared, house = excluded.house"
        ),
        [
            {
                "id": r.case_id,
                "shared": sorted({*r.shared, MARK}),
                "house": sorted({*r.house, MARK}),
            }
            for r in rows
        ],
    )


def matching(
    session: Session, case_id: InstrumentedAttribute[int], query: str, *, house: bool = False
) -> ColumnElement[bool]:
    """The condition that a case holds every word of a query; nothing matches an empty one."""
    parts = query_parts(query)
    if not parts:
        return false()
    return _among(session, case_id, hits(session, parts, house=house))


def lacking(session: Session, case_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The condition that a case has no row, or one that another way of making tokens wrote."""
    made = hits(session, [Part(MARK)], house=False)
    if session.get_bind().dialect.name == "sqlite":
        return case_id.not_in(made)
    return ~made.where(_FTS.c.case_id == case_id).exists()


def _among(
    session: Session, case_id: InstrumentedAttribute[int], found: Select[tuple[int]]
) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "sqlite":
        return case_id.in_(found)
    # As a subquery of IN, PostgreSQL would walk all cases in the order of the list and look each
    # up; an array it reads once, and then those cases alone.
    return case_id == func.any(func.array(found.scalar_subquery()))


def hits(session: Session, parts: Sequence[Part], *, house: bool) -> Select[tuple[int]]:
    """The ids of the cases whose words have all parts."""
    where = "house" if house else "shared"
    if session.get_bind().dialect.name == "sqlite":
        # Tokens are letters, figures and Chinese characters only, so quoting is complete.
        match = " AND ".join(f'"{p.token}"{"*" if p.begins else ""}' for p in parts)
        name = f"fts_{where}"
        condition = text(f"cases_fts MATCH :{name}").bindparams(
            **{name: f"{{{where}}} : ({match})"}
        )
        return select(_FTS.c.rowid).where(condition)
    name = f"ts_{where}"
    words = " & ".join(f"'{p.token}'{':*' if p.begins else ''}" for p in parts)
    condition = text(f"cases_fts.{where} @@ CAST(:{name} AS tsquery)").bindparams(**{name: words})
    return select(_FTS.c.case_id).where(condition)
