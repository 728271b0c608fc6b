"""Reminders that survive outages, channels outside the product, calendar editions that can be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CHANNELS = ("inbox", "email", "wecom", "dingtalk", "feishu", "sms")
_STATES = ("queued", "sending", "sent", "failed", "skipped", "unknown")


def upgrade() -> None:
    op.create_table(
        "worker_outages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ended_at > began_at", name=op.f("ck_worker_outages_outage_has_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_outages")),
        sa.UniqueConstraint("began_at", name=op.f("uq_worker_outages_began_at")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_index("ix_calendar_feeds_user_id", "calendar_feeds", ["user_id"])

    op.create_table(
        "clock_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jump", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["users.id"], name=op.f("fk_clock_holds_released_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_holds")),
    )
    op.create_index("ix_clock_holds_open", "clock_holds", ["released_at"])

    op.create_table(
        "notice_choices",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("channels", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("quiet_from", sa.String(length=5), nullable=True),
        sa.Column("quiet_to", sa.String(length=5), nullable=True),
        sa.Column("digest_at", sa.String(length=5), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_to IS NULL)",
            name=op.f("ck_notice_choices_quiet_has_both_ends"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notice_choices_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notice_choices")),
    )
    op.create_table(
        "rung_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.String(length=30), nullable=False),
        sa.Column("rungs", sa.Text(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["users.id"], name=op.f("fk_rung_settings_changed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_rung_settings_org_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rung_settings")),
        sa.UniqueConstraint("org_id", "rule_id", name=op.f("uq_rung_settings_org_id_rule_id")),
    )
    op.create_table(
        "outbox_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('sent', 'failed', 'refused', 'unknown')",
            name=op.f("ck_outbox_attempts_outcome_known"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (ended_at IS NULL)",
            name=op.f("ck_outbox_attempts_ended_with_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox.id"],
            name=op.f("fk_outbox_attempts_outbox_id_outbox"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_attempts")),
        sa.UniqueConstraint("outbox_id", "n", name=op.f("uq_outbox_attempts_outbox_id_n")),
    )
    op.create_table(
        "outbox_items",
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["notices.id"],
            name=op.f("fk_outbox_items_notice_id_notices"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox.id"],
            name=op.f("fk_outbox_items_outbox_id_outbox"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("outbox_id", "notice_id", name=op.f("pk_outbox_items")),
    )
    op.create_index("ix_outbox_items_notice", "outbox_items", ["notice_id"])

    # Written out: so SQLite adds a column instead of copying the whole table.
    for table, column, target in _REFERENCES:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER"
            f" CONSTRAINT fk_{table}_{column}_{target} REFERENCES {target} (id)"
        )
    op.create_index(
        "uq_calendar_editions_reverts_id", "calendar_editions", ["reverts_id"], unique=True
    )
    op.add_column("notices", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("notices", sa.Column("group_key", sa.String(length=40), nullable=True))
    op.create_index("ix_notices_group", "notices", ["user_id", "group_key"])
    for table in ("notices", "reminders"):
        op.add_column(
            table, sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.add_column("outbox", sa.Column("address", sa.String(length=200), nullable=True))
    op.add_column("outbox", sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
    _check_outbox(
        [
            (f"channel IN ({_quoted(_CHANNELS)})", "channel_known"),
            (f"state IN ({_quoted(_STATES)})", "state_known"),
            ("channel <> 'inbox' OR state NOT IN ('sending', 'unknown')", "inbox_is_known"),
        ],
        drop=("channel_known", "state_known"),
    )


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE channel <> 'inbox'")
    _check_outbox(
        [
            ("channel IN ('inbox')", "channel_known"),
            ("state IN ('queued', 'sent', 'failed', 'skipped')", "state_known"),
        ],
        drop=("channel_known", "state_known", "inbox_is_known"),
    )
    op.drop_column("outbox", "claimed_at")
    op.drop_column("outbox", "address")
    for table in ("notices", "reminders"):
        op.drop_column(table, "late")
    op.drop_index("ix_notices_group", "notices")
    op.drop_column("notices", "group_key")
    op.drop_column("notices", "due_on")
    op.drop_index("uq_calendar_editions_reverts_id", "calendar_editions")
    for table, column, _target in reversed(_REFERENCES):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in (
        "outbox_items",
        "outbox_attempts",
        "rung_settings",
        "notice_choices",
        "clock_holds",
        "calendar_feeds",
        "worker_outages",
    ):
        op.drop_table(table)


_REFERENCES = (
    ("calendar_editions", "reverts_id", "calendar_editions"),
    ("calendar_editions", "entered_by_id", "users"),
    ("deadline_facts", "approver_id", "users"),
)


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _check_outbox(wanted: list[tuple[str, str]], drop: tuple[str, ...]) -> None:
    with op.batch_alter_table("outbox") as batch:
        for name in drop:
            batch.drop_constraint(batch.f(f"ck_outbox_{name}"), type_="check")
        for words, name in wanted:
            batch.create_check_constraint(batch.f(f"ck_outbox_{name}"), words)
