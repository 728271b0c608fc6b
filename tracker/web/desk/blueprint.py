"""The pages of a workflow, made from its table: parse, call one verb, flash, redirect."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import TemplateNotFound
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tracker.core.accounts.actor import Actor
from tracker.core.cases.attaching import attach, may_attach
from tracker.core.cases.attachments import Staged
from tracker.core.cases.bundle import may_export
from tracker.core.cases.flow import Step
from tracker.core.cases.models import Case
from tracker.core.cases.scope import may_see
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import BadInput, NotVisible
from tracker.web.access import current_actor, logged_in, request_id
from tracker.web.acting import guarded, staged_uploads
from tracker.web.case_sheets import CaseSheet, sheet_of_cases
from tracker.web.desk.files import download, upload
from tracker.web.desk.forms import FILES, AskForm, check_asks, form_of
from tracker.web.desk.lists import list_context, list_sheet, openings_for, read_filters
from tracker.web.desk.page import case_page, posted_form, sent_form, staff_of, step_forms
from tracker.web.desk.reads import read_case
from tracker.web.desk.shape import Desk
from tracker.web.desk.why import why_context
from tracker.web.errors import tell
from tracker.web.parked import parked_fields
from tracker.web.shell import today
from tracker.web.work_seen import note_shown


def desk_blueprint(desk: Desk, import_name: str) -> Blueprint:
    """A blueprint with every page a workflow has from its table; a workflow adds its own to it."""
    check_asks(desk.flow)
    bp = Blueprint(desk.area, import_name, url_prefix=f"/{desk.area}")
    _list(bp, desk)
    _page(bp, desk)
    _new(bp, desk)
    _files(bp, desk)
    if desk.flow.papers:
        from tracker.web.desk.paper_views import add_paper_views

        add_paper_views(bp, desk)
    return bp


# ---------------------------------------------------------------- list


def _list(bp: Blueprint, desk: Desk) -> None:
    @bp.get("/")
    @logged_in
    def list_cases() -> ResponseReturnValue:
        """The list; everything that narrows it stands in the address."""
        context = list_context(db.session(), desk, current_actor(), request.args, today())
        return render_template("case/list.html", **context)

    @bp.get("/export")
    @logged_in
    def export_cases() -> ResponseReturnValue:
        """The whole list as a workbook: what is filtered is what one gets."""

        def sheet(session: Session, actor: Actor) -> CaseSheet:
            return list_sheet(session, desk, actor, request.args, today())

        filters = read_filters(desk.flow, request.args)
        return sheet_of_cases(sheet, url_for(f"{desk.area}.list_cases", **filters.args()))


# ---------------------------------------------------------------- the page, and steps on it


def _page(bp: Blueprint, desk: Desk) -> None:
    @bp.get("/<int:case_id>")
    @logged_in
    def show_case(case_id: int) -> ResponseReturnValue:
        """The case: what it is, where it is, whose turn, how long left, what can be done."""
        return show(desk, case_id)

    @bp.post("/<int:case_id>/steps/<string:step>")
    @logged_in
    def take_step(case_id: int, step: str) -> ResponseReturnValue:
        """Take one step of the table."""
        found = desk.flow.step_map.get(step)
        if found is None or not found.source:
            raise NotVisible(step)
        return _take(desk, case_id, found)

    @bp.get("/<int:case_id>/why/<int:deadline_id>")
    @logged_in
    def show_why(case_id: int, deadline_id: int) -> ResponseReturnValue:
        """Why a date is what it is, day by day."""
        session, actor = db.session(), current_actor()
        case = read_case(desk, session, actor, case_id)
        context = why_context(session, desk.flow, case, deadline_id, today())
        return render_template("case/why.html", flow=desk.flow, **context)

    @bp.get("/<int:case_id>/bundle")
    @logged_in
    def get_bundle(case_id: int) -> ResponseReturnValue:
        """The whole case file as one ZIP."""
        from tracker.web.desk.bundle import bundle_answer

        return bundle_answer(desk, case_id)


def show(
    desk: Desk,
    case_id: int,
    *,
    step: str | None = None,
    form: AskForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The page of a case; a form that was just sent comes back filled."""
    session, actor, now = db.session(), current_actor(), utc_now()
    case = read_case(desk, session, actor, case_id)
    shown = case_page(session, desk, actor, case, now)
    parked = parked_fields()
    if parked is not None and step is None:
        step = parked.get("step")
    forms = step_forms(
        session, desk, case, shown, actor, now, chosen=step, given=form, parked=parked
    )
    body = render_template(
        "case/case.html",
        desk=desk,
        flow=desk.flow,
        case=case,
        page=shown,
        forms=forms,
        chosen=step or request.args.get("step"),
        sent=parked or request.form,
        panels=_panels(desk),
        may_bundle=may_export(actor, case),
        **shown.more,
    )
    note_shown(actor, case_id, case.version)
    return Response(body, status)


def _panels(desk: Desk) -> str | None:
    """The template with the workflow's own panels, if it has one."""
    name = f"{desk.area}/panels.html"
    try:
        current_app.jinja_env.get_template(name)
    except TemplateNotFound:
        return None
    return name


def _take(desk: Desk, case_id: int, step: Step) -> ResponseReturnValue:
    case = read_case(desk, db.session(), current_actor(), case_id)
    form = posted_form(db.session(), desk, current_actor(), case, step.name)
    version = request.form.get("version", 0, type=int)

    def again(status: int = 422) -> ResponseReturnValue:
        return show(desk, case_id, step=step.name, form=form, status=status)

    staged = checked(form)
    if staged is None:
        return again()

    def work(session: Session, fresh: Actor) -> str:
        locked = read_case(desk, session, fresh, case_id, lock=True)
        if locked.version == version:
            hang_all(session, fresh, locked, staged, label=step.proof)
        desk.take(
            session,
            fresh,
            case_id,
            step.name,
            form.inputs(),
            seen=version,
            now=utc_now(),
            request_id=request_id(),
        )
        flash(tell(step.done))
        session.flush()
        if may_see(session, fresh, case_id):
            return url_for(f"{desk.area}.show_case", case_id=case_id)
        return url_for(f"{desk.area}.list_cases")

    return guarded(work, again, form)


def checked(form: AskForm) -> list[Staged] | None:
    """The files of a form that is right, checked and stored; None when something is wrong."""
    if not form.validate():
        return None
    if FILES not in form:
        return []
    try:
        return staged_uploads(form[FILES].name)
    except BadInput as error:
        form[FILES].errors = [tell(error.message)]
        return None


def hang_all(
    session: Session, actor: Actor, case: Case, staged: list[Staged], *, label: str
) -> None:
    """Hang stored files on a case in the transaction of the verb."""
    for one in staged:
        attach(session, actor, case, one, now=utc_now(), label=label, request_id=request_id())


# ---------------------------------------------------------------- a new case


def _new(bp: Blueprint, desk: Desk) -> None:
    @bp.route("/new/<string:step>", methods=["GET", "POST"])
    @logged_in
    def new_case(step: str) -> ResponseReturnValue:
        """Open a case by one of the opening steps."""
        found = next((s for s in openings_for(desk, current_actor()) if s.name == step), None)
        if found is None:
            raise NotVisible(step)
        if request.method == "POST":
            form = _new_form(desk, found, sent_form())
            return _open(desk, found, form)
        return _show_new(desk, found, _new_form(desk, found, parked_fields()))


def _new_form(desk: Desk, step: Step, sent: MultiDict[str, str] | None) -> AskForm:
    session, actor = db.session(), current_actor()
    org = next((p.org_id for p in actor.powers if p.role in step.by), 0)
    filled = None
    if desk.prefill is not None and sent is None:
        filled = desk.prefill(session, None, step.name, actor, utc_now())
    return form_of(step, staff_of(session, desk, actor, None, org), sent=sent, filled=filled)


def _show_new(desk: Desk, step: Step, form: AskForm, status: int = 200) -> ResponseReturnValue:
    body = render_template(
        "case/new.html",
        desk=desk,
        flow=desk.flow,
        step=step,
        form=form,
        problems=form.problems(),
    )
    return Response(body, status)


def _open(desk: Desk, step: Step, form: AskForm) -> ResponseReturnValue:
    def again() -> ResponseReturnValue:
        return _show_new(desk, step, form, 422)

    staged = checked(form)
    open_new = desk.open_new
    if staged is None or open_new is None:
        return again()

    def work(session: Session, fresh: Actor) -> str:
        case = open_new(
            session, fresh, step.name, form.inputs(), now=utc_now(), request_id=request_id()
        )
        hang_all(session, fresh, case, staged, label=step.proof)
        flash(tell(step.done))
        return url_for(f"{desk.area}.show_case", case_id=case.id)

    return guarded(work, again, form)


# ---------------------------------------------------------------- files


def _files(bp: Blueprint, desk: Desk) -> None:
    @bp.post("/<int:case_id>/files")
    @logged_in
    def add_file(case_id: int) -> ResponseReturnValue:
        """Add files to a case, under a label."""
        case = read_case(desk, db.session(), current_actor(), case_id)
        if not may_attach(current_actor(), case):
            raise NotVisible("files")
        label = request.form.get("label", "").strip()[:40]

        def hang(session: Session, actor: Actor, staged: Staged) -> None:
            locked = read_case(desk, session, actor, case_id, lock=True)
            hang_all(session, actor, locked, [staged], label=label)

        return upload(url_for(f"{desk.area}.show_case", case_id=case_id), hang)

    @bp.get("/<int:case_id>/files/<int:file_id>")
    @logged_in
    def get_file(case_id: int, file_id: int) -> ResponseReturnValue:
        """Download one file; the same right as for the case."""
        with transaction() as session:
            actor = current_actor(session)
            case = read_case(desk, session, actor, case_id)
            return download(session, actor, case, file_id)
