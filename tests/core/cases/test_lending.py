"""Lending one's work: who arranges it, what it brings along, who is told, and how it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.workflows.leads.walking import Office
from tracker.core.accounts.models import Delegation, Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.audit.models import AuditRow
from tracker.core.cases import lending
from tracker.core.cases.arranging import business_roles, people_led
from tracker.core.cases.lending import Loan
from tracker.core.cases.people import may_see
from tracker.core.cases.worklist import waiting_by_kind
from tracker.core.clock import office_date
from tracker.core.db import transaction
from tracker.core.errors import BadInput, NotVisible
from tracker.core.notices.models import Notice
from tracker.core.notices.service import deliver_one

pytestmark = pytest.mark.once


@pytest.fixture
def office(session):
    with transaction():
        office = Office(session)
        session.execute(delete(Delegation))
        yield office


def a_loan(office, lender="handler", taker="inspector@bureau", **changes):
    today = office_date(office.now)
    given = {
        "lender_id": office.people[lender],
        "taker_id": office.people[taker],
        "first": today,
        "last": today + timedelta(days=9),
        "reason": "出差",
    }
    return Loan(**{**given, **changes})


def lend(office, who="handler", **changes):
    return lending.lend(
        office.session, office.actor(who), a_loan(office, **changes), now=office.now
    )


def told(office):
    """What each person's inbox says after everything went out."""
    while deliver_one(office.session, office.now, may_see):
        pass
    ids = {user_id: name for name, user_id in office.people.items()}
    found: dict[str, list[str]] = {}
    for notice in office.session.scalars(select(Notice).order_by(Notice.id)):
        found.setdefault(ids[notice.user_id], []).append(str(notice.sentence))
    return found


def test_a_loan_says_what_it_reaches_and_tells_the_colleague(office):
    row = lend(office, kinds=("penalty", "lead"), roles=(Role.INSPECTOR,))
    assert (row.kinds, row.roles) == ("lead,penalty", "inspector")
    audit = office.session.scalars(select(AuditRow).where(AuditRow.tag == "delegation.give")).one()
    assert (audit.actor_id, audit.reason) == (office.people["handler"], "出差")
    name = office.session.get_one(User, office.people["handler"]).name
    assert told(office) == {
        "inspector@bureau": [
            f"{name}请您代办线索、处罚案件（限执法检查人员岗位），2026-03-02至2026-03-11。"
        ]
    }
    listed = lending.lent_by(office.session, office.people["handler"])
    assert [(r.taker, r.standing(office_date(office.now))) for r in listed] == [
        (office.session.get_one(User, office.people["inspector@bureau"]).name, "now")
    ]


def test_what_does_not_fit_is_refused(office):
    today = office_date(office.now)
    for field, changes in (
        ("valid_to", {"last": today - timedelta(days=1)}),
        ("valid_from", {"first": today - timedelta(days=1)}),
        ("reason", {"reason": "  "}),
        ("kinds", {"kinds": ("lead", "no_such")}),
        ("roles", {"roles": (Role.REGISTRAR,)}),
        ("to_user_id", {"taker": "head@foreign bureau"}),
        ("to_user_id", {"taker": "handler"}),
    ):
        with pytest.raises(BadInput) as refused:
            lend(office, **changes)
        assert refused.value.field_name == field, changes
    assert office.session.scalars(select(Delegation)).all() == []


def test_who_arranges_for_whom(office):
    """A head for all of the house, a supervisor for all but heads, nobody for administrators."""
    today = office_date(office.now)

    def led_by(who):
        ids = set(office.session.scalars(people_led(office.actor(who), today)))
        return {name for name, user_id in office.people.items() if user_id in ids}

    bureau = {f"{role.value}@bureau" for role in Role if not role.value.endswith("_admin")}
    assert led_by("head@bureau") == (bureau | {"handler", "co_officer"}) - {"head@bureau"}
    # The handler is a head, too.
    assert led_by("supervisor@bureau") == (bureau | {"co_officer"}) - {
        "supervisor@bureau",
        "head@bureau",
    }
    assert "liaison@dept" in led_by("dept_approver@dept")
    assert led_by("inspector@bureau") == led_by("registrar@bureau") == set()
    # What was lent is not lent on: a stand-in of the head arranges for nobody.
    lend(office, "head@bureau", lender="head@bureau", taker="registrar@bureau")
    assert led_by("registrar@bureau") == set()


def test_a_supervisor_arranges_for_somebody_who_is_ill(office):
    with pytest.raises(NotVisible):
        lend(office, "registrar@bureau", lender="co_officer")
    with pytest.raises(NotVisible):
        lend(office, "supervisor@bureau", lender="head@bureau")
    with pytest.raises(BadInput):
        lend(office, "supervisor@bureau", lender="co_officer", taker="supervisor@bureau")
    row = lend(office, "supervisor@bureau", lender="co_officer", reason="住院")
    assert row.made_by_id == office.people["supervisor@bureau"]
    found = told(office)
    assert set(found) == {"co_officer", "inspector@bureau"}
    assert "安排您代" in found["inspector@bureau"][0]
    assert "代您办理全部事项" in found["co_officer"][0]
    actor = office.actor("head@bureau")
    house = lending.lent_in_house(office.session, actor, office_date(office.now))
    assert [r.row.id for r in house] == [row.id]


def test_who_has_gone_to_another_house_is_not_lent_by_the_old_one(office):
    session, today = office.session, office_date(office.now)
    row = lend(office, "supervisor@bureau", lender="co_officer", reason="住院")
    gone = Grant.user_id == office.people["co_officer"]
    session.execute(update(Grant).where(gone).values(valid_to=today - timedelta(days=1)))
    session.add(
        Grant(
            user_id=office.people["co_officer"],
            org_id=office.orgs["foreign bureau"],
            role=Role.INSPECTOR.value,
            valid_from=today,
        )
    )
    session.flush()
    for who in ("supervisor@bureau", "head@bureau"):
        with pytest.raises(NotVisible):
            lend(office, who, lender="co_officer", taker="inspector@foreign bureau")
        with pytest.raises(NotVisible):
            lending.revoke(session, office.actor(who), row.id, now=office.now)
    lend(office, "head@foreign bureau", lender="co_officer", taker="inspector@foreign bureau")


def test_who_ends_a_loan_and_what_is_over_stays_over(office):
    session = office.session
    for who, may in (
        ("co_officer", True), ("inspector@bureau", True), ("supervisor@bureau", True),
        ("registrar@bureau", False), ("head@foreign bureau", False),
    ):  # fmt: skip
        row = lend(office, "co_officer", lender="co_officer")
        assert office.actor("inspector@bureau").stands_in_for("lead")
        if not may:
            with pytest.raises(NotVisible):
                lending.revoke(session, office.actor(who), row.id, now=office.now)
            assert row.revoked_at is None
            continue
        lending.revoke(session, office.actor(who), row.id, now=office.now)
        session.flush()
        assert not office.actor("inspector@bureau").stands_in_for("lead"), who
        rows = session.scalars(select(AuditRow).where(AuditRow.tag == "delegation.revoke")).all()
        lending.revoke(session, office.actor(who), row.id, now=office.now + timedelta(hours=1))
        again = session.scalars(select(AuditRow).where(AuditRow.tag == "delegation.revoke")).all()
        assert len(again) == len(rows)
        assert row.revoked_at == office.now
    with pytest.raises(NotVisible):
        lending.revoke(session, office.actor("head@bureau"), 9999, now=office.now)


def test_the_preview_counts_what_will_wait_then(office):
    """One lead in the handler's hands; what is lent decides whether it comes along."""
    case = office.lead(at="triage")
    taker = "inspector@bureau"
    for changes, expected in (
        ({}, {"lead": 1}),
        ({"kinds": ("lead",), "roles": (Role.INSPECTOR,)}, {"lead": 1}),
        ({"kinds": ("penalty",)}, {}),
        ({"roles": (Role.HEAD,)}, {}),
    ):
        loan = a_loan(office, **changes)
        found = lending.preview(office.session, loan, office.now)
        assert (found.waiting, found.closed) == (expected, 0), changes
        row = lending.lend(office.session, office.actor("handler"), loan, now=office.now)
        assert waiting_by_kind(office.session, office.actor(taker)) == expected, changes
        office.session.delete(row)
        office.session.flush()
    case.confidentiality = 2
    office.session.execute(update(User).where(User.id == office.people[taker]).values(clearance=1))
    office.session.flush()
    found = lending.preview(office.session, a_loan(office), office.now)
    assert (found.waiting, found.closed) == ({}, 1)


def test_administrators_lend_nothing(office):
    today = office_date(office.now)
    assert business_roles(office.session, office.people["security_admin@bureau"], today) == []
    assert business_roles(office.session, office.people["handler"], today) == [
        Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD,
    ]  # fmt: skip
    office.session.execute(
        update(Grant)
        .where(Grant.user_id == office.people["handler"], Grant.role == "head")
        .values(valid_to=today - timedelta(days=1))
    )
    assert Role.HEAD not in business_roles(office.session, office.people["handler"], today)
