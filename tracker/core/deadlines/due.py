"""A due date for a question, not for a case: one start, a term, and what stood in between. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from unicodedata import normalize

from tracker.core.calendar.days import Calendar, DayStatus, OutsideCalendar, each_day
from tracker.core.clock import OFFICE_ZONE, office_time
from tracker.core.deadlines.facts import Fact, FactKind
from tracker.core.deadlines.replay import add_months, replay
from tracker.core.deadlines.working import CountedDay, DayCode, Working
from tracker.core.errors import N_, BadInput, say
from tracker.core.rulebook.terms import Term, Unit

# Working days and hours end where they end; longer limits move off rest days.
_ROLLING = (Unit.CD, Unit.M, Unit.Y)
_DATE = (
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日?|(\d\d)(\d\d))"
)
_DAY = re.compile(_DATE, re.ASCII)
_MOMENT = re.compile(_DATE + r"(?:\s*T\s*|\s+|(?<=日))(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)
_SPAN = re.compile(r"(.+?)\s*(?:\.\.|—+|~|至)\s*(.+)")
_DOTS = re.compile(r"\.{3,}")


@dataclass(frozen=True, slots=True)
class Start:
    """When a limit starts: a day, and for hours the moment."""

    on: date
    at: datetime | None = None

    @property
    def moment(self) -> datetime:
        """The moment itself; a day alone begins at midnight."""
        return self.at or datetime.combine(self.on, time(), OFFICE_ZONE)


# A suspension, from its first day or moment up to, not including, the second.
Pause = tuple[Start, Start]


def rolls_by_default(unit: Unit) -> bool:
    """Whether a limit of this unit moves off a rest day when nothing else is said."""
    return unit in _ROLLING


def plain(text: str) -> str:
    """What was typed with full-width letters, digits and signs, in ordinary ones."""
    return normalize("NFKC", text).strip()


def read_date(text: str, field: str) -> date:
    """A date as people and machines write it: 2026-05-01, 2026/5/1, 2026年5月1日, 20260501."""
    match = _DAY.fullmatch(plain(text))
    found = None if match is None else _date(match)
    if found is None:
        raise BadInput(field, say(N_("日期“%(written)s”读不懂，请写成 2026-05-01。"), written=text))
    return found


def read_start(text: str, field: str = "start") -> Start:
    """A date, or a date with the time of day in Beijing."""
    written = plain(text).upper()
    if match := _DAY.fullmatch(written):
        on, at = _date(match), None
    elif match := _MOMENT.fullmatch(written):
        on, at = _date(match), _time(match)
        on = None if at is None else on
    else:
        on = at = None
    if on is None:
        raise BadInput(
            field,
            say(
                N_("起算时间“%(written)s”读不懂，请写成 2026-05-01 或 2026-05-01T10:00。"),
                written=text,
            ),
        )
    return Start(on, None if at is None else datetime.combine(on, at, OFFICE_ZONE))


def _date(match: re.Match[str]) -> date | None:
    year, month, day = (int(g) for g in match.groups()[:9] if g)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(match: re.Match[str]) -> time | None:
    hour, minute, second = (int(g or 0) for g in match.groups()[9:])
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def read_term(text: str) -> Term:
    """A length, full-width letters and digits included."""
    written = plain(text)
    if not written.isascii():  # digits of other scripts among them
        raise BadInput(
            "term",
            say(N_("期限“%(written)s”无法识别，请写成 5wd、90cd、3m、24h 或 1y。"), written=text),
        )
    return Term.parse(written)


def read_span(text: str, field: str = "suspend") -> Pause:
    """A suspension written A..B: from A up to, not including, B."""
    written = plain(text)
    if _DOTS.search(written):
        raise BadInput(
            field,
            say(
                N_("中止期间“%(written)s”中间只写两个点，例如 2026-05-06..2026-05-08。"),
                written=text,
            ),
        )
    match = _SPAN.fullmatch(written)
    if match is None:
        raise BadInput(
            field,
            say(
                N_("中止期间“%(written)s”读不懂，请写成 2026-05-06..2026-05-08。"),
                written=text,
            ),
        )
    begin, end = _read_end(match[1], field), _read_end(match[2], field)
    if end.moment < begin.moment:
        raise BadInput(
            field,
            say(
                N_("恢复日 %(end)s 早于中止日 %(begin)s，请调换。"),
                begin=start_iso(begin),
                end=start_iso(end),
            ),
        )
    return begin, end


def _read_end(text: str, field: str) -> Start:
    try:
        return read_start(text, field)
    except BadInput:
        raise BadInput(
            field,
            say(
                N_("中止期间里的“%(written)s”读不懂，请写成 2026-05-01 或 2026-05-01T10:00。"),
                written=text,
            ),
        ) from None


def merged(
    pauses: Sequence[Pause], start: Start, *, hours: bool
) -> list[tuple[datetime, datetime]]:
    """Suspensions in order, touching and overlapping ones as one, nothing before the start.

    Only hours take notice of times of day.
    """
    if not hours:
        pauses = [(Start(begin.on), Start(end.on)) for begin, end in pauses]
        start = Start(start.on)
    found: list[tuple[datetime, datetime]] = []
    for begin, end in sorted((a.moment, b.moment) for a, b in pauses):
        first = max(begin, start.moment)
        if end <= first:
            continue
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((first, end))
    return found


def count(
    start: Start,
    terms: Sequence[Term],
    pauses: Sequence[Pause],
    roll: bool,  # noqa: FBT001 - reads as the rule has it
    calendar: Calendar,
) -> Working:
    """The due date of a term (the first) with its extensions, and the working of it.

    The start day does not count. Suspensions run from their first day up to, not including,
    the second; in a term of hours they may be moments, and a date alone is a whole day. What the
    calendar does not know is refused with OutsideCalendar.
    """
    term = terms[0]
    _refuse_mixed(start, terms, roll=roll)
    facts = [Fact(FactKind.START, start.on, start.at)]
    calendar.day(start.on)
    for began, ended in merged(pauses, start, hours=term.unit is Unit.H):
        facts.append(Fact(FactKind.SUSPEND, began.date(), began))
        facts.append(Fact(FactKind.RESUME, ended.date(), ended))
    facts += [Fact(FactKind.EXTEND, start.on, term=more) for more in terms[1:]]
    with _inside(calendar):
        return replay(facts, term, roll, calendar)


def count_back(start: date, term: Term, calendar: Calendar) -> Working:
    """The last day that lies at least a term before a day, itself not counted; rest days stay."""
    if term.unit is Unit.H:
        raise BadInput("start", say(N_("按小时计算的期限不能往前推算。")))
    with _inside(calendar):
        match term.unit:
            case Unit.WD:
                last = calendar.add_workdays(start, -term.count)
            case Unit.CD:
                last = start - timedelta(days=term.count)
            case _:
                last = add_months(start, -term.count * (12 if term.unit is Unit.Y else 1))
        days = [calendar.day(on) for on in each_day(last, start)]
    works = term.unit is Unit.WD
    found: list[CountedDay] = []
    n = 0
    for day in reversed(days):
        counted = day.on != start and (day.is_workday or not works)
        n += counted
        code = DayCode(day.kind.value) if works else DayCode.CALENDAR
        code = DayCode.START if day.on == start else code
        found.append(
            CountedDay(
                on=day.on,
                counted=counted,
                code=DayCode.DUE if day.on == last else code,
                n=n if counted else None,
                name=day.name,
                provisional=day.status is not DayStatus.ANNOUNCED,
                kind=day.kind,
                decides=works and day.on != start,
                under=code,
            )
        )
    return Working(
        start=start,
        term=term,
        days=tuple(reversed(found)),
        due=last,
        unrounded=last,
        provisional=any(d.decides and d.provisional for d in found),
        suspended=False,
        stopped_on=None,
        used=None,
        total=n,
        unit=Unit.WD if works else Unit.CD,
        terms=(term,),
        held=(0,),
        calendar=calendar,
    )


@contextmanager
def _inside(calendar: Calendar) -> Iterator[None]:
    """Later than any date there is, is later than the calendar too."""
    try:
        yield
    except (ValueError, OverflowError):
        raise OutsideCalendar(
            say(
                N_("期限超出工作日历（%(first)s 至 %(last)s），请系统管理员补录。"),
                first=calendar.first,
                last=calendar.last,
            )
        ) from None


def start_iso(start: Start) -> str:
    """A day, or a moment in Beijing, as machines write it."""
    if start.at is None:
        return start.on.isoformat()
    return _moment_iso(start.at)


def _moment_iso(at: datetime) -> str:
    moment = office_time(at).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def due_words(working: Working) -> tuple[str, str]:
    """The due day and the unrounded end as machines write them: hours with their time."""
    if working.due_at is not None:
        return (_moment_iso(working.due_at),) * 2
    return (working.due or working.start).isoformat(), (
        working.unrounded or working.start
    ).isoformat()


def day_row(day: CountedDay) -> dict[str, object]:
    """One day of a working for machines; `kind` is the reason behind "due", `day` the office's."""
    return {
        "date": day.on.isoformat(),
        "counted": day.counted,
        "reason": day.code.value,
        "n": day.n,
        "kind": day.under.value,
        "day": day.kind.value,
        "name": day.name,
        "provisional": day.provisional,
    }


def _refuse_mixed(start: Start, terms: Sequence[Term], *, roll: bool) -> None:
    hours = [t.unit is Unit.H for t in terms]
    if hours[0] and start.at is None:
        raise BadInput("start", say(N_("按小时计算的期限要写明起算时刻，例如 2026-05-01T10:00。")))
    if hours[0] and roll:
        raise BadInput("roll", say(N_("按小时计算的期限到点届满，不因休息日顺延。")))
    if any(h is not hours[0] for h in hours):
        raise BadInput(
            "extend", say(N_("按小时计算的期限只能按小时延长，其他期限不能按小时延长。"))
        )
