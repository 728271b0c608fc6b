"""State by step by person, and clock by clock: written by hand from domain 3.7."""

from __future__ import annotations

from tests.workflows.filings.walking import FilingOffice, wrong_at
from tests.workflows.onward import clock_table
from tracker.core.cases import guards
from tracker.core.cases.verify import verify
from tracker.core.db import transaction
from tracker.workflows.filings.flow import FLOW

# Whoever drafts at the town; the two concerned are clerks there, too.
CLERKS = {"leaver", "clerk", "newcomer", "both", "clerk's deputy"}
HEADS = {"approver", "both", "approver's deputy"}
TOWN = CLERKS | HEADS
VILLAGE = {"village clerk", "village approver"}
REGISTRAR, SUPERVISOR = {"registrar"}, {"supervisor"}

MAY: dict[str, dict[str, set[str]]] = {
    "draft": {"submit": CLERKS, "edit": CLERKS, "withdraw": TOWN},
    "signing": {"sign": HEADS, "send_back": HEADS, "withdraw": TOWN},
    "at_via": {"pass_on": TOWN, "correct_via": TOWN, "withdraw": VILLAGE},
    "arrived": {"refer": REGISTRAR, "ask_correction": REGISTRAR, "withdraw": TOWN},
    "arrived, filing": {"accept": REGISTRAR, "ask_correction": REGISTRAR, "withdraw": TOWN},
    "arrived, in": {"accept_in": REGISTRAR, "ask_correction": REGISTRAR, "withdraw": TOWN},
    "opinion": {"agree": SUPERVISOR, "disagree": SUPERVISOR, "withdraw": TOWN},
    # The list is filled and signed when this is looked at.
    "handover": {"close_handover": TOWN, "cancel": HEADS},
    "handover, gap": {"close_handover_gap": TOWN, "cancel": HEADS},
    # The newcomer is trained when this is looked at.
    "gate": {"confirm": {"trainer", "supervisor"}, "give_up": SUPERVISOR},
    "closing": {"close": REGISTRAR, "report_up": REGISTRAR},
    "at_above": {"receive_above": {"city registrar"}, "correct_above": {"city registrar"}},
    "ordering": {"order": SUPERVISOR, "drop_finding": SUPERVISOR},
    # The bureau wrote it down; whoever completes it at the unit does not sign it.
    "rectifying": {"complete": CLERKS, "rectify": HEADS},
    "closed": {},
    "withdrawn": {},
}

CLOCKS = {
    ("OWN-FILEDRAFT", "runs in", "draft"), ("OWN-FILESIGN", "runs in", "signing"),
    ("OWN-FILEVIA", "runs in", "at_via"), ("OWN-FILERECEIVE", "runs in", "arrived"),
    ("OWN-FILEOPINION", "runs in", "opinion"), ("OWN-HANDOVER", "runs in", "handover"),
    ("OWN-INDUCTION", "runs in", "gate"), ("OWN-FILECLOSE", "runs in", "closing"),
    ("OWN-FILEABOVE", "runs in", "at_above"), ("OWN-FILEORDER", "runs in", "ordering"),
    ("OWN-FILERECTIFY", "runs in", "rectifying"),
}  # fmt: skip


def test_the_tables_name_every_state_step_and_clock_and_the_flow_is_proved():
    assert {key.partition(",")[0] for key in MAY} == set(FLOW.state_map)
    named = {step for steps in MAY.values() for step in steps}
    assert set(FLOW.step_map) - named == {"draft", "find", "sign_via", "agree_in"}
    assert clock_table(FLOW) == CLOCKS
    assert verify(FLOW) == []


def test_state_by_step_by_person(session):
    with transaction():
        assert walked(FilingOffice(session)) == []


def test_a_hole_in_four_eyes_would_be_seen(session, monkeypatch):
    monkeypatch.setattr(guards, "own_work", lambda *_a: False)
    with transaction():
        office = FilingOffice(session)
        case = office.consented("draft")
        office.take(case, "both", "submit")
        assert office.why_not(case, "both", "sign") == ""
    monkeypatch.undo()
    assert "不能复核自己办的事" in office.why_not(case, "both", "sign")


def walked(office: FilingOffice) -> list[str]:
    wrong: list[str] = []

    def look(case, key=""):
        wrong.extend(wrong_at(office, case, MAY[key or case.state]))

    case = office.consented("draft")
    look(case)
    for who, step, inputs in office.way("closed"):
        if step == "close_handover":
            office.hand_over(case)
        if step == "confirm":
            office.train(office.staff["newcomer"], office.today)
        if case.state not in ("draft",):
            look(case)
        office.take(case, who, step, **inputs)
    look(case)
    above = office.in_post(office._statistician("above", office.town_code), office.town_code)
    case = office.filed("arrived", holding=str(above.id), incoming=None, gap_plan="招考",
                        gap_until=office.soon)  # fmt: skip
    look(case, "arrived, filing")
    office.take(case, "registrar", "accept")
    office.fill(case)
    for who, part in (("clerk", "incoming"), ("approver", "overseer")):
        office.sign(case, who, part)
    office.provide_scan(case)
    office.on_paper(case, "outgoing")
    look(case, "handover, gap")
    office.take(case, "clerk", "close_handover_gap")
    office.take(case, "registrar", "report_up")
    look(case)
    third = office._statistician("third", office.town_code)
    case = office.filed("arrived", change="in", holding=None, incoming=str(third.id),
                        engagement="full_on", mode_rule=None)  # fmt: skip
    look(case, "arrived, in")
    case = office.village()
    office.take(case, "village clerk", "submit")
    office.take(case, "village approver", "sign_via")
    look(case)
    office.take(case, "village clerk", "withdraw")
    look(case)
    case = office.find(holding=None)
    look(case)
    office.take(case, "supervisor", "order")
    office.take(case, "clerk", "complete", holding=None, change="in",
                incoming=str(office.staff["leaver"].id), engagement="full_on")  # fmt: skip
    look(case)
    return wrong
