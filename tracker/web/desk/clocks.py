"""The clocks of a case on one axis: a bar each, what is used, what stood still, what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext
from markupsafe import Markup, escape

from tracker.core.calendar.days import Calendar
from tracker.core.deadlines.service import rule_of
from tracker.core.rulebook.model import Rule
from tracker.web.clockface import Clockface, left_words, stood_still
from tracker.web.errors import tell
from tracker.web.shell import local_date

_PARTS = 6  # of the axis, each with its date
_WIDTH, _HEIGHT = 1000.0, 40.0
_TOP, _THICK = 15.0, 10.0
# The axis reaches no further from today; what lies beyond is cut off at its edge.
_REACH = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Bar:
    """One clock: its face, its rule, its bar, and how it stands in words."""

    face: Clockface
    rule: Rule
    drawn: Markup
    words: str
    over: bool


@dataclass(frozen=True, slots=True)
class Clocks:
    """All clocks of a case, those that run first; `ticks` are the dates on their axis."""

    bars: Sequence[Bar]
    ticks: Sequence[str]
    running: int
    held: int
    over: int


@dataclass(frozen=True, slots=True)
class _Axis:
    first: date
    last: date
    today: date

    def at(self, day: date) -> float:
        """Where a day begins on the axis, within its edges."""
        share = (day - self.first) / (self.last - self.first)
        return _WIDTH * min(1.0, max(0.0, share))

    def ticks(self) -> list[date]:
        """The dates at which the parts of the axis begin."""
        step = (self.last - self.first) / _PARTS
        return [self.first + n * step for n in range(_PARTS)]


def clocks_of(
    faces: Sequence[Clockface], calendar: Calendar, today: date, locale: str
) -> Clocks | None:
    """The panel of clocks; None for a case without any."""
    if not faces:
        return None
    axis = _axis(faces, today)
    rests = [(axis.at(a), axis.at(b)) for a, b in _long_rests(calendar, axis)]
    ordered = sorted(faces, key=_order)
    bars = [
        Bar(
            face,
            rule_of(face.deadline),
            _bar(face, axis, rests, locale),
            left_words(face, locale),
            _is_over(face),
        )
        for face in ordered
    ]
    over = sum(b.over for b in bars)
    held = sum(f.tone == "hold" for f in faces)
    ticks = [local_date(day) for day in axis.ticks()]
    return Clocks(bars, ticks, len(bars) - over - held, held, over)


def _order(face: Clockface) -> tuple[bool, bool, date, int]:
    return _is_over(face), face.due is None, face.due or date.max, face.deadline.id


def _is_over(face: Clockface) -> bool:
    return face.working.stopped_on is not None or face.status.lapsed


def _axis(faces: Sequence[Clockface], today: date) -> _Axis:
    first = min(f.working.start for f in faces)
    ends = [d for f in faces for d in (f.due, f.working.stopped_on) if d is not None]
    last = max([*ends, today])
    first, last = max(min(first, today), today - _REACH), min(last, today + _REACH)
    margin = max(timedelta(days=2), (last - first) / 30)
    return _Axis(first - margin, last + margin, today)


def _long_rests(calendar: Calendar, axis: _Axis) -> Iterator[tuple[date, date]]:
    """Runs of three days off and more: what makes a count of working days look long."""
    day, began = axis.first, None
    while day <= axis.last:
        off = not calendar.is_workday(day)
        if off and began is None:
            began = day
        if not off and began is not None:
            if (day - began).days > 2:
                yield began, day
            began = None
        day += timedelta(days=1)


def _bar(face: Clockface, axis: _Axis, rests: Sequence[tuple[float, float]], locale: str) -> Markup:
    working = face.working
    end = working.stopped_on or axis.today
    due = face.due
    a, z = axis.at(working.start), axis.at(due if due is not None else end)
    now = axis.at(min(end, due) if due is not None else end)
    parts = [_rect("clk-rest", x, w, 0, _HEIGHT) for x, w in rests]
    parts += [_line("clk-tick", axis.at(day)) for day in axis.ticks()]
    parts.append(
        _rect("clk-free clk-soon" if face.tone == "soon" else "clk-free", a, z, _TOP, _THICK)
    )
    parts.append(_rect("clk-used", a, now, _TOP, _THICK))
    for x, y in _held(face, end):
        parts.append(_rect("clk-hold", axis.at(x), axis.at(y), _TOP, _THICK))
    if due is not None:
        if end > due and not face.status.lapsed:
            parts.append(_rect("clk-late", z, axis.at(end), _TOP, _THICK))
        parts.append(_line("clk-due", z, _TOP - 4, _TOP + _THICK + 4))
    parts.append(_line("clk-today", axis.at(axis.today)))
    return Markup(  # noqa: S704 - every text put in is escaped
        f'<svg class="clk-bar" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" preserveAspectRatio="none" '
        f'role="img" aria-label="{escape(_words(face, locale))}">{"".join(parts)}</svg>'
    )


def _held(face: Clockface, end: date) -> Iterator[tuple[date, date]]:
    """Stretches in which the clock stood still, each up to the day after its last day."""
    began: date | None = None
    for day in face.working.days:
        still = stood_still(face.working, day) and day.on <= end
        if still and began is None:
            began = day.on
        elif not still and began is not None and day.counted:
            yield began, day.on
            began = None
    if began is not None:
        yield began, end


def _words(face: Clockface, locale: str) -> str:
    parts = [gettext("%(day)s 起", day=local_date(face.working.start))]
    if face.due is not None:
        parts.append(gettext("%(day)s 截止", day=local_date(face.due)))
    if face.working.stopped_on is not None:
        parts.append(gettext("%(day)s 已停", day=local_date(face.working.stopped_on)))
    parts.append(left_words(face, locale))
    return f"{tell(face.deadline.label)}{tell('：')}{tell('，').join(parts)}"


def _rect(name: str, x: float, z: float, y: float, height: float) -> str:
    wide = max(z - x, 0.0)
    return f'<rect class="{name}" x="{x:.1f}" y="{y:g}" width="{wide:.1f}" height="{height:g}"/>'


def _line(name: str, x: float, top: float = 0.0, end: float = _HEIGHT) -> str:
    return f'<path class="{name}" d="M{x:.1f} {top:g}V{end:g}"/>'
