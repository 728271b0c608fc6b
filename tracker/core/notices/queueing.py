"""Queue what leaves the house: a row per person and channel, in the transaction of the notice."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tracker.core.clock import office_date
from tracker.core.notices.choices import address_for, after_quiet, chosen_channels, next_time
from tracker.core.notices.models import Notice, NoticeChoice, Outbox, OutboxItem
from tracker.core.notices.naming import message_id
from tracker.core.notices.once import insert_once

# A bundle leaves when nobody has added to it for so long, and in any case after so long.
_SILENCE, _PATIENCE = timedelta(minutes=1), timedelta(minutes=10)
TEST = "test"
# A row may be claimed between our look and our lock; look again so often.
_LOOKS = 20


@dataclass(frozen=True, slots=True)
class _Batch:
    """A message that collects notices: what it is called, and when it leaves."""

    key: str
    due: datetime
    patient: bool


def queue_outside(
    session: Session,
    user_ids: Sequence[int],
    *,
    case_id: int | None,
    source_key: str,
    group_key: str | None,
    now: datetime,
) -> None:
    """Queue new notices on the channels that each person chose."""
    if not user_ids:
        return
    rows = session.execute(
        select(NoticeChoice, Notice.id)
        .join(Notice, Notice.user_id == NoticeChoice.user_id)
        .where(
            NoticeChoice.user_id.in_(user_ids),
            NoticeChoice.channels != "",
            Notice.source_key == source_key,
        )
        # In one order everywhere: two bundles are never locked crosswise.
        .order_by(NoticeChoice.user_id)
    ).all()
    for choice, notice_id in rows:
        batch = _batch(choice, group_key, now)
        for channel in chosen_channels(choice):
            if batch is None:
                row_id = _single(session, choice, channel, source_key, case_id, now)
            else:
                row_id = _bundled(session, choice, channel, batch, now)
            values = {"outbox_id": row_id, "notice_id": notice_id}
            insert_once(session, OutboxItem, values, ("outbox_id", "notice_id"))


def queue_test(session: Session, choice: NoticeChoice, channel: str, now: datetime) -> None:
    """A message that says only that it has arrived; quiet hours and digests do not hold it back."""
    key = f"{TEST}:{secrets.token_hex(8)}"
    _insert(session, choice, channel, key, f"{key}|{channel}|{choice.user_id}", now, due=now)


def tests_since(session: Session, user_id: int, since: datetime) -> int:
    """How many test messages a person has asked for lately."""
    # Every state, so that the index on state and time is walked and not the table.
    states = ("queued", "sending", "sent", "failed", "skipped", "unknown")
    query = select(func.count()).where(
        Outbox.state.in_(states),
        Outbox.try_after > since,
        Outbox.user_id == user_id,
        Outbox.source_key.startswith(f"{TEST}:"),
    )
    return session.scalar(query) or 0


def _batch(choice: NoticeChoice, group_key: str | None, now: datetime) -> _Batch | None:
    if choice.digest_at:
        due = next_time(now, choice.digest_at)
        return _Batch(f"digest:{office_date(due)}", after_quiet(choice, due), patient=False)
    if group_key is not None:
        return _Batch(f"group:{group_key}", now + _SILENCE, patient=True)
    return None


def _single(
    session: Session,
    choice: NoticeChoice,
    channel: str,
    source_key: str,
    case_id: int | None,
    now: datetime,
) -> int:
    name = f"{channel}|{source_key}|{choice.user_id}"
    due = after_quiet(choice, now)
    return _insert(session, choice, channel, source_key, name, now, due=due, case_id=case_id)


def _bundled(
    session: Session, choice: NoticeChoice, channel: str, batch: _Batch, now: datetime
) -> int:
    """The row that still collects, or a new one once the last has been claimed."""
    of_batch = (
        Outbox.user_id == choice.user_id,
        Outbox.channel == channel,
        Outbox.source_key == batch.key,
    )
    for _look in range(_LOOKS):
        found = session.execute(
            select(Outbox.id, Outbox.created_at)
            .where(*of_batch, Outbox.state == "queued", Outbox.claimed_at.is_(None))
            .with_for_update()
        ).first()
        if found is not None:
            if batch.patient:
                due = after_quiet(choice, min(batch.due, found.created_at + _PATIENCE))
                session.execute(update(Outbox).where(Outbox.id == found.id).values(try_after=due))
            return int(found.id)
        n = session.scalar(select(func.count()).where(*of_batch)) or 0
        name = f"{channel}|{batch.key}|{choice.user_id}|{n}"
        due = after_quiet(choice, batch.due)
        if _try_insert(session, choice, channel, batch.key, name, now, due):
            return _id_of(session, name)
    raise RuntimeError("the bundle is claimed as fast as it is begun")


def _insert(
    session: Session,
    choice: NoticeChoice,
    channel: str,
    source_key: str,
    name: str,
    now: datetime,
    *,
    due: datetime,
    case_id: int | None = None,
) -> int:
    _try_insert(session, choice, channel, source_key, name, now, due, case_id)
    return _id_of(session, name)


def _id_of(session: Session, name: str) -> int:
    return session.scalars(select(Outbox.id).where(Outbox.message_id == message_id(name))).one()


def _try_insert(
    session: Session,
    choice: NoticeChoice,
    channel: str,
    source_key: str,
    name: str,
    now: datetime,
    due: datetime,
    case_id: int | None = None,
) -> bool:
    return insert_once(
        session,
        Outbox,
        {
            "channel": channel,
            "address": address_for(choice, channel) or None,
            "user_id": choice.user_id,
            "case_id": case_id,
            "source_key": source_key,
            # What leaves is written when it leaves, from what is true then.
            "template": "",
            "params": {},
            "created_at": now,
            "state": "queued",
            "attempts": 0,
            "try_after": due,
            "message_id": message_id(name),
        },
        ("message_id",),
    )
