"""State by step by person, and limit by limit: written by hand from domain 3.6 and 2.3."""

from __future__ import annotations

from tests.workflows.onward import HANDLER, HEADS, SUPERVISORS, clock_table, wrong_in_matrix
from tests.workflows.recognitions.walking import RecognitionOffice
from tracker.core.cases import guards
from tracker.core.db import transaction
from tracker.workflows.recognitions.flow import FLOW

HEAD = {"head@bureau"}
OTHERS = {"supervisor@bureau", "co_officer"}  # supervisors who did not do the work
GIVEN = {"reassign": SUPERVISORS}

MAY: dict[str, dict[str, set[str]]] = {
    "candidate": {"propose": HANDLER, "drop": SUPERVISORS, **GIVEN},
    "approving": {"approve_notice": OTHERS, "return_notice": SUPERVISORS, "drop": SUPERVISORS},
    "notifying": {"serve_notice": HANDLER, **GIVEN},
    "defence": {"record_defence": HANDLER, "conclude": HANDLER, **GIVEN},
    "deciding": {"recognise": HEAD, "reject": HEAD, "return_decision": HEADS},
    "serving": {"serve_decision": HANDLER, **GIVEN},
    "publishing": {"record_push": HANDLER, "display": HANDLER, **GIVEN},
    # Half a year has passed: long enough for a repair, too short for the end.
    "displayed": {"apply_repair": HANDLER, "propose_longer": HANDLER, **GIVEN},
    "lengthening": {"extend_display": HEAD, "keep_display": HEADS},
    "repairing": {"verify_repair": HANDLER, **GIVEN},
    "repair_checked": {"grant_repair": HEAD, "refuse_repair": HEAD},
    "removing": {"record_removal": HANDLER, "report_removed": HANDLER, **GIVEN},
    "closing": {"close": OTHERS},
    "removed": {},
    "not_recognised": {},
}

# Which step starts and stops which clock (domain 2.3, 3.6). C01 to C03 are the rule of 2019, what
# follows each has held since 2022-05-19; a date chooses one of the two.
CLOCKS = {
    ("OWN-RECOGNISEHEAR", "starts", "serve_notice"),
    ("OWN-RECOGNISEHEAR", "stops", "record_defence"), ("OWN-RECOGNISEHEAR", "stops", "conclude"),
    ("C01", "starts", "recognise"), ("OWN-PUBLISH", "starts", "recognise"),
    ("C01", "stops", "display"), ("C02", "starts", "display"), ("C04A", "starts", "display"),
    ("C02", "stops", "extend_display"), ("C04A", "stops", "extend_display"),
    ("C03", "starts", "extend_display"), ("OWN-DISPLAYMORE", "starts", "extend_display"),
    ("C02", "stops", "report_removed"), ("C04A", "stops", "report_removed"),
    ("C03", "stops", "report_removed"), ("OWN-DISPLAYMORE", "stops", "report_removed"),
    ("OWN-RECOGNISE", "runs in", "candidate"), ("OWN-RECOGNISECHECK", "runs in", "approving"),
    ("OWN-RECOGNISETELL", "runs in", "notifying"), ("OWN-RECOGNISEREVIEW", "runs in", "defence"),
    ("OWN-RECOGNISEDECIDE", "runs in", "deciding"), ("OWN-RECOGNISESERVE", "runs in", "serving"),
    ("OWN-DISPLAYASK", "runs in", "lengthening"), ("OWN-REPAIR", "runs in", "repairing"),
    ("OWN-REPAIRDECIDE", "runs in", "repair_checked"), ("OWN-REMOVE", "runs in", "removing"),
    ("OWN-REMOVECHECK", "runs in", "closing"),
}  # fmt: skip


def test_the_tables_name_every_state_step_and_clock():
    assert set(MAY) == set(FLOW.state_map)
    named = {step for steps in MAY.values() for step in steps}
    assert set(FLOW.step_map) - named == {"open", "expire"}
    assert clock_table(FLOW) == CLOCKS


def test_who_may_do_what_in_every_state(session, monkeypatch):
    # Whom a refusal names is a query each time, and not what is asked here.
    monkeypatch.setattr(guards, "_holders", lambda *_args, **_kwargs: None)
    with transaction():
        office = RecognitionOffice(session)
        wrong = wrong_in_matrix(office, MAY, office.tour())
    assert not wrong, "\n".join(wrong)
