"""Who reported: ciphertext only, and who was allowed to look."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model, UTCDateTime


class VaultRecord(Model):
    """The identity behind one case. Names its own algorithm, so old records outlive a switch."""

    __tablename__ = "vault_records"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id"), primary_key=True, autoincrement=False
    )
    version: Mapped[int] = mapped_column(Integer, default=1)
    alg: Mapped[str] = mapped_column(String(16))
    # field name -> {"nonce", "ct"}, both in base64
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    # The record's own key, once for each who may unwrap it:
    # {"recipient", "alg", "key_id", "nonce", "ct"}. Personal keys can join the list later.
    wrapped_keys: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class VaultGrant(Model):
    """A request to see an identity, the answer of another person, and the views that are left."""

    __tablename__ = "vault_grants"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("vault_records.case_id"))
    requester_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved: Mapped[bool | None]
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    views_left: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (
        CheckConstraint(
            "approver_id IS NULL OR approver_id <> requester_id", name="another_person_approves"
        ),
        CheckConstraint(
            "(approved IS NULL) = (approver_id IS NULL)"
            " AND (approved IS NULL) = (decided_at IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint(
            "(expires_at IS NOT NULL) = (approved IS NOT NULL AND approved)",
            name="expires_iff_approved",
        ),
        CheckConstraint("views_left BETWEEN 0 AND 3", name="few_views"),
        CheckConstraint("views_left = 0 OR expires_at IS NOT NULL", name="views_need_approval"),
        CheckConstraint("reason <> ''", name="says_why"),
        Index("ix_vault_grants_case", "case_id", "requester_id"),
    )
