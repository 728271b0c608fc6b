"""A bureau with a training year in it, walked to a state by the product's own verbs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.workflows.leads.walking import HERE
from tests.workflows.onward import Move, OnwardOffice, at
from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import Grant
from tracker.core.accounts.roles import Role
from tracker.core.cases.models import Case
from tracker.core.cases.opening import Openings, Seed, openings
from tracker.core.clock import office_date
from tracker.core.registers.names import name_key
from tracker.core.staff.models import Holding, Person, TrainingRecord
from tracker.workflows.programmes import service, standing
from tracker.workflows.programmes.flow import FLOW
from tracker.workflows.programmes.models import Programme
from tracker.workflows.trainings.models import Training

GENERAL: Mapping[str, Any] = {
    "kind": "general", "title": "2026年旗区统计人员综合业务培训", "audience": "all", "month": 9,
    "times": 1, "hours": Decimal(8), "people": 60, "budget": Decimal(30000),
}  # fmt: skip
INDUCTION: Mapping[str, Any] = {
    "kind": "induction", "title": "新任统计人员岗前培训", "audience": "township", "month": 3,
    "times": 2, "hours": Decimal("4.5"), "people": 20, "purpose": "第五次全国经济普查资料开发",
}  # fmt: skip
NEEDS = {"needs": "新任人员较多，先办岗前培训。"}
SUMMARY = {"summary": "计划三期，办了三期。"}


class Sessions:
    """Stands for the workflow of the sessions: opens a bare case of its kind."""

    def __init__(self) -> None:
        self.seeds: list[Seed] = []

    def install(self, monkeypatch: Any) -> None:
        registry = Openings()
        registry.add(standing.SESSION_KIND, self.open)
        monkeypatch.setattr(openings, "_openers", registry._openers)

    def open(
        self, session: Session, actor: Actor, seed: Seed, now: datetime, request_id: str | None
    ) -> Case:
        self.seeds.append(seed)
        assert seed.origin is not None
        more, now_ = seed.more, office_date(now)
        found = Training(
            kind=standing.SESSION_KIND, title=seed.matter, state="preparing", flow_version=1,
            region_code=seed.region_code, origin_org_id=seed.origin.bureau_id,
            bureau_id=seed.origin.bureau_id, scope_code=seed.origin.scope_code,
            channel=seed.source, opened_at=now, opened_on=now_, holder_since=now_,
            created_by_id=actor.user_id, topic=more["topic"], audience=more["audience"],
            hours=more["hours"], quota=more["people"], venue="会议室", teacher="示例教师",
            starts_at=now, ends_at=now + timedelta(hours=8), enrol_by=now_,
        )  # fmt: skip
        session.add(found)
        session.flush()
        return found


class ProgrammeOffice(OnwardOffice):
    """The handler is a trainer too, beside inspector, supervisor and head."""

    flow = FLOW
    service = service

    def __init__(self, session: Session, here: str = HERE) -> None:
        self.here = here
        super().__init__(session)
        session.add(
            Grant(
                user_id=self.people["handler"], org_id=self.orgs["bureau"],
                role=Role.TRAINER.value, valid_from=date(2025, 1, 1),
            )
        )  # fmt: skip
        session.flush()

    def open(self, who: str = "handler", year: int = 2026, **_changes: Any) -> Programme:
        return service.open_new(
            self.session, self.actor(who), "draft", {"year": str(year)}, now=self.now
        )

    def case(self, at: str) -> Programme:
        found = self.walk(self.open(), self.way(at))
        assert found.state == at
        return found

    def line(self, programme: Programme, kind: str = "general") -> str:
        """The value of a line in the forms."""
        lines = standing.lines_of(self.session, programme.id)
        return next(str(line.id) for line in lines if line.kind == kind)

    def way(self, to: str) -> list[Move]:
        ways: dict[str, list[Move]] = {"drafting": []}
        ways["filled"] = [
            ("handler", "write_needs", NEEDS),
            ("handler", "add_line", GENERAL),
            ("handler", "add_line", INDUCTION),
        ]
        ways["approving"] = [*ways["filled"], ("handler", "submit", {})]
        ways["running"] = [
            *ways["approving"], ("head@bureau", "approve", {"budget": Decimal(30000)}),
        ]  # fmt: skip
        ways["summing"] = [
            *ways["running"], ("handler", "record_general", {}), ("handler", "finish", {}),
        ]  # fmt: skip
        ways["checking"] = [*ways["summing"], ("handler", "summarise", SUMMARY)]
        ways["closed"] = [*ways["checking"], ("supervisor@bureau", "close", {})]
        return ways[to]

    # ------------------------------------------------------------ people and what they learned

    def person(self, name: str, region_code: str, since: date) -> Person:
        """Somebody with a post, known to the register."""
        row = Person(
            name=name,
            name_key=name_key(name),
            region_code=region_code,
            rank="junior",
            created_at=self.now,
        )
        self.session.add(row)
        self.session.flush()
        self.session.add(
            Holding(
                person_id=row.id, region_code=region_code, duty="statistician", since=since,
                full_time=True, on_payroll=True, confirmed_on=since,
            )
        )  # fmt: skip
        self.session.flush()
        return row

    def learned(
        self, person: Person, kind: str, on: date, hours: int, case: Case | None = None,
        *, passed: bool = True,
    ) -> None:  # fmt: skip
        self.session.add(
            TrainingRecord(
                person_id=person.id, held_on=on, kind=kind, title=kind, hours=Decimal(hours),
                passed=passed, source="session" if case else "hand",
                case_id=case.id if case else None,
            )
        )  # fmt: skip
        self.session.flush()

    def programmes(self) -> list[Programme]:
        return list(self.session.scalars(select(Programme).order_by(Programme.id)))

    def count(self) -> int:
        return self.session.scalar(select(func.count()).select_from(Programme)) or 0


def close_session(session: Session, case: Case, now: datetime) -> None:
    """A session of the stand-in ends."""
    case.closed_at = now
    session.flush()


__all__ = [
    "GENERAL",
    "INDUCTION",
    "ProgrammeOffice",
    "Sessions",
    "at",
    "close_session",
    "timedelta",
]
