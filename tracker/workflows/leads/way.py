"""The way of a lead as stations: all of it for the bureau, one station of it for the sender."""

from __future__ import annotations

from dataclasses import replace

from tracker.core.cases.flow import Side
from tracker.core.cases.models import Move
from tracker.core.cases.reads import Names
from tracker.core.clock import office_date
from tracker.web.desk.way import Node, Way, doer, last_left, way_of, ways_back
from tracker.workflows.leads.flow import FLOW
from tracker.workflows.leads.models import Lead

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
        left = last_left(moves, set(states))
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
                who = doer(names, left)
        nodes.append(Node(label, status, on, who))
    return nodes


def way(lead: Lead, moves: list[Move], names: Names, *, from_outside: bool) -> Way:
    """The way as the reader's side may know it."""
    if not from_outside:
        full = way_of(FLOW, lead, moves, names)
        return full if lead.state == "triage" else replace(full, branches=())
    index = {s: i for i, (_l, states) in enumerate(_OUTSIDE_LINE) for s in states}
    arcs = ways_back(FLOW, moves, index, shown=lambda move: not move.internal)
    return Way(outside_path(lead, moves, names), aside="", branches=(), returns=arcs)
