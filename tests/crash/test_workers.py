"""`kill -9` to workers at random moments: each reminder goes out, and none goes out twice.

`TRACKER_CRASH_ROWS`, `TRACKER_CRASH_WORKER_KILLS` and `TRACKER_CRASH_SEED` make it longer, or
repeat it.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Table, func, insert, select, text, update
from sqlalchemy.orm import Session

from tests.bench.office import COUNTY, Office, open_office
from tests.crash.server import environment_of
from tests.helpers.databases import ROOT
from tracker.config import Settings
from tracker.core.audit.models import AuditRow
from tracker.core.audit.verify import verify
from tracker.core.cases.models import Case, CasePerson
from tracker.core.clock import office_date, utc_now
from tracker.core.db import db, transaction
from tracker.core.deadlines.models import Deadline
from tracker.core.notices.models import Notice
from tracker.core.reminders.models import Reminder
from tracker.core.rulebook.loader import default_rulebook

ROWS = int(os.environ.get("TRACKER_CRASH_ROWS", "200"))
KILLS = int(os.environ.get("TRACKER_CRASH_WORKER_KILLS", "3"))
WORKERS = 4
# A rule whose one reminder goes to two audiences: two rows a clock.
RULE, RUNG, AUDIENCES = "T23A", "on_due", ("handler", "supervisor")


def due_rows(session: Session, office: Office, rows: int, due: Callable[[int], datetime]) -> None:
    """Cases with one running clock and its reminders, all due, as fast as the database takes."""
    now, clocks = utc_now(), rows // len(AUDIENCES)
    rule = default_rulebook().rule(RULE, office_date(now))
    assert [(r.key, r.to) for r in rule.rungs] == [(RUNG, ("holder", "supervisor"))]
    moments = [due(n) for n in range(clocks)]
    cases, people, deadlines, reminders = [], [], [], []
    for n, moment in enumerate(moments, start=1):
        holder, day = office.inspectors[n % 3], office_date(moment)
        cases.append(
            {
                "id": n, "kind": "lead", "title": f"示例线索{n}", "state": "verifying",
                "flow_version": 1, "version": 1, "region_code": COUNTY, "scope_code": COUNTY,
                "origin_org_id": office.departments[0], "bureau_id": office.bureau,
                "turn_org_id": office.bureau, "turn_role": "inspector", "assignee_id": holder,
                "confidentiality": 1, "channel": "department", "opened_at": now,
                "opened_on": day, "holder_since": day, "created_by_id": holder, "audit_n": 0,
                "due_order": day, "next_due_provisional": False,
            }
        )  # fmt: skip
        people.append({"case_id": n, "user_id": holder, "part": "handler", "since": now})
        deadlines.append(
            {
                "id": n, "case_id": n, "rule_id": RULE, "rule_version": rule.version,
                "label": rule.title, "unit": rule.unit.value, "length": rule.length, "roll": False,
                "region_code": "", "started_on": day - timedelta(days=360), "due_on": day,
                "state": "running", "responsible_role": "inspector", "version": 1,
                "calendar_edition": 1, "provisional": False,
            }
        )  # fmt: skip
        reminders += [
            {
                "case_id": n, "deadline_id": n, "deadline_version": 1, "rung": RUNG,
                "audience": audience, "due_at": moment, "try_after": moment, "state": "planned",
                "late": False, "attempts": 0, "created_at": moment - timedelta(days=360),
            }
            for audience in AUDIENCES
        ]  # fmt: skip
    for model, values in (
        (Case, cases), (CasePerson, people), (Deadline, deadlines), (Reminder, reminders),
    ):  # fmt: skip
        session.execute(insert(cast(Table, model.__table__)), values)


def _poison(session: Session) -> int:
    """A row that cannot be sent: the first of all, of an old date and a rule nobody knows."""
    row = session.scalars(select(Reminder).order_by(Reminder.try_after, Reminder.id)).first()
    assert row is not None
    session.execute(update(Deadline).where(Deadline.id == row.deadline_id).values(rule_id="X99"))
    session.execute(update(Reminder).where(Reminder.id == row.id).values(deadline_version=0))
    return row.id


class Crew:
    """Worker processes; whoever is killed is followed by another."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self._settings, self._log = settings, log
        self.processes: list[subprocess.Popen[bytes]] = []

    def hire(self) -> None:
        with self._log.open("ab") as output:
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "tracker.cli", "worker"],
                    cwd=ROOT, env=environment_of(self._settings), stdin=subprocess.DEVNULL,
                    stdout=output, stderr=output, start_new_session=True,
                )
            )  # fmt: skip

    def kill(self, draw: random.Random) -> None:
        """`kill -9` to one of them, in the middle of whatever it does."""
        gone = self.processes.pop(draw.randrange(len(self.processes)))
        os.killpg(gone.pid, signal.SIGKILL)
        gone.wait()

    def words(self) -> str:
        return self._log.read_text("utf-8", "replace")[-3000:]


@contextmanager
def crew(settings: Settings, log: Path) -> Iterator[Crew]:
    """Four workers; at the end they are told to stop, and must."""
    workers = Crew(settings, log)
    try:
        for _ in range(WORKERS):
            workers.hire()
        yield workers
        for process in workers.processes:
            process.terminate()
        for process in workers.processes:
            # Who was hired a moment ago may not have learned yet how to stop.
            assert process.wait(60) in (0, -signal.SIGTERM), workers.words()
    finally:
        for process in workers.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.mark.timeout(3000)
def test_killed_workers_lose_nothing_and_double_nothing(
    fresh_app: Callable[..., Flask], tmp_path: Path
) -> None:
    seed = int(os.environ.get("TRACKER_CRASH_SEED") or time.time_ns() % 100_000)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it with a failure
    app = fresh_app()
    with app.app_context():
        yesterday = utc_now() - timedelta(days=1)
        with transaction() as session:
            office = open_office(session, utc_now())
            due_rows(session, office, ROWS, lambda n: yesterday + timedelta(seconds=n))
            poisoned = _poison(session)
        db.session.remove()
        took = _work_and_kill(app, tmp_path, seed)
        session = db.session()
        assert list(_wrong(session, office, poisoned)) == [], f"seed {seed}"
        print(f"{ROWS} rows, {KILLS} kills, {took:.0f} s")  # noqa: T201
        db.session.remove()
        with db.engine.connect() as connection:
            assert verify(connection) == []
            if connection.dialect.name == "sqlite":
                assert connection.scalar(text("PRAGMA integrity_check")) == "ok"


def _work_and_kill(app: Flask, tmp_path: Path, seed: int) -> float:
    draw = random.Random(seed)  # noqa: S311 - repeats with its seed
    # Spread over the work, not over the time it takes on this machine.
    marks = sorted(draw.sample(range(1, ROWS - 1), KILLS))
    begun = time.monotonic()
    with crew(app.config["TRACKER_SETTINGS"], tmp_path / "workers.log") as workers:
        until, last = time.monotonic() + 300, -1
        while (done := _ended()) < ROWS - 1:
            if done > last:
                until, last = time.monotonic() + 300, done
            assert time.monotonic() < until, f"{done} of {ROWS} done\n{workers.words()}"
            while marks and done >= marks[0]:
                marks.pop(0)
                time.sleep(draw.random() / 20)
                workers.kill(draw)
                workers.hire()
            time.sleep(0.02)
        assert not marks, "the work was over before the last kill"
    return time.monotonic() - begun


def _ended() -> int:
    session = db.session()
    query = select(func.count()).where(Reminder.state.not_in(("planned", "failed")))
    found = session.scalar(query) or 0
    session.rollback()
    return found


def _wrong(session: Session, office: Office, poisoned: int) -> Iterator[Any]:
    """Everything in which ledger, audit and inboxes do not fit each other."""
    states = Counter(session.scalars(select(Reminder.state).where(Reminder.id != poisoned)))
    if states != {"sent": ROWS - 1}:
        yield "states", states
    bad = session.get_one(Reminder, poisoned)
    if bad.state not in ("planned", "failed") or bad.attempts < 1 or not bad.last_error:
        yield "poisoned", bad.state, bad.attempts, bad.last_error
    audited = Counter(session.scalars(select(AuditRow.object).where(
        AuditRow.tag == "reminder.send")))  # fmt: skip
    ledger = Counter(f"reminder:{n}" for n in session.scalars(
        select(Reminder.id).where(Reminder.state == "sent")))  # fmt: skip
    if audited != ledger:
        yield "audit", (audited - ledger).most_common(5), (ledger - audited).most_common(5)
    heard = Counter(
        (n.user_id, n.case_id) for n in session.execute(select(Notice.user_id, Notice.case_id))
    )
    supervisor = office.people["supervisor"]
    rows = session.execute(
        select(Case.id, Case.assignee_id, Reminder.audience)
        .join(Reminder, Reminder.case_id == Case.id)
        .where(Reminder.state == "sent")
    )
    wanted = Counter(
        (holder if audience == "handler" else supervisor, case_id)
        for case_id, holder, audience in rows
    )
    if heard != wanted:
        yield "notices", (heard - wanted).most_common(5), (wanted - heard).most_common(5)
