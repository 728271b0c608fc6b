"""State by step by person, and limit by limit: written by hand from domain 3.4 and 2.2."""

from __future__ import annotations

from datetime import date

from tests.workflows.onward import (
    HANDLER,
    HEADS,
    LEADERS,
    SUPERVISORS,
    clock_table,
    wrong_in_matrix,
)
from tests.workflows.sanctions.walking import SanctionOffice
from tracker.core.cases import guards
from tracker.core.db import transaction
from tracker.core.errors import StepRefused
from tracker.workflows.sanctions.flow import FLOW

LAWYER, HEAD = {"legal_reviewer@bureau"}, {"head@bureau"}
# The handler leads too, and accepts no more time for the own case; nor does whoever stands in.
OTHER_LEADERS = {"supervisor@bureau", "co_officer", "head@bureau"}
RECORD = {"record_result": HANDLER, "explain": HANDLER, "strike": HANDLER, "reassign": SUPERVISORS}

MAY: dict[str, dict[str, set[str]]] = {
    "drafted": {
        "add_person": HANDLER, "drop_person": HANDLER, "submit": HANDLER, "reassign": SUPERVISORS,
    },
    "legal": {"pass_review": LAWYER, "return_review": LAWYER},
    "discussing": {"pass_discussion": HEAD, "return_discussion": HEADS, "drop": HEAD},
    "approved": {"send": HEAD},
    "sent": {"record_receipt": HANDLER, "readdress": HEAD, "reassign": SUPERVISORS},
    # Somebody has answered for everybody in time, and no chaser has been issued.
    "waiting": {"extend": OTHER_LEADERS, "finish": HANDLER, **RECORD},
    "overdue": {"report_overdue": LEADERS, "finish": HANDLER, **RECORD},
    "checking": {"confirm_results": {"supervisor@bureau", "co_officer"},
                 "return_results": SUPERVISORS},
    "correcting": {"resubmit": HANDLER, **RECORD},
    "closing": {"circulate": HEADS, "close": HEAD},
    "closed": {},
    "dropped": {},
}  # fmt: skip

# Which step starts, stops and extends which clock (domain 2.2, 3.4); L05 is Shandong's own.
CLOCKS = {
    ("L04", "starts", "record_receipt"), ("L04", "extends", "extend"), ("L04", "stops", "finish"),
    ("OWN-PROPOSAL", "runs in", "drafted"), ("OWN-PROPOSALLAW", "runs in", "legal"),
    ("OWN-PROPOSALTALK", "runs in", "discussing"), ("OWN-PROPOSALSEND", "runs in", "approved"),
    ("OWN-PROPOSALSIGN", "runs in", "sent"), ("OWN-RESULTCHECK", "runs in", "checking"),
    ("OWN-RESULTMEND", "runs in", "correcting"), ("OWN-RESULTCLOSE", "runs in", "closing"),
}  # fmt: skip


def test_the_tables_name_every_state_step_and_clock():
    assert set(MAY) == set(FLOW.state_map)
    named = {step for steps in MAY.values() for step in steps}
    assert set(FLOW.step_map) - named == {"open", "chase", "report_government"}
    assert clock_table(FLOW) == CLOCKS


def test_who_may_do_what_in_every_state(session, monkeypatch):
    # Whom a refusal names is a query each time, and not what is asked here.
    monkeypatch.setattr(guards, "_holders", lambda *_args, **_kwargs: None)
    with transaction():
        office = SanctionOffice(session)
        wrong = wrong_in_matrix(office, MAY, office.tour())
    assert not wrong, "\n".join(wrong)


def test_who_may_open_one(session):
    opened = set()
    with transaction():
        office = SanctionOffice(session)
    for name in ("inspector@bureau", *OTHER_LEADERS, "registrar@bureau", "legal_reviewer@bureau",
                 "liaison@dept", "trainer@bureau"):  # fmt: skip
        try:
            with transaction():
                case = office.open(name)
            opened.add(name)
            assert case.number == f"东统处分案〔2026〕{len(opened)}号"
        except StepRefused:
            pass
    assert opened == OTHER_LEADERS | {"inspector@bureau"}


def test_the_clocks_run_from_and_to_the_days_of_the_facts(session):
    with transaction():
        office = SanctionOffice(session)
        case = office.case("sent")
        office.now = office.now.replace(month=3, day=20)
        office.take(case, "handler", "record_receipt", on=date(2026, 3, 10))
        clock = office.clocks(case)["L04"]
        assert (clock.started_on, clock.due_on) == (date(2026, 3, 10), date(2026, 9, 10))
        assert case.next_due_on == date(2026, 9, 10)
        office.take(case, "supervisor@bureau", "extend", months=6)
        # 10 March 2027 is a Wednesday.
        assert office.clocks(case)["L04"].due_on == date(2027, 3, 10)
        for line in (1, 2):
            office.take(case, "handler", "explain", line=line)
        office.now = office.now.replace(month=8, day=3)
        office.take(case, "handler", "finish", on=date(2026, 7, 31))
        assert office.clock(case, "L04").stopped_on == date(2026, 7, 31)
        office.sound(case)
