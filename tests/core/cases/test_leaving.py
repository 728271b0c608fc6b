"""What somebody who leaves still has in hand, and who may take it over."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.workflows.leads.walking import Office
from tracker.core.accounts.models import User
from tracker.core.audit.models import AuditRow
from tracker.core.cases.guards import part_holders
from tracker.core.cases.leaving import hand_to, in_hand
from tracker.core.cases.models import CasePerson, Stay
from tracker.core.cases.scope import RECUSED
from tracker.core.db import transaction
from tracker.core.errors import BadInput, StepRefused
from tracker.core.registers.models import Officer


@pytest.fixture
def office(session):
    with transaction():
        yield Office(session)


def hand_over(office, rows, to):
    return hand_to(
        office.session,
        rows,
        office.people["handler"],
        office.people[to],
        office.actor("head@bureau"),
        now=office.now,
        reason="调出",
    )


def test_only_what_is_open_is_in_hand(office):
    open_one = office.lead(at="verifying")
    handler = office.people["handler"]
    found = in_hand(office.session, handler)
    assert [(row.case.id, row.parts, row.turn) for row in found] == [
        (open_one.id, ("handler",), True)
    ]
    assert in_hand(office.session, handler, without=open_one.id) == []
    assert in_hand(office.session, office.people["inspector@bureau"]) == []


def test_nothing_closed_is_in_hand(office):
    office.lead(at="closed")
    assert in_hand(office.session, office.people["handler"]) == []


def test_everything_goes_to_the_other_person_and_four_eyes_stay(office):
    case = office.lead(at="verifying")
    new = office.people["inspector@bureau"]
    first, last = date(2025, 1, 1), date(2030, 12, 31)
    office.session.add(
        Officer(user_id=new, certificate_no="示例-接办", valid_from=first, valid_to=last)
    )
    before = case.version
    rows = in_hand(office.session, office.people["handler"])
    assert hand_over(office, rows, "inspector@bureau") == 1
    assert part_holders(office.session, case.id, "handler") == [new]
    assert (case.assignee_id, case.version) == (new, before + 1)
    stays = office.session.scalars(select(Stay).where(Stay.case_id == case.id)).all()
    assert [s.user_id for s in stays if s.to_on is None] == [new]
    row = office.session.scalars(select(AuditRow).where(AuditRow.tag == "case.handed_over")).one()
    assert (row.case_id, row.reason) == (case.id, "调出")
    assert in_hand(office.session, office.people["handler"]) == []
    # The one who has left took the steps before; the newcomer goes on, and another countersigns.
    office.take(case, "inspector@bureau", "submit_findings", found=True)
    with pytest.raises(StepRefused):
        office.take(case, "inspector@bureau", "countersign")


@pytest.mark.parametrize(
    "to", ["handler", "liaison@dept", "registrar@bureau", "head@foreign bureau"]
)
def test_somebody_unfit_does_not_take_over(office, to):
    case = office.lead(at="verifying")
    with pytest.raises(BadInput):
        hand_over(office, in_hand(office.session, office.people["handler"]), to)
    assert part_holders(office.session, case.id, "handler") == [office.people["handler"]]


def test_neither_the_recused_nor_the_uncleared_nor_a_closed_account(office):
    case = office.lead(at="verifying")
    case.confidentiality = 2
    new = office.session.get_one(User, office.people["inspector@bureau"])
    rows = in_hand(office.session, office.people["handler"])
    for field, bad, good in (("clearance", 1, 3), ("active", False, True)):
        setattr(new, field, bad)
        with pytest.raises(BadInput):
            hand_over(office, rows, "inspector@bureau")
        setattr(new, field, good)
    shut = CasePerson(case_id=case.id, user_id=new.id, part=RECUSED, since=office.now)
    office.session.add(shut)
    office.session.flush()
    with pytest.raises(BadInput):
        hand_over(office, rows, "inspector@bureau")
    office.session.delete(shut)
    assert hand_over(office, rows, "inspector@bureau") == 1
