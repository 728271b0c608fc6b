"""The pages of sanction proposals: those of the kit, and the list that goes upward."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from tracker.core.db import db
from tracker.core.errors import N_
from tracker.web.access import current_actor, logged_in
from tracker.web.desk import Column, Desk, desk_blueprint
from tracker.web.list_sheets import list_sheet
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


@bp.get("/overdue/export")
@logged_in
def export_overdue() -> Response:
    """The same list as a workbook."""
    rows = queries.overdue(db.session(), current_actor(), today())
    return list_sheet(
        N_("处分处理建议逾期清单"),
        (N_("编号"), N_("单位"), N_("送给"), N_("收到日期"), N_("已满月数"), N_("期限"),
         N_("已延长"), N_("逾期天数"), N_("没有结果的人数"), N_("催办次数")),
        [
            [
                row.sanction.number,
                row.sanction.unit_name,
                row.sanction.addressee,
                row.sanction.received_on,
                row.months_held,
                row.due_on,
                row.extended,
                row.days_late,
                row.unanswered,
                row.chased,
            ]
            for row in rows
        ],
        widths=(24, 32, 32, 14, 10, 14, 10, 10, 14, 10),
    )  # fmt: skip
