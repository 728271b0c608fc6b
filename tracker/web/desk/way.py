"""The way of a case: the main line of its table as stations, ways back, exits, drawn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from markupsafe import Markup

from tracker.core.cases.flow import Flow, State
from tracker.core.cases.models import Case, Move
from tracker.core.cases.reads import Names
from tracker.core.clock import office_date
from tracker.core.errors import say
from tracker.web import drawing
from tracker.web.errors import tell
from tracker.web.shell import local_date

# So many labels fit under a station without meeting those of the next one.
_RETURNS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Node:
    """One station: done, current, todo or skipped; when it was left, and by whom."""

    label: str
    status: str
    on: date | None
    who: str


@dataclass(frozen=True, slots=True)
class Way:
    """Everything the drawing of a way shows; `aside` is a state off the main line."""

    nodes: Sequence[Node]
    aside: str
    branches: Sequence[tuple[str, bool]]
    returns: Sequence[tuple[int, int, str]]

    @property
    def number(self) -> int:
        """Which station it is at, counted from one."""
        return 1 + next((i for i, n in enumerate(self.nodes) if n.status == "current"), 0)


def main_line(flow: Flow) -> list[State]:
    """The states on the main line, in order; of several at one stage the first stands for all."""
    found: dict[int, State] = {}
    for state in flow.states:
        if state.stage:
            found.setdefault(state.stage, state)
    return [found[stage] for stage in sorted(found)]


def way_of(flow: Flow, case: Case, moves: Sequence[Move], names: Names) -> Way:
    """The way as the bureau sees it."""
    state = flow.state(case.state)
    line = main_line(flow)
    index = {s.name: i for i, m in enumerate(line) for s in flow.states if s.stage == m.stage}
    return Way(
        nodes=stations(flow, case, moves, names),
        aside=state.label if state.stage is None else "",
        branches=exits(flow, state),
        returns=ways_back(flow, moves, index),
    )


def stations(flow: Flow, case: Case, moves: Sequence[Move], names: Names) -> list[Node]:
    """The main line: a station is done when it was last left forwards."""
    here = _stage_no(flow, case, moves)
    state = flow.state(case.state)
    visited = {m.to_state for m in moves}
    nodes = []
    for station in main_line(flow):
        members = {s.name for s in flow.states if s.stage == station.stage}
        at = flow.state(case.state) if case.state in members else station
        left = last_left(moves, members)
        if (state.final and case.state in members) or (station.stage == here and not state.final):
            status = "current"
        elif (station.stage or 0) < here or state.final:
            status = "done" if left is not None or members & visited else "skipped"
        else:
            status = "todo"
        on, who = None, ""
        if status == "done" and left is not None:
            on, who = office_date(left.at), doer(names, left)
        nodes.append(Node(at.mark or at.label, status, on, who))
    return nodes


def doer(names: Names, move: Move) -> str:
    """Who took a step, with the person it was done for."""
    who = names.users.get(move.actor_id, "")
    whom = names.users.get(move.on_behalf_of_id or 0)
    return tell(say("%(who)s（代%(whom)s）", who=who, whom=whom)) if whom and who else who


def doers(moves: Iterable[Move]) -> set[int]:
    """Ids of all whom `doer` names."""
    return {i for m in moves for i in (m.actor_id, m.on_behalf_of_id) if i is not None}


def _stage_no(flow: Flow, case: Case, moves: Sequence[Move]) -> int:
    state = flow.state(case.state)
    if state.stage:
        return state.stage
    before = [flow.state(m.from_state).stage for m in moves if m.from_state]
    return next((s for s in reversed(before) if s), 1)


def last_left(moves: Sequence[Move], states: Collection[str]) -> Move | None:
    """The last step that left a group of states."""
    return next(
        (m for m in reversed(moves) if m.from_state in states and m.to_state not in states), None
    )


def exits(flow: Flow, state: State) -> list[tuple[str, bool]]:
    """Ways out of the present state that leave the main line."""
    if state.final or state.stage is None:
        return []
    found: dict[str, bool] = {}
    for step in flow.from_state(state.name):
        if step.dest is None or step.back or flow.state(step.dest).stage is not None:
            continue
        found[step.label] = True
    return list(found.items())


def ways_back(
    flow: Flow,
    moves: Sequence[Move],
    index: Mapping[str, int],
    *,
    shown: Callable[[Move], bool] = lambda _: True,
) -> list[tuple[int, int, str]]:
    """The latest ways back that were taken, as arcs between stations of the line shown."""
    found = []
    for move in moves:
        step = flow.step(move.step)
        if not step.back or not shown(move):
            continue
        start, end = index.get(move.from_state or ""), index.get(move.to_state)
        if start is not None and end is not None and start != end:
            found.append((start, end, tell(step.label)))
    return found[-_RETURNS_SHOWN:]


def way_svg(way: Way, *, mine: bool) -> Markup:
    """The way drawn, with the same in words for who does not see it."""
    drawn = [
        drawing.Station(tell(n.label), n.status, local_date(n.on) if n.on else "", n.who)
        for n in way.nodes
    ]
    aside = tell(way.aside) if way.aside else ""
    past = tell("、").join(s.label for s in drawn if s.status == "done") or "—"
    here = aside or next((s.label for s in drawn if s.status == "current"), "")
    return drawing.path(
        drawn,
        branches=[(tell(label), open_) for label, open_ in way.branches],
        returns=way.returns,
        aside=aside,
        note=gettext("轮到您") if mine else "",
        branch_words=gettext("也可以转向"),
        words=gettext("已经过：%(done)s。现在：%(here)s。", done=past, here=here),
        uid="path-arrow",
    )
