"""Keeping cases findable: whatever changes what a case says marks it, and the end of the same
transaction writes its row of the index anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from time import monotonic
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User
from tracker.core.cases.evidence import EvidenceItem
from tracker.core.cases.models import Attachment, Case, CasePerson, Move
from tracker.core.cases.words import FILE_TEXT, Word, words_of
from tracker.core.db import before_commit, db, transaction
from tracker.core.documents.models import Document
from tracker.core.registers.models import Unit
from tracker.core.search import names
from tracker.core.search.bigrams import tokens
from tracker.core.search.index import IndexRow, lacking, write_rows
from tracker.core.search.names import Portion
from tracker.core.search.pinyin import initials, spoken
from tracker.core.staff.models import Person

_MARKED = "cases_to_index"
_HANGS_ON_A_CASE = (Move, CasePerson, Attachment, Document, EvidenceItem)
# Columns of the spine that say nothing one could look for: a clock that moves makes no new words.
_SAY_NOTHING = frozenset(
    {
        "version", "state", "flow_version", "turn_org_id", "turn_role", "assignee_id", "restricted",
        "confidentiality", "next_due_on", "next_due_provisional", "due_order", "holder_since",
        "closed_at", "audit_n", "scope_code",
    }
)  # fmt: skip
# Of long texts the beginning is indexed; a token vector has its limits, and so has patience.
_LONGEST_TEXT, _LONGEST_FILE, _LONGEST_FILES = 6_000, 8_000, 40_000
_AT_ONCE = 100


def watch() -> None:
    """Follow what is written: cases into their index, names into theirs. Again is harmless."""
    if not event.contains(Session, "after_flush", _mark):
        event.listen(Session, "after_flush", _mark)
    before_commit(_write_marked)
    names.watch(Person, "staff", lambda p: spoken(p.name))
    names.watch(User, "user", lambda u: spoken(u.name))
    names.watch(Unit, "unit", lambda u: [initials(u.name)])


def mark(session: Session, case_id: int) -> None:
    """Say that a case reads otherwise now: it is indexed anew before this transaction ends."""
    session.info.setdefault(_MARKED, set()).add(case_id)


def index_cases(session: Session, ids: Collection[int]) -> None:
    """Write the rows of some cases, in the caller's transaction."""
    write_rows(session, (row_of(i, said) for i, said in words_of(session, ids).items()))


def row_of(case_id: int, said: Iterable[Word]) -> IndexRow:
    """The tokens of a case's words: what everybody may search, and that with what the house may."""
    shared: dict[str, None] = {}
    house: dict[str, None] = {}
    left = _LONGEST_FILES
    for word in said:
        text = word.text[:_LONGEST_TEXT]
        if word.field == FILE_TEXT:
            text = word.text[: min(_LONGEST_FILE, left)]
            left -= len(text)
        found = dict.fromkeys([*tokens(text), *(spoken(word.text) if word.spoken else ())])
        (house if word.inside else shared).update(found)
    return IndexRow(case_id, list(shared), list(shared | house))


def reindex(session: Session, after: int, *, only_lacking: bool = False) -> Portion:
    """Index the next cases behind an id."""
    query = select(Case.id).where(Case.id > after).order_by(Case.id).limit(_AT_ONCE)
    if only_lacking:
        query = query.where(lacking(session, Case.id))
    ids = list(session.scalars(query))
    index_cases(session, ids)
    return Portion(len(ids), ids[-1] if ids else after)


# ---------------------------------------------------------------- what is there already

# Databases of which this process has seen that nothing lacks: nothing that it writes will.
_complete: set[str] = set()


def catch_up(seconds: float) -> int:
    """Index for some seconds what has no row yet or an old one; answers how many rows that were.

    Rows come so from an earlier release, and from a filling that went past the product.
    """
    place = str(db.engine.url)
    if place in _complete:
        return 0
    begun, count, after = monotonic(), 0, 0
    while monotonic() - begun < seconds:
        with transaction() as session:
            done = reindex(session, after, only_lacking=True)
        if not done.count:
            break
        after, count = done.last, count + done.count
    else:
        return count
    for kind in names.known_kinds():
        if names.lacking(db.session(), kind):
            count += sum(write_names(kind))
    _complete.add(place)
    return count


def write_names(kind: str) -> Iterator[int]:
    """Write the spoken names of a register anew, in parts; gives how many each part had."""
    after = 0
    while True:
        with transaction() as session:
            done = names.write_again(session, kind, after)
        if not done.count:
            return
        after = done.last
        yield done.count


# ---------------------------------------------------------------- what a transaction has touched


def _mark(session: Session, _context: object) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Case):
            if row in session.new or _says_otherwise(row):
                mark(session, row.id)
        elif isinstance(row, _HANGS_ON_A_CASE):
            mark(session, row.case_id)


def _says_otherwise(case: Case) -> bool:
    return any(name not in _SAY_NOTHING for name in _changed(case))


def _changed(row: Any) -> Iterator[str]:
    state = inspect(row)
    for name in state.mapper.column_attrs.keys():  # noqa: SIM118 - no dict
        if state.attrs[name].history.has_changes():
            yield name


def _write_marked(session: Session) -> None:
    marked = session.info.pop(_MARKED, None)
    if marked:
        index_cases(session, sorted(marked))
