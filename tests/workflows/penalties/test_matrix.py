"""State by step by person: who may do what, written down by hand from domain 3.2 and 3.9.

The table is not made from the flow: what it does not name must be refused, with a reason, to
everybody. Each case stands as the shortest way has left it; what a step needs beside the person
(papers, evidence, a later day) is there where the table allows the step to somebody.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.orm import Session

from tests.workflows.penalties.walking import CAST, DEPUTIES, REGISTER, SPOT, Office
from tracker.core.accounts.roles import Role
from tracker.core.cases import guards
from tracker.core.cases.guards import history, judge, taken
from tracker.core.db import transaction
from tracker.core.documents.service import issued_kinds
from tracker.core.errors import BadInput, StepRefused
from tracker.workflows.penalties import service
from tracker.workflows.penalties.flow import FLOW
from tracker.workflows.penalties.models import Penalty

ROLES = (
    Role.REGISTRAR, Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD, Role.LEGAL_REVIEWER, Role.LIAISON,
)  # fmt: skip
EVERYBODY = (
    *(f"{r.value}@{o}" for o in ("bureau", "foreign bureau") for r in ROLES), *CAST, *DEPUTIES,
)  # fmt: skip

# The handler is everything a bureau has, and so is whoever stands in; the partner nearly so.
HANDLER = {"handler", "handler's deputy"}
TEAM = HANDLER | {"co_officer"}
HEADS = {"head@bureau"} | TEAM
# Approving is for a head who is not on the case.
HEAD = {"head@bureau"}
SUPERVISORS = {"supervisor@bureau"} | TEAM
SUPERVISOR = {"supervisor@bureau"}
LEGAL = {"legal_reviewer@bureau", "presider"}
LAWYERS = LEGAL | TEAM
REGISTRAR = {"registrar@bureau"}
REGISTRARS = REGISTRAR | HANDLER
NOBODY: set[str] = set()
POWERFUL = ("handler", "co_officer", "head@bureau", "registrar@bureau", "head@foreign bureau")

LIMITED = {
    "ask_recusal": TEAM, "decide_recusal": NOBODY, "ask_extension": HANDLER,
    "approve_extension": NOBODY, "refuse_extension": NOBODY,
    "open_crime": HANDLER, "open_sanction": HANDLER,
}  # fmt: skip
STANDING = {
    "record_payment": REGISTRAR, "publish": HANDLER, "record_review": LAWYERS,
    "record_suit": LAWYERS, "open_crime": HANDLER, "open_sanction": HANDLER,
    "open_recognition": HANDLER, "review_correction": NOBODY, "review_accepted": NOBODY,
    "review_copy": NOBODY, "review_replied": NOBODY, "review_extended": NOBODY,
    "review_result": NOBODY, "suit_result": NOBODY, "withdraw_publication": NOBODY,
    "review_lapsed": NOBODY, "suit_lapsed": NOBODY,
}  # fmt: skip
LAPSED = LAWYERS | {"registrar@bureau"}
MAY: dict[str, dict[str, set[str]]] = {
    "source": {
        "propose_opening": HANDLER, "propose_declining": HANDLER, "propose_transfer": HANDLER,
        "reassign": SUPERVISORS,
    },
    "opening": {"approve_opening": HEAD, "return_opening": HEADS},
    # Nobody but the handler is on the case yet.
    "declining": {"approve_declining": HEAD | {"co_officer"}, "return_declining": HEADS},
    "moving": {"approve_transfer": HEAD | {"co_officer"}, "return_transfer": HEADS},
    "investigating": {
        **LIMITED, "reassign": SUPERVISORS, "reassign_partner": SUPERVISORS,
        "serve_inquiry": HANDLER, "inquiry_answered": NOBODY, "propose_move": HANDLER,
        "propose_withdrawal": HANDLER, "suspend_case": NOBODY, "submit_report": HANDLER,
    },
    "moving_case": {"approve_move": HEAD, "return_move": HEADS},
    "withdrawing": {"approve_withdrawal": HEAD, "return_withdrawal": HEADS},
    "suspended": {"resume_case": HEADS},
    "reporting": {**LIMITED, "approve_report": SUPERVISOR, "return_report": SUPERVISORS},
    "weighing": {
        **LIMITED, "send_to_review": HANDLER, "send_to_discussion": HANDLER,
        "serve_notice": HANDLER, "propose_no_penalty": HANDLER, "reinvestigate": SUPERVISORS,
    },
    "reviewing": {
        **LIMITED, "pass_review": LEGAL, "object_review": LEGAL, "pass_review_heard": NOBODY,
        "object_review_heard": NOBODY,
    },
    "discussing": {
        **LIMITED, "conclude_discussion": HEAD, "conclude_discussion_heard": NOBODY,
    },
    "noticed": {
        **LIMITED, "record_defence": HANDLER, "request_hearing": HANDLER, "waive": HANDLER,
        "lapse": NOBODY, "retract_notice": HEAD,
    },
    "arranging": {**LIMITED, "set_hearing": SUPERVISOR, "drop_hearing": HANDLER},
    "summoned": {
        **LIMITED, "serve_hearing_notice": HANDLER, "reset_hearing": SUPERVISORS,
        "drop_hearing": HANDLER,
    },
    "hearing": {
        **LIMITED, "hold_hearing": {"presider"}, "postpone_hearing": NOBODY,
        "drop_hearing": HANDLER,
    },
    "proposing": {
        **LIMITED, "send_to_review": HANDLER, "send_to_discussion": HANDLER,
        "propose_decision": HANDLER, "propose_no_penalty": HANDLER,
    },
    "deciding": {
        **LIMITED, "decide": HEAD, "decide_no_penalty": NOBODY, "return_decision": HEADS,
        "return_no_penalty": NOBODY,
    },
    "unpunished": {"serve_no_penalty": HANDLER},
    "decided": {
        "serve_decision": HANDLER, "announce_service": HANDLER, "complete_announcement": NOBODY,
    },
    "spot": {"file_spot": HANDLER},
    "spot_filing": {"accept_filing": SUPERVISOR, "hand_in": NOBODY, "bank_in": NOBODY},
    "performing": {
        **STANDING, "hand_in": NOBODY, "bank_in": NOBODY, "ask_instalments": HANDLER,
        "approve_instalments": NOBODY, "refuse_instalments": NOBODY,
        "complete_performance": NOBODY, "serve_demand": HANDLER, "end_revoked": NOBODY,
    },
    "demanded": {
        **STANDING, "complete_performance": NOBODY, "apply_court": HEAD, "end_revoked": NOBODY,
        # It is September: both limits of the party are over.
        "review_lapsed": LAPSED, "suit_lapsed": LAPSED,
    },
    "court": {
        **STANDING, "complete_performance": NOBODY, "court_accepts": HANDLER,
        "court_refuses": HANDLER, "end_revoked": NOBODY,
    },
    "court_trial": {
        **STANDING, "complete_performance": NOBODY, "court_hears": HANDLER,
        "court_rules": HANDLER, "court_refuses": HANDLER, "end_revoked": NOBODY,
    },
    "court_refused": {
        **STANDING, "court_object": HEADS, "accept_refusal": HEADS, "end_revoked": NOBODY,
    },
    "court_objection": {
        **STANDING, "objection_upheld": HANDLER, "objection_rejected": HANDLER,
        "end_revoked": NOBODY,
    },
    # Paid in full; not published yet, so nothing is closed.
    "finishing": {**STANDING, "record_payment": NOBODY, "propose_closing": NOBODY},
    "closing": {"close": HEAD, "return_closing": HEADS},
    # Items of the index are missing without a reason.
    "archiving": {"explain_missing": REGISTRARS, "archive": NOBODY},
    "archived": {},
    "declined": {},
    "moved": {},
}  # fmt: skip
# On the spot two officers with certificates: the partner cannot be the partner's own partner.
OPENING = {"register": REGISTRARS, "spot": HANDLER | {"third"}}
# What a case is given before it is judged, so that the person alone decides.
FIRST: dict[str, Callable[[Office, Penalty], None]] = {
    "investigating": lambda office, case: office.gather(case),
    "performing": lambda office, _case: office.on("2026-03-18"),
    "demanded": lambda office, _case: office.on("2026-09-03"),
}


def test_the_table_names_every_state_and_step() -> None:
    assert set(MAY) == set(FLOW.state_map)
    for state, steps in MAY.items():
        assert set(steps) == {s.name for s in FLOW.from_state(state)}, state


def _judged(session: Session, office: Office, case: Penalty) -> list[str]:
    """What the door says to everybody about every step, where it differs from the table."""
    there = issued_kinds(session, case.id)
    wanted = {kind for step in FLOW.from_state(case.state) for kind in step.papers}
    office.issue(case, *(kind for kind in sorted(wanted) if kind not in there))
    past = taken(history(session, case.id))
    actors = {name: office.actor(name) for name in EVERYBODY}
    wrong = []
    for step in FLOW.steps:
        expected = MAY[case.state].get(step.name, NOBODY)
        # A step of another state is refused for that, whoever asks: the powerful ones ask.
        asking = actors if case.state in step.source else {n: actors[n] for n in POWERFUL}
        for name, actor in asking.items():
            verdict = judge(FLOW, step, case, actor, session=session, now=office.now, past=past)
            if verdict.allowed != (name in expected):
                wrong.append(f"{case.state}: {step.name} by {name}: {verdict.allowed}")
            assert verdict.allowed == (verdict.power is not None and not verdict.refusals)
            assert all(str(refusal.why) for refusal in verdict.refusals)
    return wrong


class _Parts:
    """Who holds which part, asked once as long as everybody is judged about one case."""

    def __init__(self) -> None:
        self.ask = guards.part_holders
        self.known: dict[tuple[int, str], list[int]] | None = None

    def __call__(self, session: Session, case_id: int, part: str) -> list[int]:
        if self.known is None:
            return self.ask(session, case_id, part)
        if (case_id, part) not in self.known:
            self.known[case_id, part] = self.ask(session, case_id, part)
        return self.known[case_id, part]


def test_who_may_do_what(session, monkeypatch):
    """Every state is walked to once, along one tree of ways, and judged there."""
    # Whom a refusal names is a query each time, and not what is asked here.
    monkeypatch.setattr(guards, "_holders", lambda *_args, **_kwargs: None)
    monkeypatch.setattr(guards, "names", lambda *_args, **_kwargs: None)
    parts = _Parts()
    monkeypatch.setattr(guards, "part_holders", parts)
    wrong: list[str] = []
    with transaction():
        office = Office(session)

        def look(case: Penalty) -> None:
            if case.state in FIRST:
                FIRST[case.state](office, case)
            parts.known = {}
            wrong.extend(_judged(session, office, case))
            parts.known = None

        seen = office.each_state(look)
    assert seen == {s.name for s in FLOW.states}
    assert not wrong, "\n".join(wrong)


def test_who_may_open_a_case(session):
    with transaction():
        office = Office(session)
    for step, may in OPENING.items():
        opened = set()
        for name in EVERYBODY:
            given = {
                "register": {**REGISTER, "handler": office.people["handler"]},
                "spot": {**SPOT, "co_officer": office.people["co_officer"]},
            }[step]
            with office.undone(), suppress(StepRefused, BadInput):
                service.open_new(session, office.actor(name), step, given, now=office.now)
                opened.add(name)
        assert opened == may, step
