"""A small office for the browser: `python -m tests.browser.office` fills the instance named.

Its own process: the product keeps its files, keys and flows once a process, and the tests around
have their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, load_actor
from tracker.core.accounts.models import Grant, PastPassword, User
from tracker.core.accounts.passwords import Passwords
from tracker.core.accounts.roles import Role
from tracker.core.clock import office_date
from tracker.core.registers.models import Officer, Organisation
from tracker.core.registers.names import name_key
from tracker.core.staff.models import Holding
from tracker.core.staff.models import Person as StaffPerson
from tracker.workflows.leads import service
from tracker.workflows.leads.data import IndicatorData, LeadData
from tracker.workflows.leads.models import Lead

PASSWORD = "Bailing-2026-office"
HERE = "150602000000"
DEPT, BUREAU = "东胜区工业和信息化局", "东胜区统计局"
TOWN, TOWN_CODE = "东胜区罕台镇", "150602101000"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
REPORTER = "举报人甲乙丙"

# account: name, organisation, role
PEOPLE: Mapping[str, tuple[str, str, Role]] = {
    "liaison": ("王晓岚", DEPT, Role.LIAISON),
    "liaison2": ("李建平", DEPT, Role.LIAISON),
    "liaison3": ("张雪梅", DEPT, Role.LIAISON),
    "approver": ("高文静", DEPT, Role.DEPT_APPROVER),
    "registrar": ("赵丽华", BUREAU, Role.REGISTRAR),
    "inspector": ("其木格", BUREAU, Role.INSPECTOR),
    "inspector2": ("阿古拉", BUREAU, Role.INSPECTOR),
    "supervisor": ("苏日娜", BUREAU, Role.SUPERVISOR),
    "head": ("巴特尔", BUREAU, Role.HEAD),
    "legal": ("乌云", BUREAU, Role.LEGAL_REVIEWER),
    "system_admin": ("特木尔", BUREAU, Role.SYSTEM_ADMIN),
    "trainer": ("娜仁", BUREAU, Role.TRAINER),
    "clerk": ("乌日娜", TOWN, Role.TOWNSHIP_CLERK),
    "clerk2": ("哈斯", TOWN, Role.TOWNSHIP_CLERK),
    "mayor": ("宝音", TOWN, Role.DEPT_APPROVER),
}
_LONG_AGO, _FAR_OFF = date(2020, 1, 1), date(2040, 12, 31)


class Office:
    """A department, its bureau, the people in them, and leads walked by the product's verbs."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        # Everything here happened last week.
        self.now = now - timedelta(days=7)
        self.orgs = {
            DEPT: self._org(DEPT, "区工信局", "department", "东工信"),
            BUREAU: self._org(BUREAU, "区统计局", "bureau", "东统"),
            TOWN: self._org(TOWN, "罕台镇", "township", "罕台", TOWN_CODE),
        }
        hashed = Passwords(memory_kib=8, time_cost=1).hash(PASSWORD)
        self.people = {account: self._person(account, hashed) for account in PEOPLE}
        self._statisticians()

    def _statisticians(self) -> None:
        """The township's statistician, and somebody who is to follow and was never trained."""
        for account in ("clerk", "clerk2"):
            person = StaffPerson(
                name=PEOPLE[account][0], name_key=name_key(PEOPLE[account][0]),
                region_code=TOWN_CODE, user_id=self.people[account], created_at=self.now,
            )  # fmt: skip
            self.session.add(person)
            self.session.flush()
            if account == "clerk":
                self.session.add(
                    Holding(
                        person_id=person.id, region_code=TOWN_CODE, duty="statistician",
                        title="统计员", full_time=True, on_payroll=True, since=_LONG_AGO,
                        confirmed_on=_LONG_AGO,
                    )
                )  # fmt: skip
        self.session.flush()

    def _org(self, name: str, short: str, kind: str, prefix: str, region: str = HERE) -> int:
        org = Organisation(
            name=name, short_name=short, kind=kind, region_code=region, doc_prefix=prefix
        )
        self.session.add(org)
        self.session.flush()
        return org.id

    def _person(self, account: str, hashed: str) -> int:
        name, org, role = PEOPLE[account]
        user = User(
            username=account, name=name, password_hash=hashed, active=True, clearance=3,
            must_change=False, created_at=self.now,
        )  # fmt: skip
        self.session.add(user)
        self.session.flush()
        grant = Grant(user_id=user.id, org_id=self.orgs[org], role=role.value, valid_from=_LONG_AGO)
        self.session.add_all(
            (grant, PastPassword(user_id=user.id, password_hash=hashed, set_at=self.now))
        )
        if role is Role.INSPECTOR:
            self.session.add(
                Officer(
                    user_id=user.id, certificate_no=f"示例-{account}",
                    valid_from=_LONG_AGO, valid_to=_FAR_OFF,
                )
            )  # fmt: skip
        self.session.flush()
        return user.id

    def actor(self, account: str) -> Actor:
        return load_actor(self.session, self.people[account], office_date(self.now))

    # ------------------------------------------------------------ leads

    def draft(self, unit: str, **changes: Any) -> Lead:
        lead = service.draft(
            self.session, self.actor("liaison"), lead_data(unit, self.now, **changes),
            now=self.now, org_id=self.orgs[DEPT],
        )  # fmt: skip
        service.attach(self.session, self.actor("liaison"), lead.id, "台账.pdf", PDF, now=self.now)
        return lead

    def reported(self, unit: str) -> Lead:
        """A lead from a named reporter, taken in by the bureau itself."""
        return service.intake(
            self.session, self.actor("registrar"),
            replace(
                lead_data(unit, self.now), channel="report", reporter="named", confidentiality=2,
                reply_wanted=True, identity={"name": REPORTER, "phone": "000-0000-0001"},
            ),
            now=self.now, org_id=self.orgs[BUREAU],
        )  # fmt: skip

    def walk(self, lead: Lead, to: str) -> int:
        """Take a lead along the usual way until it is in a state; answers its id."""
        officers = {a: self.people[b] for a, b in OFFICERS.items()}
        way: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
            ("drafted", "liaison", "submit", {}),
            ("approval", "approver", "approve", {}),
            ("sent", "registrar", "receive", {}),
            ("registered", "registrar", "assign", {"handler": officers["handler"]}),
            ("triage", "inspector", "verify", officers),
            ("verifying", "inspector", "submit_findings", {"found": True}),
            ("countersign", "inspector2", "countersign", {}),
            ("result", "supervisor", "confirm_result", {}),
            ("feedback", "inspector", "give_feedback", {"feedback_sender": "已经查实。"}),
            ("closing", "supervisor", "close", {}),
        )
        for state, who, step, inputs in way:
            if lead.state == to:
                break
            if lead.state != state:
                continue
            self.now += timedelta(minutes=5)
            self._compare(lead)
            given = {"note": "理由写在这里", **inputs}
            lead = service.take(
                self.session, self.actor(who), lead.id, step, given, seen=lead.version,
                now=self.now,
            )  # fmt: skip
        assert lead.state == to
        return lead.id

    def _compare(self, lead: Lead) -> None:
        if lead.state == "registered":
            who = self.actor("registrar")
            service.see_duplicates(self.session, who, lead.id, now=self.now)


OFFICERS = {"handler": "inspector", "co_officer": "inspector2"}


def lead_data(unit: str, now: datetime, **changes: Any) -> LeadData:
    """A complete lead about an invented unit."""
    day = office_date(now)
    given: dict[str, Any] = {
        "unit_name": unit,
        "region_code": HERE,
        "period": f"{day.year}-{day.month:02d}",
        "matter": "虚报原煤产量",
        "found_in": "能源生产月度调度",
        "found_on": day,
        "facts": "上报产量高于调度台账，单位没有说明原因。",
        "indicators": (
            IndicatorData("原煤产量", "万吨", Decimal("12.86"), Decimal("9.64"), "调度台账"),
            IndicatorData("原煤销量", "万吨", Decimal("3"), Decimal("0"), "铁路外运量"),
        ),
        **changes,
    }
    return LeadData(**given)


def fill(session: Session, now: datetime) -> dict[str, int]:
    """Every lead the tests begin with, by what it is for."""
    office = Office(session, now)
    made = {
        "drafted": office.draft("示例草拟煤业有限公司").id,
        "triage": office.walk(office.draft("示例初审商贸有限公司"), "triage"),
        "findings": office.walk(office.draft("示例核查建材有限公司"), "verifying"),
        "feedback": office.walk(office.draft("示例反馈物流有限公司"), "feedback"),
        "sealed": office.walk(office.reported("示例封存化工有限公司"), "triage"),
        "closed": office.walk(office.draft("示例办结纺织有限公司"), "closed"),
        "twin": office.walk(office.draft("示例重复电力有限公司"), "registered"),
        "alike": office.walk(office.draft("示例重复电力有限公司"), "registered"),
    }
    for name in ("stale", "scriptless", "keyboard"):
        made[name] = office.walk(office.draft(f"示例{name}装备有限公司"), "approval")
    return made


def main() -> None:
    """Set up the instance of the environment, fill it, and print the ids of its leads."""
    from tracker import cli
    from tracker.app import create_app
    from tracker.core.db import db, transaction

    cli.tracker.main(["init"], standalone_mode=False)
    app = create_app()
    with app.app_context():
        with transaction() as session:
            made = fill(session, datetime.now(UTC))
        db.engine.dispose()
    print(json.dumps(made))  # noqa: T201 - read by the fixture


if __name__ == "__main__":
    main()
