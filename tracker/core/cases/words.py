"""The words a case can be found by: whose they are, what they are called, who may search them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Integer,
    Select,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from tracker.core.accounts.models import Grant, User
from tracker.core.cases.evidence import EvidenceItem
from tracker.core.cases.flow import flows
from tracker.core.cases.models import Attachment, Case, CasePerson, Move
from tracker.core.cases.scope import RECUSED
from tracker.core.cases.workplace import FileText
from tracker.core.documents.models import Document, DocumentState
from tracker.core.errors import N_, SetupError
from tracker.core.registers.models import Region

NUMBER, TITLE, FILE, FILE_TEXT, PAPER = (
    N_("编号"), N_("标题"), N_("材料名称"), N_("材料内容"), N_("文书"),
)  # fmt: skip
PERSON, PLACE, NOTE, EVIDENCE = N_("人员"), N_("地区"), N_("办理意见"), N_("证据")


@dataclass(frozen=True, slots=True)
class Word:
    """One text of a case under the name of its field.

    `inside` words are for those alone who read the case from its house; a `spoken` one is the
    name of a person, also found as it is spoken; `ref` is the file or the paper it stands in.
    """

    field: str
    text: str
    inside: bool = False
    spoken: bool = False
    ref: int | None = None


Offer = Callable[[Session, Sequence[Any]], Mapping[int, Sequence[Word]]]


class Words:
    """What each workflow says of its own cases; `app.py` fills it."""

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}

    def add(self, kind: str, offer: Offer) -> None:
        """Say how the words of a kind are read; the same again is harmless."""
        if self._offers.setdefault(kind, offer) is not offer:
            raise SetupError(f"two workflows say the words of kind {kind!r}")

    def of(
        self, session: Session, kind: str, cases: Sequence[Case]
    ) -> Mapping[int, Sequence[Word]]:
        """The own words of cases of one kind, by case."""
        offer = self._offers.get(kind)
        return offer(session, cases) if offer is not None else {}


words = Words()


def columns(*said: Word) -> Offer:
    """The words of a workflow that all stand in columns of its cases: `text` names the column."""

    def offer(_session: Session, cases: Sequence[Any]) -> dict[int, list[Word]]:
        return {case.id: said_by(case, said) for case in cases}

    return offer


def said_by(row: Any, said: Iterable[Word]) -> list[Word]:
    """What the columns of a row hold, empty ones left out."""
    return [
        Word(w.field, str(value), w.inside, w.spoken, w.ref)
        for w in said
        if (value := getattr(row, w.text)) not in (None, "")
    ]


def words_of(session: Session, ids: Collection[int]) -> dict[int, list[Word]]:
    """Every word of some cases: one query for what all share, one or two for each kind there."""
    found: dict[int, list[Word]] = {}
    by_kind: dict[str, list[Case]] = {}
    for case in session.scalars(select(Case).where(Case.id.in_(ids))):
        found[case.id] = [Word(TITLE, case.title)]
        if case.number:
            found[case.id].insert(0, Word(NUMBER, case.number))
        by_kind.setdefault(case.kind, []).append(case)
    kinds = {case.id: case.kind for cases in by_kind.values() for case in cases}
    for kind, cases in by_kind.items():
        whole = _whole(session, kind, cases)
        for case_id, own in words.of(session, kind, whole).items():
            found[case_id] += own
    if not kinds:
        return {}
    for row in session.execute(_shared_by_all(), {"ids": list(kinds)}):
        found[row.case_id].append(_word(row, kinds[row.case_id]))
    return found


def _whole(session: Session, kind: str, cases: Sequence[Case]) -> Sequence[Case]:
    """The cases with the columns of their own workflow, read in one query."""
    model = Case.__mapper__.polymorphic_map[kind].class_
    ids = [case.id for case in cases]
    return session.scalars(select(model).where(model.id.in_(ids))).all()


# ---------------------------------------------------------------- what hangs on every case


# Filled in with the cases when it runs; the long query is built once.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)


@cache
def _shared_by_all() -> Select[Any]:
    """Places, people, files, papers, evidence, notes and texts of some cases, in one query."""
    parts = (_places, _people, _files, _papers, _evidence, _notes, _texts)
    every = union_all(*(part() for part in parts)).subquery()
    return select(every).order_by(every.c.case_id, every.c.rank, every.c.ref)


def _row(
    case_id: Any, field: str, text: Any, inside: Any, ref: Any = None, kind: Any = None
) -> Select[Any]:
    """One part of the union: `kind` is that of a paper, which decides who reads it."""
    return select(
        case_id.label("case_id"),
        literal(_RANK.index(field)).label("rank"),
        text.label("text"),
        inside.label("inside"),
        (cast(null(), Integer) if ref is None else ref).label("ref"),
        (literal("") if kind is None else kind).label("kind"),
    )


_RANK = (PLACE, PERSON, FILE, PAPER, EVIDENCE, NOTE, FILE_TEXT)


def _places() -> Select[Any]:
    county = func.substr(Case.region_code, 1, 6) + "000000"
    return (
        _row(Case.id, PLACE, Region.name, literal(value=False))
        .join(Region, Region.code.in_((Case.region_code, county)))
        .where(Case.id.in_(_IDS))
    )


def _people() -> Select[Any]:
    """Who has a part; those of the house the case came from are known to it."""
    theirs = exists(
        select(Grant.id).where(
            Grant.user_id == CasePerson.user_id,
            Grant.valid_to.is_(None),
            Grant.org_id.in_((Case.origin_org_id, Case.via_org_id)),
            Grant.org_id.is_distinct_from(Case.bureau_id),
        )
    )
    return (
        _row(CasePerson.case_id, PERSON, User.name, ~theirs)
        .join(User, User.id == CasePerson.user_id)
        .join(Case, Case.id == CasePerson.case_id)
        .where(
            CasePerson.case_id.in_(_IDS), CasePerson.ended_at.is_(None), CasePerson.part != RECUSED
        )
    )


def _files() -> Select[Any]:
    return _row(
        Attachment.case_id, FILE, Attachment.name, Attachment.internal, Attachment.id
    ).where(Attachment.case_id.in_(_IDS))


def _texts() -> Select[Any]:
    return (
        _row(Attachment.case_id, FILE_TEXT, FileText.text, Attachment.internal, Attachment.id)
        .join(FileText, FileText.attachment_id == Attachment.id)
        .where(Attachment.case_id.in_(_IDS), FileText.text != "")
    )


def _papers() -> Select[Any]:
    out = (DocumentState.ISSUED.value, DocumentState.VOID.value)
    named = Document.number + " " + Document.title
    return _row(
        Document.case_id, PAPER, named, literal(value=False), Document.id, Document.kind
    ).where(Document.case_id.in_(_IDS), Document.state.in_(out), Document.number.is_not(None))


def _evidence() -> Select[Any]:
    return _row(EvidenceItem.case_id, EVIDENCE, EvidenceItem.name, literal(value=True)).where(
        EvidenceItem.case_id.in_(_IDS)
    )


def _notes() -> Select[Any]:
    return _row(Move.case_id, NOTE, Move.note, Move.internal).where(
        Move.case_id.in_(_IDS), Move.note != ""
    )


def _word(row: Any, kind: str) -> Word:
    field = _RANK[row.rank]
    # A paper is the house's own if any workflow line says so; its number alone would tell of it.
    inner = field == PAPER and not any(
        use.kind == row.kind and not use.inner for use in flows.get(kind).papers
    )
    return Word(field, row.text, bool(row.inside) or inner, field == PERSON, row.ref)
