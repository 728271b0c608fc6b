"""Many people at once: a start all threads wait for, and what came of each."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.bench.office import Office, hire, log_in
from tests.workflows.leads.walking import a_lead_data
from tracker.core.accounts.actor import load_actor
from tracker.core.accounts.roles import Role
from tracker.core.audit.models import AuditRow
from tracker.core.cases.models import Case, Move
from tracker.core.clock import office_date, utc_now
from tracker.core.db import db, transaction
from tracker.core.notices.models import Outbox
from tracker.workflows.leads import service
from tracker.workflows.leads.models import Lead

_PATIENCE = 60.0


def at_once(app: Flask, jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each job gave or raised; all begin together, each in its own thread and context."""
    outcomes: list[Any] = [None] * len(jobs)
    gate = threading.Barrier(len(jobs))

    def run(place: int, job: Callable[[], Any]) -> None:
        gate.wait(_PATIENCE)
        try:
            outcomes[place] = job()
        except Exception as error:  # noqa: BLE001 - the test looks at what it was
            outcomes[place] = error

    db.session.remove()
    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return outcomes


@dataclass
class House:
    """An app on a database of its own, with an office and people in it."""

    app: Flask
    office: Office

    def hire(self, part: str, count: int, role: Role, org_id: int) -> list[int]:
        """More people of one kind."""
        with transaction() as session:
            return [
                hire(session, self.office, f"{part}{n}", org_id, role, utc_now())
                for n in range(count)
            ]

    def lead(self, *, upto: str = "approval") -> int:
        """A lead that waits for approval, or was sent, or received."""
        people, org_id = self.office.people, self.office.departments[0]
        way = {"approval": [], "sent": ["approve"], "registered": ["approve", "receive"]}[upto]
        with transaction() as session:
            now = utc_now()
            liaison = load_actor(session, people["liaison0"], office_date(now))
            lead = service.draft(session, liaison, a_lead_data(), now=now, org_id=org_id)
            service.attach(session, liaison, lead.id, "台账.csv", b"a,b\r\n1,2\r\n", now=now)
            for step in ["submit", *way]:
                who = {"submit": "liaison0", "approve": "approver0"}.get(step, "registrar")
                actor = load_actor(session, people[who], office_date(now))
                lead = service.take(session, actor, lead.id, step, {}, seen=lead.version, now=now)
            return lead.id

    def take(self, user_id: int, lead_id: int, step: str, seen: int, **inputs: Any) -> str:
        """One verb in its own context and transaction; the number the lead then has."""
        with self.app.app_context(), transaction() as session:
            actor = load_actor(session, user_id, office_date(utc_now()))
            lead = service.take(session, actor, lead_id, step, inputs, seen=seen, now=utc_now())
            return lead.number or ""

    def cookie(self, user_id: int) -> str:
        """A login."""
        with transaction() as session:
            return log_in(session, user_id, utc_now())

    def post(self, cookie: str, lead_id: int, step: str, **form: Any) -> TestResponse:
        """One form sent by one browser."""
        client = self.app.test_client()
        client.set_cookie("tracker_session", cookie)
        sent = {"_once": secrets.token_urlsafe(24), **form}
        return client.post(f"/leads/{lead_id}/steps/{step}", data=sent)


@dataclass(frozen=True)
class Traces:
    """What has been written about one lead so far."""

    state: str
    version: int
    moves: int
    audit: int
    notices: int


def traces(session: Session, lead_id: int) -> Traces:
    """Count the traces of a lead."""
    session.rollback()
    case = session.get_one(Lead, lead_id, populate_existing=True)

    def count(model: Any) -> int:
        return session.scalar(select(func.count()).where(model.case_id == lead_id)) or 0

    found = Traces(case.state, case.version, count(Move), count(AuditRow), count(Outbox))
    session.rollback()
    return found


def all_cases(session: Session) -> list[int]:
    """Every case there is."""
    return list(session.scalars(select(Case.id).order_by(Case.id)))
