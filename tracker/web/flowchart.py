"""A whole workflow as one drawing: states in columns, ways back above, sizes as attributes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

_BOX_H, _ROW, _COLUMN_GAP, _EDGE = 34, 74, 150, 24
_SWEEPS = 6
_LABEL_AT_MOST = 10

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    """One state."""

    name: str
    label: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way from one state to another; `back` marks a way back."""

    source: str
    dest: str
    label: str = ""
    back: bool = False


def flow_diagram(
    boxes: Sequence[Box],
    arrows: Sequence[Arrow],
    *,
    words: str,
    uid: str = "flow",
    current: str | None = None,
    visited: Collection[str] = (),
    styles: str = "",
) -> Markup:
    """The drawing. `styles` makes it stand alone as a file; a page needs none."""
    names = [b.name for b in boxes]
    merged = _merge(arrows)
    layers = _layers(names, merged)
    forward = [a for a in merged if layers[a.source] < layers[a.dest]]
    backward = [a for a in merged if layers[a.source] >= layers[a.dest] and a.source != a.dest]
    grid, chains = _grid(names, layers, forward)
    _untangle(grid, chains)
    width = max((_wide(b.label) for b in boxes), default=80)
    top = _EDGE + 18 * len(backward)
    rows = max((len(column) for column in grid), default=1)
    place = _places(grid, width, top, rows)
    size = (2 * _EDGE + len(grid) * width + (len(grid) - 1) * _COLUMN_GAP, top + rows * _ROW)
    parts = [_markers(uid)]
    parts += [
        _forward(a, [place[p] for p in chains[a.source, a.dest]], width, uid) for a in forward
    ]
    parts += [_backward(a, place, i, width, uid) for i, a in enumerate(backward)]
    parts += [_box(b, place[b.name], width, current=current, visited=visited) for b in boxes]
    parts += [_label(a, [place[p] for p in chains[a.source, a.dest]]) for a in forward]
    style = f"<style>{styles}</style>" if styles else ""
    return Markup(  # noqa: S704 - every text put in is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow-svg" width="{size[0]:g}" '
        f'height="{size[1]:g}" viewBox="0 0 {size[0]:g} {size[1]:g}" role="img" '
        f'aria-label="{escape(words)}">{style}{"".join(parts)}</svg>'
    )


def _merge(arrows: Sequence[Arrow]) -> list[Arrow]:
    """Arrows between the same two states share one line; it leads back if all of them do."""
    found: dict[Pair, list[Arrow]] = {}
    for arrow in arrows:
        found.setdefault((arrow.source, arrow.dest), []).append(arrow)
    return [
        Arrow(
            source,
            dest,
            " / ".join(dict.fromkeys(a.label for a in group if a.label)),
            back=all(a.back for a in group),
        )
        for (source, dest), group in found.items()
    ]


def _layers(names: Sequence[str], arrows: Sequence[Arrow]) -> dict[str, int]:
    """The longest way to each state, over arrows that do not close a circle."""
    out: dict[str, list[str]] = {n: [] for n in names}
    for arrow in arrows:
        if not arrow.back and arrow.source != arrow.dest:
            out[arrow.source].append(arrow.dest)
    order: list[str] = []
    colour: dict[str, int] = {}
    closing: set[Pair] = set()

    def visit(name: str) -> None:
        colour[name] = 1
        for after in out[name]:
            if colour.get(after) == 1:
                closing.add((name, after))
            elif after not in colour:
                visit(after)
        colour[name] = 2
        order.append(name)

    for name in names:
        if name not in colour:
            visit(name)
    layer = dict.fromkeys(names, 0)
    for name in reversed(order):
        for after in out[name]:
            if (name, after) not in closing:
                layer[after] = max(layer[after], layer[name] + 1)
    return layer


def _grid(
    names: Sequence[str], layers: dict[str, int], forward: Sequence[Arrow]
) -> tuple[list[list[str]], dict[Pair, list[str]]]:
    """Columns of states; a long arrow takes a place in every column it crosses."""
    grid: list[list[str]] = [[] for _ in range(max(layers.values(), default=0) + 1)]
    for name in names:
        grid[layers[name]].append(name)
    chains: dict[Pair, list[str]] = {}
    for arrow in forward:
        chain = [arrow.source]
        for column in range(layers[arrow.source] + 1, layers[arrow.dest]):
            via = f"{arrow.source}>{arrow.dest}@{column}"
            grid[column].append(via)
            chain.append(via)
        chains[arrow.source, arrow.dest] = [*chain, arrow.dest]
    return grid, chains


def _untangle(grid: list[list[str]], chains: dict[Pair, list[str]]) -> None:
    """Order every column by the mean place of its neighbours, there and back a few times."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for chain in chains.values():
        for left, right in pairwise(chain):
            after.setdefault(left, []).append(right)
            before.setdefault(right, []).append(left)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        beside = before if down else after
        for column in grid[1:] if down else reversed(grid[:-1]):
            at = {name: i for other in grid for i, name in enumerate(other)}

            def mean(
                name: str, at: dict[str, int] = at, beside: dict[str, list[str]] = beside
            ) -> float:
                near = [at[n] for n in beside.get(name, ())]
                return sum(near) / len(near) if near else float(at[name])

            column.sort(key=mean)


def _places(
    grid: Sequence[Sequence[str]], width: int, top: float, rows: int
) -> dict[str, tuple[float, float]]:
    """The middle of every box and of every crossing; short columns stand centred."""
    found = {}
    for i, column in enumerate(grid):
        x = _EDGE + width / 2 + i * (width + _COLUMN_GAP)
        start = top + (rows - len(column)) * _ROW / 2 + _ROW / 2
        for j, name in enumerate(column):
            found[name] = (x, start + j * _ROW)
    return found


def _wide(label: str) -> int:
    return max(84, 14 * len(label) + 28)


def _forward(arrow: Arrow, points: Sequence[tuple[float, float]], width: int, uid: str) -> str:
    half = width / 2
    x, y = points[0][0] + half, points[0][1]
    way = [f"M{x:g} {y:g}"]
    for i, (px, py) in enumerate(points[1:], start=1):
        last = i == len(points) - 1
        to = px - half - (3 if last else 0)
        way.append(f"C{x + 60:g} {y:g} {to - 60:g} {py:g} {to:g} {py:g}")
        if not last:
            way.append(f"H{px + half:g}")
        x, y = px + half, py
    return (
        f'<path class="g-line-ink" stroke-width="1.25" d="{"".join(way)}" '
        f'marker-end="url(#{uid}-a)"><title>{escape(arrow.label)}</title></path>'
    )


def _backward(
    arrow: Arrow, place: dict[str, tuple[float, float]], lane: int, width: int, uid: str
) -> str:
    """A way back: up to its own lane above everything, along it, and down."""
    (x1, y1), (x2, y2) = place[arrow.source], place[arrow.dest]
    shift = 6 * (lane % 5) - 12
    x1, x2, y = x1 + shift + width / 5, x2 + shift - width / 5, 14.0 + 18 * lane
    middle = (x1 + x2) / 2
    return (
        f'<path class="g-line-hold" stroke-width="1.25" stroke-dasharray="5 3" '
        f'd="M{x1:g} {y1 - _BOX_H / 2:g}V{y:g}H{x2:g}V{y2 - _BOX_H / 2 - 3:g}" '
        f'marker-end="url(#{uid}-b)"/>' + _halo(middle, y + 4, arrow.label, "t-hold")
    )


def _label(arrow: Arrow, points: Sequence[tuple[float, float]]) -> str:
    """The name of a step, where its line leaves the box."""
    (x1, y1), (x2, y2) = points[0], points[1]
    middle = (x1 + x2) / 2
    return _halo(middle, (y1 + y2) / 2 + 4, arrow.label, "t-2")


def _halo(x: float, y: float, label: str, tone: str) -> str:
    if not label:
        return ""
    shown = label if len(label) <= _LABEL_AT_MOST else label[: _LABEL_AT_MOST - 1] + "…"
    wide = 11 * len(shown) + 8
    return (
        f'<g><title>{escape(label)}</title><rect class="flow-halo" x="{x - wide / 2:g}" '
        f'y="{y - 11:g}" width="{wide}" height="15"/>'
        f'<text class="t t-11 {tone} t-m" x="{x:g}" y="{y:g}">{escape(shown)}</text></g>'
    )


def _box(
    box: Box, at: tuple[float, float], width: int, *, current: str | None, visited: Collection[str]
) -> str:
    kind = "flow-final" if box.final else "flow-seen" if box.name in visited else "flow-box"
    tone = "t t-b"
    if box.name == current:
        kind, tone = "flow-now", "t t-b t-on"
    x, y = at
    return (
        f'<rect class="{kind}" stroke-width="1.25" x="{x - width / 2:g}" y="{y - _BOX_H / 2:g}" '
        f'width="{width}" height="{_BOX_H}" rx="{_BOX_H / 2 if box.final else 5:g}"/>'
        f'<text class="{tone} t-m" x="{x:g}" y="{y + 4.5:g}">{escape(box.label)}</text>'
    )


def _markers(uid: str) -> str:
    return (
        "<defs>"
        + "".join(
            f'<marker id="{uid}-{letter}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" '
            f'markerHeight="7" orient="auto"><path class="{kind}" d="M0 0l8 4-8 4z"/></marker>'
            for letter, kind in (("a", "g-today"), ("b", "g-hold"))
        )
        + "</defs>"
    )
