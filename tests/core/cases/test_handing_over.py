"""Everything somebody has in hand goes to others in one act; what cannot stays listed, with why."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select, update

from tests.workflows.leads.walking import Office, a_lead_data
from tracker.core.accounts.models import Grant, User
from tracker.core.audit.models import AuditRow
from tracker.core.cases.guards import part_holders
from tracker.core.cases.handing_over import (
    Choice,
    colleagues_of,
    empty_desks,
    hand_over,
    leavers,
    plan,
    work_of,
)
from tracker.core.cases.leaving import in_hand
from tracker.core.cases.people import may_see
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.errors import BadInput, NotVisible
from tracker.core.notices.models import Notice
from tracker.core.notices.service import deliver_one
from tracker.workflows.leads import service

pytestmark = pytest.mark.once


@pytest.fixture
def office(session):
    with transaction():
        yield Office(session)


def three_in_hand(office):
    """Two leads in triage and one being verified with the co-officer, all the handler's."""
    cases = [office.lead(at="triage")]
    for unit, at in (("乙", "triage"), ("丙", "verifying")):
        drafter, data = office.actor("drafter"), a_lead_data(unit_name=f"示例{unit}公司")
        lead = service.draft(
            office.session, drafter, data, now=office.now, org_id=office.orgs["dept"]
        )
        service.attach(office.session, drafter, lead.id, "a.txt", b"x", now=office.now)
        for who, step, inputs in office._way(at):
            lead = office.take(lead, who, step, **inputs)
        cases.append(lead)
    return cases


def do(office, choice, who="head@bureau", reason="调出"):
    return hand_over(
        office.session,
        office.actor(who),
        office.people["handler"],
        choice,
        reason=reason,
        now=office.now,
    )


def test_all_go_to_one_except_what_one_cannot_take(office):
    first, second, third = three_in_hand(office)
    co, new = office.people["co_officer"], office.people["inspector@bureau"]
    _, rows, hidden = work_of(
        office.session, office.actor("head@bureau"), office.people["handler"], office.now
    )
    assert ({row.case.id for row in rows}, hidden) == ({first.id, second.id, third.id}, 0)
    # The co-officer cannot be both officers of the third; a case of its own choice goes elsewhere.
    choice = Choice(everything=co, cases={second.id: new})
    head, leaver = office.actor("head@bureau"), office.people["handler"]
    planned = {
        p.row.case.id: p for p in plan(office.session, head, rows, leaver, choice, office.now)
    }
    assert {n for n, p in planned.items() if p.goes} == {first.id, second.id}
    assert "两名承办人" in str(planned[third.id].why_not)
    done = do(office, choice)
    assert {p.row.case.id for p in done if p.goes} == {first.id, second.id}
    holders = {c.id: part_holders(office.session, c.id, "handler") for c in (first, second, third)}
    assert holders == {first.id: [co], second.id: [new], third.id: [office.people["handler"]]}
    assert [r.case.id for r in in_hand(office.session, office.people["handler"])] == [third.id]
    tags = dict(
        office.session.execute(
            select(AuditRow.tag, func.count())
            .where(AuditRow.tag.like("%handed_over"))
            .group_by(AuditRow.tag)
        ).all()
    )
    assert tags == {"case.handed_over": 2, "work.handed_over": 1}
    while deliver_one(office.session, office.now, may_see):
        pass
    news = select(Notice.user_id).where(Notice.source_key.like("handover:%"))
    assert set(office.session.scalars(news)) == {co, new}
    # The rest goes later, to another.
    assert [p.goes for p in do(office, Choice(kinds={"lead": new}))] == [True]
    assert in_hand(office.session, office.people["handler"]) == []


def test_a_case_chosen_to_stay_stays_and_kinds_go_before_all(office):
    first, second, third = three_in_hand(office)
    co, new = office.people["co_officer"], office.people["inspector@bureau"]
    choice = Choice(everything=co, kinds={"lead": new}, cases={first.id: 0})
    done = {p.row.case.id: p.to_id for p in do(office, choice)}
    assert done == {first.id: None, second.id: new, third.id: new}
    assert first.assignee_id == office.people["handler"]


def test_nothing_is_done_without_a_reason_a_taker_or_the_right(office):
    case = three_in_hand(office)[0]
    to = Choice(everything=office.people["inspector@bureau"])
    for choice, reason in ((to, " "), (Choice(), "调出"),
                           (Choice(everything=office.people["head@foreign bureau"]), "调出"),
                           (Choice(everything=office.people["handler"]), "调出")):  # fmt: skip
        with pytest.raises(BadInput):
            do(office, choice, reason=reason)
    # Who is not offered is not told of either: no name of another house comes out by its number.
    stranger = office.people["head@foreign bureau"]
    name = office.session.get(User, stranger).name
    _, rows, _ = work_of(
        office.session, office.actor("head@bureau"), office.people["handler"], office.now
    )
    head, leaver = office.actor("head@bureau"), office.people["handler"]
    choice = Choice(everything=stranger)
    for one in plan(office.session, head, rows, leaver, choice, office.now):
        assert one.why_not is not None
        assert name not in str(one.why_not)
    # The handler is a head: no supervisor and no other house decides about their work.
    for who in ("supervisor@bureau", "registrar@bureau", "head@foreign bureau", "handler"):
        with pytest.raises(NotVisible):
            do(office, to, who=who)
    assert case.assignee_id == office.people["handler"]


def test_what_the_leader_may_not_see_is_only_counted(office):
    first, second, _ = three_in_hand(office)
    first.confidentiality = 3
    office.session.execute(
        update(User).where(User.id == office.people["head@bureau"]).values(clearance=2)
    )
    office.session.flush()
    actor, new = office.actor("head@bureau"), office.people["inspector@bureau"]
    _, rows, hidden = work_of(office.session, actor, office.people["handler"], office.now)
    assert (first.id in {row.case.id for row in rows}, len(rows), hidden) == (False, 2, 1)
    do(office, Choice(everything=new, cases={first.id: new}))
    assert (first.assignee_id, second.assignee_id) == (office.people["handler"], new)


def test_the_people_of_the_house_with_what_they_have(office):
    three_in_hand(office)
    today = office_date(office.now)
    found = {p.user_id: p for p in leavers(office.session, office.actor("head@bureau"), today)}
    assert found[office.people["handler"]].cases == 3
    assert found[office.people["co_officer"]].cases == 1
    assert found[office.people["inspector@bureau"]].cases == 0
    assert office.people["head@bureau"] not in found
    assert office.people["security_admin@bureau"] not in found
    offered = {
        p.id
        for p in colleagues_of(
            office.session, office.actor("head@bureau"), office.people["handler"], today
        )
    }
    assert office.people["inspector@bureau"] in offered
    # Of a house the leaver once worked in, and the head does not lead, nobody is named.
    office.session.add(
        Grant(
            user_id=office.people["handler"], org_id=office.orgs["foreign bureau"],
            role="inspector", valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1),
        )
    )  # fmt: skip
    head = office.actor("head@bureau")
    again = colleagues_of(office.session, head, office.people["handler"], today)
    assert {p.id for p in again} == offered
    assert not offered & {office.people[n] for n in ("handler", "audit_admin@bureau",
                                                     "head@foreign bureau")}  # fmt: skip
    # Somebody whose account has ended keeps what is in hand until it is handed over.
    office.session.get_one(User, office.people["handler"]).active = False
    office.session.get_one(User, office.people["legal_reviewer@bureau"]).active = False
    office.session.flush()
    now = {p.user_id for p in leavers(office.session, office.actor("head@bureau"), today)}
    assert office.people["handler"] in now
    assert office.people["legal_reviewer@bureau"] not in now
    do(office, Choice(everything=office.people["inspector@bureau"]))


def test_a_desk_that_only_one_holds_is_named(office):
    office.lead(at="sent")
    head, registrar = office.actor("head@bureau"), office.people["registrar@bureau"]
    today = office_date(office.now)
    desks = empty_desks(office.session, head, registrar, today)
    assert [(d.role.value, d.cases) for d in desks] == [("registrar", 1)]
    office.session.add(
        Grant(user_id=office.people["co_officer"], org_id=office.orgs["bureau"], role="registrar",
              valid_from=today)
    )  # fmt: skip
    office.session.flush()
    assert empty_desks(office.session, head, registrar, today) == []
