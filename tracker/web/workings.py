"""A working as it is drawn: the date sum, its days as weeks or months, a sentence a stretch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext

from tracker.core.calendar.days import DayKind
from tracker.core.deadlines.account import FactLine
from tracker.core.deadlines.facts import FactKind
from tracker.core.deadlines.spoken import held_phrases, time_words
from tracker.core.deadlines.working import CountedDay, DayCode, Working
from tracker.core.errors import N_, say
from tracker.core.rulebook.terms import Unit
from tracker.web import wording
from tracker.web.errors import tell
from tracker.web.shell import local_date, locale, long_day

_DAY = timedelta(days=1)
# Up to here the weeks run on over the ends of months; longer terms get a small month each.
_WEEKS_AT_MOST = 6
# A term of years is drawn from both its ends.
_MONTHS_AT_MOST = 14

_REASONS = {
    DayCode.WORKDAY: N_("工作日"),
    DayCode.CALENDAR: N_("按日历日计入"),
    DayCode.SUSPENDED: N_("停表"),
    DayCode.MAKEUP: N_("%(name)s调休上班，照常计入"),
    DayCode.HOLIDAY: N_("%(name)s放假"),
    DayCode.WEEKEND: N_("休息日"),
    DayCode.ROLLED: N_("期满日是休息日，顺延"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One term of the date sum, or the sign before it."""

    big: str
    small: str = ""
    cls: str = ""


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the calendar that shows a working; `words` says all of it in a phrase."""

    on: date
    cls: str
    number: str
    mark: str
    text: str

    @property
    def words(self) -> str:
        """What a reader who does not see the colours hears besides the number."""
        return tell("，").join(w for w in (self.mark, self.text) if w)


@dataclass(frozen=True, slots=True)
class Block:
    """Weeks under one heading: a run of weeks, or one month; None is a day of another month."""

    caption: str
    weeks: tuple[tuple[DayCell | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring days that count, or do not, for one reason."""

    label: str
    why: str
    days: int
    counted: bool
    held: bool
    paper: str = ""
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything a page shows of one working."""

    working: Working
    parts: tuple[Part, ...]
    blocks: tuple[Block, ...]
    small: bool
    skipped: int
    days: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    counted: int
    answer: str
    # The start as the calculator asks for it in its address.
    began: dict[str, str]


def draw(
    working: Working,
    today: date,
    *,
    label: str,
    facts: Sequence[FactLine] = (),
) -> Drawn:
    """Draw a working; `facts` bring the papers of what happened."""
    blocks, small, skipped = _blocks(working, today)
    monday = working.start - timedelta(days=working.start.weekday())
    papers = [f.document for f in facts if f.kind is FactKind.EXTEND]
    return Drawn(
        working=working,
        parts=tuple(_parts(working, label, papers)),
        blocks=blocks,
        small=small,
        skipped=skipped,
        days=tuple(wording.weekday_label(monday + n * _DAY, locale()) for n in range(7)),
        stretches=tuple(_stretches(working, today, facts)),
        counted=sum(1 for d in working.days if d.counted),
        answer=_due_words(working),
        began=_began(working),
    )


# ---------------------------------------------------------------- the date sum


def _parts(working: Working, label: str, papers: Sequence[str]) -> list[Part]:
    """Start, term and extensions, each followed by what stood still in it, and the end."""
    found = [_begin(working, label)]
    # The papers of extensions that a newly given date has replaced come first; they are over.
    extensions = len(working.terms) - (working.term is not None)
    smalls = [p or gettext("延长") for p in papers[len(papers) - extensions :]]
    smalls += [gettext("延长")] * (extensions - len(smalls))
    if working.term is not None:
        smalls.insert(0, label)
    sign = "−" if working.backwards else "+"
    for term, small, held in zip(working.terms, smalls, held_phrases(working), strict=True):
        found += [Part(sign, cls="op"), Part(tell(term.phrase), small)]
        if held is not None:
            found += [Part("+", cls="op"), Part(tell(held), gettext("期间停表"), "eq-h")]
    return [*found, Part("=", cls="op"), Part(_due_words(working), _rolling(working), "eq-r")]


def _begin(working: Working, label: str) -> Part:
    if working.given is not None:
        return Part(long_day(working.given), tell("，").join((gettext("给定的日期"), label)))
    if working.backwards:
        return Part(long_day(working.start), gettext("往前推算，当日不计"))
    if working.start_at is None:
        return Part(long_day(working.start), gettext("起算，当日不计"))
    begin = f"{long_day(working.start)} {time_words(working.start_at)}"
    return Part(begin, gettext("从此刻起算"))


def _began(working: Working) -> dict[str, str]:
    found = {"start": working.start.isoformat()}
    return found if working.start_at is None else found | {"time": time_words(working.start_at)}


def _due_words(working: Working) -> str:
    if working.due is None:
        return str(gettext("停表中，没有截止日"))
    at = "" if working.due_at is None else f" {time_words(working.due_at)}"
    return long_day(working.due) + at


def _rolling(working: Working) -> str:
    if working.due is None or working.unrounded is None:
        return str(gettext("恢复以后接着算"))
    if working.backwards:
        return str(gettext("最晚在这一天"))
    if working.due_at is not None:
        return str(gettext("到点届满，不顺延"))
    if working.due != working.unrounded:
        return str(gettext("期满日 %(day)s 不办公，顺延", day=local_date(working.unrounded)))
    return str(gettext("不用顺延"))


# ---------------------------------------------------------------- days


def _blocks(working: Working, today: date) -> tuple[tuple[Block, ...], bool, int]:
    """The blocks, whether they are small months, and how many months are left out."""
    first = working.days[0].on
    last = max(working.days[-1].on, working.due or today)
    first_monday = first - timedelta(days=first.weekday())
    last_sunday = last + timedelta(days=6 - last.weekday())
    known = {d.on: d for d in working.days}
    if (last_sunday - first_monday).days < _WEEKS_AT_MOST * 7:
        days = _run(first_monday, last_sunday)
        cells = [_cell(d, known.get(d), working, today, month=d.day == 1) for d in days]
        cells[0] = _cell(first_monday, known.get(first_monday), working, today, month=True)
        weeks = tuple(tuple(cells[i : i + 7]) for i in range(0, len(cells), 7))
        ends = {"a": local_date(first_monday), "b": local_date(last_sunday)}
        return (Block(gettext("%(a)s 至 %(b)s", **ends), weeks),), False, 0
    months = _months(first, last)
    skipped = max(0, len(months) - _MONTHS_AT_MOST)
    if skipped:
        half = _MONTHS_AT_MOST // 2
        months = [*months[:half], *months[-half:]]
    return tuple(_month(m, known, working, today) for m in months), True, skipped


def _months(first: date, last: date) -> list[date]:
    found = [first.replace(day=1)]
    while (following := (found[-1] + 31 * _DAY).replace(day=1)) <= last:
        found.append(following)
    return found


def _month(first: date, known: dict[date, CountedDay], working: Working, today: date) -> Block:
    days = _run(first, (first + 31 * _DAY).replace(day=1) - _DAY)
    cells: list[DayCell | None] = [None] * first.weekday()
    cells += [_cell(d, known.get(d), working, today) for d in days]
    cells += [None] * (-len(cells) % 7)
    weeks = tuple(tuple(cells[i : i + 7]) for i in range(0, len(cells), 7))
    return Block(wording.month_label(first, locale()), weeks)


def _run(first: date, last: date) -> list[date]:
    return [first + n * _DAY for n in range((last - first).days + 1)]


def _cell(
    day: date, found: CountedDay | None, working: Working, today: date, *, month: bool = False
) -> DayCell:
    mark = gettext("今天") if day == today else ""
    ring = " cd-t" if day == today else ""
    number = local_date(day) if month else str(day.day)
    nth = gettext("第 %(n)s 日", n=found.n) if found is not None and found.n else ""
    if found is None:
        return DayCell(day, ("cd-r" if day.weekday() > 4 else "") + ring, number, mark, "")
    if day == working.due:
        text = nth or gettext("顺延到此")
        return DayCell(day, "cd-d" + ring, number, mark or gettext("截止"), text)
    if day == working.start:
        return DayCell(day, "cd-s" + ring, number, mark, gettext("起算"))
    if found.code is DayCode.SUSPENDED:
        rests = not found.still and found.kind in (DayKind.WEEKEND, DayKind.HOLIDAY)
        text = gettext("休息日") if rests else gettext("停表")
        return DayCell(day, "cd-h" + ring, number, mark, text)
    if found.counted:
        kind = "cd-c" if day <= today else "cd-n7"
        if found.code is DayCode.MAKEUP:
            kind += " cd-w"
            mark = mark or gettext("班")
        return DayCell(day, kind + ring, number, mark, nth)
    if found.code is DayCode.ROLLED:
        return DayCell(day, "cd-r" + ring, number, mark, gettext("顺延"))
    if found.code is DayCode.HOLIDAY:
        return DayCell(day, "cd-f" + ring, number, mark, tell(found.name) or gettext("放假"))
    return DayCell(day, "cd-r" + ring, number, mark, gettext("休息日"))


# ---------------------------------------------------------------- sentences


def _stretches(working: Working, today: date, facts: Sequence[FactLine]) -> list[Stretch]:
    """One line for each run of days alike."""
    runs: list[list[CountedDay]] = []
    for day in (d for d in working.days if d.on != working.start):
        if runs and _sort(day) == _sort(runs[-1][0]):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [_stretch(run, working, today, facts) for run in runs]


def _sort(day: CountedDay) -> tuple[bool, DayCode, str, bool]:
    name = "" if day.counted else day.name
    return day.counted, day.under, name, day.provisional and day.decides


def _stretch(
    run: Sequence[CountedDay], working: Working, today: date, facts: Sequence[FactLine]
) -> Stretch:
    first = run[0]
    held = first.under is DayCode.SUSPENDED
    return Stretch(
        label=_span(first.on, run[-1].on, today),
        why=_why(first),
        days=sum(1 for d in run if d.counted or d.still),
        counted=first.counted,
        held=held,
        paper=_paper(first.on, facts) if held else _announced(first, working),
        unsure=first.provisional and first.decides,
    )


def _why(day: CountedDay) -> str:
    if day.under is DayCode.ROLLED and day.code is DayCode.DUE:
        return str(gettext("下一个工作日，到期"))
    name = tell(say(day.name)) if day.name else gettext("节假日")
    return tell(say(_REASONS[day.under], name=name))


def _paper(on: date, facts: Sequence[FactLine]) -> str:
    """Why the clock stood still from a day on, and on which paper."""
    begun = [f for f in facts if f.kind is FactKind.SUSPEND and f.on <= on]
    if not begun:
        return ""
    return tell("，").join(tell(say(w)) for w in (begun[-1].reason, begun[-1].document) if w)


def _announced(day: CountedDay, working: Working) -> str:
    """Where it stands that a day is off, or worked."""
    if working.calendar is None or working.unit is not Unit.WD:
        return ""
    if day.under not in (DayCode.HOLIDAY, DayCode.MAKEUP):
        return ""
    return tell(say(working.calendar.day(day.on).source))


def _span(first: date, last: date, today: date) -> str:
    one = wording.day_label(first, today, locale())
    if first == last:
        return one
    if (first.year, first.month) == (last.year, last.month) and locale() == "zh":
        return f"{one}—{last.day}日"
    return f"{one}—{wording.day_label(last, today, locale())}"
