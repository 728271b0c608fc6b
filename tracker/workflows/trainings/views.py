"""The pages of sessions: the kit's, the list, signatures and marks, signing in."""

from __future__ import annotations

from datetime import datetime

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.reads import outside
from tracker.core.cases.scope import get_visible
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import N_, BadInput, NotVisible, say
from tracker.core.files.names import download_headers
from tracker.web.access import current_actor, logged_in, request_id
from tracker.web.acting import guarded
from tracker.web.desk import Column, Desk, desk_blueprint
from tracker.web.desk.fields import half_width
from tracker.web.shell import today
from tracker.workflows.trainings import (
    content,
    lines,
    lists,
    panels,
    papers,
    queries,
    service,
    staffing,
    stepforms,
)
from tracker.workflows.trainings.asks import TOPICS
from tracker.workflows.trainings.flow import FLOW
from tracker.workflows.trainings.forms import ListForm
from tracker.workflows.trainings.lines import Attendance, Marks
from tracker.workflows.trainings.models import MUST_LABELS, Training
from tracker.workflows.trainings.site import add_sign_views

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

DESK = Desk(
    flow=FLOW,
    model=Training,
    take=service.take,
    open_new=service.open_new,
    paper_values=papers.values,
    prefill=stepforms.prefill,
    panels=panels.context,
    facts=panels.facts,
    cell=panels.cell,
    columns=(Column(N_("类别"), lambda row: TOPICS[row.topic], cls="nowrap"),),
)
bp = desk_blueprint(DESK, __name__)
add_sign_views(bp)


# ---------------------------------------------------------------- the list


@bp.get("/<int:case_id>/people")
@logged_in
def show_people(case_id: int) -> ResponseReturnValue:
    """The list as far as one may see it, and whom one may put on it."""
    return _people(case_id, ListForm(formdata=None))


def _session_with_list(session: Session, case_id: int) -> Training:
    """A session that has been announced; before that there is no list."""
    training = get_visible(session, Training, current_actor(), case_id)
    if training.state == "preparing":
        raise NotVisible("list")
    return training


def _people(case_id: int, form: ListForm, status: int = 200) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    training = _session_with_list(session, case_id)
    side = staffing.side_of(session, training, actor)
    inside = not outside(actor, training)
    shown = queries.lines_of(session, training, None if inside else side)
    may_enrol = lines.may_enrol(training, side, today())
    body = render_template(
        "trainings/people.html",
        case=training,
        form=form,
        side=side,
        shown=shown,
        counts=queries.counts_of(training, queries.lines_of(session, training)),
        offered=queries.offered(session, training, side, today()) if may_enrol else [],
        may_enrol=may_enrol,
        may_leave=training.state in lines.MAY_LEAVE,
        standings=content.STANDING_LABELS,
        musts=MUST_LABELS,
    )
    return Response(body, status)


@bp.post("/<int:case_id>/people")
@logged_in
def enrol_people(case_id: int) -> ResponseReturnValue:
    """Put the chosen people on the list."""
    _session_with_list(db.session(), case_id)
    form = ListForm()

    def work(session: Session, fresh: Actor) -> str:
        return _enrol(session, fresh, case_id, form.people.data or [])

    return guarded(work, lambda: _people(case_id, form, 422), form)


@bp.post("/<int:case_id>/people/file")
@logged_in
def upload_people(case_id: int) -> ResponseReturnValue:
    """Put those on the list whom a file names; one bad row and nobody is put there."""
    _session_with_list(db.session(), case_id)
    form = ListForm()

    def work(session: Session, fresh: Actor) -> str:
        training = get_visible(session, Training, fresh, case_id, lock=True)
        side = staffing.side_of(session, training, fresh)
        own = [p for p, _ in staffing.sendable(session, training, side, today())]
        chosen = lists.chosen_people(form.content(), form.file_name(), own)
        return _enrol(session, fresh, case_id, chosen)

    return guarded(work, lambda: _people(case_id, form, 422), form)


def _enrol(session: Session, fresh: Actor, case_id: int, people: list[int]) -> str:
    placed = lines.enrol(session, fresh, case_id, people, now=utc_now(), request_id=request_id())
    flash(gettext("已报名 %(n)s 人。", n=placed.listed))
    if placed.waiting:
        flash(gettext("名额已满，%(n)s 人排队候补。", n=placed.waiting), "warning")
    return url_for(".show_people", case_id=case_id)


@bp.post("/<int:case_id>/people/<int:row_id>/leave")
@logged_in
def leave_list(case_id: int, row_id: int) -> ResponseReturnValue:
    """Take somebody off the list, or excuse whoever had to come."""
    _session_with_list(db.session(), case_id)
    form = ListForm()

    def work(session: Session, fresh: Actor) -> str:
        excused = request.form.get("doing") == "excuse"
        lines.leave(
            session,
            fresh,
            case_id,
            row_id,
            excused=excused,
            reason=form.reason.data or "",
            now=utc_now(),
            request_id=request_id(),
        )
        flash(gettext("已登记请假。") if excused else gettext("已退出名单。"))
        return url_for(".show_people", case_id=case_id)

    return guarded(work, lambda: _people(case_id, form, 422), form)


@bp.get("/<int:case_id>/people.xlsx")
@logged_in
def get_people(case_id: int) -> ResponseReturnValue:
    """The list, with those who can still be put on it, to fill in and send back."""
    session, actor = db.session(), current_actor()
    training = _session_with_list(session, case_id)
    side = staffing.side_of(session, training, actor)
    whole = None if not outside(actor, training) else side
    data = lists.people_sheet(
        queries.lines_of(session, training, whole),
        queries.offered(session, training, side, today()),
    )
    return _workbook(data, f"{training.title}报名表.xlsx")


# ---------------------------------------------------------------- signatures and marks


@bp.get("/<int:case_id>/results")
@logged_in
def show_results(case_id: int) -> ResponseReturnValue:
    """Who came and stayed, and with which mark."""
    return _results(case_id, ListForm(formdata=None))


def _held(session: Session, case_id: int) -> Training:
    """A session that has begun, seen from inside; from outside there is no such page."""
    training = get_visible(session, Training, current_actor(), case_id)
    if training.state not in panels.HELD or outside(current_actor(), training):
        raise NotVisible("results")
    return training


def _results(case_id: int, form: ListForm, status: int = 200) -> ResponseReturnValue:
    session = db.session()
    training = _held(session, case_id)
    shown = queries.lines_of(session, training)
    organiser = current_actor().has(Role.TRAINER, training.bureau_id)
    body = render_template(
        "trainings/results.html",
        case=training,
        form=form,
        shown=[one for one in shown if one.row.standing == content.LISTED],
        counts=queries.counts_of(training, shown),
        may_tick=organiser and training.state in lines.MAY_TICK,
        may_mark=organiser and training.state == "marking" and training.pass_mark is not None,
        passed=content.passed,
        typed=request.form,
    )
    return Response(body, status)


@bp.post("/<int:case_id>/results")
@logged_in
def save_results(case_id: int) -> ResponseReturnValue:
    """Take over what was changed on the page; what somebody else changed meanwhile stays."""
    _held(db.session(), case_id)
    form = ListForm()

    def work(session: Session, fresh: Actor) -> str:
        now = utc_now()
        training = get_visible(session, Training, fresh, case_id, lock=True)
        shown = queries.lines_of(session, training)
        return _take_over(
            session, fresh, case_id, _typed_ticks(training, shown, now), _typed_marks(shown), now
        )

    return guarded(work, lambda: _results(case_id, form, 422), form)


@bp.post("/<int:case_id>/results/file")
@logged_in
def upload_results(case_id: int) -> ResponseReturnValue:
    """Take over what a file says; one bad row and nothing is taken."""
    _held(db.session(), case_id)
    form = ListForm()

    def work(session: Session, fresh: Actor) -> str:
        now = utc_now()
        training = get_visible(session, Training, fresh, case_id, lock=True)
        shown = [
            one for one in queries.lines_of(session, training) if one.row.standing == content.LISTED
        ]
        ticks, marks = lists.entered_results(form.content(), form.file_name(), training, shown, now)
        return _take_over(session, fresh, case_id, ticks, marks, now)

    return guarded(work, lambda: _results(case_id, form, 422), form)


def _take_over(
    session: Session,
    fresh: Actor,
    case_id: int,
    ticks: dict[int, Attendance],
    marks: dict[int, Marks],
    now: datetime,
) -> str:
    changed = lines.tick(session, fresh, case_id, ticks, now=now, request_id=request_id())
    if marks:
        changed += lines.mark(session, fresh, case_id, marks, now=now, request_id=request_id())
    flash(gettext("已保存，改了 %(n)s 处。", n=changed))
    return url_for(".show_results", case_id=case_id)


def _typed_ticks(
    training: Training, shown: list[queries.Line], now: datetime
) -> dict[int, Attendance]:
    """The lines whose ticks are not as they were shown."""
    start, end = lists.usual_times(training, now)
    found = {}
    for one in shown:
        row = one.row
        was = request.form.get(f"was-{row.id}")
        came, left = (bool(request.form.get(f"{name}-{row.id}")) for name in ("in", "out"))
        if was is None or was == f"{came:d}{left:d}":
            continue
        found[row.id] = Attendance(
            (row.signed_in_at or start) if came else None,
            (row.signed_out_at or end) if left else None,
        )
    return found


def _typed_marks(shown: list[queries.Line]) -> dict[int, Marks]:
    """The lines whose marks are not as they were shown; BadInput for what is no mark."""
    found = {}
    for one in shown:
        seen = request.form.get(f"seen-{one.row.id}")
        score, resit = (_typed_mark(one, name) for name in ("score", "resit"))
        if seen is not None and seen != f"{_text(score)}|{_text(resit)}":
            found[one.row.id] = Marks(score, resit)
    return found


def _typed_mark(one: queries.Line, name: str) -> int | None:
    text = half_width(request.form.get(f"{name}-{one.row.id}", ""))
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(content.FULL_MARKS))):
        raise BadInput("rows", say("%(who)s：成绩要填 0 至 100 的整数。", who=one.person.name))
    return int(text)


def _text(mark: int | None) -> str:
    return "" if mark is None else str(mark)


@bp.get("/<int:case_id>/results.xlsx")
@logged_in
def get_results(case_id: int) -> ResponseReturnValue:
    """Signatures and marks, to fill in and send back."""
    session = db.session()
    training = _held(session, case_id)
    data = lists.result_sheet(queries.lines_of(session, training))
    return _workbook(data, f"{training.title}签到和成绩.xlsx")


def _workbook(data: bytes, name: str) -> ResponseReturnValue:
    return Response(data, headers=download_headers(name, _XLSX))
