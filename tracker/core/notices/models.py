"""The outbox, the inbox it fills, and how each person wants to be told outside it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model, UTCDateTime
from tracker.core.errors import Sentence
from tracker.core.notices.wording import unpack


class Outbox(Model):
    """One message that has to go out: to a person, or to whoever holds a role then."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), default="inbox")
    # Where to outside the product: a mail address or a telephone number, as it was when queued.
    address: Mapped[str | None] = mapped_column(String(200))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    role: Mapped[str | None] = mapped_column(String(24))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    source_key: Mapped[str] = mapped_column(String(160))
    # The Chinese source sentence, which is the key of its translation too.
    template: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(12), default="queued")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    try_after: Mapped[datetime] = mapped_column(UTCDateTime)
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    # Set, and committed, before a message leaves the machine.
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint(
            "channel IN ('inbox', 'email', 'wecom', 'dingtalk', 'feishu', 'sms')",
            name="channel_known",
        ),
        CheckConstraint(
            "(user_id IS NOT NULL AND org_id IS NULL AND role IS NULL)"
            " OR (user_id IS NULL AND org_id IS NOT NULL AND role IS NOT NULL)",
            name="one_addressee",
        ),
        CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'skipped', 'unknown')",
            name="state_known",
        ),
        # What goes into our own inbox is one transaction: nothing of it can be unknown.
        CheckConstraint(
            "channel <> 'inbox' OR state NOT IN ('sending', 'unknown')", name="inbox_is_known"
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_iff_sent_at"),
        Index("ix_outbox_state", "state", "try_after", "id"),
        Index("ix_outbox_case", "case_id"),
    )


class OutboxItem(Model):
    """A notice that a message outside speaks of."""

    __tablename__ = "outbox_items"

    outbox_id: Mapped[int] = mapped_column(
        ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True
    )
    notice_id: Mapped[int] = mapped_column(
        ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True
    )

    __table_args__ = (Index("ix_outbox_items_notice", "notice_id"),)


class Attempt(Model):
    """One try to send a message outside; written before it is made."""

    __tablename__ = "outbox_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"))
    n: Mapped[int] = mapped_column(Integer)
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Empty while it runs, and for ever after a crash.
    outcome: Mapped[str | None] = mapped_column(String(12))
    detail: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        UniqueConstraint("outbox_id", "n"),
        CheckConstraint(
            "outcome IN ('sent', 'failed', 'refused', 'unknown')", name="outcome_known"
        ),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended_with_outcome"),
    )


class NoticeChoice(Model):
    """How a person wants to be told outside the product; no row: not at all."""

    __tablename__ = "notice_choices"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    # Names of channels, separated by spaces.
    channels: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(32))
    # Office time, HH:MM; nothing leaves from one to the other.
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_to: Mapped[str | None] = mapped_column(String(5))
    # Office time, HH:MM: everything of a day in one message then; empty: each as it comes.
    digest_at: Mapped[str | None] = mapped_column(String(5))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet_has_both_ends"),
    )


class CalendarFeed(Model):
    """A secret address under which a calendar program reads a person's deadlines."""

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    # Only the hash: whoever reads the table cannot read the calendar.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Notice(Model):
    """One sentence in one person's inbox. The same event reaches a person once."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    source_key: Mapped[str] = mapped_column(String(160))
    # The date it speaks of, if any; all that goes outside is number, kind, this and a link.
    due_on: Mapped[date | None] = mapped_column(Date)
    late: Mapped[bool] = mapped_column(default=False)
    # What one outage held back is one message to a person.
    group_key: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        UniqueConstraint("user_id", "source_key"),
        Index("ix_notices_group", "user_id", "group_key"),
        Index("ix_notices_inbox", "user_id", "id"),
        Index("ix_notices_unread", "user_id", "read_at"),
        Index("ix_notices_case", "case_id"),
    )

    @property
    def sentence(self) -> Sentence:
        """What the page translates and shows."""
        return unpack(self.text, self.params)
