"""The pages of training years: what the kit makes of the table, and the years side by side."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.core.accounts.roles import Role
from tracker.core.db import db
from tracker.core.errors import N_
from tracker.core.sheets.writing import Cell, Sheet, workbook
from tracker.web.access import current_actor, needs
from tracker.web.desk import Column, Desk, desk_blueprint
from tracker.web.errors import tell
from tracker.web.shell import today
from tracker.web.staff_sheets import sheet_answer
from tracker.workflows.programmes import panels, papers, queries, service, stepforms
from tracker.workflows.programmes.flow import FLOW
from tracker.workflows.programmes.models import Programme

READERS = (Role.TRAINER, Role.REGISTRAR, Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD)

DESK = Desk(
    flow=FLOW,
    model=Programme,
    take=service.take,
    open_new=service.open_new,
    paper_values=papers.values,
    prefill=stepforms.prefill,
    picks=stepforms.picks,
    panels=panels.context,
    facts=panels.facts,
    cell=panels.cell,
    columns=(Column(N_("年度"), lambda row: row.year, "num"),),
)
bp = desk_blueprint(DESK, __name__)


@bp.get("/board")
@needs(*READERS)
def show_board() -> ResponseReturnValue:
    """A year's plans of all bureaus that the reader sees: planned and done, and the yearly duty."""
    years, year, rows = _board()
    return render_template(
        "programmes/board.html", years=years, year=year, rows=rows, flow=FLOW, today=today()
    )


@bp.get("/board.xlsx")
@needs(*READERS)
def export_board() -> Response:
    """The same as a workbook."""
    _years, year, rows = _board()
    heads = [gettext("单位"), gettext("编号"), gettext("状态"), gettext("计划期数"),
             gettext("已办期数"), gettext("计划人次"), gettext("参训人次"), gettext("经费（元）"),
             gettext("全员培训期限"), gettext("全员培训办结")]  # fmt: skip
    sheet = Sheet(
        name=gettext("培训总览"),
        heads=heads,
        rows=[_cells(row) for row in rows],
        widths=[28, 24, 12, 10, 10, 10, 10, 14, 14, 14],
    )
    return sheet_answer(workbook([sheet]), gettext("%(year)s 年培训总览", year=year))


def _board() -> tuple[list[int], int, list[queries.Row]]:
    """The years there are, the one asked for, and its plans."""
    session, actor = db.session(), current_actor()
    years = queries.years_of(session, actor)
    asked = request.args.get("year", type=int)
    year = asked if asked in years else next((y for y in years if y <= today().year), today().year)
    return years, year, queries.board(session, actor, year)


def _cells(row: queries.Row) -> list[Cell]:
    programme, duty = row.programme, row.duty
    return [
        row.house,
        programme.number,
        tell(FLOW.state(programme.state).label),
        row.wanted,
        row.held,
        row.places,
        row.people,
        row.cost if programme.budget is None else programme.budget,
        duty.due_on if duty else None,
        duty.stopped_on if duty else None,
    ]
