"""Take the steps of the walks by the product's own verbs, with the papers and proofs they want."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib import import_module
from types import ModuleType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, load_actor
from tracker.core.accounts.roles import Role
from tracker.core.calendar.days import Calendar
from tracker.core.cases import papers
from tracker.core.cases.attaching import attach
from tracker.core.cases.attachments import stage
from tracker.core.cases.flow import Flow
from tracker.core.cases.guards import part_holders
from tracker.core.cases.models import Case, CaseLink
from tracker.core.cases.scope import get_visible
from tracker.core.clock import office_date
from tracker.core.documents.service import issued_kinds
from tracker.demo.paperwork import filled
from tracker.demo.walks import Day, Deed, Parts, Person, Walk

# Every chaser is a letter of its own.
_EACH_TIME = {"chaser"}
_DESKS = {
    Role.INSPECTOR: "inspector1",
    Role.SUPERVISOR: "supervisor",
    Role.HEAD: "head",
    Role.LEGAL_REVIEWER: "legal",
    Role.REGISTRAR: "registrar",
    Role.TRAINER: "trainer",
    Role.TOWNSHIP_CLERK: "clerk",
}


@dataclass(frozen=True, slots=True)
class Custom:
    """Who usually takes a step, and what is answered at it."""

    account: str
    answers: Callable[[Moment], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Trade:
    """One workflow of the demo: its parts, its customs, and what is done beside its steps."""

    kind: str
    model: type[Case]
    customs: Mapping[str, Custom]
    beside: Mapping[str, Callable[[Session, Moment], None]] = field(default_factory=dict)
    folder: str = ""  # where the workflow lies, if not under its kind with an s
    files_by: str = ""  # who puts a proof into the file, if not the officer in charge

    @property
    def package(self) -> str:
        return f"tracker.workflows.{self.folder or self.kind + 's'}"

    @property
    def service(self) -> ModuleType:
        return import_module(f"{self.package}.service")

    @property
    def flow(self) -> Flow:
        found: Flow = import_module(f"{self.package}.flow").FLOW
        return found


@dataclass(slots=True)
class Office:
    """All that a deed needs: people, the cases so far, the calendar."""

    users: Mapping[str, int]
    walks: Mapping[str, Walk]
    trades: Mapping[str, Trade]
    calendar: Calendar
    base: date
    leads: Mapping[str, int] = field(default_factory=dict)
    orgs: Mapping[str, int] = field(default_factory=dict)
    # Statisticians of the register, as the walks call them.
    people: Mapping[str, int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, session: Session, username: str, today: date) -> Actor:
        """The person with their powers; these do not change in the demo."""
        if username not in self.actors:
            self.actors[username] = load_actor(session, self.users[username], today)
        return self.actors[username]


@dataclass(frozen=True, slots=True)
class Moment:
    """Somebody's deed at a time, as the customs are asked about it."""

    office: Office
    walk: Walk
    deed: Deed
    case_id: int | None

    @property
    def now(self) -> datetime:
        return self.deed.at

    @property
    def today(self) -> date:
        return office_date(self.deed.at)

    @property
    def trade(self) -> Trade:
        return self.office.trades[self.walk.kind]

    def day(self, away: int) -> date:
        """A working day counted from today's."""
        return self.office.calendar.add_workdays(self.today, away)

    def who(self, account: str) -> int:
        """A person of the walk's bureau."""
        return self.office.users[self.account(account)]

    def account(self, account: str) -> str:
        """The account name of whoever does this here."""
        return f"{self.walk.who.get(account, account)}{self.walk.crew}"

    def by(self, session: Session, account: str) -> Actor:
        """The person as they act."""
        return self.office.actor(session, self.account(account), self.today)

    def case(self, session: Session, account: str = "inspector1") -> Any:
        """The case, locked, as somebody sees it."""
        actor = self.by(session, account)
        return get_visible(session, self.trade.model, actor, self.case_id or 0, lock=True)

    def words(self) -> dict[str, Any]:
        """What this walk says at this step, with days and people put in."""
        said = self.walk.words.get(self.deed.named, {})
        return {name: self._put_in(value) for name, value in said.items()}

    def _put_in(self, value: Any) -> Any:
        if isinstance(value, Day):
            return self.office.calendar.add_workdays(self.office.base, value.away)
        if isinstance(value, Parts):
            days = [self.office.calendar.add_workdays(self.office.base, n) for n, _ in value.due]
            rows = zip(days, value.due, strict=True)
            return "\n".join(f"{day} {amount}" for day, (_, amount) in rows)
        return self.who(value.account) if isinstance(value, Person) else value


def do(session: Session, office: Office, deed: Deed) -> None:
    """Do one deed: open a case, take a step of it, or do something beside."""
    walk = office.walks[deed.walk]
    if not deed.opens and walk.key not in office.cases:
        office.cases[walk.key] = _child(session, office, walk)
    if walk.drawn:
        walk = _with_drawn(session, office, walk)
    moment = Moment(office, walk, deed, office.cases.get(walk.key))
    if deed.step.startswith("~"):
        moment.trade.beside[deed.step](session, moment)
        return
    custom = moment.trade.customs[deed.step]
    answers = {**custom.answers(moment), **moment.words()}
    actor = moment.by(session, str(answers.pop("by", custom.account)))
    if deed.opens:
        made = moment.trade.service.open_new(session, actor, deed.step, answers, now=deed.at)
        office.cases[walk.key] = made.id
        return
    _prepare(session, moment)
    version = session.scalars(select(Case.version).where(Case.id == moment.case_id)).one()
    moment.trade.service.take(
        session, actor, moment.case_id, deed.step, answers, seen=version, now=deed.at
    )


def _with_drawn(session: Session, office: Office, walk: Walk) -> Walk:
    """The walk with the officers who were drawn in the places of the usual ones."""
    names = {user: name for name, user in office.users.items()}
    parts = {"inspector1": "handler", "inspector2": "co_officer"}
    who = {}
    for account, part in parts.items():
        for holder in part_holders(session, office.cases[walk.key], part):
            who[account] = names[holder].removesuffix(walk.crew)
    return replace(walk, who=who)


def _child(session: Session, office: Office, walk: Walk) -> int:
    """The case of the walk's kind that its parent opened: the newest, or the n-th."""
    key, _, number = walk.parent.partition("#")
    origin = office.cases[key] if key in office.cases else office.leads[key]
    found = session.scalars(
        select(Case.id)
        .join(CaseLink, CaseLink.to_id == Case.id)
        .where(
            CaseLink.from_id == origin,
            CaseLink.kind == "opened",
            Case.kind == walk.kind,
        )
        .order_by(CaseLink.id)
    ).all()
    return found[int(number) - 1 if number else -1]


# ---------------------------------------------------------------- papers and proofs


def _prepare(session: Session, moment: Moment) -> None:
    """The papers that a step wants are issued, and its proof lies in the file."""
    step = moment.trade.flow.step(moment.deed.step)
    there = issued_kinds(session, moment.case_id or 0) if step.papers else frozenset()
    for kind in step.papers:
        if kind not in there:
            issue(session, moment, kind)
    if moment.walk.kind == "sanction" and step.name == "chase":
        issue(session, moment, "chaser")
    if step.proof:
        hang_file(session, moment, step.proof)


def issue(session: Session, moment: Moment, kind: str) -> None:
    """Draw up a paper and issue it, by somebody who may."""
    flow = moment.trade.flow
    state = session.scalars(select(Case.state).where(Case.id == moment.case_id)).one()
    roles = next(use.by for use in papers.uses_of(flow, kind) if state in use.states)
    desk = _desk(session, moment, roles)
    case, actor = moment.case(session, desk), moment.by(session, desk)
    values = filled(session, moment.trade.package, case, kind, actor, moment.now)
    draft = papers.draft(session, flow, case, actor, kind, values, now=moment.now)
    papers.issue(session, flow, case, actor, draft.id, now=moment.now)


def _desk(session: Session, moment: Moment, roles: tuple[Role, ...]) -> str:
    """The account that draws up a paper: the officer in charge where inspectors do."""
    if Role.INSPECTOR not in roles:
        return _DESKS[roles[0]]
    holders = part_holders(session, moment.case_id or 0, "handler")
    names = {user: name for name, user in moment.office.users.items()}
    if not holders:
        return _DESKS[Role.INSPECTOR]
    return names[holders[0]].removesuffix(moment.walk.crew)


def hang_file(session: Session, moment: Moment, label: str) -> None:
    """A file under a label, as a scan would lie there."""
    desk = "registrar" if label == "缴款凭证" else "inspector1"
    if moment.walk.kind != "penalty":
        desk = moment.trade.files_by or _desk(session, moment, (Role.INSPECTOR,))
    case = moment.case(session, desk)
    text = f"{label}（示例）\r\n{case.title}\r\n{moment.today}\r\n演示用的材料，不是扫描件。\r\n"
    staged = stage(f"{label}.txt", io.BytesIO(("\ufeff" + text).encode()))
    attach(session, moment.by(session, desk), case, staged, now=moment.now, label=label)
