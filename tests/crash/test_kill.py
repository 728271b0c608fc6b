"""`kill -9` at random moments: all of a step is there, or none of it, and nothing said is lost.

`TRACKER_CRASH_KILLS`, `TRACKER_CRASH_STEPS` and `TRACKER_CRASH_SEED` make it longer, or repeat it.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.bench.office import open_office
from tests.concurrency.racing import House
from tests.crash.server import Browser, Server
from tests.crash.walker import Book, Walker
from tests.workflows.leads.walking import a_lead_data
from tracker.core.accounts.actor import load_actor
from tracker.core.audit.models import AuditRow
from tracker.core.audit.verify import verify
from tracker.core.cases.models import Move, Stay
from tracker.core.clock import office_date, utc_now
from tracker.core.db import db, transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.documents.models import Number
from tracker.web.once import IdempotencyKey
from tracker.workflows.leads import service
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import Lead

KILLS = int(os.environ.get("TRACKER_CRASH_KILLS", "2"))
STEPS = int(os.environ.get("TRACKER_CRASH_STEPS", "24"))
WALKERS, LEADS_EACH = 3, max(8, STEPS // 5)


@pytest.mark.timeout(1800)
def test_killing_the_web_process_leaves_whole_steps_only(
    fresh_app: Callable[..., Flask], tmp_path: Path
) -> None:
    seed = int(os.environ.get("TRACKER_CRASH_SEED") or time.time_ns() % 100_000)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it with a failure
    app = fresh_app()
    with app.app_context():
        house = House(app, _office())
        leads = _drafts(house)
        logins = {part: house.cookie(house.office.people[part]) for part in _PEOPLE}
        db.session.remove()
        book = _walk_and_kill(app, tmp_path, leads, logins, seed)
        assert book.wrong == [], f"seed {seed}"
        assert book.count >= STEPS, f"seed {seed}: {book.count} steps, {book.broken} cut off"
        assert not list(_wrong(db.session(), book, leads)), f"seed {seed}"
        db.session.remove()
        with db.engine.connect() as connection:
            assert verify(connection) == []
            if connection.dialect.name == "sqlite":
                assert connection.scalar(text("PRAGMA integrity_check")) == "ok"


_PEOPLE = ("liaison0", "approver0", "registrar")


def _office() -> Any:
    with transaction() as session:
        return open_office(session, utc_now())


def _drafts(house: House) -> list[int]:
    office, now = house.office, utc_now()
    with transaction() as session:
        liaison = load_actor(session, office.people["liaison0"], office_date(now))
        made = []
        for _ in range(WALKERS * LEADS_EACH):
            lead = service.draft(
                session, liaison, a_lead_data(), now=now, org_id=office.departments[0]
            )
            service.attach(session, liaison, lead.id, "台账.csv", b"a,b\r\n1,2\r\n", now=now)
            made.append(lead.id)
        return made


def _walk_and_kill(
    app: Flask, tmp_path: Path, leads: list[int], logins: dict[str, str], seed: int
) -> Book:
    """Kill and start again while people work; then let them finish what they were about."""
    draw = random.Random(seed)  # noqa: S311 - repeats with its seed
    book, stop = Book(), threading.Event()
    with Server(app.config["TRACKER_SETTINGS"], tmp_path / "web.log") as server:
        walkers = []
        for n in range(WALKERS):
            browsers = {part: Browser(server.port, login) for part, login in logins.items()}
            walkers.append(Walker(book, leads[n::WALKERS], browsers, stop, seed + n))
            walkers[-1].start()
        for kill in range(KILLS):
            _wait_for(book, STEPS * kill // KILLS + draw.randrange(max(1, STEPS // KILLS)))
            time.sleep(draw.random() / 10)
            server.kill()
            server.start()
        _wait_for(book, STEPS)
        stop.set()
        for walker in walkers:
            walker.join(90)
            assert not walker.is_alive()
    return book


def _wait_for(book: Book, steps: int) -> None:
    until = time.monotonic() + 120
    while book.count < steps and not book.wrong:
        assert time.monotonic() < until, f"only {book.count} steps"
        time.sleep(0.005)


def _wrong(session: Session, book: Book, leads: list[int]) -> Any:
    """Everything about the database that does not fit itself or the walkers' book."""
    for lead_id in leads:
        lead = session.get_one(Lead, lead_id)
        moves = list(
            session.scalars(select(Move).where(Move.case_id == lead_id).order_by(Move.seq))
        )
        if [m.step for m in moves] != ["draft", *book.steps.get(lead_id, [])]:
            yield lead_id, "book", [m.step for m in moves], book.steps.get(lead_id)
        if (moves[-1].to_state, len(moves)) != (lead.state, lead.version):
            yield lead_id, "state", lead.state, lead.version, len(moves)
        if [m.seq for m in moves] != list(range(1, len(moves) + 1)):
            yield lead_id, "seq"
        audited = session.scalar(
            select(func.count()).where(
                AuditRow.case_id == lead_id, AuditRow.tag.like("lead.move.%")
            )
        )
        if audited != len(moves):
            yield lead_id, "audit", audited, len(moves)
        yield from _wrong_clocks(session, lead)
    if session.scalar(select(func.count()).where(IdempotencyKey.location == "")):
        yield "a key without an answer"
    serials = list(
        session.scalars(select(Number.serial).where(Number.type == "线").order_by(Number.serial))
    )
    if serials != list(range(1, len(serials) + 1)):
        yield "numbers", serials


def _wrong_clocks(session: Session, lead: Lead) -> Any:
    running = []
    for deadline in session.scalars(select(Deadline).where(Deadline.case_id == lead.id)):
        yield from ((lead.id, "clock", str(s)) for s in deadlines.check(session, deadline))
        if deadline.state == "running":
            running.append(deadline)
    if [d.rule_id for d in running] != [FLOW.state(lead.state).clock]:
        yield lead.id, "running clocks", [d.rule_id for d in running]
    elif lead.next_due_on != running[0].due_on:
        yield lead.id, "next due", lead.next_due_on
    open_stays = select(Stay.state).where(Stay.case_id == lead.id, Stay.to_on.is_(None))
    if list(session.scalars(open_stays)) != [lead.state]:
        yield lead.id, "stays"
