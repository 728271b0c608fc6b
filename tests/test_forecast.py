"""What was forecast is what is sent, over a month; and after a stop everything comes once."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.helpers.command import tracker
from tests.workflows.leads.walking import Office, a_lead_data
from tracker.core.accounts.models import Delegation, User
from tracker.core.audit.models import AuditRow
from tracker.core.audit.verify import verify
from tracker.core.calendar import store
from tracker.core.cases.forecast import backcast, forecast
from tracker.core.cases.models import Case
from tracker.core.clock import OFFICE_ZONE, utc_now
from tracker.core.db import db, transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.notices.models import Notice
from tracker.core.notices.service import members, unread_count
from tracker.core.reminders.heartbeat import beat, health
from tracker.core.reminders.models import Outage, Reminder
from tracker.core.reminders.reconcile import differences
from tracker.core.reminders.sweep import plan_anew
from tracker.core.reminders.timetable import SWEEP
from tracker.core.rulebook.loader import default_rulebook
from tracker.jobs import JOBS, Runner
from tracker.workflows.leads import service
from tracker.workflows.leads.models import Lead

# Thirty days with the Spring Festival and both of its make-up Saturdays, 14 and 28 February.
START, DAYS = "2026-01-30 09:00", 30
JOB = {job.name: job for job in JOBS}


UNITS = ("鼎盛煤业", "宏远建材", "瑞丰商贸", "昌隆化工", "永顺物流")


class Offices(Office):
    """Each lead is about another unit, so that none is somebody's duplicate."""

    def draft(self) -> Lead:
        made = self.session.scalar(select(func.count()).select_from(Case)) or 0
        data = a_lead_data(unit_name=f"示例{UNITS[made]}有限公司", matter=f"虚报{UNITS[made]}产值")
        return service.draft(
            self.session, self.actor("drafter"), data, now=self.now, org_id=self.orgs["dept"]
        )


@dataclass
class Scene:
    office: Office
    cases: dict[str, int]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)


@pytest.fixture
def scene(session: Session, at_time: Clock) -> Scene:
    """Leads at several stations, one with a clock of hours, one that was late from the start."""
    at_time("2026-01-28 10:17")
    with transaction():
        office = Offices(session)
        office.now = utc_now()
        cases = {
            state: office.lead(state).id for state in ("triage", "verifying", "approval", "sent")
        }
        cases["drafted"] = office.draft().id
        office.now = at(START)
        _start(session, cases["verifying"], "L07", at("2026-01-29 10:17"))
        _start(session, cases["triage"], "T10", at("2026-01-29 11:00"))
        _lend(session, office, "handler", "co_officer", date(2026, 2, 10), date(2026, 2, 20))
    at_time(START)
    return Scene(office, cases)


def _start(session: Session, case_id: int, rule_id: str, now: datetime) -> None:
    rule = default_rulebook().rule(rule_id, now.date())
    clock = deadlines.start(session, case_id, rule, now.date(), actor_id=None, now=now)
    case = session.get_one(Case, case_id)
    plan_anew(session, clock, case.bureau_id, store.load(session), now)


def _lend(session: Session, office: Office, lender: str, to: str, first: date, last: date) -> None:
    session.add(
        Delegation(
            from_user_id=office.people[lender],
            to_user_id=office.people[to],
            valid_from=first,
            valid_to=last,
            reason="出差",
            made_by_id=office.people[lender],
        )
    )


def ledger(session: Session, since: datetime) -> Counter[tuple[object, ...]]:
    """What the audit says was sent: when it was due, of which clock, to whom."""
    rows = session.execute(
        select(Reminder, AuditRow.details)
        .join(AuditRow, AuditRow.object == func.concat("reminder:", Reminder.id))
        .where(Reminder.state == "sent", AuditRow.tag == "reminder.send", AuditRow.at > since)
    ).all()
    return Counter(
        (r.due_at, r.deadline_id, r.rung, r.audience, tuple(json.loads(d)["users"]))
        for r, d in rows
    )


def run(app: Flask, names: tuple[str, ...] = tuple(JOB)) -> None:
    runner = Runner(app)
    for name in names:
        assert runner.run(JOB[name]), name


def _moments(begin: datetime) -> list[datetime]:
    """Every second hour, and each morning when people come in."""
    steps = [begin + timedelta(hours=n) for n in range(2, DAYS * 24 + 1, 2)]
    mornings = [(begin + timedelta(days=n)).replace(minute=30, hour=8) for n in range(1, DAYS + 1)]
    return sorted({*steps, *mornings})


@pytest.mark.once
def test_a_month_is_sent_as_it_was_forecast(
    app: Flask, session: Session, scene: Scene, at_time: Clock
):
    begin = at(START)
    run(app)  # what was due before is not part of the month
    expected = forecast(session, begin, begin + timedelta(days=DAYS))
    wanted = Counter(
        (e.at, e.deadline.id, e.rung, e.audience, e.user_ids) for e in expected if e.user_ids
    )
    assert len({e.deadline.id for e in expected}) >= 6
    assert any(e.rung.startswith("after_every") and e.rung.endswith("#9") for e in expected)
    assert any(e.audience == "head" for e in expected)
    stand_in, handler = (scene.office.people[n] for n in ("co_officer", "handler"))
    covered = {
        e.on for e in expected if e.case.id == scene.cases["triage"] and stand_in in e.user_ids
        and e.audience == "handler"
    }  # fmt: skip
    assert covered
    assert all(date(2026, 2, 10) <= on <= date(2026, 2, 20) for on in covered)
    assert any(e.on == date(2026, 2, 28) for e in expected), "a Saturday that is worked"
    assert not any(date(2026, 2, 16) <= e.on <= date(2026, 2, 22) and e.deadline.unit == "wd"
                   for e in expected)  # fmt: skip
    assert handler in {u for e in expected for u in e.user_ids}

    for moment in _moments(begin):
        at_time(moment.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M"))
        with transaction():  # between two looks of this test the worker has run all the time
            beat(session, SWEEP, moment - timedelta(seconds=15), ok=True)
        run(app, tuple(JOB) if moment.hour == 1 else (SWEEP,))
    at_time("2026-03-01 09:01")
    session.rollback()
    assert ledger(session, begin) == wanted
    assert not session.scalars(select(Reminder.id).where(Reminder.late)).all()
    assert not session.scalars(select(Outage.id)).all()
    told = Counter((n.user_id, n.source_key) for n in session.scalars(select(Notice)))
    assert max(told.values()) == 1
    assert list(differences(session, utc_now())) == []
    with db.engine.connect() as connection:
        assert verify(connection) == []


def test_five_days_off_turn_health_red_and_all_goes_out_once(
    app: Flask, session: Session, scene: Scene, at_time: Clock, client
):
    run(app, ("plan_years", "watch_norms"))  # what they open is told before the stop
    run(app)
    assert health(session, utc_now()).ok
    assert client.get("/healthz").status_code == 200
    before = set(session.scalars(select(Notice.id)))
    stopped = utc_now()

    at_time("2026-02-04 09:00")
    now = utc_now()
    session.rollback()
    assert not health(session, now).ok
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json["jobs"][SWEEP] == "silent"
    due = session.scalars(
        select(Reminder).where(Reminder.state == "planned", Reminder.due_at <= now)
    ).all()
    coming = [e for e in forecast(session, now, now) if e.user_ids]
    assert len(due) > len(coming) > 5, "several rungs of a clock fell into the outage"
    assert all(e.late for e in coming)

    runners = [Runner(app), Runner(app)]
    for runner in runners:
        assert runner.run(JOB[SWEEP])
    run(app)
    session.rollback()
    [outage] = session.scalars(select(Outage)).all()
    assert (outage.began_at, outage.ended_at) == (stopped, now)
    sent = session.scalars(
        select(Reminder).where(Reminder.state == "sent", Reminder.sent_at == now)
    ).all()
    assert {(r.deadline_id, r.rung, r.audience) for r in sent} == {
        (e.deadline.id, e.rung, e.audience) for e in coming
    }
    assert all(r.late for r in sent)
    ended = {r.reason for r in due if r.state == "skipped"}
    assert ended == {"overtaken"}
    assert {r.state for r in due} == {"sent", "skipped"}

    fresh = [n for n in session.scalars(select(Notice)) if n.id not in before]
    assert fresh
    assert all(n.late and n.group_key == f"outage:{outage.id}" for n in fresh)
    assert all("（补发）" in str(n.sentence) for n in fresh)
    clocks = Counter((n.user_id, n.case_id, n.source_key) for n in fresh)
    assert max(clocks.values()) == 1
    handler = scene.office.people["handler"]
    mine = members(session, handler, [f"outage:{outage.id}"])
    assert len(mine[f"outage:{outage.id}"]) >= 2
    with transaction():
        for notice in session.scalars(select(Notice).where(Notice.id.in_(before))):
            notice.read_at = now
    assert unread_count(session, handler) == 1
    assert list(differences(session, now)) == []
    assert health(session, now).ok
    books = backcast(session, now, stopped, now)
    assert books.missing == ()
    assert books.sums["sent"] == len([r for r in sent if stopped <= r.due_at < now])
    assert all(p.user_ids for p in books.rows if p.row.state == "sent")


def test_the_commands_say_the_same(
    app: Flask,
    session: Session,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("TRACKER_DATABASE_URI", app.config["SQLALCHEMY_DATABASE_URI"])
    monkeypatch.setenv("TRACKER_INSTANCE", app.instance_path)
    monkeypatch.setenv("TRACKER_SECRET_KEY", app.config["TRACKER_SETTINGS"].secret_key)
    monkeypatch.setenv("TRACKER_MODE", "test")
    now = utc_now()
    expected = forecast(session, now, now + timedelta(days=14))
    names = dict(session.execute(select(User.id, User.username)).all())
    session.rollback()

    def said(*words: str) -> tuple[int, str]:
        code, out, _ = tracker(capfd, "reminders", *words)
        return code, out

    code, text = said("forecast", "--days", "14", "--json")
    rows = json.loads(text)
    assert code == 0
    assert [(r["rung"], r["audience"], r["recipients"]) for r in rows] == [
        (e.rung, e.audience, [names[u] for u in e.user_ids]) for e in expected
    ]
    assert set(rows[0]) >= {"at", "case", "kind", "rule", "rung", "audience", "due_on", "late"}
    assert datetime.fromisoformat(rows[0]["at"]).utcoffset() == timedelta(hours=8)
    code, text = said("forecast", "--days", "14")
    assert f"共 {len(expected)} 条" in text
    session.rollback()
    run(app)
    session.rollback()
    code, text = said("backcast", "--from", "2026-01-28", "--to", "2026-01-30", "--json")
    found = json.loads(text)
    assert (code, found["missing"]) == (0, [])
    assert found["sums"]["sent"] == sum(r["state"] == "sent" for r in found["rows"]) > 0
    assert all(r["recipients"] for r in found["rows"] if r["state"] == "sent")
    with transaction():
        gone = session.scalars(select(Reminder).where(Reminder.state == "planned")).first()
        session.delete(gone)
    session.rollback()
    code, text = said("backcast", "--from", "2026-01-28", "--to", "2026-03-30")
    assert code == 1
    assert "对不上" in text
    assert said("backcast", "--from", "2026-02-28", "--to", "2026-01-30")[0] == 2


def test_what_failed_is_not_forecast_twice(session: Session, scene: Scene, app: Flask):
    now = utc_now()
    expected = forecast(session, now, now + timedelta(days=5))
    keys = [(e.at, e.deadline.id, e.rung, e.audience) for e in expected]
    assert len(keys) == len(set(keys))
