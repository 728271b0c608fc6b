"""The board of norms: who is short, by how much, since when, and what a filing changes in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.core.errors import BadInput, say
from tracker.core.norms.cures import Cure, cures
from tracker.core.norms.loader import default_norms
from tracker.core.norms.model import FilingRule, PlaceKind, Post
from tracker.core.norms.places import place_kind
from tracker.core.norms.standing import (
    Requirement,
    Standing,
    Stretch,
    Subject,
    measure,
    stretches_of,
)
from tracker.core.registers.models import Organisation, Region, RegionLevel
from tracker.core.registers.places import former_codes, place_names, prefix, region_range
from tracker.core.staff.models import Holding, PlaceCount

__all__ = [
    "Cure",
    "Requirement",
    "Standing",
    "board",
    "cures",
    "effect",
    "filing_modes",
    "filing_rule",
    "org_subject",
    "place_subject",
    "standing",
]

_PLACE, _ORG = "place:", "org:"
_LEVELS = (RegionLevel.COUNTY, RegionLevel.TOWNSHIP, RegionLevel.VILLAGE)
_BY_WIDTH = {
    2: RegionLevel.PROVINCE,
    4: RegionLevel.CITY,
    6: RegionLevel.COUNTY,
    9: RegionLevel.TOWNSHIP,
    12: RegionLevel.VILLAGE,
}
_DEPARTMENT, _TOWNSHIP = "department", "township"
# Why a post ended that nobody has had.
_MISTAKE = "mistake"
_DAY = timedelta(days=1)


def place_subject(region_code: str) -> str:
    """How the norms name a place: ``place:150602001000``."""
    return f"{_PLACE}{region_code}"


def org_subject(org_id: int) -> str:
    """How the norms name a department: ``org:17``."""
    return f"{_ORG}{org_id}"


def filing_modes(
    region_code: str, kind: PlaceKind | str, change: str, on: date | None = None
) -> list[FilingRule]:
    """The ways to file a change there, one a mode, the one the place itself asks first."""
    return default_norms().filing_modes(region_code, PlaceKind(kind), change, on)


def filing_rule(rule_id: str) -> FilingRule:
    """A filing rule by its id; BadInput when there is none."""
    return default_norms().filing(rule_id)


# ---------------------------------------------------------------- the board


def board(session: Session, region_code: str, on: date, *, below: bool = True) -> list[Standing]:
    """Every place and department of a region that a norm holds for on a day, by code.

    The same number of queries however many there are. Without what lies `below`, the departments
    of the level alone.
    """
    if below:
        places = _within(Region.code, region_code)
        orgs = _within(Organisation.region_code, region_code)
    else:
        places = Region.code == region_code
        orgs = Organisation.region_code == region_code
    subjects = [*_places(session, places), *_departments(session, orgs)]
    data = _load(session, subjects, _within(Holding.region_code, region_code), region_code)
    found = [data.measured(subject, on) for subject in subjects]
    return sorted(
        (one for one in found if one is not None),
        key=lambda one: (one.region_code, one.org_id or 0),
    )


def standing(
    session: Session,
    subject: str,
    on: date,
    *,
    gone: Collection[int] = (),
    come: Iterable[Post] = (),
) -> Standing | None:
    """Where one place or department stands on a day; None when no norm holds for it.

    `gone` are holdings that end the day before, `come` posts that are filled from that day on.
    BadInput for a subject that is not in the registers.
    """
    one, data = _one(session, subject)
    return data.measured(one, on, gone=gone, come=tuple(come))


def effect(
    session: Session,
    subject: str,
    on: date,
    *,
    gone: Collection[int] = (),
    come: Post | None = None,
) -> tuple[Standing, Standing] | None:
    """The same place before and after a change that takes effect on a day; None without a norm."""
    one, data = _one(session, subject)
    before = data.measured(one, on)
    after = data.measured(one, on, gone=gone, come=() if come is None else (come,))
    return None if before is None or after is None else (before, after)


# ---------------------------------------------------------------- what is measured


def _places(session: Session, where: ColumnElement[bool]) -> list[Subject]:
    regions = session.scalars(
        select(Region).where(where, Region.level.in_(_LEVELS)).order_by(Region.code)
    ).all()
    norms = default_norms()
    asked = {}
    for region in regions:
        kind = place_kind(region)
        if found := norms.asked_of(region.code, kind):
            asked[region.code] = (kind, found)
    names = place_names(session, asked)
    return [
        Subject(place_subject(code), code, None, names[code], kind, found)
        for code, (kind, found) in asked.items()
    ]


def _departments(session: Session, where: ColumnElement[bool]) -> list[Subject]:
    orgs = session.scalars(
        select(Organisation)
        .where(where, Organisation.kind == _DEPARTMENT, Organisation.active)
        .order_by(Organisation.id)
    )
    norms = default_norms()
    return [
        Subject(org_subject(o.id), o.region_code, o.id, o.name, PlaceKind.DEPARTMENT, found)
        for o in orgs
        if (found := norms.asked_of(o.region_code, PlaceKind.DEPARTMENT, _level(o.region_code)))
    ]


def _one(session: Session, key: str) -> tuple[Subject, _Data]:
    if key.startswith(_ORG) and key[len(_ORG) :].isdigit():
        org_id = int(key[len(_ORG) :])
        found = _departments(session, Organisation.id == org_id)
        where: ColumnElement[bool] = Holding.org_id == org_id
        known = found or session.get(Organisation, org_id) is not None
    else:
        code = key.removeprefix(_PLACE)
        found = _places(session, Region.code == code)
        where = Holding.region_code == code
        known = found or session.get(Region, code) is not None
    if not known:
        raise BadInput("subject", say("登记里没有“%(subject)s”。", subject=key))
    if not found:
        return Subject(key, "", None, "", PlaceKind.OTHER, ()), _Data({}, {})
    return found[0], _load(session, found, where, found[0].region_code)


def _within(column: InstrumentedAttribute[str], region_code: str) -> ColumnElement[bool]:
    """In a region, or in one that has become it."""
    return or_(
        *(column.between(*region_range(code)) for code in (region_code, *former_codes(region_code)))
    )


def _level(region_code: str) -> RegionLevel | None:
    return _BY_WIDTH.get(len(prefix(region_code)))


# ---------------------------------------------------------------- who is there


@dataclass(frozen=True, slots=True)
class _Data:
    """Holdings and unit counts by subject."""

    holdings: Mapping[str, Sequence[Holding]]
    counts: Mapping[str, Sequence[PlaceCount]]

    def measured(
        self,
        subject: Subject,
        on: date,
        *,
        gone: Collection[int] = (),
        come: Sequence[Post] = (),
    ) -> Standing | None:
        """Where a subject stands on a day, after what a change takes away and brings."""
        holdings = self.holdings.get(subject.key, ())
        stretches = [
            kept
            for holding in holdings
            for stretch in stretches_of(holding)
            if (kept := _until(stretch, on) if holding.id in gone else stretch) is not None
        ]
        # Nobody in the register has a number below nought.
        stretches += [Stretch(-n, post, on, None) for n, post in enumerate(come, start=1)]
        waiting = {
            h.person_id
            for h in holdings
            if h.confirmed_on is None
            and (h.until is None or h.until >= on)
            and h.end_reason != _MISTAKE
            and h.id not in gone
        }
        return measure(
            subject,
            stretches,
            self.counts.get(subject.key, ()),
            on,
            waiting=len(waiting),
            kept=bool(holdings),
        )


def _until(stretch: Stretch, on: date) -> Stretch | None:
    """A stretch that ends the day before, if it has begun by then."""
    if stretch.first >= on:
        return None
    last = on - _DAY if stretch.last is None else min(stretch.last, on - _DAY)
    return replace(stretch, last=last)


def _load(
    session: Session,
    subjects: Sequence[Subject],
    where: ColumnElement[bool],
    region_code: str,
) -> _Data:
    """All holdings and counts of these subjects; a township's own office stands for its place."""
    keys = {subject.key for subject in subjects}
    holdings: dict[str, list[Holding]] = {}
    rows = session.execute(
        select(Holding, Organisation.kind)
        .outerjoin(Organisation, Organisation.id == Holding.org_id)
        .where(where)
        .order_by(Holding.id)
    )
    for holding, kind in rows:
        if holding.org_id is None or kind == _TOWNSHIP:
            key = place_subject(holding.region_code)
        else:
            key = org_subject(holding.org_id)
        if key in keys:
            holdings.setdefault(key, []).append(holding)
    counts: dict[str, list[PlaceCount]] = {}
    if any(subject.org_id is None for subject in subjects):
        for count in session.scalars(
            select(PlaceCount).where(_within(PlaceCount.region_code, region_code))
        ):
            counts.setdefault(place_subject(count.region_code), []).append(count)
    return _Data(holdings, counts)
