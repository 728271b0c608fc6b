"""The pages of an inspection: the kit's, the evidence, the page for the field, the sheet."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.evidence import on_the_team
from tracker.core.cases.figures import NATURES
from tracker.core.cases.flow import Ask, AskKind, Side, Step
from tracker.core.cases.scope import get_visible
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import N_, BadInput, NotVisible, StepRefused, say
from tracker.web.access import current_actor, logged_in, request_id
from tracker.web.acting import guarded, note_refusal, staged_uploads
from tracker.web.desk import Column, Desk, desk_blueprint
from tracker.web.desk.forms import Staff, form_of
from tracker.web.desk.page import sent_form
from tracker.web.errors import tell
from tracker.web.evidence import add_evidence_views
from tracker.web.shell import today
from tracker.workflows.inspections import lines, panels, papers, queries, service, stepforms
from tracker.workflows.inspections.flow import FLOW
from tracker.workflows.inspections.models import CHANNELS, GROUNDS, Inspection
from tracker.workflows.inspections.site import Entry, answered, entries, typed_line

DESK = Desk(
    flow=FLOW,
    model=Inspection,
    take=service.take,
    open_new=service.open_new,
    paper_values=papers.values,
    prefill=stepforms.prefill,
    panels=panels.context,
    facts=panels.facts,
    cell=panels.cell,
    columns=(
        Column(
            N_("检查类型"), lambda row: say(CHANNELS.get(row.channel, row.channel)), cls="nowrap"
        ),
    ),
)
bp = desk_blueprint(DESK, __name__)
add_evidence_views(bp, DESK)


def _task(session: Session, case_id: int) -> Inspection:
    return get_visible(session, Inspection, current_actor(), case_id)


def _own_task(session: Session, case_id: int) -> Inspection:
    """A task that the actor is on the team of; for others its field page does not exist."""
    task = _task(session, case_id)
    if not on_the_team(session, current_actor(), task):
        raise NotVisible("site")
    return task


# ---------------------------------------------------------------- the page for the field


@bp.get("/<int:case_id>/site")
@logged_in
def open_site(case_id: int) -> ResponseReturnValue:
    """The first indicator that is still open."""
    task = _own_task(db.session(), case_id)
    rows = lines.site_lines(db.session(), task)
    first = next((r for r in rows if r.state == "open"), rows[0] if rows else None)
    if first is None:
        flash(gettext("指标核对表还是空的，先加指标。"), "refusal")
        return redirect(url_for(".show_case", case_id=case_id), 303)
    return redirect(url_for(".show_site", case_id=case_id, line=first.figure.line), 303)


@bp.get("/<int:case_id>/site/<int:line>")
@logged_in
def show_site(case_id: int, line: int) -> ResponseReturnValue:
    """One indicator a screen, for a phone or tablet in the field."""
    return _site(case_id, line)


@bp.post("/<int:case_id>/site/<int:line>")
@logged_in
def save_site_line(case_id: int, line: int) -> ResponseReturnValue:
    """Keep one line: for a page that sends in the background, and for a plain form."""
    _own_task(db.session(), case_id)
    entry = typed_line(request.form)
    if entry.data is None:
        return _again(case_id, line, entry)
    try:
        with transaction() as session:
            kept = lines.save_line(
                session,
                current_actor(session),
                case_id,
                line,
                entry.data,
                seen=entry.seen,
                device_key=entry.device_key,
                now=utc_now(),
                request_id=request_id(),
            )
            answer = answered(kept)
    except BadInput as error:
        entry.errors[error.field_name] = tell(error.message)
        return _again(case_id, line, entry)
    except lines.ChangedLine as changed:
        entry.changed = changed
        return _again(case_id, line, entry, 409)
    except StepRefused as error:
        note_refusal(error)
        entry.errors["due"] = " ".join(tell(r.why) for r in error.refusals)
        return _again(case_id, line, entry, 409)
    if _in_background():
        return answer
    following = request.form.get("next", line, type=int)
    return redirect(url_for(".show_site", case_id=case_id, line=following), 303)


@bp.post("/<int:case_id>/site/<int:line>/photos")
@logged_in
def add_site_photo(case_id: int, line: int) -> ResponseReturnValue:
    """Take a photograph into the evidence of an indicator."""
    _own_task(db.session(), case_id)
    here = url_for(".show_site", case_id=case_id, line=line)
    try:
        staged = staged_uploads("photo")
        if not staged:
            raise BadInput("photo", say("没有选文件。"))
        with transaction() as session:
            lines.add_photo(
                session,
                current_actor(session),
                case_id,
                line,
                staged[0],
                place=request.form.get("place", "")[:120],
                device_key=request.form.get("device_key", ""),
                now=utc_now(),
                request_id=request_id(),
            )
    except BadInput as error:
        return _photo_answer(here, tell(error.message), 422)
    except StepRefused as error:
        return _photo_answer(here, " ".join(tell(r.why) for r in error.refusals), 409)
    return _photo_answer(here, gettext("照片已存入证据。"), 200)


def _photo_answer(here: str, words: str, status: int) -> ResponseReturnValue:
    if _in_background():
        return {"words": words}, status
    flash(words, "message" if status == 200 else "refusal")
    return redirect(here, 303)


def _in_background() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _again(case_id: int, line: int, entry: Entry, status: int = 422) -> ResponseReturnValue:
    if _in_background():
        return entry.as_json(), status
    return _site(case_id, line, entry, status)


def _site(
    case_id: int, line: int, typed: Entry | None = None, status: int = 200
) -> ResponseReturnValue:
    session = db.session()
    task = _own_task(session, case_id)
    rows = entries(lines.site_lines(session, task), line, typed)
    if not any(row.line.figure.line == line for row in rows):
        raise NotVisible(f"line {line}")
    body = render_template(
        "inspections/site.html",
        case=task,
        entries=rows,
        chosen=line,
        may_fill=lines.may_fill(task),
        grounds=GROUNDS,
        team=queries.members(session, task.id, today()),
    )
    return Response(body, status)


# ---------------------------------------------------------------- indicators, print


_LINE = Step(
    "line", N_("加入核对表"), N_("指标已加入核对表。"), (), None, (Role.INSPECTOR,), Side.BUREAU,
    asks=(
        Ask("name", N_("指标"), most=80),
        Ask("measure", N_("计量单位"), most=20),
        Ask("nature", N_("指标种类"), AskKind.CHOICE, choices=NATURES),
        Ask("period", N_("报告期"), hint=N_("例如：2026年1—4月"), most=20),
        Ask("reported", N_("上报数"), AskKind.NUMBER, required=False, hint=N_("没有上报就空着")),
        Ask("source", N_("上报数的来源"), required=False, hint=N_("例如：联网直报，4月10日"),
            most=200),
    ),
)  # fmt: skip


@bp.route("/<int:case_id>/lines/new", methods=["GET", "POST"])
@logged_in
def new_line(case_id: int) -> ResponseReturnValue:
    """One more indicator for the table."""
    session = db.session()
    task = _own_task(session, case_id)
    if task.state not in lines.OPEN_STATES:
        raise NotVisible("line")
    staff = Staff(session, task.bureau_id or 0, today())
    posted = request.method == "POST"
    form = form_of(_LINE, staff, sent=sent_form() if posted else None)

    def again() -> ResponseReturnValue:
        body = render_template(
            "inspections/line.html", case=task, step=_LINE, form=form, problems=form.problems()
        )
        return Response(body, 422 if posted else 200)

    def work(session: Session, fresh: Actor) -> str:
        given = form.inputs()
        lines.add_line(
            session,
            fresh,
            case_id,
            name=given["name"],
            measure=given["measure"],
            nature=given["nature"],
            period=given["period"],
            reported=given.get("reported"),
            source=given.get("source", ""),
            now=utc_now(),
            request_id=request_id(),
        )
        flash(tell(_LINE.done))
        return f"{url_for('.show_case', case_id=case_id)}#figures"

    return guarded(work, again, form) if posted and form.validate() else again()


@bp.get("/<int:case_id>/sheet")
@logged_in
def show_sheet(case_id: int) -> ResponseReturnValue:
    """The indicator table with team and evidence, to print."""
    session = db.session()
    task = _task(session, case_id)
    more = panels.context(session, current_actor(), task, utc_now())
    return render_template("inspections/sheet.html", case=task, **more)
