"""Names of people and units as they are spoken: the words under which registers find them.

A register looks for characters itself; what is here is how they are typed without characters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Index,
    Integer,
    Select,
    String,
    and_,
    delete,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.core.db import Model
from tracker.core.search.bigrams import query_runs

_LONGEST = 60
# Compared letter by letter on both databases, so that a beginning is a range.
_Plain = String(_LONGEST).with_variant(String(_LONGEST, collation="C"), "postgresql")
_watched: dict[type[Any], tuple[str, Callable[[Any], Iterable[str]]]] = {}


@dataclass(frozen=True, slots=True)
class Portion:
    """How much of a longer work was done, and the id behind which it goes on."""

    count: int
    last: int


class SpokenName(Model):
    """One way in which the name of something may be typed as it is spoken."""

    __tablename__ = "spoken_names"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    word: Mapped[str] = mapped_column(_Plain, primary_key=True)
    ref: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)

    __table_args__ = (Index("ix_spoken_names_ref", "kind", "ref"),)


def watch(model: type[Any], kind: str, ways: Callable[[Any], Iterable[str]]) -> None:
    """Keep the words of every row of a model, whose column `name` they come from."""
    if model in _watched:
        return
    _watched[model] = (kind, ways)
    event.listen(model, "after_insert", _written)
    event.listen(model, "after_update", _changed)


def known_kinds() -> dict[str, type[Any]]:
    """The models whose names are kept, by the kind they are kept under."""
    return {kind: model for model, (kind, _) in _watched.items()}


def named(kind: str, text: str) -> Select[Any] | None:
    """Ids of what is called so, every word of the text a beginning; None but for Latin letters."""
    runs = query_runs(text)
    if not runs or not all(run.isascii() and run.isalpha() for run in runs):
        return None
    return select(SpokenName.ref).where(
        SpokenName.kind == kind,
        _begins(runs[0]),
        *(
            SpokenName.ref.in_(select(SpokenName.ref).where(SpokenName.kind == kind, _begins(run)))
            for run in runs[1:]
        ),
    )


def write_again(session: Session, kind: str, after: int, *, at_once: int = 500) -> Portion:
    """Write the words of the next rows of a kind behind an id."""
    model = known_kinds()[kind]
    rows: Sequence[Any] = session.scalars(
        select(model).where(model.id > after).order_by(model.id).limit(at_once)
    ).all()
    connection = session.connection()
    for row in rows:
        _replace(connection, row)
    return Portion(len(rows), rows[-1].id if rows else after)


def lacking(session: Session, kind: str) -> bool:
    """Whether rows of a kind have no words at all while they should: those from before."""
    model = known_kinds()[kind]
    some = select(SpokenName.ref).where(SpokenName.kind == kind, SpokenName.ref == model.id)
    query = select(model.id).where(~some.exists(), model.name != "").limit(50)
    ways = _watched[model][1]
    return any(list(ways(session.get_one(model, i))) for i in session.scalars(query).all())


def _begins(run: str) -> Any:
    return and_(SpokenName.word >= run, SpokenName.word < run + "\x7f")


def _written(_mapper: object, connection: Connection, row: Any) -> None:
    _add(connection, row)


def _changed(_mapper: object, connection: Connection, row: Any) -> None:
    if inspect(row).attrs.name.history.has_changes():
        _replace(connection, row)


def _replace(connection: Connection, row: Any) -> None:
    kind = _watched[type(row)][0]
    connection.execute(delete(SpokenName).where(SpokenName.kind == kind, SpokenName.ref == row.id))
    _add(connection, row)


def _add(connection: Connection, row: Any) -> None:
    kind, ways = _watched[type(row)]
    found = {word[:_LONGEST] for word in ways(row)} - {""}
    if found:
        connection.execute(
            insert(SpokenName), [{"kind": kind, "ref": row.id, "word": w} for w in sorted(found)]
        )
