"""The table is the workflow: states, steps, and who may take them.

A workflow declares one `Flow`. Pages, buttons, the permission matrix, the diagram and the
verifier are all read from it, and `engine.move()` does only what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from sqlalchemy.orm import Session
from transitions import Machine

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.cases.models import Case
from tracker.core.errors import Refusal, SetupError


class Side(StrEnum):
    """Which organisation of a case acts: the one it came from, the one it passes through on its
    way, the statistics body that has it, or the body above that one.
    """

    ORIGIN = "origin"
    VIA = "via"
    BUREAU = "bureau"
    ABOVE = "above"


class AskKind(StrEnum):
    """What an answer is: each kind has one way to be typed, checked and kept."""

    TEXT = "text"
    LONG = "long"
    DATE = "date"
    MOMENT = "moment"
    MONEY = "money"  # yuan
    NUMBER = "number"
    COUNT = "count"
    CHOICE = "choice"
    CHOICES = "choices"
    YES = "yes"
    PERSON = "person"  # somebody of the bureau with the role of the ask
    OFFICER = "officer"  # the same, shown with the enforcement certificate


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a step's form. The answer is kept with the move.

    `choices` are value to label, or a function that reads them when they are shown; `picked` says
    that the pages of the workflow offer them, from what stands in the registers for this case;
    `role` says who is offered for a person; `most` is the greatest length of a text.
    """

    name: str
    label: str
    kind: AskKind = AskKind.TEXT
    required: bool = True
    hint: str = ""
    choices: Mapping[str, str] | Callable[[], Mapping[str, str]] = field(
        default_factory=dict, hash=False
    )
    role: Role | None = None
    most: int = 200
    picked: bool = False

    @property
    def offered(self) -> Mapping[str, str]:
        """What may be chosen now."""
        return self.choices() if callable(self.choices) else self.choices


@dataclass(frozen=True, slots=True)
class PaperUse:
    """A kind of official document that can be drawn up for a case: in which states, by whom.

    It is a paper of the house on its `side`, numbered there; an `inner` one never leaves the house.
    """

    kind: str
    states: tuple[str, ...]
    by: tuple[Role, ...]
    side: Side = Side.BUREAU
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What a guard may look at. It reads; it never writes."""

    session: Session
    case: Case
    actor: Actor
    now: datetime
    today: date


Guard = Callable[[Context], Refusal | None]


@dataclass(frozen=True, slots=True)
class State:
    """A place where a case waits.

    `side` and `role` say whose turn it is; `holder` narrows that to the person with a part.
    `clock` names the rule that runs meanwhile, or `no_clock` says why none does; `carries` are
    clocks of earlier states that go on here, so that a way back does not start them afresh.
    `requires` lists the subjects that another person must have checked on every way in.
    `stage` is its place on the main line of the drawing; None keeps it off the line. `does` is
    what the holder is asked to do; `outside` is all that the side it came from learns of it;
    `mark` is its name on the drawing, where it must read well when it is over.
    """

    name: str
    label: str
    side: Side | None = None
    role: Role | None = None
    holder: str | None = None
    clock: str | None = None
    carries: tuple[str, ...] = ()
    no_clock: str = ""
    final: bool = False
    requires: tuple[str, ...] = ()
    stage: int | None = None
    does: str = ""
    outside: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person can do: from, to, who, and what it sets in motion.

    `source` empty means the step opens a case. `dest` None stays where it is. `part` narrows
    `by` to the person with that part in the case. `makes` and `checks` name subjects; whoever
    made one, in person or for somebody, cannot check it. `suspends`/`resumes` name clocks.
    `extends` names clocks that get more time, as far as their rules allow.
    `starts`/`stops` are clocks that run across states, from and to the day of the fact. `gives`
    names the parts it puts people into. `back` marks a way back on the drawing. `asks` are the
    questions of its form; `papers` the kinds of documents that must be issued before it; `proof`
    the label of a file that has to come with it.
    """

    name: str
    label: str
    done: str
    source: tuple[str, ...]
    dest: str | None
    by: tuple[Role, ...]
    side: Side
    part: str | None = None
    guards: tuple[Guard, ...] = ()
    makes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    suspends: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    back: bool = False
    internal: bool = False
    hint: str = ""
    form: str = "note"
    needs_note: bool = False
    asks: tuple[Ask, ...] = ()
    papers: tuple[str, ...] = ()
    proof: str = ""


@dataclass(frozen=True)
class Flow:
    """A whole workflow.

    `area` is the name of its pages (the kind with an s unless it says otherwise). Workflows of
    one `group` share an entry of the rail, with its `icon`. Whoever holds one of the roles of
    `sees` at the bureau reads all its cases, without a part in them; with `invites`, those of an
    organisation that a case has as its guest read it too.
    """

    kind: str
    label: str
    version: int
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    papers: tuple[PaperUse, ...] = ()
    area: str = ""
    group: str = ""
    icon: str = "file"
    sees: tuple[Role, ...] = ()
    invites: bool = False

    @property
    def pages(self) -> str:
        """The name of the blueprint with its pages."""
        return self.area or f"{self.kind}s"

    @cached_property
    def state_map(self) -> dict[str, State]:
        """States by name."""
        return {s.name: s for s in self.states}

    @cached_property
    def step_map(self) -> dict[str, Step]:
        """Steps by name."""
        return {s.name: s for s in self.steps}

    @cached_property
    def sides(self) -> frozenset[Side]:
        """The sides on which somebody acts."""
        return frozenset(step.side for step in self.steps)

    @cached_property
    def state_clocks(self) -> frozenset[str]:
        """Rules that states, not steps, start and stop."""
        return frozenset(s.clock for s in self.states if s.clock)

    def state(self, name: str) -> State:
        """The state of that name; a KeyError is a bug in the caller."""
        return self.state_map[name]

    def step(self, name: str) -> Step:
        """The step of that name; a KeyError is a bug in the caller."""
        return self.step_map[name]

    def from_state(self, name: str) -> tuple[Step, ...]:
        """Steps that leave (or stay in) a state, in the order of the table."""
        return tuple(s for s in self.steps if name in s.source)

    def takers(self, name: str) -> frozenset[Role]:
        """The roles whose turn a state is: a township's clerk where a liaison may act, too."""
        state = self.state(name)
        ends = (
            step.by
            for step in self.from_state(name)
            if step.side is state.side
            and step.dest not in (None, name)
            and state.role in step.by
            and step.part in (None, state.holder)
        )
        own = {state.role} if state.role is not None else set()
        return frozenset(own | set(next(ends, ())))

    def parts_of(self, role: Role) -> frozenset[str]:
        """The parts in a case that go with a role; what no step names is the officers'."""
        acting = {s.part for s in self.steps if s.part and role in s.by}
        acting |= {s.holder for s in self.states if s.holder and role is s.role}
        if role is Role.INSPECTOR:
            named = {s.part for s in self.steps} | {s.holder for s in self.states}
            acting |= {part for s in self.steps for part in s.gives} - named
        return frozenset(acting)

    def makers_of(self, subject: str) -> frozenset[str]:
        """Names of the steps that make a subject."""
        return frozenset(s.name for s in self.steps if subject in s.makes)

    @cached_property
    def machine(self) -> Machine:
        """The shared, unbound machine that knows the edges; rows are never bound to it."""
        machine = Machine(
            model=None,
            states=[s.name for s in self.states],
            initial=None,
            auto_transitions=False,
            send_event=True,
        )
        for step in self.steps:
            for source in step.source:
                machine.add_transition(step.name, source, step.dest or source)
        return machine


class Registry:
    """The workflows of the product by kind; `app.py` fills it, nothing else does."""

    def __init__(self) -> None:
        self._flows: dict[str, Flow] = {}

    def add(self, flow: Flow) -> None:
        """Register a flow; the same flow twice is harmless, two of one kind are an error."""
        known = self._flows.setdefault(flow.kind, flow)
        if known is not flow:
            raise SetupError(f"two workflows call themselves {flow.kind!r}")

    def get(self, kind: str) -> Flow:
        """The flow of a kind."""
        return self._flows[kind]

    def all(self) -> tuple[Flow, ...]:
        """All flows, in the order they were added."""
        return tuple(self._flows.values())


flows = Registry()
