"""The pages of plans: what the kit makes of the table, and the board, the lists and the draw."""

from __future__ import annotations

import json
from typing import cast

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.caps import binding_cap
from tracker.core.cases.guards import steps_for
from tracker.core.clock import office_time, utc_now
from tracker.core.db import db
from tracker.core.errors import N_, NotVisible
from tracker.core.files.names import download_headers
from tracker.web.access import current_actor, logged_in, needs, request_id
from tracker.web.acting import guarded
from tracker.web.desk import Column, Desk, desk_blueprint
from tracker.web.desk.page import case_page, step_forms
from tracker.web.desk.parts import not_now_of
from tracker.web.desk.reads import read_case
from tracker.web.errors import tell
from tracker.web.shell import today
from tracker.workflows.plans import lots, panels, papers, queries, service, stepforms
from tracker.workflows.plans.draw import LEVEL_LABELS, PASSED_LABELS
from tracker.workflows.plans.flow import FLOW
from tracker.workflows.plans.forms import ListForm
from tracker.workflows.plans.frames import EXCLUSIONS
from tracker.workflows.plans.models import DRAW_STATUS, Plan, PlanDraw
from tracker.workflows.plans.replay import Verdict, replay

_DRAW_STEPS = {
    s.name for s in FLOW.steps if s.source and set(s.source) <= {"drawing", "second", "monitoring"}
}

DESK = Desk(
    flow=FLOW,
    model=Plan,
    take=service.take,
    open_new=service.open_new,
    paper_values=papers.values,
    prefill=stepforms.prefill,
    panels=panels.context,
    facts=panels.facts,
    cell=panels.cell,
    columns=(
        Column(N_("年度"), lambda row: row.year, "num"),
        Column(N_("要抽"), lambda row: sum(s.count for s in row.strata), "num"),
    ),
)
bp = desk_blueprint(DESK, __name__)


def _plan(case_id: int) -> Plan:
    return cast(Plan, read_case(DESK, db.session(), current_actor(), case_id))


# ---------------------------------------------------------------- the board


@bp.get("/board")
@needs(Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD)
def show_board() -> ResponseReturnValue:
    """A year's plans with what they list, want and have done, and how often units were checked."""
    session, actor = db.session(), current_actor()
    years = queries.years_of(session, actor)
    asked = request.args.get("year", type=int)
    year = asked if asked in years else (years[0] if years else today().year)
    rows = queries.board(session, actor, year, today())
    organ = next((r.plan.bureau_id for r in rows if r.plan.bureau_id), None)
    own = [r.plan.id for r in rows if r.plan.bureau_id == organ]
    return render_template(
        "plans/board.html",
        years=years,
        year=year,
        rows=rows,
        flow=FLOW,
        caps=queries.cap_rows(session, organ, year, own) if organ else [],
        cap=binding_cap(session, organ, year) if organ else None,
    )


# ---------------------------------------------------------------- lists


@bp.get("/<int:case_id>/objects")
@logged_in
def show_objects(case_id: int) -> ResponseReturnValue:
    """All objects of a plan, a page at a time."""
    return _objects(_plan(case_id), ListForm(formdata=None))


def _objects(plan: Plan, form: ListForm, status: int = 200) -> ResponseReturnValue:
    session = db.session()
    lists = queries.lists_of(session, plan, today())
    count = sum(lists.listed.values())
    pages = max(1, -(-count // queries.OBJECTS_A_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    verdicts = steps_for(FLOW, plan, current_actor(), session=session, now=utc_now())
    body = render_template(
        "plans/objects.html",
        plan=plan,
        form=form,
        cap=lists.cap,
        count=count,
        page=page,
        pages=pages,
        objects=queries.objects_of(session, plan, lists, page=page, size=queries.OBJECTS_A_PAGE),
        may_add=any(v.allowed and v.step.name == "add_objects" for v in verdicts),
    )
    return Response(body, status)


@bp.post("/<int:case_id>/objects")
@logged_in
def upload_objects(case_id: int) -> ResponseReturnValue:
    """Add the rows of a CSV file; one bad row and none is added."""
    plan, form = _plan(case_id), ListForm()
    version = request.form.get("version", 0, type=int)

    def work(session: Session, fresh: Actor) -> str:
        service.take(
            session,
            fresh,
            case_id,
            "add_objects",
            {"list": form.text()},
            seen=version,
            now=utc_now(),
            request_id=request_id(),
        )
        flash(tell(FLOW.step("add_objects").done))
        return url_for(".show_objects", case_id=case_id)

    return guarded(work, lambda: _objects(plan, form, 422), form)


# ---------------------------------------------------------------- the draw


@bp.get("/<int:case_id>/draw")
@logged_in
def show_draw(case_id: int) -> ResponseReturnValue:
    """The draw as it stands: frozen frame, seed, result; `?replay=1` draws again and compares."""
    session, plan, now = db.session(), _plan(case_id), utc_now()
    row = queries.latest_draw(session, plan)
    if row is None:
        raise NotVisible("draw")
    shown = case_page(session, DESK, current_actor(), plan, now)
    forms = step_forms(
        session, DESK, plan, shown, current_actor(), now, chosen=None, given=None, parked=None
    )
    record = lots.record_of(row) if row.record is not None else None
    frozen = json.loads(row.frame)
    return render_template(
        "plans/draw.html",
        plan=plan,
        row=row,
        status=DRAW_STATUS[row.status],
        people=queries.people_of(session, row),
        frozen=frozen,
        reasons=EXCLUSIONS,
        strata=queries.lists_of(session, plan, today()).strata(plan),
        record=record,
        levels=LEVEL_LABELS,
        passed=PASSED_LABELS,
        tasks=queries.tasks_of(session, record) if record else [],
        places=queries.places_of(session, record) if record else {},
        verdict=_replayed(row) if record and request.args.get("replay") else None,
        actions=[a for a in shown.actions if a.step.name in _DRAW_STEPS],
        not_now=not_now_of(
            v
            for v in steps_for(FLOW, plan, current_actor(), session=session, now=now)
            if v.step.name in _DRAW_STEPS
        ),
        forms=forms,
    )


def _replayed(row: PlanDraw) -> Verdict:
    return replay(json.loads(row.record or "{}"), seal=row.seal)


@bp.get("/<int:case_id>/draws/<int:seq>")
@logged_in
def show_record(case_id: int, seq: int) -> ResponseReturnValue:
    """The record of a draw on paper, with everything that replaying it takes."""
    session, plan = db.session(), _plan(case_id)
    row = queries.draw_of(session, plan, seq)
    record = lots.record_of(row)
    return render_template(
        "plans/record.html",
        plan=plan,
        row=row,
        record=record,
        reasons=EXCLUSIONS,
        passed=PASSED_LABELS,
        levels=LEVEL_LABELS,
        tasks=queries.tasks_of(session, record),
        places=queries.places_of(session, record),
        drawn_time=f"{office_time(record.drawn_at):%H:%M:%S}",
        names={o.key: o.name for o in record.frame.officers},
        units={u.key: u.name for u in record.frame.units},
        verdict=_replayed(row),
    )


@bp.get("/<int:case_id>/draws/<int:seq>.json")
@logged_in
def get_record(case_id: int, seq: int) -> ResponseReturnValue:
    """The record as it is stored, byte for byte; `tracker draw replay` reads it."""
    plan = _plan(case_id)
    row = queries.draw_of(db.session(), plan, seq)
    headers = download_headers(f"{row.number}.json", "application/json")
    return Response(row.record or "", headers=headers)
