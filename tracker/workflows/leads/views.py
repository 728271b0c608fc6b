"""Pages of the lead handoff: parse, call one verb, flash, redirect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.attachments import Staged, stage
from tracker.core.cases.flow import flows
from tracker.core.cases.means import means
from tracker.core.cases.scope import get_visible
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import BadInput, ChangedMeanwhile, NotVisible, StepRefused
from tracker.core.files.names import download_headers
from tracker.web.access import current_actor, logged_in, needs, request_id, settings
from tracker.web.errors import tell
from tracker.web.once import FIELD, body_hash, new_key, once, remember
from tracker.web.parked import parked_fields
from tracker.web.shell import today
from tracker.workflows.leads import choices, drawings, page, queries, service
from tracker.workflows.leads.forms import IntakeForm, LeadForm, StepForm
from tracker.workflows.leads.models import OUTCOMES, REFUSAL_GROUNDS, Lead
from tracker.workflows.leads.stepforms import fill_step_form, step_inputs

bp = Blueprint("leads", __name__, url_prefix="/leads")
_WRITERS = (Role.LIAISON, Role.TOWNSHIP_CLERK, Role.REGISTRAR)
_STAGED_SECONDS = 24 * 3600


# ---------------------------------------------------------------- list


@bp.get("/")
@logged_in
def list_cases() -> ResponseReturnValue:
    """The list; everything that narrows it stands in the address."""
    filters = page.read_filters(request.args)
    return render_template(
        "leads/list.html",
        **page.list_context(
            db.session(),
            current_actor(),
            filters,
            today(),
            after=request.args.get("after"),
            before=request.args.get("before"),
        ),
    )


# ---------------------------------------------------------------- write down


@bp.route("/new", methods=["GET", "POST"])
@needs(*_WRITERS)
def new_lead() -> ResponseReturnValue:
    """Write down a lead: a department drafts, a registrar takes in."""
    actor = current_actor()
    writer = choices.writer(actor, request.values.get("as", ""))
    form = _lead_form(writer.intake, actor, writer.region_code)
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
        _hang(session, fresh, lead, kept)
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
        flash(_done(lead, "intake" if writer.intake else "submit" if form.finished else "draft"))
        return url_for(".show_case", case_id=lead.id)

    return _guarded(work, lambda: _form_page(form, writer=writer, kept=kept, status=422), form)


@bp.route("/<int:case_id>/edit", methods=["GET", "POST"])
@logged_in
def edit_lead(case_id: int) -> ResponseReturnValue:
    """Change a lead that is still, or again, with its drafter."""
    actor = current_actor()
    lead = get_visible(db.session(), Lead, actor, case_id)
    if not page.may(db.session(), actor, lead, "edit"):
        return redirect(url_for(".show_case", case_id=case_id), 303)
    writer = choices.writer_of(actor, db.session(), lead)
    form = _lead_form(intake=False, actor=actor, region_code=writer.region_code, lead=lead)
    form.kept_files = len(queries.files_of(db.session(), lead, from_outside=True))
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
        _hang(session, fresh, changed, kept)
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
        flash(_done(changed, "submit" if form.finished else "edit"))
        return url_for(".show_case", case_id=case_id)

    def again() -> ResponseReturnValue:
        row = get_visible(db.session(), Lead, current_actor(), case_id)
        return _form_page(
            form, writer=writer, kept=kept, lead=row, version=row.version, status=409
        )

    return _guarded(work, again, form)


def _lead_form(
    intake: bool, actor: Actor, region_code: str, lead: Lead | None = None
) -> LeadForm:
    parked = parked_fields() if request.method == "GET" else None
    data: MultiDict[str, str] | None = parked if parked is not None else None
    kind = IntakeForm if intake else LeadForm
    form = kind(formdata=data) if data is not None else kind()
    form.today = today()
    choices.offer(db.session(), form, actor, region_code, today(), lead)
    return form


def _check(form: LeadForm, kept: list[Staged]) -> list[tuple[str, str]]:
    """Validate, storing good files first so that an error elsewhere does not lose them."""
    form.finished = request.form.get("go") != "draft"
    if request.form.get("go") == "add_row":
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


def _hang(session: Session, actor: Actor, lead: Lead, kept: list[Staged]) -> None:
    for staged in kept:
        service.attach_staged(
            session, actor, lead.id, staged, now=utc_now(), request_id=request_id()
        )


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
        files=queries.files_of(db.session(), lead, from_outside=True) if lead else [],
    )
    return Response(body, status)


# ---------------------------------------------------------------- the page, and steps on it


@bp.get("/<int:case_id>")
@logged_in
def show_case(case_id: int) -> ResponseReturnValue:
    """The lead: what it is, where it is, whose turn, how long left, what can be done."""
    return _lead_page(case_id)


def _lead_page(
    case_id: int,
    *,
    step: str | None = None,
    form: StepForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    lead = get_visible(session, Lead, actor, case_id)
    shown = page.lead_page(session, actor, lead, today(), utc_now())
    parked = parked_fields()
    if parked is not None and step is None:
        step = parked.get("step")
    forms = page.step_forms(session, actor, lead, shown, chosen=step, given=form, parked=parked)
    body = render_template(
        "leads/lead.html",
        page=shown,
        lead=lead,
        forms=forms,
        chosen=step,
        sent=request.form,
        worst=drawings.worst(lead),
        path_svg=drawings.path_svg(shown),
        custody_svg=drawings.custody_svg(shown),
        show_verified=not shown.outside and any(i.verified is not None for i in lead.indicators),
        outcomes=OUTCOMES,
        grounds=REFUSAL_GROUNDS,
    )
    return Response(body, status)


@bp.post("/<int:case_id>/steps/<string:step>")
@logged_in
def take_step(case_id: int, step: str) -> ResponseReturnValue:
    """Take one step of the table."""
    flow = flows.get("lead")
    if step not in flow.step_map or not flow.step(step).source or step == "edit":
        raise NotVisible(step)
    actor = current_actor()
    get_visible(db.session(), Lead, actor, case_id)
    form = fill_step_form(db.session(), actor, case_id, step, today())
    version = request.form.get("version", 0, type=int)
    staged: list[Staged] = []
    if not form.validate() or not _stage_into(form, staged):
        return _lead_page(case_id, step=step, form=form, status=422)

    def work(session: Session, fresh: Actor) -> str:
        inputs = step_inputs(session, fresh, form, request.form)
        lead = get_visible(session, Lead, fresh, case_id, lock=True)
        if lead.version == version:
            _hang(session, fresh, lead, staged)
        lead = service.take(
            session,
            fresh,
            case_id,
            step,
            inputs,
            seen=version,
            now=utc_now(),
            request_id=request_id(),
        )
        flash(_done(lead, step))
        if page.still_visible(session, fresh, lead):
            return url_for(".show_case", case_id=case_id)
        return url_for(".list_cases")

    return _guarded(work, lambda: _lead_page(case_id, step=step, form=form, status=422), form)


def _stage_into(form: StepForm, staged: list[Staged]) -> bool:
    for upload in request.files.getlist("files"):
        if not upload.filename:
            continue
        try:
            staged.append(stage(upload.filename, upload.stream))
        except BadInput as error:
            form.note.errors = [*form.note.errors, tell(error.message)]
            return False
    return True


def _guarded(
    work: Callable[[Session, Actor], str],
    again: Callable[[], ResponseReturnValue],
    form: Any,
) -> ResponseReturnValue:
    """Do the work once per form key; on a refusal show the same page with the text kept."""
    try:
        with transaction() as session:
            fresh = current_actor(session)
            key = request.form.get(FIELD, "")
            earlier = once(session, fresh.user_id, key, body_hash(request.form), utc_now())
            if earlier is not None:
                return redirect(earlier, 303)
            location = work(session, fresh)
            remember(session, fresh.user_id, key, location)
        return redirect(location, 303)
    except BadInput as error:
        field = getattr(form, error.field_name, None) or next(iter(form))
        field.errors = [*field.errors, tell(error.message)]
        return again()
    except (StepRefused, ChangedMeanwhile) as error:
        return _refused(error, again)


def _refused(
    error: StepRefused | ChangedMeanwhile, again: Callable[[], ResponseReturnValue]
) -> ResponseReturnValue:
    """A refusal keeps the text: the page as it is now, the reasons on top, the form still filled."""
    if isinstance(error, ChangedMeanwhile):
        flash(tell(error.what), "refusal")
    else:
        for refusal in error.refusals:
            parts = [tell(refusal.why)]
            if refusal.who:
                parts.append(gettext("可以办的人：%(who)s。", who=tell(refusal.who)))
            if refusal.instead:
                parts.append(tell(refusal.instead))
            flash(" ".join(parts), "refusal")
    answer = again()
    if isinstance(answer, Response):
        answer.status_code = 409
    return answer


def _done(lead: Lead, step: str) -> str:
    return tell(flows.get("lead").step(step).done) + (f" {lead.number}" if step in ("receive", "intake") else "")


# ---------------------------------------------------------------- files


@bp.post("/<int:case_id>/files")
@logged_in
def add_file(case_id: int) -> ResponseReturnValue:
    """Add evidence to a lead."""
    actor = current_actor()
    get_visible(db.session(), Lead, actor, case_id)
    here = url_for(".show_case", case_id=case_id)
    staged = []
    try:
        for upload in request.files.getlist("files"):
            if upload.filename:
                staged.append(stage(upload.filename, upload.stream))
        if not staged:
            flash(gettext("没有选文件。"), "refusal")
            return redirect(here, 303)
        with transaction() as session:
            fresh = current_actor(session)
            earlier = once(
                session,
                fresh.user_id,
                request.form.get(FIELD, ""),
                body_hash(request.form),
                utc_now(),
            )
            if earlier is None:
                lead = get_visible(session, Lead, fresh, case_id, lock=True)
                for one in staged:
                    service.attach_staged(
                        session,
                        fresh,
                        lead.id,
                        one,
                        now=utc_now(),
                        internal=bool(request.form.get("internal")),
                        request_id=request_id(),
                    )
                remember(session, fresh.user_id, request.form[FIELD], here)
                flash(gettext("已上传 %(n)s 份材料。", n=len(staged)))
    except BadInput as error:
        flash(tell(error.message), "refusal")
    except StepRefused as error:
        flash(" ".join(tell(r.why) for r in error.refusals), "refusal")
    return redirect(here, 303)


@bp.get("/<int:case_id>/files/<int:file_id>")
@logged_in
def get_file(case_id: int, file_id: int) -> ResponseReturnValue:
    """Download one file; the same right as for the lead."""
    row = queries.get_file(db.session(), current_actor(), case_id, file_id)
    answer = send_file(means().files.open(row.store_id), mimetype=row.media_type)
    answer.headers.update(download_headers(row.name, row.media_type))
    return answer


# ---------------------------------------------------------------- papers and explanations


@bp.get("/<int:case_id>/receipt")
@logged_in
def show_receipt(case_id: int) -> ResponseReturnValue:
    """The numbered receipt, to print."""
    lead = get_visible(db.session(), Lead, current_actor(), case_id)
    if lead.received_at is None:
        raise NotVisible("receipt")
    return render_template("leads/receipt.html", **page.paper(db.session(), lead))


@bp.get("/<int:case_id>/handover-letter")
@logged_in
def show_letter(case_id: int) -> ResponseReturnValue:
    """The department's handover letter with its list, to print."""
    lead = get_visible(db.session(), Lead, current_actor(), case_id)
    if lead.letter_number is None:
        raise NotVisible("letter")
    return render_template("leads/letter.html", **page.paper(db.session(), lead))


@bp.get("/<int:case_id>/why/<int:deadline_id>")
@logged_in
def show_why(case_id: int, deadline_id: int) -> ResponseReturnValue:
    """Why a date is what it is, day by day."""
    session, actor = db.session(), current_actor()
    lead = get_visible(session, Lead, actor, case_id)
    shown = page.why(session, actor, lead, deadline_id, today())
    working = shown["working"]
    return render_template(
        "leads/why.html",
        **shown,
        weeks=drawings.weeks(working, shown["calendar"]),
        spans=drawings.stretches(working),
        held_days=drawings.held_days(working),
        counted_total=sum(1 for d in working.days if d.counted),
    )


@bp.route("/<int:case_id>/duplicates", methods=["GET", "POST"])
@needs(Role.REGISTRAR, Role.INSPECTOR, Role.SUPERVISOR)
def show_duplicates(case_id: int) -> ResponseReturnValue:
    """Likely duplicates side by side; the registrar says that they were compared."""
    session, actor = db.session(), current_actor()
    lead = get_visible(session, Lead, actor, case_id)
    if queries.outside(actor, lead):
        raise NotVisible("duplicates")
    if request.method == "POST":
        with transaction() as writing:
            service.see_duplicates(
                writing,
                current_actor(writing),
                case_id,
                now=utc_now(),
                request_id=request_id(),
            )
        flash(gettext("已记下：疑似重复的线索已经比对。"))
        return redirect(url_for(".show_case", case_id=case_id), 303)
    return render_template("leads/duplicates.html", **page.duplicates(session, actor, lead))


from tracker.workflows.leads import reporter as _reporter  # noqa: E402, F401 - adds its pages to bp
