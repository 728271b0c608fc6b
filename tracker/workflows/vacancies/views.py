"""The pages of gaps, made by the kit from their table."""

from __future__ import annotations

from tracker.core.errors import N_
from tracker.web.desk import Column, Desk, desk_blueprint
from tracker.workflows.vacancies import panels, service, stepforms
from tracker.workflows.vacancies.flow import FLOW
from tracker.workflows.vacancies.models import Vacancy

DESK = Desk(
    flow=FLOW,
    model=Vacancy,
    take=service.take,
    open_new=service.open_new,
    prefill=stepforms.prefill,
    picks=stepforms.picks,
    panels=panels.context,
    facts=panels.facts,
    cell=panels.cell,
    columns=(
        Column(N_("应配"), lambda row: row.required, "num"),
        Column(N_("实有"), lambda row: row.present, "num"),
        Column(N_("缺口起于"), lambda row: row.since),
    ),
)
bp = desk_blueprint(DESK, __name__)
