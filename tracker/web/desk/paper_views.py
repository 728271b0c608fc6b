"""Pages of a case's documents: write one, look at it, issue it, declare it void, take it out."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases import papers
from tracker.core.cases.models import Case
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.documents import service as documents
from tracker.core.documents.kinds import kind_of
from tracker.core.documents.models import Document, DocumentState
from tracker.core.documents.word import MEDIA_TYPE
from tracker.core.errors import BadInput, NotVisible, StepRefused
from tracker.core.files.names import download_headers
from tracker.web.access import current_actor, logged_in
from tracker.web.acting import note_refusal
from tracker.web.desk.files import note_reading
from tracker.web.desk.papers import PaperForm, blocks_of, filled_form, sent_form, sent_values
from tracker.web.desk.reads import read_case
from tracker.web.desk.shape import Desk
from tracker.web.errors import tell
from tracker.web.once import FIELD, body_hash, once, remember
from tracker.web.parked import parked_fields

Verb = Callable[[Session, Actor, Case], str]


def add_paper_views(bp: Blueprint, desk: Desk) -> None:
    """The document pages of a workflow."""

    @bp.route("/<int:case_id>/papers/new/<string:kind>", methods=["GET", "POST"])
    @logged_in
    def make_paper(case_id: int, kind: str) -> ResponseReturnValue:
        """The fields of a document, filled from the case; saving makes a draft."""
        case = read_case(desk, db.session(), current_actor(), case_id)
        if not papers.may_write(desk.flow, case, current_actor(), kind):
            raise NotVisible(kind)
        if request.method == "POST":
            return _save(desk, case, kind)
        return _form(desk, case, _blank(desk, case, kind))

    @bp.get("/<int:case_id>/papers/<int:paper_id>")
    @logged_in
    def show_paper(case_id: int, paper_id: int) -> ResponseReturnValue:
        """A document as it will be, or was, issued."""
        return _preview(desk, case_id, paper_id)

    @bp.post("/<int:case_id>/papers/<int:paper_id>/issue")
    @logged_in
    def issue_paper(case_id: int, paper_id: int) -> ResponseReturnValue:
        """Number and store a draft."""

        def work(session: Session, actor: Actor, case: Case) -> str:
            issued = papers.issue(session, desk.flow, case, actor, paper_id, now=utc_now())
            return str(gettext("已签发：%(paper)s", paper=_named(issued)))

        return _act(desk, case_id, paper_id, work)

    @bp.post("/<int:case_id>/papers/<int:paper_id>/void")
    @logged_in
    def void_paper(case_id: int, paper_id: int) -> ResponseReturnValue:
        """Declare a document void, with the reason."""

        def work(session: Session, actor: Actor, case: Case) -> str:
            reason = request.form.get("reason", "")
            gone = papers.void(
                session, desk.flow, case, actor, paper_id, reason=reason, now=utc_now()
            )
            return str(gettext("已作废：%(paper)s", paper=_named(gone)))

        return _act(desk, case_id, paper_id, work)

    @bp.get("/<int:case_id>/papers/<int:paper_id>/file")
    @logged_in
    def get_paper(case_id: int, paper_id: int) -> ResponseReturnValue:
        """The Word file of a document."""
        with transaction() as session:
            actor = current_actor(session)
            case = read_case(desk, session, actor, case_id)
            document = _readable(session, desk, actor, case, paper_id)
            content = documents.render(session, document, now=utc_now())
            note_reading(session, actor, case, "paper", f"paper:{paper_id}")
            name = documents.filename_of(document)
        answer = Response(content, mimetype=MEDIA_TYPE)
        answer.headers.update(download_headers(name, MEDIA_TYPE))
        return answer


def _named(document: Document) -> str:
    return f"《{tell(document.title)}》{document.number or ''}"


# ---------------------------------------------------------------- writing one


def _blank(desk: Desk, case: Case, kind: str) -> PaperForm:
    """What was typed before, else the open draft, else what the case says."""
    known = kind_of(kind)
    parked = parked_fields()
    if parked is not None:
        return sent_form(known, parked)
    document = documents.open_draft(db.session(), case.id, kind)
    if document is not None and "fresh" not in request.args:
        return filled_form(known, document.values)
    values = desk.paper_values(db.session(), case, kind, utc_now()) if desk.paper_values else {}
    return filled_form(known, values)


def _form(desk: Desk, case: Case, form: PaperForm, status: int = 200) -> ResponseReturnValue:
    body = render_template(
        "case/paper_form.html",
        flow=desk.flow,
        case=case,
        form=form,
        kind=form.kind,
        draft=documents.open_draft(db.session(), case.id, form.kind.id),
        problems=form.problems(),
    )
    return Response(body, status)


def _save(desk: Desk, case: Case, kind: str) -> ResponseReturnValue:
    known = kind_of(kind)
    try:
        with transaction() as session:
            actor = current_actor(session)
            key = request.form.get(FIELD, "")
            there = once(session, actor.user_id, key, body_hash(request.form), utc_now())
            if there is not None:
                return redirect(there, 303)
            locked = read_case(desk, session, actor, case.id, lock=True)
            document = papers.draft(
                session,
                desk.flow,
                locked,
                actor,
                kind,
                sent_values(known, request.form),
                now=utc_now(),
            )
            there = url_for(f"{desk.area}.show_paper", case_id=case.id, paper_id=document.id)
            remember(session, actor.user_id, key, there)
        flash(gettext("已存为草稿，核对后签发。"))
        return redirect(there, 303)
    except BadInput as error:
        form = sent_form(known, request.form)
        form.complain(error)
        return _form(desk, case, form, 422)


# ---------------------------------------------------------------- one that is there


def _readable(session: Session, desk: Desk, actor: Actor, case: Case, paper_id: int) -> Document:
    document = documents.document_of(session, case.id, paper_id)
    if not papers.may_read(desk.flow, case, actor, document):
        raise NotVisible(f"paper {paper_id}")
    return document


def _preview(desk: Desk, case_id: int, paper_id: int) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    case = read_case(desk, session, actor, case_id)
    document = _readable(session, desk, actor, case, paper_id)
    preview = documents.preview(session, document)
    draft = document.state == DocumentState.DRAFT.value
    writes = papers.may_write(desk.flow, case, actor, document.kind)
    return render_template(
        "case/paper.html",
        flow=desk.flow,
        case=case,
        document=document,
        preview=preview,
        blocks=blocks_of(preview),
        may_edit=draft and writes,
        may_issue=draft and writes and not preview.lacking,
        may_void=document.state in (DocumentState.DRAFT.value, DocumentState.ISSUED.value)
        and papers.may_void(desk.flow, case, actor, document.kind),
    )


def _act(desk: Desk, case_id: int, paper_id: int, work: Verb) -> ResponseReturnValue:
    """Do one thing to a document once per form key; back to it with a word."""
    here = url_for(f"{desk.area}.show_paper", case_id=case_id, paper_id=paper_id)
    try:
        with transaction() as session:
            actor = current_actor(session)
            case = read_case(desk, session, actor, case_id, lock=True)
            key = request.form.get(FIELD, "")
            if once(session, actor.user_id, key, body_hash(request.form), utc_now()) is None:
                said = work(session, actor, case)
                remember(session, actor.user_id, key, here)
                flash(said)
    except BadInput as error:
        flash(tell(error.message), "refusal")
    except StepRefused as error:
        note_refusal(error)
        for refusal in error.refusals:
            flash(tell(refusal.why), "refusal")
    return redirect(here, 303)
