"""A small country for the security tests: offices that must not see each other's leads."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Connection, literal_column, select, table, update
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

from tests.conftest import IsolatedClient
from tests.workflows.leads.walking import ELSEWHERE, HERE, Office, a_lead_data
from tracker.core.accounts.models import User
from tracker.core.accounts.roles import Role
from tracker.core.accounts.sessions import open_session
from tracker.core.cases.means import means
from tracker.core.clock import OFFICE_ZONE, utc_now
from tracker.core.db import transaction
from tracker.core.registers.models import Region
from tracker.core.vault.keys import create_key
from tracker.workflows.leads import service
from tracker.workflows.leads.data import LeadData
from tracker.workflows.leads.models import Lead

NEXT_COUNTY, CITY, TOWN = "150603000000", "150600000000", "150602100000"
# Requests come two days after the leads were walked.
TODAY = "2026-03-04 10:00"
MORE_ORGS = {
    "county": ("康巴什区统计局", "bureau", NEXT_COUNTY, "康统"),
    "city": ("鄂尔多斯市统计局", "bureau", CITY, "鄂统"),
    "excluded": ("东胜区工业和信息化局", "department", HERE, "东工信"),
    "team": ("国家统计局东胜调查队", "survey_team", HERE, "东调"),
    "town": ("示例镇人民政府", "township", TOWN, "示镇"),
}
_REGIONS = (
    ("150000000000", "内蒙古自治区", "province", None),
    (CITY, "鄂尔多斯市", "city", "150000000000"),
    (HERE, "东胜区", "county", CITY),
    (TOWN, "示例镇", "township", HERE),
    (NEXT_COUNTY, "康巴什区", "county", CITY),
    ("220000000000", "吉林省", "province", None),
    (ELSEWHERE, "南关区", "county", "220000000000"),
)


class World(Office):
    """The office with neighbours, a city above, a survey team, a township, and one shut out."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        for code, name, level, parent in _REGIONS:
            if session.get(Region, code) is None:
                session.add(Region(code=code, name=name, level=level, parent_code=parent))
        for name, about in MORE_ORGS.items():
            self.orgs[name] = self._org(*about)
            for role in Role:
                self._person(f"{role.value}@{name}", name, (role,))
        self._person("excluded's deputy", "", ())
        self._lend(self.people["liaison@excluded"], self.people["excluded's deputy"])
        session.execute(update(User).values(must_change=False))
        session.flush()

    def lead_about(self, unit: str, at: str) -> Lead:
        """A department's lead about a unit of its own, walked to a state."""
        drafter = self.actor("drafter")
        lead = service.draft(
            self.session,
            drafter,
            a_lead_data(unit_name=unit),
            now=self.now,
            org_id=self.orgs["dept"],
        )
        service.attach(self.session, drafter, lead.id, "a.txt", b"x", now=self.now)
        for who, step_name, inputs in self._way(at):
            lead = self.take(lead, who, step_name, **inputs)
        return lead

    def intake_at(self, org: str, data: LeadData) -> Lead:
        """A lead a registrar took in."""
        return service.intake(
            self.session,
            self.actor(f"registrar@{org}"),
            data,
            now=self.now,
            org_id=self.orgs[org],
        )


def vault_key() -> None:
    """The key of this run's instance, made once."""
    if not means().vault_key_path.exists():
        create_key(means().vault_key_path)


class Browser(IsolatedClient):
    """Reads every answer to its end, as a browser does: what was opened for it is closed."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"buffered": True, **kwargs})


class Door:
    """Browsers of people who are logged in already, one each."""

    def __init__(self, app: Flask, people: dict[str, int]) -> None:
        self.app = app
        self.people = people
        self._clients: dict[str, Client] = {}

    def of(self, name: str) -> Client:
        """The browser of one person."""
        if name not in self._clients:
            client = Browser(self.app, self.app.response_class, use_cookies=True)
            with self.app.app_context(), transaction() as session:
                raw = open_session(
                    session, self.people[name], privileged=False, user_agent="t", now=utc_now()
                )
            client.set_cookie("tracker_session", raw)
            self._clients[name] = client
        return self._clients[name]


def at(text: str) -> datetime:
    """An office wall-clock time."""
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)


def key() -> str:
    """For the hidden field that makes a form count once."""
    return secrets.token_urlsafe(24)


_OWN = re.compile(rb'name="(csrf_token|_page)" value="[^"]*"')


def bare(answer: TestResponse) -> bytes:
    """A page without what is the asker's own: the request's number, token and address."""
    number = answer.headers.get("X-Request-Id", "none")
    return _OWN.sub(b"", answer.data.replace(number.encode(), b""))


def rows_of(connection: Connection, name: str) -> list[Any]:
    """All that one table holds, also columns that no model names."""
    return list(connection.execute(select(literal_column("*")).select_from(table(name))))


def lead_links(html: str) -> set[int]:
    """Leads a page leads to."""
    return {int(n) for n in re.findall(r'href="/leads/(\d+)[/"#?]', html)}


def step(lead: Lead, name: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    """Address and body of one step, as the page would send them."""
    body = {f"{name}-{field}": value for field, value in fields.items()}
    return f"/leads/{lead.id}/steps/{name}", {**body, "_once": key(), "version": lead.version}


A_DAY = timedelta(days=1)
