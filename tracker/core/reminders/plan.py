"""Which reminders a clock gets, and when: one row a rung and audience."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import or_, select, update
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
# Reasons with which a reminder is over for good while its clock runs on to the same date.
RIGHTLY_SKIPPED = frozenset({PASSED, "nobody", "overtaken"})


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reminder a clock should have: its name in the ledger, for whom, and when."""

    rung: str
    audience: str
    moment: datetime
    passed: bool = False

    @property
    def slot(self) -> tuple[str, str]:
        """What it is a turn of; a rung that does not repeat has one turn."""
        return slot_of(self.rung), self.audience


def plan(
    session: Session,
    deadline: Clock,
    rungs: Iterable[Rung],
    calendar: Calendar,
    now: datetime,
    *,
    mend: bool = False,
) -> int:
    """Plan a clock's rungs for the due date it has now, in the transaction that set it.

    Rows of an earlier due date, and those of rungs that are no longer wanted, are cancelled. What
    lies behind is written down as skipped, but what says that the day has come still speaks: a
    case that comes in late must not be silent. Asked again it changes nothing; rungs that are new
    to a clock which was planned before say nothing of days gone by, unless it is being mended.
    Answers how many rows were planned.
    """
    rows = wanted(deadline, rungs, calendar, now)
    found = list(
        session.scalars(
            select(Reminder)
            .where(
                Reminder.deadline_id == deadline.id,
                or_(
                    Reminder.state == "planned",
                    Reminder.deadline_version == deadline.version,
                ),
            )
            .execution_options(populate_existing=True)
        )
    )
    taken, revived = _reshape(session, deadline, found, rows, calendar)
    fresh = [row for row in rows if row.slot not in taken]
    known = not mend and any(row.deadline_version == deadline.version for row in found)
    gone = [row.passed or (known and row.moment < now) for row in fresh]
    behind = [_row(deadline, r, now, skip=True) for r, g in zip(fresh, gone, strict=True) if g]
    ahead = [_row(deadline, r, now) for r, g in zip(fresh, gone, strict=True) if not g]
    insert_all_once(session, Reminder, behind, _KEY)
    return revived + insert_all_once(session, Reminder, ahead, _KEY)


def wanted(
    deadline: Clock, rungs: Iterable[Rung], calendar: Calendar, now: datetime
) -> list[Wanted]:
    """What the ledger should hold of a clock planned now; of a repeating rung its next turn."""
    rows: list[Wanted] = []
    behind: dict[str, tuple[datetime, int]] = {}
    for rung in rungs:
        found = _first_moment(rung, deadline, calendar, now)
        if found is None:
            continue
        name, moment = found
        passed = moment < now and rung.kind in (RungKind.BEFORE, RungKind.AFTER_START)
        for to in rung.to:
            row = Wanted(name, _AUDIENCES.get(to, to), moment, passed)
            rows.append(row)
            if rung.kind is RungKind.AFTER and moment < now:
                behind[row.audience] = max(
                    behind.get(row.audience, (moment, -1)), (moment, len(rows) - 1)
                )
    # Of the steps of an escalation that lie behind, the last one alone still speaks.
    loudest = {place for _, place in behind.values()}
    return [
        Wanted(r.rung, r.audience, r.moment, passed=True)
        if r.rung.startswith(f"{RungKind.AFTER}:") and r.moment < now and n not in loudest
        else r
        for n, r in enumerate(rows)
    ]


def _reshape(
    session: Session,
    deadline: Clock,
    found: Sequence[Reminder],
    rows: Sequence[Wanted],
    calendar: Calendar,
) -> tuple[set[tuple[str, str]], int]:
    """Bring what is in the ledger to what is wanted; the slots that are served, and the revived."""
    ahead = {(row.rung, row.audience): row for row in rows if not row.passed}
    slots = {row.slot for row in rows}
    taken: set[tuple[str, str]] = set()
    revived = 0
    stale: list[int] = []
    for row in found:
        slot = (slot_of(row.rung), row.audience)
        if row.deadline_version != deadline.version or (
            row.state == "planned" and slot not in slots
        ):
            stale.append(row.id)
        elif row.state == "planned":
            taken.add(slot)
            moment = moment_of(row.rung, deadline, calendar, row.created_at)
            if moment is not None and moment != row.due_at:
                _set(session, row.id, due_at=moment, try_after=moment)
        elif (row.rung, row.audience) in ahead and wrongly_ended(row):
            taken.add(slot)
            revived += 1
            moment = ahead[row.rung, row.audience].moment
            _set(session, row.id, state="planned", reason=None, due_at=moment, try_after=moment)
    if stale:
        session.execute(
            update(Reminder)
            .where(Reminder.id.in_(stale), Reminder.state == "planned")
            .values(state="cancelled", reason=REPLANNED)
            .execution_options(synchronize_session=False)
        )
    return taken, revived


def wrongly_ended(row: Reminder) -> bool:
    """Whether a row was written off although its clock still runs to the same date."""
    return row.state == "cancelled" or (
        row.state == "skipped" and row.reason not in RIGHTLY_SKIPPED
    )


def _set(session: Session, row_id: int, **values: object) -> None:
    session.execute(
        update(Reminder)
        .where(Reminder.id == row_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def plan_next(
    session: Session,
    deadline: Clock,
    rung: str,
    audience: str,
    calendar: Calendar,
    now: datetime,
) -> bool:
    """After an overdue rung has fired, plan the next turn that lies ahead, not each one missed."""
    following = next_turn(deadline, rung, calendar, now)
    if following is None:
        return False
    row = _row(deadline, Wanted(following[0], audience, following[1]), now)
    return insert_once(session, Reminder, row, _KEY)


def next_turn(
    deadline: Clock, rung: str, calendar: Calendar, after: datetime
) -> tuple[str, datetime] | None:
    """The turn of an overdue rung that follows one sent at a moment; None for other rungs."""
    read, turn = _read_name(rung)
    if read.kind is not RungKind.AFTER_EVERY or deadline.due_on is None:
        return None
    repeat = _Repeat(read.n, read.unit, turn + 1)
    return _next_late(repeat, _due(deadline, deadline.due_on), calendar, after)


def moment_of(
    rung: str, deadline: Clock, calendar: Calendar, planned_at: datetime
) -> datetime | None:
    """When a row of the ledger should go out, by its name alone; None while there is no date."""
    read, turn = _read_name(rung)
    if read.kind is RungKind.AFTER_EVERY:
        if deadline.due_on is None:
            return None
        repeat = _Repeat(read.n, read.unit)
        return _late_moment(repeat, turn, _due(deadline, deadline.due_on), calendar)
    found = _first_moment(read, deadline, calendar, planned_at)
    return found[1] if found else None


def read_name(rung: str) -> Rung:
    """The rung behind a name in the ledger."""
    return _read_name(rung)[0]


def slot_of(rung: str) -> str:
    """The name of a rung without its turn."""
    return rung.partition("#")[0]


def cancel(session: Session, deadline_id: int, now: datetime, reason: str) -> int:  # noqa: ARG001 - one form for all verbs
    """Cancel what is planned for a clock that has stopped; answers how many rows that were."""
    done = session.execute(
        update(Reminder)
        .where(Reminder.deadline_id == deadline_id, Reminder.state == "planned")
        .values(state="cancelled", reason=reason or "stopped")
        .returning(Reminder.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())


def forecast(session: Session, case_id: int) -> list[Reminder]:
    """What is still planned for a case, soonest first."""
    query = select(Reminder).where(Reminder.case_id == case_id, Reminder.state == "planned")
    return list(session.scalars(query.order_by(Reminder.due_at, Reminder.id)))


# ---------------------------------------------------------------- moments


def warning_day(rung: Rung, due_on: date, calendar: Calendar) -> date:
    """The day a reminder that stands before a due day is for."""
    return _shift(due_on, -rung.n, rung.unit, calendar)


class _Repeat:
    """An overdue rung: every n units, from which turn on."""

    def __init__(self, n: int, unit: Unit, first: int = 1) -> None:
        self.n, self.unit, self.first = max(n, 1), unit, first


def _first_moment(
    rung: Rung, deadline: Clock, calendar: Calendar, now: datetime
) -> tuple[str, datetime] | None:
    if rung.kind is RungKind.AFTER_START:
        if rung.unit is Unit.H:
            # A clock that was moved began earlier: what it said at its start is not said again.
            begun = now if deadline.version == 1 else _morning(deadline.started_on)
            return rung.key, begun + timedelta(hours=rung.n)
        day = _shift(deadline.started_on, rung.n, rung.unit, calendar)
        return rung.key, _morning(_forward(day, calendar))
    if deadline.due_on is None:
        return None
    due = _due(deadline, deadline.due_on)
    if rung.kind is RungKind.AFTER_EVERY:
        return _next_late(_Repeat(rung.n, rung.unit), due, calendar, now)
    if rung.kind is RungKind.ON_DUE:
        return rung.key, deadline.due_at or _morning(_back(deadline.due_on, calendar))
    if rung.kind is RungKind.AFTER:
        return rung.key, _late_moment(_Repeat(rung.n, rung.unit), 1, due, calendar)
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


def _read_name(rung: str) -> tuple[Rung, int]:
    """The rung behind a name such as `after_every:1wd#3`, and which turn it is."""
    kind, _, rest = rung.partition(":")
    term, _, turn = rest.partition("#")
    digits = len(term) - len(term.lstrip("0123456789"))
    read = Rung(RungKind(kind), int(term[:digits] or 0), Unit(term[digits:] or "wd"))
    return read, int(turn or 1)


# ---------------------------------------------------------------- rows


_KEY = ("deadline_id", "deadline_version", "rung", "audience")


def _row(deadline: Clock, row: Wanted, now: datetime, *, skip: bool = False) -> dict[str, Any]:
    return {
        "case_id": deadline.case_id,
        "deadline_id": deadline.id,
        "deadline_version": deadline.version,
        "rung": row.rung,
        "audience": row.audience,
        "due_at": row.moment,
        "try_after": row.moment,
        "state": "skipped" if skip else "planned",
        "reason": PASSED if skip else None,
        "late": False,
        "attempts": 0,
        "created_at": now,
    }
