"""Send what is queued for outside: claim, send, mark, and each of the three by itself.

The claim is committed before a message leaves. Whoever dies between sending and marking leaves a
row that nobody sends again: it becomes `unknown`, and a person decides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.core.calendar import store as calendar_store
from tracker.core.calendar.days import Calendar, DayStatus
from tracker.core.db import transaction
from tracker.core.notices.channels.letter import Describe, Letter, Line, compose, compose_test
from tracker.core.notices.channels.result import Outcome, Result
from tracker.core.notices.channels.send import send_letter
from tracker.core.notices.channels.settings import Channels
from tracker.core.notices.choices import address_for, after_quiet, choice_of, chosen_channels
from tracker.core.notices.models import Attempt, Notice, NoticeChoice, Outbox, OutboxItem
from tracker.core.notices.people import active
from tracker.core.notices.queueing import TEST
from tracker.core.notices.service import MOST_TRIES, MaySee, first_due, pause, set_back

WAITING = "waiting"
GONE = "worker gone"
# Why a message was not sent; the operator's page has the words.
NOT_WANTED, CHANNEL_OFF, NOBODY = "not_wanted", "channel_off", "nobody"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """What sending needs to know: the channels, who may see what, and what may be said of it."""

    channels: Channels
    may_see: MaySee
    describe: Describe
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours until it is marked."""

    row_id: int
    attempt: int
    channel: str
    letter: Letter


def anything_to_send(session: Session, now: datetime) -> bool:
    """Whether a run is worth reading the settings."""
    outside = Outbox.channel != "inbox"
    due = select(Outbox.id).where(Outbox.state == "queued", Outbox.try_after <= now, outside)
    if session.scalar(due.limit(1)) is not None:
        return True
    return session.scalar(select(Outbox.id).where(Outbox.state == "sending").limit(1)) is not None


def send_due(house: House, *, most: int) -> dict[str, int]:
    """Send until nothing is due; answers how many rows ended in which state."""
    done: dict[str, int] = {}
    with transaction() as session:
        gone = give_up(session, house.clock(), house.channels.claim_seconds)
    if gone:
        done[Outcome.UNKNOWN.value] = gone
    resting: set[str] = set()
    for _row in range(most):
        with transaction() as session:
            found = claim_one(session, house, frozenset(resting))
        if found is None:
            break
        state = found
        if isinstance(found, Claimed):
            result = _send(house, found)
            if result.unreachable:
                # Its server is away; the others' messages need not wait for its time-outs.
                resting.add(found.channel)
            with transaction() as session:
                state = mark(session, found, result, house.clock())
        done[str(state)] = done.get(str(state), 0) + 1
    return done


def _send(house: House, claimed: Claimed) -> Result:
    try:
        return send_letter(house.channels, claimed.channel, claimed.letter, house.clock())
    except Exception as error:
        # We cannot tell how far it came, so nobody may send it again by itself.
        logger.exception("message %s broke while it was sent", claimed.row_id)
        return Result(Outcome.UNKNOWN, type(error).__name__)


# ---------------------------------------------------------------- claim


def claim_one(
    session: Session, house: House, resting: frozenset[str] = frozenset()
) -> Claimed | str | None:
    """Take one row that is due: a claim, the state in which it ended instead, or None."""
    now = house.clock()
    row = first_due(session, now, Outbox.channel.not_in(["inbox", *sorted(resting)]))
    if row is None:
        return None
    row_id, attempts = row.id, row.attempts + 1
    try:
        with session.begin_nested():
            return _claim(session, row, house, now)
    except Exception as error:
        logger.warning("message %s could not be written, try %s", row_id, attempts, exc_info=True)
        return set_back(session, row_id, attempts, now, type(error).__name__)


def _claim(session: Session, row: Outbox, house: House, now: datetime) -> Claimed | str:
    is_test = row.source_key.startswith(f"{TEST}:")
    choice = choice_of(session, row.user_id or 0)
    reason = _unwanted(session, row, choice, house.channels)
    if reason or choice is None:
        return _skip(session, row.id, reason or NOT_WANTED)
    later = now if is_test else after_quiet(choice, now)
    if later > now:
        _change(session, row.id, "queued", try_after=later)
        return WAITING
    address, link = address_for(choice, row.channel), house.channels.link
    if is_test:
        letter = compose_test(row.message_id, address, link)
    else:
        lines = _lines(session, row, house)
        if not lines:
            return _skip(session, row.id, NOBODY)
        letter = compose(row.message_id, address, lines, link)
    n = row.attempts + 1
    _change(
        session,
        row.id,
        "queued",
        state="sending",
        claimed_at=now,
        attempts=n,
        address=address or None,
    )
    session.add(Attempt(outbox_id=row.id, n=n, began_at=now))
    session.flush()
    return Claimed(row.id, n, row.channel, letter)


def _unwanted(
    session: Session, row: Outbox, choice: NoticeChoice | None, channels: Channels
) -> str:
    """Why this message has nobody to go to any more; empty if it has."""
    if not active(session, [row.user_id or 0]):
        return NOBODY
    if row.channel not in chosen_channels(choice):
        return NOT_WANTED
    return "" if row.channel in channels.names else CHANNEL_OFF


def _lines(session: Session, row: Outbox, house: House) -> list[Line]:
    """What may leave now: of each notice whose case the person may still see."""
    calendar = calendar_store.load(session)
    found: list[Line] = []
    for notice in items_of(session, [row.id]).get(row.id, []):
        if notice.case_id is None:
            found.append(Line(None, notice.due_on))
        elif house.may_see(session, notice.user_id, notice.case_id):
            about = house.describe(session, notice.case_id)
            if about is not None:
                unsure = _provisional(calendar, notice.due_on)
                found.append(Line(about, notice.due_on, unsure))
    return found


def _provisional(calendar: Calendar, due_on: date | None) -> bool:
    if due_on is None or not calendar.first <= due_on <= calendar.last:
        return False
    return calendar.day(due_on).status is not DayStatus.ANNOUNCED


def items_of(session: Session, row_ids: list[int]) -> dict[int, list[Notice]]:
    """The notices that some messages speak of, the nearest date first."""
    rows = session.execute(
        select(OutboxItem.outbox_id, Notice)
        .join(Notice, Notice.id == OutboxItem.notice_id)
        .where(OutboxItem.outbox_id.in_(row_ids))
        .order_by(Notice.due_on.is_(None), Notice.due_on, Notice.id)
    )
    found: dict[int, list[Notice]] = {}
    for outbox_id, notice in rows:
        found.setdefault(outbox_id, []).append(notice)
    return found


# ---------------------------------------------------------------- mark


def mark(session: Session, claimed: Claimed, result: Result, now: datetime) -> str:
    """Write down what became of a claim; answers the state the row has now."""
    session.execute(
        update(Attempt)
        .where(Attempt.outbox_id == claimed.row_id, Attempt.n == claimed.attempt)
        .values(ended_at=now, outcome=result.outcome.value, detail=result.detail[:300])
    )
    state = {Outcome.SENT: "sent", Outcome.UNKNOWN: "unknown"}.get(result.outcome, "failed")
    if result.outcome is Outcome.FAILED and claimed.attempt < MOST_TRIES:
        state = "queued"
    marked = session.execute(
        update(Outbox)
        .where(
            Outbox.id == claimed.row_id,
            Outbox.attempts == claimed.attempt,
            # Given up too early, and nobody has decided yet: what we know now is better.
            Outbox.state.in_(["sending", "unknown"]),
        )
        .values(
            state=state,
            sent_at=now if state == "sent" else None,
            last_error=result.detail or None,
            try_after=now + pause(claimed.attempt) if state == "queued" else Outbox.try_after,
        )
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    ).all()
    return state if marked else "decided"


def give_up(session: Session, now: datetime, claim_seconds: int) -> int:
    """Rows whose worker is gone: nobody knows whether the message left. Answers how many."""
    long_ago = now - timedelta(seconds=claim_seconds)
    rows = session.scalars(
        select(Outbox.id)
        .where(Outbox.state == "sending", Outbox.claimed_at <= long_ago)
        .with_for_update(skip_locked=True)
    ).all()
    for row_id in rows:
        _change(session, row_id, "sending", state="unknown", last_error=GONE)
    session.execute(
        update(Attempt)
        .where(Attempt.outbox_id.in_(rows), Attempt.outcome.is_(None))
        .values(outcome=Outcome.UNKNOWN.value, ended_at=now, detail=GONE)
        .execution_options(synchronize_session=False)
    )
    return len(rows)


def _skip(session: Session, row_id: int, reason: str) -> str:
    _change(session, row_id, "queued", state="skipped", last_error=reason)
    return "skipped"


def _change(session: Session, row_id: int, before: str, **values: object) -> None:
    changed = session.execute(
        update(Outbox)
        .where(Outbox.id == row_id, Outbox.state == before)
        .values(**values)
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(changed) != 1:
        raise RuntimeError("somebody else has taken this message")
