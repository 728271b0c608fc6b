"""Taking over the list an office has: upload, a dry run with progress, then all or nothing."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.means import means
from tracker.core.clock import utc_now
from tracker.core.db import db
from tracker.core.errors import N_, BadInput, NotVisible, say
from tracker.core.sheets.writing import Sheet, workbook
from tracker.core.staff import importing
from tracker.core.staff.columns import COLUMNS
from tracker.core.staff.models import DUTY_LABELS, ImportRun
from tracker.core.staff.scope import WRITING_ROLES
from tracker.web.access import current_actor, needs, request_id
from tracker.web.acting import guarded
from tracker.web.errors import tell
from tracker.web.once import new_key
from tracker.web.staff import bp
from tracker.web.staff_forms import TableForm
from tracker.web.staff_sheets import sheet_answer

STATES = {
    "checking": N_("正在检查"),
    "refused": N_("有问题，没有写入"),
    "checked": N_("检查通过，等待写入"),
    "written": N_("已写入"),
    "dropped": N_("已放弃"),
}
_SHOWN_RUNS = 10
_SHOWN_FAULTS = 1000


@bp.get("/import")
@needs(*WRITING_ROLES)
def show_import() -> ResponseReturnValue:
    """Where a list is handed in, and what it may hold."""
    return _upload(TableForm(formdata=None))


@bp.get("/import/template")
@needs(*WRITING_ROLES)
def get_template() -> Response:
    """The empty list."""
    return sheet_answer(importing.template(), gettext("统计人员名册"))


@bp.post("/import")
@needs(*WRITING_ROLES)
def start_import() -> ResponseReturnValue:
    """Read a list; its rows are checked on the next page."""
    form = TableForm()

    def work(session: Session, actor: Actor) -> str:
        name, data = _sent()
        run = importing.start(
            session, actor, name, data,
            now=utc_now(), kek=means().kek(), request_id=request_id(),
        )  # fmt: skip
        return url_for("staff.show_run", run_id=run.id)

    return guarded(work, lambda: make_response(_upload(form), 422), form)


def _sent() -> tuple[str, bytes]:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise BadInput("file", say("请选一个文件。"))
    data = upload.stream.read(importing.MOST_BYTES + 1)
    if len(data) > importing.MOST_BYTES:
        raise BadInput("file", say("文件太大，请分成几个。"))
    return upload.filename, data


def _upload(form: TableForm) -> str:
    runs = db.session.scalars(
        select(ImportRun)
        .where(ImportRun.user_id == current_actor().user_id)
        .order_by(ImportRun.id.desc())
        .limit(_SHOWN_RUNS)
    )
    return render_template(
        "staff/import.html",
        form=form,
        runs=runs.all(),
        states=STATES,
        columns=list(COLUMNS),
        duties=[tell(label) for label in DUTY_LABELS.values()],
        most=importing.MOST_ROWS,
        key=new_key(),
    )


# ---------------------------------------------------------------- one run


@bp.get("/import/<int:run_id>")
@needs(*WRITING_ROLES)
def show_run(run_id: int) -> ResponseReturnValue:
    """How far a run is, and what it found."""
    return _page(run_id, TableForm(formdata=None))


@bp.post("/import/<int:run_id>/check")
@needs(*WRITING_ROLES)
def check_run(run_id: int) -> ResponseReturnValue:
    """Check the next rows; the page asks for more until none are left."""

    def work(session: Session, actor: Actor) -> str:
        importing.check_some(session, actor, run_id, now=utc_now(), kek=means().kek())
        return url_for("staff.show_run", run_id=run_id)

    return _do(run_id, work)


@bp.post("/import/<int:run_id>/write")
@needs(*WRITING_ROLES)
def write_run(run_id: int) -> ResponseReturnValue:
    """Write the whole list, in one transaction."""

    def work(session: Session, actor: Actor) -> str:
        done = importing.write(
            session, actor, run_id, now=utc_now(), kek=means().kek(), request_id=request_id()
        )
        flash(
            gettext(
                "已导入：新增 %(new)s 人，更新 %(changed)s 人，没有变化 %(same)s 人。",
                new=done.new,
                changed=done.changed,
                same=done.same,
            ),
            "done",
        )
        return url_for("staff.show_run", run_id=run_id)

    return _do(run_id, work)


@bp.post("/import/<int:run_id>/drop")
@needs(*WRITING_ROLES)
def drop_run(run_id: int) -> ResponseReturnValue:
    """Give a run up; its rows are gone at once."""

    def work(session: Session, actor: Actor) -> str:
        importing.drop(session, actor, run_id, now=utc_now(), request_id=request_id())
        flash(gettext("已放弃，没有写入。"), "done")
        return url_for("staff.show_import")

    return _do(run_id, work)


@bp.get("/import/<int:run_id>/faults")
@needs(*WRITING_ROLES)
def get_faults(run_id: int) -> Response:
    """Everything that is wrong, as a workbook."""
    run = _own(run_id)
    sheet = Sheet(
        name=gettext("问题清单"),
        heads=[gettext("行"), gettext("列"), gettext("问题")],
        rows=[[f["row"], f["column"], f["text"]] for f in _faults(run)],
        widths=[8, 16, 70],
    )
    return sheet_answer(workbook([sheet]), gettext("问题清单 %(name)s", name=run.file_name))


def _do(run_id: int, work: Any) -> ResponseReturnValue:
    _own(run_id)
    form = TableForm(formdata=None)
    # There is nothing to fill in: a refusal stands on top of the page.
    return guarded(work, lambda: make_response(_page(run_id, form), 422), form)


def _own(run_id: int) -> ImportRun:
    run = db.session.get(ImportRun, run_id)
    if run is None or run.user_id != current_actor().user_id:
        raise NotVisible(f"import {run_id}")
    return run


def _page(run_id: int, form: TableForm) -> str:
    run = _own(run_id)
    return render_template(
        "staff/run.html",
        run=run,
        states=STATES,
        faults=_faults(run),
        most_shown=_SHOWN_FAULTS,
        summary=json.loads(run.summary),
        problems=[("result", str(text)) for f in form for text in f.errors],
    )


def _faults(run: ImportRun) -> list[dict[str, Any]]:
    return [
        {"row": fault.row, "column": fault.column, "text": tell(fault.why)}
        for fault in importing.faults_of(run)
    ]
