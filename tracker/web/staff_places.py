"""Which places a reader of the registers of people may look at, and how a page is narrowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.accounts.actor import Actor
from tracker.core.accounts.roles import Role
from tracker.core.registers.models import OrgKind, Region
from tracker.core.registers.places import contains
from tracker.core.staff.scope import ranges

# Rows of the code set that group places and are none themselves.
_NO_PLACES = ("市辖区", "县")
_DIGITS = 12
# Roles that read of their own house only, and the houses that read of a whole region.
_OWN = frozenset({Role.TOWNSHIP_CLERK, Role.DEPT_APPROVER, Role.LIAISON})
_BODIES = frozenset({OrgKind.BUREAU, OrgKind.SURVEY_TEAM})


@dataclass(frozen=True, slots=True)
class Reach:
    """The places a person looks at as a whole, and the departments looked at by themselves."""

    regions: tuple[str, ...]
    departments: tuple[int, ...]

    @property
    def home(self) -> str:
        """The place to begin with; empty for who reads of a department only."""
        return next(iter(self.regions), "")


def reach_of(actor: Actor) -> Reach:
    """What the actor reads of people, widest place first."""
    own = [p for p in actor.powers if p.role in _OWN and p.org_kind not in _BODIES]
    places = {low for low, _ in ranges(actor)}
    places |= {p.region_code for p in own if p.org_kind == OrgKind.TOWNSHIP}
    houses = {p.org_id for p in own if p.org_kind != OrgKind.TOWNSHIP}
    widest = sorted(places, key=lambda code: (len(code.rstrip("0")), code))
    return Reach(tuple(widest), tuple(sorted(houses)))


def asked_region(reach: Reach) -> str:
    """The place named in the address if the reader reaches it, else empty."""
    asked = request.args.get("region", "")
    whole = asked.isascii() and asked.isdigit() and len(asked) == _DIGITS
    return asked if whole and any(contains(own, asked) for own in reach.regions) else ""


def shortener(home: str) -> Callable[[str], str]:
    """Gives the name of a place below `home` without the words that all of them begin with."""
    return lambda name: name.removeprefix(home) or name


def below(session: Session, reach: Reach) -> list[tuple[str, str]]:
    """The next lower places by code and name, to narrow a page to."""
    rows = session.execute(
        select(Region.code, Region.name)
        .where(Region.parent_code.in_(reach.regions))
        .order_by(Region.code)
    )
    return [(r.code, r.name) for r in rows if r.name not in _NO_PLACES]
