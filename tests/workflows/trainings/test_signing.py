"""Signing in and out with the code of the room: for oneself, on the day, in the second half."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.workflows.onward import WAIT
from tests.workflows.trainings.walking import TRAINER, TrainingOffice, at
from tracker.core.audit.models import AuditRow
from tracker.core.db import transaction
from tracker.core.errors import NotVisible, StepRefused
from tracker.workflows.trainings import lines
from tracker.workflows.trainings.window import poster_code, screen_code


@pytest.fixture
def office(session):
    with transaction():
        office = TrainingOffice(session)
        office.staff["甲"].user_id = office.people["clerk"]
        office.staff["丁"].user_id = office.people["next clerk"]
        return office


def running(office, **changes):
    """A session whose day has come, at its beginning."""
    with transaction():
        case = office.case("ready", **changes)
        office.walk(case, [("", WAIT, {"days": 3})])
        office.take(case, TRAINER, "start")
    office.now = at("09:05")
    return case


def sign(office, who, case, code=None, make=screen_code):
    code = make(case.sign_key, case.id, office.now) if code is None else code
    with transaction() as session:
        return lines.sign(session, office.actor(who), case.id, code, now=office.now)


def no(office, who, case, code=None):
    with pytest.raises(StepRefused) as why:
        sign(office, who, case, code)
    office.session.expire_all()
    return str(why.value)


def test_one_signs_in_and_in_the_second_half_out(office):
    case = running(office)
    sign(office, "clerk", case)
    row = office.rows(case)["甲"]
    assert (row.signed_in_at, row.signed_out_at, row.sign_way) == (at("09:05"), None, "qr")
    office.now = at("12:59")
    assert "还不能签退" in no(office, "clerk", case)
    office.now = at("13:00")
    sign(office, "clerk", case, make=poster_code)
    row = office.rows(case)["甲"]
    assert (row.signed_in_at, row.signed_out_at) == (at("09:05"), at("13:00"))
    assert "已经签退" in no(office, "clerk", case)
    tags = select(AuditRow.actor_id).where(AuditRow.tag == "training.sign.self")
    assert office.session.scalars(tags).all() == [office.people["clerk"]] * 2
    # Whoever signs for himself has entered nothing for others.
    with transaction():
        office.take(case, TRAINER, "finish")
    assert lines_entered(case) == set()


def lines_entered(case):
    from tracker.core.db import db
    from tracker.workflows.trainings.guards import entered_by

    return entered_by(db.session(), case.id)


def test_an_old_photograph_another_room_and_a_new_code_do_not_work(office):
    case = running(office)
    old = screen_code(case.sign_key, case.id, office.now)
    office.now += timedelta(minutes=4)
    assert "已经失效" in no(office, "clerk", case, old)
    assert "已经失效" in no(office, "clerk", case, "")
    assert "已经失效" in no(office, "clerk", case, screen_code("0" * 64, case.id, office.now))
    poster = poster_code(case.sign_key, case.id, office.now)
    key = case.sign_key
    with transaction():
        office.take(case, TRAINER, "new_code")
    assert case.sign_key != key
    assert "已经失效" in no(office, "clerk", case, poster)
    fresh = screen_code(case.sign_key, case.id, office.now)
    sign(office, "clerk", case, fresh)
    with transaction():
        office.take(case, TRAINER, "finish")
    assert "已经失效" in no(office, "next clerk", case, fresh)  # nobody signs when it is over


def test_nobody_signs_for_another(office):
    """The line is that of whoever is logged in; who stands in for somebody has none of his."""
    case = running(office, quota=4)
    for who in (TRAINER, "handler's deputy", "liaison@dept"):
        with pytest.raises(NotVisible):
            sign(office, who, case)
    with transaction():
        office._lend(office.people["clerk"], office.people["liaison@dept"])
        office.actors.clear()
    with pytest.raises(NotVisible):
        sign(office, "liaison@dept", case)
    assert {r.signed_in_at for r in office.rows(case).values()} == {None}


def test_who_waits_or_was_excused_does_not_sign(office):
    with transaction():
        case = office.case("enrolling", quota=1, audience="township")
    with transaction():
        office.take(case, TRAINER, "close_enrolment")
        office.walk(case, [("", WAIT, {"days": 3}), (TRAINER, "start", {})])
    office.now = at("09:05")
    waiting = "clerk" if office.standing(case)["甲"] == "waiting" else "next clerk"
    assert "不在这期培训的名单上" in no(office, waiting, case)


def test_the_list_and_the_code_go_together(office):
    case = running(office)
    sign(office, "clerk", case)
    office.now = at("17:30")
    with transaction():
        rows = office.rows(case)
        ticks = {
            rows["甲"].id: lines.Attendance(rows["甲"].signed_in_at, at("17:00")),
            rows["乙"].id: lines.Attendance(at("09:00"), None),
        }
        changed = lines.tick(office.session, office.actor(TRAINER), case.id, ticks, now=office.now)
    assert changed == 2
    rows = office.rows(case)
    assert (rows["甲"].signed_in_at, rows["甲"].signed_out_at) == (at("09:05"), at("17:00"))
    assert (rows["乙"].sign_way, rows["乙"].signed_out_at) == ("list", None)
    assert lines_entered(case) == {office.people[TRAINER]}
    for wrong, why in (
        (lines.Attendance(None, at("17:00")), "不能早于签到"),
        (lines.Attendance(at("10:00"), at("09:00")), "不能早于签到"),
        (lines.Attendance(at("09:00"), at("18:00")), "不能晚于现在"),
    ):
        with pytest.raises(Exception, match=why), transaction() as session:
            lines.tick(
                session, office.actor(TRAINER), case.id, {rows["丁"].id: wrong}, now=office.now
            )
    for who in ("registrar@bureau", "clerk"):
        with pytest.raises(NotVisible), transaction() as session:
            lines.tick(session, office.actor(who), case.id, {}, now=office.now)
