"""The pages of recognitions, made by the kit from their table."""

from __future__ import annotations

from tracker.core.errors import N_
from tracker.web.desk import Column, Desk, desk_blueprint
from tracker.workflows.recognitions import panels, papers, service, stepforms
from tracker.workflows.recognitions.flow import FLOW
from tracker.workflows.recognitions.models import Recognition

DESK = Desk(
    flow=FLOW,
    model=Recognition,
    take=service.take,
    open_new=service.open_new,
    paper_values=papers.values,
    prefill=stepforms.prefill,
    panels=panels.context,
    facts=panels.facts,
    cell=panels.cell,
    columns=(Column(N_("企业"), lambda row: row.unit_name),),
)
bp = desk_blueprint(DESK, __name__)
