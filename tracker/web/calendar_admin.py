"""Entering the notice of a year: read it, see what it would move, take it over, take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store
from tracker.core.calendar.days import KIND_LABELS, STATUS_LABELS, Calendar
from tracker.core.calendar.notice import (
    LONGEST_TEXT,
    Notice,
    UnreadableNotice,
    decode,
    read_notice,
)
from tracker.core.calendar.year import periods
from tracker.core.cases import recalendar
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import BadInput, say
from tracker.web.access import needs
from tracker.web.acting import guarded
from tracker.web.errors import tell
from tracker.web.once import new_key
from tracker.web.security import clean_text

bp = Blueprint("calendar_admin", __name__, url_prefix="/operations/calendar")
_LONGEST_SOURCE = 300
_MOST_BYTES = 4 * LONGEST_TEXT
# More lines help nobody to decide; `tracker calendar import` lists them all.
_MOST_MOVES = 300


class NoticeForm(FlaskForm):
    """The notice, and where and when it was published."""

    text = TextAreaField(lazy_gettext("通知全文或日期表"))
    file = FileField(lazy_gettext("通知文件"))
    source = StringField(lazy_gettext("来源"))
    known_on = StringField(lazy_gettext("公布日期"))
    digest = StringField()


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form holds, read and found right."""

    notice: Notice
    source: str
    known_on: date


@bp.get("")
@needs(Role.SYSTEM_ADMIN)
def list_editions() -> ResponseReturnValue:
    """All editions, and the form for the next."""
    return _list(NoticeForm(formdata=None))


@bp.post("")
@needs(Role.SYSTEM_ADMIN)
def preview_notice() -> ResponseReturnValue:
    """What a notice would move, or every fault of it at once; writes nothing."""
    form = NoticeForm()
    return _preview(form)


@bp.post("/apply")
@needs(Role.SYSTEM_ADMIN)
def apply_notice() -> ResponseReturnValue:
    """Take the notice over, if it moves what the preview showed."""
    form = NoticeForm()

    def work(session: Session, actor: Actor) -> str:
        entry = _read(form)
        if entry is None:
            raise BadInput("text", say("通知要先改正才能采用，请看列出的各处。"))
        edition, shown = recalendar.apply(
            session,
            entry.notice.days(entry.source),
            source=entry.source,
            known_on=entry.known_on,
            actor_id=actor.user_id,
            now=utc_now(),
            expected=form.digest.data or "",
        )
        words = gettext(
            "已采用%(year)s年的放假安排（第 %(id)s 版），%(n)s 项期限已改，承办人会收到通知。",
            year=entry.notice.year,
            id=edition.id,
            n=len(shown.moves),
        )
        flash(words, "done")
        return url_for("calendar_admin.list_editions")

    return guarded(work, lambda: make_response(_preview(form)), form)


@bp.get("/<int:edition_id>/revert")
@needs(Role.SYSTEM_ADMIN)
def show_revert(edition_id: int) -> ResponseReturnValue:
    """What taking an edition back would move."""
    return _revert_page(edition_id)


@bp.post("/<int:edition_id>/revert")
@needs(Role.SYSTEM_ADMIN)
def revert(edition_id: int) -> ResponseReturnValue:
    """Take an edition back, if that moves what the preview showed."""
    form = NoticeForm()

    def work(session: Session, actor: Actor) -> str:
        _edition, shown = recalendar.revert(
            session,
            edition_id,
            actor_id=actor.user_id,
            now=utc_now(),
            expected=form.digest.data or "",
        )
        words = gettext(
            "已撤回第 %(id)s 版放假安排，%(n)s 项期限已改，承办人会收到通知。",
            id=edition_id,
            n=len(shown.moves),
        )
        flash(words, "done")
        return url_for("calendar_admin.list_editions")

    return guarded(work, lambda: make_response(_revert_page(edition_id)), form)


# ---------------------------------------------------------------- reading the form


def _read(form: NoticeForm) -> Entry | None:
    """What the form holds; None when something is wrong, which then stands beside its field."""
    for field in form:
        field.errors = []
    notice = _read_notice(form)
    if notice is not None:
        # The paper says where and when it comes from; what was typed goes before.
        form.source.data = (form.source.data or "").strip() or notice.number
        form.known_on.data = (form.known_on.data or "").strip() or str(notice.signed_on or "")
    known_on: date | None = None
    try:
        known_on = date.fromisoformat(form.known_on.data or "")
    except ValueError:
        # A text that cannot be read yet may still say its day.
        if form.known_on.data or notice is not None:
            _fault(form.known_on, gettext("要填公布的日期，例如 2026-11-04"))
    try:
        form.source.data = clean_text(form.source.data or "", _LONGEST_SOURCE, field="source")
        if known_on is not None and (form.source.data or notice is not None):
            recalendar.check_input(form.source.data, known_on, utc_now())
    except BadInput as error:
        _fault(form[error.field_name], tell(error.message))
    if notice is None or known_on is None or any(field.errors for field in form):
        return None
    return Entry(notice, form.source.data, known_on)


def _read_notice(form: NoticeForm) -> Notice | None:
    upload = request.files.get("file")
    try:
        if upload is not None and upload.filename:
            form.text.data = decode(upload.stream.read(_MOST_BYTES))
        form.text.data = clean_text(
            form.text.data or "", LONGEST_TEXT, multiline=True, field="text"
        )
        return read_notice(form.text.data)
    except UnreadableNotice as error:
        for fault in error.faults:
            _fault(form.text, tell(fault))
    except BadInput as error:
        _fault(form.text, tell(error.message))
    return None


def _fault(field: Any, words: str) -> None:
    field.errors = [*field.errors, words]


# ---------------------------------------------------------------- pages


def _list(form: NoticeForm) -> str:
    session = db.session()
    rows = store.editions(session)
    people = {row.entered_by_id for row in rows if row.entered_by_id is not None}
    names = session.execute(select(User.id, User.name).where(User.id.in_(people)))
    return render_template(
        "calendar/editions.html",
        editions=rows,
        names={row.id: row.name for row in names},
        form=form,
        key=new_key(),
        problems=[(f.id, str(text)) for f in form for text in f.errors],
    )


def _preview(form: NoticeForm) -> ResponseReturnValue:
    entry = _read(form)
    if entry is None:
        return _list(form), 422
    session = db.session()
    days = entry.notice.days(entry.source)
    shown = recalendar.preview(
        session, days, source=entry.source, known_on=entry.known_on, now=utc_now()
    )
    calendar = store.load_with(session, days, known_on=entry.known_on, source=entry.source)
    form.digest.data = shown.digest
    return _confirm(
        shown,
        calendar,
        entry.notice.year,
        title=gettext("%(year)s年放假安排", year=entry.notice.year),
        action=url_for("calendar_admin.apply_notice"),
        form=form,
        source=entry.source,
        known_on=entry.known_on,
    )


def _revert_page(edition_id: int) -> ResponseReturnValue:
    session = db.session()
    try:
        shown = recalendar.preview_revert(session, edition_id, now=utc_now())
    except BadInput as error:
        flash(tell(error.message), "refusal")
        return _list(NoticeForm(formdata=None)), 409
    row = next(row for row in store.editions(session) if row.id == edition_id)
    form = NoticeForm(formdata=None)
    form.digest.data = shown.digest
    # Of a notice that begins in the December before, the year it is about.
    year = (row.last or row.known_on).year
    return _confirm(
        shown,
        store.load_without(session, edition_id, known_on=row.known_on),
        year,
        title=gettext("撤回第 %(id)s 版放假安排", id=edition_id),
        action=url_for("calendar_admin.revert", edition_id=edition_id),
        form=form,
        source=row.source,
        known_on=row.known_on,
        taking_back=True,
    )


def _confirm(
    shown: recalendar.Preview,
    calendar: Calendar,
    year: int,
    *,
    title: str,
    action: str,
    form: NoticeForm,
    source: str,
    known_on: date,
    taking_back: bool = False,
) -> str:
    return render_template(
        "calendar/preview.html",
        shown=shown,
        moves=shown.moves[:_MOST_MOVES],
        year=year,
        periods=periods(calendar, year, with_december=True),
        title=title,
        action=action,
        form=form,
        source=source,
        known_on=known_on,
        taking_back=taking_back,
        key=new_key(),
        kind_labels=KIND_LABELS,
        status_labels=STATUS_LABELS,
    )
