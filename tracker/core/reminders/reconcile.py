"""Three books that must agree: what the clocks want, what the ledger holds, what people got.

Looking changes nothing. What is found is looked at again under the lock of its case before it
counts, so that a step or a sweep that runs meanwhile is no difference; then it is put right by
planning what is missing, and said in the audit.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import case as sql_case
from sqlalchemy import column, func, insert, literal, or_, select, table, update
from sqlalchemy.orm import Session

from tracker.core.audit.models import AuditRow
from tracker.core.audit.service import record
from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar
from tracker.core.calendar.models import CalendarEdition
from tracker.core.db import Model, UTCDateTime, db, transaction
from tracker.core.deadlines.models import Deadline, DeadlineState
from tracker.core.errors import N_
from tracker.core.notices.models import Notice
from tracker.core.reminders import outages, plan
from tracker.core.reminders.models import Heartbeat, Reminder
from tracker.core.reminders.rungs import rungs_for
from tracker.core.reminders.sweep import plan_anew, source_key
from tracker.core.reminders.timetable import SWEEP
from tracker.core.rulebook.loader import RuleMissing, default_rulebook
from tracker.core.rulebook.model import Rung, RungKind

MISSING, ENDED, MOVED, STRAY = "missing", "ended", "moved", "stray"
UNSENT, UNHEARD, UNBOOKED = "unsent", "unheard", "unbooked"
UNREADABLE = "unreadable"
# A new calendar moved a reminder, not its clock: put right, but nobody's fault.
FOLLOWS = "follows_calendar"
KIND_LABELS: dict[str, str] = {
    MISSING: N_("应有而没有"),
    ENDED: N_("期限还在走，提醒却被取消"),
    MOVED: N_("时间不符"),
    STRAY: N_("期限已不这样走，提醒还在"),
    UNSENT: N_("到时没有发出"),
    UNHEARD: N_("记为已发，没有人收到"),
    UNBOOKED: N_("有人收到，没有记账"),
    UNREADABLE: N_("规则库里没有它的规则"),
}
TAG = "reminder.reconcile"
_AT_ONCE = 400
_MOST_NAMED = 1000
# A sweep that has found nothing to do and left something for so long has overlooked it.
_PATIENCE = timedelta(hours=1)

_cases = table("cases", column("id"), column("bureau_id"), column("closed_at", UTCDateTime()))


@dataclass(frozen=True, slots=True)
class Difference:
    """One reminder on which the books disagree."""

    kind: str
    case_id: int
    deadline_id: int
    rung: str
    audience: str = ""
    row_id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a reconciliation has found, and put right."""

    items: tuple[Difference, ...] = ()
    followed: int = 0

    @property
    def count(self) -> int:
        """How many reminders were not as they should be."""
        return len(self.items)

    @property
    def words(self) -> str:
        """For the heartbeat."""
        kinds = Counter(item.kind for item in self.items)
        return ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items()))


@dataclass(slots=True)
class _Books:
    """What was read of one clock."""

    deadline: Deadline
    bureau_id: int | None
    rows: list[Reminder] = field(default_factory=list)
    heard: dict[str, datetime] = field(default_factory=dict)


def reconcile(now: datetime) -> Found:
    """Look, look again under lock, put right, and write down what was wrong."""
    if outages.silent_since(db.session(), now) is not None:
        with transaction() as session:
            outages.note_return(session, now)
    suspects = {item.deadline_id: item.case_id for item in differences(db.session(), now)}
    items: list[Difference] = []
    followed = 0
    for deadline_id, case_id in suspects.items():
        with transaction() as session:
            mended = _mend(session, deadline_id, case_id, now)
        items += [item for item in mended if item.kind != FOLLOWS]
        followed += sum(item.kind == FOLLOWS for item in mended)
    if items:
        with transaction() as session:
            _write_down(session, items, now)
    return Found(tuple(items), followed)


def differences(session: Session, now: datetime) -> Iterator[Difference]:
    """All differences there are, read without a lock."""
    yield from _strays(session)
    look = _Look(session, now)
    last = 0
    while True:
        found = session.execute(
            select(Deadline, _cases.c.bureau_id)
            .join(_cases, _cases.c.id == Deadline.case_id)
            .where(
                Deadline.state == DeadlineState.RUNNING.value,
                _cases.c.closed_at.is_(None),
                Deadline.id > last,
            )
            .order_by(Deadline.id)
            .limit(_AT_ONCE)
        ).all()
        if not found:
            return
        last = found[-1][0].id
        for books in _open(session, [(d, bureau) for d, bureau in found]):
            yield from look.at(books)


def noted_between(session: Session, begin: datetime, end: datetime) -> list[Difference]:
    """What reconciliations from one moment up to another wrote down, oldest first."""
    query = select(AuditRow.details).where(AuditRow.tag == TAG, AuditRow.at.between(begin, end))
    return [
        Difference(*item)
        for details in session.scalars(query.order_by(AuditRow.at, AuditRow.id))
        for item in json.loads(details)["items"]
    ]


def _strays(session: Session, case_id: int | None = None) -> Iterator[Difference]:
    """What is planned for clocks that do not run."""
    query = (
        select(Reminder)
        .join(Deadline, Deadline.id == Reminder.deadline_id)
        .join(_cases, _cases.c.id == Reminder.case_id)
        .where(
            Reminder.state == "planned",
            or_(
                Deadline.state != DeadlineState.RUNNING.value,
                _cases.c.closed_at.is_not(None),
            ),
        )
    )
    if case_id is not None:
        query = query.where(Reminder.case_id == case_id)
    for row in session.scalars(query):
        yield Difference(STRAY, row.case_id, row.deadline_id, row.rung, row.audience, row.id)


def _open(session: Session, clocks: Sequence[tuple[Deadline, int | None]]) -> Iterable[_Books]:
    books = {deadline.id: _Books(deadline, bureau_id) for deadline, bureau_id in clocks}
    for row in session.scalars(select(Reminder).where(Reminder.deadline_id.in_(books))):
        books[row.deadline_id].rows.append(row)
    cases = {deadline.case_id for deadline, _ in clocks}
    notices = session.execute(
        select(Notice.source_key, func.min(Notice.created_at))
        .where(Notice.case_id.in_(cases), Notice.source_key.startswith("reminder:"))
        .group_by(Notice.source_key)
    )
    for key, at in notices:
        deadline_id = int(key.split(":")[1])
        if deadline_id in books:
            books[deadline_id].heard[key] = at
    return books.values()


class _Look:
    """One pass over the clocks: what all of them share is read once."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self._calendar: Calendar = calendar_store.load(session)
        self._edition_at = session.scalar(select(func.max(CalendarEdition.created_at)))
        self._outages = outages.Outages(session)
        self._rungs: dict[tuple[str, int, str, int | None], tuple[Rung, ...]] = {}
        swept = session.get(Heartbeat, SWEEP)
        self._idle = swept is not None and swept.ok and not swept.note

    def at(self, books: _Books) -> list[Difference]:
        """The differences of one running clock; one for each reminder."""
        deadline = books.deadline
        try:
            rungs = self._rungs_of(deadline, books.bureau_id)
        except RuleMissing:
            return [_of(books, UNREADABLE, "", "", None)]
        wanted = plan.wanted(deadline, rungs, self._calendar, self._now)
        unheard = list(self._unheard(books))
        again = {(plan.slot_of(item.rung), item.audience) for item in unheard}
        found = [
            *unheard,
            # What is sent once more needs no next turn yet.
            *self._absent(books, [row for row in wanted if row.slot not in again]),
            *self._astray(books, {row.slot for row in wanted}),
        ]
        named = {item.rung for item in found}
        return found + [item for item in self._unbooked(books) if item.rung not in named]

    def _rungs_of(self, deadline: Deadline, bureau_id: int | None) -> tuple[Rung, ...]:
        key = (deadline.rule_id, deadline.rule_version, deadline.region_code, bureau_id)
        if key not in self._rungs:
            rule = default_rulebook().version(*key[:3])
            self._rungs[key] = tuple(rungs_for(self._session, rule, bureau_id))
        return self._rungs[key]

    def _absent(self, books: _Books, wanted: Iterable[plan.Wanted]) -> Iterator[Difference]:
        present: dict[tuple[str, str], list[Reminder]] = {}
        for row in _current(books):
            present.setdefault((plan.slot_of(row.rung), row.audience), []).append(row)
        for want in wanted:
            rows = present.get(want.slot, [])
            if want.rung.startswith(f"{RungKind.AFTER_EVERY}:"):
                # Of a repeating rung the next turn waits, or the last one failed.
                if any(row.state in ("planned", "failed") for row in rows):
                    continue
                wrong = next((row for row in rows if plan.wrongly_ended(row)), None)
            elif rows and not plan.wrongly_ended(rows[0]):
                continue
            else:
                wrong = rows[0] if rows else None
            kind = MISSING if wrong is None else ENDED
            rung = want.rung if wrong is None else wrong.rung
            yield _of(books, kind, rung, want.audience, wrong)

    def _astray(self, books: _Books, slots: set[tuple[str, str]]) -> Iterator[Difference]:
        deadline = books.deadline
        for row in books.rows:
            if row.state != "planned":
                continue
            slot = (plan.slot_of(row.rung), row.audience)
            if row.deadline_version != deadline.version or slot not in slots:
                yield _of(books, STRAY, row.rung, row.audience, row)
                continue
            moment = plan.moment_of(row.rung, deadline, self._calendar, row.created_at)
            if moment is not None and moment != row.due_at:
                newer = self._edition_at is not None and self._edition_at > row.created_at
                yield _of(books, FOLLOWS if newer else MOVED, row.rung, row.audience, row)
            elif self._idle and row.try_after < self._now - _PATIENCE:
                yield _of(books, UNSENT, row.rung, row.audience, row)

    def _unheard(self, books: _Books) -> Iterator[Difference]:
        for row in _current(books):
            if row.state == "sent" and self._key(row) not in books.heard:
                yield _of(books, UNHEARD, row.rung, row.audience, row)

    def _unbooked(self, books: _Books) -> Iterator[Difference]:
        booked = {self._key(row) for row in _current(books) if row.state == "sent"}
        prefix = f"reminder:{books.deadline.id}:{books.deadline.version}:"
        for key in books.heard:
            if key.startswith(prefix) and key not in booked:
                yield _of(books, UNBOOKED, key.removeprefix(prefix), "", None)

    def _key(self, row: Reminder) -> str:
        return source_key(row, self._outages.of(row) if row.late else None)


def _current(books: _Books) -> list[Reminder]:
    return [row for row in books.rows if row.deadline_version == books.deadline.version]


def _of(books: _Books, kind: str, rung: str, audience: str, row: Reminder | None) -> Difference:
    deadline = books.deadline
    row_id = None if row is None else row.id
    return Difference(kind, deadline.case_id, deadline.id, rung, audience, row_id)


# ---------------------------------------------------------------- putting right


def _mend(session: Session, deadline_id: int, case_id: int, now: datetime) -> list[Difference]:
    """Under the lock of the case: what is still wrong with a clock, after it was put right."""
    case = session.execute(
        select(_cases).where(_cases.c.id == case_id).with_for_update()
    ).one_or_none()
    deadline = session.get(Deadline, deadline_id, populate_existing=True)
    if case is None or deadline is None:
        return []
    if deadline.state != DeadlineState.RUNNING or case.closed_at is not None:
        found = [d for d in _strays(session, case_id) if d.deadline_id == deadline_id]
        plan.cancel(session, deadline_id, now, "reconciled")
    else:
        [books] = _open(session, [(deadline, case.bureau_id)])
        found = _Look(session, now).at(books)
        for item in found:
            _mend_one(session, item, books, now)
        if any(item.kind != UNREADABLE for item in found):
            calendar = calendar_store.load(session)
            plan_anew(session, deadline, case.bureau_id, calendar, now, mend=True)
            _book_what_was_heard(session, found, books)
    if any(item.kind != FOLLOWS for item in found):
        record(
            session,
            tag="reminder.repair",
            at=now,
            case_id=case_id,
            object=f"deadline:{deadline_id}",
            details={"found": [[d.kind, d.rung, d.audience] for d in found]},
        )
    return found


def _mend_one(session: Session, item: Difference, books: _Books, now: datetime) -> None:
    """What planning alone does not put right."""
    if item.kind == UNHEARD:
        _back_to_planned(session, item, now)
    elif item.kind == UNSENT:
        session.execute(update(Reminder).where(Reminder.id == item.row_id).values(try_after=now))
    elif item.kind == UNBOOKED and not item.rung.startswith("outage:"):
        _book(session, item, books, now)


def _back_to_planned(session: Session, item: Difference, now: datetime) -> None:
    """Sent without anybody hearing: the sweep sends it again, and those who heard do not twice."""
    session.execute(
        update(Reminder)
        .where(Reminder.id == item.row_id)
        .values(
            state="planned",
            sent_at=None,
            late=False,
            try_after=sql_case(
                (Reminder.due_at > now, Reminder.due_at),
                else_=literal(now, Reminder.due_at.type),
            ),
        )
    )


def _book_what_was_heard(session: Session, found: Iterable[Difference], books: _Books) -> None:
    """A lost row of a day gone by is written anew as passed; if somebody had it, it was sent."""
    deadline = books.deadline
    for item in found:
        sent_at = books.heard.get(f"reminder:{deadline.id}:{deadline.version}:{item.rung}")
        if item.kind == MISSING and sent_at is not None:
            session.execute(
                update(Reminder)
                .where(
                    Reminder.deadline_id == deadline.id,
                    Reminder.deadline_version == deadline.version,
                    Reminder.rung == item.rung,
                    Reminder.audience == item.audience,
                    Reminder.state == "skipped",
                    Reminder.reason == plan.PASSED,
                )
                .values(state="sent", sent_at=sent_at, reason=None)
            )


def _book(session: Session, item: Difference, books: _Books, now: datetime) -> None:
    """Somebody has it: the ledger says so again, and nobody gets it anew."""
    deadline = books.deadline
    sent_at = books.heard[f"reminder:{deadline.id}:{deadline.version}:{item.rung}"]
    same = [row for row in _current(books) if row.rung == item.rung]
    if same:
        session.execute(
            update(Reminder)
            .where(Reminder.id.in_([row.id for row in same]), Reminder.state != "sent")
            .values(state="sent", sent_at=sent_at, reason=None)
        )
        return
    session.execute(
        insert(Model.metadata.tables[Reminder.__tablename__]).values(
            case_id=deadline.case_id,
            deadline_id=deadline.id,
            deadline_version=deadline.version,
            rung=item.rung,
            audience="handler",
            due_at=sent_at,
            try_after=sent_at,
            state="sent",
            sent_at=sent_at,
            late=False,
            attempts=1,
            created_at=now,
        )
    )


def _write_down(session: Session, items: Sequence[Difference], now: datetime) -> None:
    record(
        session,
        tag=TAG,
        at=now,
        object="reminders",
        result="failed",
        details={
            "count": len(items),
            "kinds": Counter(item.kind for item in items),
            "items": [
                [d.kind, d.case_id, d.deadline_id, d.rung, d.audience] for d in items[:_MOST_NAMED]
            ],
        },
    )
