"""How often an organ may inspect the same enterprise in a year: the number that it published.

国办发〔2024〕54号 (rule T28) asks for a published cap and names none, so each body enters its own.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.audit.service import record
from tracker.core.db import Model, UTCDateTime
from tracker.core.errors import BadInput, Refusal, StepRefused, say
from tracker.core.registers.models import Organisation
from tracker.core.registers.places import ancestors

_MOST_CAP = 366
_YEARS = range(2020, 2100)


class InspectionCap(Model):
    """The published cap of a body for a year, and where it was published."""

    __tablename__ = "inspection_caps"

    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    year: Mapped[int] = mapped_column(Integer)
    most: Mapped[int] = mapped_column(Integer)
    published_in: Mapped[str] = mapped_column(String(200))
    set_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("org_id", "year"),
        CheckConstraint("most >= 0", name="most_is_a_count"),
        CheckConstraint("published_in <> ''", name="published_somewhere"),
    )


def cap_of(session: Session, org_id: int, year: int) -> int | None:
    """The cap that binds a body in a year; None while neither it nor one above published any."""
    row = binding_cap(session, org_id, year)
    return row.most if row is not None else None


def binding_cap(session: Session, org_id: int, year: int) -> InspectionCap | None:
    """The row behind `cap_of`: the body's own, else of the nearest of its kind above it."""
    org = session.get_one(Organisation, org_id)
    codes = ancestors(org.region_code)
    rows = session.execute(
        select(InspectionCap, Organisation)
        .join(Organisation, Organisation.id == InspectionCap.org_id)
        .where(
            InspectionCap.year == year,
            Organisation.kind == org.kind,
            Organisation.region_code.in_(codes),
        )
    ).all()
    found = {o.id if o.id == org_id else o.region_code: cap for cap, o in rows}
    return next((found[key] for key in (org_id, *codes[1:]) if key in found), None)


def caps_of(session: Session, org_id: int) -> list[InspectionCap]:
    """What a body has published, latest year first."""
    return list(
        session.scalars(
            select(InspectionCap)
            .where(InspectionCap.org_id == org_id)
            .order_by(InspectionCap.year.desc())
        )
    )


def set_cap(
    session: Session,
    actor: Actor,
    org_id: int,
    year: int,
    most: int,
    published_in: str,
    *,
    now: datetime,
    request_id: str | None = None,
) -> InspectionCap:
    """Enter or change the cap of one's own body; its head does, and the change is audited."""
    if not actor.has(Role.HEAD, org_id):
        raise StepRefused([Refusal(say("年度检查上限由本单位负责人设定。"))], "set_cap")
    if year not in _YEARS:
        raise BadInput("year", say("请填年份，例如 2026。"))
    if not 0 <= most <= _MOST_CAP:
        raise BadInput("most", say("上限要填 0 至 %(most)s 的整数。", most=_MOST_CAP))
    where = published_in.strip()
    if not where:
        raise BadInput("published_in", say("请写明在哪里公布，例如文号或网站栏目。"))
    row = session.scalars(
        select(InspectionCap).where(InspectionCap.org_id == org_id, InspectionCap.year == year)
    ).one_or_none()
    before = None if row is None else row.most
    if row is None:
        row = InspectionCap(org_id=org_id, year=year)
        session.add(row)
    row.most, row.published_in = most, where
    row.set_by_id, row.set_at = actor.user_id, now
    session.flush()
    record(
        session,
        tag="cap.set",
        at=now,
        actor_id=actor.user_id,
        object=f"org:{org_id}",
        request_id=request_id,
        details={"year": year, "before": before, "most": most, "published_in": where},
    )
    return row
