"""Who a case exists for: the circle of a restricted one, and recusal."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.workflows.leads.walking import Office
from tracker.core.cases.models import CasePerson
from tracker.core.cases.scope import RECUSED, may_see
from tracker.core.db import transaction

# The drafter and the registrar have a part too: they wrote the lead down and took it in.
OF_THE_CASE = ("handler", "co_officer", "handler's deputy", "drafter", "registrar@bureau")
APPROVERS = ("supervisor@bureau", "head@bureau")
OTHERS = (
    "liaison@dept",
    "inspector@bureau",
    "legal_reviewer@bureau",
    "township_clerk@dept",
    "system_admin@bureau",
    "head@foreign bureau",
)


class Desk(Office):
    """An office with one lead that is being verified."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.case = self.lead(at="verifying")


@pytest.fixture
def office(session):
    with transaction():
        yield Desk(session)


def seen_by(office, *names):
    return {n for n in names if may_see(office.session, office.actor(n), office.case.id)}


def test_a_restricted_case_exists_for_its_people_and_approvers_only(office):
    everybody = (*OF_THE_CASE, *APPROVERS, *OTHERS)
    before = seen_by(office, *everybody)
    assert {"liaison@dept", "legal_reviewer@bureau"} <= before
    office.case.restricted = True
    office.session.flush()
    assert seen_by(office, *everybody) == {*OF_THE_CASE, *APPROVERS}


def test_a_recused_person_loses_the_case_at_once_also_for_a_stand_in(office):
    assert seen_by(office, "handler", "handler's deputy") == {"handler", "handler's deputy"}
    office.session.add(
        CasePerson(
            case_id=office.case.id,
            user_id=office.people["handler"],
            part=RECUSED,
            since=office.now,
        )
    )
    office.session.flush()
    # The handler is also a supervisor and a head of the bureau: those ways are closed too.
    assert seen_by(office, "handler", "handler's deputy") == set()
    assert seen_by(office, "co_officer", *APPROVERS) == {"co_officer", *APPROVERS}


def test_a_recusal_that_was_taken_back_opens_the_case_again(office):
    office.session.add(
        CasePerson(
            case_id=office.case.id,
            user_id=office.people["co_officer"],
            part=RECUSED,
            since=office.now,
            ended_at=office.now,
        )
    )
    office.session.flush()
    assert seen_by(office, "co_officer") == {"co_officer"}
    # Being recused is no part that opens anything.
    office.session.add(
        CasePerson(
            case_id=office.case.id,
            user_id=office.people["inspector@bureau"],
            part=RECUSED,
            since=office.now,
        )
    )
    office.session.flush()
    assert seen_by(office, "inspector@bureau") == set()
