"""The penalty case as a table (domain 3.2, C0 to C14, with the side exits C15 to C19).

The states stand in `states.py`; the steps in one file a phase, in the order of the procedure.
"""

from __future__ import annotations

from tracker.core.cases.flow import Flow
from tracker.core.errors import N_
from tracker.workflows.penalties.flow import (
    closing,
    deciding,
    hearing,
    investigating,
    opening,
    performing,
    remedies,
    weighing,
)
from tracker.workflows.penalties.flow.papers import PAPERS
from tracker.workflows.penalties.flow.states import STATES

FLOW = Flow(
    kind="penalty",
    label=N_("处罚案件"),
    version=1,
    states=STATES,
    steps=(
        *opening.STEPS,
        *investigating.STEPS,
        *weighing.STEPS,
        *hearing.STEPS,
        *deciding.STEPS,
        *performing.STEPS,
        *remedies.STEPS,
        *closing.STEPS,
    ),
    papers=PAPERS,
    area="penalties",
    group=N_("案件"),
    icon="gavel",
)
