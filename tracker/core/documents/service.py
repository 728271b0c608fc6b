"""Drawing up, issuing, voiding and reading the papers of a case.

The caller has asked whether the actor may, and has read the case locked; every verb runs inside
its transaction and writes its own audit row.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from tracker.core.audit.service import record
from tracker.core.clock import office_date
from tracker.core.documents import templates
from tracker.core.documents.kinds import Field, Kind, kind_of
from tracker.core.documents.letters import letter_of
from tracker.core.documents.models import Document, DocumentState, Number
from tracker.core.documents.numbering import draw
from tracker.core.documents.preview import Preview, lay_out
from tracker.core.documents.shelf import files
from tracker.core.documents.values import Values, clean, missing_fields, take
from tracker.core.documents.word import MEDIA_TYPE, render_docx
from tracker.core.errors import BadInput, NotVisible, Refusal, StepRefused, Unavailable, say
from tracker.core.registers.models import Organisation

_LARGEST = 50 * 1024 * 1024
_LONGEST_REASON = 400


def missing(kind_id: str, values: Mapping[str, Any]) -> list[Field]:
    """Required fields of a kind that raw or stored values leave empty, in their order."""
    kind = kind_of(kind_id)
    return missing_fields(kind, take(kind, values))


def draft(
    session: Session,
    *,
    case_id: int,
    org_id: int,
    kind: str,
    values: Mapping[str, Any],
    by: int,
    now: datetime,
) -> Document:
    """The next version of a paper; it takes the place of the open draft of this kind, if any.

    BadInput names a field that the kind does not have or that holds the wrong thing.
    """
    known = kind_of(kind)
    taken = take(known, values)
    _change(
        session,
        (Document.case_id == case_id)
        & (Document.kind == kind)
        & (Document.state == DocumentState.DRAFT.value),
        state=DocumentState.REPLACED.value,
    )
    last = session.scalar(
        select(func.max(Document.seq)).where(Document.case_id == case_id, Document.kind == kind)
    )
    document = Document(
        case_id=case_id,
        org_id=org_id,
        kind=kind,
        seq=(last or 0) + 1,
        state=DocumentState.DRAFT.value,
        title=known.title,
        values=taken,
        made_by_id=by,
        made_at=now,
    )
    session.add(document)
    session.flush()
    _audit(session, document, "document.draft", by, now)
    return document


def issue(session: Session, document: Document, *, by: int, now: datetime) -> Document:
    """Number, render and store a draft; StepRefused names every required field it lacks.

    A paper that is no longer an open draft is refused, whoever was quicker.
    """
    kind = kind_of(document.kind)
    _must_be(session, document, DocumentState.DRAFT)
    organ = _organ(session, document.org_id)
    values = _completed(kind, document.values, organ, now)
    lacking = missing_fields(kind, values)
    if lacking:
        raise StepRefused([Refusal(_lacks(kind, field)) for field in lacking], "issue")
    letter = letter_of(session, document.org_id, document.kind)
    number = letter and draw(
        session,
        org_id=document.org_id,
        prefix=organ.doc_prefix,
        kind=letter,
        case_id=document.case_id,
        now=now,
    )
    template = templates.in_use(session, document.org_id, document.kind)
    content = (
        render_docx(lay_out(kind, values, organ=organ.name, number=number or ""), now=now)
        if template is None
        else templates.render(kind, template, values, organ=organ.name, number=number or "")
    )
    stored = files().save(io.BytesIO(content), limit=_LARGEST, name=kind.title)
    _change(
        session,
        Document.id == document.id,
        state=DocumentState.ISSUED.value,
        values=values,
        number=number,
        template_id=template.id if template else None,
        sha256=stored.sha256,
        size=stored.size,
        store_id=stored.id,
        media_type=MEDIA_TYPE,
        issued_by_id=by,
        issued_at=now,
        issued_on=office_date(now),
    )
    session.refresh(document)
    _audit(session, document, "document.issue", by, now, sha256=stored.sha256, number=number)
    return document


def void(session: Session, document: Document, *, by: int, now: datetime, reason: str) -> Document:
    """Declare a draft or an issued paper void; its number stays taken and is shown as void."""
    said = clean(reason).strip()
    if not said or len(said) > _LONGEST_REASON:
        raise BadInput("reason", say("请写明作废的理由，不超过四百字。"))
    _must_be(session, document, DocumentState.DRAFT, DocumentState.ISSUED)
    _change(
        session,
        Document.id == document.id,
        state=DocumentState.VOID.value,
        voided_by_id=by,
        voided_at=now,
        void_reason=said,
    )
    if document.number:
        session.execute(update(Number).where(Number.text == document.number).values(voided_at=now))
    session.refresh(document)
    _audit(session, document, "document.void", by, now, number=document.number)
    return document


def void_all(
    session: Session, case_id: int, kind: str, *, by: int, now: datetime, reason: str
) -> None:
    """Declare void what a step of the case has made untrue: every paper of a kind that holds."""
    for document in documents_of(session, case_id, kind):
        if document.state != DocumentState.VOID.value:
            void(session, document, by=by, now=now, reason=reason[:_LONGEST_REASON])


# ---------------------------------------------------------------- reading


def issued_kinds(session: Session, case_id: int) -> frozenset[str]:
    """The kinds of which a case has a paper that is issued and not void; one query."""
    return frozenset(
        session.scalars(
            select(Document.kind)
            .where(Document.case_id == case_id, Document.state == DocumentState.ISSUED.value)
            .distinct()
        )
    )


def documents_of(
    session: Session, case_id: int, kind: str | None = None, *, replaced: bool = False
) -> list[Document]:
    """The papers of a case in the order they were made; replaced drafts only on request."""
    query = select(Document).where(Document.case_id == case_id)
    if kind is not None:
        query = query.where(Document.kind == kind)
    if not replaced:
        query = query.where(Document.state != DocumentState.REPLACED.value)
    return list(session.scalars(query.order_by(Document.id)))


def document_of(session: Session, case_id: int, document_id: int) -> Document:
    """One paper of a case; NotVisible when it is not there or belongs to another case."""
    found = session.get(Document, document_id)
    if found is None or found.case_id != case_id:
        raise NotVisible(f"document {document_id}")
    return found


def open_draft(session: Session, case_id: int, kind: str) -> Document | None:
    """The draft of a kind that is being worked on."""
    return session.scalars(
        select(Document).where(
            Document.case_id == case_id,
            Document.kind == kind,
            Document.state == DocumentState.DRAFT.value,
        )
    ).one_or_none()


def preview(session: Session, document: Document) -> Preview:
    """A paper as blocks, with what it still lacks; an issued one as it was issued."""
    return _laid_out(
        kind_of(document.kind),
        document.values,
        organ=_organ(session, document.org_id).name,
        number=document.number or "",
        void=document.state == DocumentState.VOID.value,
    )


def preview_values(
    session: Session, kind_id: str, values: Mapping[str, Any], *, org_id: int
) -> Preview:
    """A paper that is only being written; BadInput as in `draft`."""
    kind = kind_of(kind_id)
    return _laid_out(kind, take(kind, values), organ=_organ(session, org_id).name)


def render(session: Session, document: Document, *, now: datetime) -> bytes:
    """The Word file of a paper in its present state: for a draft, what an issue would store."""
    if document.store_id is not None:
        return open_bytes(document)
    kind = kind_of(document.kind)
    organ = _organ(session, document.org_id).name
    template = templates.in_use(session, document.org_id, document.kind)
    if template is not None:
        return templates.render(kind, template, document.values, organ=organ, number="")
    return render_docx(lay_out(kind, document.values, organ=organ), now=now)


def open_bytes(document: Document) -> bytes:
    """The stored file of an issued paper; Unavailable when it is not what was issued."""
    if document.store_id is None:
        raise NotVisible(f"document {document.id} has no file")
    with files().open(document.store_id) as handle:
        content = handle.read()
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Unavailable(f"document {document.id} is not the file that was issued")
    return content


def is_intact(document: Document) -> bool:
    """Whether the stored file is still, byte for byte, what was issued; True without one."""
    if document.store_id is None or document.sha256 is None:
        return True
    try:
        return files().is_intact(document.store_id, document.sha256)
    except NotVisible:
        return False


def filename_of(document: Document) -> str:
    """What the file is called when it is saved."""
    return f"{document.title}{document.number or ''}.docx"


# ---------------------------------------------------------------- inside


def _laid_out(
    kind: Kind, values: Values, *, organ: str, number: str = "", void: bool = False
) -> Preview:
    lacking = tuple(missing_fields(kind, values))
    return lay_out(kind, values, organ=organ, number=number, void=void, lacking=lacking)


def _completed(kind: Kind, values: Values, organ: Organisation, now: datetime) -> Values:
    filled = {"organ": organ.name, "dated": office_date(now).isoformat()}
    return {
        **{f.name: filled[f.name] for f in kind.fields if f.filled},
        **{name: value for name, value in values.items() if value},
    }


def _lacks(kind: Kind, field: Field) -> Any:
    if field.least > 1:
        return say(
            "“%(kind)s”还缺：%(field)s（至少%(least)s人）。",
            kind=say(kind.title),
            field=say(field.label),
            least=field.least,
        )
    return say("“%(kind)s”还缺：%(field)s。", kind=say(kind.title), field=say(field.label))


def _organ(session: Session, org_id: int) -> Organisation:
    organ = session.get(Organisation, org_id)
    if organ is None:
        raise NotVisible(f"organisation {org_id}")
    return organ


def _must_be(session: Session, document: Document, *states: DocumentState) -> None:
    """Lock the row and look at it again: of two clicks on 签发, one is told."""
    session.refresh(document, with_for_update=True)
    if document.state not in {state.value for state in states}:
        raise StepRefused([Refusal(say("这份文书已经签发、作废或者被新稿取代。"))], "issue")


def _change(session: Session, which: Any, **columns: Any) -> int:
    result = session.execute(
        update(Document)
        .where(which)
        .values(**columns)
        .execution_options(synchronize_session="fetch")
    )
    return cast("CursorResult[Any]", result).rowcount


def _audit(
    session: Session, document: Document, tag: str, by: int, now: datetime, **details: Any
) -> None:
    record(
        session,
        tag=tag,
        at=now,
        object=f"document {document.id}",
        actor_id=by,
        case_id=document.case_id,
        details={"kind": document.kind, "seq": document.seq, **details},
    )
