"""An office with people in it, and leads walked to a state by the product's own verbs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, load_actor
from tracker.core.accounts.models import Delegation, Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store
from tracker.core.cases.models import Case
from tracker.core.clock import OFFICE_ZONE, office_date
from tracker.core.registers.models import Officer, Organisation
from tracker.workflows.leads import service
from tracker.workflows.leads.data import IndicatorData, LeadData
from tracker.workflows.leads.models import CRITERIA, Lead

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=OFFICE_ZONE)
HERE, ELSEWHERE = "150602000000", "220102000000"
_LONG_AGO, _FAR_OFF = date(2025, 1, 1), date(2030, 12, 31)

# Who has a part in every lead here, and their roles; several roles so that four eyes matter.
CAST: Mapping[str, tuple[str, tuple[Role, ...]]] = {
    "drafter": ("dept", (Role.LIAISON, Role.DEPT_APPROVER)),
    "handler": ("bureau", (Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD)),
    "co_officer": ("bureau", (Role.INSPECTOR, Role.SUPERVISOR)),
}
# Each has no role of their own, only what the person named lends.
DEPUTIES = {"drafter's deputy": "drafter", "handler's deputy": "handler"}


class Office:
    """A department and its bureau, one of each elsewhere, and a person for every role in each."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.now = MONDAY
        store.seed(session, MONDAY)
        self.orgs = {
            "dept": self._org("东胜区发展和改革委员会", "department", HERE, "东发改"),
            "bureau": self._org("东胜区统计局", "bureau", HERE, "东统"),
            "foreign dept": self._org("南关区发展和改革局", "department", ELSEWHERE, "南发改"),
            "foreign bureau": self._org("南关区统计局", "bureau", ELSEWHERE, "南统"),
        }
        self.people: dict[str, int] = {}
        for org in self.orgs:
            for role in Role:
                self._person(f"{role.value}@{org}", org, (role,))
        for name, (org, roles) in CAST.items():
            self._person(name, org, roles)
        for name, lender in DEPUTIES.items():
            self._person(name, "", ())
            self._lend(self.people[lender], self.people[name])
        for name in ("handler", "co_officer"):
            session.add(
                Officer(
                    user_id=self.people[name],
                    certificate_no=f"示例-{name}",
                    valid_from=_LONG_AGO,
                    valid_to=_FAR_OFF,
                )
            )
        session.flush()

    def actor(self, name: str) -> Actor:
        return load_actor(self.session, self.people[name], office_date(self.now))

    def draft(self) -> Lead:
        data = a_lead_data()
        return service.draft(
            self.session, self.actor("drafter"), data, now=self.now, org_id=self.orgs["dept"]
        )

    def take(self, lead: Lead, who: str, step: str, **inputs: Any) -> Lead:
        """One step by one person, an hour after the last."""
        self.now += timedelta(hours=1)
        return service.take(
            self.session,
            self.actor(who),
            lead.id,
            step,
            {"note": "见附件", **inputs},
            seen=lead.version,
            now=self.now,
        )

    def lead(self, at: str) -> Lead:
        """A lead that was walked to a state."""
        lead = self.draft()
        drafter = self.actor("drafter")
        service.attach(self.session, drafter, lead.id, "台账.csv", b"a,b\r\n1,2\r\n", now=self.now)
        for who, step, inputs in self._way(at):
            lead = self.take(lead, who, step, **inputs)
        assert lead.state == at
        return lead

    def _way(self, at: str) -> list[tuple[str, str, dict[str, Any]]]:
        officers = {"handler": self.people["handler"], "co_officer": self.people["co_officer"]}
        to: dict[str, list[tuple[str, str, dict[str, Any]]]] = {"drafted": []}
        to["approval"] = [("drafter", "submit", {})]
        to["withdrawn"] = [*to["approval"], ("drafter", "withdraw", {})]
        to["sent"] = [*to["approval"], ("dept_approver@dept", "approve", {})]
        to["registered"] = [*to["sent"], ("registrar@bureau", "receive", {})]
        assign = ("registrar@bureau", "assign", {"handler": officers["handler"]})
        to["triage"] = [*to["registered"], assign]
        to["supplement"] = [*to["triage"], ("handler", "ask_supplement", {})]
        to["verifying"] = [*to["triage"], ("handler", "verify", officers)]
        findings = ("handler", "submit_findings", {"found": True})
        to["countersign"] = [*to["verifying"], findings]
        to["result"] = [*to["countersign"], ("co_officer", "countersign", {})]
        criteria = {"criteria": list(CRITERIA)}
        to["opening"] = [*to["triage"], ("handler", "propose_case", criteria)]
        to["opening_found"] = [
            *to["result"],
            ("supervisor@bureau", "propose_case_found", criteria),
        ]
        to["inside"] = [*to["triage"], ("handler", "hand_inside", {"handed_to": "工业科"})]
        to["refer"] = [*to["triage"], ("handler", "propose_referral", {"handed_to": "税务局"})]
        to["refuse"] = [*to["triage"], ("handler", "propose_refusal", {"ground": "no_clue"})]
        to["feedback"] = [*to["result"], ("supervisor@bureau", "confirm_result", {})]
        answer = ("handler", "give_feedback", {"feedback_sender": "已查实"})
        to["closing"] = [*to["feedback"], answer]
        to["closed"] = [*to["closing"], ("supervisor@bureau", "close", {})]
        if at == "merged":
            other = self.lead("registered")
            merge = ("registrar@bureau", "merge", {"target": other.id})
            to["merged"] = [*to["registered"], merge]
        return to[at]

    def _org(self, name: str, kind: str, region: str, prefix: str) -> int:
        org = Organisation(
            name=name, short_name=name[:8], kind=kind, region_code=region, doc_prefix=prefix
        )
        self.session.add(org)
        self.session.flush()
        return org.id

    def _person(self, name: str, org: str, roles: tuple[Role, ...]) -> None:
        number = len(self.people) + 1
        user = User(
            username=f"p{number}", name=f"示例{number}", active=True, clearance=3,
            created_at=MONDAY,
        )  # fmt: skip
        self.session.add(user)
        self.session.flush()
        self.people[name] = user.id
        for role in roles:
            self.session.add(
                Grant(user_id=user.id, org_id=self.orgs[org], role=role.value, valid_from=_LONG_AGO)
            )

    def _lend(self, lender: int, taker: int) -> None:
        lend_all(self.session, lender, taker)


def lend_all(session: Session, lender: int, taker: int) -> None:
    """Lend everything to somebody of the same house who has no role there that opens a case."""
    lenders, takers = (
        set(session.scalars(select(Grant.org_id).where(Grant.user_id == u)))
        for u in (lender, taker)
    )
    for org_id in lenders - takers:
        session.add(
            Grant(user_id=taker, org_id=org_id, role=Role.AUDIT_ADMIN.value, valid_from=_LONG_AGO)
        )
    session.add(
        Delegation(
            from_user_id=lender, to_user_id=taker, valid_from=_LONG_AGO, valid_to=_FAR_OFF,
            reason="出差", made_by_id=lender,
        )
    )  # fmt: skip


def open_nothing(*_args: object) -> Case:
    """An opener that is there and must not be asked."""
    raise AssertionError("no case was to be opened")


def a_lead_data(**changes: Any) -> LeadData:
    """A complete lead about an invented unit."""
    given: dict[str, Any] = {
        "unit_name": "示例煤业有限公司",
        "region_code": HERE,
        "period": "2026年1月",
        "matter": "虚报原煤产量",
        "found_in": "能源生产月度调度",
        "found_on": date(2026, 2, 27),
        "facts": "上报产量高于台账。",
        "indicators": (
            IndicatorData("原煤产量", "万吨", Decimal("12.86"), Decimal("9.64"), "调度台账"),
        ),
        **changes,
    }
    return LeadData(**given)
