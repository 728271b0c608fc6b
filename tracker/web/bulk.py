"""Many cases at once: choose, pick a step, answer once, look at every case, do it, read on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from wtforms import StringField

from tracker.core.accounts.actor import Actor
from tracker.core.cases import bulk, bulk_steps
from tracker.core.cases.asking import asked, read_question
from tracker.core.cases.flow import Flow, Step, flows
from tracker.core.cases.models import Case
from tracker.core.cases.workplace import BulkRow, BulkRun
from tracker.core.clock import utc_now
from tracker.core.db import db, transaction
from tracker.core.errors import N_, NotVisible, Unavailable
from tracker.core.sheets.writing import workbook
from tracker.web.access import current_actor, logged_in, request_id
from tracker.web.acting import guarded
from tracker.web.bulk_forms import fields_of, form_for, problems_of, step_forms
from tracker.web.bulk_lines import (
    PAGE,
    lines_of,
    looked,
    page_number,
    pages_of,
    reasons_of,
    sheet_of,
)
from tracker.web.errors import tell
from tracker.web.once import new_key
from tracker.web.redirects import safe_next
from tracker.web.shell import today
from tracker.web.staff_sheets import sheet_answer

bp = Blueprint("bulk", __name__, url_prefix="/bulk")

# Seconds one request works on cases; the page asks for the next.
BUSY_FOR = 1.5
# Cases of one transaction: so few that nobody else waits long for theirs.
TOGETHER = 20
STATES = {
    "chosen": N_("还没有开始"),
    "running": N_("正在办理"),
    "done": N_("已经办完"),
    "dropped": N_("已经停下"),
}
RESULTS = {"done": N_("办好了"), "refused": N_("没有办成"), "waiting": N_("还没有办")}


class Nothing(FlaskForm):
    """A form with a button only; what is wrong stands on top of the page."""

    case_id = StringField()


# ---------------------------------------------------------------- choosing


@bp.get("/")
@logged_in
def list_runs() -> ResponseReturnValue:
    """What I have done so, and what is still under way."""
    runs = bulk.latest(db.session(), current_actor())
    return render_template("bulk/list.html", runs=runs, states=STATES, step_of=_step_of)


@bp.post("/")
@logged_in
def choose() -> ResponseReturnValue:
    """Take the chosen rows of a list, or with `all` everything its address asks for."""
    back = safe_next(request.form.get("_page")) or url_for("work.list_work")
    form = Nothing(formdata=None)

    def work(session: Session, actor: Actor) -> str:
        run = bulk.choose(
            session, actor, _chosen(session, actor), now=utc_now(), back=back, seen=_versions()
        )
        return url_for(".show_run", run_id=run.id)

    def again() -> ResponseReturnValue:
        for _field, text in problems_of(form):
            flash(text, "refusal")
        return redirect(back, 303)

    return guarded(work, again, form)


def _chosen(session: Session, actor: Actor) -> ColumnElement[bool]:
    if request.form.get("all"):
        return asked(session, actor, read_question(request.values), today())
    return Case.id.in_([int(raw.partition(".")[0]) for raw in _ids()])


def _versions() -> dict[int, int]:
    """The versions that stood on the page: "12.3" is case 12 as of version 3."""
    pairs = (raw.split(".") for raw in _ids() if "." in raw)
    return {int(case_id): int(version) for case_id, version in pairs}


def _ids() -> list[str]:
    """The chosen rows; what is no number chooses nothing."""
    given = request.form.getlist("case_id")[: bulk.MOST + 1]
    return [g for g in given if _is_id(g)]


def _is_id(raw: str) -> bool:
    parts = raw.split(".")
    return len(parts) <= 2 and all(p.isascii() and p.isdigit() and len(p) < 10 for p in parts)


# ---------------------------------------------------------------- the step and its answers


@bp.get("/<int:run_id>")
@logged_in
def show_run(run_id: int) -> ResponseReturnValue:
    """Where a run stands: which step, what it would do, how far it is, what came of it."""
    session, actor = db.session(), current_actor()
    run = bulk.mine(session, actor, run_id)
    if run.state != "chosen":
        return _run_page(session, actor, run)
    return _check_page(session, actor, run) if run.step else _steps_page(session, actor, run)


@bp.get("/<int:run_id>/steps")
@logged_in
def show_steps(run_id: int) -> ResponseReturnValue:
    """The steps that some of the chosen cases can take."""
    session, actor = db.session(), current_actor()
    run = bulk.mine(session, actor, run_id)
    if run.state != "chosen":
        return redirect(url_for(".show_run", run_id=run_id), 303)
    return _steps_page(session, actor, run)


def _steps_page(session: Session, actor: Actor, run: BulkRun) -> str:
    offered = bulk_steps.offers(session, actor, run, utc_now(), step_forms.suits)
    kinds = bulk_steps.kinds_of(session, run)
    return render_template(
        "bulk/steps.html",
        run=run,
        all=bulk.count(session, run).all,
        kinds=[
            (flows.get(kind), n, [o for o in offered if o.flow.kind == kind])
            for kind, n in kinds.items()
        ],
        key=new_key(),
    )


@bp.route("/<int:run_id>/<string:kind>/<string:step>", methods=["GET", "POST"])
@logged_in
def answer(run_id: int, kind: str, step: str) -> ResponseReturnValue:
    """The questions of the step, asked once for all cases."""
    session, actor = db.session(), current_actor()
    run = bulk.mine(session, actor, run_id)
    flow, found = _suiting(kind, step)
    if run.state != "chosen":
        return redirect(url_for(".show_run", run_id=run_id), 303)
    cases = bulk_steps.one_of_each_house(session, actor, run, flow, found)
    if not cases:
        raise NotVisible(step)
    sent = request.form if request.method == "POST" else None
    form = form_for(session, actor, cases, found, sent)

    def again() -> ResponseReturnValue:
        body = render_template(
            "bulk/form.html",
            run=run,
            flow=flow,
            step=found,
            form=form,
            fields=fields_of(form),
            problems=problems_of(form),
            all=bulk.count(db.session(), run).all,
        )
        return Response(body, 422 if sent is not None else 200)

    def work(session: Session, fresh: Actor) -> str:
        inputs = _forms(kind).inputs(session, fresh, form)
        settled = bulk.settle(session, fresh, run_id, kind, found, inputs)
        wrong = bulk_steps.first_wrong(session, fresh, settled, found, inputs, utc_now())
        if wrong is not None:
            raise wrong
        return url_for(".show_run", run_id=run_id)

    if sent is None or not form.validate():
        return again()
    return guarded(work, again, form)


def _suiting(kind: str, step: str) -> tuple[Flow, Step]:
    flow = next((f for f in flows.all() if f.kind == kind), None)
    found = flow.step_map.get(step) if flow is not None else None
    if flow is None or found is None or not step_forms.suits(flow, found):
        raise NotVisible(step)
    return flow, found


def _forms(kind: str) -> Any:
    return step_forms.get(kind)


def _step_of(run: BulkRun) -> Step | None:
    return flows.get(run.kind).step_map.get(run.step) if run.kind else None


# ---------------------------------------------------------------- looking before


def _check_page(
    session: Session, actor: Actor, run: BulkRun, problems: Sequence[tuple[str, str]] = ()
) -> str:
    flow = flows.get(run.kind)
    step = flow.step(run.step)
    looks = bulk_steps.look(session, actor, run, step, bulk.answers_of(run), utc_now())
    able = [look for look in looks if look.allowed]
    unable = [look for look in looks if not look.allowed]
    show = request.args.get("show")
    if show not in ("can", "cannot"):
        show = "cannot" if unable else "can"
    shown = unable if show == "cannot" else able
    number = page_number(len(shown))
    lines = [looked(actor, look) for look in shown[(number - 1) * PAGE : number * PAGE]]
    return render_template(
        "bulk/check.html",
        run=run,
        flow=flow,
        step=step,
        able=len(able),
        unable=len(unable),
        show=show,
        lines=lines,
        pages=pages_of(len(shown)),
        number=number,
        reasons=reasons_of([look.refusals for look in unable]),
        problems=problems,
    )


# ---------------------------------------------------------------- doing


@bp.post("/<int:run_id>/run")
@logged_in
def work_on(run_id: int) -> ResponseReturnValue:
    """Take the step on the next cases; the page asks for more until none is left.

    Sent twice, or from two pages, it takes none twice: each case is marked as it is taken.
    """
    with transaction() as session:
        bulk.start(session, current_actor(session), run_id, now=utc_now(), request_id=request_id())
    try:
        _work(run_id)
    except (OperationalError, Unavailable):
        flash(gettext("系统正忙，先停在这里。办好的都已经保存，请过一会儿按“接着办”。"), "refusal")
        return redirect(url_for(".show_run", run_id=run_id, stopped=1), 303)
    return redirect(url_for(".show_run", run_id=run_id), 303)


def _work(run_id: int) -> None:
    until = time.monotonic() + BUSY_FOR
    more = True
    while more:
        with transaction() as session:
            actor, now = current_actor(session), utc_now()
            more = (
                bulk.work_some(session, actor, run_id, TOGETHER, now=now, request_id=request_id())
                > 0
            )
        if time.monotonic() >= until:
            break
    with transaction() as session:
        bulk.finish(session, current_actor(session), run_id, now=utc_now(), request_id=request_id())


@bp.post("/<int:run_id>/drop")
@logged_in
def drop(run_id: int) -> ResponseReturnValue:
    """Stop here: what has been done stays done."""
    form = Nothing(formdata=None)

    def work(session: Session, actor: Actor) -> str:
        run = bulk.mine(session, actor, run_id)
        begun = run.state == "running"
        bulk.drop(session, actor, run_id, now=utc_now(), request_id=request_id())
        flash(
            gettext("已停下，办好的仍然有效。") if begun else gettext("已放弃，没有办理任何一件。")
        )
        return (
            url_for(".show_run", run_id=run_id) if begun else run.args or url_for("work.list_work")
        )

    return guarded(work, lambda: redirect(url_for(".show_run", run_id=run_id), 303), form)


@bp.post("/<int:run_id>/again")
@logged_in
def try_again(run_id: int) -> ResponseReturnValue:
    """The same step once more on what was not done, looked at first."""
    form = Nothing(formdata=None)

    def work(session: Session, actor: Actor) -> str:
        run = bulk.again(session, actor, run_id, now=utc_now())
        return url_for(".show_run", run_id=run.id)

    def back() -> ResponseReturnValue:
        for _field, text in problems_of(form):
            flash(text, "refusal")
        return redirect(url_for(".show_run", run_id=run_id), 303)

    return guarded(work, back, form)


# ---------------------------------------------------------------- what came of it


def _run_page(session: Session, actor: Actor, run: BulkRun) -> str:
    counted = bulk.count(session, run)
    over = run.state in ("done", "dropped")
    there = {name: getattr(counted, name) for name in RESULTS}
    show = request.args.get("show", "")
    if show not in there:
        show = next((name for name in ("refused", "waiting", "done") if there[name]), "done")
    number = page_number(there[show])
    refused = select(BulkRow).where(BulkRow.run_id == run.id, BulkRow.result == "refused")
    return render_template(
        "bulk/run.html",
        run=run,
        flow=flows.get(run.kind),
        step=_step_of(run),
        count=counted,
        state=STATES[run.state],
        over=over,
        stopped=bool(request.args.get("stopped")),
        results=RESULTS,
        there=there,
        show=show,
        lines=lines_of(session, actor, run, show, number) if over else [],
        pages=pages_of(there[show]),
        number=number,
        reasons=reasons_of([bulk.refusals_of(row) for row in session.scalars(refused)]),
    )


@bp.get("/<int:run_id>/result")
@logged_in
def get_result(run_id: int) -> Response:
    """Every case with what came of it, or before the start what would, as a workbook."""
    session, actor = db.session(), current_actor()
    run = bulk.mine(session, actor, run_id)
    step = _step_of(run)
    if step is None:
        raise NotVisible(f"bulk {run_id}")
    if run.state == "chosen":
        answers = bulk.answers_of(run)
        looks = bulk_steps.look(session, actor, run, step, answers, utc_now())
        lines = [looked(actor, look) for look in looks]
        words = {"waiting": gettext("可以办"), "refused": gettext("不能办")}
    else:
        lines = lines_of(session, actor, run)
        words = {name: tell(label) for name, label in RESULTS.items()}
    name = gettext("批量办理 %(what)s %(n)s", what=tell(step.label), n=run.id)
    return sheet_answer(workbook([sheet_of(lines, words)]), name)
