"""State by step by person: who may do what, written down by hand from the office's rules.

The table is not made from `flow.py`: it says what domain 3.1 allows, and what it does not name is
refused, with a reason, to everybody.
"""

from __future__ import annotations

from tests.workflows.inspections.walking import Office
from tracker.core.accounts.roles import Role
from tracker.core.cases import guards
from tracker.core.cases.guards import history, judge, taken
from tracker.core.cases.verify import verify
from tracker.core.db import transaction
from tracker.core.errors import StepRefused
from tracker.workflows.inspections import service
from tracker.workflows.inspections.flow import FLOW

# Everybody of the bureau, those of another bureau and of a department who come near one, the
# team, and whoever stands in for its leading officer.
EVERYBODY = (
    *(f"{role.value}@bureau" for role in Role),
    *(f"{r}@foreign bureau" for r in ("inspector", "supervisor", "head", "registrar")),
    *(f"{r}@dept" for r in ("liaison", "dept_approver", "township_clerk")),
    "handler", "co_officer", "third", "drafter", "handler's deputy",
)  # fmt: skip
MIGHTIEST = ("handler", "head@bureau", "supervisor@bureau")

# The leading officer is an inspector, a supervisor and a head; so is whoever stands in.
LEAD = {"handler", "handler's deputy"}
TEAM = LEAD | {"co_officer"}
# The second officer is an inspector and a supervisor.
SUPERVISORS = {"supervisor@bureau", "co_officer"} | LEAD
HEAD = {"head@bureau"}
HEADS = HEAD | LEAD
OFFICE = {"inspector@bureau", "third"} | SUPERVISORS
PEOPLE = {
    "reassign": SUPERVISORS,
    "reassign_partner": SUPERVISORS,
    "ask_recusal": OFFICE,
}

MAY: dict[str, dict[str, set[str]]] = {
    "ordered": {"assign": SUPERVISORS, "withdraw": SUPERVISORS},
    "preparing": {
        "submit_check": LEAD,
        "enter_urgent": LEAD,
        "withdraw": SUPERVISORS,
        **PEOPLE,
    },
    "approval": {
        "approve_check": HEAD,  # the leading officer is a head too, and asked for it
        "return_check": HEADS,
        "refuse_check": HEADS,
        "enter_urgent": LEAD,
        "withdraw": SUPERVISORS,
        **PEOPLE,
    },
    "notice": {"serve_notice": LEAD, "enter_urgent": LEAD, "withdraw": SUPERVISORS, **PEOPLE},
    "served": {"enter_site": LEAD, "note_obstruction": TEAM, **PEOPLE},
    "onsite": {
        "record_site": TEAM,
        "record_interview": TEAM,
        "send_inquiry": TEAM,
        "note_obstruction": TEAM,
        **PEOPLE,
    },
    "onsite, recorded": {
        "record_site": TEAM,
        "record_interview": TEAM,
        "send_inquiry": TEAM,
        "note_obstruction": TEAM,
        "finish_site": LEAD,
        **PEOPLE,
    },
    "onsite, urgent, recusal asked, inquiry sent": {
        "record_site": TEAM,
        "record_interview": TEAM,
        "take_reply": TEAM,
        "note_obstruction": TEAM,
        "approve_afterwards": HEAD,
        "refuse_afterwards": HEAD,
        "decide_recusal": HEAD,  # the leading officer asked for it
        **{k: v for k, v in PEOPLE.items() if k != "ask_recusal"},
    },
    "result": {
        "back_to_site": LEAD,
        "propose_clean": LEAD,
        "propose_order": LEAD,
        "propose_case": LEAD,
        "record_interview": TEAM,
        "send_inquiry": TEAM,
        "note_obstruction": TEAM,
        **PEOPLE,
    },
    "confirming": {
        "confirm_result": {"supervisor@bureau", "co_officer"},
        "return_result": SUPERVISORS,
    },
    "ordering": {"approve_order": HEAD, "return_order": HEADS},
    "serving": {"serve_order": LEAD, **PEOPLE},
    "correcting": {
        "recheck_passed": LEAD,
        "recheck_failed": LEAD,
        "publish": OFFICE,
        **PEOPLE,
    },
    "suspicion": {"open_penalty": HEAD, "return_suspicion": HEADS},
    "feedback": {"give_feedback": LEAD, "publish": OFFICE, **PEOPLE},
    "closing": {
        "return_feedback": SUPERVISORS,
        "publish": OFFICE,
    },
    "closing, published": {
        "close": {"supervisor@bureau", "co_officer"},
        "return_feedback": SUPERVISORS,
    },
    "closed": {},
    "withdrawn": {},
}


# Ways that pass through every place of the table; each place is looked at the first time.
WAYS = (
    (
        "assign", "submit_check", "approve_check", "serve_notice", "enter_site", "record_site",
        "finish_site", "propose_clean", "confirm_result", "give_feedback", "publish", "close",
    ),
    ("assign", "enter_urgent", "ask_recusal", "send_inquiry"),
    (
        "assign", "submit_check", "approve_check", "serve_notice", "enter_site", "record_site",
        "finish_site", "propose_order", "approve_order", "serve_order",
    ),
    (
        "assign", "submit_check", "approve_check", "serve_notice", "enter_site", "record_site",
        "finish_site", "propose_case",
    ),
    ("withdraw",),
)  # fmt: skip
# What the place is called when more than its state counts.
AFTER = {
    "record_site": ", recorded", "publish": ", published",
    "send_inquiry": ", urgent, recusal asked, inquiry sent",
}  # fmt: skip
ON_THE_WAY = {"enter_urgent", "ask_recusal"}


def test_the_table_names_every_state_and_step():
    assert {where.split(",")[0] for where in MAY} == set(FLOW.state_map)
    named = {step for steps in MAY.values() for step in steps}
    assert set(FLOW.step_map) - named == {"order", "direct", "draw"}


def test_the_flow_is_proved():
    assert verify(FLOW) == []


def test_who_may_do_what(session, monkeypatch):
    # Whom a refusal names is a query each time, and not what is asked here.
    monkeypatch.setattr(guards, "_holders", lambda *_args, **_kwargs: None)
    wrong: list[str] = []
    with transaction():
        office = Office(session, monkeypatch)
        actors = {name: office.actor(name) for name in EVERYBODY}
        seen: set[str] = set()
        for way in WAYS:
            task = office.order()
            for step in (None, *way):
                task = office.walk(task, [step]) if step else task
                where = task.state + AFTER.get(step or "", "")
                if step not in ON_THE_WAY and where not in seen:
                    seen.add(where)
                    wrong += _look(session, office, task, where, actors)
    assert seen == set(MAY)
    assert not wrong, "\n".join(wrong)


def _look(session, office, task, where, actors):
    """What the door says at one place, where that differs from the table."""
    office.ready(task)
    past = taken(history(session, task.id))
    for step in FLOW.steps:
        expected = MAY[where].get(step.name, set())
        # A step of another state is refused whoever asks: the mightiest are asked.
        for name in EVERYBODY if task.state in step.source else MIGHTIEST:
            verdict = judge(
                FLOW, step, task, actors[name], session=session, now=office.now, past=past
            )
            assert verdict.allowed == (not verdict.refusals)
            assert all(str(refusal.why) for refusal in verdict.refusals)
            if verdict.allowed != (name in expected):
                yield f"{where}: {step.name} by {name}: {verdict.refusals}"


def test_who_may_write_down_a_task(session):
    opened = set()
    with transaction():
        office = Office(session)
    for name in EVERYBODY:
        try:
            with transaction():
                service.open_new(
                    session, office.actor(name), "order",
                    {"unit_name": f"示例{name}", "channel": "focused", "matter": "产量",
                     "reason": "抽查", "source_paper": "示例"},
                    now=office.now,
                )  # fmt: skip
            opened.add(name)
        except StepRefused:
            pass
    assert opened == {
        "supervisor@bureau", "supervisor@foreign bureau", "handler", "handler's deputy",
        "co_officer",
    }  # fmt: skip
