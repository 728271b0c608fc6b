"""Drawings as inline SVG: colours by class, sizes as attributes, every number also in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

# Terms longer than this become one bar: nobody counts sixty cells.
CELLS_AT_MOST = 15


@dataclass(frozen=True, slots=True)
class Cell:
    """One working day of a ruler: used, held, today, free or late."""

    kind: str
    label: str = ""


def ruler(
    cells: Sequence[Cell],
    *,
    tone: str,
    words: str,
    uid: str,
    large: bool = False,
    today_mark: str = "",
) -> Markup:
    """A term as cells, one a day, with the flag where it is due; late days stand behind it."""
    width, height, gap = (20, 18, 2) if large else (6, 12, 2)
    parts: list[str] = []
    x = 0 if large else 1
    flagged = False
    free = "g-free-soon" if tone == "soon" else "g-free-ok"
    for cell in cells:
        if cell.kind == "late" and not flagged:
            parts.append(_flag(x, height))
            x += 3
            flagged = True
        parts.append(_cell(cell, x, width, height, free, uid, today_mark if large else None))
        if large and cell.label:
            parts.append(
                f'<text class="t t-11 t-2 t-m" x="{x + width / 2:g}" y="32">'
                f"{escape(cell.label)}</text>"
            )
        x += width + gap
    if not flagged:
        parts.append(_flag(x, height))
        x += 3
    hatch = _hatch(uid) if any(c.kind == "held" for c in cells) else ""
    total = 35 if large else height + 2
    return _svg("ruler", x, total, words, hatch + "".join(parts))


def bar(used: float, *, tone: str, words: str, large: bool = False) -> Markup:
    """A long term as one bar; `used` runs from 0 to 1 and beyond when it is late."""
    width, height = (150, 18) if large else (68, 14)
    y, thick = (3, 12) if large else (3, 8)
    filled = max(0.0, min(1.0, used)) * width
    kind = {"late": "g-late", "soon": "g-soon", "hold": "g-hold"}.get(tone, "g-used")
    inner = (
        f'<rect class="g-free" x=".5" y="{y + 0.5}" width="{width - 1}" '
        f'height="{thick - 1}" rx="1.5"/>'
        f'<rect class="{kind}" x="0" y="{y}" width="{filled:.1f}" height="{thick}" rx="1.5"/>'
        f'<path class="g-line-ink" stroke-width="1.5" d="M{width + 1} 0V{height}"/>'
    )
    return _svg("ruler", width + 4, height, words, inner)


def _cell(
    cell: Cell, x: float, width: int, height: int, free: str, uid: str, today_mark: str | None
) -> str:
    match cell.kind:
        case "held":
            top, room = (4.5, height - 7) if today_mark is not None else (3.5, height - 4)
            return (
                f'<rect class="cu-h" fill="url(#{uid})" x="{x + 0.5}" y="{top}" '
                f'width="{width - 1}" height="{room}" rx="1"/>'
            )
        case "today" if today_mark is not None:
            return (
                f'<rect class="g-today" x="{x}" y="1" width="{width}" height="{height}" rx="1.5"/>'
                f'<text class="t t-11 t-b t-m t-inv" x="{x + width / 2:g}" y="14">'
                f"{escape(today_mark)}</text>"
            )
        case "free":
            return (
                f'<rect class="{free}" x="{x + 0.5}" y="1.5" width="{width - 1}" '
                f'height="{height - 1}" rx="1.5"/>'
            )
        case "late":
            kind = "g-late"
        case _:
            kind = "g-used"
    return f'<rect class="{kind}" x="{x}" y="1" width="{width}" height="{height}" rx="1"/>'


def _flag(x: float, height: int) -> str:
    return f'<path class="g-line-ink" stroke-width="2" d="M{x} 0V{height + 2}"/>'


def _hatch(uid: str) -> str:
    return (
        f'<defs><pattern id="{uid}" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="g-hold-bg" width="5" height="5"/>'
        '<path class="g-line-hold" stroke-width="1.4" d="M0 0V5"/></pattern></defs>'
    )


def _svg(name: str, width: float, height: float, words: str, inner: str) -> Markup:
    return Markup(  # noqa: S704 - every text put in is escaped
        f'<svg class="{name}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(words)}">{inner}</svg>'
    )


# ---------------------------------------------------------------- the path


@dataclass(frozen=True, slots=True)
class Station:
    """One station of the main line: done, current, todo or skipped."""

    label: str
    status: str
    under: str = ""
    person: str = ""


def path(
    stations: Sequence[Station],
    *,
    branches: Sequence[tuple[str, bool]] = (),
    returns: Sequence[tuple[int, int, str]] = (),
    aside: str = "",
    note: str = "",
    branch_words: str = "",
    words: str,
    uid: str,
) -> Markup:
    """The way of a case: what is done, where it is, what comes; ways back above, exits below."""
    width, left = 1222.0, 52.0
    step = (width - 2 * left) / max(1, len(stations) - 1)
    xs = [left + i * step for i in range(len(stations))]
    top = 30.0
    here = next((i for i, s in enumerate(stations) if s.status == "current"), None)
    end = xs[here] if here is not None else xs[-1]
    parts = [
        f'<path class="g-line-ink" stroke-width="2" d="M{xs[0]} {top}H{end:g}"/>',
        f'<path class="g-line" stroke-width="2" stroke-dasharray="4 4" '
        f'd="M{end:g} {top}H{xs[-1]:g}"/>',
    ]
    for start, back, label in returns:
        a, b = xs[start] - 8, xs[back] + 8
        half = max(40.0, 7.0 * len(label))
        middle = (a + b) / 2
        parts.append(
            f'<path class="g-line-hold" stroke-width="1.5" marker-end="url(#{uid})" '
            f'd="M{a:g} 20C{a - 22:g} 4 {b + 22:g} 4 {b:g} 20"/>'
            f'<rect class="g-surface" x="{middle - half:g}" y="0" '
            f'width="{2 * half:g}" height="18"/>'
            f'<text class="t t-12 t-hold t-m" x="{middle:g}" y="13">{escape(label)}</text>'
        )
    for x, station in zip(xs, stations, strict=True):
        fitting = replace(station, person=_fitting(station.person, step))
        parts.append(_station(x, top, fitting, aside, note))
    bottom = 100.0
    if branches and here is not None:
        parts.append(_branches(xs[here], branches, branch_words, width))
        bottom = 128.0
    arrow = (
        f'<defs><marker id="{uid}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path class="g-hold" d="M0 0l8 4-8 4z"/></marker></defs>'
    )
    return _svg("svg-fit path-svg", width, bottom, words, arrow + "".join(parts))


def _fitting(name: str, room: float) -> str:
    """A name of small letters as far as it keeps clear of its neighbours; its page has it whole."""
    most = int((room - 10) // 12)
    return name if len(name) <= most else name[: most - 1] + "…"


def _station(x: float, y: float, station: Station, aside: str, note: str) -> str:
    label = escape(station.label)
    if station.status == "current":
        shown = escape(aside or station.label)
        half = max(40, 9 * len(aside or station.label) + 14)
        text = (
            f'<rect class="g-ok" x="{x - half:g}" y="{y - 15:g}" '
            f'width="{2 * half}" height="30" rx="15"/>'
            f'<text class="t t-14 t-b t-on t-m" x="{x:g}" y="{y + 5:g}">{shown}</text>'
        )
        if note:
            text += (
                f'<text class="t t-12 t-azure t-b t-m" x="{x:g}" y="{y + 34:g}">'
                f"{escape(note)}</text>"
            )
        return text
    ring = f'<circle class="g-surface" cx="{x:g}" cy="{y}" r="10"/>'
    if station.status == "done":
        ring += (
            f'<circle class="g-line-ink" stroke-width="1.5" cx="{x:g}" cy="{y}" r="8"/>'
            f'<path class="g-line-ink" stroke-width="2" d="M{x - 3.5:g} {y}l2.5 2.8 4.5-5.4"/>'
        )
    else:
        ring += f'<circle class="g-line" stroke-width="1.5" cx="{x:g}" cy="{y}" r="7.5"/>'
    tone = "t" if station.status == "done" else "t t-2"
    return (
        ring
        + f'<text class="{tone} t-m" x="{x:g}" y="{y + 28:g}">{label}</text>'
        + f'<text class="t t-12 t-2 t-m" x="{x:g}" y="{y + 45:g}">{escape(station.under)}</text>'
        + f'<text class="t t-12 t-3 t-m" x="{x:g}" y="{y + 61:g}">{escape(station.person)}</text>'
    )


def _branches(x: float, branches: Sequence[tuple[str, bool]], words: str, width: float) -> str:
    widths = [13 * len(label) + 22 for label, _ in branches]
    total = sum(widths) + 9 * (len(widths) - 1)
    left = min(max(x - 20, 90.0), width - total - 8)
    parts = [
        f'<path class="g-line" stroke-width="1.5" d="M{x:g} 72V84"/>',
        f'<text class="t t-12 t-3 t-e" x="{left - 10:g}" y="110">{escape(words)}</text>',
    ]
    at, centres = left, []
    for (label, available), wide in zip(branches, widths, strict=True):
        centre = at + wide / 2
        centres.append(centre)
        dash = "" if available else ' stroke-dasharray="3 3"'
        tone = "t" if available else "t t-3"
        parts.append(
            f'<path class="g-line" stroke-width="1.5" d="M{centre:g} 84V94"/>'
            f'<rect class="g-sunken" x="{at:g}" y="94" width="{wide}" height="24" rx="4"/>'
            f'<rect class="g-line" x="{at:g}" y="94" width="{wide}" height="24" rx="4"{dash}/>'
            f'<text class="{tone} t-12 t-m" x="{centre:g}" y="110">{escape(label)}</text>'
        )
        at += wide + 9
    ends = [*centres, x]
    parts.append(f'<path class="g-line" stroke-width="1.5" d="M{min(ends):g} 84H{max(ends):g}"/>')
    return "".join(parts)


# ---------------------------------------------------------------- custody


@dataclass(frozen=True, slots=True)
class Piece:
    """One stay in the custody bar; kind picks the tone, stopped hatches it."""

    days: int
    kind: int
    stopped: bool = False


def custody_bar(pieces: Sequence[Piece], *, words: str, uid: str) -> Markup:
    """Stays in order, as wide as their days; a day's handover shows as a sliver."""
    width = 368.0
    room = width - 2 * (len(pieces) - 1)
    weights = [max(p.days, 0) + 0.35 for p in pieces]
    total = sum(weights) or 1
    parts, x = [_hatch(uid)] if any(p.stopped for p in pieces) else [], 0.0
    for piece, weight in zip(pieces, weights, strict=True):
        wide = max(2.0, room * weight / total)
        if piece.stopped:
            parts.append(
                f'<rect class="cu-h" x="{x + 0.5:.1f}" y="0.5" width="{wide - 1:.1f}" '
                f'height="21" rx="2" fill="url(#{uid})"/>'
            )
        else:
            parts.append(
                f'<rect class="cu-{piece.kind}" x="{x:.1f}" y="0" '
                f'width="{wide:.1f}" height="22" rx="2"/>'
            )
        if wide >= 16 and piece.days:
            tone = "t-hold" if piece.stopped else "" if piece.kind == 2 else "t-on"
            parts.append(
                f'<text class="t t-12 t-b t-m {tone}" x="{x + wide / 2:.1f}" y="15.5">'
                f"{piece.days}</text>"
            )
        x += wide + 2
    return _svg("svg-fit", width, 22, words, "".join(parts))
