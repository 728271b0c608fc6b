"""How the tables of a page of figures are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext
from markupsafe import Markup

from tracker.core.cases.asking import Question
from tracker.core.numbers.figures import Block, Drawing, Figure, Row, Tone
from tracker.web import charts
from tracker.web.errors import tell

_TONES = {
    Tone.LATE: "g-late",
    Tone.SOON: "g-soon",
    Tone.HOLD: "g-hold",
    Tone.DONE: "g-done",
    Tone.REST: "seq-f",
}
# Parts that say nothing about time, told apart by shade and by their place in the legend.
_SHADES = ("g-ok", "seq-2", "g-hold", "g-used", "g-done", "seq-3", "g-neutral", "seq-1")
_LATE = 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing a row, or one of the whole; what its colours mean; the classes of a map."""

    inline: Sequence[Markup] = ()
    whole: Markup | None = None
    legend: Sequence[tuple[str, str]] = ()
    levels: Sequence[tuple[int, str]] = field(default_factory=tuple)


def drawing_of(block: Block, list_url: Callable[[Question | None], str]) -> Drawn:
    """The drawing that a block asks for; nothing where there is nothing to draw."""
    if not block.rows:
        return Drawn()
    match block.drawing:
        case Drawing.STACK:
            return _stack(block)
        case Drawing.BAR:
            return _bars(block)
        case Drawing.DOTS:
            return _dots(block)
        case Drawing.LINES:
            return _lines(block)
        case Drawing.HEXES:
            return _hexes(block, list_url)
        case _:
            return Drawn()


def _n(figure: Figure) -> int:
    return figure.value if isinstance(figure.value, int) else 0


def _values(row: Row, columns: Sequence[int]) -> list[int]:
    return [_n(row.figures[column]) for column in columns]


def _kinds(block: Block) -> list[str]:
    """The class of each drawn column: by its tone, else by its place."""
    found = []
    for n, column in enumerate(block.drawn):
        tone = block.columns[column].tone
        found.append(_TONES[tone] if tone is not None else _SHADES[n % len(_SHADES)])
    return found


def _legend(block: Block, kinds: Sequence[str]) -> list[tuple[str, str]]:
    names = [tell(block.columns[column].label) for column in block.drawn]
    return list(zip(kinds, names, strict=True))


def _stack(block: Block) -> Drawn:
    kinds = _kinds(block)
    most = max(sum(_values(row, block.drawn)) for row in block.rows)
    inline = [
        charts.stack(list(zip(_values(row, block.drawn), kinds, strict=True)), most)
        for row in block.rows
    ]
    return Drawn(inline=inline, legend=_legend(block, kinds))


def _bars(block: Block) -> Drawn:
    column = block.drawn[0]
    most = max(_n(row.figures[column]) for row in block.rows)
    tone = block.columns[column].tone
    kind = _TONES[tone] if tone is not None else "seq-f"
    return Drawn(inline=[charts.bar(_n(row.figures[column]), most, kind) for row in block.rows])


def _dots(block: Block) -> Drawn:
    values = [_values(row, block.drawn) for row in block.rows]
    most = max(max(v) for v in values)
    return Drawn(
        inline=[charts.dots(median, slow, limit or None, most) for median, slow, limit in values]
    )


def _lines(block: Block) -> Drawn:
    kinds = _kinds(block)
    kinds[0] = "seq-f"
    series = [
        charts.Series(
            tell(block.columns[column].label), kind, [_n(row.figures[column]) for row in block.rows]
        )
        for column, kind in zip(block.drawn, kinds, strict=True)
    ]
    labels = [row.key[-2:].lstrip("0") for row in block.rows]
    said = [
        gettext("%(name)s %(values)s", name=s.name, values=gettext("、").join(map(str, s.values)))
        for s in series
    ]
    words = gettext(
        "%(title)s，%(first)s到%(last)s：%(said)s",
        title=tell(block.title),
        first=tell(block.rows[0].label),
        last=tell(block.rows[-1].label),
        said="；".join(said),
    )
    return Drawn(whole=charts.lines(series, labels, words), legend=_legend(block, kinds))


def _hexes(block: Block, list_url: Callable[[Question | None], str]) -> Drawn:
    cells = [
        _hex(row, block.cells[row.key], list_url) for row in block.rows if row.key in block.cells
    ]
    most = max((cell.value for cell in cells), default=0)
    words = gettext("%(title)s，在办件数和逾期件数", title=tell(block.title))
    return Drawn(whole=charts.hexes(cells, words), levels=charts.level_words(most))


def _hex(row: Row, cell: tuple[int, int], list_url: Callable[[Question | None], str]) -> charts.Hex:
    name, count, late = tell(row.label), _n(row.figures[0]), _n(row.figures[_LATE])
    return charts.Hex(
        row=cell[0],
        column=cell[1],
        name=name,
        value=count,
        late=late,
        late_words=gettext("逾期 %(n)s", n=late),
        words=gettext(
            "%(name)s，在办 %(count)s 件，逾期 %(late)s 件", name=name, count=count, late=late
        ),
        url=list_url(row.figures[0].ask) if count else "",
    )
