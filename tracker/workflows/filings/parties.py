"""Through which houses a filing passes: the township between, the bureau, the bureau above it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.registers.models import Organisation, OrgKind
from tracker.core.registers.places import ancestors, region_range

UNIT_KINDS = (OrgKind.TOWNSHIP, OrgKind.DEPARTMENT, OrgKind.OTHER)


def via_of(session: Session, origin: Organisation) -> Organisation | None:
    """The township that stands between a unit below it and the bureau (鄂尔多斯通知 二(二))."""
    return _nearest(session, ancestors(origin.region_code)[1:], OrgKind.TOWNSHIP)


def bureau_of(session: Session, origin: Organisation) -> Organisation | None:
    """The bureau of the unit's own place, else the nearest one above it."""
    return _nearest(session, ancestors(origin.region_code), OrgKind.BUREAU)


def above_of(session: Session, bureau: Organisation) -> Organisation | None:
    """The nearest bureau above another, in the same province."""
    return _nearest(session, ancestors(bureau.region_code)[1:], OrgKind.BUREAU)


def _nearest(session: Session, codes: Sequence[str], kind: OrgKind) -> Organisation | None:
    found = {
        org.region_code: org
        for org in session.scalars(
            select(Organisation)
            .where(
                Organisation.kind == kind.value,
                Organisation.active,
                Organisation.region_code.in_(codes),
            )
            .order_by(Organisation.id.desc())
        )
    }
    return next((found[code] for code in codes if code in found), None)


def units_of(session: Session, bureau: Organisation) -> list[Organisation]:
    """The units whose changes are filed with a bureau, by place."""
    low, high = region_range(bureau.region_code)
    orgs = session.scalars(
        select(Organisation)
        .where(Organisation.active, Organisation.region_code.between(low, high))
        .order_by(Organisation.region_code, Organisation.id)
    ).all()
    bureaus = {o.region_code: o.id for o in orgs if o.kind == OrgKind.BUREAU.value}
    bureaus[bureau.region_code] = bureau.id
    return [
        org
        for org in orgs
        if org.kind in UNIT_KINDS
        and next(bureaus[code] for code in ancestors(org.region_code) if code in bureaus)
        == bureau.id
    ]
