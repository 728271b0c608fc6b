"""`tracker due`: a due date and its working for any start and term, without an installation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from tracker.commands.speaking import Command, answer, refuse

if TYPE_CHECKING:
    from tracker.commands.database import Known
    from tracker.core.deadlines.due import Pause, Start
    from tracker.core.deadlines.working import Working


@click.command(
    name="due", cls=Command, help="算到期日，逐日说明。例：tracker due 2026-05-01 --term 5wd"
)
@click.argument("start", required=False)
@click.option("--term", "term", help="长度：5wd 工作日，90cd 日，3m 月，24h 小时，1y 年。")
@click.option("--roll/--no-roll", "roll", default=None, help="届满日是休息日时顺延或不顺延。")
@click.option("--suspend", "spans", multiple=True, metavar="A..B", help="从 A 起停表，B 起恢复。")
@click.option("--extend", "more", multiple=True, metavar="TERM", help="延长多久，可以写几次。")
@click.option("--known-on", "known_on", help="按这一天所知的放假安排计算。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def due(
    start: str | None,
    term: str | None,
    roll: bool | None,  # noqa: FBT001 - click gives it by name
    spans: tuple[str, ...],
    more: tuple[str, ...],
    known_on: str | None,
    *,
    as_json: bool,
) -> None:
    """Exit code 2 with one sentence when the question cannot be answered."""
    from tracker.core.calendar.days import OutsideCalendar
    from tracker.core.deadlines.due import (
        count,
        read_date,
        read_span,
        read_start,
        read_term,
        rolls_by_default,
    )
    from tracker.core.errors import BadInput

    if not start or not term:
        refuse("请写明起算日和长度，例如：tracker due 2026-05-01 --term 5wd")
    try:
        begun = read_start(start)
        terms = [read_term(text) for text in (term, *more)]
        pauses = [read_span(text) for text in spans]
        known = None if known_on is None else read_date(known_on, "known_on")
        rolls = rolls_by_default(terms[0].unit) if roll is None else roll
        calendar, whose = _calendar(known)
        working = count(begun, terms, pauses, rolls, calendar.calendar)
    except (BadInput, OutsideCalendar) as error:
        refuse(str(error.message))
    _say_what_is_not_counted(begun, pauses, working)
    if as_json:
        answer(_json(working, calendar, known, roll=rolls))
    else:
        answer(_text(working, f"{whose}，{_newest(calendar, known)}"))


def _say_what_is_not_counted(begun: Start, pauses: Sequence[Pause], working: Working) -> None:
    """Times of day mean nothing to a term of days."""
    times = [begun.at, *(end.at for pause in pauses for end in pause)]
    if working.start_at is None and any(times):
        click.echo(f"注意：{working.terms[0].phrase}的期限按日计算，写的时刻不计。", err=True)


def _json(working: Working, calendar: Known, known: date | None, *, roll: bool) -> str:
    from tracker.core.deadlines.due import Start, day_row, due_words, start_iso

    ends, unrounded = due_words(working)
    first, *extensions = working.terms
    found = {
        "start": start_iso(Start(working.start, working.start_at)),
        "term": str(first),
        "extensions": [str(t) for t in extensions],
        "due": ends,
        "unrounded": unrounded,
        "provisional": working.provisional,
        "roll": roll,
        "calendar_known_on": (known or calendar.known_on).isoformat(),
        "calendar": {"known_on": calendar.known_on.isoformat(), "source": calendar.source},
        "days": [day_row(d) for d in working.days],
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def _text(working: Working, calendar: str) -> str:
    from tracker.core.deadlines.spoken import day_line, due_line, sum_line

    lines = [
        f"到期：{due_line(working)}{'（暂定）' if working.provisional else ''}",
        f"算式：{sum_line(working)}",
        f"日历：{calendar}",
        "",
        *(day_line(day) for day in working.days),
    ]
    return "\n".join(lines)


def _newest(calendar: Known, known: date | None) -> str:
    asked = "" if known is None else f"{known} 所知的"
    return f"{asked}最新一版是 {calendar.known_on} 的{calendar.source}"


def _calendar(known: date | None) -> tuple[Known, str]:
    """The installation's calendar where there is one, else the one that ships; and whose it is."""
    from tracker.commands.database import Known, stored_calendar
    from tracker.core.calendar import table
    from tracker.core.errors import SetupError, Unavailable

    try:
        stored = stored_calendar(known)
    except (SetupError, Unavailable) as error:
        click.echo(f"注意：读不到本系统登记的放假安排，改用随产品的。{error}", err=True)
        stored = None
    if stored is not None:
        return stored, "本系统登记的放假安排"
    used = table.packaged_editions()
    used = tuple(e for e in used if known is None or e.known_on <= known) or used[:1]
    newest = Known(table.packaged_calendar(known), used[-1].known_on, used[-1].source)
    return newest, "随产品的放假安排"
