"""The pages of transfers, made by the kit from their table."""

from __future__ import annotations

from tracker.core.errors import N_
from tracker.web.desk import Column, Desk, desk_blueprint
from tracker.workflows.crimes import panels, papers, service, stepforms
from tracker.workflows.crimes.flow import FLOW
from tracker.workflows.crimes.models import Crime

DESK = Desk(
    flow=FLOW,
    model=Crime,
    take=service.take,
    open_new=service.open_new,
    paper_values=papers.values,
    prefill=stepforms.prefill,
    panels=panels.context,
    facts=panels.facts,
    cell=panels.cell,
    columns=(Column(N_("公安机关"), lambda row: row.organ),),
)
bp = desk_blueprint(DESK, __name__)
