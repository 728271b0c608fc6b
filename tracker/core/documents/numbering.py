"""Drawing official numbers inside the transaction that needs them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.core.clock import office_date
from tracker.core.documents.models import Number, NumberSeries


def draw(
    session: Session, *, org_id: int, prefix: str, kind: str, case_id: int | None, now: datetime
) -> str:
    """The next number of a series, e.g. ``鄂统线〔2026〕17号``: no 第, no leading zeros.

    The series row is locked until the transaction ends, so a number is drawn by one case alone
    and a rolled-back transaction gives it back.
    """
    year = office_date(now).year
    serial = _next(session, org_id, kind, year)
    text = f"{prefix}{kind}〔{year}〕{serial}号"
    session.add(
        Number(
            org_id=org_id,
            type=kind,
            year=year,
            serial=serial,
            text=text,
            case_id=case_id,
            drawn_at=now,
        )
    )
    session.flush()
    return text


def _next(session: Session, org_id: int, kind: str, year: int) -> int:
    step = (
        update(NumberSeries)
        .where(NumberSeries.org_id == org_id, NumberSeries.type == kind, NumberSeries.year == year)
        .values(last=NumberSeries.last + 1)
        .returning(NumberSeries.last)
        .execution_options(synchronize_session=False)
    )
    serial = session.scalar(step)
    if serial is not None:
        return serial
    try:
        with session.begin_nested():
            session.add(NumberSeries(org_id=org_id, type=kind, year=year, last=1))
        return 1
    except IntegrityError:  # somebody opened the series between the two statements
        return session.scalars(step).one()
