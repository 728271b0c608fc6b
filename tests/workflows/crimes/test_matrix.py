"""State by step by person, and limit by limit: written by hand from domain 3.5 and 2.2."""

from __future__ import annotations

from tests.workflows.crimes.walking import CrimeOffice
from tests.workflows.onward import HANDLER, HEADS, LEADERS, clock_table, wrong_in_matrix
from tracker.core.cases import guards
from tracker.core.db import transaction
from tracker.workflows.crimes.flow import FLOW

HEAD, PARTNER = {"head@bureau"}, {"co_officer"}
TEAM = {"change_team": LEADERS}

MAY: dict[str, dict[str, set[str]]] = {
    "team": {"name_team": LEADERS},
    "reporting": {"report": HANDLER, **TEAM},
    "cosigning": {"cosign": PARTNER, "disagree": PARTNER, **TEAM},
    "deciding": {"approve": HEAD, "refuse": HEAD},  # the handler is a head too, and wrote it
    # The letter and four papers lie there when this is looked at, but for the papers.
    "handing": {"declare_none": HANDLER, **TEAM},
    "receipt": {"sign": HANDLER, **TEAM},
    "police": {
        "not_theirs": HANDLER, "police_opens": HANDLER, "police_declines": HANDLER, **TEAM,
    },
    "forwarding": {"forwarded": HANDLER, **TEAM},
    "declined": {"ask_review": HEADS, "ask_prosecutor": HEADS, "accept": HEADS},
    "reviewing": {"review_opens": HANDLER, "review_upholds": HANDLER, **TEAM},
    "upheld": {"ask_prosecutor": HEADS, "accept": HEADS},
    "prosecutor": {"police_opens": HANDLER, "supervision_fails": HANDLER, **TEAM},
    "items": {"hand_items": HANDLER, **TEAM},
    "closing": {"close": {"supervisor@bureau", "co_officer"}},
    "closed": {},
    "not_opened": {},
    "not_approved": {},
}  # fmt: skip

# Which step starts and stops which clock (国务院令第310号 5, 7, 8, 9, 12; domain 2.2 L06 to L12).
CLOCKS = {
    ("L06", "starts", "cosign"), ("L06", "stops", "approve"), ("L06", "stops", "refuse"),
    ("L07", "starts", "approve"), ("L07", "stops", "sign"),
    ("L08", "starts", "not_theirs"), ("L08", "stops", "forwarded"),
    ("L09", "starts", "sign"), ("L09", "starts", "forwarded"), ("L09", "stops", "not_theirs"),
    ("L09", "stops", "police_opens"), ("L09", "stops", "police_declines"),
    ("L10", "starts", "police_declines"), ("L10", "stops", "ask_review"),
    ("L10", "stops", "ask_prosecutor"), ("L10", "stops", "accept"),
    ("L11", "starts", "ask_review"), ("L11", "stops", "review_opens"),
    ("L11", "stops", "review_upholds"),
    ("L11A", "starts", "review_upholds"), ("L11A", "stops", "ask_prosecutor"),
    ("L11A", "stops", "accept"),
    ("L12", "starts", "police_opens"), ("L12", "starts", "review_opens"),
    ("L12", "stops", "hand_items"),
    ("OWN-CRIMETEAM", "runs in", "team"), ("OWN-CRIMEREPORT", "runs in", "reporting"),
    ("OWN-CRIMECOSIGN", "runs in", "cosigning"), ("OWN-CRIMECLOSE", "runs in", "closing"),
}  # fmt: skip


def test_the_tables_name_every_state_step_and_clock():
    assert set(MAY) == set(FLOW.state_map)
    named = {step for steps in MAY.values() for step in steps}
    assert set(FLOW.step_map) - named == {"open", "hand_over"}
    assert clock_table(FLOW) == CLOCKS


def test_who_may_do_what_in_every_state(session, monkeypatch):
    # Whom a refusal names is a query each time, and not what is asked here.
    monkeypatch.setattr(guards, "_holders", lambda *_args, **_kwargs: None)
    with transaction():
        office = CrimeOffice(session)
        wrong = wrong_in_matrix(office, MAY, office.tour())
    assert not wrong, "\n".join(wrong)
