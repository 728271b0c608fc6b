"""Limit by limit: what starts it, from which day, what stops and extends it, and who is reminded.

The table is typed from domain 2.1 and 3.2. It is held against the flow, and each limit is walked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tests.workflows.penalties.walking import SERVICE, Office
from tracker.core.cases.evidence import EvidenceData, add_evidence
from tracker.core.cases.preserving import (
    ask_preservation,
    decide_preservation,
    dispose,
    keep,
    preserve_at_once,
)
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.rulebook.loader import default_rulebook
from tracker.workflows.penalties.flow import FLOW
from tracker.workflows.penalties.models import Penalty
from tracker.workflows.penalties.rows import hearings_of
from tracker.workflows.penalties.standing import ledger_of

# Rule: the steps (and "→state": ways into a state) that start it; that stop it; that extend it.
T02_STATES = (
    "→investigating →moving_case →withdrawing →suspended →reporting →weighing →reviewing "
    "→discussing →noticed →arranging →summoned →hearing →proposing →deciding"
)
SERVED = "serve_decision complete_announcement file_spot"
ENDS_CLAIM = "complete_performance court_rules accept_refusal objection_rejected end_revoked"
LIMITS: dict[str, tuple[str, str, str]] = {
    "T01": ("→source →opening →declining →moving", "", ""),
    "T02": (
        f"approve_opening {T02_STATES}",
        "decide decide_no_penalty approve_move approve_withdrawal",
        "approve_extension",
    ),
    "T03": ("approve_opening", "decide decide_no_penalty approve_move approve_withdrawal", ""),
    "T05": ("serve_notice", "request_hearing waive lapse retract_notice", ""),
    "T07": (
        "serve_notice",
        "record_defence waive lapse retract_notice drop_hearing hold_hearing",
        "",
    ),
    "T08": ("decide →decided", "serve_decision announce_service", ""),
    "T09": ("announce_service", "complete_announcement", ""),
    "T10": (SERVED, f"approve_instalments {ENDS_CLAIM}", ""),
    "T13": ("file_spot", "hand_in", ""),
    "T13A": ("hand_in", "bank_in", ""),
    "T14": (SERVED, "record_review record_suit review_lapsed apply_court propose_closing", ""),
    "T15": ("record_review", "review_correction review_accepted review_result", ""),
    "T15A": ("record_review", "review_correction review_accepted review_result", ""),
    "T15B": ("review_correction", "review_accepted review_result", ""),
    "T16": ("review_copy", "review_replied review_result", ""),
    "T17": ("review_accepted", "review_result", "review_extended"),
    "T17A": ("review_accepted", "review_result", ""),
    "T18": (SERVED, "record_suit suit_lapsed apply_court propose_closing", ""),
    "T19": ("review_result", "record_suit suit_lapsed apply_court propose_closing", ""),
    "T20": (
        f"{SERVED} approve_instalments review_result",
        "record_review record_suit apply_court complete_performance end_revoked propose_closing",
        "",
    ),
    "T21": ("serve_demand →demanded", "apply_court complete_performance end_revoked", ""),
    "T22": (
        "apply_court →court",
        "court_accepts court_refuses complete_performance end_revoked",
        "",
    ),
    "T22A": (
        "court_accepts objection_upheld →court_trial",
        "court_hears court_rules court_refuses complete_performance end_revoked",
        "",
    ),
    "T22B": ("court_hears", "court_rules court_refuses complete_performance end_revoked", ""),
    "T22C": ("court_refuses →court_refused", "court_object accept_refusal end_revoked", ""),
    "T23": ("decide file_spot", "publish", ""),
    "T23A": ("publish", "withdraw_publication", ""),
    "T24": ("decide file_spot", "publish", ""),
    "T25": ("review_result suit_result", "withdraw_publication", ""),
    "OWN-INQUIRY": ("serve_inquiry", "inquiry_answered", ""),
    "OWN-SUMMONS": ("set_hearing", "serve_hearing_notice reset_hearing drop_hearing", ""),
    "OWN-HEARING": ("serve_hearing_notice", "postpone_hearing drop_hearing hold_hearing", ""),
    "OWN-INSTALMENT": ("approve_instalments", ENDS_CLAIM, ""),
    "OWN-CLOSECASE": ("→closing", "", ""),
    "OWN-ARCHIVE": ("→archiving", "", ""),
}
# What no step of this table starts, and where it is kept instead.
ELSEWHERE = {
    "T04": "one clock an item, by the verbs of core/cases/preserving: walked below",
    "T05B": "superseded by T05 in 2021; never started",
    "T06": "counted back from the hearing (OWN-SUMMONS carries the date): walked below",
    "T11": "no date: a sum by the day, in ledger.py and test_ledger.py",
    "T12": "refused at propose_opening: test_guards.py",
    "T12A": "the same with five years",
    "T14A": "absolute limit, looked up when a late review is asked for; no reminders",
    "T18A": "only where the decision did not name the limit, which every decision here does",
    "T18B": "absolute limit; no reminders",
    "T26": "no number of days in law: the step accept_filing",
    "T27": "inspections", "T28": "inspections", "T29": "inspections",
    "T30": "Tianjin, by preserve_at_once: walked below",
    "T31": "counted at submit_report: test_guards.py",
    "T32": "how long papers are kept", "T32A": "the same", "T32B": "the same",
}  # fmt: skip
# domain 3.10: the rungs each clock that runs here is planned with, at the least.
REMINDERS = {
    "T02": "before:60cd before:30cd before:10cd before:3cd",
    "T04": "before:3wd before:1wd",
    "T05": "before:2wd before:1wd",
    "OWN-SUMMONS": "before:2wd before:1wd",
    "T08": "before:2wd before:1wd",
    "T25": "before:2wd before:1wd",
    "T10": "after_start:10cd on_due after:1cd",
    "T20": "after_start:0cd before:30cd before:7cd",
}


def _steps_with(attribute: str, rule_id: str) -> set[str]:
    return {s.name for s in FLOW.steps if rule_id in getattr(s, attribute)}


def test_the_table_is_what_the_flow_says():
    for rule_id, (starts, stops, extends) in LIMITS.items():
        into = {f"→{s.name}" for s in FLOW.states if s.clock == rule_id}
        assert _steps_with("starts", rule_id) | into == set(starts.split()), rule_id
        assert _steps_with("stops", rule_id) == set(stops.split()), rule_id
        assert _steps_with("extends", rule_id) == set(extends.split()), rule_id


def test_no_limit_is_forgotten():
    used = {s.clock for s in FLOW.states if s.clock}
    for step in FLOW.steps:
        used |= {*step.starts, *step.stops, *step.extends, *step.suspends, *step.resumes}
    assert used == set(LIMITS)
    known = {r.id for r in default_rulebook().all() if r.id.startswith("T")}
    assert known == {r for r in LIMITS if r.startswith("T")} | set(ELSEWHERE) | {"T06A"}


def test_nothing_stands_still():
    """No step suspends a clock: suspension of a case, review and suit let the limits run on."""
    assert not [s.name for s in FLOW.steps if s.suspends or s.resumes]
    assert FLOW.state("suspended").clock == "T02"


def test_reminders_are_those_of_the_reference():
    for rule_id, keys in REMINDERS.items():
        found = [r.key for r in default_rulebook().rule(rule_id, date(2026, 3, 2)).rungs]
        assert found[: len(keys.split())] == keys.split(), rule_id


# ---------------------------------------------------------------- walked


@dataclass
class Walk:
    """Steps on days; `clocks` afterwards: rule, first day, due day, and the day it was stopped."""

    at: str
    steps: Sequence[tuple[str, str, dict[str, Any]]]
    clocks: Sequence[tuple[str, str, str, str]]
    report: dict[str, Any] = field(default_factory=dict)


RUNS = ""
WALKS = {
    "source": Walk("source", [], [("T01", "2026-03-02", "2026-03-11", RUNS)]),
    "opening counts from the day on the form": Walk(
        "opening",
        [("2026-03-04", "approve_opening", {"on": date(2026, 3, 3)})],
        [
            ("T01", "2026-03-02", "2026-03-11", "2026-03-04"),
            ("T02", "2026-03-03", "2026-06-03", RUNS),
            ("T03", "2026-03-03", "2026-06-01", RUNS),
        ],
    ),
    "extension": Walk(
        "investigating",
        [("2026-05-20", "ask_extension", {"months": 3}), ("2026-05-21", "approve_extension", {})],
        # Thirty days before and so on: from the new end. 90 days are not extended.
        [("T02", "2026-03-02", "2026-09-02", RUNS), ("T03", "2026-03-02", "2026-06-01", RUNS)],
    ),
    "inquiry": Walk(
        "investigating",
        [
            ("2026-03-05", "serve_inquiry",
             {"on": date(2026, 3, 4), "reply_on": date(2026, 3, 11)}),
            ("2026-03-10", "inquiry_answered", {"on": date(2026, 3, 9)}),
        ],
        [("OWN-INQUIRY", "2026-03-04", "2026-03-11", "2026-03-09")],
    ),
    "suspension does not stop the case limit": Walk(
        "suspended",
        [("2026-04-10", "resume_case", {})],
        [("T02", "2026-03-02", "2026-06-02", RUNS)],
    ),
    "withdrawal": Walk(
        "withdrawing",
        [("2026-03-09", "approve_withdrawal", {"on": date(2026, 3, 6)})],
        [
            ("T02", "2026-03-02", "2026-06-02", "2026-03-06"),
            ("T03", "2026-03-02", "2026-06-01", "2026-03-06"),
            ("OWN-ARCHIVE", "2026-03-09", "2026-04-07", RUNS),
        ],
    ),
    "moved": Walk(
        "moving_case",
        [("2026-03-09", "approve_move", {"on": date(2026, 3, 6)})],
        [
            ("T02", "2026-03-02", "2026-06-02", "2026-03-06"),
            ("T03", "2026-03-02", "2026-06-01", "2026-03-06"),
        ],
    ),
    "notice, then silence": Walk(
        "weighing",
        [
            ("2026-03-10", "serve_notice", {"on": date(2026, 3, 9), "defence_days": 3}),
            ("2026-03-17", "lapse", {}),
        ],
        # Five working days: Monday the 16th. Three as the notice says: Thursday the 12th.
        [
            ("T05", "2026-03-09", "2026-03-16", "2026-03-17"),
            ("T07", "2026-03-09", "2026-03-12", "2026-03-17"),
        ],
    ),
    "below the threshold there is no time for a hearing": Walk(
        "noticed",
        [],
        [("T05", "", "", ""), ("T07", "2026-03-02", "2026-03-05", RUNS)],
        report={"fine": Decimal(49999)},
    ),
    "defence": Walk(
        "noticed",
        [("2026-03-05", "record_defence", {"on": date(2026, 3, 4)})],
        [
            ("T05", "2026-03-02", "2026-03-09", RUNS),
            ("T07", "2026-03-02", "2026-03-05", "2026-03-04"),
        ],
    ),
    "hearing": Walk(
        "noticed",
        [
            ("2026-03-09", "request_hearing", {"on": date(2026, 3, 6)}),
            ("2026-03-10", "set_hearing",
             {"hearing_at": datetime(2026, 3, 24, 9, tzinfo=OFFICE_ZONE)}),
            ("2026-03-12", "serve_hearing_notice", {"on": date(2026, 3, 12)}),
            ("2026-03-25", "hold_hearing", {"on": date(2026, 3, 24)}),
        ],
        # Counted back from the 24th: 23, 20, 19, 18, 17, 16 and Friday the 13th.
        [
            ("T05", "2026-03-02", "2026-03-09", "2026-03-06"),
            ("OWN-SUMMONS", "2026-03-10", "2026-03-13", "2026-03-12"),
            ("OWN-HEARING", "2026-03-12", "2026-03-24", "2026-03-24"),
            ("T07", "2026-03-02", "2026-03-05", "2026-03-24"),
            ("T02", "2026-03-02", "2026-06-02", RUNS),
        ],
    ),
    "decision, service, publication, payment, closing": Walk(
        "deciding",
        [
            ("2026-03-23", "decide", {"on": date(2026, 3, 20)}),
            ("2026-03-26", "serve_decision", {"on": date(2026, 3, 25)}),
            ("2026-04-10", "publish", {"on": date(2026, 4, 9)}),
            ("2026-04-10", "record_payment", {"on": date(2026, 4, 8)}),
            ("2026-04-13", "complete_performance", {}),
            ("2026-04-14", "propose_closing", {}),
            ("2026-04-15", "close", {}),
        ],
        [
            ("T02", "2026-03-02", "2026-06-02", "2026-03-20"),
            ("T03", "2026-03-02", "2026-06-01", "2026-03-20"),
            ("T08", "2026-03-20", "2026-03-31", "2026-03-25"),
            ("T23", "", "", ""),
            # Twenty working days; Monday 6 April is a holiday.
            ("T24", "2026-03-20", "2026-04-20", "2026-04-09"),
            ("T23A", "2026-03-20", "2027-03-22", RUNS),
            ("T10", "2026-03-25", "2026-04-09", "2026-04-08"),
            # 24 May is a Sunday; 25 September is Mid-Autumn, a Friday.
            ("T14", "2026-03-25", "2026-05-25", "2026-04-14"),
            ("T18", "2026-03-25", "2026-09-28", "2026-04-14"),
            ("T20", "2026-09-25", "2026-12-25", "2026-09-25"),
            ("OWN-CLOSECASE", "2026-04-14", "2026-04-21", "2026-04-15"),
            ("OWN-ARCHIVE", "2026-04-15", "2026-05-15", RUNS),
        ],
    ),
    "no penalty": Walk(
        "unpunished",
        [("2026-03-04", "serve_no_penalty", {"on": date(2026, 3, 3)})],
        [
            ("T02", "2026-03-02", "2026-06-02", "2026-03-02"),
            ("T08", "", "", ""),
            ("T24", "", "", ""),
            ("T10", "", "", ""),
        ],
    ),
    "public notice": Walk(
        "decided",
        [
            ("2026-04-01", "announce_service", {"on": date(2026, 4, 1)}),
            ("2026-05-07", "complete_announcement", {}),
        ],
        # Thirty days end on 1 May; the holidays last until the 5th.
        [
            ("T08", "2026-03-02", "2026-03-11", "2026-04-01"),
            ("T09", "2026-04-01", "2026-05-06", "2026-05-06"),
            ("T10", "2026-05-06", "2026-05-21", RUNS),
            ("T18", "2026-05-06", "2026-11-06", RUNS),
        ],
    ),
    "on the spot": Walk(
        "spot",
        [
            ("2026-03-03", "file_spot", {"on": date(2026, 3, 2), "collected": Decimal(1000)}),
            ("2026-03-04", "hand_in", {"on": date(2026, 3, 4)}),
            ("2026-03-05", "bank_in", {"on": date(2026, 3, 5)}),
        ],
        [
            ("T13", "2026-03-02", "2026-03-04", "2026-03-04"),
            ("T13A", "2026-03-04", "2026-03-06", "2026-03-05"),
            ("T10", "2026-03-02", "2026-03-17", RUNS),
            ("T24", "2026-03-02", "2026-03-30", RUNS),
        ],
    ),
    "instalments": Walk(
        "performing",
        [
            ("2026-03-10", "ask_instalments", {}),
            ("2026-03-11", "approve_instalments", {}),
            ("2026-04-15", "record_payment",
             {"on": date(2026, 4, 15), "amount": Decimal(20000)}),
        ],
        [
            ("T10", "2026-03-02", "2026-03-17", "2026-03-11"),
            ("OWN-INSTALMENT", "2026-03-11", "2026-04-15", "2026-04-15"),
            ("OWN-INSTALMENT", "2026-03-11", "2026-05-15", RUNS),
            ("OWN-INSTALMENT", "2026-03-11", "2026-06-15", RUNS),
            # The plan ends before review and suit have lapsed: still from 2 September.
            ("T20", "2026-09-02", "2026-12-02", RUNS),
        ],
    ),
    "a plan beyond the limit to sue shifts the months for the court": Walk(
        "performing",
        [
            ("2026-03-10", "ask_instalments", {"plan": "2026-12-15 60000"}),
            ("2026-03-11", "approve_instalments", {}),
        ],
        [
            ("T20", "2026-09-02", "2026-12-02", "2026-09-02"),
            ("T20", "2026-12-15", "2027-03-15", RUNS),
        ],
    ),
    "review, changed after publication": Walk(
        "performing",
        [
            ("2026-03-09", "publish", {"on": date(2026, 3, 9)}),
            ("2026-03-10", "record_review", {"on": date(2026, 3, 9)}),
            ("2026-03-12", "review_correction", {"on": date(2026, 3, 12)}),
            ("2026-03-20", "review_accepted", {"on": date(2026, 3, 19)}),
            ("2026-03-24", "review_copy", {"on": date(2026, 3, 23)}),
            ("2026-03-31", "review_replied", {"on": date(2026, 3, 31)}),
            ("2026-05-06", "review_extended", {"days": 30}),
            ("2026-06-02", "review_result",
             {"on": date(2026, 6, 1), "result": "changed", "new_fine": Decimal(30000)}),
            ("2026-06-03", "withdraw_publication", {"on": date(2026, 6, 3)}),
        ],
        [
            ("T14", "2026-03-02", "2026-05-06", "2026-03-09"),
            ("T18", "2026-03-02", "2026-09-02", RUNS),
            ("T15", "2026-03-09", "2026-03-16", "2026-03-12"),
            ("T15A", "2026-03-09", "2026-03-16", "2026-03-12"),
            ("T15B", "2026-03-12", "2026-03-26", "2026-03-19"),
            ("T17", "2026-03-19", "2026-06-17", "2026-06-01"),
            ("T17A", "", "", ""),
            # Ten working days; Monday 6 April is a holiday.
            ("T16", "2026-03-23", "2026-04-07", "2026-03-31"),
            ("T19", "2026-06-01", "2026-06-16", RUNS),
            ("T25", "2026-06-01", "2026-06-04", "2026-06-03"),
            ("T23A", "2026-03-02", "2027-03-02", "2026-06-03"),
            ("T20", "2026-09-02", "2026-12-02", "2026-09-02"),
            ("T20", "2026-06-16", "2026-09-16", RUNS),
        ],
    ),
    "summary review": Walk(
        "performing",
        [
            ("2026-03-10", "record_review", {"on": date(2026, 3, 10)}),
            ("2026-03-12", "review_accepted", {"on": date(2026, 3, 12), "track": "summary"}),
        ],
        [
            ("T15", "2026-03-10", "2026-03-17", "2026-03-12"),
            ("T15A", "2026-03-10", "2026-03-17", "2026-03-12"),
            ("T17", "", "", ""),
            ("T17A", "2026-03-12", "2026-04-13", RUNS),  # 11 April is a Saturday
            ("T25", "", "", ""),
        ],
    ),
    "suit": Walk(
        "performing",
        [
            ("2026-03-10", "record_suit", {"on": date(2026, 3, 10)}),
            ("2026-06-10", "suit_result", {"on": date(2026, 6, 10), "result": "upheld"}),
        ],
        [
            ("T14", "2026-03-02", "2026-05-06", "2026-03-10"),
            ("T18", "2026-03-02", "2026-09-02", "2026-03-10"),
            # The court enforces its own judgment.
            ("T20", "2026-09-02", "2026-12-02", "2026-09-02"),
            ("T25", "", "", ""),
        ],
    ),
    "nobody complained": Walk(
        "performing",
        [("2026-05-07", "review_lapsed", {}), ("2026-09-03", "suit_lapsed", {})],
        [
            ("T14", "2026-03-02", "2026-05-06", "2026-05-07"),
            ("T18", "2026-03-02", "2026-09-02", "2026-09-03"),
            ("T20", "2026-09-02", "2026-12-02", RUNS),
        ],
    ),
    "the court": Walk(
        "demanded",
        [
            ("2026-09-03", "apply_court", {"on": date(2026, 9, 3)}),
            ("2026-09-07", "court_accepts", {"on": date(2026, 9, 7)}),
            ("2026-09-10", "court_hears", {"on": date(2026, 9, 10)}),
            ("2026-09-14", "court_refuses", {"on": date(2026, 9, 14)}),
            ("2026-09-16", "court_object", {"on": date(2026, 9, 16)}),
            ("2026-10-12", "objection_upheld", {"on": date(2026, 10, 12)}),
            ("2026-10-15", "court_rules", {"on": date(2026, 10, 15)}),
        ],
        [
            ("T21", "2026-08-03", "2026-08-17", "2026-09-03"),
            ("T20", "2026-09-02", "2026-12-02", "2026-09-03"),
            ("T14", "2026-03-02", "2026-05-06", "2026-09-03"),
            ("T18", "2026-03-02", "2026-09-02", "2026-09-03"),
            ("T22", "2026-09-03", "2026-09-10", "2026-09-07"),
            ("T22A", "2026-09-07", "2026-09-16", "2026-09-10"),
            # Thirty days from the acceptance: 7 October, still a holiday.
            ("T22B", "2026-09-07", "2026-10-08", "2026-09-14"),
            ("T22C", "2026-09-14", "2026-09-29", "2026-09-16"),
            ("T22A", "2026-10-12", "2026-10-21", "2026-10-15"),
        ],
    ),
}  # fmt: skip


def _rows(session: Session, case: Penalty, rule_id: str) -> list[Deadline]:
    return [d for d in deadlines.of_case(session, case.id) if d.rule_id == rule_id]


def _shown(row: Deadline) -> tuple[str, str, str, str]:
    stopped = "" if row.stopped_on is None else str(row.stopped_on)
    return row.rule_id, str(row.started_on), str(row.due_on), stopped


def _take(office: Office, case: Penalty, walk: Walk) -> Penalty:
    for day, step, changes in walk.steps:
        office.on(day)
        case = office.go(case, step, **changes)
    return case


def test_every_limit_is_walked(session):
    wrong: list[str] = []
    with transaction():
        office = Office(session)

        def check(name: str, walk: Walk, case: Penalty) -> None:
            case = _take(office, case, walk)
            for rule_id in dict.fromkeys(c[0] for c in walk.clocks):
                typed = [c for c in walk.clocks if c[0] == rule_id and c[1]]
                found = [_shown(row) for row in _rows(session, case, rule_id)]
                if found != typed:
                    wrong.append(f"{name}: {rule_id}: {found}, not {typed}")

        def look(case: Penalty) -> None:
            for name, walk in WALKS.items():
                if walk.at == case.state and not walk.report:
                    with office.undone():
                        check(name, walk, office.again(case))

        office.each_state(look)
        for name, walk in WALKS.items():
            if walk.report:
                with office.undone():
                    check(name, walk, office.case(walk.at, **walk.report))
    assert not wrong, "\n".join(wrong)
    walked = {c[0] for walk in WALKS.values() for c in walk.clocks if c[1]}
    assert set(LIMITS) - walked == {"T23"}, "T23 is walked by the survey team below"


def test_survey_teams_publish_by_their_own_rule(session):
    with transaction():
        office = Office(session, kind="survey_team")
        decided = office.case("decided")
        assert [_shown(r) for r in _rows(session, decided, "T23")] == [
            ("T23", "2026-03-02", "2026-03-11", "")
        ]
        assert not _rows(session, decided, "T24")


def test_a_person_has_no_publication_clock(session):
    with transaction():
        office = Office(session)
        case = office.register(subject="person", uscc="")
        case = office.go(case, "propose_opening", "approve_opening")
        case = office.go(case, "submit_report", fine=None, warning=True, act="untrue")
        case = office.go(case, "approve_report", "serve_notice", "waive")
        case = office.go(case, "propose_decision", fine=None)
        case = office.go(case, "decide", "serve_decision")
        for rule_id in ("T23", "T24", "T05", "T10", "T20"):
            assert not _rows(session, case, rule_id), rule_id
        assert _rows(session, case, "T14")


def test_each_preserved_item_has_its_own_seven_working_days(session):
    with transaction():
        office = Office(session)
        case = office.case("investigating")
        items = [
            add_evidence(
                session, office.actor("handler"), case,
                EvidenceData(name, "original", "1 册", "仓库", "示例人", office.now),
                now=office.now,
            )
            for name in ("总账", "台账")
        ]  # fmt: skip
        ask_preservation(
            session, office.actor("handler"), case, [i.id for i in items], "可能灭失",
            now=office.now,
        )  # fmt: skip
        for item, day in zip(items, ("2026-03-03", "2026-03-04"), strict=True):
            decide_preservation(
                session, office.actor("head@bureau"), case, item.id, approve=True, now=office.now
            )
            office.on(day)
            keep(
                session, office.actor("handler"), case, item.id, kept_at="仓库",
                keeper="示例人", on=office.today, now=office.now,
            )  # fmt: skip
        office.on("2026-03-10")
        dispose(
            session, office.actor("head@bureau"), case, items[0].id, "filed", "入卷",
            on=office.today, now=office.now,
        )  # fmt: skip
        assert [_shown(r) for r in _rows(session, case, "T04")] == [
            ("T04", "2026-03-03", "2026-03-12", "2026-03-10"),
            ("T04", "2026-03-04", "2026-03-13", ""),
        ]


def test_in_tianjin_an_emergency_is_approved_within_a_day(session):
    with transaction():
        office = Office(session, region="120101000000")
        case = office.case("investigating")
        item = add_evidence(
            session, office.actor("handler"), case,
            EvidenceData("总账", "original", "1 册", "仓库", "示例人", office.now), now=office.now,
        )  # fmt: skip
        preserve_at_once(
            session, office.actor("handler"), case, [item.id], "正在销毁", kept_at="仓库",
            keeper="示例人", at=office.now, now=office.now,
        )  # fmt: skip
        (row,) = _rows(session, case, "T30")
        assert row.due_at == office.now + timedelta(hours=24)


def test_surcharge_rests_during_review(session):
    """Payable by 17 March; review from the 20th to the 30th: the 18th, 19th, 30th and 31st."""
    with transaction():
        office = Office(session)
        case = office.case("performing")
        office.on("2026-03-20")
        case = office.go(case, "record_review")
        office.on("2026-03-30")
        case = office.go(case, "review_result")
        found = ledger_of(session, case, date(2026, 3, 31))
        assert found is not None
        assert found.surcharge == 4 * 1800


def test_the_notice_of_a_hearing_is_counted_back(session):
    with transaction():
        office = Office(session)
        case = office.case("arranging")
        at = datetime(2026, 4, 8, 9, tzinfo=OFFICE_ZONE)
        case = office.go(case, "set_hearing", hearing_at=at)
        # Back from Wednesday 8 April: 7, 3, 2, 1, 31, 30 and Friday 27 March; the 6th is a holiday.
        assert hearings_of(session, case.id)[-1].notice_by == date(2026, 3, 27)
        office.on("2026-03-27")
        case = office.go(case, "serve_hearing_notice", **{**SERVICE, "on": office.today})
        assert case.state == "hearing"
