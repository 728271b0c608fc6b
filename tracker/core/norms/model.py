"""What staffing norms and filing rules are: kinds of places, the rows of the packs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from tracker.core.errors import N_
from tracker.core.registers.models import RegionLevel
from tracker.core.rulebook.model import Source, Verified
from tracker.core.staff.models import Duty


class PlaceKind(StrEnum):
    """What a norm counts people at; `other` are farms and forests, which no notice names."""

    TOWNSHIP = "township"
    PARK = "park"
    COMMUNITY = "community"
    VILLAGE = "village"
    DEPARTMENT = "department"
    OTHER = "other"


PLACE_KIND_LABELS: dict[PlaceKind, str] = {
    PlaceKind.TOWNSHIP: N_("乡镇（街道）"),
    PlaceKind.PARK: N_("园区"),
    PlaceKind.COMMUNITY: N_("社区"),
    PlaceKind.VILLAGE: N_("嘎查村"),
    PlaceKind.DEPARTMENT: N_("部门"),
    PlaceKind.OTHER: N_("其他"),
}


class ChangeKind(StrEnum):
    """The changes that are filed."""

    OUT = "out"
    IN = "in"
    MOVE = "move"
    LEAVE = "leave"
    LEAD = "lead"


class Mode(StrEnum):
    """Whether the bureau is asked before a change or told of it."""

    CONSENT = "consent"
    FILING = "filing"


class Through(StrEnum):
    """A level that a filing passes on its way up."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"


THROUGH_LABELS: dict[Through, str] = {
    Through.VILLAGE: N_("嘎查村（社区）"),
    Through.TOWNSHIP: N_("乡镇（街道）"),
    Through.COUNTY: N_("县级统计机构"),
}


class Post(Protocol):
    """A post as a norm looks at it; a holding and the post of a filing both are one."""

    @property
    def duty(self) -> str:
        """One of `Duty`."""

    @property
    def full_time(self) -> bool:
        """Whether somebody does nothing else."""

    @property
    def on_payroll(self) -> bool:
        """Whether it is a post on the payroll."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a norm and a filing rule share: where it stands and where it holds."""

    id: str
    title: str
    places: tuple[PlaceKind, ...]
    source: Source
    verified: Verified
    note: str = ""
    # Our own default, where nothing is prescribed.
    ours: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    jurisdiction: str = ""
    place: str = ""
    pack: str = ""
    local: bool = False

    def applies_to(self, region_code: str) -> bool:
        """Whether it holds in a region; a row of the whole country holds everywhere."""
        return region_code.startswith(self.jurisdiction)

    def valid_on(self, day: date) -> bool:
        """Whether it is in force on a day; both ends belong to it."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


# Who does what a duty asks: whoever keeps the statistics of a place is also reached as its liaison.
_FILLED_BY: dict[str, frozenset[str]] = {
    "": frozenset({Duty.STATISTICIAN, Duty.LEAD}),
    Duty.LIAISON: frozenset({Duty.LIAISON, Duty.STATISTICIAN, Duty.LEAD}),
}


@dataclass(frozen=True, slots=True)
class Norm(Row):
    """At least so many people at every place of a kind.

    Without a duty it counts statisticians, a lead among them. `from_units` is the number of units
    in the base register from which it holds; `levels` narrows departments to those of some levels.
    """

    least: int = 0
    duty: Duty | None = None
    full_time: bool = False
    on_payroll: bool = False
    from_units: int | None = None
    levels: tuple[RegionLevel, ...] = ()

    def counts(self, post: Post) -> bool:
        """Whether somebody in a post is one of those asked for."""
        wanted = self.duty.value if self.duty else ""
        fills = _FILLED_BY.get(wanted, frozenset({wanted}))
        return (
            post.duty in fills
            and (post.full_time or not self.full_time)
            and (post.on_payroll or not self.on_payroll)
        )


@dataclass(frozen=True, slots=True)
class FilingRule(Row):
    """How a change is brought before the bureau; `default` marks what the place itself asks.

    `levels` are those it passes, the lowest first.
    """

    changes: tuple[ChangeKind, ...] = ()
    mode: Mode = Mode.FILING
    levels: tuple[Through, ...] = ()
    default: bool = False
