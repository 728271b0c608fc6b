"""Powers lent for some kinds of cases, or some roles: what they open, wait for, hear and decide."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import delete, select

from tests.workflows.leads.walking import Office, a_lead_data
from tracker.core.accounts.models import Delegation, Grant, User
from tracker.core.cases.guards import judge, steps_for
from tracker.core.cases.models import Case
from tracker.core.cases.people import may_see, recipients
from tracker.core.cases.scope import may_see as visible_to
from tracker.core.cases.scope import visible
from tracker.core.cases.worklist import my_turn, waiting_by_kind, waiting_for_me, waits_for
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.errors import NotVisible, StepRefused
from tracker.core.notices.models import Notice
from tracker.core.notices.people import holders
from tracker.core.notices.service import deliver_one
from tracker.workflows.leads import service
from tracker.workflows.leads.flow import FLOW

pytestmark = pytest.mark.once
DEPUTY = "handler's deputy"
KINDS = ("", "plan,lead", "penalty")
ROLES = ("", "inspector", "head,supervisor", "registrar")


@pytest.fixture
def office(session):
    with transaction():
        yield Office(session)


def lend(office, kinds="", roles="", lender="handler", taker=DEPUTY):
    """The taker has this from the lender, and nothing else from anybody."""
    office.session.execute(delete(Delegation).where(Delegation.to_user_id == office.people[taker]))
    office._lend(office.people[lender], office.people[taker])
    row = office.session.scalars(
        select(Delegation).where(Delegation.to_user_id == office.people[taker])
    ).one()
    row.kinds, row.roles = kinds, roles
    office.session.flush()
    return office.actor(taker)


def another(office, at):
    """A lead about another unit, walked to a state."""
    drafter, data = office.actor("drafter"), a_lead_data(unit_name="另一示例公司")
    lead = service.draft(office.session, drafter, data, now=office.now, org_id=office.orgs["dept"])
    service.attach(office.session, drafter, lead.id, "a.txt", b"x", now=office.now)
    for who, step, inputs in office._way(at):
        lead = office.take(lead, who, step, **inputs)
    return lead


def test_of_two_houses_the_work_of_the_common_one_is_lent(office):
    """Who works in two houses and lends everything lends nothing of the house they do not share."""
    lead = office.lead(at="triage")
    deputy = lend(office)
    assert {p.org_id for p in deputy.every} == {office.orgs["bureau"]}
    office.session.add(
        Grant(user_id=office.people["handler"], org_id=office.orgs["foreign bureau"],
              role="head", valid_from=date(2025, 1, 1))
    )  # fmt: skip
    office.session.flush()
    assert office.orgs["foreign bureau"] in office.actor("handler").orgs()
    assert office.actor(DEPUTY) == deputy
    on = office_date(office.now)
    foreign, own = office.orgs["foreign bureau"], office.orgs["bureau"]
    assert office.people[DEPUTY] not in holders(office.session, foreign, "head", on)
    assert office.people[DEPUTY] in holders(office.session, own, "head", on)
    # Who leaves the house gives back what was lent there.
    office.session.execute(delete(Grant).where(Grant.user_id == office.people[DEPUTY]))
    assert office.actor(DEPUTY).every == ()
    assert not visible_to(office.session, office.actor(DEPUTY), lead.id)


def test_what_was_lent_opens_and_waits_for_just_what_it_was_lent_for(office):
    """The handler is an inspector, supervisor and head; the cases are in hand, and on a desk."""
    in_hand, on_desk = office.lead(at="triage"), another(office, at="result")
    on = office_date(office.now)
    for kinds, roles in product(KINDS, ROLES):
        deputy = lend(office, kinds, roles)
        holds = kinds == "" or "lead" in kinds.split(",")
        lent = {"inspector", "supervisor", "head"}
        lent &= set(roles.split(",")) if roles else lent
        opens = holds and bool(lent)
        turns = {
            in_hand.id: "inspector" in lent and holds,
            on_desk.id: "supervisor" in lent and holds,
        }
        where = f"{kinds!r} {roles!r}"
        for case in (in_hand, on_desk):
            assert visible_to(office.session, deputy, case.id) is opens, where
            assert may_see(office.session, deputy.user_id, case.id, office.now) is opens, where
            only = select(Case.id).where(Case.id == case.id)
            narrow = office.session.scalar(only.where(visible(deputy, "lead")))
            assert (narrow is not None) is opens, where
            turn = office.session.scalar(only.where(my_turn(deputy), visible(deputy)))
            assert (turn is not None) is turns[case.id], where
            whom = office.session.get_one(User, office.people["handler"]).name
            assert waits_for(deputy, case) == (whom if turns[case.id] else ""), where
            heard = recipients(office.session, case.id, "handler", on)
            assert heard.get(deputy.user_id) == (whom if turns[case.id] else None), where
        mine = {n for n, turn in turns.items() if turn}
        assert {c.id for c in waiting_for_me(office.session, deputy)} == mine, where
        count = sum(turns.values())
        assert waiting_by_kind(office.session, deputy) == ({"lead": count} if count else {}), where
        allowed = {
            v.step.name
            for v in steps_for(FLOW, in_hand, deputy, session=office.session, now=office.now)
            if v.allowed
        }
        assert bool(allowed) is (holds and bool(lent)), where
        assert ("verify" in allowed) is turns[in_hand.id], where


def test_an_own_duty_is_nobody_elses(office):
    case = office.lead(at="result")
    deputy = lend(office, "lead", taker="supervisor@bureau")
    assert waits_for(deputy, case) == ""
    assert (
        recipients(office.session, case.id, "handler", office_date(office.now))[deputy.user_id]
        == ""
    )
    assert [c.id for c in waiting_for_me(office.session, deputy)] == [case.id]
    verdict = judge(
        FLOW, FLOW.step("confirm_result"), case, deputy, session=office.session, now=office.now
    )
    assert verdict.power is not None
    assert verdict.power.on_behalf_of is None


def test_a_desk_lent_for_other_cases_leaves_this_one_where_it_is(office):
    case = office.lead(at="result")
    for kinds, turn in (("plan", False), ("plan,lead", True)):
        deputy = lend(office, kinds, "supervisor", taker="legal_reviewer@bureau")
        assert visible_to(office.session, deputy, case.id), "reads it in any case"
        assert bool(waiting_for_me(office.session, deputy)) is turn
        assert bool(waits_for(deputy, case)) is turn


def test_two_loans_of_one_person_reach_as_far_as_each(office):
    case = office.lead(at="triage")
    lend(office, "penalty")
    first = office.session.scalars(select(Delegation)).all()[-1]
    office._lend(office.people["handler"], office.people[DEPUTY])
    second = office.session.scalars(
        select(Delegation).where(Delegation.id != first.id).order_by(Delegation.id.desc())
    ).first()
    second.kinds, second.roles = "lead", "head"
    office.session.flush()
    deputy = office.actor(DEPUTY)
    assert visible_to(office.session, deputy, case.id)
    assert waiting_for_me(office.session, deputy) == []
    lent = (p for p in deputy.within("lead").powers if p.on_behalf_of)
    assert {p.role.value for p in lent} == {"head"}
    lent = (p for p in deputy.within("penalty").powers if p.on_behalf_of)
    assert {p.role.value for p in lent} == {"inspector", "supervisor", "head"}
    # Whoever knows of no kind is told of nothing that was lent for some.
    assert not any(p.on_behalf_of for p in deputy.powers)
    assert not any(p.on_behalf_of for p in deputy.within("lead").within("plan").powers)


def test_the_circle_of_a_restricted_case_is_not_widened(office):
    case = office.lead(at="verifying")
    case.restricted = True
    office.session.flush()
    # The co-officer has a part as inspector and leads no more than by the role of supervisor.
    for kinds, roles, expected in (
        ("", "", True), ("lead", "", True), ("lead", "inspector", True), ("plan", "", False),
        ("lead", "supervisor", True), ("plan", "supervisor", False),
    ):  # fmt: skip
        deputy = lend(office, kinds, roles, lender="co_officer")
        assert visible_to(office.session, deputy, case.id) is expected, (kinds, roles)
    # A registrar of the bureau who is lent plans by its head stays outside the circle of leads.
    registrar = lend(office, "plan", lender="handler", taker="legal_reviewer@bureau")
    assert not visible_to(office.session, registrar, case.id)
    assert visible_to(office.session, lend(office, "lead", taker="legal_reviewer@bureau"), case.id)


def test_four_eyes_follow_the_person_into_a_narrow_loan(office):
    case = office.lead(at="result")
    deputy = lend(office, "lead", "supervisor")
    # The handler's findings are not confirmed by whoever stands in for the handler.
    with pytest.raises(StepRefused):
        office.take(case, DEPUTY, "confirm_result")
    office.take(case, "supervisor@bureau", "confirm_result")
    lend(office, "penalty")
    case = another(office, at="triage")
    with pytest.raises(NotVisible):
        office.take(case, DEPUTY, "verify", handler=deputy.user_id)


def test_the_stand_in_is_told_whose_turn_it_is(office):
    whom = office.session.get_one(User, office.people["handler"]).name
    lend(office, "lead", "inspector")
    office._lend(office.people["handler"], office.people["inspector@bureau"])
    other = office.session.scalars(select(Delegation).order_by(Delegation.id.desc())).first()
    other.kinds = "penalty"
    case = office.lead(at="triage")
    while deliver_one(office.session, office.now + timedelta(hours=1), may_see):
        pass
    told = {
        n.user_id: str(n.sentence)
        for n in office.session.scalars(
            select(Notice).where(Notice.source_key == f"case:{case.id}:{case.version}:turn")
        )
    }
    assert set(told) == {office.people[DEPUTY], office.people["handler"]}
    assert told[office.people[DEPUTY]].startswith(f"代{whom}：轮到您：")
    assert told[office.people["handler"]].startswith("轮到您：")
