"""The audit table: rows are added and never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    FetchedValue,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.audit.triggers import XID_DEFAULT
from tracker.core.db import Model, UTCDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class AuditRow(Model):
    """Who did what to what, when, for whom, with what result. Empty actor: the system itself."""

    __tablename__ = "audit_rows"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # PostgreSQL fills it; a sealer orders by it, because ids commit out of order there.
    xid: Mapped[int | None] = mapped_column(BigInteger, server_default=FetchedValue())
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    tag: Mapped[str] = mapped_column(String(80))
    # No foreign keys: what was said stays said, whatever becomes of the person or the case.
    actor_id: Mapped[int | None] = mapped_column(Integer)
    on_behalf_of_id: Mapped[int | None] = mapped_column(Integer)
    case_id: Mapped[int | None] = mapped_column(Integer)
    n: Mapped[int | None] = mapped_column(Integer)
    object: Mapped[str] = mapped_column(String(120))
    from_state: Mapped[str | None] = mapped_column(String(32))
    to_state: Mapped[str | None] = mapped_column(String(32))
    result: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(64))
    origin: Mapped[str | None] = mapped_column(String(80))
    details: Mapped[str] = mapped_column(Text)
    alg: Mapped[str] = mapped_column(String(16))
    salt: Mapped[str] = mapped_column(String(64))
    canonical: Mapped[str] = mapped_column(Text)
    row_hash: Mapped[str] = mapped_column(String(128))

    __table_args__ = (
        UniqueConstraint("case_id", "n"),
        CheckConstraint("(case_id IS NULL) = (n IS NULL)", name="n_iff_case"),
        CheckConstraint("n IS NULL OR n > 0", name="n_positive"),
        CheckConstraint("result IN ('done', 'refused', 'failed', 'read')", name="result_known"),
        CheckConstraint("on_behalf_of_id IS NULL OR actor_id IS NOT NULL", name="behalf_has_actor"),
        CheckConstraint("tag <> '' AND object <> ''", name="says_what"),
        Index("ix_audit_rows_actor", "actor_id", "at"),
        Index("ix_audit_rows_tag", "tag", "at"),
        Index("ix_audit_rows_at", "at"),
        # SQLite never gives a number twice, so a deleted last row leaves a hole.
        {"sqlite_autoincrement": True},
    )


_xid_default = DDL(XID_DEFAULT)  # type: ignore[no-untyped-call]
event.listen(AuditRow.__table__, "after_create", _xid_default.execute_if(dialect="postgresql"))
