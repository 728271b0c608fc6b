"""What is stored of a clock is the replay of its facts, whatever was done to it, in any order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.core.deadlines.rows import a_case_and_a_person, another_person
from tests.workflows.leads.walking import Office
from tracker.core.calendar import store
from tracker.core.cases import health
from tracker.core.db import transaction
from tracker.core.deadlines import service
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import BadInput, StepRefused
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.terms import Term, Unit

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
RULES = ("T01", "T02", "T04", "L16", "L04", "L07", "OWN-SUPERIOR")
VERBS = ("suspend", "resume", "extend", "set_due", "stop", "recount")
CALLS = st.lists(
    st.tuples(
        # Standing still and going on alternate often enough to matter.
        st.sampled_from((*VERBS, "suspend", "resume", "resume", "extend")),
        st.integers(-1, 12),
        st.integers(1, 4),
    ),
    min_size=2,
    max_size=8,
)


def _columns(deadline: Deadline) -> tuple[object, ...]:
    return (
        deadline.due_on, deadline.due_at, deadline.state, deadline.provisional,
        deadline.stopped_on, deadline.version,
    )  # fmt: skip


def test_stored_and_replayed_never_differ(session: Session) -> None:
    store.seed(session, NOW)
    case_id, actor_id = a_case_and_a_person(session, NOW)
    approver_id = another_person(session, NOW)
    taken = dict.fromkeys(VERBS, 0)

    def call(clock: Deadline, verb: str, on: date, at: datetime, n: int) -> None:
        who: dict[str, Any] = {"actor_id": actor_id, "now": at, "reason": "理由"}
        match verb:
            case "suspend" | "resume" | "stop":
                getattr(service, verb)(session, clock, on, **who)
            case "extend":
                more = Term(n, Unit(clock.unit) if clock.length else Unit.CD)
                service.extend(session, clock, more, on, approver_id=approver_id, **who)
            case "set_due":
                service.set_due(session, clock, on + timedelta(days=20), on, **who)
            case _:
                service.recount(session)

    @settings(
        max_examples=60, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(RULES), st.integers(0, 700), CALLS)
    def story(rule_id: str, offset: int, calls: list[tuple[str, int, int]]) -> None:
        moment = NOW + timedelta(days=offset)
        rule = default_rulebook().rule(rule_id, moment.date())
        due = moment.date() + timedelta(days=15) if rule.length is None else None
        clock = service.start(
            session, case_id, rule, moment.date(), actor_id=actor_id, now=moment, due=due
        )
        assert service.check(session, clock) == []
        for verb, gap, n in calls:
            before, facts = _columns(clock), len(service.facts(session, clock.id))
            moment += timedelta(days=gap)
            try:
                call(clock, verb, moment.date(), moment, n)
                taken[verb] += 1
            except (BadInput, StepRefused):
                session.expire(clock)
                assert _columns(clock) == before
                assert len(service.facts(session, clock.id)) == facts
            session.expire(clock)
            assert service.check(session, clock) == []

    story()
    assert all(taken.values()), taken


def test_doctor_finds_a_planted_difference(session: Session) -> None:
    with transaction():
        office = Office(session)
        lead = office.lead(at="verifying")
    assert list(health.deadline_faults(session)) == []
    (clock,) = service.running(session, lead.id)
    with transaction():
        session.execute(
            update(Deadline).where(Deadline.id == clock.id).values(due_on=date(2026, 7, 1))
        )
    session.expire_all()
    (fault,) = health.deadline_faults(session)
    assert f"期限 {clock.id} 的 due_on 存的是 2026-07-01" in str(fault)
