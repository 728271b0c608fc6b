"""The search over cases: which are found, and by which of their words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.flow import flows
from tracker.core.cases.inside import ever_inside, inside
from tracker.core.cases.models import Attachment, Case
from tracker.core.cases.papers import may_read
from tracker.core.cases.reads import outside
from tracker.core.cases.scope import visible
from tracker.core.cases.words import FILE, FILE_TEXT, NUMBER, PAPER, TITLE, Word, words_of
from tracker.core.cases.worklist import COUNT_CAP
from tracker.core.documents.models import Document, DocumentState
from tracker.core.search.bigrams import Part, query_parts, tokens
from tracker.core.search.index import matching
from tracker.core.search.pinyin import spoken

# How many reasons are told of one case, and how far behind the newest ones files are looked for.
_MOST_REASONS = 3
_DEPTH = 200


@dataclass(frozen=True, slots=True)
class CaseHit:
    """A case that was found, and the words that were looked for where its title has them not."""

    case: Case
    outside: bool
    reasons: Sequence[Word]


@dataclass(frozen=True, slots=True)
class FileHit:
    """A file that was found by its name or its text."""

    case: Case
    file: Attachment
    text: str


@dataclass(frozen=True, slots=True)
class PaperHit:
    """A paper that was found by its number or its title."""

    case: Case
    paper: Document


def found(session: Session, actor: Actor, text: str) -> ColumnElement[bool]:
    """The condition that a case has every word of a text among those the actor may search.

    Whoever reads a case only from the side it came from finds it by what that side knows.
    """
    shared = matching(session, Case.id, text)
    if not ever_inside(actor):
        return shared
    return and_(matching(session, Case.id, text, house=True), or_(inside(actor), shared))


def newest(session: Session, actor: Actor, text: str) -> list[int]:
    """Ids of the visible cases that have a text, newest first, the one of that number before all.

    One more than the cap of all counts at most: what is found is counted and told from these.
    """
    where = and_(visible(actor), found(session, actor, text))
    query = select(Case.id).where(where).order_by(Case.id.desc()).limit(COUNT_CAP + 1)
    ids = list(session.scalars(query))
    numbered = select(Case.id).where(Case.number == text.strip(), visible(actor))
    first = list(session.scalars(numbered))
    return first + [i for i in ids if i not in first]


def find_cases(
    session: Session, actor: Actor, text: str, ids: Sequence[int], *, most: int
) -> list[CaseHit]:
    """The first of the cases that `newest` found, each with why."""
    shown = list(ids[:most])
    rows = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(shown)))}
    said = words_of(session, shown)
    return [_hit(actor, rows[i], said.get(i, []), text) for i in shown if i in rows]


def _hit(actor: Actor, case: Case, said: Iterable[Word], text: str) -> CaseHit:
    beyond = outside(actor, case)
    readable = [word for word in said if not (beyond and word.inside)]
    return CaseHit(case, beyond, reasons(readable, query_parts(text)))


def reasons(said: Iterable[Word], parts: Collection[Part]) -> list[Word]:
    """The words that hold what was looked for, until everything was seen; titles tell it best."""
    open_parts = set(parts)
    told: list[Word] = []
    for word in said:
        if not open_parts or len(told) == _MOST_REASONS:
            break
        here = held(word, open_parts)
        if not here:
            continue
        open_parts -= here
        if word.field not in (TITLE, NUMBER):
            told.append(word)
    return told


def held(word: Word, parts: Collection[Part]) -> set[Part]:
    """Which parts of a query one word of a case holds."""
    there = {*tokens(word.text), *(spoken(word.text) if word.spoken else ())}
    exact = {part for part in parts if part.token in there}
    begun = {p for p in parts if p.begins and p not in exact and any(map(p.fits, there))}
    return exact | begun


# ---------------------------------------------------------------- files and papers


def find_files(
    session: Session, actor: Actor, text: str, ids: Sequence[int], *, most: int
) -> tuple[list[FileHit], int]:
    """Files of found cases whose own name or text has every word, newest first, and how many."""
    parts = set(query_parts(text))
    if not parts:
        return [], 0
    rows = session.execute(
        select(Case, Attachment)
        .join(Attachment, Attachment.case_id == Case.id)
        .where(Case.id.in_(ids))
        .order_by(Attachment.id.desc())
        .limit(_DEPTH)
    ).all()
    texts = _file_words(session, {case.id for case, _ in rows})
    hits = []
    for case, file in rows:
        if file.internal and outside(actor, case):
            continue
        own = texts.get(file.id, [])
        if set().union(*(held(word, parts) for word in own)) == parts:
            best = max(own, key=lambda w: (len(held(w, parts)), w.field == FILE))
            hits.append(FileHit(case, file, best.text if best.field == FILE_TEXT else ""))
    return hits[:most], len(hits)


def _file_words(session: Session, ids: Collection[int]) -> dict[int, list[Word]]:
    own: dict[int, list[Word]] = {}
    for said in words_of(session, ids).values():
        for word in said:
            if word.field in (FILE, FILE_TEXT) and word.ref is not None:
                own.setdefault(word.ref, []).append(word)
    return own


def find_papers(
    session: Session, actor: Actor, text: str, ids: Sequence[int], *, most: int
) -> tuple[list[PaperHit], int]:
    """Issued papers of found cases whose number or title has every word, and how many."""
    parts = set(query_parts(text))
    if not parts:
        return [], 0
    rows = session.execute(
        select(Case, Document)
        .join(Document, Document.case_id == Case.id)
        .where(
            Case.id.in_(ids),
            Document.number.is_not(None),
            Document.state.in_((DocumentState.ISSUED.value, DocumentState.VOID.value)),
        )
        .order_by(Document.id.desc())
        .limit(_DEPTH)
    ).all()
    hits = [
        PaperHit(case, paper)
        for case, paper in rows
        if held(Word(PAPER, f"{paper.number} {paper.title}"), parts) == parts
        and may_read(flows.get(case.kind), case, actor, paper)
    ]
    return hits[:most], len(hits)
