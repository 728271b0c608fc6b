"""What a case leads to, walked by the products' own verbs; papers and proofs are put in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.security.world import Door, key
from tests.workflows.leads.walking import CAST, DEPUTIES, ELSEWHERE, HERE, MONDAY, Office
from tracker.core.accounts.actor import Actor
from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store
from tracker.core.cases.flow import Flow, Step
from tracker.core.cases.guards import history, judge, taken
from tracker.core.cases.models import Attachment, Case
from tracker.core.clock import OFFICE_ZONE, office_date
from tracker.core.db import transaction
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.documents.models import Document
from tracker.core.registers.models import Officer

# One of every role of the bureau, the same roles of a foreign one, and those with a part.
EVERYBODY = (
    *(f"{role.value}@bureau" for role in Role),
    *(f"{r}@foreign bureau" for r in ("inspector", "supervisor", "head", "legal_reviewer")),
    *(f"{r}@dept" for r in ("liaison", "dept_approver")),
    *CAST,
    *DEPUTIES,
)
HANDLER = {"handler", "handler's deputy"}  # inspector, supervisor and head; so is the stand-in
SUPERVISORS = {"supervisor@bureau", "co_officer"} | HANDLER
HEADS = {"head@bureau"} | HANDLER
LEADERS = SUPERVISORS | HEADS
HASH = "0" * 64
WAIT = "wait"  # a line of a way on which only time passes
LOOK = "look"  # a line of a tour at which the matrix is compared
Move = tuple[str, str, Mapping[str, Any]]


def at(text: str) -> datetime:
    """An office wall-clock time."""
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)


class OnwardOffice(Office):
    """The office with one workflow: `flow`, its `service`, and `ways` to each state."""

    flow: Flow
    service: Any

    def __init__(self, session: Session) -> None:
        self.session, self.now = session, MONDAY
        self.actors: dict[tuple[str, date], Actor] = {}
        store.seed(session, MONDAY)
        self.orgs = {
            "dept": self._org("东胜区发展和改革委员会", "department", HERE, "东发改"),
            "bureau": self._org("东胜区统计局", "bureau", HERE, "东统"),
            "foreign bureau": self._org("南关区统计局", "bureau", ELSEWHERE, "南统"),
        }
        roles = {
            name: (org, (Role(role),))
            for name in EVERYBODY
            for role, _, org in [name.partition("@")]
            if org
        }
        self.people = self._employ({**roles, **CAST, **dict.fromkeys(DEPUTIES, ("", ()))})
        for name, lender in DEPUTIES.items():
            self._lend(self.people[lender], self.people[name])
        for name in ("handler", "co_officer"):
            self.certify(name)

    def _employ(self, wanted: Mapping[str, tuple[str, tuple[Role, ...]]]) -> dict[str, int]:
        """Everybody with their roles, written at once."""
        users = {
            name: User(username=f"p{n}", name=f"示例{n}", active=True, clearance=3,
                       created_at=MONDAY)
            for n, name in enumerate(wanted, start=1)
        }  # fmt: skip
        self.session.add_all(users.values())
        self.session.flush()
        self.session.add_all(
            Grant(
                user_id=users[name].id, org_id=self.orgs[org], role=role.value,
                valid_from=date(2025, 1, 1),
            )
            for name, (org, held) in wanted.items()
            for role in held
        )  # fmt: skip
        return {name: user.id for name, user in users.items()}

    def certify(self, name: str) -> None:
        """Give somebody an enforcement certificate that is valid."""
        self.session.add(
            Officer(
                user_id=self.people[name], certificate_no=f"示例-{name}",
                valid_from=date(2025, 1, 1), valid_to=date(2030, 12, 31),
            )
        )  # fmt: skip
        self.session.flush()

    # ------------------------------------------------------------ what a workflow fills in

    def opening(self) -> dict[str, Any]:
        """The answers of the opening form."""
        raise NotImplementedError

    def way(self, to: str) -> list[Move]:
        """Who takes which step with which answers, to come to a state."""
        raise NotImplementedError

    # ------------------------------------------------------------ walking

    @property
    def today(self) -> date:
        return office_date(self.now)

    def actor(self, name: str) -> Actor:
        """Somebody with the powers of the day; read once, as nobody's change here."""
        key = name, self.today
        if key not in self.actors:
            self.actors[key] = super().actor(name)
        return self.actors[key]

    def open(self, who: str = "co_officer", **changes: Any) -> Any:
        """A case without an origin in the product."""
        inputs = {**self.opening(), **changes}
        return self.service.open_new(self.session, self.actor(who), "open", inputs, now=self.now)

    def take(  # type: ignore[override]
        self, case: Any, who: str, step: str, *, bare: bool = False, **inputs: Any
    ) -> Any:
        """One step an hour after the last; papers and proofs it wants lie there unless `bare`."""
        if case.kind == "lead":
            return super().take(case, who, step, **inputs)
        self.now += timedelta(hours=1)
        found = self.flow.step(step)
        if not bare:
            self.provide(case, found)
        given = {ask.name: self._usual(ask.name) for ask in found.asks}
        given = {k: v for k, v in given.items() if v is not None}
        return self.service.take(
            self.session,
            self.actor(who),
            case.id,
            step,
            {"note": "见附件", **given, **inputs},
            seen=case.version,
            now=self.now,
        )

    def _usual(self, name: str) -> Any:
        usual = {"on": self.today, "at": self.now, "document": "示例文号1号"}
        return usual.get(name)

    def walk(self, case: Any, moves: Iterable[Move]) -> Any:
        for who, step, inputs in moves:
            if step == WAIT:
                self.now += timedelta(**inputs)
            else:
                case = self.take(case, who, step, **inputs)
        return case

    def case(self, at: str) -> Any:
        """A case that was walked to a state."""
        case = self.walk(self.open(), self.way(at))
        assert case.state == at
        return case

    # ------------------------------------------------------------ what lies in the file

    def provide(self, case: Case, step: Step) -> None:
        for kind in step.papers:
            self.paper(case, kind)
        if step.proof:
            self.proof(case, step.proof)

    def paper(self, case: Case, kind: str) -> Document:
        """A document of the case, issued."""
        seq = self.session.scalar(
            select(func.count()).where(Document.case_id == case.id, Document.kind == kind)
        )
        row = Document(
            case_id=case.id, org_id=case.bureau_id or 0, kind=kind, seq=(seq or 0) + 1,
            state="issued", title=kind, values={}, sha256=HASH, size=1, store_id=f"示例{kind}",
            media_type="application/zip", made_by_id=case.created_by_id, made_at=self.now,
            issued_by_id=case.created_by_id, issued_at=self.now, issued_on=self.today,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        return row

    def proof(self, case: Case, label: str) -> None:
        """An uploaded file under a label."""
        self.session.add(
            Attachment(
                case_id=case.id, name="示例.pdf", label=label, size=1, sha256=HASH,
                media_type="application/pdf", store_id="示例", added_by_id=case.created_by_id,
                added_at=self.now,
            )
        )  # fmt: skip
        self.session.flush()

    # ------------------------------------------------------------ looking

    def clocks(self, case: Case) -> dict[str, Deadline]:
        """The clocks that run now."""
        return {d.rule_id: d for d in deadlines.running(self.session, case.id)}

    def clock(self, case: Case, rule_id: str) -> Deadline:
        """The latest clock of a rule, running or not."""
        return [d for d in deadlines.of_case(self.session, case.id) if d.rule_id == rule_id][-1]

    def sound(self, case: Case) -> None:
        """Every stored date is what its facts replay to."""
        for clock in deadlines.of_case(self.session, case.id):
            assert deadlines.check(self.session, clock) == [], clock.rule_id

    def why_not(self, case: Case, who: str, step: str) -> str:
        """All that stands against a step; empty when it may be taken."""
        verdict = judge(
            self.flow, self.flow.step(step), case, self.actor(who),
            session=self.session, now=self.now,
        )  # fmt: skip
        return "".join(str(r.why) for r in verdict.refusals)


class Pages:
    """The pages of a workflow in the browsers of some people."""

    def __init__(self, app: Flask, office: OnwardOffice) -> None:
        with transaction() as session:
            session.execute(update(User).values(must_change=False))
        self.area = office.flow.pages
        self.door = Door(app, office.people)

    def get(self, who: str, path: str = "/") -> str:
        """The text of a page that is there."""
        answer = self.door.of(who).get(f"/{self.area}{path}")
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def post(self, who: str, path: str, data: Mapping[str, Any]) -> TestResponse:
        """The answer to a form, sent once."""
        return self.door.of(who).post(f"/{self.area}{path}", data={**data, "_once": key()})

    def step(self, who: str, case: Case, step: str, **fields: Any) -> TestResponse:
        """A step sent from the page of a case."""
        named = {f"{step}-{name}": value for name, value in fields.items()}
        return self.post(who, f"/{case.id}/steps/{step}", {**named, "version": str(case.version)})


def wrong_in_matrix(
    office: OnwardOffice, may: Mapping[str, Mapping[str, set[str]]], tour: Iterable[Move]
) -> list[str]:
    """State by step by person: where the door and a table written by hand disagree.

    One case is walked through all states that are no end; each is looked at where the tour says
    `LOOK`, else just before it is left for the first time.
    """
    wrong: list[str] = []
    seen = {s.name for s in office.flow.states if s.final and not may[s.name]}
    case = office.open()
    for move in tour:
        leaves = move[1] in office.flow.step_map and office.flow.step(move[1]).dest
        if case.state not in seen and (move[1] == LOOK or leaves not in (None, False, case.state)):
            seen.add(case.state)
            wrong.extend(_wrong_at(office, case, may[case.state]))
        if move[1] != LOOK:
            case = office.walk(case, [move])
    return wrong + [f"{state} was not visited" for state in may if state not in seen]


def _wrong_at(office: OnwardOffice, case: Any, allowed: Mapping[str, set[str]]) -> Iterable[str]:
    flow, session = office.flow, office.session
    for step in flow.from_state(case.state):  # nothing but what is asked here stands in the way
        for kind in step.papers:
            office.paper(case, kind)
    past = taken(history(session, case.id))
    actors = {name: office.actor(name) for name in EVERYBODY}
    for step in flow.steps:
        # Somebody with every role stands for all where the state itself refuses.
        for name in EVERYBODY if case.state in step.source else ("handler",):
            verdict = judge(
                flow, step, case, actors[name], session=session, now=office.now, past=past
            )
            if verdict.allowed != (name in allowed.get(step.name, set())):
                why = "".join(str(r.why) for r in verdict.refusals)
                yield f"{case.state}: {step.name} by {name}: {verdict.allowed} {why}"


def clock_table(flow: Flow) -> set[tuple[str, str, str]]:
    """(clock, what happens to it, step or state) of a flow: to be compared with a hand table."""
    found = {(c, "starts", s.name) for s in flow.steps for c in s.starts}
    found |= {(c, "stops", s.name) for s in flow.steps for c in s.stops}
    found |= {(c, "extends", s.name) for s in flow.steps for c in s.extends}
    return found | {(s.clock, "runs in", s.name) for s in flow.states if s.clock}
