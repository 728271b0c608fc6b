"""How many units the base register holds at a place: what was entered, as of when, from where."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.audit.service import record
from tracker.core.errors import BadInput, say
from tracker.core.registers.models import Region
from tracker.core.registers.places import region_range
from tracker.core.staff.models import PlaceCount

MOST = 10_000_000
_LONGEST_SOURCE = 200


def latest_counts(session: Session, region_code: str, on: date) -> dict[str, PlaceCount]:
    """The newest count as of a day of every place in a region that has one, by its code."""
    rows = session.scalars(
        select(PlaceCount)
        .where(PlaceCount.region_code.between(*region_range(region_code)), PlaceCount.as_of <= on)
        .order_by(PlaceCount.as_of, PlaceCount.id)
    )
    return {row.region_code: row for row in rows}


def set_count(
    session: Session,
    region_code: str,
    count: int,
    as_of: date,
    source: str,
    *,
    actor_id: int,
    now: datetime,
    today: date,
) -> PlaceCount:
    """Enter the count of a place, or correct that of the same day; BadInput names the field."""
    source = source.strip()
    if session.get(Region, region_code) is None:
        raise BadInput("region_code", say("没有区划代码“%(code)s”。", code=region_code))
    if not 0 <= count <= MOST:
        raise BadInput("count", say("单位数要在 0 和 %(most)s 之间。", most=MOST))
    if as_of > today:
        raise BadInput("as_of", say("时点不能晚于今天。"))
    if not source:
        raise BadInput("source", say("请写数从哪里来。"))
    if len(source) > _LONGEST_SOURCE:
        raise BadInput("source", say("最多 %(most)s 个字。", most=_LONGEST_SOURCE))
    same = (PlaceCount.region_code == region_code, PlaceCount.as_of == as_of)
    row = session.scalar(select(PlaceCount).where(*same).with_for_update())
    before = None if row is None else {"count": row.count, "source": row.source}
    if row is None:
        row = PlaceCount(region_code=region_code, as_of=as_of)
        session.add(row)
    row.count, row.source, row.synthetic = count, source, False
    row.entered_by_id, row.entered_at = actor_id, now
    session.flush()
    record(
        session,
        tag="place.count",
        at=now,
        actor_id=actor_id,
        object=f"region:{region_code}",
        details={
            "before": before,
            "after": {"count": count, "as_of": as_of.isoformat(), "source": source},
        },
    )
    return row
