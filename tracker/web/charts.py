"""Drawings of figures as inline SVG: one visual language with the rulers of a case.

Sizes are attributes, colours are classes, and every number of a drawing stands in a table as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

BAR_WIDE, BAR_HIGH = 240, 14
_DOT_WIDE, _DOT_HIGH = 200, 20
_ROOT3 = 1.7320508
# Classes of a map, from few to many.
LEVELS = 5


def bar(value: int, most: int, kind: str = "seq-f") -> Markup:
    """One value as long as its part of the greatest."""
    return stack([(value, kind)], most)


def stack(parts: Sequence[tuple[int, str]], most: int) -> Markup:
    """Parts of a whole in a row, as long as their part of the greatest whole."""
    drawn, x = [], 0.0
    for value, kind in parts:
        if value <= 0:
            continue
        wide = max(2.0, BAR_WIDE * value / max(most, 1))
        drawn.append(
            f'<rect class="{kind}" x="{x:.1f}" y="0" width="{wide:.1f}" height="{BAR_HIGH}" '
            'rx="1.5"/>'
        )
        x += wide + 1
    return _hidden(BAR_WIDE + 8, BAR_HIGH, "".join(drawn))


def dots(median: int, slow: int, limit: int | None, most: int) -> Markup:
    """The middle as a dot, a line to the slowest tenth, the limit as a dashed mark."""

    def x(value: int) -> float:
        return 6 + (_DOT_WIDE - 12) * min(value, most) / max(most, 1)

    line = "g-line-late" if limit is not None and slow > limit else "g-line-ink"
    middle = _DOT_HIGH / 2
    parts = [
        f'<path class="g-line" stroke-width="1" d="M0 {middle}H{_DOT_WIDE}"/>',
        f'<path class="{line}" stroke-width="3" d="M{x(median):.1f} {middle}H{x(slow):.1f}"/>',
        f'<circle class="g-ok" cx="{x(median):.1f}" cy="{middle}" r="5"/>',
        f'<path class="{line}" stroke-width="2" d="M{x(slow):.1f} 4V16"/>',
    ]
    if limit is not None and limit <= most:
        parts.append(
            f'<path class="g-line-soon" stroke-width="1.5" stroke-dasharray="2 2" '
            f'd="M{x(limit):.1f} 0V{_DOT_HIGH}"/>'
        )
    return _hidden(_DOT_WIDE, _DOT_HIGH, "".join(parts))


def _hidden(width: float, height: float, inner: str) -> Markup:
    # The numbers stand in the cells beside it.
    return Markup(  # noqa: S704 - numbers and our own class names only
        f'<svg class="ruler" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" aria-hidden="true">{inner}</svg>'
    )


# ---------------------------------------------------------------- over time


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a drawing over time: its name, its class, its values."""

    name: str
    kind: str
    values: Sequence[int]


def lines(series: Sequence[Series], labels: Sequence[str], words: str) -> Markup:
    """Columns for the first series, a line with dots for the others, over the same months."""
    width, high, left, foot, top = 560.0, 190.0, 34.0, 24.0, 14.0
    most = max((v for s in series for v in s.values), default=0)
    scale = _scale(most)
    room = high - foot - top
    pitch = (width - left) / max(len(labels), 1)

    def y(value: int) -> float:
        return top + room * (1 - value / scale)

    parts = [
        f'<path class="g-line" stroke-width="1" d="M{left} {y(v):.1f}H{width}"/>'
        f'<text class="t t-11 t-3 t-e" x="{left - 6}" y="{y(v) + 4:.1f}">{v}</text>'
        for v in sorted({0, scale // 2, scale})
    ]
    for n, label in enumerate(labels):
        x = left + pitch * (n + 0.5)
        parts.append(
            f'<text class="t t-11 t-2 t-m" x="{x:.1f}" y="{high - 6}">{escape(label)}</text>'
        )
    for i, one in enumerate(series):
        points = [(left + pitch * (n + 0.5), y(v)) for n, v in enumerate(one.values)]
        parts.append(_columns(points, pitch, y(0), one.kind) if i == 0 else _line(points))
    return _image(width, high, words, "".join(parts))


def _columns(points: Sequence[tuple[float, float]], pitch: float, foot: float, kind: str) -> str:
    half = min(14.0, pitch / 3)
    return "".join(
        f'<rect class="{kind}" x="{x - half:.1f}" y="{y:.1f}" width="{2 * half:.1f}" '
        f'height="{max(foot - y, 0):.1f}" rx="1.5"/>'
        for x, y in points
    )


def _line(points: Sequence[tuple[float, float]]) -> str:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dots_ = "".join(f'<circle class="g-done" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in points)
    return f'<path class="ch-line" d="M{path}"/>{dots_}' if points else ""


def _scale(most: int) -> int:
    """The end of the axis: the next even round number, so that its half is whole."""
    step = 1
    while step * 10 < most:
        step *= 10
    top = -(-max(most, 2) // step) * step
    return top if top % 2 == 0 else top + max(step, 1)


def _image(width: float, height: float, words: str, inner: str, cls: str = "svg-fit") -> Markup:
    return Markup(  # noqa: S704 - every text put in is escaped
        f'<svg class="{cls}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(words)}">{inner}</svg>'
    )


# ---------------------------------------------------------------- a map of hexagons


@dataclass(frozen=True, slots=True)
class Hex:
    """One place on a map: its cell, its name, its number, how many are late, and where it leads."""

    row: int
    column: int
    name: str
    value: int
    late: int
    late_words: str
    words: str
    url: str = ""


def hexes(cells: Sequence[Hex], words: str) -> Markup:
    """Places as hexagons, darker the more there are; a link each where there is something."""
    if not cells:
        return Markup("")
    most = max(c.value for c in cells)
    columns = max(c.column for c in cells) + 1
    # Few places have room for their full names.
    radius = 46.0 if columns <= 6 else 38.0
    pitch, drop = radius * _ROOT3 + 5, radius * 1.5 + 4
    west = min(c.column + (c.row % 2) / 2 for c in cells)
    parts = [
        _hex(
            c,
            (c.column + (c.row % 2) / 2 - west + 0.5) * pitch + 4,
            c.row * drop + radius + 4,
            radius,
            most,
        )
        for c in cells
    ]
    east = max(c.column + (c.row % 2) / 2 for c in cells)
    width = (east - west + 1) * pitch + 8
    height = max(c.row for c in cells) * drop + 2 * radius + 8
    return Markup(  # noqa: S704 - every text put in is escaped
        f'<svg class="svg-fit hexmap" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="group" aria-label="{escape(words)}">'
        f"{''.join(parts)}</svg>"
    )


def level(value: int, most: int) -> int:
    """The class of a number among those of a map, from 0 to 4."""
    step = _step(most)
    return min(value // step, LEVELS - 1)


def level_words(most: int) -> list[tuple[int, str]]:
    """The classes with the numbers they stand for, as many as are needed."""
    step = _step(most)
    found = []
    for n in range(LEVELS):
        low, high = n * step, (n + 1) * step - 1
        if low > most:
            break
        last = n == LEVELS - 1 or high >= most
        text = f"≥{low}" if last and n else f"{low}" if low == high else f"{low}—{high}"
        found.append((n, text))
    return found


def _step(most: int) -> int:
    return max(1, -(-(most + 1) // LEVELS))


def _hex(cell: Hex, x: float, y: float, radius: float, most: int) -> str:
    half = radius * _ROOT3 / 2
    points = " ".join(
        f"{x + dx:.1f},{y + dy:.1f}"
        for dx, dy in (
            (0, -radius), (half, -radius / 2), (half, radius / 2),
            (0, radius), (-half, radius / 2), (-half, -radius / 2),
        )
    )  # fmt: skip
    shade = level(cell.value, most)
    ink = " t-seq4" if shade == LEVELS - 1 else ""
    name = short_name(cell.name, 5 if radius > 40 else 4)
    size = "t-12" if len(name) <= 4 or radius > 40 else "t-11"
    inner = (
        f'<polygon class="seq-{shade}" points="{points}"/>'
        f'<text class="t {size} t-m{ink}" x="{x:.1f}" y="{y - radius * 0.3:.1f}">'
        f"{escape(name)}</text>"
        f'<text class="t t-16 t-b t-m{ink}" x="{x:.1f}" y="{y + 6:.1f}">{cell.value}</text>'
    )
    if cell.late:
        wide = 52 if radius > 40 else 46
        inner += (
            f'<rect class="g-surface" x="{x - wide / 2:.1f}" y="{y + 11:.1f}" width="{wide}" '
            f'height="16" rx="8"/><text class="t t-11 t-b t-late t-m" x="{x:.1f}" '
            f'y="{y + 23:.1f}">{escape(cell.late_words)}</text>'
        )
    if not cell.url:
        return f'<g role="img" aria-label="{escape(cell.words)}">{inner}</g>'
    return f'<a href="{escape(cell.url)}" aria-label="{escape(cell.words)}">{inner}</a>'


_AUTONOMOUS = re.compile(r"^(..).*自治[县州旗]$")


def short_name(name: str, most: int) -> str:
    """A place's name as a map has room for it: 石柱 for 石柱土家族自治县, 九台 for 九台区."""
    if len(name) <= most:
        return name
    match = _AUTONOMOUS.match(name)
    return match[1] if match else name[:most]
