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


# SQLite takes the newest of the indexes that serve a question as well: that of the open cases.
OPEN = {"bureau": "bureau_id", "origin": "origin_org_id", "scope": "scope_code"}


def _open_ones_last() -> None:
    for name, column in OPEN.items():
        op.drop_index(f"ix_cases_{name}_open", table_name="cases")
        op.create_index(
            f"ix_cases_{name}_open",
            "cases",
            [column, "kind", "due_order", "id"],
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
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
    _open_ones_last()
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
    with op.batch_alter_table("leads") as batch:
        batch.add_column(sa.Column("case_opened_on", sa.Date(), nullable=True))
        batch.drop_constraint(batch.f("ck_leads_outcome_known"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_leads_outcome_known"),
            "outcome IS NULL OR outcome IN "
            "('verify', 'open_case', 'inside', 'refer', 'refuse', 'merge')",
        )
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
        "penalty_settings",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("withdrawal", sa.Boolean(), nullable=False),
        sa.Column("termination", sa.Boolean(), nullable=False),
        sa.Column("suspension", sa.Boolean(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id"],
            ["organisations.id"],
            name=op.f("fk_penalty_settings_bureau_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["users.id"], name=op.f("fk_penalty_settings_set_by_id_users")
        ),
        sa.PrimaryKeyConstraint("bureau_id", name=op.f("pk_penalty_settings")),
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
        "crimes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("matter", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("offence", sa.String(length=200), nullable=True),
        sa.Column("imposed", sa.Text(), nullable=False),
        sa.Column("organ", sa.String(length=120), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "signed_at IS NULL OR (approved_at IS NOT NULL AND signed_at >= approved_at)",
            name=op.f("ck_crimes_signed_after_approval"),
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["cases.id"], name=op.f("fk_crimes_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crimes")),
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
        "inspection_line_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("device_key", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("due", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_inspection_line_changes_case_id_cases"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_inspection_line_changes_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_line_changes")),
        sa.UniqueConstraint(
            "case_id", "device_key", name=op.f("uq_inspection_line_changes_case_id_device_key")
        ),
    )
    op.create_table(
        "inspection_lines",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grounds", sa.String(length=120), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("witness", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "NOT withheld OR remark <> ''", name=op.f("ck_inspection_lines_withholding_described")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_inspection_lines_case_id_cases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("case_id", "line", name=op.f("pk_inspection_lines")),
    )
    op.create_table(
        "inspections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("unit_key", sa.String(length=120), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("matter", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source_paper", sa.String(length=120), nullable=False),
        sa.Column("exemption", sa.String(length=12), nullable=False),
        sa.Column("exemption_basis", sa.String(length=200), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("obstructed", sa.Boolean(), nullable=False),
        sa.Column("recusal_of_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("outcome_reason", sa.Text(), nullable=True),
        sa.Column("correct_by", sa.Date(), nullable=True),
        sa.Column("ordered_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "exemption = 'none' OR exemption_basis <> ''",
            name=op.f("ck_inspections_exempt_on_grounds"),
        ),
        sa.CheckConstraint(
            "exemption IS NULL OR exemption IN ('none', 'superior', 'suspicion')",
            name=op.f("ck_inspections_exemption_known"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('clean', 'order', 'case')",
            name=op.f("ck_inspections_outcome_known"),
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)",
            name=op.f("ck_inspections_approved_by_somebody"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (outcome_reason IS NULL)",
            name=op.f("ck_inspections_outcome_has_reason"),
        ),
        sa.CheckConstraint(
            "entered_on IS NULL OR urgent OR served_on IS NOT NULL",
            name=op.f("ck_inspections_entered_with_notice"),
        ),
        sa.CheckConstraint(
            "ordered_on IS NULL OR correct_by IS NOT NULL",
            name=op.f("ck_inspections_order_has_a_date"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR approved_at IS NOT NULL",
            name=op.f("ck_inspections_result_approved"),
        ),
        sa.CheckConstraint(
            "served_on IS NULL OR approved_at IS NOT NULL",
            name=op.f("ck_inspections_notice_approved"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_inspections_approved_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["cases.id"], name=op.f("fk_inspections_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recusal_of_id"], ["users.id"], name=op.f("fk_inspections_recusal_of_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
    )
    op.create_index(op.f("ix_inspections_unit_key"), "inspections", ["unit_key"], unique=False)
    op.create_table(
        "penalties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(length=10), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("legal_person", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("matter", sa.String(length=80), nullable=False),
        sa.Column("source_from", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("act_from", sa.Date(), nullable=True),
        sa.Column("act_to", sa.Date(), nullable=True),
        sa.Column("limitation_on", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=True),
        sa.Column("aggravated", sa.Boolean(), nullable=False),
        sa.Column("table_id", sa.String(length=40), nullable=False),
        sa.Column("table_case", sa.String(length=60), nullable=False),
        sa.Column("law_id", sa.String(length=20), nullable=False),
        sa.Column("warning", sa.Boolean(), nullable=False),
        sa.Column("circular", sa.Boolean(), nullable=False),
        sa.Column("proposed_fine", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("range_min", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("range_max", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("statute_max", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("range_reason", sa.Text(), nullable=False),
        sa.Column("no_penalty_ground", sa.String(length=12), nullable=True),
        sa.Column("major_interest", sa.Boolean(), nullable=False),
        sa.Column("complicated", sa.Boolean(), nullable=False),
        sa.Column("law_wants_review", sa.Boolean(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("discussed_on", sa.Date(), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("notice_fine", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("hearing_right", sa.Boolean(), nullable=False),
        sa.Column("defended_on", sa.Date(), nullable=True),
        sa.Column("hearing_held_on", sa.Date(), nullable=True),
        sa.Column("notice_over_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_fine", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("collected_fine", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("changed_fine", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("performed_on", sa.Date(), nullable=True),
        sa.Column("court_ruled_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("shown_until", sa.Date(), nullable=True),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("unpublished_on", sa.Date(), nullable=True),
        sa.Column("unpublished_why", sa.Text(), nullable=False),
        sa.Column("closing_reason", sa.String(length=12), nullable=True),
        sa.CheckConstraint(
            "closing_reason IS NULL OR closing_reason IN ('performed', 'court_ruled', 'no_penalty', 'revoked', 'withdrawn', 'terminated')",
            name=op.f("ck_penalties_closing_known"),
        ),
        sa.CheckConstraint(
            "decided_on IS NULL OR outcome <> 'no_penalty' OR decision_fine = 0",
            name=op.f("ck_penalties_no_penalty_is_no_fine"),
        ),
        sa.CheckConstraint(
            "decided_on IS NULL OR procedure = 'summary' OR outcome = 'no_penalty' OR (notice_on IS NOT NULL AND decision_fine <= notice_fine)",
            name=op.f("ck_penalties_never_more_than_was_told"),
        ),
        sa.CheckConstraint(
            "no_penalty_ground IS NULL OR no_penalty_ground IN ('minor', 'first', 'no_fault', 'not_proven', 'too_late')",
            name=op.f("ck_penalties_ground_known"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR (outcome = 'no_penalty') = (no_penalty_ground IS NOT NULL)",
            name=op.f("ck_penalties_no_penalty_has_ground"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('penalty', 'no_penalty')",
            name=op.f("ck_penalties_outcome_known"),
        ),
        sa.CheckConstraint(
            "procedure IN ('ordinary', 'summary')", name=op.f("ck_penalties_procedure_known")
        ),
        sa.CheckConstraint(
            "proposed_fine IS NULL OR range_min IS NULL OR range_reason <> '' OR (proposed_fine >= range_min AND (range_max IS NULL OR proposed_fine <= range_max))",
            name=op.f("ck_penalties_outside_range_has_reason"),
        ),
        sa.CheckConstraint(
            "published_on IS NULL OR (subject <> 'person' AND decided_on IS NOT NULL AND outcome = 'penalty' AND uscc IS NOT NULL AND shown_until IS NOT NULL)",
            name=op.f("ck_penalties_published_is_a_units_penalty"),
        ),
        sa.CheckConstraint(
            "subject IN ('enterprise', 'institution', 'organisation', 'self_employed', 'organ', 'person')",
            name=op.f("ck_penalties_subject_known"),
        ),
        sa.CheckConstraint(
            "subject NOT IN ('organ', 'person') OR (COALESCE(proposed_fine, 0) = 0 AND COALESCE(decision_fine, 0) = 0 AND COALESCE(notice_fine, 0) = 0)",
            name=op.f("ck_penalties_organs_and_persons_are_not_fined"),
        ),
        sa.CheckConstraint(
            "unpublished_on IS NULL OR (published_on IS NOT NULL AND unpublished_why <> '')",
            name=op.f("ck_penalties_withdrawn_with_reason"),
        ),
        sa.CheckConstraint(
            "(decided_on IS NULL) = (decided_by_id IS NULL) AND (decided_on IS NULL) = (decision_fine IS NULL)",
            name=op.f("ck_penalties_decided_iff_all_of_it"),
        ),
        sa.CheckConstraint(
            "(filed_on IS NULL) = (filed_by_id IS NULL)",
            name=op.f("ck_penalties_filed_by_somebody"),
        ),
        sa.CheckConstraint(
            "(notice_on IS NULL) = (notice_fine IS NULL)",
            name=op.f("ck_penalties_notice_names_the_fine"),
        ),
        sa.CheckConstraint(
            "COALESCE(proposed_fine, 0) >= 0 AND COALESCE(decision_fine, 0) >= 0 AND COALESCE(changed_fine, 0) >= 0",
            name=op.f("ck_penalties_fines_are_not_negative"),
        ),
        sa.CheckConstraint(
            "changed_fine IS NULL OR (changed_on IS NOT NULL AND changed_fine <= decision_fine)",
            name=op.f("ck_penalties_review_is_never_heavier"),
        ),
        sa.CheckConstraint(
            "decided_on IS NULL OR outcome IS NOT NULL", name=op.f("ck_penalties_decided_what")
        ),
        sa.CheckConstraint(
            "defended_on IS NULL OR notice_on IS NOT NULL",
            name=op.f("ck_penalties_heard_after_notice"),
        ),
        sa.CheckConstraint(
            "proposed_fine IS NULL OR statute_max IS NULL OR proposed_fine <= statute_max",
            name=op.f("ck_penalties_fine_within_statute"),
        ),
        sa.CheckConstraint(
            "served_on IS NULL OR decided_on IS NOT NULL",
            name=op.f("ck_penalties_served_is_decided"),
        ),
        sa.CheckConstraint(
            "served_on IS NULL OR served_on >= decided_on", name=op.f("ck_penalties_served_after")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_penalties_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["filed_by_id"], ["users.id"], name=op.f("fk_penalties_filed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["cases.id"], name=op.f("fk_penalties_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalties")),
    )
    op.create_index(op.f("ix_penalties_uscc"), "penalties", ["uscc"], unique=False)
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("aims", sa.Text(), nullable=False),
        sa.Column("items", sa.String(length=200), nullable=False),
        sa.Column("check_from", sa.Date(), nullable=False),
        sa.Column("check_to", sa.Date(), nullable=False),
        sa.Column("counties", sa.Integer(), nullable=True),
        sa.Column("townships", sa.Integer(), nullable=True),
        sa.Column("teams", sa.Integer(), nullable=False),
        sa.Column("team_size", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.CheckConstraint("check_from <= check_to", name=op.f("ck_plans_period_runs_forward")),
        sa.CheckConstraint(
            "counties IS NULL OR counties > 0", name=op.f("ck_plans_counties_counted")
        ),
        sa.CheckConstraint("teams > 0 AND team_size > 0", name=op.f("ck_plans_somebody_checks")),
        sa.CheckConstraint(
            "townships IS NULL OR townships > 0", name=op.f("ck_plans_townships_counted")
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["cases.id"], name=op.f("fk_plans_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index(op.f("ix_plans_year"), "plans", ["year"], unique=False)
    op.create_table(
        "recognitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("matter", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("grounds", sa.String(length=80), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.CheckConstraint("subject = 'enterprise'", name=op.f("ck_recognitions_enterprises_only")),
        sa.CheckConstraint(
            "NOT extended OR published_on IS NOT NULL",
            name=op.f("ck_recognitions_only_shown_is_extended"),
        ),
        sa.CheckConstraint(
            "published_on IS NULL OR (decided_on IS NOT NULL AND published_on >= decided_on)",
            name=op.f("ck_recognitions_published_after_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["cases.id"], name=op.f("fk_recognitions_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognitions")),
    )
    op.create_table(
        "sanctions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("matter", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("addressee_kind", sa.String(length=16), nullable=True),
        sa.Column("addressee", sa.String(length=120), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "addressee_kind IS NULL OR addressee_kind IN ('appointing', 'discipline', 'organisation')",
            name=op.f("ck_sanctions_addressee_kind_known"),
        ),
        sa.CheckConstraint(
            "(addressee_kind IS NULL) = (addressee IS NULL)",
            name=op.f("ck_sanctions_addressee_named"),
        ),
        sa.CheckConstraint(
            "received_on IS NULL OR received_on >= sent_on",
            name=op.f("ck_sanctions_received_after"),
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["cases.id"], name=op.f("fk_sanctions_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions")),
    )
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
    op.create_table(
        "evidence_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("quantity", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("keeper", sa.String(length=60), nullable=False),
        sa.Column("proves", sa.String(length=200), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("figure_line", sa.Integer(), nullable=True),
        sa.Column("device_key", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "form IN ('original', 'copy', 'photo', 'recording', 'electronic')",
            name=op.f("ck_evidence_items_form_known"),
        ),
        sa.CheckConstraint(
            "(attachment_id IS NULL) = (sha256 IS NULL)",
            name=op.f("ck_evidence_items_file_is_hashed"),
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_evidence_items_attachment_id_attachments"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_evidence_items_case_id_cases"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["users.id"], name=op.f("fk_evidence_items_taken_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_items")),
        sa.UniqueConstraint(
            "case_id", "device_key", name=op.f("uq_evidence_items_case_id_device_key")
        ),
        sa.UniqueConstraint("case_id", "line", name=op.f("uq_evidence_items_case_id_line")),
    )
    op.create_table(
        "penalty_defence_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_penalty_defence_points_point_answered")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["penalties.id"],
            name=op.f("fk_penalty_defence_points_case_id_penalties"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_defence_points")),
        sa.UniqueConstraint("case_id", "line", name=op.f("uq_penalty_defence_points_case_id_line")),
    )
    op.create_table(
        "penalty_hearings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hearing_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("presider_id", sa.Integer(), nullable=False),
        sa.Column("recorder", sa.String(length=60), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("closed_why", sa.String(length=200), nullable=False),
        sa.Column("notice_by", sa.Date(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("postponed", sa.Boolean(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "public OR closed_why <> ''", name=op.f("ck_penalty_hearings_closed_for_a_reason")
        ),
        sa.CheckConstraint(
            "held_on IS NULL OR NOT postponed", name=op.f("ck_penalty_hearings_held_or_postponed")
        ),
        sa.CheckConstraint(
            "held_on IS NULL OR served_on IS NOT NULL",
            name=op.f("ck_penalty_hearings_held_after_notice"),
        ),
        sa.CheckConstraint(
            "served_on IS NULL OR served_on <= notice_by",
            name=op.f("ck_penalty_hearings_told_in_time"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["penalties.id"],
            name=op.f("fk_penalty_hearings_case_id_penalties"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["presider_id"], ["users.id"], name=op.f("fk_penalty_hearings_presider_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_hearings")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_penalty_hearings_case_id_seq")),
    )
    op.create_table(
        "penalty_instalments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_penalty_instalments_instalment_positive")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["penalties.id"],
            name=op.f("fk_penalty_instalments_case_id_penalties"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"],
            ["deadlines.id"],
            name=op.f("fk_penalty_instalments_deadline_id_deadlines"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_instalments")),
        sa.UniqueConstraint("case_id", "line", name=op.f("uq_penalty_instalments_case_id_line")),
    )
    op.create_table(
        "penalty_missing_items",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("explained_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reason <> ''", name=op.f("ck_penalty_missing_items_missing_with_reason")
        ),
        sa.CheckConstraint(
            "item BETWEEN 1 AND 19", name=op.f("ck_penalty_missing_items_item_of_the_index")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["penalties.id"],
            name=op.f("fk_penalty_missing_items_case_id_penalties"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["explained_by_id"],
            ["users.id"],
            name=op.f("fk_penalty_missing_items_explained_by_id_users"),
        ),
        sa.PrimaryKeyConstraint("case_id", "item", name=op.f("pk_penalty_missing_items")),
    )
    op.create_table(
        "penalty_payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("voucher", sa.String(length=80), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "way IN ('bank', 'spot', 'court')", name=op.f("ck_penalty_payments_way_known")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_penalty_payments_payment_positive")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["penalties.id"],
            name=op.f("fk_penalty_payments_case_id_penalties"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_penalty_payments_recorded_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_payments")),
    )
    op.create_index(
        op.f("ix_penalty_payments_case_id"), "penalty_payments", ["case_id"], unique=False
    )
    op.create_table(
        "penalty_recusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("replacement_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(granted IS NULL) = (decided_on IS NULL) AND (granted IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_penalty_recusals_recusal_decided_by_one"),
        ),
        sa.CheckConstraint(
            "granted IS NULL OR NOT granted OR replacement_id IS NOT NULL",
            name=op.f("ck_penalty_recusals_recused_is_replaced"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["penalties.id"],
            name=op.f("fk_penalty_recusals_case_id_penalties"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_penalty_recusals_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["replacement_id"], ["users.id"], name=op.f("fk_penalty_recusals_replacement_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_penalty_recusals_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_recusals")),
    )
    op.create_index(
        op.f("ix_penalty_recusals_case_id"), "penalty_recusals", ["case_id"], unique=False
    )
    op.create_table(
        "penalty_remedies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("organ", sa.String(length=120), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("summary", sa.Boolean(), nullable=False),
        sa.Column("copy_on", sa.Date(), nullable=True),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=10), nullable=True),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('review', 'suit')", name=op.f("ck_penalty_remedies_remedy_known")
        ),
        sa.CheckConstraint(
            "result IS NULL OR result IN ('upheld', 'changed', 'revoked', 'dropped')",
            name=op.f("ck_penalty_remedies_result_known"),
        ),
        sa.CheckConstraint(
            "(result IS NULL) = (result_on IS NULL)",
            name=op.f("ck_penalty_remedies_result_has_day"),
        ),
        sa.CheckConstraint(
            "result_on IS NULL OR result_on >= filed_on",
            name=op.f("ck_penalty_remedies_result_after_filing"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["penalties.id"],
            name=op.f("fk_penalty_remedies_case_id_penalties"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_remedies")),
    )
    op.create_index(
        op.f("ix_penalty_remedies_case_id"), "penalty_remedies", ["case_id"], unique=False
    )
    op.create_table(
        "penalty_services",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("manner", sa.String(length=12), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("refusal", sa.String(length=200), nullable=False),
        sa.Column("witness", sa.String(length=80), nullable=False),
        sa.Column("consented", sa.Boolean(), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("cause", sa.String(length=400), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "manner <> 'electronic' OR consented",
            name=op.f("ck_penalty_services_electronic_by_consent"),
        ),
        sa.CheckConstraint(
            "manner <> 'left' OR witness <> ''",
            name=op.f("ck_penalty_services_left_before_a_witness"),
        ),
        sa.CheckConstraint(
            "manner <> 'public' OR (announced_on IS NOT NULL AND cause <> '')",
            name=op.f("ck_penalty_services_announced_with_cause"),
        ),
        sa.CheckConstraint(
            "manner = 'public' OR served_on IS NOT NULL",
            name=op.f("ck_penalty_services_served_on_a_day"),
        ),
        sa.CheckConstraint(
            "manner IN ('direct', 'left', 'post', 'electronic', 'entrusted', 'public')",
            name=op.f("ck_penalty_services_manner_known"),
        ),
        sa.CheckConstraint(
            "what IN ('notice', 'hearing_notice', 'decision', 'no_penalty', 'demand', 'inquiry')",
            name=op.f("ck_penalty_services_paper_known"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["penalties.id"],
            name=op.f("fk_penalty_services_case_id_penalties"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_penalty_services_recorded_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_services")),
    )
    op.create_index(
        op.f("ix_penalty_services_case_id"), "penalty_services", ["case_id"], unique=False
    )
    op.create_table(
        "plan_directed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("months", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "kind IN ('special', 'focused', 'lead')", name=op.f("ck_plan_directed_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plans.id"],
            name=op.f("fk_plan_directed_plan_id_plans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_directed")),
    )
    op.create_index(op.f("ix_plan_directed_plan_id"), "plan_directed", ["plan_id"], unique=False)
    op.create_table(
        "plan_draws",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("drawer_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("monitor_id", sa.Integer(), nullable=False),
        sa.Column("frame", sa.Text(), nullable=False),
        sa.Column("frame_version", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'confirmed') = (confirmed_at IS NOT NULL)",
            name=op.f("ck_plan_draws_confirmed_once"),
        ),
        sa.CheckConstraint(
            "(status = 'void') = (void_reason IS NOT NULL)",
            name=op.f("ck_plan_draws_void_has_reason"),
        ),
        sa.CheckConstraint(
            "status IN ('frozen', 'drawn', 'confirmed', 'void')",
            name=op.f("ck_plan_draws_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('drawn', 'confirmed') OR record IS NOT NULL",
            name=op.f("ck_plan_draws_drawn_has_record"),
        ),
        sa.CheckConstraint(
            "(record IS NULL) = (seal IS NULL) AND (record IS NULL) = (number IS NULL) AND (record IS NULL) = (drawn_at IS NULL)",
            name=op.f("ck_plan_draws_drawn_as_a_whole"),
        ),
        sa.CheckConstraint(
            "drawer_id <> second_id AND drawer_id <> monitor_id AND second_id <> monitor_id",
            name=op.f("ck_plan_draws_three_people"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_plan_draws_days_run_forward")),
        sa.ForeignKeyConstraint(
            ["drawer_id"], ["users.id"], name=op.f("fk_plan_draws_drawer_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["monitor_id"], ["users.id"], name=op.f("fk_plan_draws_monitor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_draws_plan_id_plans"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["users.id"], name=op.f("fk_plan_draws_second_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_draws")),
        sa.UniqueConstraint("number", name=op.f("uq_plan_draws_number")),
        sa.UniqueConstraint("plan_id", "seq", name=op.f("uq_plan_draws_plan_id_seq")),
    )
    op.create_index(
        "ix_plan_draws_one_open",
        "plan_draws",
        ["plan_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('frozen', 'drawn')"),
        postgresql_where=sa.text("status IN ('frozen', 'drawn')"),
    )
    op.create_table(
        "plan_objects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "stratum IN ('industry', 'commerce', 'projects', 'construction', 'real_estate', 'other')",
            name=op.f("ck_plan_objects_stratum_known"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plans.id"],
            name=op.f("fk_plan_objects_plan_id_plans"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_plan_objects_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_objects")),
        sa.UniqueConstraint("plan_id", "unit_id", name=op.f("uq_plan_objects_plan_id_unit_id")),
    )
    op.create_index(op.f("ix_plan_objects_unit_id"), "plan_objects", ["unit_id"], unique=False)
    op.create_table(
        "plan_officers",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plans.id"],
            name=op.f("fk_plan_officers_plan_id_plans"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_plan_officers_user_id_users")
        ),
        sa.PrimaryKeyConstraint("plan_id", "user_id", name=op.f("pk_plan_officers")),
    )
    op.create_table(
        "plan_recusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_plan_recusals_entered_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plans.id"],
            name=op.f("fk_plan_recusals_plan_id_plans"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_plan_recusals_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_plan_recusals_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_recusals")),
        sa.UniqueConstraint(
            "plan_id", "user_id", "unit_id", name=op.f("uq_plan_recusals_plan_id_user_id_unit_id")
        ),
    )
    op.create_table(
        "plan_strata",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "code IN ('industry', 'commerce', 'projects', 'construction', 'real_estate', 'other')",
            name=op.f("ck_plan_strata_stratum_known"),
        ),
        sa.CheckConstraint("count > 0", name=op.f("ck_plan_strata_count_is_one_at_least")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_strata_plan_id_plans"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "code", name=op.f("pk_plan_strata")),
    )
    op.create_table(
        "push_receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recognition_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("destination", sa.String(length=32), nullable=False),
        sa.Column("pushed_on", sa.Date(), nullable=False),
        sa.Column("receipt", sa.String(length=120), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('publish', 'remove')", name=op.f("ck_push_receipts_purpose_known")
        ),
        sa.CheckConstraint("receipt <> ''", name=op.f("ck_push_receipts_receipt_given")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_push_receipts_made_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["recognition_id"],
            ["recognitions.id"],
            name=op.f("fk_push_receipts_recognition_id_recognitions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_receipts")),
        sa.UniqueConstraint(
            "recognition_id",
            "purpose",
            "destination",
            name=op.f("uq_push_receipts_recognition_id_purpose_destination"),
        ),
    )
    op.create_table(
        "sanction_persons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sanction_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("post", sa.String(length=80), nullable=False),
        sa.Column("rank", sa.String(length=16), nullable=False),
        sa.Column("responsibility", sa.String(length=20), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("article", sa.String(length=120), nullable=False),
        sa.Column("proposal", sa.String(length=120), nullable=False),
        sa.Column("no_result", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "rank IN ('prefecture', 'county', 'township', 'staff', 'other')",
            name=op.f("ck_sanction_persons_rank_known"),
        ),
        sa.CheckConstraint(
            "responsibility IN ('direct', 'main_leader', 'important_leader')",
            name=op.f("ck_sanction_persons_responsibility_known"),
        ),
        sa.ForeignKeyConstraint(
            ["sanction_id"],
            ["sanctions.id"],
            name=op.f("fk_sanction_persons_sanction_id_sanctions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction_persons")),
        sa.UniqueConstraint(
            "sanction_id", "line", name=op.f("uq_sanction_persons_sanction_id_line")
        ),
    )
    op.create_table(
        "plan_drawn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["plan_draws.id"],
            name=op.f("fk_plan_drawn_draw_id_plan_draws"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organ_id"], ["organisations.id"], name=op.f("fk_plan_drawn_organ_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["cases.id"], name=op.f("fk_plan_drawn_task_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_plan_drawn_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_drawn")),
        sa.UniqueConstraint("draw_id", "unit_id", name=op.f("uq_plan_drawn_draw_id_unit_id")),
        sa.UniqueConstraint("task_id", name=op.f("uq_plan_drawn_task_id")),
    )
    op.create_index(op.f("ix_plan_drawn_unit_id"), "plan_drawn", ["unit_id"], unique=False)
    op.create_table(
        "preservations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_for_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=True),
        sa.Column("kept_at", sa.String(length=120), nullable=False),
        sa.Column("keeper", sa.String(length=60), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=True),
        sa.Column("approval_deadline_id", sa.Integer(), nullable=True),
        sa.Column("disposal", sa.String(length=12), nullable=True),
        sa.Column("disposal_reason", sa.String(length=400), nullable=False),
        sa.Column("disposed_on", sa.Date(), nullable=True),
        sa.Column("disposed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "disposal IN ('released', 'copied', 'filed', 'handed_over')",
            name=op.f("ck_preservations_disposal_known"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_preservations_decided_by_one"),
        ),
        sa.CheckConstraint(
            "(disposal IS NULL) = (disposed_on IS NULL)",
            name=op.f("ck_preservations_disposal_has_day"),
        ),
        sa.CheckConstraint(
            "(kept_on IS NULL) = (deadline_id IS NULL)",
            name=op.f("ck_preservations_kept_has_clock"),
        ),
        sa.CheckConstraint(
            "disposal IS NULL OR (kept_on IS NOT NULL AND disposed_by_id IS NOT NULL)",
            name=op.f("ck_preservations_only_kept_is_disposed"),
        ),
        sa.CheckConstraint(
            "kept_on IS NULL OR urgent OR decided_at IS NOT NULL",
            name=op.f("ck_preservations_kept_with_approval"),
        ),
        sa.ForeignKeyConstraint(
            ["approval_deadline_id"],
            ["deadlines.id"],
            name=op.f("fk_preservations_approval_deadline_id_deadlines"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_preservations_asked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["asked_for_id"], ["users.id"], name=op.f("fk_preservations_asked_for_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_preservations_deadline_id_deadlines")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_preservations_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["disposed_by_id"], ["users.id"], name=op.f("fk_preservations_disposed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["evidence_items.id"],
            name=op.f("fk_preservations_item_id_evidence_items"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preservations")),
        sa.UniqueConstraint("item_id", name=op.f("uq_preservations_item_id")),
    )
    op.create_table(
        "sanction_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=80), nullable=False),
        sa.CheckConstraint("document <> ''", name=op.f("ck_sanction_results_document_given")),
        sa.CheckConstraint(
            "kind IN ('party', 'governmental', 'organisational')",
            name=op.f("ck_sanction_results_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["sanction_persons.id"],
            name=op.f("fk_sanction_results_person_id_sanction_persons"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction_results")),
        sa.UniqueConstraint(
            "person_id",
            "kind",
            "document",
            name=op.f("uq_sanction_results_person_id_kind_document"),
        ),
    )


def downgrade() -> None:
    op.drop_table("sanction_results")
    op.drop_table("preservations")
    op.drop_index(op.f("ix_plan_drawn_unit_id"), table_name="plan_drawn")
    op.drop_table("plan_drawn")
    op.drop_table("sanction_persons")
    op.drop_table("push_receipts")
    op.drop_table("plan_strata")
    op.drop_table("plan_recusals")
    op.drop_table("plan_officers")
    op.drop_index(op.f("ix_plan_objects_unit_id"), table_name="plan_objects")
    op.drop_table("plan_objects")
    op.drop_index(
        "ix_plan_draws_one_open",
        table_name="plan_draws",
        sqlite_where=sa.text("status IN ('frozen', 'drawn')"),
        postgresql_where=sa.text("status IN ('frozen', 'drawn')"),
    )
    op.drop_table("plan_draws")
    op.drop_index(op.f("ix_plan_directed_plan_id"), table_name="plan_directed")
    op.drop_table("plan_directed")
    op.drop_index(op.f("ix_penalty_services_case_id"), table_name="penalty_services")
    op.drop_table("penalty_services")
    op.drop_index(op.f("ix_penalty_remedies_case_id"), table_name="penalty_remedies")
    op.drop_table("penalty_remedies")
    op.drop_index(op.f("ix_penalty_recusals_case_id"), table_name="penalty_recusals")
    op.drop_table("penalty_recusals")
    op.drop_index(op.f("ix_penalty_payments_case_id"), table_name="penalty_payments")
    op.drop_table("penalty_payments")
    op.drop_table("penalty_missing_items")
    op.drop_table("penalty_instalments")
    op.drop_table("penalty_hearings")
    op.drop_table("penalty_defence_points")
    op.drop_table("evidence_items")
    op.drop_index("ix_unit_events_unit", table_name="unit_events")
    op.drop_index(op.f("ix_unit_events_case_id"), table_name="unit_events")
    op.drop_table("unit_events")
    op.drop_table("sanctions")
    op.drop_table("recognitions")
    op.drop_index(op.f("ix_plans_year"), table_name="plans")
    op.drop_table("plans")
    op.drop_index(op.f("ix_penalties_uscc"), table_name="penalties")
    op.drop_table("penalties")
    op.drop_index(op.f("ix_inspections_unit_key"), table_name="inspections")
    op.drop_table("inspections")
    op.drop_table("inspection_lines")
    op.drop_table("inspection_line_changes")
    op.drop_index("ix_documents_store_id", table_name="documents")
    op.drop_index(
        "ix_documents_open_draft",
        table_name="documents",
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.drop_table("documents")
    op.drop_table("crimes")
    op.drop_table("case_figures")
    op.drop_table("penalty_settings")
    op.drop_table("number_letters")
    op.drop_table("inspection_caps")
    op.drop_index(
        "ix_document_templates_in_use",
        table_name="document_templates",
        sqlite_where=sa.text("active_from IS NOT NULL AND retired_at IS NULL"),
        postgresql_where=sa.text("active_from IS NOT NULL AND retired_at IS NULL"),
    )
    op.drop_table("document_templates")
    op.execute("UPDATE leads SET outcome = 'verify' WHERE outcome = 'open_case'")
    with op.batch_alter_table("leads") as batch:
        batch.drop_constraint(batch.f("ck_leads_outcome_known"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_leads_outcome_known"),
            "outcome IS NULL OR outcome IN ('verify', 'inside', 'refer', 'refuse', 'merge')",
        )
        batch.drop_column("case_opened_on")
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
    _open_ones_last()
