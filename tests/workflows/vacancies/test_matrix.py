"""State by step by person, and limit by limit: written by hand."""

from __future__ import annotations

from tests.workflows.onward import HEADS, SUPERVISORS, clock_table, wrong_in_matrix
from tests.workflows.vacancies.walking import VacancyOffice
from tracker.core.cases import guards
from tracker.core.db import transaction
from tracker.workflows.vacancies.flow import FLOW

# The township's people; its clerk is asked in test_service.
PLACE = {"liaison@dept", "dept_approver@dept", "drafter", "drafter's deputy"}
BOTH = {"urge": SUPERVISORS, "reply": PLACE, "excuse": HEADS}

MAY: dict[str, dict[str, set[str]]] = {
    "short": {"set_plan": SUPERVISORS, **BOTH},
    "planned": {"change_plan": SUPERVISORS, **BOTH},
    "filled": {},
    "excused": {},
}
CLOCKS = {("OWN-GAP", "runs in", "short"), ("OWN-GAPPLAN", "runs in", "planned")}


def test_the_tables_name_every_state_step_and_clock():
    assert set(MAY) == set(FLOW.state_map)
    named = {step for steps in MAY.values() for step in steps}
    assert set(FLOW.step_map) - named == {"open", "fill"}
    assert clock_table(FLOW) == CLOCKS


def test_who_may_do_what_in_every_state(session, monkeypatch):
    # Whom a refusal names is a query each time, and not what is asked here.
    monkeypatch.setattr(guards, "_holders", lambda *_args, **_kwargs: None)
    with transaction():
        office = VacancyOffice(session)
        wrong = wrong_in_matrix(office, MAY, office.way("filled"))
    assert not wrong, "\n".join(wrong)


def test_nobody_calls_a_gap_filled_that_is_not(session):
    with transaction():
        office = VacancyOffice(session)
        case = office.case("planned")
        assert "按登记还缺 1 人" in office.why_not(case, "supervisor@bureau", "fill")
        office.fill()
        assert office.why_not(case, "supervisor@bureau", "fill") == ""
        for name in ("head@bureau", "registrar@bureau", "supervisor@foreign bureau"):
            assert office.why_not(case, name, "fill"), name
