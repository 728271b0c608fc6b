"""Inspections, penalty cases and what they lead to: figures, documents, answers, closed circles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNIT_COLUMNS = (
    "subject_type",
    "stratum",
    "above_threshold",
    "legal_representative",
    "address",
    "active",
)


def upgrade() -> None:
    with op.batch_alter_table("cases") as batch:
        batch.add_column(
            sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_cases_unit_id_units"), "units", ["unit_id"], ["id"])
        batch.create_index(batch.f("ix_cases_unit_id"), ["unit_id"])
    with op.batch_alter_table("cases") as batch:
        batch.alter_column("restricted", server_default=None)
    with op.batch_alter_table("moves") as batch:
        batch.add_column(sa.Column("data", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("moves") as batch:
        batch.alter_column("data", server_default=None)
    with op.batch_alter_table("units") as batch:
        for column in (
            sa.Column("subject_type", sa.String(16), nullable=False, server_default="enterprise"),
            sa.Column("stratum", sa.String(16), nullable=False, server_default=""),
            sa.Column("above_threshold", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("legal_representative", sa.String(60), nullable=False, server_default=""),
            sa.Column("address", sa.String(200), nullable=False, server_default=""),
            sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        ):
            batch.add_column(column)
        batch.create_check_constraint(
            batch.f("ck_units_unit_subject_type"),
            "subject_type IN ('enterprise', 'institution', 'organisation', 'self_employed', "
            "'organ', 'person')",
        )
        batch.create_check_constraint(
            batch.f("ck_units_unit_stratum"),
            "stratum IN ('', 'industry', 'construction', 'trade', 'catering', 'real_estate', "
            "'services', 'investment', 'agriculture', 'other')",
        )
    with op.batch_alter_table("units") as batch:
        for name in UNIT_COLUMNS:
            batch.alter_column(name, server_default=None)
    op.create_table(
        "document_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.String(length=80), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(sha256) = 64", name=op.f("ck_document_templates_template_hashed")
        ),
        sa.CheckConstraint(
            "retired_at IS NULL OR active_from IS NULL OR retired_at >= active_from",
            name=op.f("ck_document_templates_template_retired_after"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"],
            ["organisations.id"],
            name=op.f("fk_document_templates_org_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"],
            ["users.id"],
            name=op.f("fk_document_templates_uploaded_by_id_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_templates")),
        sa.UniqueConstraint(
            "org_id", "kind", "version", name=op.f("uq_document_templates_org_id_kind_version")
        ),
    )
    op.create_index(
        "ix_document_templates_in_use",
        "document_templates",
        ["org_id", "kind"],
        unique=True,
        sqlite_where=sa.text("active_from IS NOT NULL AND retired_at IS NULL"),
        postgresql_where=sa.text("active_from IS NOT NULL AND retired_at IS NULL"),
    )
    op.create_table(
        "inspection_caps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("published_in", sa.String(length=200), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "published_in <> ''", name=op.f("ck_inspection_caps_published_somewhere")
        ),
        sa.CheckConstraint("most >= 0", name=op.f("ck_inspection_caps_most_is_a_count")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_inspection_caps_org_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["users.id"], name=op.f("fk_inspection_caps_set_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_caps")),
        sa.UniqueConstraint("org_id", "year", name=op.f("uq_inspection_caps_org_id_year")),
    )
    op.create_table(
        "number_letters",
        sa.Column("org_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("letter", sa.String(length=12), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("letter <> ''", name=op.f("ck_number_letters_letter_given")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_number_letters_org_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["users.id"], name=op.f("fk_number_letters_set_by_id_users")
        ),
        sa.PrimaryKeyConstraint("org_id", "kind", name=op.f("pk_number_letters")),
    )
    op.create_table(
        "case_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("nature", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("reported", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("due", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("device_key", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "nature IN ('value', 'non_value', 'population', 'births_deaths')",
            name=op.f("ck_case_figures_nature_known"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_case_figures_case_id_cases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_figures")),
        sa.UniqueConstraint("case_id", "line", name=op.f("uq_case_figures_case_id_line")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("store_id", sa.String(length=80), nullable=True),
        sa.Column("media_type", sa.String(length=80), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("voided_by_id", sa.Integer(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "state <> 'issued' OR (store_id IS NOT NULL AND length(sha256) = 64 AND size > 0 AND media_type IS NOT NULL AND issued_by_id IS NOT NULL AND issued_at IS NOT NULL AND issued_on IS NOT NULL)",
            name=op.f("ck_documents_issued_has_file_and_issuer"),
        ),
        sa.CheckConstraint(
            "state <> 'void' OR (void_reason <> '' AND voided_by_id IS NOT NULL AND voided_at IS NOT NULL)",
            name=op.f("ck_documents_void_has_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'replaced', 'issued', 'void')",
            name=op.f("ck_documents_document_state_known"),
        ),
        sa.CheckConstraint(
            "state IN ('issued', 'void') OR (number IS NULL AND store_id IS NULL)",
            name=op.f("ck_documents_draft_has_no_number"),
        ),
        sa.CheckConstraint(
            "number IS NULL OR issued_at IS NOT NULL",
            name=op.f("ck_documents_number_belongs_to_an_issue"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_documents_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["users.id"], name=op.f("fk_documents_issued_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_documents_made_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_documents_org_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["document_templates.id"],
            name=op.f("fk_documents_template_id_document_templates"),
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["users.id"], name=op.f("fk_documents_voided_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("case_id", "kind", "seq", name=op.f("uq_documents_case_id_kind_seq")),
        sa.UniqueConstraint("number", name=op.f("uq_documents_number")),
    )
    op.create_index(
        "ix_documents_open_draft",
        "documents",
        ["case_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index("ix_documents_store_id", "documents", ["store_id"], unique=False)
    op.create_table(
        "unit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("exempt", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('inspection', 'correction_order')", name=op.f("ck_unit_events_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_unit_events_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organ_id"], ["organisations.id"], name=op.f("fk_unit_events_organ_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_unit_events_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_events")),
    )
    op.create_index(op.f("ix_unit_events_case_id"), "unit_events", ["case_id"], unique=False)
    op.create_index(
        "ix_unit_events_unit", "unit_events", ["unit_id", "kind", "happened_on"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_unit_events_unit", table_name="unit_events")
    op.drop_index(op.f("ix_unit_events_case_id"), table_name="unit_events")
    op.drop_table("unit_events")
    op.drop_index("ix_documents_store_id", table_name="documents")
    op.drop_index(
        "ix_documents_open_draft",
        table_name="documents",
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.drop_table("documents")
    op.drop_table("case_figures")
    op.drop_table("number_letters")
    op.drop_table("inspection_caps")
    op.drop_index(
        "ix_document_templates_in_use",
        table_name="document_templates",
        sqlite_where=sa.text("active_from IS NOT NULL AND retired_at IS NULL"),
        postgresql_where=sa.text("active_from IS NOT NULL AND retired_at IS NULL"),
    )
    op.drop_table("document_templates")
    with op.batch_alter_table("units") as batch:
        batch.drop_constraint(batch.f("ck_units_unit_stratum"), type_="check")
        batch.drop_constraint(batch.f("ck_units_unit_subject_type"), type_="check")
        for name in reversed(UNIT_COLUMNS):
            batch.drop_column(name)
    with op.batch_alter_table("moves") as batch:
        batch.drop_column("data")
    with op.batch_alter_table("cases") as batch:
        batch.drop_index(batch.f("ix_cases_unit_id"))
        batch.drop_constraint(batch.f("fk_cases_unit_id_units"), type_="foreignkey")
        batch.drop_column("unit_id")
        batch.drop_column("restricted")
