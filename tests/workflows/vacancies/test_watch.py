"""The watch opens what is short and closes what is met, however often and by whomever it runs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.concurrency.racing import at_once
from tests.core.norms.people import TOWN, org, post, units
from tests.workflows.leads.walking import ELSEWHERE, HERE, MONDAY
from tests.workflows.vacancies.walking import SUBJECT, VacancyOffice
from tracker.core.accounts.models import User
from tracker.core.cases.guards import history
from tracker.core.db import db, transaction
from tracker.core.errors import BadInput, say
from tracker.core.norms.board import board
from tracker.core.registers.models import Organisation
from tracker.workflows.vacancies import service, watching
from tracker.workflows.vacancies.models import Vacancy

PARK = "150602405000"  # 鄂尔多斯高新技术产业开发区
SHORT = 4  # townships, when two workers meet


@pytest.fixture
def office(session):
    with transaction():
        office = VacancyOffice(session)
        # Everywhere else somebody is in post; villages are not kept in the register.
        staff(session, without=1)
    return office


def staff(session, without):
    """Somebody in post at every township of 东胜区 but so many, 罕台镇 the first of them."""
    towns = [r.region_code for r in board(session, HERE, MONDAY.date()) if r.kind == "township"]
    towns.remove(TOWN)
    for code in towns[without - 1 :]:
        post(session, code)


def gaps(session):
    session.expire_all()
    return {v.subject: v for v in session.scalars(select(Vacancy).order_by(Vacancy.id))}


def test_a_gap_is_opened_once_and_closed_when_it_is_met(office):
    session = office.session
    assert watching.watch(MONDAY) == "opened 1"
    assert [watching.watch(MONDAY) for _ in range(2)] == ["", ""]
    (gap,) = gaps(session).values()
    assert (gap.subject, gap.state, gap.channel) == (SUBJECT, "short", "watch")
    assert gap.number == "东统缺〔2026〕1号"
    assert gap.turn_org_id == office.orgs["bureau"]
    (move,) = history(session, gap.id)
    assert session.get_one(User, move.actor_id).username == "tracker.system"
    # Somebody comes, not confirmed yet; then trained and confirmed.
    with transaction():
        newcomer = post(session, TOWN, "2026-03-02", confirmed_on=None)
    assert watching.watch(MONDAY) == ""
    with transaction():
        newcomer = session.merge(newcomer)
        newcomer.confirmed_on = date(2026, 3, 2)
    assert watching.watch(MONDAY) == "filled 1"
    (gap,) = gaps(session).values()
    assert (gap.state, gap.ended_on) == ("filled", date(2026, 3, 2))
    office.sound(gap)
    # The next gap of the same place is another case.
    with transaction():
        newcomer = session.merge(newcomer)
        newcomer.until, newcomer.end_reason = date(2026, 3, 2), "out"
    assert watching.watch(MONDAY + timedelta(days=1)) == "opened 1"
    assert session.scalar(select(func.count(Vacancy.id))) == 2


def test_a_gap_that_grows_says_so(office):
    watching.watch(MONDAY)
    with transaction() as session:
        units(session, TOWN, 1500)
    assert watching.watch(MONDAY) == ""
    gap = gaps(office.session)[SUBJECT]
    assert (gap.required, gap.present) == (2, 0)
    assert gap.norm_id == "ordos-township-1500"


def test_what_was_excused_is_left_alone_until_it_is_another_gap(office):
    session = office.session
    watching.watch(MONDAY)
    with transaction():
        gap = gaps(session)[SUBJECT]
        office.take(gap, "head@bureau", "excuse", note="撤并期间由街道代管。")
    assert watching.watch(MONDAY) == ""
    with transaction():
        units(session, TOWN, 1500, "2026-02-02")  # two are missing now
    assert watching.watch(MONDAY) == "opened 1"
    with transaction():
        gap = gaps(session)[SUBJECT]
        office.take(gap, "head@bureau", "excuse", note="同上。")
        post(session, TOWN, "2026-03-02", until="2026-03-03")
        post(session, TOWN, "2026-03-02", until="2026-03-03")
    # Met for two days, then short again: nobody has excused that.
    assert watching.watch(MONDAY) == ""
    assert watching.watch(MONDAY + timedelta(days=2)) == "opened 1"


def test_only_a_bureau_watches_and_only_what_the_register_keeps(office):
    session = office.session
    with transaction():
        # A city bureau leaves the townships to its counties; its own departments are its business.
        org(session, "示例市统计局", "bureau", "150600000000")
        org(session, "长春示例市统计局", "bureau", "220100000000")
        house = org(session, "示例市商务局", "department", "220100000000")
        idle = org(session, "示例市文化局", "department", "220100000000")
        post(session, "220100000000", org_id=house.id, duty="lead")
    assert watching.watch(MONDAY) == "opened 3"
    found = gaps(session)
    assert set(found) == {SUBJECT, f"org:{house.id}", f"org:{idle.id}"}
    gap = found[f"org:{house.id}"]
    assert (gap.origin_org_id, gap.title) == (house.id, "示例市商务局缺统计人员")
    # 南关区 has a bureau too, and nobody of its townships is in the register.
    assert not [v for v in found.values() if v.region_code.startswith(ELSEWHERE[:6])]
    # A department that is closed is short of nobody.
    with transaction():
        session.get_one(Organisation, house.id).active = False
    assert watching.watch(MONDAY) == "filled 1"
    assert gaps(session)[f"org:{house.id}"].state == "filled"


def test_one_that_cannot_be_opened_stops_no_other(office, monkeypatch):
    session = office.session
    with transaction():
        post(session, PARK, until="2026-02-27")
    real = service.open_gap_case

    def failing(session, actor, house, short, **more):
        opened = real(session, actor, house, short, **more)
        if short.subject == SUBJECT:
            raise BadInput("subject", say("不行。"))
        return opened

    monkeypatch.setattr(service, "open_gap_case", failing)
    assert watching.watch(MONDAY) == "opened 1"
    found = gaps(session)
    assert SUBJECT not in found
    assert f"place:{PARK}" in found
    # The number that was drawn for it was given back.
    assert found[f"place:{PARK}"].number == "东统缺〔2026〕1号"


def test_two_workers_open_one_gap(fresh_app):
    app = fresh_app()
    with app.app_context(), transaction() as session:
        VacancyOffice(session)
        staff(session, without=SHORT)

    def work():
        with app.app_context():
            try:
                return watching.watch(MONDAY)
            finally:
                db.session.remove()

    with app.app_context():
        done = at_once(app, [work] * 2)
        assert not [d for d in done if isinstance(d, Exception)], done
        session = db.session()
        found = session.execute(select(Vacancy.subject, Vacancy.number)).all()
        assert len({row.subject for row in found}) == len(found) == SHORT
        serials = sorted(int(row.number.split("〕")[1][:-1]) for row in found)
        assert serials == list(range(1, SHORT + 1))
        assert session.scalar(select(func.count()).where(User.username == "tracker.system")) == 1
        assert sum(int(word.split()[-1]) for word in done if word) == SHORT
        db.session.remove()
