"""Which reminders a clock gets, and when: one row a rung and audience."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.core.calendar.days import Calendar, OutsideCalendar
from tracker.core.clock import at_office, office_date
from tracker.core.notices.once import insert_all_once, insert_once
from tracker.core.reminders.models import Reminder
from tracker.core.rulebook.model import Rung, RungKind
from tracker.core.rulebook.terms import Unit

# People find it when they come in.
_HOUR, _MINUTE = 8, 30
_AUDIENCES = {"holder": "handler"}

PASSED = "passed_when_planned"
REPLANNED = "replanned"


class Clock(Protocol):
    """What a reminder needs to know of a deadline."""

    @property
    def id(self) -> int: ...
    @property
    def case_id(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def started_on(self) -> date: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def due_at(self) -> datetime | None: ...


def plan(
    session: Session, deadline: Clock, rungs: Iterable[Rung], calendar: Calendar, now: datetime
) -> int:
    """Plan a clock's rungs for the due date it has now, in the transaction that set it.

    Rows of an earlier due date are cancelled. What lies behind is written down as skipped, but
    the due day itself still speaks: a case that comes in late must not be silent. Answers how
    many rows were planned.
    """
    if deadline.version > 1:  # a clock that has just started has nothing to replace
        _cancel(session, deadline.id, REPLANNED, keep_version=deadline.version)
    rows: list[dict[str, Any]] = []
    for rung in rungs:
        found = _first_moment(rung, deadline, calendar, now)
        if found is None:
            continue
        name, moment = found
        passed = moment < now and rung.kind in (RungKind.BEFORE, RungKind.AFTER_START)
        rows += [_row(deadline, name, audience, moment, now, skip=passed) for audience in rung.to]
    ahead = [row for row in rows if row["state"] == "planned"]
    insert_all_once(session, Reminder, [row for row in rows if row not in ahead], _KEY)
    return insert_all_once(session, Reminder, ahead, _KEY)


def plan_next(
    session: Session,
    deadline: Clock,
    rung: str,
    audience: str,
    calendar: Calendar,
    now: datetime,
) -> bool:
    """After an overdue rung has fired, plan the next turn that lies ahead, not each one missed."""
    repeat = _read_repeat(rung)
    if repeat is None or deadline.due_on is None:
        return False
    found = _next_late(repeat, _due(deadline, deadline.due_on), calendar, now)
    return insert_once(session, Reminder, _row(deadline, found[0], audience, found[1], now), _KEY)


def cancel(session: Session, deadline_id: int, now: datetime, reason: str) -> int:  # noqa: ARG001 - one form for all verbs
    """Cancel what is planned for a clock that has stopped; answers how many rows that were."""
    return _cancel(session, deadline_id, reason or "stopped")


def forecast(session: Session, case_id: int) -> list[Reminder]:
    """What is still planned for a case, soonest first."""
    query = select(Reminder).where(Reminder.case_id == case_id, Reminder.state == "planned")
    return list(session.scalars(query.order_by(Reminder.due_at, Reminder.id)))


# ---------------------------------------------------------------- moments


class _Repeat:
    """An overdue rung: every n units, from which turn on."""

    def __init__(self, n: int, unit: Unit, first: int = 1) -> None:
        self.n, self.unit, self.first = max(n, 1), unit, first


def _first_moment(
    rung: Rung, deadline: Clock, calendar: Calendar, now: datetime
) -> tuple[str, datetime] | None:
    if rung.kind is RungKind.AFTER_START:
        if rung.unit is Unit.H:
            return rung.key, now + timedelta(hours=rung.n)
        day = _shift(deadline.started_on, rung.n, rung.unit, calendar)
        return rung.key, _morning(_forward(day, calendar))
    if deadline.due_on is None:
        return None
    due = _due(deadline, deadline.due_on)
    if rung.kind is RungKind.AFTER_EVERY:
        return _next_late(_Repeat(rung.n, rung.unit), due, calendar, now)
    if rung.kind is RungKind.ON_DUE:
        return rung.key, deadline.due_at or _morning(_back(deadline.due_on, calendar))
    if rung.unit is Unit.H:
        return rung.key, due - timedelta(hours=rung.n)
    day = _shift(deadline.due_on, -rung.n, rung.unit, calendar)
    return rung.key, _morning(_back(day, calendar))


def _due(deadline: Clock, due_on: date) -> datetime:
    """The moment hours count from: that of a clock of hours, else the morning of the due day."""
    return deadline.due_at or _morning(due_on)


def _next_late(
    repeat: _Repeat, due: datetime, calendar: Calendar, now: datetime
) -> tuple[str, datetime]:
    """The first turn of an overdue rung that lies ahead of now."""
    turn = max(repeat.first, _turns_gone(repeat, due, now))
    moment = _late_moment(repeat, turn, due, calendar)
    while moment <= now:
        turn += 1
        moment = _late_moment(repeat, turn, due, calendar)
    return f"{RungKind.AFTER_EVERY}:{repeat.n}{repeat.unit}#{turn}", moment


def _turns_gone(repeat: _Repeat, due: datetime, now: datetime) -> int:
    """A lower bound of the turns behind us, so that a case years late is not counted one by one."""
    days = (now - due).days
    longest = {Unit.WD: 4, Unit.CD: 1, Unit.M: 31, Unit.Y: 366}.get(repeat.unit)
    per_turn = longest * repeat.n if longest else max(1, repeat.n // 24 + 1)
    return max(1, days // per_turn - 3)


def _late_moment(repeat: _Repeat, turn: int, due: datetime, calendar: Calendar) -> datetime:
    if repeat.unit is Unit.H:
        return due + timedelta(hours=repeat.n * turn)
    day = _shift(office_date(due), repeat.n * turn, repeat.unit, calendar)
    return _morning(_forward(day, calendar))


def _shift(day: date, n: int, unit: Unit, calendar: Calendar) -> date:
    if unit is Unit.WD:
        try:
            return calendar.add_workdays(day, n)
        except OutsideCalendar:
            # A reminder on a guessed day is better than a step that fails for want of a calendar.
            return day + timedelta(days=n * 7 // 5)
    if unit in (Unit.M, Unit.Y):
        year, month = divmod(day.year * 12 + day.month - 1 + n * (12 if unit is Unit.Y else 1), 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return day + timedelta(days=n)


def _forward(day: date, calendar: Calendar) -> date:
    """The day itself, or the next on which somebody is there to read."""
    try:
        return calendar.next_workday(day)
    except OutsideCalendar:
        return day


def _back(day: date, calendar: Calendar) -> date:
    """The day itself, or the last before it on which somebody is there to read."""
    try:
        return day if calendar.is_workday(day) else calendar.add_workdays(day, -1)
    except OutsideCalendar:
        return day


def _morning(day: date) -> datetime:
    return at_office(day, _HOUR, _MINUTE)


def _read_repeat(rung: str) -> _Repeat | None:
    """The parts of `after_every:1wd#3`, turned to its next turn; None for the other rungs."""
    kind, _, rest = rung.partition(":")
    if kind != RungKind.AFTER_EVERY:
        return None
    term, _, turn = rest.partition("#")
    digits = len(term) - len(term.lstrip("0123456789"))
    return _Repeat(int(term[:digits]), Unit(term[digits:]), int(turn) + 1)


# ---------------------------------------------------------------- rows


_KEY = ("deadline_id", "deadline_version", "rung", "audience")


def _row(
    deadline: Clock,
    rung: str,
    audience: str,
    moment: datetime,
    now: datetime,
    *,
    skip: bool = False,
) -> dict[str, Any]:
    return {
        "case_id": deadline.case_id,
        "deadline_id": deadline.id,
        "deadline_version": deadline.version,
        "rung": rung,
        "audience": _AUDIENCES.get(audience, audience),
        "due_at": moment,
        "try_after": moment,
        "state": "skipped" if skip else "planned",
        "reason": PASSED if skip else None,
        "attempts": 0,
        "created_at": now,
    }


def _cancel(
    session: Session, deadline_id: int, reason: str, keep_version: int | None = None
) -> int:
    query = update(Reminder).where(Reminder.deadline_id == deadline_id, Reminder.state == "planned")
    if keep_version is not None:
        query = query.where(Reminder.deadline_version != keep_version)
    done = session.execute(
        query.values(state="cancelled", reason=reason)
        .returning(Reminder.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())
