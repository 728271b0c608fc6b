"""Rows that audit, notices, reminders and the vault hang on, written straight to their tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tracker.core.accounts.models import Grant
from tracker.core.cases.models import Case
from tracker.core.db import Model

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in the office


def put(session: Session, table_name: str, **values: Any) -> int:
    """Insert a row, leaving out columns the table does not have; gives its id."""
    table = Model.metadata.tables[table_name]
    known = {name: value for name, value in values.items() if name in table.c}
    return int(session.execute(insert(table).values(**known).returning(table.c.id)).scalar_one())


def an_office(session: Session, name: str = "旗统计局") -> int:
    return put(
        session,
        "organisations",
        name=name,
        short_name=name,
        kind="bureau",
        region_code="150626000000",
        doc_prefix="",
        active=True,
        is_demo=False,
    )


def a_person(session: Session, name: str, *, active: bool = True) -> int:
    return put(
        session,
        "users",
        username=name.lower(),
        name=name,
        active=active,
        clearance=3,
        must_change=False,
        is_demo=False,
        created_at=NOW,
    )


def a_grant(
    session: Session, user_id: int, org_id: int, role: str, until: date | None = None
) -> int:
    row = Grant(
        user_id=user_id, org_id=org_id, role=role, valid_from=date(2020, 1, 1), valid_to=until
    )
    session.add(row)
    session.flush()
    return row.id


def a_case(session: Session, org_id: int, by: int, title: str = "某企业线索") -> int:
    values = {
        "kind": "lead",
        "title": title,
        "state": "registered",
        "flow_version": 1,
        "version": 1,
        "region_code": "150626000000",
        "origin_org_id": org_id,
        "bureau_id": org_id,
        "confidentiality": 1,
        "channel": "own",
        "opened_at": NOW,
        "opened_on": date(2026, 11, 23),
        "holder_since": date(2026, 11, 23),
        "created_by_id": by,
        "audit_n": 0,
    }
    return put(session, Case.__tablename__, **values)


def see_all(session: Session, user_id: int, case_id: int) -> bool:
    return True


def see_none(session: Session, user_id: int, case_id: int) -> bool:
    return False


def count(session: Session, model: type[Model]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0
