"""Triggers that refuse to change or remove an audit row, for both databases."""

from __future__ import annotations

from collections.abc import Callable

XID_DEFAULT = (
    "ALTER TABLE audit_rows ALTER COLUMN xid SET DEFAULT (pg_current_xact_id()::text::bigint)"
)

_SQLITE = {
    "audit_rows_no_update": """
CREATE TRIGGER audit_rows_no_update BEFORE UPDATE ON audit_rows
BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END""",
    "audit_rows_no_delete": """
CREATE TRIGGER audit_rows_no_delete BEFORE DELETE ON audit_rows
BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END""",
    # INSERT OR REPLACE removes the old row without asking the DELETE trigger.
    "audit_rows_no_replace": """
CREATE TRIGGER audit_rows_no_replace BEFORE INSERT ON audit_rows
WHEN EXISTS (SELECT 1 FROM audit_rows WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM audit_rows WHERE case_id = NEW.case_id AND n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END""",
}

_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_rows_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit rows are append-only'; END $$"""

_POSTGRESQL = {
    # Per statement: an UPDATE that would match nothing is refused as well.
    "audit_rows_no_change": """
CREATE TRIGGER audit_rows_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit_rows_refuse()""",
    # ON CONFLICT DO UPDATE and referential actions come by row.
    "audit_rows_no_row_change": """
CREATE TRIGGER audit_rows_no_row_change BEFORE UPDATE OR DELETE ON audit_rows
FOR EACH ROW EXECUTE FUNCTION audit_rows_refuse()""",
}


def create_triggers(op_execute: Callable[[str], object], dialect: str) -> None:
    """Create them through `op.execute`; on PostgreSQL also the default of `xid`."""
    if dialect == "postgresql":
        op_execute(XID_DEFAULT)
        op_execute(_FUNCTION)
        for name, text in _POSTGRESQL.items():
            op_execute(text)
            # Otherwise session_replication_role = replica switches it off.
            op_execute(f"ALTER TABLE audit_rows ENABLE ALWAYS TRIGGER {name}")
        return
    for text in _SQLITE.values():
        op_execute(text)


def drop_triggers(op_execute: Callable[[str], object], dialect: str) -> None:
    """Take them away again: for a downgrade, and around a migration that copies the table."""
    if dialect == "postgresql":
        for name in _POSTGRESQL:
            op_execute(f"DROP TRIGGER IF EXISTS {name} ON audit_rows")
        op_execute("DROP FUNCTION IF EXISTS audit_rows_refuse()")
        return
    for name in _SQLITE:
        op_execute(f"DROP TRIGGER IF EXISTS {name}")
