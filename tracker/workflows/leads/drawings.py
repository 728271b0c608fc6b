"""The drawings of a lead's page, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext
from markupsafe import Markup

from tracker.core.calendar.days import Calendar, DayKind
from tracker.core.deadlines.working import CountedDay, DayCode, Working
from tracker.core.errors import N_, say
from tracker.core.rulebook.terms import Unit
from tracker.web import drawing, wording
from tracker.web.clockface import stood_still
from tracker.web.errors import tell
from tracker.web.shell import local_date, locale, today
from tracker.workflows.leads.models import Lead, LeadIndicator
from tracker.workflows.leads.page import LeadPage


def path_svg(page: LeadPage) -> Markup:
    """The way of the lead: stations, ways back, exits."""
    stations = []
    for node in page.path:
        under = local_date(node.on) if node.on else ""
        stations.append(drawing.Station(tell(node.label), node.status, under, node.who))
    aside = ""
    if page.side_state is not None:
        aside = tell(page.side_state.label)
    note = gettext("轮到您") if page.turn.mine else ""
    done = [s.label for s in stations if s.status == "done"]
    here = aside or next((s.label for s in stations if s.status == "current"), "")
    past = tell("、").join(done) or "—"
    words = gettext("已经过：%(done)s。现在：%(here)s。", done=past, here=here)
    return drawing.path(
        stations,
        branches=[(tell(label), open_) for label, open_ in page.branches],
        returns=page.returns,
        aside=aside,
        note=note,
        branch_words=gettext("也可以转向"),
        words=words,
        uid="path-arrow",
    )


def custody_svg(page: LeadPage) -> Markup:
    """The stays in order, as wide as their days."""
    pieces = [drawing.Piece(s.days, s.kind, s.stopped) for s in page.segments]
    words = gettext("经手时间，共 %(n)s 个工作日", n=page.custody.total)
    return drawing.custody_bar(pieces, words=words, uid="custody-hatch")


def worst(lead: Lead) -> LeadIndicator | None:
    """The indicator with the largest ratio; without any, the first that has a difference."""
    rated = [i for i in lead.indicators if i.ratio is not None]
    if rated:
        return max(rated, key=lambda i: i.ratio or 0)
    return next((i for i in lead.indicators if i.difference is not None), None)


# ---------------------------------------------------------------- why this date

_REASONS = {
    DayCode.SUSPENDED: N_("停表"),
    DayCode.MAKEUP: N_("%(name)s调休上班，照常计入"),
    DayCode.HOLIDAY: N_("%(name)s放假"),
    DayCode.WEEKEND: N_("休息日"),
    DayCode.ROLLED: N_("期满日是休息日，顺延"),
    DayCode.CALENDAR: N_("按日历日计入"),
}


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the calendar that shows a working."""

    on: date
    cls: str
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring days that count, or do not, for one reason."""

    label: str
    why: str
    days: int
    counted: bool
    held: bool


def weeks(working: Working, calendar: Calendar) -> list[list[DayCell]]:
    """Whole weeks around a working, one cell a day."""
    known = {d.on: d for d in working.days}
    last = max([working.due or working.start, today(), *known]) if known else today()
    if working.due is not None:
        last = working.due
    day = working.start - timedelta(days=working.start.weekday())
    end = last + timedelta(days=6 - last.weekday())
    cells: list[DayCell] = []
    while day <= end:
        cells.append(_cell(day, known.get(day), working, calendar))
        day += timedelta(days=1)
    return [cells[i : i + 7] for i in range(0, len(cells), 7)]


def _cell(day: date, found: CountedDay | None, working: Working, calendar: Calendar) -> DayCell:
    mark = gettext("今天") if day == today() else ""
    ring = " cd-t" if day == today() else ""
    if day == working.due:
        text = gettext("第 %(n)s 日", n=found.n) if found is not None and found.n else ""
        return DayCell(day, "cd-d" + ring, mark or gettext("截止"), text)
    if day == working.start:
        return DayCell(day, "cd-s" + ring, mark, gettext("起算"))
    if found is None:
        return DayCell(day, ("cd-r" if day.weekday() > 4 else "") + ring, mark, "")
    if found.code is DayCode.SUSPENDED:
        text = gettext("停表") if stood_still(working, found) else gettext("休息日")
        return DayCell(day, "cd-h" + ring, mark, text)
    if found.counted:
        kind = "cd-c" if day <= today() else "cd-n7"
        # A worked Saturday is nothing special where every day counts.
        makeup = working.unit is Unit.WD and calendar.day(day).kind is DayKind.MAKEUP
        if makeup:
            kind += " cd-w"
            mark = mark or gettext("班")
        return DayCell(day, kind + ring, mark, gettext("第 %(n)s 日", n=found.n))
    if found.code is DayCode.HOLIDAY:
        return DayCell(day, "cd-f" + ring, mark, tell(found.name))
    return DayCell(day, "cd-r" + ring, mark, gettext("休息日"))


def stretches(working: Working) -> list[Stretch]:
    """The working in words: one line for each run of days alike."""
    found: list[Stretch] = []
    run: list[CountedDay] = []

    def flush() -> None:
        if run:
            found.append(
                Stretch(
                    _span(run[0].on, run[-1].on),
                    _why(run[0]),
                    sum(1 for d in run if d.counted or stood_still(working, d)),
                    run[0].counted,
                    run[0].code is DayCode.SUSPENDED,
                )
            )
            run.clear()

    for day in working.days:
        if day.on == working.start:
            continue
        if run and _sort(day) != _sort(run[0]):
            flush()
        run.append(day)
    flush()
    return found


def _sort(day: CountedDay) -> tuple[bool, str, str]:
    code = "counted" if day.counted and day.code is not DayCode.MAKEUP else day.code.value
    return day.counted, code, day.name if not day.counted else ""


def _why(day: CountedDay) -> str:
    words = _REASONS.get(day.code)
    if words is None:
        words = N_("工作日") if working_day(day) else N_("计入")
    return tell(say(words, name=say(day.name)) if "%(" in words else say(words))


def working_day(day: CountedDay) -> bool:
    """Whether a counted day counts because it is a working day."""
    return day.code in (DayCode.WORKDAY, DayCode.DUE)


def _span(first: date, last: date) -> str:
    if first == last:
        return wording.day_label(first, today(), locale())
    one = wording.day_label(first, today(), locale())
    if first.month == last.month and locale() == "zh":
        return f"{one}—{last.day}日"
    return f"{one}—{wording.day_label(last, today(), locale())}"


def held_days(working: Working) -> int:
    """Days the clock stood still that would have counted."""
    return sum(1 for d in working.days if stood_still(working, d))
