"""Certificates: their light, who keeps them, and who is told that one runs out, each time once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.security.world import World
from tracker.core.audit.models import AuditRow
from tracker.core.calendar import store
from tracker.core.cases import certificates, expiry
from tracker.core.cases.certificates import Light
from tracker.core.clock import OFFICE_ZONE
from tracker.core.db import transaction
from tracker.core.errors import BadInput, NotVisible, StepRefused
from tracker.core.notices.models import Outbox
from tracker.core.registers.models import Officer
from tracker.core.reminders.rungs import change_rungs
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.reminders import RungKind, make_rung
from tracker.core.rulebook.terms import Unit

TODAY = date(2026, 3, 2)
ENDS = date(2026, 12, 31)


@pytest.fixture
def world(session):
    with transaction():
        return World(session)


def _rungs():
    return default_rulebook().rule(certificates.RULE, TODAY).rungs


def _add(world, who, of, number, ends, begins=date(2024, 1, 1)):
    with transaction():
        return certificates.add_certificate(
            world.session, world.actor(who), world.people[of], number, begins, ends,
            now=world.now, today=TODAY,
        )  # fmt: skip


def test_the_light_follows_the_reminders_of_the_rulebook(session):
    calendar = store.load(session)

    def light(day, begins=date(2024, 1, 1)):
        held = Officer(user_id=1, certificate_no="x", valid_from=begins, valid_to=ENDS)
        cover = certificates.cover_of([held], day)
        return certificates.light_of(cover, day, _rungs(), calendar)

    assert certificates.light_of(None, TODAY, _rungs(), calendar) == (Light.NONE, 0)
    # 90, 30 and 7 days before 31 December 2026.
    for day, expected in (
        (date(2026, 10, 1), (Light.VALID, 91)),
        (date(2026, 10, 2), (Light.NEAR, 90)),
        (date(2026, 11, 30), (Light.NEAR, 31)),
        (date(2026, 12, 1), (Light.SOON, 30)),
        (date(2026, 12, 31), (Light.SOON, 0)),
        (date(2027, 1, 1), (Light.EXPIRED, -1)),
    ):
        assert light(day) == expected, day
    assert light(TODAY, begins=date(2026, 6, 1))[0] is Light.NOT_YET


def test_leaders_of_the_body_keep_certificates_and_the_past_stays(world, session):
    person = world.people["inspector@bureau"]
    for who in ("inspector@bureau", "registrar@bureau", "head@city", "head@foreign bureau"):
        with pytest.raises(StepRefused):
            _add(world, who, "inspector@bureau", "示例-1", ENDS)
    first = _add(world, "supervisor@bureau", "inspector@bureau", "示例-1", date(2026, 3, 31))
    second = _add(world, "head@bureau", "inspector@bureau", "示例-2", ENDS, date(2026, 3, 20))
    assert [o.id for o in certificates.certificates_of(session, person)] == [second.id, first.id]
    with transaction():
        certificates.change_validity(
            session, world.actor("head@bureau"), second.id, date(2026, 6, 30), "调离",
            now=world.now, today=TODAY,
        )  # fmt: skip
    assert second.valid_to == date(2026, 6, 30)
    last = certificates.changes_of(session, [first.id, second.id])[0]
    assert (last.tag, last.reason) == ("certificate.change", "调离")
    assert "2026-12-31" in last.details
    assert session.scalars(select(AuditRow.tag).where(AuditRow.tag == "certificate.add")).all()


def test_a_certificate_that_cannot_be_is_refused(world, session):
    _add(world, "head@bureau", "inspector@bureau", "示例-1", ENDS)
    for number, ends, field in (
        ("示例-1", ENDS, "number"), (" ", ENDS, "number"), ("长" * 41, ENDS, "number"),
        ("示例-3", date(2023, 12, 31), "valid_to"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            _add(world, "head@bureau", "inspector@bureau", number, ends)
        assert refused.value.field_name == field
    more = {"now": world.now, "today": TODAY}
    row = certificates.certificates_of(session, world.people["inspector@bureau"])[0]
    head = world.actor("head@bureau")
    for change in ((date(2020, 1, 1), "理由"), (date(2027, 1, 1), " ")):
        with pytest.raises(BadInput):
            certificates.change_validity(session, head, row.id, *change, **more)
    with pytest.raises(NotVisible):
        certificates.change_validity(session, head, 999, ENDS, "理由", **more)


def test_the_list_puts_first_what_runs_out_first_and_counts_what_it_blocks(world, session):
    with transaction():
        lead = world.lead_about("示例煤业有限公司", "verifying")
    _add(world, "head@bureau", "inspector@bureau", "示例-1", TODAY + timedelta(days=20))
    head = world.actor("head@bureau")
    found = certificates.holders(session, head, certificates.bodies(session, head), TODAY, _rungs())
    names = {v: k for k, v in world.people.items()}
    shown = [(names[h.user_id], h.light, h.open_cases) for h in found]
    assert shown == [
        ("inspector@bureau", Light.SOON, 0),
        ("handler", Light.VALID, 1),
        ("co_officer", Light.VALID, 1),
    ]
    assert [c.id for c in certificates.tasks_of(session, head, world.people["handler"])] == [
        lead.id
    ]
    # Another inspector does not learn of cases by way of the register.
    other = world.actor("inspector@bureau")
    assert certificates.tasks_of(session, other, world.people["handler"]) == []
    assert certificates.open_tasks(session, other, list(world.people.values())) == {}
    city = world.actor("head@city")
    assert world.orgs["bureau"] in {o.id for o in certificates.bodies(session, city)}
    assert {o.id for o in certificates.bodies(session, other)} == {world.orgs["bureau"]}


# ---------------------------------------------------------------- the clock


def _run(session, day, hour=9):
    now = datetime(day.year, day.month, day.day, hour, tzinfo=OFFICE_ZONE)
    with transaction():
        return expiry.post_expiries(session, now)


def _told(world):
    """Keys of what was queued, with to whom."""
    names = {v: k for k, v in world.people.items()}
    rows = world.session.scalars(select(Outbox).order_by(Outbox.id)).all()
    return [
        (row.source_key.split(":", 3)[3], names.get(row.user_id) or row.role)
        for row in rows
        if row.source_key.startswith("certificate:")
    ]


def test_each_reminder_of_a_certificate_goes_out_once(world, session):
    with transaction():
        row = session.scalars(
            select(Officer).where(Officer.user_id == world.people["co_officer"])
        ).one()
        row.valid_to = ENDS
    told = {}
    for left in (91, 90, 89, 60, 31, 30, 29, 8, 7, 6, 0, -1):
        day = ENDS - timedelta(days=left)
        if count := _run(session, day):
            told[day] = count
        assert _run(session, day, 15) == 0, "a second run of the day says nothing"
    both = ("co_officer", "supervisor")
    assert told == {date(2026, 10, 2): 2, date(2026, 12, 1): 2, date(2026, 12, 24): 2}
    assert _told(world) == [(f"before:{n}cd", who) for n in (90, 30, 7) for who in both]


def test_what_was_missed_is_said_once_by_the_last_reminder(world, session):
    with transaction():
        row = session.scalars(
            select(Officer).where(Officer.user_id == world.people["handler"])
        ).one()
        row.valid_to = ENDS
    assert _run(session, date(2026, 12, 10)) == 2
    assert {key for key, _ in _told(world)} == {"before:30cd"}
    # Extended: the reminders of the new end are new ones.
    with transaction():
        row.valid_to = date(2027, 12, 31)
    assert _run(session, date(2026, 12, 20)) == 0
    assert _run(session, date(2027, 12, 27)) == 2


def test_a_certificate_with_a_successor_and_one_that_is_over_are_quiet(world, session):
    _add(world, "head@bureau", "inspector@bureau", "示例-1", date(2026, 3, 20))
    assert _run(session, date(2026, 3, 21)) == 0
    _add(world, "head@bureau", "inspector@bureau", "示例-2", ENDS, date(2026, 3, 15))
    assert _run(session, date(2026, 3, 16)) == 0
    assert not expiry.anything_expiring(session, world.now)


def test_what_one_shows_and_until_when_it_covers(session):
    def held(*periods):
        rows = [
            Officer(id=n, user_id=1, certificate_no=str(n), valid_from=a, valid_to=b)
            for n, (a, b) in enumerate(periods)
        ]
        cover = certificates.cover_of(rows, TODAY)
        return cover and (cover.officer.id, cover.ends)

    past = (date(2020, 1, 1), date(2024, 12, 31))
    now = (date(2025, 1, 1), date(2026, 3, 31))
    assert held() is None
    assert held(past) == (0, past[1])
    assert held(past, now) == (1, now[1])
    # The next day is a successor; a day later leaves a gap in which nobody may check.
    assert held(past, now, (date(2026, 4, 1), ENDS)) == (1, ENDS)
    assert held(past, now, (date(2026, 4, 2), ENDS)) == (1, now[1])
    assert held(past, (date(2026, 4, 2), ENDS)) == (1, ENDS)


def test_a_bureau_chooses_its_own_reminders(world, session):
    _add(world, "head@bureau", "inspector@bureau", "示例-1", date(2026, 6, 30))
    with transaction():
        change_rungs(
            session, world.orgs["bureau"], certificates.RULE,
            [make_rung(RungKind.BEFORE, 2, Unit.M, ["head"])], world.people["head@bureau"],
            world.now,
        )  # fmt: skip
    assert _run(session, date(2026, 4, 29)) == 0
    assert _run(session, date(2026, 4, 30)) == 1
    assert _told(world) == [("before:2m", "head")]
