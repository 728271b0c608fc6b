"""A flow as a drawing: mermaid text for the README, or a picture that stands by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from tracker.core.cases.flow import Flow, State, Step

Translate = Callable[[str], str]


def mermaid(flow: Flow, translate: Translate = str) -> str:
    """The flow as mermaid text; steps between the same two states share an arrow."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {s.name} : {_plain(translate(s.label))}" for s in flow.states]
    for step in flow.steps:
        if not step.source:
            lines.append(f"    [*] --> {step.dest} : {_plain(translate(step.label))}")
    for (source, dest), steps in arrows(flow).items():
        labels = " / ".join(dict.fromkeys(_plain(translate(s.label)) for s in steps))
        lines.append(f"    {source} --> {dest} : {labels}")
    lines += [f"    {s.name} --> [*]" for s in flow.states if s.final]
    return "\n".join(lines) + "\n"


def arrows(flow: Flow, *, loops: bool = False) -> dict[tuple[str, str], tuple[Step, ...]]:
    """Steps by where they lead from and to, in the order of the table; loops only if asked for."""
    found: dict[tuple[str, str], tuple[Step, ...]] = {}
    for step in flow.steps:
        for source in step.source:
            dest = step.dest or source
            if loops or dest != source:
                found[source, dest] = (*found.get((source, dest), ()), step)
    return found


def _plain(label: str) -> str:
    """A label without the signs that mermaid reads as its own."""
    return label.replace(":", "：").replace(";", "；").replace("\n", " ")


# ---------------------------------------------------------------- the picture

_WIDE, _HIGH, _GAP_X, _GAP_Y, _EDGE = 116, 34, 44, 62, 24
_STYLE = (
    "text{font:13px sans-serif;text-anchor:middle;fill:#1b2430}"
    ".box{fill:#fff;stroke:#5b6675}.end{fill:#e9edf2}"
    ".go{fill:none;stroke:#5b6675;marker-end:url(#a)}.back{stroke:#b35c00;stroke-dasharray:4 3}"
)


@dataclass(frozen=True, slots=True)
class Box:
    """A state and where it stands: the main line on top, the others below where they branch off."""

    state: State
    x: int
    y: int


def boxes(flow: Flow) -> dict[str, Box]:
    """Every state in its place, by name."""
    column = {s.name: s.stage - 1 for s in flow.states if s.stage is not None}
    used: dict[int, int] = dict.fromkeys(column.values(), 1)
    placed = {name: (at, 0) for name, at in column.items()}
    for state in flow.states:
        if state.name not in placed:
            at = max((placed[s][0] for s in _before(flow, state) if s in placed), default=0)
            placed[state.name] = (at, used.get(at, 0))
            used[at] = used.get(at, 0) + 1
    return {
        name: Box(flow.state(name), _EDGE + x * (_WIDE + _GAP_X), 3 * _EDGE + y * (_HIGH + _GAP_Y))
        for name, (x, y) in placed.items()
    }


def picture(flow: Flow, translate: Translate = str) -> str:
    """The flow as SVG; an arrow's steps are read by pointing at it, and by screen readers."""
    placed = boxes(flow)
    width = max(b.x for b in placed.values()) + _WIDE + _EDGE
    height = max(b.y for b in placed.values()) + _HIGH + _EDGE
    inner = [*_arrows(flow, placed, translate)]
    for box in placed.values():
        kind = "box end" if box.state.final else "box"
        label = escape(translate(box.state.label))
        inner.append(
            f'<rect class="{kind}" x="{box.x}" y="{box.y}" '
            f'width="{_WIDE}" height="{_HIGH}" rx="4"/>'
            f'<text x="{box.x + _WIDE // 2}" y="{box.y + 22}">{label}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">\n'
        f"<title>{escape(translate(flow.label))}</title><style>{_STYLE}</style>\n"
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0l8 4-8 4z" fill="#5b6675"/></marker></defs>\n'
        + "\n".join(inner)
        + "\n</svg>\n"
    )


def _before(flow: Flow, state: State) -> list[str]:
    return [name for step in flow.steps if step.dest == state.name for name in step.source]


def _arrows(flow: Flow, placed: dict[str, Box], translate: Translate) -> Iterator[str]:
    for (source, dest), steps in arrows(flow).items():
        a, b = placed[source], placed[dest]
        kind = "go back" if all(step.back for step in steps) else "go"
        words = escape(" / ".join(dict.fromkeys(translate(step.label) for step in steps)))
        yield f'<path class="{kind}" d="{_bend(a, b)}"><title>{words}</title></path>'


def _bend(a: Box, b: Box) -> str:
    """From the side of one box that faces the other; ways along one row to the left go above."""
    middle = _WIDE // 2
    if a.y == b.y and b.x > a.x:
        return f"M{a.x + _WIDE} {a.y + _HIGH // 2}H{b.x}"
    if a.y == b.y:
        top = a.y - 12 - (a.x - b.x) // 16
        return (
            f"M{a.x + middle} {a.y}C{a.x + middle} {top} {b.x + middle} {top} {b.x + middle} {b.y}"
        )
    down = a.y < b.y
    if a.x == b.x:  # past the boxes between them: down on the left, up on the right
        side = a.x if down else a.x + _WIDE
        out = side + (-1 if down else 1) * (8 + abs(a.y - b.y) // 10)
        y1, y2 = a.y + _HIGH // 2 + 5, b.y + _HIGH // 2 - 5
        return f"M{side} {y1}C{out} {y1} {out} {y2} {side} {y2}"
    y1, y2 = (a.y + _HIGH, b.y) if down else (a.y, b.y + _HIGH)
    # The way there and the way back do not lie on each other.
    x1, x2 = a.x + middle + (-9 if down else 9), b.x + middle + (-9 if down else 9)
    half = (y1 + y2) // 2
    return f"M{x1} {y1}C{x1} {half} {x2} {half} {x2} {y2}"
