"""A bureau's own document layouts and number letters, kept by its supervisors and heads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.documents import letters, templates
from tracker.core.documents.kinds import KINDS, kind_of
from tracker.core.documents.word import MEDIA_TYPE
from tracker.core.errors import BadInput, NotVisible, say
from tracker.core.files.names import download_headers
from tracker.web.access import current_actor, needs
from tracker.web.errors import tell
from tracker.web.once import FIELD, body_hash, once, remember

bp = Blueprint("layouts", __name__, url_prefix="/documents")
_KEEPERS = (Role.SUPERVISOR, Role.HEAD)
_BODIES = frozenset({"bureau", "survey_team"})


def _org(actor: Actor) -> int:
    """The statistics body whose layouts somebody keeps; NotVisible for anybody else."""
    found = next(
        (p.org_id for p in actor.powers if p.role in _KEEPERS and p.org_kind in _BODIES), None
    )
    if found is None:
        raise NotVisible("layouts")
    return found


@bp.get("/")
@needs(*_KEEPERS)
def list_layouts() -> ResponseReturnValue:
    """Every kind of document, its letters, and which layout it is printed with."""
    session, org_id = db.session(), _org(current_actor())
    used = {
        t.kind: t
        for t in templates.templates_of(session, org_id)
        if t.active_from is not None and t.retired_at is None
    }
    return render_template(
        "documents/list.html",
        kinds=list(KINDS.values()),
        own=letters.own_letters(session, org_id),
        used=used,
    )


@bp.get("/<string:kind>")
@needs(*_KEEPERS)
def show_layout(kind: str) -> ResponseReturnValue:
    """One kind: its fields, its letters, and all layouts that were uploaded."""
    session, org_id = db.session(), _org(current_actor())
    return render_template(
        "documents/kind.html",
        kind=kind_of(kind),
        letter=letters.letter_of(session, org_id, kind),
        rows=templates.templates_of(session, org_id, kind),
    )


@bp.post("/<string:kind>/templates")
@needs(*_KEEPERS)
def upload_layout(kind: str) -> ResponseReturnValue:
    """Check and keep a Word file as the next version of a layout."""

    def work(session: Session, actor: Actor, now: datetime) -> str:
        sent = request.files.get("template")
        if sent is None or not sent.filename:
            raise BadInput("template", say("没有选文件。"))
        row = templates.upload(
            session,
            org_id=_org(actor),
            kind_id=kind,
            name=sent.filename,
            content=sent.stream,  # type: ignore[arg-type]  # a spooled file reads like one
            by=actor.user_id,
            now=now,
        )
        return str(gettext("模板已检查并保存为第 %(n)s 版，启用后才使用。", n=row.version))

    return _act(kind, work)


@bp.post("/<string:kind>/templates/<int:template_id>/use")
@needs(*_KEEPERS)
def use_layout(kind: str, template_id: int) -> ResponseReturnValue:
    """Print a kind with this layout from now on."""

    def work(session: Session, actor: Actor, now: datetime) -> str:
        row = templates.template_of(session, _org(actor), template_id)
        templates.activate(session, row, by=actor.user_id, now=now)
        return str(gettext("已启用第 %(n)s 版。", n=row.version))

    return _act(kind, work)


@bp.post("/<string:kind>/templates/<int:template_id>/retire")
@needs(*_KEEPERS)
def retire_layout(kind: str, template_id: int) -> ResponseReturnValue:
    """Stop using a layout."""

    def work(session: Session, actor: Actor, now: datetime) -> str:
        row = templates.template_of(session, _org(actor), template_id)
        templates.retire(session, row, by=actor.user_id, now=now)
        return str(gettext("已停用第 %(n)s 版。", n=row.version))

    return _act(kind, work)


@bp.post("/<string:kind>/letter")
@needs(*_KEEPERS)
def set_letter(kind: str) -> ResponseReturnValue:
    """Number a kind with the bureau's own letters."""

    def work(session: Session, actor: Actor, now: datetime) -> str:
        letter = request.form.get("letter", "")
        letters.set_letter(
            session, org_id=_org(actor), kind_id=kind, letter=letter, by=actor.user_id, now=now
        )
        return str(gettext("以后的文号用“%(letter)s”。", letter=letter.strip()))

    return _act(kind, work)


@bp.get("/<string:kind>/templates/<int:template_id>/file")
@needs(*_KEEPERS)
def get_layout(kind: str, template_id: int) -> ResponseReturnValue:
    """The uploaded file, as it was."""
    row = templates.template_of(db.session(), _org(current_actor()), template_id)
    if row.kind != kind:
        raise NotVisible(f"template {template_id}")
    answer = Response(templates.template_bytes(row), mimetype=MEDIA_TYPE)
    answer.headers.update(download_headers(row.name, MEDIA_TYPE))
    return answer


def _act(kind: str, work: Callable[[Session, Actor, datetime], str]) -> ResponseReturnValue:
    """Do one thing once per form key; back to the kind with a word."""
    kind_of(kind)
    here = url_for(".show_layout", kind=kind)
    try:
        with transaction() as session:
            actor, now = current_actor(session), utc_now()
            key = request.form.get(FIELD, "")
            if once(session, actor.user_id, key, body_hash(request.form), now) is None:
                said = work(session, actor, now)
                remember(session, actor.user_id, key, here)
                flash(said)
    except BadInput as error:
        flash(tell(error.message), "refusal")
    return redirect(here, 303)
