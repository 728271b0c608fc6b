"""Gaps of a township against its norm, walked to a state."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from tests.core.norms.people import TOWN, post
from tests.workflows.onward import Move, OnwardOffice
from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import Step
from tracker.core.cases.models import Case
from tracker.core.registers.models import Organisation
from tracker.workflows.vacancies import service
from tracker.workflows.vacancies.flow import FLOW

SUBJECT = f"place:{TOWN}"
PLAN: dict[str, Any] = {"plan": "四月招考一名。", "until": date(2026, 4, 30)}
CLERK = "township_clerk@town"


class VacancyOffice(OnwardOffice):
    """The office whose other house is 罕台镇, which nobody serves since the first of February."""

    flow = FLOW
    service = service

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        town = session.get_one(Organisation, self.orgs["dept"])
        town.name, town.kind, town.region_code = "示例罕台镇人民政府", "township", TOWN
        self.orgs["town"] = self.orgs["dept"]
        self._person(CLERK, "town", (Role.TOWNSHIP_CLERK,))
        self.gone = post(session, TOWN, "2025-01-06", until="2026-01-31")

    def opening(self) -> dict[str, Any]:
        return {"subject": SUBJECT}

    def fill(self) -> None:
        """Somebody as the norm asks is in post from today on."""
        post(self.session, TOWN, self.today.isoformat())

    def provide(self, case: Case, step: Step) -> None:
        super().provide(case, step)
        if step.name == "fill":
            self.fill()

    def way(self, to: str) -> list[Move]:
        ways: dict[str, list[Move]] = {"short": []}
        ways["planned"] = [("supervisor@bureau", "set_plan", PLAN)]
        ways["filled"] = [*ways["planned"], ("supervisor@bureau", "fill", {})]
        ways["excused"] = [*ways["planned"], ("head@bureau", "excuse", {})]
        return ways[to]
