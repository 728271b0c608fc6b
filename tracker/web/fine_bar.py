"""The fine of a case on one line: what the law allows, the range, the figure, the hearing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext
from markupsafe import Markup, escape

_WIDE, _BAR, _TOP = 320, 16, 30
_SIDE = 8
_WAN = 10_000


@dataclass(frozen=True, slots=True)
class FineLine:
    """The sums on the line, in yuan; None where there is none."""

    most: Decimal
    low: Decimal
    high: Decimal
    fine: Decimal
    hearing: Decimal | None = None


def short(amount: Decimal) -> str:
    """A sum as narrow as it can be said: 6万, 3,500."""
    if amount >= _WAN and amount % 1000 == 0:
        return str(gettext("%(n)s万", n=f"{(amount / _WAN).normalize():f}"))
    return f"{amount:,.0f}"


def fine_bar(line: FineLine) -> Markup | None:
    """The line from nought to the statutory maximum; None where nothing can be fined."""
    if line.most <= 0:
        return None

    def x(amount: Decimal) -> float:
        return _SIDE + float(min(amount, line.most) / line.most) * _WIDE

    low, high, at = x(line.low), x(line.high), x(line.fine)
    y, end = _TOP, _TOP + _BAR
    parts = [
        f'<rect class="g-free" x="{_SIDE + 0.5}" y="{y}.5" width="{_WIDE - 1}" '
        f'height="{_BAR - 1}" rx="2"/>',
        f'<rect class="g-free-ok" x="{low:.1f}" y="{y}.5" width="{max(high - low, 3):.1f}" '
        f'height="{_BAR - 1}" rx="2"/>',
    ]
    if line.hearing is not None and line.hearing <= line.most:
        mark = x(line.hearing)
        parts.append(
            f'<path class="g-line-ink" stroke-width="1.5" stroke-dasharray="3 2" '
            f'd="M{mark:.1f} {y - 5}V{end + 4}"/>'
        )
    chosen = gettext("拟罚 %(fine)s", fine=short(line.fine))
    parts.append(
        f'<path class="g-ok" d="M{at - 5:.1f} {y - 9}h10l-5 8z"/>'
        f'<text class="t t-12 t-b t-azure {_anchor(at)}" x="{at:.1f}" y="14">'
        f"{escape(chosen)}</text>"
    )
    for amount, place in ((Decimal(0), _SIDE), (line.most, _SIDE + _WIDE)):
        parts.append(
            f'<text class="t t-11 t-2 {_anchor(place)}" x="{place}" y="{end + 15}">'
            f"{escape(short(amount))}</text>"
        )
    words = gettext(
        "法定最高 %(most)s 元，幅度 %(low)s 至 %(high)s 元，拟罚 %(fine)s 元",
        most=f"{line.most:,.0f}",
        low=f"{line.low:,.0f}",
        high=f"{line.high:,.0f}",
        fine=f"{line.fine:,.0f}",
    )
    width, height = _WIDE + 2 * _SIDE, end + 20
    return Markup(  # noqa: S704 - every text put in is escaped
        f'<svg class="svg-fit" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{escape(words)}">{"".join(parts)}</svg>'
    )


def _anchor(x: float) -> str:
    """Texts at the ends stay inside the drawing."""
    if x < 40:
        return ""
    return "t-e" if x > _WIDE - 24 else "t-m"
