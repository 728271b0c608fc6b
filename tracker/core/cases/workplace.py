"""What people keep of their own work: saved views, what they have read, many steps at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model, UTCDateTime


class SavedView(Model):
    """A way of looking at the work list under a name; with an organisation, all there see it."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    shared_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    # The address's arguments, as in a query string: filters, grouping and columns.
    args: Mapped[str] = mapped_column(String(1000))
    place: Mapped[int] = mapped_column(Integer, default=0)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        CheckConstraint("name <> ''", name="has_a_name"),
    )


class CaseSeen(Model):
    """How far a person has read a case: the version that was on the page."""

    __tablename__ = "case_seen"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index("ix_case_seen_case", "case_id"),)


class BulkRun(Model):
    """One step taken on many cases by one person; its rows keep what became of each."""

    __tablename__ = "bulk_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    step: Mapped[str] = mapped_column(String(32))
    # The answers of the form, as JSON, the same for every case.
    inputs: Mapped[str] = mapped_column(Text, default="")
    # Where the person came from, to lead back there.
    args: Mapped[str] = mapped_column(String(1000), default="")
    state: Mapped[str] = mapped_column(String(10), default="chosen")
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("state IN ('chosen', 'running', 'done', 'dropped')", name="state_known"),
    )


class BulkRow(Model):
    """One case of a run: the version it was chosen at, and what became of it."""

    __tablename__ = "bulk_rows"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("bulk_runs.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    seen: Mapped[int] = mapped_column(Integer)
    result: Mapped[str] = mapped_column(String(10), default="waiting")
    # Why not, as a packed sentence; empty when it was done.
    why: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("run_id", "case_id"),
        CheckConstraint("result IN ('waiting', 'done', 'refused')", name="result_known"),
    )


class FileText(Model):
    """What can be read in an attachment, cut to what the index takes; read in the background."""

    __tablename__ = "file_texts"

    attachment_id: Mapped[int] = mapped_column(
        ForeignKey("attachments.id", ondelete="CASCADE"), primary_key=True
    )
    text: Mapped[str] = mapped_column(Text, default="")
    # read: there is text; none: a picture, say; failed: it could not be opened.
    state: Mapped[str] = mapped_column(String(8))
    read_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("state IN ('read', 'none', 'failed')", name="state_known"),)
