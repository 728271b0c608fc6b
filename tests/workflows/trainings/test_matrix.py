"""State by step by person, and limit by limit: written by hand from domain 3.8."""

from __future__ import annotations

from tests.workflows.onward import SUPERVISORS, clock_table, wrong_in_matrix
from tests.workflows.trainings.walking import TrainingOffice
from tracker.core.cases import guards
from tracker.core.db import transaction
from tracker.workflows.trainings.flow import FLOW

TRAINER = {"trainer@bureau"}
OTHERS = SUPERVISORS | {"registrar@bureau"}
NOBODY: set[str] = set()

MAY: dict[str, dict[str, set[str]]] = {
    "preparing": {"edit": TRAINER, "announce": TRAINER, "cancel": TRAINER},
    "enrolling": {
        "relist": TRAINER, "change": TRAINER, "close_enrolment": TRAINER, "cancel": TRAINER,
    },
    "ready": {
        "change": TRAINER, "reopen_enrolment": TRAINER, "start": TRAINER, "cancel": TRAINER,
    },
    # This one is examined, so it does not go past the marks.
    "running": {
        "new_code": TRAINER, "finish": TRAINER, "finish_plain": NOBODY, "cancel": TRAINER,
    },
    "marking": {"submit_marks": TRAINER, "submit_list": NOBODY},
    "recording": {"record": OTHERS, "send_back": OTHERS},
    "closing": {"close": TRAINER},
    "closed": {},
    "cancelled": {},
}  # fmt: skip

CLOCKS = {
    ("OWN-TRAINPREPARE", "runs in", "preparing"), ("OWN-TRAINENROL", "runs in", "enrolling"),
    ("OWN-TRAINHOLD", "runs in", "ready"), ("OWN-TRAINMARK", "runs in", "marking"),
    ("OWN-TRAINRECORD", "runs in", "recording"), ("OWN-TRAINCLOSE", "runs in", "closing"),
}  # fmt: skip


def test_the_tables_name_every_state_step_and_clock():
    assert set(MAY) == set(FLOW.state_map)
    named = {step for steps in MAY.values() for step in steps}
    assert set(FLOW.step_map) - named == {"open"}
    assert clock_table(FLOW) == CLOCKS


def test_who_may_do_what_in_every_state(session, monkeypatch):
    # Whom a refusal names is a query each time, and not what is asked here.
    monkeypatch.setattr(guards, "_holders", lambda *_args, **_kwargs: None)
    with transaction():
        office = TrainingOffice(session)
        wrong = wrong_in_matrix(office, MAY, office.way("closed"))
    assert not wrong, "\n".join(wrong)
