"""Pages that write a lead down: a department's draft, a registrar's intake, a change."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.attachments import Staged, stage
from tracker.core.cases.reads import files_of
from tracker.core.cases.scope import get_visible
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import BadInput
from tracker.web.access import current_actor, logged_in, needs, request_id, settings
from tracker.web.acting import guarded
from tracker.web.errors import tell
from tracker.web.once import FIELD, new_key
from tracker.web.parked import parked_fields
from tracker.web.shell import today
from tracker.workflows.leads import choices, page, service
from tracker.workflows.leads.answers import done, hang_all
from tracker.workflows.leads.forms import IntakeForm, LeadForm
from tracker.workflows.leads.models import Lead
from tracker.workflows.leads.views import bp

_WRITERS = (Role.LIAISON, Role.TOWNSHIP_CLERK, Role.REGISTRAR)
_STAGED_SECONDS = 24 * 3600


@bp.route("/new", methods=["GET", "POST"])
@needs(*_WRITERS)
def new_lead() -> ResponseReturnValue:
    """Write down a lead: a department drafts, a registrar takes in."""
    actor = current_actor()
    writer = choices.writer(actor, request.values.get("as", ""))
    form = _lead_form(IntakeForm if writer.intake else LeadForm, writer.region_code)
    kept = _kept()
    if request.method == "GET":
        choices.start(form, writer)
        return _form_page(form, writer=writer, kept=kept)
    problems = _check(form, kept)
    if problems:
        return _form_page(form, writer=writer, kept=kept, status=422)

    def work(session: Session, fresh: Actor) -> str:
        verb = service.intake if writer.intake else service.draft
        lead = verb(
            session,
            fresh,
            form.to_data(),
            now=utc_now(),
            org_id=writer.org_id,
            request_id=request_id(),
        )
        hang_all(session, fresh, lead, kept)
        if not writer.intake and form.finished:
            lead = service.take(
                session,
                fresh,
                lead.id,
                "submit",
                {},
                seen=lead.version,
                now=utc_now(),
                request_id=request_id(),
            )
        flash(done(lead, "intake" if writer.intake else "submit" if form.finished else "draft"))
        return url_for(".show_case", case_id=lead.id)

    return guarded(work, lambda: _form_page(form, writer=writer, kept=kept, status=422), form)


@bp.route("/<int:case_id>/edit", methods=["GET", "POST"])
@logged_in
def edit_lead(case_id: int) -> ResponseReturnValue:
    """Change a lead that is still, or again, with its drafter."""
    actor = current_actor()
    lead = get_visible(db.session(), Lead, actor, case_id)
    if not page.may(db.session(), actor, lead, "edit"):
        return redirect(url_for(".show_case", case_id=case_id), 303)
    writer = choices.writer_of(db.session(), lead)
    form = _lead_form(LeadForm, writer.region_code, lead)
    form.kept_files = len(files_of(db.session(), lead, from_outside=True))
    form.has_sealed = lead.reporter == "named"
    kept = _kept()
    if request.method == "GET":
        if parked_fields() is None:
            choices.fill(form, lead)
        return _form_page(form, writer=writer, kept=kept, lead=lead)
    problems = _check(form, kept)
    version = request.form.get("version", 0, type=int)
    if problems:
        return _form_page(form, writer=writer, kept=kept, lead=lead, version=version, status=422)

    def work(session: Session, fresh: Actor) -> str:
        changed = service.edit(
            session,
            fresh,
            case_id,
            form.to_data(),
            seen=version,
            now=utc_now(),
            request_id=request_id(),
        )
        hang_all(session, fresh, changed, kept)
        if form.finished:
            changed = service.take(
                session,
                fresh,
                case_id,
                "submit",
                {},
                seen=changed.version,
                now=utc_now(),
                request_id=request_id(),
            )
        flash(done(changed, "submit" if form.finished else "edit"))
        return url_for(".show_case", case_id=case_id)

    def again() -> ResponseReturnValue:
        row = get_visible(db.session(), Lead, current_actor(), case_id)
        return _form_page(form, writer=writer, kept=kept, lead=row, version=row.version, status=409)

    return guarded(work, again, form)


def _lead_form(kind: type[LeadForm], region_code: str, lead: Lead | None = None) -> LeadForm:
    parked = parked_fields() if request.method == "GET" else None
    form = kind(formdata=parked) if parked is not None else kind()
    form.today = today()
    choices.offer(db.session(), form, current_actor().clearance, region_code, today(), lead)
    return form


def _check(form: LeadForm, kept: list[Staged]) -> list[tuple[str, str]]:
    """Validate, storing good files first so that an error elsewhere does not lose them."""
    form.finished = request.form.get("go") != "draft"
    if request.form.get("go") == "add_row":
        if len(form.indicators.entries) < (form.indicators.max_entries or 0):
            form.indicators.append_entry()
        return [("", "")]
    bad_files: list[str] = []
    for upload in request.files.getlist("files"):
        if not upload.filename:
            continue
        try:
            kept.append(stage(upload.filename, upload.stream))
        except BadInput as error:
            bad_files.append(tell(error.message))
    form.kept_files += len(kept)
    form.validate()
    if bad_files:
        form.files.errors = [*form.files.errors, *bad_files]
    return form.problems()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="staged-file")


def _kept() -> list[Staged]:
    """Files uploaded with an earlier try of this form; the page carries them, signed."""
    found = []
    for token in request.form.getlist("kept"):
        try:
            values = _signer().loads(token, max_age=_STAGED_SECONDS)
            if values.pop("user_id") == current_actor().user_id:
                found.append(Staged(**values))
        except BadSignature:
            continue
    return found


def _form_page(
    form: LeadForm,
    *,
    writer: choices.Writer,
    kept: list[Staged],
    lead: Lead | None = None,
    version: int | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    user_id = current_actor().user_id
    tokens = [(s, _signer().dumps({**asdict(s), "user_id": user_id})) for s in kept]
    body = render_template(
        "leads/form.html",
        form=form,
        writer=writer,
        lead=lead,
        version=version if version is not None else lead.version if lead else 0,
        kept=tokens,
        problems=form.problems() if request.method == "POST" else [],
        key=request.form.get(FIELD) if status == 422 else new_key(),
        after=choices.after(db.session(), current_actor(), writer, today()),
        files=files_of(db.session(), lead, from_outside=True) if lead else [],
    )
    return Response(body, status)
