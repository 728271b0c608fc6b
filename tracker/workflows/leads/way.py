"""The way of a lead as stations: all of it for the bureau, one station of it for the sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.core.cases.flow import Side, State
from tracker.core.cases.models import Move
from tracker.core.clock import office_date
from tracker.web.errors import tell
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import Lead
from tracker.workflows.leads.queries import Names

MAIN_LINE = tuple(
    s for s in sorted((s for s in FLOW.states if s.stage), key=lambda s: s.stage or 0)
)


@dataclass(frozen=True, slots=True)
class Node:
    """One station of the main line."""

    label: str
    status: str
    on: date | None
    who: str


def _stage_no(lead: Lead, moves: list[Move]) -> int:
    state = FLOW.state(lead.state)
    if state.stage:
        return state.stage
    before = [FLOW.state(m.from_state).stage for m in moves if m.from_state]
    return next((s for s in reversed(before) if s), 1)


def inside_path(lead: Lead, moves: list[Move], names: Names) -> list[Node]:
    """The main line: a station is done when it was last left forwards."""
    here = _stage_no(lead, moves)
    state = FLOW.state(lead.state)
    visited = {m.to_state for m in moves}
    nodes = []
    for station in MAIN_LINE:
        left = _last_left(moves, {station.name})
        if (state.final and station.name == lead.state) or (
            station.stage == here and not state.final
        ):
            status = "current"
        elif (station.stage or 0) < here or state.final:
            status = "done" if left is not None or station.name in visited else "skipped"
        else:
            status = "todo"
        on, who = None, ""
        if status == "done" and left is not None:
            on, who = office_date(left.at), names.users.get(left.actor_id, "")
        nodes.append(Node(station.mark or station.label, status, on, who))
    return nodes


def _last_left(moves: list[Move], states: set[str]) -> Move | None:
    """The last step that left a group of states."""
    return next(
        (m for m in reversed(moves) if m.from_state in states and m.to_state not in states), None
    )


# What the sender sees of the way: inside the bureau it is one station (domain 3.9, tactics).
_INSIDE = frozenset(
    s.name for s in FLOW.states if s.side is Side.BUREAU and s.name not in ("sent", "closing")
)
_OUTSIDE_LINE: tuple[tuple[str, frozenset[str]], ...] = (
    (FLOW.state("drafted").mark, frozenset({"drafted"})),
    (FLOW.state("approval").mark, frozenset({"approval"})),
    (FLOW.state("sent").mark, frozenset({"sent"})),
    (FLOW.state("triage").outside, _INSIDE | {"supplement"}),
    (FLOW.state("feedback").label, frozenset({"closing"})),
    (FLOW.state("closed").label, frozenset({"closed", "merged", "withdrawn"})),
)


def outside_path(lead: Lead, moves: list[Move], names: Names) -> list[Node]:
    """The way as the sender may know it: names of its own people only."""
    here = next(i for i, (_l, states) in enumerate(_OUTSIDE_LINE) if lead.state in states)
    visited = {m.to_state for m in moves}
    nodes = []
    for number, (label, states) in enumerate(_OUTSIDE_LINE):
        left = _last_left(moves, set(states))
        if number == here:
            status = "current"
        elif number < here:
            status = "done" if visited & states else "skipped"
        else:
            status = "todo"
        on, who = None, ""
        if status == "done" and left is not None:
            on = office_date(left.at)
            if left.org_id == lead.origin_org_id:
                who = names.users.get(left.actor_id, "")
        nodes.append(Node(label, status, on, who))
    return nodes


def branches(state: State) -> list[tuple[str, bool]]:
    """Ways out of the present state that leave the main line."""
    if state.name != "triage":
        return []
    found = [(label, False) for _name, label, _why in FLOW.not_yet]
    for step in FLOW.from_state(state.name):
        dest = FLOW.state(step.dest or state.name)
        if dest.stage is None and not step.back and step.dest is not None:
            found.append((step.label, True))
    return found


def ways_back(moves: list[Move], from_outside: bool) -> list[tuple[int, int, str]]:  # noqa: FBT001
    """Ways back that were taken, as arcs between stations of the line that is shown."""
    if from_outside:
        index = {s: i for i, (_l, states) in enumerate(_OUTSIDE_LINE) for s in states}
    else:
        index = {s.name: i for i, s in enumerate(MAIN_LINE)}
    found = []
    for move in moves:
        step = FLOW.step(move.step)
        if not step.back or (from_outside and move.internal):
            continue
        start, end = index.get(move.from_state or ""), index.get(move.to_state)
        if start is not None and end is not None and start != end:
            found.append((start, end, f"{tell(step.label)}"))
    return found[-2:]
