"""Training sessions, walked to a state, and the people of the register who come to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.workflows.leads.walking import HERE, MONDAY
from tests.workflows.onward import WAIT, Move, OnwardOffice
from tracker.core.accounts.roles import Role
from tracker.core.staff.models import Holding, Person
from tracker.workflows.trainings import lines, service
from tracker.workflows.trainings.flow import FLOW
from tracker.workflows.trainings.models import Enrolment, Training

TOWN, VILLAGE, NEXT_TOWN = "150602101000", "150602101201", "150602102000"
DAY = MONDAY + timedelta(days=3)
# Moves of a way that are no steps: everybody signs in and out, everybody gets a mark.
ATTEND, MARK = "attend", "mark"
TRAINER = "trainer@bureau"


class TrainingOffice(OnwardOffice):
    flow = FLOW
    service = service

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.orgs["town"] = self._org("示例镇人民政府", "township", TOWN, "示镇")
        self.orgs["next town"] = self._org("邻镇人民政府", "township", NEXT_TOWN, "邻镇")
        more = {
            "clerk": ("town", (Role.TOWNSHIP_CLERK,)),
            "next clerk": ("next town", (Role.TOWNSHIP_CLERK,)),
            "both": ("bureau", (Role.TRAINER, Role.REGISTRAR)),
        }
        self.people |= {
            name: self._person_of(name, org, roles) for name, (org, roles) in more.items()
        }
        self.staff: dict[str, Person] = {}
        for name, code in (("甲", TOWN), ("乙", TOWN), ("丙", VILLAGE), ("丁", NEXT_TOWN)):
            self.hire(name, code)
        self.hire("戊", HERE, org="dept")

    def _person_of(self, name: str, org: str, roles: tuple[Role, ...]) -> int:
        self._person(name, org, roles)
        return self.people[name]

    def hire(
        self, name: str, code: str, *, org: str = "", user: str = "", until: date | None = None
    ) -> Person:
        """Somebody of the register with a post."""
        person = Person(
            name=name, name_key=name, region_code=code, created_at=MONDAY,
            user_id=self.people[user] if user else None,
        )  # fmt: skip
        self.session.add(person)
        self.session.flush()
        self.session.add(
            Holding(
                person_id=person.id, region_code=code, org_id=self.orgs[org] if org else None,
                duty="statistician", since=date(2026, 1, 5), until=until,
                end_reason="out" if until else "",
            )
        )  # fmt: skip
        self.session.flush()
        self.staff[name] = person
        return person

    # ------------------------------------------------------------ what a workflow fills in

    def opening(self) -> dict[str, Any]:
        return {
            "title": "新任统计人员岗前培训",
            "topic": "induction",
            "audience": "all",
            "content": "统计法和基层统计业务。",
            "venue": "局三楼会议室",
            "teacher": "示例教师",
            "starts_at": DAY,
            "ends_at": DAY + timedelta(hours=8),
            "enrol_by": DAY.date(),
            "hours": Decimal(8),
            "quota": 10,
            "pass_mark": 60,
        }

    def open(self, who: str = TRAINER, **changes: Any) -> Training:
        found: Training = super().open(who, **changes)
        return found

    def case(self, at: str, **changes: Any) -> Training:
        """A session that was walked to a state, opened with other answers where named."""
        found: Training = self.walk(self.open(**changes), self.way(at))
        assert found.state == at
        return found

    def take(  # type: ignore[override]
        self, case: Any, who: str, step: str, **inputs: Any
    ) -> Any:
        if step == ATTEND:
            return self.attend(case, **inputs)
        if step == MARK:
            return self.mark(case, who, **inputs)
        if step == "edit":
            inputs = {**self.opening(), **inputs}
        if step == "change":
            names = ("venue", "teacher", "starts_at", "ends_at", "enrol_by", "quota")
            inputs = {**{n: getattr(case, n) for n in names}, **inputs}
        return super().take(case, who, step, **inputs)

    def way(self, to: str) -> list[Move]:
        ways: dict[str, list[Move]] = {"preparing": []}
        ways["enrolling"] = [(TRAINER, "announce", {})]
        ways["ready"] = [*ways["enrolling"], (TRAINER, "close_enrolment", {})]
        ways["running"] = [
            *ways["ready"],
            ("", WAIT, {"days": 3}),
            (TRAINER, "start", {}),
            ("", WAIT, {"hours": 8}),
            (TRAINER, ATTEND, {}),
        ]
        ways["marking"] = [*ways["running"], (TRAINER, "finish", {}), (TRAINER, MARK, {})]
        ways["recording"] = [*ways["marking"], (TRAINER, "submit_marks", {})]
        ways["closing"] = [*ways["recording"], ("registrar@bureau", "record", {})]
        closing: Move = (TRAINER, "close", {"summary": "按计划完成。"})
        ways["closed"] = [*ways["closing"], closing]
        ways["cancelled"] = [*ways["enrolling"], (TRAINER, "cancel", {})]
        return ways[to]

    # ------------------------------------------------------------ beside the table

    def rows(self, case: Training) -> dict[str, Enrolment]:
        """The lines of the list by the person's name."""
        query = select(Person.name, Enrolment).join(Enrolment, Enrolment.person_id == Person.id)
        found = self.session.execute(query.where(Enrolment.case_id == case.id))
        return {name: row for name, row in found}  # noqa: C416 - rows are no pairs to mypy

    def standing(self, case: Training) -> dict[str, str]:
        return {name: row.standing for name, row in self.rows(case).items()}

    def enrol(self, case: Training, who: str, *names: str) -> lines.Placed:
        ids = [self.staff[name].id for name in names]
        return lines.enrol(self.session, self.actor(who), case.id, ids, now=self.now)

    def leave(self, case: Training, who: str, name: str, reason: str = "") -> Enrolment:
        row = self.rows(case)[name]
        return lines.leave(
            self.session, self.actor(who), case.id, row.id, excused=bool(reason), reason=reason,
            now=self.now,
        )  # fmt: skip

    def attend(self, case: Training, names: Iterable[str] | None = None, who: str = TRAINER) -> Any:
        """Those named came and stayed; everybody of the list unless somebody is named."""
        chosen = self.rows(case)
        ticks = {
            row.id: lines.Attendance(self.now - timedelta(hours=2), self.now)
            for name, row in chosen.items()
            if row.standing == "listed" and (names is None or name in names)
        }
        lines.tick(self.session, self.actor(who), case.id, ticks, now=self.now)
        return case

    def mark(self, case: Training, who: str = TRAINER, **marks: Any) -> Any:
        """A mark, or (mark, resit), by name; 80 for everybody unless somebody is named."""
        rows = self.rows(case)
        given = marks or {n: 80 for n, row in rows.items() if row.signed_out_at is not None}
        typed = {
            rows[name].id: lines.Marks(*(value if isinstance(value, tuple) else (value, None)))
            for name, value in given.items()
        }
        lines.mark(self.session, self.actor(who), case.id, typed, now=self.now)
        return case


def at(text: str) -> datetime:
    """A time of the day of the session."""
    hour, minute = map(int, text.split(":"))
    return DAY.replace(hour=hour, minute=minute)
