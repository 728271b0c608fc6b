"""The spine of every workflow, and what hangs on it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Model, UTCDateTime

# Sorts cases without a running due date after all others. A sort key only, never a due date.
LAST_DAY = date(9999, 12, 31)


class Case(Model):
    """One matter: where it stands, whose turn it is, and until when. Details join by kind."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    number: Mapped[str | None] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(32))
    flow_version: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, default=1)
    region_code: Mapped[str] = mapped_column(String(12), index=True)
    origin_org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    # Where it is passed on level by level: the house between, and the one above the bureau.
    via_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    above_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    # The region of the government bureau that has it; empty while no bureau has it, and for
    # survey teams, whose cases the bureau of the same place does not see.
    scope_code: Mapped[str] = mapped_column(String(12), default="")
    turn_org_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    turn_role: Mapped[str | None] = mapped_column(String(24))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confidentiality: Mapped[int] = mapped_column(SmallInteger, default=1)
    # Before a check is announced only its team and its approvers know of it (实施条例 46).
    restricted: Mapped[bool] = mapped_column(Boolean, default=False)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    channel: Mapped[str] = mapped_column(String(24))
    next_due_on: Mapped[date | None] = mapped_column(Date)
    next_due_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    due_order: Mapped[date] = mapped_column(Date, default=LAST_DAY)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_on: Mapped[date] = mapped_column(Date)
    holder_since: Mapped[date] = mapped_column(Date)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    audit_n: Mapped[int] = mapped_column(Integer, default=0)

    __mapper_args__ = {"polymorphic_on": "kind"}
    __table_args__ = (
        CheckConstraint("confidentiality BETWEEN 0 AND 3", name="confidentiality_known"),
        CheckConstraint("scope_code = '' OR bureau_id IS NOT NULL", name="scope_has_bureau"),
        CheckConstraint(
            "closed_at IS NULL OR (turn_org_id IS NULL AND assignee_id IS NULL)",
            name="closed_is_nobodys_turn",
        ),
        Index("ix_cases_bureau_list", "bureau_id", "kind", "due_order", "id"),
        Index("ix_cases_scope_list", "scope_code", "kind", "due_order", "id"),
        Index("ix_cases_scope_state", "scope_code", "kind", "state", "due_order", "id"),
        Index("ix_cases_bureau_state", "bureau_id", "kind", "state", "due_order", "id"),
        Index("ix_cases_origin_list", "origin_org_id", "kind", "due_order", "id"),
        *(
            # Open cases are few among all; their lists and counts walk nothing else.
            Index(
                f"ix_cases_{name}_open",
                column,
                "kind",
                "due_order",
                "id",
                sqlite_where=text("closed_at IS NULL"),
                postgresql_where=text("closed_at IS NULL"),
            )
            for name, column in (
                ("scope", "scope_code"),
                ("bureau", "bureau_id"),
                ("origin", "origin_org_id"),
            )
        ),
        Index("ix_cases_turn_person", "assignee_id", "due_order", "id"),
        Index("ix_cases_turn_role", "turn_org_id", "turn_role", "assignee_id", "due_order", "id"),
        Index("ix_cases_created_by", "created_by_id", "closed_at", "due_order", "id"),
    )


class CasePerson(Model):
    """A person's part in a case; ended parts stay as history and open nothing."""

    __tablename__ = "case_people"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    part: Mapped[str] = mapped_column(String(24))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index("ix_case_people_case", "case_id", "part", "ended_at"),
        Index("ix_case_people_user", "user_id", "ended_at", "case_id"),
    )


class CaseExcludedOrg(Model):
    """An organisation whose people never see the case: the accused unit's own department."""

    __tablename__ = "case_excluded_orgs"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)


class CaseGuest(Model):
    """An organisation that is invited to a case: its people read it, whatever their place."""

    __tablename__ = "case_guests"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)

    __table_args__ = (Index("ix_case_guests_org", "org_id", "case_id"),)


class Move(Model):
    """One step taken: the history the page shows and four eyes are judged by."""

    __tablename__ = "moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(Integer)
    step: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str | None] = mapped_column(String(32))
    to_state: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
    # What the other side may not read: reasons of triage, findings, names of officers.
    internal: Mapped[bool] = mapped_column(Boolean, default=False)
    # The answers to the step's questions, as JSON; empty for a step that asks nothing.
    data: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("case_id", "seq"),)


class Stay(Model):
    """A stretch of time in one holder's hands; the stays of a case add up to its age."""

    __tablename__ = "stays"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(Integer)
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(String(32))
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)
    stopped_clock: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="ends_after_start"),
    )


class CaseLink(Model):
    """A typed link from one case to another."""

    __tablename__ = "case_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    to_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(400), default="")
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("from_id", "to_id", "kind"),
        CheckConstraint("from_id <> to_id", name="not_itself"),
        CheckConstraint(
            "kind IN ('duplicate', 'same_unit', 'merged_into', 'opened')", name="kind_known"
        ),
    )


class Attachment(Model):
    """A file on a case: its name is data, its bytes lie in the file store under their hash."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(String(40), default="")
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(80))
    store_id: Mapped[str] = mapped_column(String(80))
    # Bureau papers are not shown to the department that sent the lead.
    internal: Mapped[bool] = mapped_column(Boolean, default=False)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
