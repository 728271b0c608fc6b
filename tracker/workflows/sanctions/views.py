"""The pages of sanction proposals: those of the kit, and the list that goes upward."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from tracker.core.db import db
from tracker.core.errors import N_
from tracker.web.access import current_actor, logged_in
from tracker.web.desk import Column, Desk, desk_blueprint
from tracker.web.shell import today
from tracker.workflows.sanctions import panels, papers, queries, service, stepforms
from tracker.workflows.sanctions.flow import FLOW
from tracker.workflows.sanctions.models import Sanction

DESK = Desk(
    flow=FLOW,
    model=Sanction,
    take=service.take,
    open_new=service.open_new,
    paper_values=papers.values,
    prefill=stepforms.prefill,
    panels=panels.context,
    facts=panels.facts,
    cell=panels.cell,
    columns=(Column(N_("送给"), lambda row: row.addressee),),
)
bp = desk_blueprint(DESK, __name__)


@bp.get("/overdue")
@logged_in
def list_overdue() -> ResponseReturnValue:
    """Every proposal whose answer is overdue, to be printed and reported upward."""
    actor, on = current_actor(), today()
    rows = queries.overdue(db.session(), actor, on)
    return render_template("sanctions/overdue.html", rows=rows, on=on)
