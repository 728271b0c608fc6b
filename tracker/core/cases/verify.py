"""Proves a flow before anybody walks it: ends, turns, clocks, parts and four eyes.

Each finding carries the shortest way there. Guards are opaque: every step is taken to be possible
in each of its states. Four eyes are not: `four_eyes.py` asks the door's own rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tracker.core.cases.flow import AskKind, Flow, Side, State, Step
from tracker.core.cases.four_eyes import four_eyes
from tracker.core.cases.walk import Finding, Walk
from tracker.core.errors import say
from tracker.core.rulebook.loader import default_rulebook

__all__ = ["Finding", "verify"]

# Fields that every step's form has, whatever else it asks.
_OF_EVERY_FORM = ("note", "files", "version")
_CHOOSING = (AskKind.CHOICE, AskKind.CHOICES)
_PEOPLE = (AskKind.PERSON, AskKind.OFFICER)


def verify(flow: Flow, clock_ids: Collection[str] | None = None) -> list[Finding]:
    """Everything wrong with a flow; nothing found means that all of it is proved.

    `clock_ids` are the rules that hold everywhere; left out, those of the shipped rulebook.
    """
    if clock_ids is None:
        clock_ids = {r.id for r in default_rulebook().all() if not r.jurisdiction}
    found = [*_names(flow), *_edges(flow), *_turns(flow), *_known_clocks(flow, clock_ids)]
    found += _asks(flow)
    if any(f.rule == "unknown_state" for f in found):
        return found  # a table with such holes cannot be walked
    reached = Walk(flow, (), lambda *_: [((), "")])
    found += _ends(flow, reached)
    found += _parts(flow)
    found += _suspensions(flow)
    found += _extensions(flow)
    found += _papers(flow)
    found += four_eyes(flow)
    return found


# ---------------------------------------------------------------- the table by itself


def _names(flow: Flow) -> Iterator[Finding]:
    for names in ([s.name for s in flow.states], [s.name for s in flow.steps]):
        for name in dict.fromkeys(n for n in names if names.count(n) > 1):
            yield Finding("same_name", say("名称“%(name)s”用了两次。", name=name))
    for state in flow.states:
        if not state.label:
            yield Finding("no_label", say("状态“%(name)s”没有标签。", name=state.name))
    for step in flow.steps:
        if not step.label or not step.done:
            yield Finding("no_label", say("步骤“%(name)s”没有标签或办结语。", name=step.name))
        if not step.by:
            yield Finding("no_role", say("步骤“%(name)s”没有可以办理的岗位。", name=step.name))


def _edges(flow: Flow) -> Iterator[Finding]:
    """Steps lead from known states to known states, and some step opens a case."""
    for step in flow.steps:
        if not step.source and not step.dest:
            yield Finding("unknown_state", say("步骤“%(name)s”没有去向。", name=step.name))
        for name in (*step.source, step.dest or ""):
            if name and name not in flow.state_map:
                yield Finding(
                    "unknown_state",
                    say("步骤“%(step)s”提到没有的状态“%(name)s”。", step=step.name, name=name),
                )
    if all(step.source for step in flow.steps):
        yield Finding("unreachable", say("没有任何一步可以新建事项。"))


def _turns(flow: Flow) -> Iterator[Finding]:
    """Whoever's turn it is has a step that ends the turn; an end is nobody's turn."""
    for state in flow.states:
        if state.final:
            if flow.from_state(state.name):
                yield Finding(
                    "end_goes_on", say("“%(name)s”是终点，却还有步骤。", name=state.label)
                )
            continue
        if state.side is None or state.role is None:
            yield Finding("no_turn", say("“%(name)s”没有写明由谁办理。", name=state.label))
        elif not any(_can_leave(state, step) for step in flow.from_state(state.name)):
            yield Finding(
                "idle_turn", say("轮到“%(name)s”的岗位，却没有可以走的步骤。", name=state.label)
            )
        if not state.clock and not state.no_clock.strip():
            yield Finding(
                "no_clock", say("“%(name)s”没有期限，也没有说明为什么没有。", name=state.label)
            )


def _can_leave(state: State, step: Step) -> bool:
    return (
        step.dest not in (None, state.name)
        and step.side is state.side
        and state.role in step.by
        and step.part in (None, state.holder)
    )


def _known_clocks(flow: Flow, clock_ids: Collection[str]) -> Iterator[Finding]:
    named = [(s.label, s.clock) for s in flow.states if s.clock]
    for step in flow.steps:
        clocks = (*step.starts, *step.stops, *step.suspends, *step.resumes, *step.extends)
        named += [(step.label, clock) for clock in clocks]
    for where, clock in named:
        if clock not in clock_ids:
            yield Finding(
                "unknown_clock",
                say("“%(where)s”用的期限规则 %(clock)s 不在规则库里。", where=where, clock=clock),
            )


def _extensions(flow: Flow) -> Iterator[Finding]:
    """A clock is extended only where it is sure to run: in its own states and where it goes on."""
    for step in flow.steps:
        for clock in step.extends:
            for state in (flow.state(name) for name in step.source):
                if clock != state.clock and clock not in state.carries:
                    yield Finding(
                        "not_running",
                        say(
                            "步骤“%(step)s”延长的期限 %(clock)s 在“%(state)s”时不走。",
                            step=step.label,
                            clock=clock,
                            state=state.label,
                        ),
                    )


def _asks(flow: Flow) -> Iterator[Finding]:
    """Every question has a name of its own, and something to choose from where one chooses."""
    for step in flow.steps:
        names = [*_OF_EVERY_FORM, *(a.name for a in step.asks)]
        for name in dict.fromkeys(n for n in names if names.count(n) > 1):
            yield Finding(
                "same_ask",
                say("步骤“%(step)s”有两个名为“%(name)s”的栏目。", step=step.label, name=name),
            )
        for ask in step.asks:
            wanting = (ask.kind in _CHOOSING and not ask.offered and not ask.picked) or (
                ask.kind in _PEOPLE and ask.role is None
            )
            if wanting or not ask.label:
                yield Finding(
                    "empty_ask",
                    say(
                        "步骤“%(step)s”的栏目“%(name)s”没有可选的内容。",
                        step=step.label,
                        name=ask.label or ask.name,
                    ),
                )


def _papers(flow: Flow) -> Iterator[Finding]:
    """A document that a step requires can be drawn up there, or on a way there."""
    for step in flow.steps:
        for kind in step.papers:
            offered = {s for use in flow.papers if use.kind == kind for s in use.states}
            for name in step.source:
                if name not in _onward(flow, offered):
                    yield Finding(
                        "no_paper",
                        say(
                            "步骤“%(step)s”要的文书 %(kind)s 到“%(state)s”为止制作不出来。",
                            step=step.label,
                            kind=kind,
                            state=flow.state(name).label,
                        ),
                    )


def _onward(flow: Flow, states: set[str]) -> set[str]:
    """Some states, and all that can be reached from them."""
    found = set(states)
    while True:
        more = {s.dest for s in flow.steps if s.dest and found & set(s.source)} - found
        if not more:
            return found
        found |= more


# ---------------------------------------------------------------- beginnings and ends


def _ends(flow: Flow, reached: Walk[tuple[()]]) -> Iterator[Finding]:
    ways = {name: reached.way_to((name, ())) for name, _ in reached}
    finishing = _finishing(flow)
    for state in flow.states:
        if state.name not in ways:
            yield Finding("unreachable", say("没有一条路走得到“%(name)s”。", name=state.label))
        elif state.final:
            continue
        elif not any(s.dest not in (None, state.name) for s in flow.from_state(state.name)):
            yield Finding(
                "dead_end",
                say("“%(name)s”没有离开的步骤。", name=state.label),
                ways[state.name],
            )
        elif state.name not in finishing:
            yield Finding(
                "no_end",
                say("从“%(name)s”走不到任何终点。", name=state.label),
                ways[state.name],
            )


def _finishing(flow: Flow) -> set[str]:
    """States from which some end can be reached."""
    found = {s.name for s in flow.states if s.final}
    while True:
        more = {n for step in flow.steps if step.dest in found for n in step.source} - found
        if not more:
            return found
        found |= more


# ---------------------------------------------------------------- parts and clocks along a way


def _parts(flow: Flow) -> Iterator[Finding]:
    """On every way into a bureau's state, somebody has been given the part that holds it.

    At the origin's side the role at large has the turn while nobody holds the part.
    """

    def advance(
        step: Step, _before: State | None, _after: State, given: frozenset[str]
    ) -> Iterator[tuple[frozenset[str], str]]:
        yield given | set(step.gives), ""

    walk = Walk(flow, frozenset[str](), advance)
    seen: set[tuple[str, str]] = set()
    for node in walk:
        state, given = flow.state(node[0]), node[1]
        parts = {state.holder} if state.holder and state.side is Side.BUREAU else set()
        parts |= {s.part for s in flow.from_state(state.name) if s.part and s.side is Side.BUREAU}
        for part in sorted(parts - given):
            if (state.name, part) not in seen:
                seen.add((state.name, part))
                yield Finding(
                    "no_holder",
                    say("到“%(name)s”时还没有人担任“%(part)s”。", name=state.label, part=part),
                    walk.way_to(node),
                )


def _suspensions(flow: Flow) -> Iterator[Finding]:
    """A clock that was suspended runs again, or is stopped, before it is needed or all ends."""

    def advance(
        step: Step, before: State | None, after: State, held: frozenset[str]
    ) -> Iterator[tuple[frozenset[str], str]]:
        now = (held | set(step.suspends)) - set(step.resumes) - set(step.stops)
        own = before.clock if before and before.name != after.name else None
        if own and own != after.clock and own not in step.suspends:
            now -= {own}  # leaving a state stops its own clock
        yield now, ""

    walk = Walk(flow, frozenset[str](), advance)
    seen: set[str] = set()
    for node in walk:
        state = flow.state(node[0])
        standing = node[1] if state.final else node[1] & {state.clock}
        for clock in sorted(c for c in standing if c and c not in seen):
            seen.add(clock)
            yield Finding(
                "clock_stands",
                say("到“%(name)s”时期限 %(clock)s 还停着。", name=state.label, clock=clock),
                walk.way_to(node),
            )
