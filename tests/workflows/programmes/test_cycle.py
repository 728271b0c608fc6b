"""What the product does each year by itself, however often it is asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.workflows.programmes.walking import ProgrammeOffice, Sessions, at, close_session
from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.system import USERNAME
from tracker.core.audit.models import AuditRow
from tracker.core.cases.forecast import forecast
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.errors import BadInput
from tracker.core.rulebook import loader
from tracker.core.rulebook.loader import default_rulebook
from tracker.workflows.programmes import cycle, service, standing, yearly

BEFORE, FROM = at("2026-10-31 23:59"), at("2026-11-01 00:01")


@pytest.fixture
def office(session):
    with transaction():
        return ProgrammeOffice(session)


def years(office):
    office.session.expire_all()
    return [(p.house_id, p.year, p.by_clock) for p in office.programmes()]


def test_the_next_year_begins_once_on_our_day_with_the_lines_of_this_one(office):
    here = office.orgs["bureau"]
    assert cycle.make_next(BEFORE) == "made 1"
    assert years(office) == [(here, 2026, True)]  # the other bureau has no trainer
    [programme] = office.programmes()
    with transaction():
        office.now = BEFORE
        office.walk(programme, office.way("filled"))
    assert cycle.make_next(FROM) == "made 1"
    assert [cycle.make_next(FROM + timedelta(days=n)) for n in range(3)] == ["", "", ""]
    assert years(office) == [(here, 2026, True), (here, 2027, True)]
    following = office.programmes()[1]
    carried = standing.lines_of(office.session, following.id)
    assert [(x.kind, x.title) for x in carried] == [
        ("induction", "新任统计人员岗前培训"), ("general", "2027年旗区统计人员综合业务培训"),
    ]  # fmt: skip
    user = office.session.scalars(select(User).where(User.username == USERNAME)).one()
    assert (following.created_by_id, user.active, following.turn_role) == (
        user.id, False, "trainer",
    )  # fmt: skip
    # Whoever draws it up by hand comes too late.
    office.now = FROM
    with pytest.raises(BadInput, match="已经建立"), transaction():
        office.open("trainer@bureau", 2027)
    # In the new year nothing is made twice, and the one after that not yet.
    assert cycle.make_next(at("2027-01-01 08:00")) == ""
    assert cycle.make_next(at("2027-11-01 08:00")) == "made 1"


def test_the_day_is_the_bureaus_own_to_set(office, tmp_path):
    shipped = default_rulebook().rule(yearly.NEXT_YEAR, date(2026, 1, 1))
    assert str(shipped.length_words) == "每年至少 1 次，最迟 11 月 1 日"
    (tmp_path / "own.toml").write_text(
        """jurisdiction = "150602"
name = "东胜区"

[[rule]]
id = "OWN-NEXTYEAR"
title = "建立下一年度培训计划"
unit = "none"
start = "每年"
stop = "下一年度培训计划已建立"
responsible = "trainer"
source = { instrument = "本局规定" }
verified = "U"
family = "staff"
quota = { per = "1y", least = 1, by = "06-01" }
rungs = []
""",
        encoding="utf-8",
    )
    try:
        loader.use_folder(tmp_path)
        assert cycle.make_next(at("2026-06-01 09:00")) == "made 2"
    finally:
        loader.use_folder(None)


def test_a_bureau_without_a_trainer_today_has_no_plan(office):
    with transaction() as session:
        for grant in session.scalars(select(Grant).where(Grant.role == "trainer")):
            grant.valid_to = date(2026, 10, 30)
    assert cycle.make_next(BEFORE) == ""
    assert office.count() == 0


def test_the_forecast_shows_next_years_duties(office):
    cycle.make_next(FROM)
    following = next(p for p in office.programmes() if p.year == 2027)
    trainers = {office.people[n] for n in ("trainer@bureau", "handler", "handler's deputy")}
    coming = [
        e
        for e in forecast(office.session, FROM, at("2028-01-02 00:00"))
        if e.case.id == following.id and e.deadline.rule_id in (*yearly.DUTIES, yearly.HOURS)
        and e.audience == "handler"
    ]  # fmt: skip
    assert {(e.deadline.rule_id, e.on.isoformat()) for e in coming} == {
        (rule, day)
        for rule in ("OWN-TRAINING", "OWN-HOURSYEAR")
        for day in ("2027-09-30", "2027-12-01", "2027-12-31")
    }
    assert all(trainers >= set(e.user_ids) >= {office.people["trainer@bureau"]} for e in coming)
    for clock in deadlines.of_case(office.session, following.id):
        assert deadlines.check(office.session, clock) == []


def test_what_is_on_file_meets_the_dates_once(office, monkeypatch):
    Sessions().install(monkeypatch)
    with transaction():
        programme = office.case("running")
        line = office.line(programme)
        office.take(programme, "trainer@bureau", "open_session", line=line)
        person = office.person("示例甲", "150602001000", date(2020, 1, 1))
        other = office.person("示例乙", "150602001000", date(2020, 1, 1))
    assert cycle.make_next(office.now) == ""
    session_case = standing.done(office.session, programme).lines[1].sessions[0].session
    with transaction() as session:
        office.learned(person, "general", date(2026, 3, 5), 8, session_case)
        close_session(session, session_case, office.now)
    assert cycle.make_next(office.now) == "met 1"
    assert cycle.make_next(office.now) == ""
    office.session.expire_all()
    assert office.clock(programme, "OWN-TRAINING").stopped_on == date(2026, 3, 5)
    assert set(office.clocks(programme)) == {"OWN-HOURSYEAR"}
    with transaction():
        for who, hours in ((person, 82), (other, 89)):
            office.learned(who, "law", date(2026, 3, 6), hours)
    office.now = at("2026-06-01 09:00")
    assert cycle.make_next(office.now) == ""  # one of them still lacks an hour
    with transaction():
        office.learned(other, "warning", date(2026, 5, 6), 1)
    assert cycle.make_next(office.now) == "met 1"
    office.session.expire_all()
    assert office.clocks(programme) == {}
    assert office.clock(programme, "OWN-HOURSYEAR").stopped_on == date(2026, 6, 1)
    rows = office.session.scalars(
        select(AuditRow).where(AuditRow.tag == "programme.duty_met").order_by(AuditRow.id)
    ).all()
    assert [row.case_id for row in rows] == [programme.id, programme.id]
    office.sound(programme)


def test_a_general_training_of_another_bureau_or_year_meets_nothing(office, monkeypatch):
    Sessions().install(monkeypatch)
    with transaction():
        programme = office.case("running")
        line = office.line(programme)
        office.take(programme, "trainer@bureau", "open_session", line=line)
        person = office.person("示例甲", "150602001000", date(2020, 1, 1))
    case = standing.done(office.session, programme).lines[1].sessions[0].session
    with transaction():
        office.learned(person, "general", date(2025, 12, 30), 8, case)
    assert cycle.make_next(office.now) == ""
    with transaction() as session:
        case.bureau_id = case.origin_org_id = office.orgs["foreign bureau"]
        session.flush()
        office.learned(office.person("示例乙", "150602001000", date(2020, 1, 1)),
                       "general", date(2026, 3, 1), 8, case)  # fmt: skip
    assert cycle.make_next(office.now) == ""
    assert service.of_year(office.session, office.orgs["bureau"], 2026) is not None
