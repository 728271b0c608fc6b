"""The workplace: saved views, what was read, many steps at once, texts of files, the search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# What everybody who sees a case may find it by, and what its house may; the words there were so far
# are both. On SQLite the table is made anew, on PostgreSQL it gets another column.
UP = {
    "sqlite": (
        "ALTER TABLE cases_fts RENAME TO cases_fts_old",
        "CREATE VIRTUAL TABLE cases_fts USING fts5(shared, house, tokenize = 'unicode61')",
        "INSERT INTO cases_fts (rowid, shared, house) SELECT rowid, tokens, tokens FROM cases_fts_old",
        "DROP TABLE cases_fts_old",
    ),
    "postgresql": (
        "DROP INDEX ix_cases_fts_tokens",
        "ALTER TABLE cases_fts RENAME COLUMN tokens TO shared",
        "ALTER TABLE cases_fts ADD COLUMN house tsvector",
        "UPDATE cases_fts SET house = shared",
        "ALTER TABLE cases_fts ALTER COLUMN house SET NOT NULL",
        "CREATE INDEX ix_cases_fts_shared ON cases_fts USING gin (shared)",
        "CREATE INDEX ix_cases_fts_house ON cases_fts USING gin (house)",
    ),
}
DOWN = {
    "sqlite": (
        "ALTER TABLE cases_fts RENAME TO cases_fts_new",
        "CREATE VIRTUAL TABLE cases_fts USING fts5(tokens, tokenize = 'unicode61')",
        "INSERT INTO cases_fts (rowid, tokens) SELECT rowid, shared FROM cases_fts_new",
        "DROP TABLE cases_fts_new",
    ),
    "postgresql": (
        "DROP INDEX ix_cases_fts_house",
        "DROP INDEX ix_cases_fts_shared",
        "ALTER TABLE cases_fts DROP COLUMN house",
        "ALTER TABLE cases_fts RENAME COLUMN shared TO tokens",
        "CREATE INDEX ix_cases_fts_tokens ON cases_fts USING gin (tokens)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "bulk_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("args", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('chosen', 'running', 'done', 'dropped')",
            name=op.f("ck_bulk_runs_state_known"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bulk_runs_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_runs")),
    )
    with op.batch_alter_table("bulk_runs") as batch:
        batch.create_index(batch.f("ix_bulk_runs_user_id"), ["user_id"], unique=False)

    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("shared_org_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("args", sa.String(length=1000), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_views_has_a_name")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_saved_views_owner_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["shared_org_id"],
            ["organisations.id"],
            name=op.f("fk_saved_views_shared_org_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_views_owner_id_name")),
    )
    with op.batch_alter_table("saved_views") as batch:
        batch.create_index(batch.f("ix_saved_views_owner_id"), ["owner_id"], unique=False)
        batch.create_index(batch.f("ix_saved_views_shared_org_id"), ["shared_org_id"], unique=False)

    op.create_table(
        "bulk_rows",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "result IN ('waiting', 'done', 'refused')", name=op.f("ck_bulk_rows_result_known")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_bulk_rows_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["bulk_runs.id"],
            name=op.f("fk_bulk_rows_run_id_bulk_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "seq", name=op.f("pk_bulk_rows")),
        sa.UniqueConstraint("run_id", "case_id", name=op.f("uq_bulk_rows_run_id_case_id")),
    )
    op.create_table(
        "case_seen",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_seen_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_seen_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "case_id", name=op.f("pk_case_seen")),
    )
    with op.batch_alter_table("case_seen") as batch:
        batch.create_index("ix_case_seen_case", ["case_id"], unique=False)

    op.create_table(
        "file_texts",
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('read', 'none', 'failed')", name=op.f("ck_file_texts_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_file_texts_attachment_id_attachments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_file_texts")),
    )
    op.create_table(
        "spoken_names",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column(
            "word",
            sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("ref", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "word", "ref", name=op.f("pk_spoken_names")),
    )
    with op.batch_alter_table("spoken_names") as batch:
        batch.create_index("ix_spoken_names_ref", ["kind", "ref"], unique=False)

    with op.batch_alter_table("delegations") as batch:
        batch.add_column(
            sa.Column("kinds", sa.String(length=400), server_default="", nullable=False)
        )
        batch.add_column(
            sa.Column("roles", sa.String(length=200), server_default="", nullable=False)
        )
    for statement in UP[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table("delegations") as batch:
        batch.drop_column("roles")
        batch.drop_column("kinds")

    with op.batch_alter_table("spoken_names") as batch:
        batch.drop_index("ix_spoken_names_ref")

    op.drop_table("spoken_names")
    op.drop_table("file_texts")
    with op.batch_alter_table("case_seen") as batch:
        batch.drop_index("ix_case_seen_case")

    op.drop_table("case_seen")
    op.drop_table("bulk_rows")
    with op.batch_alter_table("saved_views") as batch:
        batch.drop_index(batch.f("ix_saved_views_shared_org_id"))
        batch.drop_index(batch.f("ix_saved_views_owner_id"))

    op.drop_table("saved_views")
    with op.batch_alter_table("bulk_runs") as batch:
        batch.drop_index(batch.f("ix_bulk_runs_user_id"))

    op.drop_table("bulk_runs")
