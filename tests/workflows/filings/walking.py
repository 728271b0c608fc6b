"""Filings of a township, a village, a department and their bureaus, walked by real steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.security.world import vault_key
from tests.workflows.leads.walking import MONDAY
from tests.workflows.onward import HASH, Move, OnwardOffice
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store
from tracker.core.cases.flow import Step
from tracker.core.cases.guards import history, judge, taken
from tracker.core.cases.means import means
from tracker.core.cases.models import Case
from tracker.core.documents.models import Document
from tracker.core.staff import register
from tracker.core.staff.models import Holding, Person
from tracker.workflows.filings import handover, lines, service
from tracker.workflows.filings.flow import FLOW
from tracker.workflows.filings.lines import Entry
from tracker.workflows.filings.models import ITEMS, Filing, HandoverItem

# Real places of the shipped register, one set a notice: county, town, village, city.
PLACES = {
    "ordos": ("150602000000", "150602101000", "150602101201", "150600000000"),
    "jilin": ("220102000000", "220102001000", "220102001001", "220100000000"),
    "chongqing": ("500107000000", "500107102000", "500107102200", "500000000000"),
}
SINCE = date(2025, 1, 6)
CAST: Mapping[str, tuple[str, tuple[Role, ...]]] = {
    "leaver": ("town", (Role.TOWNSHIP_CLERK,)),
    "clerk": ("town", (Role.TOWNSHIP_CLERK,)),
    "newcomer": ("town", (Role.TOWNSHIP_CLERK,)),
    "approver": ("town", (Role.DEPT_APPROVER,)),
    "both": ("town", (Role.TOWNSHIP_CLERK, Role.DEPT_APPROVER)),
    "village clerk": ("village", (Role.TOWNSHIP_CLERK,)),
    "village approver": ("village", (Role.DEPT_APPROVER,)),
    "liaison": ("dept", (Role.LIAISON,)),
    "dept approver": ("dept", (Role.DEPT_APPROVER,)),
    "city registrar": ("city", (Role.REGISTRAR,)),
    "city supervisor": ("city", (Role.SUPERVISOR,)),
    "foreign registrar": ("foreign bureau", (Role.REGISTRAR,)),
    "foreign supervisor": ("foreign bureau", (Role.SUPERVISOR,)),
    **{r.value: ("bureau", (r,)) for r in (Role.REGISTRAR, Role.INSPECTOR, Role.SUPERVISOR,
                                           Role.HEAD, Role.TRAINER, Role.LEGAL_REVIEWER,
                                           Role.SYSTEM_ADMIN)},
}  # fmt: skip
DEPUTIES = {"clerk's deputy": "clerk", "approver's deputy": "approver"}
EVERYBODY = (*CAST, *DEPUTIES)
CONSENT = {"mode_rule": "consent-32-2"}
FULL: Mapping[str, Entry] = {
    **{item: Entry("handed", "已点交") for item in ITEMS},
    "seals": Entry("none"),
    "media": Entry("none"),
}


class FilingOffice(OnwardOffice):
    """罕台镇 (or a town elsewhere) with one statistician who leaves and one who comes."""

    flow = FLOW
    service = service

    def __init__(self, session: Session, where: str = "ordos") -> None:
        vault_key()
        self.session, self.now = session, MONDAY
        self.actors = {}
        store.seed(session, MONDAY)
        county, town, village, city = PLACES[where]
        self.town_code, self.village_code = town, village
        self.orgs = {
            "bureau": self._org("示例区统计局", "bureau", county, "示统"),
            "city": self._org("示例市统计局", "bureau", city, "示市统"),
            "town": self._org("示例镇人民政府", "township", town, ""),
            "village": self._org("示例村村委会", "other", village, ""),
            "dept": self._org("示例区发展和改革委员会", "department", county, "示发改"),
            "foreign bureau": self._org("示例县统计局", "bureau", "150626000000", "示县统"),
        }
        self.people = self._employ({**CAST, **dict.fromkeys(DEPUTIES, ("", ()))})
        for name, lender in DEPUTIES.items():
            self._lend(self.people[lender], self.people[name])
        self.staff = {name: self._statistician(name, town) for name in ("leaver", "newcomer")}
        self.post = self.in_post(self.staff["leaver"], town)

    def _statistician(self, name: str, code: str) -> Person:
        data = register.PersonData(
            name=f"示例统计员{name}", region_code=code, user_id=self.people.get(name)
        )
        return register.add_person(
            self.session, data, actor_id=self.people["registrar"], now=self.now, kek=means().kek()
        )

    def in_post(
        self, person: Person, code: str, *, org: str = "", duty: str = "statistician"
    ) -> Holding:
        """Somebody who was trained and has served since the beginning of 2025."""
        self.train(person, date(2025, 1, 3))
        by: dict[str, Any] = {"actor_id": self.people["registrar"], "now": self.now}
        post = register.PostData(
            region_code=code, duty=duty, since=SINCE, org_id=self.orgs[org] if org else None,
            full_time=True, on_payroll=True,
        )  # fmt: skip
        return register.add_holding(self.session, person.id, post, confirmed_on=SINCE, **by)

    def train(self, person: Person, on: date, *, passed: bool = True) -> None:
        """An induction on the person's file."""
        data = register.TrainingData(
            held_on=on, kind="induction", title="示例岗前培训", hours=Decimal(16), passed=passed
        )
        register.record_training(
            self.session, person.id, data, source="hand", actor_id=self.people["trainer"],
            now=self.now,
        )  # fmt: skip

    # ------------------------------------------------------------ opening

    @property
    def soon(self) -> date:
        """A day after any consent given now."""
        return self.today + timedelta(days=10)

    def opening(self) -> dict[str, Any]:
        return {
            "change": "out",
            "holding": str(self.post.id),
            "incoming": str(self.staff["newcomer"].id),
            "effective_on": self.soon,
            "reason": "调往示例局工作",
        }

    def open(self, who: str = "clerk", step: str = "draft", **changes: Any) -> Filing:
        """A filing that a clerk of the town drafts, unless somebody else opens it."""
        inputs = {k: v for k, v in {**self.opening(), **changes}.items() if v is not None}
        return service.open_new(self.session, self.actor(who), step, inputs, now=self.now)

    def village(self, **changes: Any) -> Filing:
        """The village's own liaison leaves, and somebody entered by name and number comes."""
        person = self._statistician("village", self.village_code)
        post = self.in_post(person, self.village_code, duty="liaison")
        return self.open("village clerk", **{"holding": str(post.id), "incoming": None,
                                             "gap_plan": "由村会计代办", "gap_until": self.soon,
                                             **changes})  # fmt: skip

    def find(self, who: str = "registrar", **changes: Any) -> Filing:
        """A move that nobody has filed."""
        found = {
            "unit": str(self.orgs["town"]), "found_on": self.today, "incoming": None,
            "effective_on": self.today - timedelta(days=20), "reason": "核对名册时发现",
        }  # fmt: skip
        return self.open(who, "find", **{**found, **changes})

    # ------------------------------------------------------------ walking

    def _usual(self, name: str) -> Any:
        usual = {"effective_on": self.soon, "start_on": self.soon}
        return usual.get(name, super()._usual(name))

    def take(  # type: ignore[override]  # another kind of case than a lead
        self, case: Any, who: str, step: str, *, bare: bool = False, **inputs: Any
    ) -> Any:
        asks = {ask.name for ask in self.flow.step(step).asks}
        if step in ("edit", "complete"):
            inputs = {**self.opening(), **inputs}
        if "effective_on" in asks and step in ("agree", "agree_in"):
            inputs = {"effective_on": case.effective_on, **inputs}
        if step == "confirm":
            inputs = {"start_on": max(case.effective_on, self.today), **inputs}
        given = {k: v for k, v in inputs.items() if v is not None}
        return super().take(case, who, step, bare=bare, **given)

    def paper(self, case: Case, kind: str) -> Document:
        """A document of the case, issued; by the unit where no bureau has the case yet."""
        count = len(self.session.scalars(
            select(Document.id).where(Document.case_id == case.id, Document.kind == kind)
        ).all())  # fmt: skip
        row = Document(
            case_id=case.id, org_id=case.bureau_id or case.origin_org_id, kind=kind,
            seq=count + 1, state="issued", title=kind, values={}, sha256=HASH, size=1,
            store_id=f"示例{kind}", media_type="application/zip", made_by_id=case.created_by_id,
            made_at=self.now, issued_by_id=case.created_by_id, issued_at=self.now,
            issued_on=self.today,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        return row

    def provide(self, case: Case, step: Step) -> None:
        if step.name.startswith("close_handover"):
            self.hand_over(case)
        super().provide(case, step)
        if step.name == "confirm":
            self.train(self.staff["newcomer"], self.today)

    def hand_over(self, case: Any) -> None:
        """The list filled and three signatures, as far as they are not there."""
        self.fill(case)
        there = handover.signatures(self.session, case.id)
        for part, who in (("outgoing", "leaver"), ("incoming", "newcomer"),
                          ("overseer", "approver")):  # fmt: skip
            if part not in there:
                self.sign(case, who, part)

    def fill(self, case: Any, who: str = "clerk", **changes: Entry) -> bool:
        """Save the list; whether signatures became void."""
        rows = {**FULL, **changes} if not self._filled(case) else dict(changes)
        if not rows:
            return False
        return service.save_list(
            self.session, self.actor(who), case.id, rows, seen=case.version, now=self.now
        )

    def _filled(self, case: Any) -> bool:
        rows = self.session.scalars(select(HandoverItem).where(HandoverItem.case_id == case.id))
        return all(row.state for row in rows)

    def provide_scan(self, case: Any) -> None:
        """The scan of the signed list lies in the file."""
        self.proof(case, lines.SCAN)

    def sign(self, case: Any, who: str, part: str) -> Any:
        return service.sign(self.session, self.actor(who), case.id, part, now=self.now)

    def on_paper(self, case: Any, part: str, name: str = "", who: str = "clerk") -> Any:
        return service.sign_on_paper(
            self.session, self.actor(who), case.id, part, name, now=self.now
        )

    def reassign(self, case: Any, who: str, to: str, **kw: Any) -> int:
        return service.reassign(
            self.session, self.actor(who), case.id, self.people[to], now=self.now, **kw
        )

    def way(self, to: str, *, consent: bool = True) -> list[Move]:
        ways: dict[str, list[Move]] = {"draft": []}
        ways["signing"] = [("clerk", "submit", {})]
        ways["arrived"] = [*ways["signing"], ("approver", "sign", {})]
        if consent:
            ways["opinion"] = [*ways["arrived"], ("registrar", "refer", {})]
            ways["handover"] = [*ways["opinion"], ("supervisor", "agree", {})]
        else:
            ways["handover"] = [*ways["arrived"], ("registrar", "accept", {})]
        ways["gate"] = [*ways["handover"], ("approver", "close_handover", {})]
        ways["closing"] = [*ways["gate"], ("trainer", "confirm", {})]
        ways["at_above"] = [*ways["closing"], ("registrar", "report_up", {})]
        ways["closed"] = [*ways["closing"], ("registrar", "close", {})]
        return ways[to]

    def consented(self, to: str, **changes: Any) -> Filing:
        """A filing that asks for consent first, walked to a state."""
        return self._to(self.open(**{**CONSENT, **changes}), to, consent=True)

    def filed(self, to: str, **changes: Any) -> Filing:
        """A filing of which the bureau is told, walked to a state."""
        return self._to(self.open(**{"mode_rule": "ordos-filing", **changes}), to, consent=False)

    def _to(self, case: Filing, to: str, *, consent: bool) -> Filing:
        self.walk(case, self.way(to, consent=consent))
        assert case.state == to
        return case


def wrong_at(office: FilingOffice, case: Filing, may: Mapping[str, set[str]]) -> Iterable[str]:
    """Where the door and a line of the hand-written table disagree, for a case as it stands."""
    flow, session = office.flow, office.session
    for step in flow.from_state(case.state):  # nothing but what is asked here stands in the way
        for kind in step.papers:
            office.paper(case, kind)
    past = taken(history(session, case.id))
    for step in flow.steps:
        for name in EVERYBODY if case.state in step.source else ("both",):
            verdict = judge(
                flow, step, case, office.actor(name), session=session, now=office.now, past=past
            )
            if verdict.allowed != (name in may.get(step.name, set())):
                why = "".join(str(r.why) for r in verdict.refusals)
                yield f"{case.state}: {step.name} by {name}: {verdict.allowed} {why}"
