"""The bands of a table as one bar: which holds the ratio, and its fine."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask_babel import gettext
from markupsafe import Markup, escape

from tracker.core.benchmarks.model import Row
from tracker.core.benchmarks.result import Graded
from tracker.core.benchmarks.words import range_words
from tracker.web.errors import tell

# Five bands fit a phone.
_WIDE, _HIGH, _TOP = 64, 30, 26
_HALF_A_FINE = 62


def grade_bar(graded: Graded) -> Markup | None:
    """The bands in order with the one that holds filled; None where no ratio chose the row."""
    row, figure = graded.row, graded.figure
    if row is None or row.ratio is None or figure is None or graded.ratio is None:
        return None
    rows = [
        other
        for other in graded.table.rows
        if other.ratio is not None
        and other.case == row.case
        and other.speaks_of(graded.act, figure.kind)
    ]
    rows.sort(key=lambda r: r.ratio.low.at if r.ratio and r.ratio.low else -1)
    return _draw(rows, rows.index(row), graded)


def _draw(rows: Sequence[Row], chosen: int, graded: Graded) -> Markup:
    parts = [_segment(n, row, held=n == chosen) for n, row in enumerate(rows)]
    width, height = len(rows) * _WIDE + 2, _TOP + _HIGH + 24
    middle = chosen * _WIDE + _WIDE / 2 + 1
    fine = rows[chosen].fines.get(graded.question.subject)
    below = "" if fine is None else tell(range_words(fine.low, fine.high))
    under = min(max(middle, _HALF_A_FINE), width - _HALF_A_FINE)
    parts.append(
        f'<text class="t t-12 t-b t-azure t-m" x="{middle:g}" y="12">'
        f"{escape(graded.ratio_text)}</text>"
        f'<path class="g-ok" d="M{middle - 5:g} 16h10l-5 7z"/>'
        f'<text class="t t-12 t-b t-m" x="{under:g}" y="{_TOP + _HIGH + 16}">{escape(below)}</text>'
    )
    words = gettext(
        "违法比例 %(ratio)s，在第 %(n)s 档，共 %(all)s 档",
        ratio=graded.ratio_text,
        n=chosen + 1,
        all=len(rows),
    )
    return Markup(  # noqa: S704 - every text put in is escaped
        f'<svg class="ruler" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{escape(words)}">{"".join(parts)}</svg>'
    )


def _segment(n: int, row: Row, *, held: bool) -> str:
    x = n * _WIDE + 1
    fill, weight = ("g-free-ok", " t-b") if held else ("g-free", "")
    # 15%–30% as 15–30%, which is narrower.
    printed = "" if row.ratio is None else re.sub("[%‰]([-–—~至])", r"\1", row.ratio.printed)
    return (
        f'<rect class="{fill}" x="{x + 1}" y="{_TOP}" width="{_WIDE - 2}" height="{_HIGH}" rx="2"/>'
        f'<text class="t t-12{weight} t-m" x="{x + _WIDE / 2:g}" y="{_TOP + 20}">'
        f"{escape(printed)}</text>"
    )
