"""The rows a clock hangs on, written straight to their tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tracker.core.db import Model


def _put(session: Session, table_name: str, **values: object) -> int:
    table = Model.metadata.tables[table_name]
    known = {name: value for name, value in values.items() if name in table.c}
    return int(session.execute(insert(table).values(**known).returning(table.c.id)).scalar_one())


def another_person(session: Session, now: datetime) -> int:
    return _put(
        session,
        "users",
        username="bao",
        name="宝音",
        active=True,
        clearance=3,
        must_change=False,
        is_demo=False,
        created_at=now,
    )


def a_case_and_a_person(session: Session, now: datetime) -> tuple[int, int]:
    region = "150626000000"
    org = _put(
        session,
        "organisations",
        name="乌审旗统计局",
        short_name="旗统计局",
        kind="bureau",
        region_code=region,
    )
    user = _put(
        session,
        "users",
        username="wu",
        name="乌兰",
        active=True,
        clearance=3,
        must_change=False,
        is_demo=False,
        created_at=now,
    )
    case = _put(
        session,
        "cases",
        kind="lead",
        title="某企业线索",
        state="registered",
        flow_version=1,
        version=1,
        region_code=region,
        origin_org_id=org,
        bureau_id=org,
        confidentiality=1,
        channel="own",
        opened_at=now,
        opened_on=now.date(),
        holder_since=now.date(),
        created_by_id=user,
        audit_n=0,
    )
    return case, user
