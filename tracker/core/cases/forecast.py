"""What the scheduler will send if nothing else happens, and what it has sent of what was due."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor, load_actor
from tracker.core.accounts.models import Delegation, Grant, User
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.cases import people
from tracker.core.cases.models import Case
from tracker.core.cases.scope import visible
from tracker.core.clock import office_date
from tracker.core.deadlines.models import Deadline, DeadlineState
from tracker.core.errors import N_, NotVisible, Sentence, say
from tracker.core.notices.models import Notice
from tracker.core.reminders import outages, plan
from tracker.core.reminders.models import Reminder
from tracker.core.reminders.reconcile import (
    KIND_LABELS,
    MISSING,
    Difference,
    differences,
    noted_between,
)
from tracker.core.reminders.sweep import OVERTAKEN, source_key
from tracker.core.rulebook.model import Rung, RungKind
from tracker.core.rulebook.terms import Term, Unit

AUDIENCE_LABELS: dict[str, str] = {
    people.HANDLER: N_("承办人"),
    people.SUPERVISOR: N_("业务负责人"),
    people.HEAD: N_("单位负责人"),
}
STATE_LABELS: dict[str, str] = {
    "planned": N_("还没发"),
    "sent": N_("已发"),
    "skipped": N_("没有发"),
    "cancelled": N_("已取消"),
    "failed": N_("发送失败"),
}
REASON_LABELS: dict[str, str] = {
    plan.PASSED: N_("起算时已过"),
    plan.REPLANNED: N_("期限改了，另行安排"),
    "nobody": N_("没有人可收"),
    OVERTAKEN: N_("补发时并入后一次"),
    "case_closed": N_("已办结"),
    "clock_stopped": N_("期限已结束"),
    "clock_suspended": N_("停表中"),
    "date_changed": N_("期限改了，另行安排"),
    "reconciled": N_("核对时取消"),
}
_RUNG_WORDS: dict[RungKind, str] = {
    RungKind.AFTER_START: N_("起算后%(term)s"),
    RungKind.BEFORE: N_("到期前%(term)s"),
    RungKind.AFTER: N_("逾期%(term)s"),
    RungKind.AFTER_EVERY: N_("逾期后每%(term)s"),
}


@dataclass(frozen=True, slots=True)
class Expected:
    """One reminder that will go out: when, of which clock, to whom."""

    at: datetime
    case: Case
    deadline: Deadline
    rung: str
    audience: str
    user_ids: tuple[int, ...]
    late: bool

    @property
    def on(self) -> date:
        """The office day on which it goes out."""
        return office_date(self.at)


@dataclass(frozen=True, slots=True)
class Past:
    """One reminder of a time that is over, and what became of it."""

    row: Reminder
    case: Case
    deadline: Deadline
    user_ids: tuple[int, ...]

    @property
    def on(self) -> date:
        """The office day on which it was due."""
        return office_date(self.row.due_at)


@dataclass(frozen=True, slots=True)
class Lacking:
    """One reminder that the ledger should hold and does not, or holds wrongly."""

    kind: str
    case: Case
    deadline: Deadline
    rung: str
    audience: str


@dataclass(frozen=True, slots=True)
class Backcast:
    """What should have gone out between two moments, and what did."""

    rows: tuple[Past, ...]
    # How many ended in which way, and how many of them went out late.
    sums: dict[str, int]
    late: int
    missing: tuple[Lacking, ...]


def forecast(
    session: Session,
    now: datetime,
    until: datetime,
    *,
    condition: ColumnElement[bool] | None = None,
    audience: str = "",
) -> list[Expected]:
    """All reminders from now until a moment, soonest first, with who will hear."""
    found = coming(session, now, until, condition=condition, audience=audience)
    return with_people(session, found)


def with_people(session: Session, expected: Sequence[Expected]) -> list[Expected]:
    """The same with the recipients of the day on which each goes out, as far as is known now."""
    who = _Who(session, {e.case.id for e in expected})
    return [replace(e, user_ids=who.hears(e.case, e.audience, e.at)) for e in expected]


def coming(
    session: Session,
    now: datetime,
    until: datetime,
    *,
    condition: ColumnElement[bool] | None = None,
    audience: str = "",
) -> list[Expected]:
    """What will go out, without saying to whom; overdue rungs with every turn."""
    query = (
        select(Reminder, Deadline, Case)
        .join(Deadline, Deadline.id == Reminder.deadline_id)
        .join(Case, Case.id == Reminder.case_id)
        .where(
            Reminder.state == "planned",
            Reminder.try_after <= until,
            Reminder.deadline_version == Deadline.version,
            Deadline.state == DeadlineState.RUNNING.value,
            Case.closed_at.is_(None),
        )
        .order_by(Reminder.deadline_id, Reminder.audience, Reminder.due_at, Reminder.id)
    )
    if condition is not None:
        query = query.where(condition)
    if audience:
        query = query.where(Reminder.audience == audience)
    found = session.execute(query).all()
    silent, held = outages.silent_since(session, now), outages.Outages(session)
    calendar = calendar_store.load(session)
    made: list[Expected] = []
    for _, clock in groupby(found, key=lambda r: (r[0].deadline_id, r[0].audience)):
        rows = list(clock)
        last_due = max((n for n, (row, _, _) in enumerate(rows) if row.due_at <= now), default=-1)
        for n, (row, deadline, case) in enumerate(rows):
            late = _will_be_late(row, now, silent, held)
            overtaken = late and n < last_due
            for rung, at in _turns(deadline, row, calendar, now, until):
                first = rung == row.rung
                if not (first and overtaken):
                    made.append(
                        Expected(at, case, deadline, rung, row.audience, (), late and first)
                    )
    return sorted(made, key=lambda e: (e.at, e.case.id, e.deadline.id, e.rung, e.audience))


def _will_be_late(
    row: Reminder, now: datetime, silent: datetime | None, held: outages.Outages
) -> bool:
    """Whether it goes out as a late one: held back by an outage that is over, or by this one."""
    if not outages.held_back(row.due_at, now) or row.created_at >= row.due_at:
        return False
    if silent is not None and row.due_at > silent:
        return True
    return held.of(row) is not None


def _turns(
    deadline: Deadline, row: Reminder, calendar: Calendar, now: datetime, until: datetime
) -> Iterator[tuple[str, datetime]]:
    """When a row goes out, and what is planned after each time it did."""
    rung, at = row.rung, max(row.try_after, now)
    while at <= until:
        yield rung, at
        following = plan.next_turn(deadline, rung, calendar, at)
        if following is None:
            return
        rung, at = following


def backcast(
    session: Session,
    now: datetime,
    begin: datetime,
    end: datetime,
    *,
    audience: str = "",
) -> Backcast:
    """Every reminder due from one moment up to, not including, another, and what became of it.

    All clocks are looked through for what is missing now: for a command, not for a page.
    """
    wanted = _due_between(begin, end, None, audience)
    rows = _past(session, wanted.order_by(Reminder.due_at, Reminder.id))
    return _backcast(session, wanted, rows, _lacking(session, now, begin, end, audience))


def looking_back(
    session: Session,
    begin: datetime,
    end: datetime,
    *,
    condition: ColumnElement[bool],
    audience: str = "",
    state: str = "",
    most: int,
) -> Backcast:
    """The same for a page: the newest rows, the sums of all, and what reconciliations noted."""
    wanted = _due_between(begin, end, condition, audience)
    shown = wanted.where(Reminder.state == state) if state else wanted
    newest = shown.order_by(Reminder.due_at.desc(), Reminder.id.desc()).limit(most)
    noted = _noted(session, begin, end, condition, audience)
    return _backcast(session, wanted, _past(session, newest), noted)


def _due_between(
    begin: datetime, end: datetime, condition: ColumnElement[bool] | None, audience: str
) -> Select[Reminder, Deadline, Case]:
    query = (
        select(Reminder, Deadline, Case)
        .join(Deadline, Deadline.id == Reminder.deadline_id)
        .join(Case, Case.id == Reminder.case_id)
        .where(Reminder.due_at >= begin, Reminder.due_at < end)
    )
    if condition is not None:
        query = query.where(condition)
    return query.where(Reminder.audience == audience) if audience else query


def _past(session: Session, query: Select[Reminder, Deadline, Case]) -> list[Past]:
    found = session.execute(query).all()
    heard = _heard(session, {case.id for _, _, case in found})
    held = outages.Outages(session)
    keys = (source_key(row, held.of(row) if row.late else None) for row, _, _ in found)
    return [
        Past(row, case, deadline, heard.get(key, ()) if row.sent_at else ())
        for (row, deadline, case), key in zip(found, keys, strict=True)
    ]


def _backcast(
    session: Session,
    wanted: Select[Reminder, Deadline, Case],
    rows: Iterable[Past],
    missing: Iterable[Lacking],
) -> Backcast:
    counted = session.execute(
        wanted.with_only_columns(Reminder.state, Reminder.late, func.count()).group_by(
            Reminder.state, Reminder.late
        )
    ).all()
    sums = dict.fromkeys(STATE_LABELS, 0)
    for state, _late, n in counted:
        sums[state] += n
    return Backcast(tuple(rows), sums, sum(n for _, late, n in counted if late), tuple(missing))


def _heard(session: Session, case_ids: Iterable[int]) -> dict[str, tuple[int, ...]]:
    """Who got what, by the key of the notice."""
    rows = session.execute(
        select(Notice.source_key, Notice.user_id)
        .where(Notice.case_id.in_(case_ids), Notice.source_key.startswith("reminder:"))
        .order_by(Notice.source_key, Notice.user_id)
    ).all()
    return {
        key: tuple(r.user_id for r in group)
        for key, group in groupby(rows, key=lambda r: r.source_key)
    }


def _lacking(
    session: Session, now: datetime, begin: datetime, end: datetime, audience: str
) -> Iterator[Lacking]:
    """Where the books disagree now on a reminder of this time."""
    wrong = [d for d in differences(session, now) if d.kind in KIND_LABELS]
    calendar = calendar_store.load(session)
    for item in _named(session, wrong, None, audience):
        moment = plan.moment_of(item.rung, item.deadline, calendar, now)
        if moment is None or begin <= moment < end or item.kind != MISSING:
            yield item


def _noted(
    session: Session,
    begin: datetime,
    end: datetime,
    condition: ColumnElement[bool],
    audience: str,
) -> Iterator[Lacking]:
    """Where reconciliations of this time found that the books disagreed."""
    wrong = noted_between(session, begin, end)
    return _named(session, wrong, condition, audience)


def _named(
    session: Session,
    wrong: Sequence[Difference],
    condition: ColumnElement[bool] | None,
    audience: str,
) -> Iterator[Lacking]:
    """The same with their cases, as far as the condition lets one see them."""
    if not wrong:
        return
    query = select(Deadline, Case).join(Case, Case.id == Deadline.case_id)
    query = query.where(Deadline.id.in_({d.deadline_id for d in wrong}))
    if condition is not None:
        query = query.where(condition)
    clocks = {deadline.id: (deadline, case) for deadline, case in session.execute(query).all()}
    for item in wrong:
        if item.deadline_id not in clocks or (audience and item.audience not in ("", audience)):
            continue
        if item.rung and not item.rung.startswith("outage:"):
            deadline, case = clocks[item.deadline_id]
            yield Lacking(item.kind, case, deadline, item.rung, item.audience)


# ---------------------------------------------------------------- words


def rung_words(name: str) -> Sentence:
    """A rung of the ledger as people say it."""
    rung = plan.read_name(name)
    if rung.kind is RungKind.ON_DUE:
        return say(N_("到期当天"))
    if rung.kind is RungKind.AFTER_START and rung.n == 0:
        return say(N_("一起算"))
    return say(_RUNG_WORDS[rung.kind], term=_term(rung))


def _term(rung: Rung) -> Sentence:
    return Term(max(rung.n, 1), rung.unit).phrase if rung.unit is not Unit.NONE else Sentence("")


def audience_words(audience: str) -> Sentence:
    """Whom a reminder is for."""
    return say(AUDIENCE_LABELS.get(audience, audience))


def names_of(session: Session, user_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """User names and names of people, in one query."""
    rows = session.execute(
        select(User.id, User.username, User.name).where(User.id.in_(set(user_ids)))
    )
    return {row.id: (row.username, row.name) for row in rows}


# ---------------------------------------------------------------- who, on a day to come


class _Who:
    """Recipients on days to come; asked once for each stretch in which nobody's rights change."""

    def __init__(self, session: Session, case_ids: set[int]) -> None:
        self._session, self._cases = session, case_ids
        self._changes = _days_of_change(session)
        self._hearers = people.Hearers(session)
        # The first day asked of each stretch stands for all of it.
        self._days: dict[int, date] = {}
        self._actors: dict[tuple[int, date], Actor | None] = {}
        self._seen: dict[Actor, set[int]] = {}

    def hears(self, case: Case, audience: str, at: datetime) -> tuple[int, ...]:
        """Who hears of a case at a moment, without those who may not see it then."""
        day = office_date(at)
        on = self._days.setdefault(bisect_right(self._changes, day), day)
        found = self._hearers.of(case, audience, on)
        return tuple(user_id for user_id in found if self._sees(user_id, case.id, on))

    def _sees(self, user_id: int, case_id: int, on: date) -> bool:
        key = user_id, on
        if key not in self._actors:
            try:
                self._actors[key] = load_actor(self._session, user_id, on)
            except NotVisible:
                self._actors[key] = None
        actor = self._actors[key]
        if actor is None:
            return False
        if actor not in self._seen:
            query = select(Case.id).where(Case.id.in_(self._cases), visible(actor))
            self._seen[actor] = set(self._session.scalars(query))
        return case_id in self._seen[actor]


def _days_of_change(session: Session) -> list[date]:
    """The days on which somebody gains or has lost a right: between two of them nothing changes."""
    days: set[date] = set()
    for begin, end in (
        (Grant.valid_from, Grant.valid_to),
        (Delegation.valid_from, Delegation.valid_to),
    ):
        days.update(session.scalars(select(begin).distinct()))
        for day in session.scalars(select(end).distinct()):
            if day is not None and day < date.max:
                days.add(day + timedelta(days=1))
    return sorted(days)
