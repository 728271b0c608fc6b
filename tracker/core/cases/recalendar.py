"""A new calendar over the open cases: what it would move, moving it, and taking it back.

The preview reads; applying counts again under the locks of the cases and stands only if it finds
what the preview showed. A clock that stands still has no date, and no date moves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import User
from tracker.core.audit.service import record
from tracker.core.calendar import store
from tracker.core.calendar.days import Calendar, Day, changed_days
from tracker.core.calendar.models import CalendarEdition
from tracker.core.cases.clocks import cache_next_due
from tracker.core.cases.models import Case
from tracker.core.cases.people import HANDLER, Hearers
from tracker.core.clock import office_date
from tracker.core.deadlines import service as deadlines
from tracker.core.deadlines.models import Deadline
from tracker.core.deadlines.service import Recounted
from tracker.core.errors import N_, BadInput, ChangedMeanwhile, say
from tracker.core.notices import service as notices
from tracker.core.reminders import plan as reminders
from tracker.core.reminders.rungs import rungs_for
from tracker.core.rulebook.reminders import Rung

_LONGEST_SOURCE = 300
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class CaseMove:
    """One clock of one case that gets another date, and who hears of it."""

    deadline_id: int
    case_id: int
    number: str | None
    rule_id: str
    label: str
    before: date | None
    after: date | None
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a calendar would change: the days, the dates, and how many dates only become firmer."""

    days: tuple[tuple[Day, Day], ...]
    moves: tuple[CaseMove, ...]
    same_date: int
    digest: str


# ---------------------------------------------------------------- looking


def preview(
    session: Session, days: Sequence[Day], *, source: str, known_on: date, now: datetime
) -> Preview:
    """What would move if these days were published; nothing is written."""
    check_input(source, known_on, now)
    after = store.load_with(session, days, known_on=known_on, source=source)
    return _preview(session, after, now)


def preview_revert(session: Session, edition_id: int, *, now: datetime) -> Preview:
    """What would move if an edition were taken back; BadInput where that is not possible."""
    store.check_revertible(session, edition_id)
    after = store.load_without(session, edition_id, known_on=office_date(now))
    return _preview(session, after, now)


def check_input(source: str, known_on: date, now: datetime) -> None:
    """BadInput unless the source is named and the day of publication has come."""
    if not source.strip():
        raise BadInput("source", say(N_("要写明来源，例如“国办发明电〔2026〕7号”。")))
    if len(source) > _LONGEST_SOURCE:
        raise BadInput("source", say(N_("来源最多 %(max)s 个字。"), max=_LONGEST_SOURCE))
    today = office_date(now)
    if known_on > today:
        raise BadInput("known_on", say(N_("公布日期不能晚于今天 %(today)s。"), today=today))


def _preview(session: Session, after: Calendar, now: datetime) -> Preview:
    found = deadlines.compare(session, after)
    return _shown(session, store.load(session), after, found, now)


def _shown(
    session: Session, before: Calendar, after: Calendar, found: Sequence[Recounted], now: datetime
) -> Preview:
    days = tuple(changed_days(before, after))
    moved = [changed for changed in found if changed.moved]
    said = {
        "days": [(a.on, b.kind, b.status) for a, b in days],
        "moves": [(c.deadline.id, c.before, c.after) for c in moved],
    }
    digest = hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()
    return Preview(days, tuple(_moves(session, moved, now)), len(found) - len(moved), digest)


def _moves(session: Session, moved: Sequence[Recounted], now: datetime) -> list[CaseMove]:
    today = office_date(now)
    cases = _cases(session, {c.deadline.case_id for c in moved})
    told = _handlers(session, cases, today)
    names = _names(session, {user_id for people in told.values() for user_id in people})
    return [
        CaseMove(
            deadline_id=changed.deadline.id,
            case_id=changed.deadline.case_id,
            number=cases[changed.deadline.case_id].number,
            rule_id=changed.deadline.rule_id,
            label=changed.deadline.label,
            before=changed.before,
            after=changed.after,
            told=tuple(names[user_id] for user_id in told[changed.deadline.case_id]),
        )
        for changed in moved
    ]


def _cases(session: Session, case_ids: set[int]) -> dict[int, Case]:
    found: dict[int, Case] = {}
    wanted = sorted(case_ids)
    for at in range(0, len(wanted), _CHUNK):
        query = select(Case).where(Case.id.in_(wanted[at : at + _CHUNK]))
        found.update((case.id, case) for case in session.scalars(query))
    return found


def _handlers(
    session: Session, cases: Mapping[int, Case], today: date
) -> dict[int, dict[int, str]]:
    hearers = Hearers(session)
    return {case_id: hearers.of(case, HANDLER, today) for case_id, case in cases.items()}


def _names(session: Session, user_ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = sorted(user_ids)
    for at in range(0, len(wanted), _CHUNK):
        query = select(User.id, User.name).where(User.id.in_(wanted[at : at + _CHUNK]))
        found.update((row.id, row.name) for row in session.execute(query))
    return found


# ---------------------------------------------------------------- doing


def apply(
    session: Session,
    days: Sequence[Day],
    *,
    source: str,
    known_on: date,
    actor_id: int | None,
    now: datetime,
    expected: str | None = None,
) -> tuple[CalendarEdition, Preview]:
    """Publish an edition and bring every open case to it, in the caller's one transaction.

    `expected` is the digest of the preview that was agreed to; another one is refused.
    """
    check_input(source, known_on, now)

    def publish() -> CalendarEdition:
        return store.publish(
            session, days, known_on=known_on, source=source, now=now, entered_by_id=actor_id
        )

    after = store.load_with(session, days, known_on=known_on, source=source)
    return _adopt(session, after, publish, "calendar.apply", actor_id, now, expected)


def revert(
    session: Session,
    edition_id: int,
    *,
    actor_id: int | None,
    now: datetime,
    expected: str | None = None,
) -> tuple[CalendarEdition, Preview]:
    """Take an edition back and bring every open case to what holds without it."""
    store.check_revertible(session, edition_id)
    today = office_date(now)

    def take_back() -> CalendarEdition:
        return store.take_back(session, edition_id, known_on=today, now=now, entered_by_id=actor_id)

    after = store.load_without(session, edition_id, known_on=today)
    return _adopt(session, after, take_back, "calendar.revert", actor_id, now, expected)


def _adopt(
    session: Session,
    after: Calendar,
    publish: Callable[[], CalendarEdition],
    tag: str,
    actor_id: int | None,
    now: datetime,
    expected: str | None,
) -> tuple[CalendarEdition, Preview]:
    _lock(session, after)
    found = deadlines.compare(session, after)
    shown = _shown(session, store.load(session), after, found, now)
    if expected is not None and shown.digest != expected:
        raise ChangedMeanwhile(
            say(N_("预览以后，办理中的期限或日历又有变动，请看过新的预览再采用。"))
        )
    edition = publish()
    calendar = store.load(session)
    deadlines.adopt(session, found, calendar)
    _renew(session, found, calendar, now)
    _tell(session, edition, found, now)
    record(
        session,
        tag=tag,
        at=now,
        actor_id=actor_id,
        object=f"calendar_edition:{edition.id}",
        details={
            "source": edition.source,
            "known_on": edition.known_on,
            "reverts": edition.reverts_id,
            "days": len(shown.days),
            "moves": len(shown.moves),
            "digest": shown.digest,
        },
    )
    _note(session, edition, found, tag, actor_id, now)
    return edition, shown


def _lock(session: Session, after: Calendar) -> None:
    """Hold the cases whose clocks may move, in the order of their numbers; nobody steps in them."""
    wanted = select(Deadline.case_id).where(deadlines.may_change(session, after))
    session.execute(
        select(Case.id).where(Case.id.in_(wanted)).order_by(Case.id).with_for_update()
    ).all()


def _renew(session: Session, found: Sequence[Recounted], calendar: Calendar, now: datetime) -> None:
    """Reminders of the clocks that moved, and the date that lists show."""
    cases = _cases(session, {changed.deadline.case_id for changed in found})
    chosen: dict[tuple[object, ...], tuple[Rung, ...]] = {}
    for changed in found:
        if changed.moved:
            bureau = cases[changed.deadline.case_id].bureau_id
            rule = deadlines.rule_of(changed.deadline)
            key = (rule.id, rule.version, rule.jurisdiction, bureau)
            if key not in chosen:
                chosen[key] = rungs_for(session, rule, bureau)
            reminders.plan(session, changed.deadline, chosen[key], calendar, now)
    for case in cases.values():
        cache_next_due(case, deadlines.running(session, case.id))
    session.flush()


def _tell(
    session: Session, edition: CalendarEdition, found: Sequence[Recounted], now: datetime
) -> None:
    """A notice to whoever has the case, for each date that is another."""
    cases = _cases(session, {changed.deadline.case_id for changed in found if changed.moved})
    told = _handlers(session, cases, office_date(now))
    for changed in found:
        if not changed.moved:
            continue
        case = cases[changed.deadline.case_id]
        notices.queue(
            session,
            case_id=case.id,
            sentence=say(
                N_("《%(title)s》：%(what)s的期限因放假安排调整，由%(before)s改为%(after)s。"),
                title=case.title,
                what=say(changed.deadline.label),
                before=changed.before,
                after=changed.after,
            ),
            now=now,
            source_key=f"calendar:{edition.id}:{changed.deadline.id}",
            # Whoever stands in for them hears of it with them, when it is delivered.
            to_user_ids=[user_id for user_id, whom in told[case.id].items() if not whom],
        )


def _note(
    session: Session,
    edition: CalendarEdition,
    found: Sequence[Recounted],
    tag: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    """One audit row in every case that moved."""
    by_case: dict[int, list[dict[str, object]]] = {}
    for changed in found:
        if changed.moved:
            by_case.setdefault(changed.deadline.case_id, []).append(
                {
                    "deadline": changed.deadline.id,
                    "from": changed.before,
                    "to": changed.after,
                    "version": changed.deadline.version,
                }
            )
    for case_id, moves in sorted(by_case.items()):
        record(
            session,
            tag=tag,
            at=now,
            actor_id=actor_id,
            case_id=case_id,
            object=f"calendar_edition:{edition.id}",
            details={"moves": moves},
        )
