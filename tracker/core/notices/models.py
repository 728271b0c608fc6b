"""The outbox, and the inbox it fills."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
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
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("channel IN ('inbox')", name="channel_known"),
        CheckConstraint(
            "(user_id IS NOT NULL AND org_id IS NULL AND role IS NULL)"
            " OR (user_id IS NULL AND org_id IS NOT NULL AND role IS NOT NULL)",
            name="one_addressee",
        ),
        CheckConstraint("state IN ('queued', 'sent', 'failed', 'skipped')", name="state_known"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_iff_sent_at"),
        Index("ix_outbox_state", "state", "try_after", "id"),
        Index("ix_outbox_case", "case_id"),
    )


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

    __table_args__ = (
        UniqueConstraint("user_id", "source_key"),
        Index("ix_notices_inbox", "user_id", "id"),
        Index("ix_notices_unread", "user_id", "read_at"),
        Index("ix_notices_case", "case_id"),
    )

    @property
    def sentence(self) -> Sentence:
        """What the page translates and shows."""
        return unpack(self.text, self.params)
