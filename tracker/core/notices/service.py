"""Queue, deliver and read notices. A notice never reaches a person who may not see its case."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, column, exists, func, or_, select, table, update
from sqlalchemy.orm import Session, aliased

from tracker.core.clock import office_date
from tracker.core.errors import Sentence, say
from tracker.core.notices.models import Notice, Outbox
from tracker.core.notices.naming import message_id
from tracker.core.notices.once import insert_all_once, insert_once
from tracker.core.notices.people import active, holders, with_stand_ins
from tracker.core.notices.queueing import queue_outside
from tracker.core.notices.wording import pack, unpack

MaySee = Callable[[Session, int, int], bool]

MOST_TRIES = 5
MOST_COUNTED = 99
# Keys of what concerns the work in hand, as against a person's own affairs.
_OF_WORK = ("case:", "calendar:")
# Cases belong to a package above; only these columns of theirs are read here.
_cases = table("cases", column("id"), column("kind"), column("turn_role"))
_FIRST_PAUSE = timedelta(minutes=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for some people, and for whoever holds a role in a house then.

    `source_key` names the event: queued twice it goes out once.
    """

    sentence: Sentence
    source_key: str
    to_user_ids: tuple[int, ...] = ()
    to_org_role: tuple[int | None, str | None] | None = None

    @property
    def addressees(self) -> list[tuple[int | None, int | None, str | None]]:
        """Each person, and the desk, that it is for."""
        found: list[tuple[int | None, int | None, str | None]] = [
            (user_id, None, None) for user_id in dict.fromkeys(self.to_user_ids)
        ]
        if self.to_org_role is not None and None not in self.to_org_role:
            org_id, role = self.to_org_role
            found.append((None, org_id, str(role)))
        return found


def queue(
    session: Session,
    *,
    case_id: int | None,
    sentence: Sentence,
    now: datetime,
    source_key: str,
    to_user_ids: Iterable[int] = (),
    to_org_role: tuple[int | None, str | None] | None = None,
) -> int:
    """Put a sentence into the outbox, in the transaction of the act it speaks of.

    Answers how many rows were added.
    """
    message = Message(sentence, source_key, tuple(to_user_ids), to_org_role)
    return queue_all(session, [message], case_id=case_id, now=now)


def queue_all(
    session: Session, messages: Iterable[Message], *, case_id: int | None, now: datetime
) -> int:
    """The same of several sentences about one act, in one statement."""
    rows = [
        {
            "channel": "inbox",
            "user_id": user_id,
            "org_id": org_id,
            "role": role,
            "case_id": case_id,
            "source_key": message.source_key,
            "template": message.sentence.text,
            "params": pack(message.sentence),
            "created_at": now,
            "state": "queued",
            "attempts": 0,
            "try_after": now,
            "message_id": message_id(f"inbox|{message.source_key}|{user_id}|{org_id}|{role}"),
        }
        for message in messages
        for user_id, org_id, role in message.addressees
    ]
    return insert_all_once(session, Outbox, rows, ("message_id",))


def anything_queued(session: Session, now: datetime) -> bool:
    """Whether delivering is worth a writing transaction."""
    waiting = (Outbox.state == "queued", Outbox.try_after <= now, Outbox.channel == "inbox")
    return session.scalar(select(Outbox.id).where(*waiting).limit(1)) is not None


def deliver_one(session: Session, now: datetime, may_see: MaySee) -> str | None:
    """Claim one queued row and put it into inboxes; answers its new state, None if none waits.

    A row that fails stays queued for a while, and is set aside as failed after five tries.
    """
    row = first_due(session, now, Outbox.channel == "inbox")
    if row is None:
        return None
    row_id, attempts = row.id, row.attempts + 1
    try:
        with session.begin_nested():
            return _deliver(session, row, attempts, now, may_see)
    except Exception as error:
        # The savepoint is gone, the claim is not: this row waits, the next one goes out.
        logger.warning("outbox row %s failed, try %s", row_id, attempts, exc_info=True)
        return set_back(session, row_id, attempts, now, type(error).__name__)


def first_due(session: Session, now: datetime, which: ColumnElement[bool]) -> Outbox | None:
    """The queued row that has waited longest, locked; rows that others hold are passed over."""
    return session.scalars(
        select(Outbox)
        .where(Outbox.state == "queued", Outbox.try_after <= now, which)
        .order_by(Outbox.try_after, Outbox.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def set_back(session: Session, row_id: int, attempts: int, now: datetime, error: str) -> str:
    """Let a row that failed wait, or set it aside after the last try; answers its state."""
    state = "failed" if attempts >= MOST_TRIES else "queued"
    session.execute(
        update(Outbox)
        .where(Outbox.id == row_id, Outbox.state == "queued")
        .values(state=state, attempts=attempts, last_error=error, try_after=now + pause(attempts))
        .execution_options(synchronize_session=False)
    )
    return state


def _deliver(session: Session, row: Outbox, attempts: int, now: datetime, may_see: MaySee) -> str:
    people = _addressees(session, row, office_date(now))
    told = post(
        session,
        people,
        case_id=row.case_id,
        sentence=unpack(row.template, row.params),
        now=now,
        source_key=row.source_key,
        may_see=may_see,
    )
    state = "sent" if told else "skipped"
    claimed = session.execute(
        update(Outbox)
        .where(Outbox.id == row.id, Outbox.state == "queued")
        .values(
            state=state,
            attempts=attempts,
            sent_at=now if told else None,
            last_error=None if told else "nobody",
        )
        .returning(Outbox.id)
    ).all()
    if len(claimed) != 1:
        raise RuntimeError("somebody else has delivered this row")
    return state


def _addressees(session: Session, row: Outbox, on: date) -> dict[int, str]:
    """Who gets a row now; what concerns the work in hand goes to whoever stands in, too."""
    case = session.execute(select(_cases).where(_cases.c.id == row.case_id)).one_or_none()
    kind = case.kind if case is not None else ""
    if row.user_id is None:
        return holders(session, row.org_id or 0, row.role or "", on, kind)
    if case is None or not row.source_key.startswith(_OF_WORK):
        return dict.fromkeys(active(session, [row.user_id]), "")
    roles = [case.turn_role] if case.turn_role else []
    return with_stand_ins(session, [row.user_id], on, kind, roles)


def post(
    session: Session,
    user_ids: Iterable[int],
    *,
    case_id: int | None,
    sentence: Sentence,
    now: datetime,
    source_key: str,
    may_see: MaySee,
    due_on: date | None = None,
    late: bool = False,
    group_key: str | None = None,
) -> list[int]:
    """Write a sentence into inboxes now; answers who has it: only people who may see the case.

    A mapping names for each whom they stand in for, and then the sentence does.

    What each of them wants outside the product is queued in the same transaction.
    """
    told = [
        user_id
        for user_id in dict.fromkeys(user_ids)
        if case_id is None or may_see(session, user_id, case_id)
    ]
    whom = user_ids if isinstance(user_ids, Mapping) else {}
    new: list[int] = []
    for user_id in told:
        words = _for(whom.get(user_id, ""), sentence)
        row = {
            "user_id": user_id,
            "case_id": case_id,
            "text": words.text,
            "params": pack(words),
            "created_at": now,
            "source_key": source_key,
            "due_on": due_on,
            "late": late,
            "group_key": group_key,
        }
        if insert_once(session, Notice, row, ("user_id", "source_key")):
            new.append(user_id)
    queue_outside(
        session, new, case_id=case_id, source_key=source_key, group_key=group_key, now=now
    )
    return told


def _for(whom: str, sentence: Sentence) -> Sentence:
    return say("代%(whom)s：%(what)s", whom=whom, what=sentence) if whom else sentence


def pause(attempts: int) -> timedelta:
    """How long a failed row waits: one minute, two, four, eight."""
    return _FIRST_PAUSE * (1 << (attempts - 1))


# ---------------------------------------------------------------- the inbox


def inbox(
    session: Session, user_id: int, after_id: int | None = None, limit: int = 20
) -> list[Notice]:
    """A page of a person's notices, newest first; `after_id` is the last id of the page before.

    Of a group the newest stands for all: see `members`.
    """
    newer = aliased(Notice)
    of_same_group = exists().where(
        newer.user_id == user_id, newer.group_key == Notice.group_key, newer.id > Notice.id
    )
    query = select(Notice).where(
        Notice.user_id == user_id, or_(Notice.group_key.is_(None), ~of_same_group)
    )
    if after_id is not None:
        query = query.where(Notice.id < after_id)
    return list(session.scalars(query.order_by(Notice.id.desc()).limit(limit)))


def members(session: Session, user_id: int, group_keys: Iterable[str]) -> dict[str, list[Notice]]:
    """All notices of some groups of a person, newest first."""
    query = select(Notice).where(Notice.user_id == user_id, Notice.group_key.in_(set(group_keys)))
    found: dict[str, list[Notice]] = {}
    for notice in session.scalars(query.order_by(Notice.id.desc())):
        found.setdefault(notice.group_key or "", []).append(notice)
    return found


def unread_count(session: Session, user_id: int) -> int:
    """How many are unread, a group counted once; 99 means 99 or more."""
    unread = (Notice.user_id == user_id, Notice.read_at.is_(None))
    single = select(Notice.id).where(*unread, Notice.group_key.is_(None)).limit(MOST_COUNTED)
    groups = (
        select(Notice.group_key)
        .where(*unread, Notice.group_key.is_not(None))
        .distinct()
        .limit(MOST_COUNTED)
    )
    counts = [select(func.count()).select_from(some.subquery()) for some in (single, groups)]
    one, many = session.execute(
        select(counts[0].scalar_subquery(), counts[1].scalar_subquery())
    ).one()
    return min(MOST_COUNTED, int(one) + int(many))


def mark_read(
    session: Session, user_id: int, now: datetime, notice_ids: Iterable[int] | None = None
) -> int:
    """Mark some of a person's own notices as read, or all of them; answers how many were unread."""
    query = update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    if notice_ids is not None:
        query = query.where(Notice.id.in_(list(notice_ids)))
    return len(session.execute(query.values(read_at=now).returning(Notice.id)).all())
