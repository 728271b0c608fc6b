"""Statisticians, filings of their changes, staffing gaps, training years and sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

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
        batch.add_column(sa.Column("via_org_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("above_org_id", sa.Integer(), nullable=True))
        batch.create_index(batch.f("ix_cases_above_org_id"), ["above_org_id"], unique=False)
        batch.create_index(batch.f("ix_cases_via_org_id"), ["via_org_id"], unique=False)
        batch.create_foreign_key(
            batch.f("fk_cases_via_org_id_organisations"), "organisations", ["via_org_id"], ["id"]
        )
        batch.create_foreign_key(
            batch.f("fk_cases_above_org_id_organisations"),
            "organisations",
            ["above_org_id"],
            ["id"],
        )
    _open_ones_last()
    op.create_table(
        "place_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source <> ''", name=op.f("ck_place_counts_place_count_source")),
        sa.CheckConstraint("count >= 0", name=op.f("ck_place_counts_place_count")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_place_counts_entered_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_counts")),
        sa.UniqueConstraint("region_code", "as_of", name=op.f("uq_place_counts_region_code_as_of")),
    )
    op.create_table(
        "staff_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("phase", sa.String(length=12), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(sealed IS NULL) = (phase IN ('refused', 'written', 'dropped'))",
            name=op.f("ck_staff_imports_import_sealed"),
        ),
        sa.CheckConstraint(
            "phase IN ('checking', 'refused', 'checked', 'written', 'dropped')",
            name=op.f("ck_staff_imports_import_phase"),
        ),
        sa.CheckConstraint(
            "rows_done <= rows_total", name=op.f("ck_staff_imports_import_progress")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_staff_imports_org_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_staff_imports_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_imports")),
    )
    op.create_table(
        "staff_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", sa.String(length=60), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("education", sa.String(length=20), nullable=False),
        sa.Column("rank", sa.String(length=8), nullable=False),
        sa.Column("number_mask", sa.String(length=18), nullable=False),
        sa.Column("number_hash", sa.String(length=64), nullable=True),
        sa.Column("number_seal", sa.JSON(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "number_hash IS NULL OR number_mask <> ''",
            name=op.f("ck_staff_people_person_number_masked"),
        ),
        sa.CheckConstraint(
            "rank IN ('', 'junior', 'middle', 'senior')", name=op.f("ck_staff_people_person_rank")
        ),
        sa.CheckConstraint(
            "length(region_code) = 12", name=op.f("ck_staff_people_person_region_length")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_staff_people_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_people")),
        sa.UniqueConstraint("number_hash", name=op.f("uq_staff_people_number_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_staff_people_user_id")),
    )
    with op.batch_alter_table("staff_people") as batch:
        batch.create_index("ix_staff_people_name_key", ["name_key"], unique=False)
        batch.create_index("ix_staff_people_region_code", ["region_code", "id"], unique=False)

    op.create_table(
        "case_guests",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_guests_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_case_guests_org_id_organisations")
        ),
        sa.PrimaryKeyConstraint("case_id", "org_id", name=op.f("pk_case_guests")),
    )
    with op.batch_alter_table("case_guests") as batch:
        batch.create_index("ix_case_guests_org", ["org_id", "case_id"], unique=False)

    op.create_table(
        "programmes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("house_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("budget", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("by_clock", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "budget IS NULL OR budget >= 0", name=op.f("ck_programmes_programme_budget")
        ),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_programmes_programme_year")),
        sa.ForeignKeyConstraint(
            ["house_id"], ["organisations.id"], name=op.f("fk_programmes_house_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["cases.id"], name=op.f("fk_programmes_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("house_id", "year", name=op.f("uq_programmes_house_id_year")),
    )
    op.create_table(
        "staff_holdings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("org_id", sa.Integer(), nullable=True),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("full_time", sa.Boolean(), nullable=False),
        sa.Column("on_payroll", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=12), nullable=False),
        sa.Column("leave_from", sa.Date(), nullable=True),
        sa.Column("leave_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(until IS NULL) = (end_reason = '')", name=op.f("ck_staff_holdings_holding_ended_why")
        ),
        sa.CheckConstraint(
            "duty IN ('statistician', 'lead', 'liaison', 'helper')",
            name=op.f("ck_staff_holdings_holding_duty"),
        ),
        sa.CheckConstraint(
            "confirmed_on IS NULL OR confirmed_on >= since",
            name=op.f("ck_staff_holdings_holding_confirmed"),
        ),
        sa.CheckConstraint(
            "leave_to IS NULL OR (leave_from IS NOT NULL AND leave_to >= leave_from)",
            name=op.f("ck_staff_holdings_holding_leave"),
        ),
        sa.CheckConstraint(
            "length(region_code) = 12", name=op.f("ck_staff_holdings_holding_region_length")
        ),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_staff_holdings_holding_period")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["cases.id"], name=op.f("fk_staff_holdings_ended_by_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["cases.id"], name=op.f("fk_staff_holdings_opened_by_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_staff_holdings_org_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["staff_people.id"],
            name=op.f("fk_staff_holdings_person_id_staff_people"),
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["staff_people.id"],
            name=op.f("fk_staff_holdings_successor_id_staff_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_holdings")),
    )
    with op.batch_alter_table("staff_holdings") as batch:
        batch.create_index("ix_staff_holdings_org", ["org_id", "until"], unique=False)
        batch.create_index(batch.f("ix_staff_holdings_person_id"), ["person_id"], unique=False)
        batch.create_index("ix_staff_holdings_place", ["region_code", "until"], unique=False)

    op.create_table(
        "staff_qualifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("obtained_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "expires_on IS NULL OR expires_on >= obtained_on",
            name=op.f("ck_staff_qualifications_qualified_for"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["staff_people.id"],
            name=op.f("fk_staff_qualifications_person_id_staff_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_qualifications")),
        sa.UniqueConstraint(
            "person_id",
            "name",
            "number",
            name=op.f("uq_staff_qualifications_person_id_name_number"),
        ),
    )
    with op.batch_alter_table("staff_qualifications") as batch:
        batch.create_index(
            batch.f("ix_staff_qualifications_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "training_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("hours", sa.Numeric(precision=6, scale=1), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("certificate_no", sa.String(length=60), nullable=False),
        sa.Column("organiser", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "source <> 'session' OR case_id IS NOT NULL",
            name=op.f("ck_training_records_training_of_session"),
        ),
        sa.CheckConstraint(
            "source IN ('session', 'import', 'hand')",
            name=op.f("ck_training_records_training_source"),
        ),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_training_records_training_hours")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_training_records_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["staff_people.id"],
            name=op.f("fk_training_records_person_id_staff_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_records")),
        sa.UniqueConstraint(
            "person_id", "case_id", name=op.f("uq_training_records_person_id_case_id")
        ),
    )
    with op.batch_alter_table("training_records") as batch:
        batch.create_index(batch.f("ix_training_records_case_id"), ["case_id"], unique=False)
        batch.create_index("ix_training_records_person", ["person_id", "held_on"], unique=False)

    op.create_table(
        "trainings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("venue", sa.String(length=120), nullable=False),
        sa.Column("teacher", sa.String(length=60), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enrol_by", sa.Date(), nullable=True),
        sa.Column("hours", sa.Numeric(precision=5, scale=1), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=True),
        sa.Column("sign_key", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_trainings_training_when")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_trainings_training_time")),
        sa.CheckConstraint("hours > 0 AND quota > 0", name=op.f("ck_trainings_training_some")),
        sa.CheckConstraint(
            "pass_mark IS NULL OR pass_mark BETWEEN 1 AND 100",
            name=op.f("ck_trainings_training_mark"),
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["cases.id"], name=op.f("fk_trainings_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainings")),
    )
    op.create_table(
        "vacancies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=24), nullable=False),
        sa.Column("norm_id", sa.String(length=40), nullable=False),
        sa.Column("required", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("plan_until", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "ended_on IS NULL OR ended_on >= since", name=op.f("ck_vacancies_vacancy_period")
        ),
        sa.CheckConstraint("present < required", name=op.f("ck_vacancies_vacancy_short")),
        sa.ForeignKeyConstraint(
            ["id"], ["cases.id"], name=op.f("fk_vacancies_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancies")),
    )
    with op.batch_alter_table("vacancies") as batch:
        batch.create_index(
            "uq_vacancies_open",
            ["subject"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "enrolments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.Integer(), nullable=True),
        sa.Column("standing", sa.String(length=12), nullable=False),
        sa.Column("must", sa.String(length=8), nullable=False),
        sa.Column("excuse", sa.String(length=200), nullable=False),
        sa.Column("enrolled_by_id", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_way", sa.String(length=4), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("resit", sa.Integer(), nullable=True),
        sa.Column("hours", sa.Numeric(precision=5, scale=1), nullable=True),
        sa.Column("certificate_no", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "sign_way IN ('', 'qr', 'list')", name=op.f("ck_enrolments_enrolment_way")
        ),
        sa.CheckConstraint(
            "standing IN ('listed', 'waiting', 'withdrawn', 'excused')",
            name=op.f("ck_enrolments_enrolment_standing"),
        ),
        sa.CheckConstraint(
            "(score IS NULL OR score BETWEEN 0 AND 100) AND (resit IS NULL OR (score IS NOT NULL AND resit BETWEEN 0 AND 100))",
            name=op.f("ck_enrolments_enrolment_marks"),
        ),
        sa.CheckConstraint(
            "signed_out_at IS NULL OR signed_in_at IS NOT NULL",
            name=op.f("ck_enrolments_enrolment_in_first"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["trainings.id"],
            name=op.f("fk_enrolments_case_id_trainings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["enrolled_by_id"], ["users.id"], name=op.f("fk_enrolments_enrolled_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_enrolments_org_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["staff_people.id"], name=op.f("fk_enrolments_person_id_staff_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_enrolments_case_id_person_id")),
    )
    with op.batch_alter_table("enrolments") as batch:
        batch.create_index(batch.f("ix_enrolments_person_id"), ["person_id"], unique=False)

    op.create_table(
        "filings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=8), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("mode_rule", sa.String(length=32), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("place_org_id", sa.Integer(), nullable=True),
        sa.Column("holding_id", sa.Integer(), nullable=True),
        sa.Column("outgoing_id", sa.Integer(), nullable=True),
        sa.Column("incoming_id", sa.Integer(), nullable=True),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.Column("post_title", sa.String(length=60), nullable=False),
        sa.Column("full_time", sa.Boolean(), nullable=False),
        sa.Column("on_payroll", sa.Boolean(), nullable=False),
        sa.Column("new_holding_id", sa.Integer(), nullable=True),
        sa.Column("overseer", sa.String(length=60), nullable=False),
        sa.Column("destination", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("gap_plan", sa.Text(), nullable=False),
        sa.Column("gap_until", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("leave_to", sa.Date(), nullable=True),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("receipt_via", sa.String(length=40), nullable=False),
        sa.Column("receipt_no", sa.String(length=40), nullable=False),
        sa.Column("receipt_above", sa.String(length=40), nullable=False),
        sa.Column("irregular", sa.Boolean(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=True),
        sa.Column("rectified_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "change IN ('out', 'in', 'move', 'leave', 'lead')",
            name=op.f("ck_filings_filing_change"),
        ),
        sa.CheckConstraint(
            "consented_on IS NULL OR mode = 'consent'",
            name=op.f("ck_filings_filing_consent_only_then"),
        ),
        sa.CheckConstraint("mode IN ('consent', 'filing')", name=op.f("ck_filings_filing_mode")),
        sa.CheckConstraint(
            "(found_on IS NOT NULL) = irregular", name=op.f("ck_filings_filing_found")
        ),
        sa.CheckConstraint(
            "outgoing_id IS NOT NULL OR incoming_id IS NOT NULL OR irregular",
            name=op.f("ck_filings_filing_of_somebody"),
        ),
        sa.CheckConstraint(
            "outgoing_id IS NULL OR incoming_id IS NULL OR outgoing_id <> incoming_id",
            name=op.f("ck_filings_filing_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["staff_holdings.id"], name=op.f("fk_filings_holding_id_staff_holdings")
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["cases.id"], name=op.f("fk_filings_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["incoming_id"], ["staff_people.id"], name=op.f("fk_filings_incoming_id_staff_people")
        ),
        sa.ForeignKeyConstraint(
            ["new_holding_id"],
            ["staff_holdings.id"],
            name=op.f("fk_filings_new_holding_id_staff_holdings"),
        ),
        sa.ForeignKeyConstraint(
            ["outgoing_id"], ["staff_people.id"], name=op.f("fk_filings_outgoing_id_staff_people")
        ),
        sa.ForeignKeyConstraint(
            ["place_org_id"],
            ["organisations.id"],
            name=op.f("fk_filings_place_org_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filings")),
    )
    with op.batch_alter_table("filings") as batch:
        batch.create_index(batch.f("ix_filings_incoming_id"), ["incoming_id"], unique=False)
        batch.create_index(batch.f("ix_filings_outgoing_id"), ["outgoing_id"], unique=False)
        batch.create_index(batch.f("ix_filings_place_code"), ["place_code"], unique=False)

    op.create_table(
        "programme_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=6, scale=1), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_programme_lines_line_budget")),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_programme_lines_line_month")),
        sa.CheckConstraint(
            "times > 0 AND people > 0 AND hours > 0", name=op.f("ck_programme_lines_line_some")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["programmes.id"],
            name=op.f("fk_programme_lines_case_id_programmes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_lines")),
    )
    with op.batch_alter_table("programme_lines") as batch:
        batch.create_index(batch.f("ix_programme_lines_case_id"), ["case_id"], unique=False)

    op.create_table(
        "handover_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("detail", sa.String(length=400), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = '') = (noted_by_id IS NULL)", name=op.f("ck_handover_items_handover_noted")
        ),
        sa.CheckConstraint(
            "state IN ('', 'handed', 'none')", name=op.f("ck_handover_items_handover_state")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["filings.id"],
            name=op.f("fk_handover_items_case_id_filings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["users.id"], name=op.f("fk_handover_items_noted_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_items")),
        sa.UniqueConstraint("case_id", "item", name=op.f("uq_handover_items_case_id_item")),
    )
    op.create_table(
        "handover_signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "part IN ('outgoing', 'incoming', 'overseer')",
            name=op.f("ck_handover_signatures_signature_part"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["filings.id"],
            name=op.f("fk_handover_signatures_case_id_filings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_handover_signatures_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_signatures")),
        sa.UniqueConstraint("case_id", "part", name=op.f("uq_handover_signatures_case_id_part")),
    )
    op.create_table(
        "handover_work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["filings.id"],
            name=op.f("fk_handover_work_case_id_filings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["cases.id"],
            name=op.f("fk_handover_work_other_id_cases"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["to_id"], ["users.id"], name=op.f("fk_handover_work_to_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_work")),
        sa.UniqueConstraint("case_id", "other_id", name=op.f("uq_handover_work_case_id_other_id")),
    )
    op.create_table(
        "programme_sessions",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["programme_lines.id"],
            name=op.f("fk_programme_sessions_line_id_programme_lines"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["cases.id"],
            name=op.f("fk_programme_sessions_session_id_cases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_programme_sessions")),
    )
    with op.batch_alter_table("programme_sessions") as batch:
        batch.create_index(batch.f("ix_programme_sessions_line_id"), ["line_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("programme_sessions") as batch:
        batch.drop_index(batch.f("ix_programme_sessions_line_id"))

    op.drop_table("programme_sessions")
    op.drop_table("handover_work")
    op.drop_table("handover_signatures")
    op.drop_table("handover_items")
    with op.batch_alter_table("programme_lines") as batch:
        batch.drop_index(batch.f("ix_programme_lines_case_id"))

    op.drop_table("programme_lines")
    with op.batch_alter_table("filings") as batch:
        batch.drop_index(batch.f("ix_filings_place_code"))
        batch.drop_index(batch.f("ix_filings_outgoing_id"))
        batch.drop_index(batch.f("ix_filings_incoming_id"))

    op.drop_table("filings")
    with op.batch_alter_table("enrolments") as batch:
        batch.drop_index(batch.f("ix_enrolments_person_id"))

    op.drop_table("enrolments")
    with op.batch_alter_table("vacancies") as batch:
        batch.drop_index(
            "uq_vacancies_open",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.drop_table("vacancies")
    op.drop_table("trainings")
    with op.batch_alter_table("training_records") as batch:
        batch.drop_index("ix_training_records_person")
        batch.drop_index(batch.f("ix_training_records_case_id"))

    op.drop_table("training_records")
    with op.batch_alter_table("staff_qualifications") as batch:
        batch.drop_index(batch.f("ix_staff_qualifications_person_id"))

    op.drop_table("staff_qualifications")
    with op.batch_alter_table("staff_holdings") as batch:
        batch.drop_index("ix_staff_holdings_place")
        batch.drop_index(batch.f("ix_staff_holdings_person_id"))
        batch.drop_index("ix_staff_holdings_org")

    op.drop_table("staff_holdings")
    op.drop_table("programmes")
    with op.batch_alter_table("case_guests") as batch:
        batch.drop_index("ix_case_guests_org")

    op.drop_table("case_guests")
    with op.batch_alter_table("staff_people") as batch:
        batch.drop_index("ix_staff_people_region_code")
        batch.drop_index("ix_staff_people_name_key")

    op.drop_table("staff_people")
    op.drop_table("staff_imports")
    op.drop_table("place_counts")
    with op.batch_alter_table("cases") as batch:
        batch.drop_constraint(batch.f("fk_cases_above_org_id_organisations"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_cases_via_org_id_organisations"), type_="foreignkey")
        batch.drop_index(batch.f("ix_cases_via_org_id"))
        batch.drop_index(batch.f("ix_cases_above_org_id"))
        batch.drop_column("above_org_id")
        batch.drop_column("via_org_id")
    _open_ones_last()
