"""Official numbers and documents; a void one keeps its number, gapless a type and year."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model, UTCDateTime
from tracker.core.errors import N_


class NumberSeries(Model):
    """The last serial drawn in one series; drawing locks this row."""

    __tablename__ = "number_series"

    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    type: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer, default=0)


class Number(Model):
    """A number that was drawn, for which case, and when."""

    __tablename__ = "numbers"

    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    type: Mapped[str] = mapped_column(String(12))
    year: Mapped[int] = mapped_column(Integer)
    serial: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(64), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (UniqueConstraint("org_id", "type", "year", "serial"),)


class NumberLetter(Model):
    """A bureau's own type letters for a kind of document, instead of the packaged ones."""

    __tablename__ = "number_letters"

    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    letter: Mapped[str] = mapped_column(String(12))
    set_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("letter <> ''", name="letter_given"),)


class DocumentTemplate(Model):
    """A bureau's own layout of a kind: one version of it, in use from `active_from`."""

    __tablename__ = "document_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    store_id: Mapped[str] = mapped_column(String(80))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    active_from: Mapped[datetime | None] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("org_id", "kind", "version"),
        CheckConstraint("length(sha256) = 64", name="template_hashed"),
        CheckConstraint(
            "retired_at IS NULL OR active_from IS NULL OR retired_at >= active_from",
            name="template_retired_after",
        ),
        Index(
            "ix_document_templates_in_use",
            "org_id",
            "kind",
            unique=True,
            sqlite_where=text("active_from IS NOT NULL AND retired_at IS NULL"),
            postgresql_where=text("active_from IS NOT NULL AND retired_at IS NULL"),
        ),
    )


class DocumentState(StrEnum):
    """Where a paper stands; a draft that a newer draft took the place of stays readable."""

    DRAFT = "draft"
    REPLACED = "replaced"
    ISSUED = "issued"
    VOID = "void"


DOCUMENT_STATE_LABELS: dict[DocumentState, str] = {
    DocumentState.DRAFT: N_("草稿"),
    DocumentState.REPLACED: N_("已被新稿取代"),
    DocumentState.ISSUED: N_("已签发"),
    DocumentState.VOID: N_("已作废"),
}


class Document(Model):
    """One version of one paper of a case; what was issued is never changed, only voided."""

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10), default=DocumentState.DRAFT.value)
    number: Mapped[str | None] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("document_templates.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None] = mapped_column(Integer)
    store_id: Mapped[str | None] = mapped_column(String(80))
    media_type: Mapped[str | None] = mapped_column(String(80))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    issued_on: Mapped[date | None] = mapped_column(Date)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    void_reason: Mapped[str] = mapped_column(String(400), default="")

    __table_args__ = (
        UniqueConstraint("case_id", "kind", "seq"),
        CheckConstraint(
            "state IN ('draft', 'replaced', 'issued', 'void')", name="document_state_known"
        ),
        CheckConstraint(
            "state <> 'issued' OR (store_id IS NOT NULL AND length(sha256) = 64"
            " AND size > 0 AND media_type IS NOT NULL"
            " AND issued_by_id IS NOT NULL AND issued_at IS NOT NULL AND issued_on IS NOT NULL)",
            name="issued_has_file_and_issuer",
        ),
        CheckConstraint(
            "state <> 'void' OR (void_reason <> '' AND voided_by_id IS NOT NULL"
            " AND voided_at IS NOT NULL)",
            name="void_has_reason",
        ),
        CheckConstraint(
            "state IN ('issued', 'void') OR (number IS NULL AND store_id IS NULL)",
            name="draft_has_no_number",
        ),
        CheckConstraint(
            "number IS NULL OR issued_at IS NOT NULL", name="number_belongs_to_an_issue"
        ),
        # One open draft a kind and case: the newest replaces the one before.
        Index(
            "ix_documents_open_draft",
            "case_id",
            "kind",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        Index("ix_documents_store_id", "store_id"),
    )
