"""Pages of the lead handoff: parse, call one verb, flash, redirect."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.attachments import Staged
from tracker.core.cases.reads import outside
from tracker.core.cases.scope import get_visible
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import BadInput, NotVisible
from tracker.web.access import current_actor, logged_in, needs, request_id
from tracker.web.acting import guarded, staged_uploads
from tracker.web.case_sheets import CaseSheet, sheet_of_cases
from tracker.web.desk.files import download, upload
from tracker.web.errors import tell
from tracker.web.parked import parked_fields
from tracker.web.shell import today
from tracker.web.work_seen import note_shown
from tracker.workflows.leads import lists, page, papers, service
from tracker.workflows.leads.answers import done, hang_all
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.forms import StepForm
from tracker.workflows.leads.models import OUTCOMES, REFUSAL_GROUNDS, Lead
from tracker.workflows.leads.stepforms import fill_step_form, step_inputs

bp = Blueprint("leads", __name__, url_prefix="/leads")


# ---------------------------------------------------------------- list


@bp.get("/")
@logged_in
def list_cases() -> ResponseReturnValue:
    """The list; everything that narrows it stands in the address."""
    filters = lists.read_filters(request.args)
    return render_template(
        "leads/list.html",
        **lists.list_context(
            db.session(),
            current_actor(),
            filters,
            today(),
            after=request.args.get("after"),
            before=request.args.get("before"),
        ),
    )


@bp.get("/export")
@logged_in
def export_cases() -> ResponseReturnValue:
    """The whole list as a workbook: what is filtered is what one gets."""

    def sheet(session: Session, actor: Actor) -> CaseSheet:
        return lists.list_sheet(session, actor, request.args, today())

    filters = lists.read_filters(request.args)
    return sheet_of_cases(sheet, url_for(".list_cases", **filters.args()))


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
    forms = page.step_forms(session, lead, shown, chosen=step, given=form, parked=parked)
    body = render_template(
        "leads/lead.html",
        page=shown,
        lead=lead,
        forms=forms,
        chosen=step,
        sent=parked or request.form,
        worst=page.worst(lead),
        show_verified=not shown.outside and any(i.verified is not None for i in lead.indicators),
        outcomes=OUTCOMES,
        grounds=REFUSAL_GROUNDS,
    )
    note_shown(actor, case_id, lead.version)
    return Response(body, status)


@bp.post("/<int:case_id>/steps/<string:step>")
@logged_in
def take_step(case_id: int, step: str) -> ResponseReturnValue:
    """Take one step of the table."""
    if step not in FLOW.step_map or not FLOW.step(step).source or step == "edit":
        raise NotVisible(step)
    actor = current_actor()
    get_visible(db.session(), Lead, actor, case_id)
    form = fill_step_form(db.session(), actor, case_id, step, today())
    version = request.form.get("version", 0, type=int)
    if not form.validate():
        return _lead_page(case_id, step=step, form=form, status=422)
    try:
        staged = staged_uploads()
    except BadInput as error:
        form.note.errors = [*form.note.errors, tell(error.message)]
        return _lead_page(case_id, step=step, form=form, status=422)

    def work(session: Session, fresh: Actor) -> str:
        inputs = step_inputs(session, fresh, form, request.form)
        lead = get_visible(session, Lead, fresh, case_id, lock=True)
        if lead.version == version:
            hang_all(session, fresh, lead, staged)
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
        flash(done(lead, step))
        if page.still_visible(session, fresh, lead):
            return url_for(".show_case", case_id=case_id)
        return url_for(".list_cases")

    return guarded(work, lambda: _lead_page(case_id, step=step, form=form, status=422), form)


# ---------------------------------------------------------------- files


@bp.post("/<int:case_id>/files")
@logged_in
def add_file(case_id: int) -> ResponseReturnValue:
    """Add evidence to a lead."""
    actor = current_actor()
    get_visible(db.session(), Lead, actor, case_id)

    def hang(session: Session, fresh: Actor, staged: Staged) -> None:
        service.attach_staged(
            session,
            fresh,
            case_id,
            staged,
            now=utc_now(),
            internal=bool(request.form.get("internal")),
            request_id=request_id(),
        )

    return upload(url_for(".show_case", case_id=case_id), hang)


@bp.get("/<int:case_id>/files/<int:file_id>")
@logged_in
def get_file(case_id: int, file_id: int) -> ResponseReturnValue:
    """Download one file; the same right as for the lead."""
    with transaction() as session:
        actor = current_actor(session)
        return download(session, actor, get_visible(session, Lead, actor, case_id), file_id)


# ---------------------------------------------------------------- papers and explanations


@bp.get("/<int:case_id>/receipt")
@logged_in
def show_receipt(case_id: int) -> ResponseReturnValue:
    """The numbered receipt, to print."""
    lead = get_visible(db.session(), Lead, current_actor(), case_id)
    if lead.received_at is None:
        raise NotVisible("receipt")
    return render_template("leads/receipt.html", **papers.paper(db.session(), lead))


@bp.get("/<int:case_id>/handover-letter")
@logged_in
def show_letter(case_id: int) -> ResponseReturnValue:
    """The department's handover letter with its list, to print."""
    lead = get_visible(db.session(), Lead, current_actor(), case_id)
    if lead.letter_number is None:
        raise NotVisible("letter")
    return render_template("leads/letter.html", **papers.paper(db.session(), lead))


@bp.get("/<int:case_id>/why/<int:deadline_id>")
@logged_in
def show_why(case_id: int, deadline_id: int) -> ResponseReturnValue:
    """Why a date is what it is, day by day."""
    session, actor = db.session(), current_actor()
    lead = get_visible(session, Lead, actor, case_id)
    shown = papers.why(session, actor, lead, deadline_id, today())
    return render_template("case/why.html", flow=FLOW, **shown)


@bp.route("/<int:case_id>/duplicates", methods=["GET", "POST"])
@needs(Role.REGISTRAR, Role.INSPECTOR, Role.SUPERVISOR)
def show_duplicates(case_id: int) -> ResponseReturnValue:
    """Likely duplicates side by side; the registrar says that they were compared."""
    session, actor = db.session(), current_actor()
    lead = get_visible(session, Lead, actor, case_id)
    if outside(actor, lead):
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
    return render_template("leads/duplicates.html", **papers.duplicates(session, actor, lead))


# The pages that write a lead down and open a sealed reporter add themselves to this blueprint.
from tracker.workflows.leads import reporter, writing  # noqa: E402, F401
