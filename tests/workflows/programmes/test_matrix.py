"""State by step by person: who may do what with a training year, by hand from domain 3.8, 3.9."""

from __future__ import annotations

from tests.workflows.onward import HANDLER, LOOK, SUPERVISORS, clock_table, wrong_in_matrix
from tests.workflows.programmes.walking import ProgrammeOffice
from tracker.core.cases import guards
from tracker.core.db import transaction
from tracker.workflows.programmes.flow import FLOW

TRAINERS = {"trainer@bureau"} | HANDLER  # the handler plans, and so does the stand-in
HEAD, SUPERVISOR = {"head@bureau"}, {"supervisor@bureau", "co_officer"}

MAY: dict[str, dict[str, set[str]]] = {
    # With needs and lines written.
    "drafting": {
        "write_needs": TRAINERS, "add_line": TRAINERS, "change_line": TRAINERS,
        "remove_line": TRAINERS, "submit": TRAINERS,
    },
    "approving": {"approve": HEAD, "send_back": HEAD | HANDLER},
    # Nothing has been held: the year cannot be over yet.
    "running": {"open_session": TRAINERS, "record_general": TRAINERS, "amend": TRAINERS},
    "summing": {"summarise": TRAINERS, "reopen": TRAINERS},
    "checking": {"close": SUPERVISOR, "return_summary": SUPERVISORS},
    "closed": {},
}  # fmt: skip

CLOCKS = {
    ("OWN-PLANDRAFT", "runs in", "drafting"), ("OWN-PLANAPPROVE", "runs in", "approving"),
    ("OWN-PLANSUM", "runs in", "summing"), ("OWN-PLANCHECK", "runs in", "checking"),
}  # fmt: skip


def test_the_tables_name_every_state_step_and_clock():
    assert set(MAY) == set(FLOW.state_map)
    named = {step for steps in MAY.values() for step in steps}
    assert set(FLOW.step_map) - named == {"draft", "finish"}
    assert clock_table(FLOW) == CLOCKS


def test_who_may_do_what_in_every_state(session, monkeypatch):
    monkeypatch.setattr(guards, "_holders", lambda *_args, **_kwargs: None)
    with transaction():
        office = ProgrammeOffice(session)
        filled = len(office.way("filled"))
        tour = office.way("closed")
        running = len(office.way("running"))
        tour = [
            *tour[:filled], ("", LOOK, {}), *tour[filled:running], ("", LOOK, {}), *tour[running:],
        ]  # fmt: skip
        wrong = wrong_in_matrix(office, MAY, tour)
    assert not wrong, "\n".join(wrong)
