"""Reminders of a rule: how they are written, and what a bureau sets in their place."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.core.audit.rows import NOW, a_case, a_grant, a_person, an_office
from tests.core.reminders.clocks import a_clock, calendar_of
from tracker.core.accounts.actor import load_actor
from tracker.core.audit.models import AuditRow
from tracker.core.cases import rungs as bureau
from tracker.core.cases.models import Case
from tracker.core.clock import office_time
from tracker.core.db import transaction
from tracker.core.deadlines.models import Deadline
from tracker.core.errors import BadInput, NotVisible
from tracker.core.reminders import plan
from tracker.core.reminders.models import Reminder
from tracker.core.reminders.rungs import MOST_RUNGS, rungs_for, setting
from tracker.core.rulebook.loader import default_rulebook
from tracker.core.rulebook.reminders import AUDIENCE_LABELS, Rung, RungKind, make_rung
from tracker.core.rulebook.terms import Unit

DUE = date(2026, 12, 2)  # a Wednesday


@pytest.mark.parametrize(
    ("rung", "written", "said"),
    [
        (make_rung(RungKind.BEFORE, 2), "before 2wd to holder", "到期前 2 个工作日，提醒承办人"),
        (
            make_rung(RungKind.ON_DUE),
            "on_due to holder,supervisor",
            "到期当天，提醒承办人、业务负责人",
        ),
        (
            make_rung(RungKind.AFTER_START, 0, Unit.H),
            "after_start 0h to holder",
            "起算时立即提醒承办人",
        ),
        (
            make_rung(RungKind.AFTER_EVERY, 1, Unit.M),
            "after_every 1m to holder,supervisor",
            "逾期后每 1 个月，提醒承办人、业务负责人",
        ),
        (
            make_rung(RungKind.AFTER, 5, to=["head", "holder"]),
            "after 5wd to holder,head",
            "逾期满 5 个工作日，提醒承办人、单位负责人一次",
        ),
    ],
)
def test_a_rung_is_written_read_and_said(rung, written, said):
    assert rung.written == written
    assert Rung.read(written) == rung
    assert str(rung.words) == said


def test_every_shipped_rung_survives_writing():
    rungs = {rung for rule in default_rulebook().all() for rung in rule.rungs}
    assert len(rungs) > 20
    for rung in rungs:
        assert Rung.read(rung.written) == rung
        assert set(rung.to) <= set(AUDIENCE_LABELS)
        assert len(rung.key) <= 40


@pytest.mark.parametrize(
    "text",
    [
        "", "before 2wd", "before to holder", "before 0wd to holder", "on_due 1wd to holder",
        "sometimes 1wd to holder", "before 2 wd to holder", "before 2wd to everybody",
        "before 2none to holder", "before 1000wd to holder", "before -1wd to holder",
    ],
)  # fmt: skip
def test_what_is_no_rung_is_refused(text):
    with pytest.raises(BadInput):
        Rung.read(text)


class Place:
    """Two bureaus, each with a case and a running clock by T01, and a supervisor in the first."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.here, self.there = an_office(session), an_office(session, "市统计局")
        self.boss = a_person(session, "boss")
        a_grant(session, self.boss, self.here, "supervisor")
        calendar = calendar_of(session)
        self.rule = default_rulebook().rule("T01", DUE)
        self.clocks = []
        for org in (self.here, self.there):
            clock = a_clock(session, DUE, a_case(session, org, self.boss))
            plan.plan(session, clock, rungs_for(session, self.rule, org), calendar, NOW)
            self.clocks.append(clock.id)

    def change(self, *rungs: Rung, now: datetime = NOW, org: int | None = None) -> int:
        with transaction() as session:
            actor = load_actor(session, self.boss, date(2026, 11, 23))
            return bureau.change(session, actor, org or self.here, "T01", rungs, now)

    def reset(self, now: datetime = NOW) -> int:
        with transaction() as session:
            actor = load_actor(session, self.boss, date(2026, 11, 23))
            return bureau.reset(session, actor, self.here, "T01", now)

    def planned(self, which: int = 0) -> list[str]:
        rows = self.session.execute(
            select(Reminder.rung, Reminder.audience, Reminder.due_at)
            .where(Reminder.deadline_id == self.clocks[which], Reminder.state == "planned")
            .order_by(Reminder.due_at, Reminder.id)
        )
        return [f"{r.rung} {r.audience} {office_time(r.due_at):%m-%d}" for r in rows]


DEFAULTS = [
    "before:2wd handler 11-30",
    "before:1wd handler 12-01",
    "on_due handler 12-02",
    "on_due supervisor 12-02",
    "after_every:1wd#1 handler 12-03",
    "after_every:1wd#1 supervisor 12-03",
    "after:5wd head 12-09",
]


@pytest.fixture
def place(session: Session) -> Place:
    with transaction():
        return Place(session)


def test_without_a_setting_the_rulebook_speaks(place: Place):
    assert place.planned() == DEFAULTS
    assert rungs_for(place.session, place.rule, None) == place.rule.rungs
    assert rungs_for(place.session, place.rule, place.here) == place.rule.rungs


def test_a_bureaus_change_reaches_its_open_clocks_and_no_other(place: Place):
    n = place.change(make_rung(RungKind.BEFORE, 3), make_rung(RungKind.ON_DUE, to=["supervisor"]))
    assert n == 1
    assert place.planned() == ["before:3wd handler 11-27", "on_due supervisor 12-02"]
    assert place.planned(1) == DEFAULTS
    assert [r.key for r in rungs_for(place.session, place.rule, place.here)] == [
        "before:3wd",
        "on_due",
    ]
    assert rungs_for(place.session, place.rule, place.there) == place.rule.rungs


def test_back_to_the_defaults(place: Place):
    place.change()  # no reminders at all
    assert place.planned() == []
    assert rungs_for(place.session, place.rule, place.here) == ()
    assert place.reset() == 1
    assert place.planned() == DEFAULTS
    assert setting(place.session, place.here, "T01") is None
    assert place.reset() == 0, "nothing was set any more"


def test_what_was_sent_is_not_planned_again(place: Place):
    with transaction() as session:
        session.execute(
            update(Reminder)
            .where(Reminder.deadline_id == place.clocks[0], Reminder.rung == "before:2wd")
            .values(state="sent", sent_at=NOW)
        )
    place.change(make_rung(RungKind.BEFORE, 2), make_rung(RungKind.BEFORE, 1))
    assert place.planned() == ["before:1wd handler 12-01"]
    place.reset()
    assert place.planned() == DEFAULTS[1:]


def test_closed_cases_and_stopped_clocks_stay_as_they_are(place: Place):
    with transaction() as session:
        session.execute(update(Case).values(closed_at=NOW))
    assert place.change(make_rung(RungKind.BEFORE, 3)) == 0
    with transaction() as session:
        session.execute(update(Case).values(closed_at=None))
        session.execute(update(Deadline).values(state="stopped", stopped_on=DUE))
    assert place.change(make_rung(RungKind.BEFORE, 4)) == 0
    assert place.planned() == DEFAULTS, "the sweep writes them off when their time comes"


def test_each_change_is_in_the_audit(place: Place):
    place.change(make_rung(RungKind.BEFORE, 3))
    place.reset()
    rows = place.session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    assert [(r.tag, r.object, r.actor_id) for r in rows] == [
        ("rule.rungs", "rule:T01", place.boss)
    ] * 2
    about = {"org": place.here, "rule": "T01"}
    mine = "before 3wd to holder"
    assert [json.loads(r.details or "") for r in rows] == [
        {**about, "before": None, "after": mine},
        {**about, "before": mine, "after": None},
    ]


def test_a_supervisor_sets_the_reminders_of_their_own_bureau_only(place: Place):
    with pytest.raises(NotVisible):
        place.change(make_rung(RungKind.BEFORE, 3), org=place.there)
    actor = load_actor(place.session, place.boss, date(2026, 11, 23))
    with pytest.raises(NotVisible):
        bureau.change(place.session, actor, place.here, "nothing", (), NOW)
    with transaction() as session:
        other = a_person(session, "inspector")
        a_grant(session, other, place.here, "inspector")
    assert bureau.own_bureaus(load_actor(place.session, other, date(2026, 11, 23))) == {}
    assert setting(place.session, place.there, "T01") is None


def test_a_setting_that_makes_no_sense_is_refused(place: Place):
    twice = [make_rung(RungKind.BEFORE, 3), make_rung(RungKind.BEFORE, 3, to=["head"])]
    many = [make_rung(RungKind.BEFORE, n) for n in range(1, MOST_RUNGS + 2)]
    for wrong, words in ((twice, "时间相同"), (many, "最多设")):
        with pytest.raises(BadInput, match=words):
            place.change(*wrong)
    assert place.planned() == DEFAULTS
