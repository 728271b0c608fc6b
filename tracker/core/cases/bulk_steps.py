"""Which steps many cases can take together, and for each case whether it can, and why not.

A step is asked about with the code of the door itself; what this says holds until a case moves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.cases.flow import AskKind, Flow, Step, flows
from tracker.core.cases.guards import Taken, judge, persons_of, side_org
from tracker.core.cases.models import Case, Move
from tracker.core.cases.reads import outside
from tracker.core.cases.scope import visible
from tracker.core.cases.taking import Take, Takings, rehearse
from tracker.core.cases.workplace import BulkRow, BulkRun
from tracker.core.errors import (
    BadInput,
    ChangedMeanwhile,
    Refusal,
    SetupError,
    StepRefused,
    TrackerError,
    say,
)

# Figures, and the hour at which something happened, belong to one case.
_OF_ONE_CASE = frozenset({AskKind.MONEY, AskKind.NUMBER, AskKind.COUNT, AskKind.MOMENT})
# A wrong answer shows at its field when so many cases that could take the step all object to it.
_ASKED_FIRST = 5


@dataclass(frozen=True, slots=True)
class Worker:
    """How the steps of one workflow are taken, and what its steps need besides the move."""

    take: Take[Any]
    takings: Takings


class Workers:
    """The verbs of the workflows by kind; `app.py` fills it."""

    def __init__(self) -> None:
        self._workers: dict[str, Worker] = {}

    def add(self, kind: str, take: Take[Any], takings: Takings) -> None:
        """Say how steps on cases of a kind are taken; the same again is harmless."""
        worker = Worker(take, takings)
        if self._workers.setdefault(kind, worker) != worker:
            raise SetupError(f"two workflows take steps on cases of kind {kind!r}")

    def get(self, kind: str) -> Worker | None:
        """The verbs of a kind; None for a workflow that has none."""
        return self._workers.get(kind)


workers = Workers()


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that some of the chosen cases can take: how many of those of its kind."""

    flow: Flow
    step: Step
    can: int
    of: int


@dataclass(frozen=True, slots=True)
class Look:
    """One chosen case before the step is taken; no refusal means that it can.

    `case` is None when it is not there for the actor any more.
    """

    seq: int
    case: Case | None
    refusals: tuple[Refusal, ...]

    @property
    def allowed(self) -> bool:
        """Nothing stands against it."""
        return not self.refusals


Suits = Callable[[Flow, Step], bool]


def for_many(step: Step) -> bool:
    """Whether a step's questions can be answered once for many cases.

    Not one that opens a case, that needs a file or a paper of its own, that asks for figures, for
    long words about the case, or for what only the registers of that case can offer.
    """
    if not step.source or step.proof or step.papers:
        return False
    return not any(
        ask.kind in _OF_ONE_CASE or ask.picked or (ask.kind is AskKind.LONG and ask.required)
        for ask in step.asks
    )


def kinds_of(session: Session, run: BulkRun) -> dict[str, int]:
    """How many cases of each kind were chosen, in the order of the workflows."""
    counted = Counter(
        session.scalars(
            select(Case.kind)
            .join(BulkRow, BulkRow.case_id == Case.id)
            .where(BulkRow.run_id == run.id)
        ).all()
    )
    return {flow.kind: counted[flow.kind] for flow in flows.all() if counted[flow.kind]}


def offers(
    session: Session, actor: Actor, run: BulkRun, now: datetime, suits: Suits
) -> list[Offer]:
    """The steps that at least one of the chosen cases can take now, in the order of the tables."""
    found: list[Offer] = []
    for kind, of in kinds_of(session, run).items():
        flow = flows.get(kind)
        able: Counter[str] = Counter()
        past = _past(session, run)
        for row, case in _cases(session, actor, run, kind):
            if case.version != row.seen:
                continue
            for step in flow.from_state(case.state):
                if suits(flow, step) and _concerns(actor, step, case):
                    able[step.name] += judge(
                        flow, step, case, actor, session=session, now=now, past=past[case.id]
                    ).allowed
        found += [Offer(flow, step, able[step.name], of) for step in flow.steps if able[step.name]]
    return found


def one_of_each_house(
    session: Session, actor: Actor, run: BulkRun, flow: Flow, step: Step
) -> list[Case]:
    """A case of each bureau for which the step may be asked: what its form offers depends on it."""
    found: dict[int | None, Case] = {}
    for _row, case in _cases(session, actor, run, flow.kind):
        if case.state in step.source and _concerns(actor, step, case):
            found.setdefault(case.bureau_id, case)
    return list(found.values())


def look(
    session: Session,
    actor: Actor,
    run: BulkRun,
    step: Step,
    inputs: Mapping[str, Any],
    now: datetime,
) -> list[Look]:
    """Every chosen case, in the order of choosing, with what stands against the step.

    The answers are checked against each case as well. Nothing is written.
    """
    flow = flows.get(run.kind)
    there = {row.seq: case for row, case in _cases(session, actor, run, run.kind)}
    past = _past(session, run)
    kinds = dict(
        session.execute(
            select(BulkRow.seq, Case.kind)
            .join(Case, Case.id == BulkRow.case_id)
            .where(BulkRow.run_id == run.id, visible(actor))
        ).all()
    )
    found: list[Look] = []
    for row in rows_of(session, run):
        case = there.get(row.seq)
        if case is None:
            found.append(Look(row.seq, None, (_not_there(flow, kinds.get(row.seq)),)))
            continue
        against = _against(session, actor, flow, step, case, row.seen, inputs, now, past[case.id])
        found.append(Look(row.seq, case, against))
    return found


def rows_of(session: Session, run: BulkRun) -> Sequence[BulkRow]:
    """The rows of a run, in the order of choosing."""
    query = select(BulkRow).where(BulkRow.run_id == run.id).order_by(BulkRow.seq)
    return session.scalars(query).all()


def first_wrong(
    session: Session,
    actor: Actor,
    run: BulkRun,
    step: Step,
    inputs: Mapping[str, Any],
    now: datetime,
) -> BadInput | None:
    """What is wrong with the answers themselves: the same for each of the first cases that could.

    None when the answers do for one of them, or when they differ in what they object to.
    """
    worker = workers.get(run.kind)
    past = _past(session, run)
    said: list[BadInput] = []
    for row, case in _cases(session, actor, run, run.kind):
        if worker is None or len(said) == _ASKED_FIRST:
            break
        try:
            rehearse(
                session, case, actor, step.name, inputs,
                seen=row.seen, now=now, takings=worker.takings, past=past[case.id],
            )  # fmt: skip
        except BadInput as error:
            said.append(error)
            continue
        except TrackerError:
            continue
        return None
    same = {(error.field_name, str(error.message)) for error in said}
    return said[0] if len(same) == 1 else None


def refusals_in(
    error: TrackerError, flow: Flow, step: Step, case: Case | None, actor: Actor
) -> tuple[Refusal, ...]:
    """Why the door stayed shut, as a list says it of one case; None is one that is not there.

    The side that a case came from learns nothing by trying: neither the state that it is spared
    nor who has acted since.
    """
    if case is None or case.kind != flow.kind:
        return (_not_there(flow, case.kind if case is not None else None),)
    if isinstance(error, BadInput):
        return (Refusal(error.message),)
    if isinstance(error, ChangedMeanwhile):
        if not outside(actor, case):
            return (Refusal(error.what),)
        return (Refusal(say("选好以后，这件有了变化。"), instead=say("请看清现在的情况再办")),)
    if isinstance(error, StepRefused):
        if case.state not in step.source and outside(actor, case):
            return (_not_now(flow, step, case),)
        return tuple(error.refusals)
    return (_not_there(flow, None),)


# ---------------------------------------------------------------- one case


def _against(
    session: Session,
    actor: Actor,
    flow: Flow,
    step: Step,
    case: Case,
    seen: int,
    inputs: Mapping[str, Any],
    now: datetime,
    past: Sequence[Taken],
) -> tuple[Refusal, ...]:
    worker = workers.get(flow.kind)
    try:
        rehearse(
            session, case, actor, step.name, inputs,
            seen=seen, now=now, takings=worker.takings if worker else {}, past=past,
        )  # fmt: skip
    except TrackerError as error:
        return refusals_in(error, flow, step, case, actor)
    return ()


def _not_now(flow: Flow, step: Step, case: Case) -> Refusal:
    state = flow.state(case.state)
    here = say(state.outside or state.label)
    return Refusal(say("现在是“%(here)s”，不能办“%(what)s”。", here=here, what=say(step.label)))


def _not_there(flow: Flow, kind: str | None) -> Refusal:
    if kind is None or kind == flow.kind:
        return Refusal(say("这件已经不在您的查看范围内。"))
    other = say(flows.get(kind).label)
    return Refusal(
        say("这一步是“%(one)s”的，本件是“%(other)s”。", one=say(flow.label), other=other)
    )


def _concerns(actor: Actor, step: Step, case: Case) -> bool:
    """Whether some power of the actor is of the kind the step asks for; spares asking further."""
    org_id = side_org(case, step.side)
    powers = actor.within(case.kind).powers
    return any(p.role in step.by and p.org_id == org_id for p in powers)


# ---------------------------------------------------------------- reads


def _cases(session: Session, actor: Actor, run: BulkRun, kind: str) -> list[tuple[BulkRow, Case]]:
    """The chosen cases of a kind that are there for the actor, each with its row."""
    model = Case.__mapper__.polymorphic_map[kind].class_
    query = (
        select(BulkRow, model)
        .join(model, model.id == BulkRow.case_id)
        .where(BulkRow.run_id == run.id, visible(actor, kind))
        .order_by(BulkRow.seq)
    )
    return [(row, case) for row, case in session.execute(query)]


def _past(session: Session, run: BulkRun) -> Mapping[int, list[Taken]]:
    """What four eyes need to know of the history of every chosen case; one query."""
    found: dict[int, list[Taken]] = defaultdict(list)
    for case_id, step, actor_id, behalf in session.execute(
        select(Move.case_id, Move.step, Move.actor_id, Move.on_behalf_of_id)
        .join(BulkRow, BulkRow.case_id == Move.case_id)
        .where(BulkRow.run_id == run.id)
        .order_by(Move.case_id, Move.seq)
    ):
        found[case_id].append(Taken(step, persons_of(actor_id, behalf)))
    return found
