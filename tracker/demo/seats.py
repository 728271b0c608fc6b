"""Who sits where in the demo's register: the posts of places and departments, and the gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.norms.model import PlaceKind
from tracker.core.norms.places import place_kind
from tracker.core.registers.models import Region
from tracker.core.registers.places import region_range
from tracker.core.staff.models import Duty
from tracker.demo.organisations import (
    CHONGQING,
    HOME_TOWNS,
    JILIN,
    ORDOS,
    TERRITORIES,
    VILLAGE,
    bureau,
    department,
)

_HOMES = {"ordos": ORDOS, "jilin": JILIN, "chongqing": CHONGQING}


@dataclass(frozen=True, slots=True)
class Seat:
    """One post with somebody in it, or one that somebody left; without a duty, no post at all.

    `called` is how the walks speak of the person; an account name ties the account to them.
    """

    region_code: str
    duty: str = ""
    org: str = ""
    title: str = ""
    full_time: bool = False
    on_payroll: bool = False
    called: str = ""
    new: bool = False  # not inducted, so not in post yet
    left: int = 0  # how many days ago they left; nobody came


# Counties whose places are all filled, but for the gaps below.
_COUNTIES = tuple(
    place.code
    for row in TERRITORIES.values()
    for place in row
    if not place.code.endswith("00000000")
)
# Places with a second full-time statistician.
_TWO = {
    "150602002000", "150602003000", "150602006000", "150602008000", "150602101000",
    "150622100000",
}  # fmt: skip
# Places where somebody left and nobody came, and how many days ago that was.
_EMPTY = {
    "150602008000": 75,
    "150622103000": 40,
    "150627407000": 64,
    "150602101204": 20,
    "150602102203": 130,
    "220102012000": 12,
    "220881102000": 95,
    "500107110000": 48,
    "500118113000": 200,
}
# The one of them that is filled again.
COMES_LATER = "220881102000"
# Places whose statistician is on leave: from so many days ago to so many ahead.
LEAVES = {
    "150627102000": (-20, 60),
    "220881101000": (-10, 45),
    "500117006000": (-35, 20),
}
# Places with somebody new, not yet trained, for so many days.
NEW = {
    "150622102000": 15,
    "150602101205": 22,
    "150602102201": 34,
    "220102005000": 25,
    "500118104000": 9,
}
_NO_STAFF = {"commerce:220881000000", f"transport:{CHONGQING}"}
_WHICH = ("industry", "reform", "commerce", "housing", "transport", "farming", "tax")
_STAFFED = {
    JILIN: _WHICH,
    "220100000000": _WHICH,
    "220800000000": _WHICH,
    "220102000000": _WHICH,
    "220881000000": _WHICH,
    CHONGQING: _WHICH,
    ORDOS: ("industry", "reform"),
    "150602000000": ("industry",),
    "150622000000": ("industry",),
    "150627000000": ("industry",),
}


def seats(session: Session) -> Iterator[Seat]:
    """Every seat of the demo, place by place, then the departments, then those without a post."""
    for region in _regions(session):
        yield from _at(region)
    for code, which in _STAFFED.items():
        for one in which:
            yield from _department(code, one)
    for code in _COUNTIES:
        for _ in range(2):
            yield _statistician(code, org=bureau(code))
    yield Seat(COMES_LATER, called="filler")
    for home, town in HOME_TOWNS.items():
        yield Seat(town, called=f"clerk2.{home}", new=True)
        yield Seat(town, called=f"spare1.{home}")
        yield Seat(town, called=f"spare2.{home}")


def _regions(session: Session) -> list[Region]:
    spans = (Region.code.between(*region_range(code)) for code in _COUNTIES)
    return list(session.scalars(select(Region).where(or_(*spans)).order_by(Region.code)))


def _at(region: Region) -> Iterator[Seat]:
    code, kind = region.code, place_kind(region)
    left = _EMPTY.get(code, 0)
    new = code in NEW
    if kind is PlaceKind.TOWNSHIP:
        home = next((h for h, town in HOME_TOWNS.items() if town == code), "")
        if code in _TWO:
            yield _statistician(code)
        yield _statistician(code, called=f"clerk.{home}" if home else "", left=left, new=new)
        for number in (1, 2, 3, 4) if home else ():
            yield _statistician(code, called=f"leaver{number}.{home}")
    elif kind is PlaceKind.PARK:
        yield Seat(code, Duty.LEAD, title="园区统计负责人", left=left)
        if not left:
            yield _statistician(code)
    elif kind is PlaceKind.COMMUNITY:
        yield Seat(code, Duty.STATISTICIAN, title="社区统计员", left=left, new=new)
    elif kind is PlaceKind.VILLAGE:
        called = "clerk3.ordos" if code == VILLAGE else ""
        yield Seat(code, Duty.LIAISON, title="统计联络员", called=called, left=left, new=new)


def _statistician(
    code: str, *, org: str = "", called: str = "", left: int = 0, new: bool = False
) -> Seat:
    return Seat(
        code, Duty.STATISTICIAN, org, "统计员", full_time=True, on_payroll=True,
        called=called, left=left, new=new,
    )  # fmt: skip


def _department(code: str, which: str) -> Iterator[Seat]:
    org = department(code, which)
    home = next((h for h, at in _HOMES.items() if at == code), "")
    account = {"industry": "", "reform": "2"}.get(which) if home else None
    lead = "" if account is None else f"lead{account}.{home}"
    staff = "" if account is None else f"liaison{account}.{home}"
    yield Seat(code, Duty.LEAD, org, "统计负责人", on_payroll=True, called=lead)
    if org not in _NO_STAFF:
        yield Seat(code, Duty.STATISTICIAN, org, "统计员", on_payroll=True, called=staff)
