"""Many units want the last place at the same moment: one has it, the others wait."""

from __future__ import annotations

from functools import partial

from sqlalchemy import func, select

from tests.concurrency.racing import at_once
from tests.workflows.trainings.walking import TOWN, TrainingOffice
from tracker.core.accounts.actor import load_actor
from tracker.core.accounts.roles import Role
from tracker.core.clock import office_date
from tracker.core.db import db, transaction
from tracker.workflows.trainings import lines
from tracker.workflows.trainings.models import Enrolment

MANY = 8


def test_of_many_who_want_the_last_place_one_has_it(fresh_app):
    app = fresh_app()
    with app.app_context():
        with transaction() as session:
            office = TrainingOffice(session)
            for n in range(MANY):
                office._person(f"clerk{n}", "town", (Role.TOWNSHIP_CLERK,))
                office.hire(f"人{n}", TOWN)
            case = office.case("enrolling", topic="law", quota=2)
            office.enrol(case, "next clerk", "丁")  # one of the two places is taken
            case_id, now = case.id, office.now
            people = [(office.people[f"clerk{n}"], office.staff[f"人{n}"].id) for n in range(MANY)]

        def send(user_id, person_id):
            with app.app_context(), transaction() as session:
                actor = load_actor(session, user_id, office_date(now))
                placed = lines.enrol(session, actor, case_id, [person_id], now=now)
                return placed.listed, placed.waiting

        outcomes = at_once(app, [partial(send, *pair) for pair in people])
        assert sorted(map(str, outcomes)) == ["(0, 1)"] * (MANY - 1) + ["(1, 0)"]
        counts = db.session.execute(
            select(Enrolment.standing, func.count()).group_by(Enrolment.standing)
        ).all()
        assert {standing: n for standing, n in counts} == {"listed": 2, "waiting": MANY - 1}  # noqa: C416
        db.session.remove()
