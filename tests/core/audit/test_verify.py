"""Damage of every kind is found, and a sound table is not accused."""

# ruff: noqa: S608, PT012 - the damage is SQL of our own, done inside the transaction that fails
from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.core.audit.rows import NOW, a_case, a_person, an_office
from tracker.core.audit import service
from tracker.core.audit.triggers import create_triggers, drop_triggers
from tracker.core.audit.verify import Finding, main, verify
from tracker.core.db import db, transaction


def written(session: Session, rows: int = 4) -> int:
    """A case with rows, and two rows outside it."""
    with transaction():
        case_id = a_case(session, an_office(session), a_person(session, "li"))
        service.record(session, tag="login.done", at=NOW, object="session")
        for turn in range(rows):
            service.record(
                session,
                tag="lead.note",
                at=NOW,
                object=f"lead:{case_id}",
                case_id=case_id,
                reason="理由",
                details={"turn": turn},
            )
        service.record(session, tag="login.done", at=NOW, object="session")
    return case_id


def damage(session: Session, *statements: str) -> None:
    """What an intruder with the database in hand can do."""
    with transaction():
        drop_triggers(_run(session), session.get_bind().dialect.name)
        for statement in statements:
            session.execute(text(statement))


def checked(case_id: int | None = None) -> list[Finding]:
    with db.engine.connect() as connection:
        return verify(connection, case_id)


def kinds(case_id: int | None = None) -> set[str]:
    return {finding.kind for finding in checked(case_id)}


def _run(session: Session):
    return lambda statement: session.execute(text(statement))


def test_a_sound_table_holds(session: Session):
    case_id = written(session)
    assert checked() == []
    assert checked(case_id) == []


def test_mixed_algorithms_hold(session: Session):
    written(session)
    service.use_algorithm("sm3")
    try:
        with transaction():
            service.record(session, tag="login.done", at=NOW, object="session")
    finally:
        service.use_algorithm("sha256")
    assert checked() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_id", "7"),
        ("at", "'2026-11-23 01:00:01'"),
        ("reason", "'别的理由'"),
        ("reason", "NULL"),
        ("details", """'{"turn": 9}'"""),
        ("result", "'refused'"),
        ("tag", "'lead.other'"),
        ("to_state", "'closed'"),
    ],
)
def test_an_edited_column_is_found(session: Session, column: str, value: str):
    written(session)
    damage(session, f"UPDATE audit_rows SET {column} = {value} WHERE id = 3")
    assert [(f.row_id, f.kind) for f in checked()] == [(3, "columns")]


def test_an_edited_text_and_column_is_found_by_the_hash(session: Session):
    written(session)
    damage(
        session,
        "UPDATE audit_rows SET reason = '别的', canonical = replace(canonical, '理由', '别的')"
        " WHERE id = 3",
    )
    assert [(f.row_id, f.kind) for f in checked()] == [(3, "hash")]


def test_a_removed_row_of_a_case_is_found(session: Session):
    case_id = written(session)
    damage(session, f"DELETE FROM audit_rows WHERE case_id = {case_id} AND n = 2")
    assert "gap" in kinds(case_id)


def test_the_removed_last_row_of_a_case_is_found(session: Session):
    case_id = written(session)
    damage(session, f"DELETE FROM audit_rows WHERE case_id = {case_id} AND n = 4")
    assert "count" in kinds(case_id)


def test_all_rows_of_a_case_removed_is_found(session: Session):
    case_id = written(session)
    damage(session, f"DELETE FROM audit_rows WHERE case_id = {case_id}")
    assert [(f.case_id, f.kind) for f in checked(case_id)] == [(case_id, "count")]


def test_rows_that_change_places_are_found(session: Session):
    written(session)
    damage(
        session,
        "UPDATE audit_rows SET id = -1 WHERE id = 1",
        "UPDATE audit_rows SET id = 1 WHERE id = 6",
        "UPDATE audit_rows SET id = 6 WHERE id = -1",
    )
    assert {f.row_id for f in checked() if f.kind == "columns"} == {1, 6}


def test_numbers_that_change_places_are_found(session: Session):
    case_id = written(session)
    damage(
        session,
        f"UPDATE audit_rows SET n = 99 WHERE case_id = {case_id} AND n = 2",
        f"UPDATE audit_rows SET n = 2 WHERE case_id = {case_id} AND n = 3",
        f"UPDATE audit_rows SET n = 3 WHERE case_id = {case_id} AND n = 99",
    )
    assert kinds(case_id) == {"columns"}


def test_an_added_row_is_found(session: Session):
    written(session)
    damage(
        session,
        "INSERT INTO audit_rows (id, at, tag, object, result, details, alg, salt, canonical,"
        " row_hash) SELECT 99, at, tag, object, result, details, alg, salt, canonical, row_hash"
        " FROM audit_rows WHERE id = 1",
    )
    assert "columns" in kinds()


def test_rubbish_in_a_row_does_not_stop_the_rest(session: Session):
    written(session)
    damage(
        session,
        "UPDATE audit_rows SET salt = 'zz' WHERE id = 2",
        "UPDATE audit_rows SET details = 'no json' WHERE id = 3",
        "UPDATE audit_rows SET reason = 'x' WHERE id = 4",
    )
    found = [(f.row_id, f.kind) for f in checked()]
    assert found == [(2, "unreadable"), (3, "unreadable"), (4, "columns")]


def test_removed_rows_outside_cases_leave_holes_on_sqlite(session: Session):
    written(session)
    damage(session, "DELETE FROM audit_rows WHERE id IN (1, 6)")
    if session.get_bind().dialect.name != "sqlite":
        # PostgreSQL's numbers have holes after every roll-back, so a hole says nothing there.
        assert not [f for f in checked() if "are missing" in f.message]
        return
    assert [f.message for f in checked()] == [
        "rows 1-1 are missing",
        "rows 6-6 at the end are missing",
    ]


def test_a_roll_back_leaves_no_hole_on_sqlite(session: Session):
    with pytest.raises(RuntimeError), transaction():
        service.record(session, tag="login.done", at=NOW, object="session")
        raise RuntimeError
    written(session)
    assert "missing" not in kinds()


def test_the_command_prints_where(session: Session, capsys: pytest.CaptureFixture[str]):
    written(session)
    url = db.engine.url.render_as_string(hide_password=False)
    assert main(url) == 0
    assert "hold" in capsys.readouterr().out
    damage(session, "UPDATE audit_rows SET reason = 'x' WHERE id = 3")
    assert main(url) == 1
    assert "row 3, case 1: the columns differ" in capsys.readouterr().out


# ---------------------------------------------------------------- append-only

WRITES = [
    "UPDATE audit_rows SET reason = 'x'",
    "UPDATE audit_rows SET reason = 'x' WHERE id = 3",
    "DELETE FROM audit_rows",
    "DELETE FROM audit_rows WHERE id = 3",
]
ONLY_SQLITE = [
    "INSERT OR REPLACE INTO audit_rows SELECT * FROM audit_rows WHERE id = 3",
    "UPDATE OR REPLACE audit_rows SET id = 4 WHERE id = 3",
]
ONLY_POSTGRESQL = [
    "TRUNCATE audit_rows",
    "SET LOCAL session_replication_role = replica; DELETE FROM audit_rows WHERE id = 3",
]


@pytest.mark.parametrize("statement", WRITES + ONLY_SQLITE + ONLY_POSTGRESQL)
def test_the_database_refuses_to_change_a_row(session: Session, statement: str):
    dialect = session.get_bind().dialect.name
    written(session)
    if statement in {"sqlite": ONLY_POSTGRESQL, "postgresql": ONLY_SQLITE}[dialect]:
        with pytest.raises(DatabaseError), transaction():  # not a statement of this database
            for part in statement.split("; "):
                session.execute(text(part))
        return
    with transaction():
        drop_triggers(_run(session), dialect)
        create_triggers(_run(session), dialect)
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        for part in statement.split("; "):
            session.execute(text(part))
    assert checked() == []
    with transaction():  # and goes on taking new ones
        service.record(session, tag="login.done", at=NOW, object="session")


def test_postgresql_numbers_the_transaction(session: Session):
    with transaction():
        row = service.record(session, tag="login.done", at=NOW, object="session")
        session.refresh(row)
        assert (row.xid is not None) == (session.get_bind().dialect.name == "postgresql")
